"""`isinstance` tells what an expression is, from the test on: in the branch, or after an early exit or assertion."""
from __future__ import annotations

import ast
from typing import NamedTuple

from engine.evidence.classes import Classes
from engine.evidence.scopes import Scope, ScopeKind
from engine.evidence.values import Value, ValueKind, Values

Place = tuple[int, int]
_OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_STRUCTURAL = frozenset({"collections", "typing", "typing_extensions", "numbers", "abc", "os", "contextlib"})
# Nothing is lost by believing the test.
_OPEN = frozenset({ValueKind.UNKNOWN, ValueKind.ABSENT, ValueKind.RETURNED})
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Guard(NamedTuple):
    """Between the two places, the expression is an instance of the class expression."""

    start: Place
    end: Place
    kind: ast.expr


class Narrowing:
    def __init__(self) -> None:
        self._guards: dict[ast.AST, dict[str, list[Guard]]] = {}
        self._stores: dict[ast.AST, dict[str, list[Place]]] = {}

    def guard(self, node: ast.Name | ast.Attribute, scope: Scope) -> ast.expr | None:
        """The class expression that the innermost test names for this expression."""
        home: Scope | None = scope
        while home is not None and home.kind in (ScopeKind.COMPREHENSION, ScopeKind.LAMBDA):
            home = home.parent
        holder = None if home is None else home.node
        if holder is None:
            return None
        if holder not in self._guards:
            self._read(holder)
        guards = self._guards[holder]
        written = dotted(node) if guards else ""
        here = _start(node)
        inside = [item for item in guards.get(written, ()) if item.start <= here < item.end]
        if not inside:
            return None
        nearest = max(inside, key=lambda item: item.start)
        root = written.partition(".")[0]
        stores = self._stores[holder]
        changed = any(nearest.start <= place < nearest.end for name in {root, written} for place in stores.get(name, ()))
        return None if changed else nearest.kind

    def _read(self, holder: ast.AST) -> None:
        guards: dict[str, list[Guard]] = {}
        stores: dict[str, list[Place]] = {}
        stack: list[ast.AST] = list(getattr(holder, "body", ()))
        _after(getattr(holder, "body", ()), guards)
        while stack:
            node = stack.pop()
            if isinstance(node, _OWN_SCOPE):
                continue
            if isinstance(node, (ast.Name, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
                stores.setdefault(dotted(node), []).append(_start(node))
            elif isinstance(node, (ast.If, ast.While)):
                _add(guards, node.test, _start(node.body[0]), _end(node.body[-1]))
            elif isinstance(node, ast.IfExp):
                _add(guards, node.test, _start(node.body), _end(node.body))
            elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
                for item in node.values[:-1]:
                    _add(guards, item, _end(item), _end(node))
            for name in ("body", "orelse", "finalbody"):
                _after(getattr(node, name, ()), guards)
            stack.extend(ast.iter_child_nodes(node))
        self._guards[holder] = guards
        self._stores[holder] = stores


def narrowed(values: Values, kinds: Values, classes: Classes) -> Values:
    """The values that pass the test. An abstract class or a mixin may be passed by what is declared otherwise."""
    if any(kind.kind is ValueKind.UNKNOWN or kind.path in _STRUCTURAL for kind in kinds):
        return values
    if any(kind.scope is not None and (classes.is_protocol(kind.scope) or "Mixin" in kind.scope.name) for kind in kinds):
        return values
    if any(value.kind in _OPEN for value in values):
        return kinds
    left: list[Value] = []
    for value in values:
        below = [kind for kind in kinds if _is_below(kind, value, classes)]
        left.extend(below or [value] * any(_is_below(value, kind, classes) for kind in kinds))
    return tuple(left) or values + kinds


def _is_below(one: Value, other: Value, classes: Classes) -> bool:
    """Is one an instance of a subclass of the other's class?"""
    return one.scope is not None and other.scope is not None and other.scope in classes.ancestry(one.scope).order


def dotted(node: ast.expr) -> str:
    """`a.b.c` as written; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _after(body: object, guards: dict[str, list[Guard]]) -> None:
    """Assertions and early exits hold for the rest of their block."""
    statements: list[ast.AST] = body if isinstance(body, list) else []
    for statement in statements:
        if isinstance(statement, ast.Assert):
            _add(guards, statement.test, _end(statement), _end(statements[-1]))
        elif isinstance(statement, ast.If) and isinstance(statement.test, ast.UnaryOp) and not statement.orelse:
            if isinstance(statement.test.op, ast.Not) and isinstance(statement.body[-1], _LEAVES):
                _add(guards, statement.test.operand, _end(statement), _end(statements[-1]))


def _add(guards: dict[str, list[Guard]], test: ast.expr, start: Place, end: Place) -> None:
    tests = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    for item in tests:
        if isinstance(item, ast.Call) and isinstance(item.func, ast.Name) and item.func.id == "isinstance":
            if len(item.args) == 2 and dotted(item.args[0]):
                guards.setdefault(dotted(item.args[0]), []).append(Guard(start, end, item.args[1]))


def _start(node: ast.AST) -> Place:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _end(node: ast.AST) -> Place:
    return getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0)
