"""Putting definitions into a module: where they may stand, and with how many blank lines."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.actions.base import Sheet
from engine.actions.needs import When, needs
from engine.actions.layout import newline_of
from engine.actions.statements import Definition, bound_by, span_of
from engine.evidence import Module
from engine.evidence.source import parse_module


@dataclass(frozen=True, slots=True)
class Landed:
    """A definition on its way: whole lines with `\\n` at their ends."""

    text: str
    names: frozenset[str]
    is_constant: bool
    loaded: frozenset[str]
    """Names that it needs as soon as the module is loaded."""
    near: int = -1
    """Blank lines between it and the piece before it, where nothing else stood between them; else -1."""


def landed(module: Module, pieces: Sequence[Landed]) -> str | None:
    """The text of a module with some more definitions, or None where no order of them would load."""
    names = {name for piece in pieces for name in piece.names}
    heavy = {name for piece in pieces if not piece.is_constant for name in piece.names}
    body = module.tree.body if module.tree is not None else []
    first = [piece for piece in pieces if piece.is_constant and not piece.loaded & _late(pieces, heavy)]
    rest = [piece for piece in pieces if piece not in first]
    sheet = Sheet(module.text)
    places: list[tuple[int, list[Landed]]] = []
    for group, wanted in ((first, _behind_constants(body)), (rest, _end(body))):
        if group:
            lower, upper = _bounds(module, body, group, names)
            at = max(min(wanted, upper), lower) if group is first else min(wanted, upper)
            if not lower <= at <= upper:
                return None
            places.append((at, group))
    if len(places) == 2 and places[0][0] == places[1][0]:
        places = [(places[0][0], first + rest)]
    for at, group in places:
        _insert(module, sheet, body, at, group)
    return sheet.result()


def _late(pieces: Sequence[Landed], heavy: set[str]) -> set[str]:
    """Names that are there only when functions and classes are: theirs, and those of constants made with them."""
    late = set(heavy)
    for piece in pieces:
        if piece.is_constant and piece.loaded & late:
            late |= piece.names
    return late


def loaded_by(module: Module, node: ast.stmt) -> frozenset[str]:
    """Names of the module that a statement needs when it is run."""
    start, end = span_of(module, node)
    return frozenset(need.name for need in needs(module, lambda at: start <= at < end) if need.when is When.LOADED)


def _bounds(module: Module, body: Sequence[ast.stmt], pieces: Sequence[Landed], names: Collection[str]) -> tuple[int, int]:
    """Between which statements of a module the pieces may stand (indices)."""
    wanted = {name for piece in pieces for name in piece.loaded} - set(names)
    lower = max((i + 1 for i, node in enumerate(body) if wanted & set(bound_by(node))), default=_head(body))
    own = {name for piece in pieces for name in piece.names}
    users = {name for node in body if isinstance(node, Definition) for name in bound_by(node) if own & _called_by(module, node)}
    upper = soft = _end(body)
    for i, node in reversed(list(enumerate(body))):
        at_once = loaded_by(module, node)
        if at_once & own:
            upper = i
        if at_once & own or (not isinstance(node, Definition) and at_once & users):
            soft = i
    # What a function needs when it is called at load time counts too, where there is room.
    return lower, min(upper, soft) if soft >= lower else upper


def _called_by(module: Module, node: ast.stmt) -> set[str]:
    start, end = span_of(module, node)
    return {need.name for need in needs(module, lambda at: start <= at < end)}


def _head(body: Sequence[ast.stmt]) -> int:
    """Behind the docstring and the imports."""
    last = 0
    for i, node in enumerate(body):
        if isinstance(node, Definition):
            break
        if isinstance(node, (ast.Import, ast.ImportFrom)) or _is_docstring(i, node):
            last = i + 1
        if isinstance(node, (ast.If, ast.Try)) and all(isinstance(item, (ast.Import, ast.ImportFrom)) for item in node.body):
            last = i + 1
    return last


def _is_docstring(index: int, node: ast.stmt) -> bool:
    return index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _behind_constants(body: Sequence[ast.stmt]) -> int:
    """Behind the assignments that follow the imports."""
    at = _head(body)
    while at < len(body) and isinstance(body[at], (ast.Assign, ast.AnnAssign)):
        at += 1
        if at < len(body) and isinstance(body[at], ast.Expr) and isinstance(getattr(body[at], "value", None), ast.Constant):
            at += 1
    return at


def _end(body: Sequence[ast.stmt]) -> int:
    """The end of a module, or in front of its `if __name__ == "__main__":`."""
    at = len(body)
    while at > 0 and isinstance(body[at - 1], ast.If) and "__name__" in ast.unparse(body[at - 1].test):  # type: ignore[attr-defined]
        at -= 1
    return at


def joined(pieces: Sequence[Landed]) -> str:
    """Definitions below each other: two blank lines around functions and classes, none between constants."""
    out = ""
    for i, piece in enumerate(pieces):
        if i:
            close = piece.is_constant and pieces[i - 1].is_constant
            out += "\n" * (piece.near if piece.near >= 0 else 0 if close else 2)
        out += piece.text
    return out


def _insert(module: Module, sheet: Sheet, body: Sequence[ast.stmt], at: int, pieces: Sequence[Landed]) -> None:
    newline, text = newline_of(module.text), joined(pieces)
    before = body[at - 1] if at else None
    after = body[at] if at < len(body) else None
    if after is None:
        end = len(module.text)
        kept = module.text.rstrip()
        gap = _gap(before, pieces[0]) if kept.strip("\ufeff") else 0
        sheet.replace(len(kept), end, ("\n" * (gap + bool(kept)) + text).replace("\n", newline))
        return
    place = span_of(module, after)[0]
    if before is not None and (pieces[0].is_constant and not isinstance(before, (ast.Import, ast.ImportFrom, *Definition))):
        # Directly below its like.
        place = span_of(module, before)[1]
        sheet.insert(place, text.replace("\n", newline))
        return
    lead = ""
    if before is not None:
        missing = _gap(before, pieces[0]) - _blanks_before(module.text, place)
        lead = "\n" * max(missing, 0)
    follow = 2 if isinstance(after, (*Definition, ast.If)) or not pieces[-1].is_constant else 1
    sheet.insert(place, (lead + text + "\n" * follow).replace("\n", newline))


def _gap(before: ast.stmt | None, piece: Landed) -> int:
    if not piece.is_constant or isinstance(before, Definition):
        return 2
    return 0 if isinstance(before, (ast.Assign, ast.AnnAssign)) else 1


def _blanks_before(text: str, at: int) -> int:
    lines = text[:at].split("\n")[:-1]
    count = 0
    while lines and not lines.pop().strip():
        count += 1
    return count


def drafted(path: str, header: str, pieces: Sequence[Landed], newline: str) -> Module:
    """A new module of these definitions."""
    text = joined(pieces)
    gap = "\n" * (1 if pieces[0].is_constant else 2) if header else ""
    return parse_module(path, (header + gap + text).replace("\n", newline))
