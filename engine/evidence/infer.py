"""From an expression to what it may stand for: classes, instances, modules, functions.

Flow-insensitive: a variable is the union of all its assignments. What cannot be told is UNKNOWN, never a guess.
"""
from __future__ import annotations

import ast

from engine.evidence.annotations import Annotations, is_bare
from engine.evidence.classes import Classes
from engine.evidence.elements import Elements
from engine.evidence.evaluator import outer
from engine.evidence.expressions import decorators, is_property, is_variadic, terminal, union
from engine.evidence.fixtures import BUILTIN_FIXTURES, Fixtures
from engine.evidence.names import Names
from engine.evidence.narrowing import Narrowing, narrowed
from engine.evidence.operators import Operators
from engine.evidence.outside import attribute_of, foreign, handed_back, of_class_body
from engine.evidence.returns import Returns
from engine.evidence.scopes import Bind, Binding, Scope, ScopeKind, owner_of_self
from engine.evidence.source import Absent, Project
from engine.evidence.values import BUILTIN, OUTSIDE, UNKNOWN, Value, ValueKind, Values, instance

_LITERALS = (ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.SetComp,
             ast.DictComp, ast.GeneratorExp)
_LOOKS_UP = frozenset({"get", "pop", "setdefault"})
_CAUGHT = {"value": frozenset({"raises"}), "exception": frozenset({"assertRaises", "assertRaisesRegex"})}
# Attribute that holds the exception -> functions whose context manager has it.
# Deep enough for any fluent chain, shallow enough for Python's own stack.
_DEPTH = 30


