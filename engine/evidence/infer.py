"""From an expression to what it may stand for: classes, instances, modules, functions.

Flow-insensitive: a variable is the union of all its assignments. What cannot be told is UNKNOWN, never a guess.
"""
from __future__ import annotations

import ast
import sys

from engine.evidence.classes import Classes
from engine.evidence.names import Names
from engine.evidence.scopes import Bind, Binding, Scope, ScopeKind, owner_of_self
from engine.evidence.source import UNPARSABLE, Absent, Project
from engine.evidence.values import BUILTIN, UNKNOWN, Value, ValueKind, Values, instance

_LITERALS = (ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.SetComp,
             ast.DictComp, ast.GeneratorExp, ast.Compare)
_WRAPPERS = frozenset({"Optional", "Union", "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly"})
_OPEN = frozenset({"Any", "object", "Self", "Awaitable", "Coroutine", "Callable"})
_CONTAINERS = frozenset({
    "list", "List", "set", "Set", "frozenset", "FrozenSet", "tuple", "Tuple", "Sequence", "MutableSequence", "Iterable",
    "Iterator", "Collection", "Generator", "deque", "Deque", "AsyncIterator", "AsyncIterable", "AsyncGenerator",
})
_PROPERTIES = frozenset({"property", "cached_property"})
_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})
# Their instances answer to anything, or stand for something else.
_SHAPELESS = frozenset({
    "TypeVar", "ParamSpec", "NewType", "Mock", "MagicMock", "AsyncMock", "NonCallableMock",
    "SimpleNamespace", "Namespace",
})
_BUILTIN_TYPES = frozenset({
    "str", "bytes", "int", "float", "bool", "list", "dict", "set", "tuple", "frozenset", "open", "len", "repr",
    "bytearray", "range", "sorted", "enumerate", "zip",
})
_TEXT_METHODS = frozenset(name for kind in (str, bytes) for name in dir(kind)) - {"__getitem__"}
# Deep enough for any fluent chain, shallow enough for Python's own stack.
_DEPTH = 30


