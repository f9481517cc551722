"""What calling gives: by the return annotation, or else by what the function returns.

A decorator that is not known may have replaced the function by anything.
"""
from __future__ import annotations

import ast

from engine.evidence.evaluator import Evaluator
from engine.evidence.expressions import (
    MANAGERS, Outcome, decorator_nodes, decorators, outcome, root_name, strange_decorators, terminal, union,
)
from engine.evidence.outside import entered, result_of
from engine.evidence.scopes import Bind, Binding, Scope, ScopeKind
from engine.evidence.values import BUILTIN, OUTSIDE, UNKNOWN, Value, ValueKind, Values, instance

_BUILTIN_TYPES = frozenset({
    "str", "bytes", "int", "float", "bool", "list", "dict", "set", "tuple", "frozenset", "open", "len", "repr",
    "bytearray", "range", "sorted", "enumerate", "zip", "ord", "chr", "hex", "bin", "hash", "id", "input", "dir",
    "isinstance", "issubclass", "callable", "hasattr", "all", "any", "ascii", "format", "memoryview", "complex", "print",
})
_TEXT_METHODS = frozenset(name for kind in (str, bytes) for name in dir(kind)) - {"__getitem__"} | {
    "read", "readline", "readlines", "write", "writelines", "tell", "seek", "fileno", "copy",
}
# More return statements than these are not looked through.
_RETURNS = 8
_STREAMS = frozenset({
    "Iterator", "Iterable", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator", "ContextManager",
    "AbstractContextManager", "AsyncContextManager", "AbstractAsyncContextManager",
})


class Returns:
    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._outcomes: dict[ast.AST, Outcome] = {}
        self._replaced: dict[ast.AST, bool] = {}

    def called(self, value: Value, func: ast.expr) -> Values:
        if value.kind is ValueKind.CLASS and value.scope is not None:
            return (instance(value.scope),)
        if value.kind is ValueKind.FUNCTION and value.binding is not None:
            return self.returned(value.binding, value)
        if value.kind is ValueKind.INSTANCE and value.scope is not None:
            found = self._evaluator.classes.find(value.scope, "__call__")
            return self.returned(found[1][0], value) if found else UNKNOWN
        name = terminal(func)
        if value.kind is ValueKind.BUILTIN:
            made = isinstance(func, ast.Name) and name in _BUILTIN_TYPES
            return BUILTIN if made or isinstance(func, ast.Attribute) and name in _TEXT_METHODS else UNKNOWN
        return result_of(value, name) if value.kind in OUTSIDE else UNKNOWN

    def returned(self, binding: Binding, receiver: Value) -> Values:
        if binding.kind is not Bind.FUNCTION or decorators(binding) & MANAGERS or self.is_replaced(binding):
            return UNKNOWN
        if binding.annotation is not None:
            if terminal(binding.annotation) == "Self" and binding.scope.kind is ScopeKind.CLASS:
                return (instance(receiver.scope or binding.scope),)
            return self._evaluator.annotation(binding.annotation, binding.scope)
        found = self._outcome(binding.node)
        if found.yields or len(found.returns) > _RETURNS or binding.inner is None or strange_decorators(binding.node):
            return UNKNOWN
        return union(*(self._result(item, binding.inner, receiver) for item in found.returns)) or UNKNOWN

    def yielded(self, binding: Binding) -> Values:
        """What iterating over the result of a generator function gives."""
        annotation = binding.annotation
        if annotation is not None:
            if not isinstance(annotation, ast.Subscript) or terminal(annotation.value) not in _STREAMS:
                return UNKNOWN
            inner = annotation.slice
            first = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
            return self._evaluator.annotation(first, binding.scope)
        yields = self._outcome(binding.node).yields
        if binding.inner is None or not yields or len(yields) > _RETURNS:
            return UNKNOWN
        return union(*(UNKNOWN if item is None else self._evaluator.infer(item, binding.inner) for item in yields))

    def is_generator(self, binding: Binding) -> bool:
        return bool(self._outcome(binding.node).yields)

    def managed(self, node: ast.expr, values: Values, scope: Scope) -> Values:
        """`with node as x`: x is what `__enter__` returns, or what a generator yields."""
        if isinstance(node, ast.Call):
            makers = [value.binding for value in self._evaluator.infer(node.func, scope)
                      if value.kind is ValueKind.FUNCTION and value.binding is not None]
            if makers and all(decorators(item) & MANAGERS for item in makers):
                return union(*(self.yielded(item) for item in makers))
        return union(*(self._entered(value) for value in values)) or UNKNOWN

    def is_replaced(self, binding: Binding) -> bool:
        """May a decorator have put something else than a function in place of this one?"""
        found = self._replaced.get(binding.node)
        if found is None:
            self._replaced[binding.node] = True
            strange = strange_decorators(binding.node)
            found = self._replaced[binding.node] = any(not self._keeps(item, binding.scope) for item in strange)
        return found

    def _keeps(self, decorator: ast.expr, scope: Scope) -> bool:
        values = self._evaluator.infer(decorator, scope)
        return all(value.kind is ValueKind.FUNCTION and value.binding is not None and value.binding.inner is not None
                   and self._wraps(value.binding.inner, 2) for value in values)

    def _wraps(self, function: Scope, depth: int) -> bool:
        """Does a decorator of the project give back its argument, or a function that wraps it?"""
        returns = self._outcome(function.node).returns if function.node is not None else ()
        return bool(returns) and all(isinstance(item, ast.Name) and self._is_like(item.id, function, depth)
                                     for item in returns)

    def _is_like(self, name: str, function: Scope, depth: int) -> bool:
        bindings = function.bindings.get(name, [])
        if not bindings or depth == 0:
            return False
        for binding in bindings:
            if binding.kind is Bind.FUNCTION and binding.inner is not None:
                inside = "wraps" in {terminal(item) for item in decorator_nodes(binding.node)}
                if not inside and not self._wraps(binding.inner, depth - 1):
                    return False
            elif binding.kind is not Bind.PARAMETER:
                return False
        return True

    def _outcome(self, node: ast.AST) -> Outcome:
        found = self._outcomes.get(node)
        if found is None:
            found = self._outcomes[node] = outcome(node)
        return found

    def _result(self, node: ast.expr, function: Scope, receiver: Value) -> Values:
        found = self._evaluator.infer(node, function)
        owner = function.parent
        if not function.self_name or root_name(node) != function.self_name or receiver.scope is None:
            return found
        if owner not in self._evaluator.classes.ancestry(receiver.scope).order:
            return found
        # What a method makes of its own class, it makes of the class it is called on.
        return tuple(Value(value.kind, scope=receiver.scope) if value.scope is owner and value.kind in (
            ValueKind.INSTANCE, ValueKind.CLASS) else value for value in found)

    def _entered(self, value: Value) -> Values:
        if value.kind in OUTSIDE:
            return (entered(value),)
        if value.kind is ValueKind.BUILTIN:
            return BUILTIN
        if value.kind is not ValueKind.INSTANCE or value.scope is None:
            return UNKNOWN
        classes = self._evaluator.classes
        found = classes.find(value.scope, "__enter__") or classes.find(value.scope, "__aenter__")
        # By default the object itself, as in nearly all bases.
        return self.returned(found[1][0], value) if found else (value,)
