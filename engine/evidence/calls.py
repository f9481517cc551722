"""Does a keyword argument refer to the target? Parameters by callee, attributes by generated constructors."""
from __future__ import annotations

import ast

from engine.evidence.entities import Kind
from engine.evidence.expressions import terminal
from engine.evidence.scopes import Bind, Binding, Scope, Use
from engine.evidence.target import Cause, Target, Verdict, no, strongest, unknown, yes
from engine.evidence.values import Value, ValueKind, Values

_COPIES = frozenset({"replace", "_replace", "evolve", "model_copy", "copy", "dict", "defaults"})


def keyword_verdict(target: Target, use: Use) -> Verdict:
    kind = target.entity.kind
    if kind is not Kind.PARAMETER and kind is not Kind.ATTRIBUTE:
        return no("a keyword argument", Cause.KEYWORD)
    callees = _callees(target, use)
    if kind is Kind.PARAMETER:
        return strongest([_parameter(target, value) for value in callees])
    holder = use.holder
    if isinstance(holder, ast.Call) and terminal(holder.func) in _COPIES:
        return unknown("copies an object that cannot be told", Cause.CALLEE_UNKNOWN)
    return strongest([_attribute(target, value) for value in callees])


def _callees(target: Target, use: Use) -> Values:
    holder = use.holder
    infer = target.inference.infer
    if isinstance(holder, ast.MatchClass):
        return infer(holder.cls, use.scope)
    if isinstance(holder, ast.ClassDef):
        # class C(Base, name=...) goes to Base.__init_subclass__.
        return tuple(value for base in holder.bases for value in infer(base, use.scope)) or infer(
            ast.Constant(value=None), use.scope)
    if not isinstance(holder, ast.Call):
        return ()
    # functools.partial(f, name=...) binds a parameter of f.
    if terminal(holder.func) in ("partial", "partialmethod") and holder.args:
        return infer(holder.args[0], use.scope)
    return infer(holder.func, use.scope)


def _parameter(target: Target, value: Value) -> Verdict:
    if value.kind is ValueKind.UNKNOWN:
        return unknown("the callee cannot be told", Cause.CALLEE_UNKNOWN)
    if value.kind is ValueKind.RETURNED:
        return unknown("the callee comes from outside the project", Cause.RECEIVER_OUTSIDE)
    if value.kind is ValueKind.FUNCTION and value.binding is not None:
        return _function(target, value.binding)
    if value.scope is not None and value.kind in (ValueKind.CLASS, ValueKind.INSTANCE):
        return _constructor(target, value)
    return no("the callee is not the function", Cause.KEYWORD)


def _constructor(target: Target, value: Value) -> Verdict:
    names = ("__init__", "__new__", "__init_subclass__") if value.kind is ValueKind.CLASS else ("__call__",)
    verdicts: list[Verdict] = []
    if value.scope is None:
        return unknown("the callee cannot be told", Cause.CALLEE_UNKNOWN)
    for name in names:
        found = target.classes.find(value.scope, name)
        if found is not None:
            verdicts.extend(_function(target, binding) for binding in found[1])
    if verdicts:
        return strongest(verdicts)
    if target.classes.ancestry(value.scope).is_complete_for("__init__"):
        return no("the class takes no such parameter", Cause.KEYWORD)
    return unknown("the constructor comes from outside the project", Cause.OUTSIDE_BASES)


def _function(target: Target, binding: Binding) -> Verdict:
    function = binding.inner
    if binding.kind is not Bind.FUNCTION or function is None:
        return unknown("the callee cannot be told", Cause.CALLEE_UNKNOWN)
    if _same(target, function):
        return yes("the callee is the function", Cause.RESOLVED)
    if target.overrides(function):
        return unknown("the callee is an override", Cause.OVERRIDE_PARAMETER)
    node = function.node
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.args.kwarg is not None:
        if target.name not in function.bindings:
            return unknown("the callee may pass it on", Cause.CALLEE_UNKNOWN)
    return no(f"the callee is {function.qualname}", Cause.KEYWORD)


def _same(target: Target, function: Scope) -> bool:
    return any(function is own for own in target.functions)


def _attribute(target: Target, value: Value) -> Verdict:
    """A generated constructor takes the annotated attributes of the class and its bases."""
    if value.kind is ValueKind.UNKNOWN:
        return unknown("the callee cannot be told", Cause.CALLEE_UNKNOWN)
    if value.kind is ValueKind.RETURNED:
        return unknown("the callee comes from outside the project", Cause.RECEIVER_OUTSIDE)
    if value.kind is not ValueKind.CLASS or value.scope is None:
        return no("the callee is no class", Cause.KEYWORD)
    constructor = target.classes.find(value.scope, "__init__")
    if constructor is not None:
        return no(f"{constructor[0].qualname} has its own constructor", Cause.KEYWORD)
    found = target.classes.find(value.scope, target.name)
    if found is None:
        complete = target.classes.ancestry(value.scope).is_complete_for(target.name)
        if complete:
            return no("the class has no such attribute", Cause.NO_SUCH_MEMBER)
        return unknown("bases outside the project", Cause.OUTSIDE_BASES)
    declared = any(binding.annotation is not None for binding in found[0].bindings.get(target.name, ()))
    if not target.is_kin(found[0]):
        return no(f"{found[0].qualname} has its own", Cause.OTHER_CLASS)
    if not declared:
        return unknown("not a declared field", Cause.CALLEE_UNKNOWN)
    return yes(f"a field of {found[0].qualname}", Cause.RESOLVED if found[0] in target.owners else Cause.KIN)