class Inference:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = Names(project)
        self.classes = Classes(self.class_values)
        self.fixtures = Fixtures(self.names)
        self.returns = Returns(self)
        self._annotations = Annotations(self)
        self._elements = Elements(self)
        self._operators = Operators(self)
        self._narrowing = Narrowing()
        self._cache: dict[ast.AST, Values] = {}
        self._variables: dict[ast.AST, Values] = {}
        self._depth = 0
        self.memory: dict[ast.AST, object] = {}
        # What a layer above has found out about a node.

    def infer(self, node: ast.expr, scope: Scope) -> Values:
        found = self._cache.get(node)
        if found is None:
            if self._depth >= _DEPTH:
                return UNKNOWN
            # A cycle sees UNKNOWN for itself. The memory is what keeps unions over many assignments linear.
            self._cache[node] = UNKNOWN
            self._depth += 1
            found = self._cache[node] = self._infer(node, scope) or UNKNOWN
            self._depth -= 1
        return found

    def annotation(self, node: ast.expr, scope: Scope) -> Values:
        return self._annotations.allowed(node, scope)

    def returned(self, binding: Binding, receiver: Value) -> Values:
        return self.returns.returned(binding, receiver)

    def yielded(self, binding: Binding) -> Values:
        return self.returns.yielded(binding)

    def class_values(self, node: ast.expr, scope: Scope) -> Values:
        """A base class expression; subscripts of generics are dropped."""
        while isinstance(node, ast.Subscript):
            node = node.value
        return self.infer(node, scope)

    def _infer(self, node: ast.expr, scope: Scope) -> Values:
        if isinstance(node, ast.Name):
            return self._tested(node, self._name(node, scope), scope)
        if isinstance(node, ast.Attribute):
            found = self._caught(node, scope) or self.attributes(self.infer(node.value, scope), node.attr)
            return self._tested(node, found, scope)
        if isinstance(node, ast.Call):
            return self._call(node, scope)
        if isinstance(node, _LITERALS):
            return BUILTIN
        if isinstance(node, (ast.Compare, ast.BinOp, ast.UnaryOp)):
            return self._operators.infer(node, scope)
        if isinstance(node, (ast.Await, ast.NamedExpr)):
            return self.infer(node.value, scope)
        if isinstance(node, ast.IfExp):
            return union(self.infer(node.body, scope), self.infer(node.orelse, scope))
        if isinstance(node, ast.BoolOp):
            return union(*(self.infer(item, scope) for item in node.values))
        if isinstance(node, ast.Subscript):
            # A slice holds what its container holds, and is no element.
            return UNKNOWN if isinstance(node.slice, ast.Slice) else self._elements.of(node.value, scope, True)
        return UNKNOWN

    def _caught(self, node: ast.Attribute, scope: Scope) -> Values:
        """What `pytest.raises(E) as info` or `self.assertRaises(E) as context` has caught; empty for anything else."""
        if node.attr not in _CAUGHT or not isinstance(node.value, ast.Name):
            return ()
        managers = [value.binding.value for value in self.names.definitions(scope, node.value.id)
                    if value.binding is not None and value.binding.kind is Bind.WITH]
        calls = [call for call in managers if isinstance(call, ast.Call) and call.args and terminal(call.func) in _CAUGHT[node.attr]]
        kinds = [kind for call in calls for kind in (call.args[0].elts if isinstance(call.args[0], ast.Tuple) else call.args[:1])]
        return union(*(self.annotation(kind, scope) for kind in kinds))

    def _tested(self, node: ast.Name | ast.Attribute, values: Values, scope: Scope) -> Values:
        """What `isinstance` around the expression leaves of its values."""
        test = self._narrowing.guard(node, scope)
        if test is None:
            return values
        kinds = test.elts if isinstance(test, ast.Tuple) else [test]
        classes = union(*(self.annotation(kind, scope) for kind in kinds)) or UNKNOWN
        return narrowed(values, classes, self.classes)

    def _name(self, node: ast.Name, scope: Scope) -> Values:
        owner = owner_of_self(scope, node.id)
        if owner is not None:
            return self._self_value(owner, node.id, scope)
        return self.settled(self.names.definitions(scope, node.id))

    def _self_value(self, owner: Scope, name: str, scope: Scope) -> Values:
        method: Scope | None = scope
        while method is not None and method.self_name != name:
            method = method.parent
        on_class = method is not None and method.on_class
        return (Value(ValueKind.CLASS, scope=owner),) if on_class else (instance(owner),)

    def settled(self, values: Values) -> Values:
        """Replace variables by what they may hold."""
        if all(value.kind is not ValueKind.VARIABLE for value in values):
            return values
        parts: list[Value] = []
        for value in values:
            parts.extend(self.variable(value.binding) if value.binding is not None
                         and value.kind is ValueKind.VARIABLE else (value,))
        return tuple(parts) or UNKNOWN

    def variable(self, binding: Binding) -> Values:
        """What a variable or parameter may hold by this one binding; empty where it is only None."""
        found = self._variables.get(binding.node)
        if found is None:
            self._variables[binding.node] = UNKNOWN
            found = self._variables[binding.node] = self._variable(binding)
        return found

    def _variable(self, binding: Binding) -> Values:
        if binding.annotation is not None and not (is_bare(binding.annotation) and binding.value is not None):
            return BUILTIN if is_variadic(binding) else self.annotation(binding.annotation, outer(binding))
        if binding.kind is Bind.PARAMETER:
            return self._injected(binding)
        value = binding.value
        if value is None or binding.kind is Bind.OPAQUE:
            return UNKNOWN
        if binding.kind is Bind.ELEMENT:
            return self._elements.of(value, binding.scope, False)
        if isinstance(value, ast.Constant) and value.value is None:
            # `x = None` says nothing about what x holds when it is used.
            return ()
        found = self.infer(value, binding.scope)
        return self.returns.managed(value, found, binding.scope) if binding.kind is Bind.WITH else found

    def _injected(self, parameter: Binding) -> Values:
        """What pytest passes to a test."""
        fixture = self.fixtures.find(parameter)
        if fixture is not None:
            generator = self.returns.is_generator(fixture)
            return self.yielded(fixture) if generator else self.returned(fixture, UNKNOWN[0])
        if parameter.name in BUILTIN_FIXTURES and self.fixtures.is_injected(parameter):
            return (foreign(BUILTIN_FIXTURES[parameter.name]),)
        return BUILTIN if is_variadic(parameter) else UNKNOWN

    def dotted(self, parts: list[str], importer: str) -> Values:
        """An absolute dotted path: the longest prefix that is a module, then members."""
        for end in range(len(parts), 0, -1):
            found = self.project.resolve(".".join(parts[:end]), importer)
            if not isinstance(found, Absent):
                values: Values = (Value(ValueKind.MODULE, path=found),)
                for part in parts[end:]:
                    values = self.attributes(values, part)
                return values
        return UNKNOWN

    def attribute(self, value: Value, name: str) -> Values:
        """`value.name`, one value at a time."""
        if value.kind is ValueKind.MODULE:
            return self.settled(self.names.member(value.path, name))
        if value.kind is ValueKind.BUILTIN:
            return BUILTIN
        if value.kind is ValueKind.FUNCTION:
            return BUILTIN if name.startswith("__") else UNKNOWN
        if value.kind in OUTSIDE:
            return (attribute_of(value),)
        if value.scope is None:
            return UNKNOWN
        if name == "__class__" and value.kind is ValueKind.INSTANCE:
            return (Value(ValueKind.CLASS, scope=value.scope),)
        found = self.classes.find(value.scope, name, after=value.kind is ValueKind.SUPER)
        if found is None:
            outside = not self.classes.ancestry(value.scope).is_complete_for(name)
            return (handed_back(""),) if outside else self._made_up(value)
        parts: list[Value] = []
        for binding in found[1]:
            parts.extend(self._member(binding, value))
        return tuple(parts) or UNKNOWN

    def _made_up(self, value: Value) -> Values:
        """What `__getattr__` gives for a name that the class does not have."""
        maker = None if value.kind is ValueKind.CLASS or value.scope is None else self.classes.find(value.scope, "__getattr__")
        return UNKNOWN if maker is None else self.returned(maker[1][0], value)

    def _member(self, binding: Binding, value: Value) -> Values:
        if value.kind is not ValueKind.CLASS and is_property(binding):
            return () if decorators(binding) & {"setter", "deleter"} else self.returned(binding, value)
        if binding.kind is Bind.FUNCTION:
            # The receiver travels along, for `Self` and inherited constructors.
            setter = decorators(binding) & {"setter", "deleter"}
            return () if setter else (Value(ValueKind.FUNCTION, scope=value.scope, binding=binding),)
        found = self.settled(self.names.of_bindings([binding]))
        return of_class_body(found) if binding.scope.kind is ScopeKind.CLASS else found

    def attributes(self, values: Values, name: str) -> Values:
        return union(*(self.attribute(value, name) for value in values))

    def _call(self, node: ast.Call, scope: Scope) -> Values:
        func = node.func
        if isinstance(func, ast.Name):
            if func.id == "super":
                return self._super(node, scope)
            if func.id == "cast" and len(node.args) == 2:
                return self.annotation(node.args[0], scope)
            if func.id == "type" and len(node.args) == 1:
                values = self.infer(node.args[0], scope)
                return tuple(Value(ValueKind.CLASS, scope=value.scope) if value.kind is ValueKind.INSTANCE
                             else UNKNOWN[0] for value in values)
            if func.id == "next" and node.args and "next" not in scope.bindings:
                return self._elements.of(node.args[0], scope, False)
        callees = self.class_values(func, scope)
        if isinstance(func, ast.Attribute) and func.attr == "cast" and len(node.args) == 2:
            if all(value.kind is ValueKind.EXTERNAL for value in callees):
                return self.annotation(node.args[0], scope)
        if isinstance(func, ast.Attribute) and func.attr in _LOOKS_UP and callees[0].kind is ValueKind.BUILTIN:
            return self._elements.mapped(func.value, scope)
        if isinstance(func, ast.Subscript) and any(value.kind is not ValueKind.CLASS for value in callees):
            return union(*(self.returns.called(value, func) for value in self.infer(func, scope)))
        return union(*(self.returns.called(value, func) for value in callees))

    def _super(self, node: ast.Call, scope: Scope) -> Values:
        owner = scope.enclosing_class
        if node.args:
            named = self.infer(node.args[0], scope)
            owner = named[0].scope if named[0].kind is ValueKind.CLASS else None
        return UNKNOWN if owner is None else (Value(ValueKind.SUPER, scope=owner),)
