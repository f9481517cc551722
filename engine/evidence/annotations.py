"""The instances that an annotation allows."""
from __future__ import annotations

import ast
import builtins

from engine.evidence.evaluator import Evaluator
from engine.evidence.expressions import parse_expression, terminal, union
from engine.evidence.outside import foreign, handed_back, is_standard
from engine.evidence.scopes import Scope
from engine.evidence.values import UNKNOWN, Value, ValueKind, Values, instance

_WRAPPERS = frozenset({"Optional", "Union", "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly"})
_OPEN = frozenset({"Any", "object", "Self", "Awaitable", "Coroutine", "Callable"})

_TYPING = frozenset({"typing", "typing_extensions"})
# The rest of these modules says nothing about the class of an instance.
_CONCRETE = frozenset({
    "List", "Dict", "Set", "FrozenSet", "Tuple", "Text", "Pattern", "Match", "IO", "TextIO", "BinaryIO", "Deque",
    "DefaultDict", "OrderedDict", "Counter", "ChainMap", "Mapping", "MutableMapping", "Sequence", "MutableSequence",
    "Iterable", "Iterator", "Collection", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator", "Container",
    "AbstractSet", "MutableSet", "KeysView", "ValuesView", "ItemsView", "LiteralString",
})
_TYPES = frozenset(name for name, item in vars(builtins).items()
                   if isinstance(item, type) and not issubclass(item, BaseException)) - {"object", "type"}


class Annotations:
    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def allowed(self, node: ast.expr, scope: Scope) -> Values:
        """None is dropped."""
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                parsed = parse_expression(node.value)
                return UNKNOWN if parsed is None else self.allowed(parsed, scope)
            return ()
        if isinstance(node, ast.BinOp):
            return union(self.allowed(node.left, scope), self.allowed(node.right, scope))
        if isinstance(node, ast.Subscript):
            return self._generic(node, scope)
        if not isinstance(node, (ast.Name, ast.Attribute)) or terminal(node) in _OPEN:
            return UNKNOWN
        return tuple(_made(value, terminal(node)) for value in self._evaluator.infer(node, scope))

    def _generic(self, node: ast.Subscript, scope: Scope) -> Values:
        name = terminal(node.value)
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name in _WRAPPERS:
            inner = inner[:1] if name == "Annotated" else inner
            return union(*(self.allowed(item, scope) for item in inner))
        if name in ("type", "Type"):
            return tuple(Value(ValueKind.CLASS, scope=value.scope) if value.kind is ValueKind.INSTANCE else value
                         for value in self.allowed(inner[0], scope)) or UNKNOWN
        # Generics of third parties may be descriptors (`Mapped[T]`), which stand for their argument.
        return tuple(handed_back(value.path) if value.kind is ValueKind.FOREIGN and not is_standard(value.path)
                     else value for value in self.allowed(node.value, scope))


def is_bare(annotation: ast.expr) -> bool:
    """`x: Final = ...` leaves the type to the value."""
    return terminal(annotation) in ("Final", "ClassVar")


def _made(value: Value, name: str) -> Value:
    if value.kind is ValueKind.CLASS and value.scope is not None:
        return instance(value.scope)
    if value.kind is ValueKind.EXTERNAL:
        return UNKNOWN[0] if value.path in _TYPING and name not in _CONCRETE else foreign(value.path)
    # An alias may stand for `object`, or be a string; an exception may be any of its kind.
    return value if value.kind is ValueKind.BUILTIN and name in _TYPES else UNKNOWN[0]