class Inference:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = Names(project)
        self.classes = Classes(self.class_values)
        self._cache: dict[ast.AST, Values] = {}
        self._variables: dict[ast.AST, Values] = {}
        self._depth = 0

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

    def class_values(self, node: ast.expr, scope: Scope) -> Values:
        """A base class expression; subscripts of generics are dropped."""
        while isinstance(node, ast.Subscript):
            node = node.value
        return self.infer(node, scope)

    def _infer(self, node: ast.expr, scope: Scope) -> Values:
        if isinstance(node, ast.Name):
            return self._name(node, scope)
        if isinstance(node, ast.Attribute):
            return self.attributes(self.infer(node.value, scope), node.attr)
        if isinstance(node, ast.Call):
            return self._call(node, scope)
        if isinstance(node, _LITERALS):
            return BUILTIN
        if isinstance(node, (ast.Await, ast.NamedExpr)):
            return self.infer(node.value, scope)
        if isinstance(node, ast.IfExp):
            return _union(self.infer(node.body, scope), self.infer(node.orelse, scope))
        if isinstance(node, ast.BoolOp):
            return _union(*(self.infer(item, scope) for item in node.values))
        if isinstance(node, ast.Subscript):
            return self.element(node.value, scope)
        return UNKNOWN

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
        if binding.annotation is not None:
            return self.annotation(binding.annotation, _outer(binding))
        value = binding.value
        if value is None or binding.kind is Bind.OPAQUE:
            return UNKNOWN
        if binding.kind is Bind.ELEMENT:
            return self.element(value, binding.scope)
        if isinstance(value, ast.Constant) and value.value is None:
            # `x = None` says nothing about what x holds when it is used.
            return ()
        found = self.infer(value, binding.scope)
        return self._entered(found) if binding.kind is Bind.WITH else found

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

    def _entered(self, values: Values) -> Values:
        """`with value as x`: x is what `__enter__` returns, by default the object itself."""
        parts: list[Value] = []
        for value in values:
            if value.kind is not ValueKind.INSTANCE or value.scope is None:
                parts.extend(UNKNOWN)
                continue
            found = self.classes.find(value.scope, "__enter__") or self.classes.find(value.scope, "__aenter__")
            returned = self._returned(found[1][0], value) if found else UNKNOWN
            parts.append(value if returned is UNKNOWN else returned[0])
        return tuple(parts) or UNKNOWN

    def attribute(self, value: Value, name: str) -> Values:
        """`value.name`, one value at a time."""
        if value.kind is ValueKind.MODULE:
            return self.settled(self.names.member(value.path, name))
        if value.kind in (ValueKind.BUILTIN, ValueKind.FUNCTION):
            return BUILTIN
        if value.kind is ValueKind.EXTERNAL:
            return (value,)
        if value.scope is None:
            return UNKNOWN
        found = self.classes.find(value.scope, name, after=value.kind is ValueKind.SUPER)
        if found is None:
            return UNKNOWN
        parts: list[Value] = []
        for binding in found[1]:
            if value.kind is not ValueKind.CLASS and _decorators(binding) & _PROPERTIES:
                parts.extend(self._returned(binding, value))
            elif binding.kind is Bind.FUNCTION:
                # The receiver travels along, for `Self` and inherited constructors.
                parts.append(Value(ValueKind.FUNCTION, scope=value.scope, binding=binding))
            else:
                parts.extend(self.settled(self.names.of_bindings([binding])))
        return tuple(parts) or UNKNOWN

    def attributes(self, values: Values, name: str) -> Values:
        return _union(*(self.attribute(value, name) for value in values))

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
        return _union(*(self._called(value, func) for value in self.infer(func, scope)))

    def _called(self, value: Value, func: ast.expr) -> Values:
        if value.kind is ValueKind.CLASS and value.scope is not None:
            return (instance(value.scope),)
        if value.kind is ValueKind.FUNCTION and value.binding is not None:
            return self._returned(value.binding, value)
        if value.kind is ValueKind.INSTANCE and value.scope is not None:
            found = self.classes.find(value.scope, "__call__")
            return self._returned(found[1][0], value) if found else UNKNOWN
        name = terminal(func)
        if value.kind is ValueKind.BUILTIN:
            made = isinstance(func, ast.Name) and name in _BUILTIN_TYPES
            return BUILTIN if made or isinstance(func, ast.Attribute) and name in _TEXT_METHODS else UNKNOWN
        if value.kind is ValueKind.EXTERNAL and name[:1].isupper() and name not in _SHAPELESS:
            # Third-party classes are often descriptors that stand for something else; the library's are not.
            return (value,) if value.path in sys.stdlib_module_names else UNKNOWN
        return UNKNOWN

    def _super(self, node: ast.Call, scope: Scope) -> Values:
        owner = scope.enclosing_class
        if node.args:
            named = self.infer(node.args[0], scope)
            owner = named[0].scope if named[0].kind is ValueKind.CLASS else None
        return UNKNOWN if owner is None else (Value(ValueKind.SUPER, scope=owner),)

    def _returned(self, binding: Binding, receiver: Value) -> Values:
        if binding.annotation is None or binding.kind is not Bind.FUNCTION:
            return UNKNOWN
        if terminal(binding.annotation) == "Self" and binding.scope.kind is ScopeKind.CLASS:
            return (instance(receiver.scope or binding.scope),)
        if _decorators(binding) & _MANAGERS:
            return UNKNOWN
        return self.annotation(binding.annotation, binding.scope)

    # Annotations -----------------------------------------------------------------------------------------------

    def annotation(self, node: ast.expr, scope: Scope) -> Values:
        """The instances an annotation allows; None is dropped."""
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                parsed = parse_expression(node.value)
                return UNKNOWN if parsed is None else self.annotation(parsed, scope)
            return ()
        if isinstance(node, ast.BinOp):
            return _union(self.annotation(node.left, scope), self.annotation(node.right, scope))
        if isinstance(node, ast.Subscript):
            return self._generic(node, scope)
        if not isinstance(node, (ast.Name, ast.Attribute)) or terminal(node) in _OPEN:
            return UNKNOWN
        values = self.infer(node, scope)
        return _union(*((instance(value.scope),) if value.kind is ValueKind.CLASS and value.scope is not None
                        else (value,) if value.kind in (ValueKind.BUILTIN, ValueKind.EXTERNAL) else UNKNOWN
                        for value in values))

    def _generic(self, node: ast.Subscript, scope: Scope) -> Values:
        name = terminal(node.value)
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name in _WRAPPERS:
            inner = inner[:1] if name == "Annotated" else inner
            return _union(*(self.annotation(item, scope) for item in inner))
        if name in ("type", "Type"):
            return tuple(Value(ValueKind.CLASS, scope=value.scope) if value.kind is ValueKind.INSTANCE else value
                         for value in self.annotation(inner[0], scope)) or UNKNOWN
        return self.annotation(node.value, scope)

    def element(self, node: ast.expr, scope: Scope) -> Values:
        """What iterating or indexing yields: from annotated containers and displays of one kind."""
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return _union(*(self.infer(item, scope) for item in node.elts)) if len(node.elts) <= 8 else UNKNOWN
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
            return UNKNOWN
        parts: list[Value] = []
        for holder, where in self._annotations(node, scope):
            name = terminal(holder.value) if isinstance(holder, ast.Subscript) else ""
            if name not in _CONTAINERS or not isinstance(holder, ast.Subscript):
                return UNKNOWN
            first = holder.slice.elts[0] if isinstance(holder.slice, ast.Tuple) else holder.slice
            parts.extend(self.annotation(first, where))
        return tuple(parts) or UNKNOWN

    def _annotations(self, node: ast.expr, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """The annotations that declare the value of an expression."""
        bindings: list[Binding] = []
        if isinstance(node, ast.Name):
            bindings = self.names.lookup(scope, node.id)
        elif isinstance(node, ast.Attribute):
            for value in self.infer(node.value, scope):
                found = self.classes.find(value.scope, node.attr) if value.scope is not None else None
                bindings.extend(found[1] if found else [])
        elif isinstance(node, ast.Call):
            bindings = [value.binding for value in self.infer(node.func, scope)
                        if value.kind is ValueKind.FUNCTION and value.binding is not None]
        return [(item.annotation, _outer(item)) for item in bindings if item.annotation is not None]


def parse_expression(text: str) -> ast.expr | None:
    """A string annotation as the expression it stands for."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except UNPARSABLE:
        return None


def terminal(node: ast.expr | None) -> str:
    """The last identifier of `a.b.c`; empty for anything but names and attributes."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _union(*parts: Values) -> Values:
    return tuple(value for part in parts for value in part)


def _outer(binding: Binding) -> Scope:
    """Annotations of parameters are evaluated outside the function."""
    if binding.kind is Bind.PARAMETER and binding.scope.parent is not None:
        return binding.scope.parent
    return binding.scope


def _decorators(binding: Binding) -> set[str]:
    node = binding.node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return set()
    return {terminal(item) for item in node.decorator_list}
