"""Class hierarchies of the project: method resolution order, member lookup, kinship.

Bases outside the project make an ancestry incomplete, unless they are known to be bare of the name in question.
"""
from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import dataclass

from engine.evidence.scopes import Binding, Scope
from engine.evidence.values import ValueKind, Values

_BARE = frozenset({"ABC", "Generic", "Protocol", "NamedTuple", "TypedDict", "ABCMeta", "Enum", "IntEnum", "StrEnum",
                   "Flag"})

_OF_ANY_CLASS = frozenset({"__slots__", "__doc__", "__module__", "__init__"})


@dataclass(frozen=True, slots=True, eq=False)
class Ancestry:
    order: tuple[Scope, ...]
    # Itself first, then its project bases in resolution order.
    foreign: tuple[str, ...]
    # Names of the bases outside the project; "" where a base is no plain name.

    def is_complete_for(self, name: str) -> bool:
        return all(base in _BARE or base and base in _BUILTIN_CLASSES and not hasattr(_BUILTIN_CLASSES[base], name)
                   for base in self.foreign)


_BUILTIN_CLASSES = {name: item for name, item in vars(builtins).items() if isinstance(item, type)}


class Classes:
    def __init__(self, evaluate: Callable[[ast.expr, Scope], Values]) -> None:
        self._evaluate = evaluate
        self._ancestries: dict[Scope, Ancestry] = {}

    def ancestry(self, scope: Scope) -> Ancestry:
        found = self._ancestries.get(scope)
        if found is None:
            # A class in its own ancestry (broken code, or a name rebound) counts once.
            self._ancestries[scope] = Ancestry((scope,), ())
            found = self._ancestries[scope] = self._compute(scope)
        return found

    def _compute(self, scope: Scope) -> Ancestry:
        order = [scope]
        foreign: list[str] = []
        node = scope.node
        for base in node.bases if isinstance(node, ast.ClassDef) else []:
            outer = scope.parent or scope
            known = False
            for value in self._evaluate(base, outer):
                if value.kind is ValueKind.CLASS and value.scope is not None and value.scope is not scope:
                    above = self.ancestry(value.scope)
                    order.extend(above.order)
                    foreign.extend(above.foreign)
                    known = True
            if not known:
                foreign.append(_base_name(base))
        # In a diamond the shared base comes after both of its heirs.
        last = {item: number for number, item in enumerate(order)}
        ordered = tuple(item for number, item in enumerate(order) if last[item] == number or number == 0)
        return Ancestry(ordered, tuple(foreign))

    def members(self, scope: Scope, name: str) -> list[Binding]:
        """What the class itself binds: in its body, or through self."""
        return scope.bindings.get(name, []) + scope.attributes.get(name, [])

    def find(self, scope: Scope, name: str, after: bool = False) -> tuple[Scope, list[Binding]] | None:
        """The first class in resolution order that has `name`; `after` skips the class itself, as super() does."""
        for item in self.ancestry(scope).order[1 if after else 0:]:
            found = self.members(item, name)
            if found:
                return item, found
        return None

    def is_protocol(self, scope: Scope) -> bool:
        """Declared as a `typing.Protocol`, not merely the heir of one."""
        node = scope.node
        return isinstance(node, ast.ClassDef) and any(_base_name(base) == "Protocol" for base in node.bases)

    def satisfies(self, scope: Scope, protocol: Scope) -> bool:
        """Does a class have all that a protocol asks for?"""
        return all(self.find(scope, name) is not None for name in protocol.bindings
                   if name not in _OF_ANY_CLASS)

    def alike(self, one: Scope, other: Scope) -> bool:
        """Is one a protocol that the other satisfies?"""
        return (self.is_protocol(one) and self.satisfies(other, one)
                or self.is_protocol(other) and self.satisfies(one, other))

    def related(self, one: Scope, other: Scope, name: str) -> bool:
        """Ancestor, descendant, or siblings through a common ancestor that defines `name`."""
        first, second = self.ancestry(one).order, self.ancestry(other).order
        if one in second or other in first:
            return True
        return any(item in second and bool(self.members(item, name)) for item in first)


def _base_name(base: ast.expr) -> str:
    while isinstance(base, ast.Subscript):
        base = base.value
    return base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
