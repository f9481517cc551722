"""What a move, a deletion or a new signature has done to the files, as spots: the places that are different from the tree before it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.actions.functions import Definition, definition_of
from engine.actions.layout import newline_of
from engine.actions.statements import Definition as Defining
from engine.actions.statements import bound_by, cut, pieces, runs, span_of
from engine.begun.changes import Deleted, Moved, Resigned
from engine.begun.signature import signature_of
from engine.begun.spots import Part, Spot
from engine.evidence import Module
from engine.evidence.positions import lines_of
from engine.evidence.source import parse_module

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(slots=True)
class Parts:
    """What was done to one file."""

    spots: list[Spot] = field(default_factory=list)
    """In the text as it is now."""
    left: set[str] = field(default_factory=set)
    """Names whose definitions went from it."""
    arrived: set[str] = field(default_factory=set)
    """Names whose definitions came to it."""
    signed: set[str] = field(default_factory=set)
    """Dotted names of functions with another signature."""


@dataclass(frozen=True, slots=True)
class Sides:
    """One file in both versions; `now` is None where the file is gone."""

    path: str
    before: str
    now: str | None


def parts_of(changes: Sequence[Moved | Deleted | Resigned], sides: Mapping[str, Sides]) -> dict[str, Parts]:
    """By path before the change; what cannot be taken apart is left out. sides: every file that differs, by its former path."""
    found: dict[str, Parts] = {}
    arriving: dict[str, str] = {}
    for to in sorted({change.to for change in changes if isinstance(change, Moved)}):
        names = {change.name for change in changes if isinstance(change, Moved) and change.to == to}
        if to in sides and sides[to].now is not None:
            arriving |= _arrived(to, sides[to].now or "", names, found)
    for path, own in _by_home(changes, arriving).items():
        if path in sides and sides[path].now is not None:
            destinations = [sides[change.to].now or "" for change in own if isinstance(change, Moved)]
            _left(sides[path], {change.name for change in own}, arriving, destinations, found)
    for change in changes:
        if isinstance(change, Resigned) and change.path in sides:
            _signed(change, sides[change.path], found)
    return found


def _by_home(changes: Sequence[Moved | Deleted | Resigned], arriving: Collection[str]) -> dict[str, list[Moved | Deleted]]:
    found: dict[str, list[Moved | Deleted]] = {}
    for change in changes:
        if isinstance(change, Deleted) or isinstance(change, Moved) and change.name in arriving:
            found.setdefault(change.path, []).append(change)
    return found


def _arrived(path: str, text: str, names: Collection[str], found: dict[str, Parts]) -> dict[str, str]:
    """Cut the definitions out of their new home; their texts by name."""
    module = parse_module(path, text)
    parts = pieces(module, names)
    if isinstance(parts, str):
        return {}
    own = found.setdefault(path, Parts())
    for start, end in runs(text, parts):
        first, last = cut(text, start, end)
        own.spots.append(Spot(first, last, "", text[first:last], Part.ARRIVED))
    own.arrived |= {name for piece in parts for name in piece.names}
    texts: dict[str, str] = {}
    for piece in parts:
        for name in piece.names:
            texts[name] = texts.get(name, "") + ("\n\n" if name in texts else "") + text[piece.start : piece.end]
    return texts


def _left(side: Sides, names: Collection[str], arriving: Mapping[str, str], destinations: Sequence[str], found: dict[str, Parts]) -> None:
    """Put definitions back where they were, as they are now."""
    now = side.now or ""
    old, new = parse_module(side.path, side.before), parse_module(side.path, now)
    parts = pieces(old, names)
    if isinstance(parts, str) or new.tree is None or old.tree is None:
        return
    newline = newline_of(now or side.before)
    texts: dict[int, list[str]] = {}
    done: set[str] = set()
    for piece in parts:
        name = next(iter(sorted(piece.names)))
        if name not in done:
            done |= piece.names
            at = _place(old.tree.body, new, piece.nodes[0])
            whole = _headless(arriving.get(name, side.before[piece.start : piece.end]), now[:at])
            texts.setdefault(at, []).append(_spaced(now, at, whole if whole.endswith("\n") else whole + newline, newline, piece.is_constant))
    own = found.setdefault(side.path, Parts())
    own.spots += [Spot(at, at, "".join(pieces_), "", Part.LEFT) for at, pieces_ in texts.items()]
    own.left |= done
    lost = "".join(_lost_imports(old, new, "".join(text for pieces_ in texts.values() for text in pieces_), destinations, newline))
    if lost:
        at = _first_import(new)
        same = next((spot for spot in own.spots if spot.start == spot.end == at), None)
        if same is not None:
            own.spots.remove(same)
        own.spots.append(Spot(at, at, lost + (same.old if same else ""), "", Part.LEFT))


def _headless(piece: str, above: str) -> str:
    """A definition without the comments above it where they would begin a file, whose header they would be."""
    lines = lines_of(piece)
    while not above.strip("\ufeff \r\n") and lines and lines[0].startswith("#"):
        del lines[0]
    return "".join(lines)


def _key(node: ast.stmt) -> str:
    """What two versions know a statement by: a definition by its name."""
    return f"def {node.name}" if isinstance(node, Defining) else ast.dump(node)


def _place(before: Sequence[ast.stmt], now: Module, node: ast.stmt) -> int:
    """Where a statement would stand now: behind the last one that stood before it."""
    body = now.tree.body if now.tree is not None else []
    ahead = {_key(item) for item in before[: before.index(node)]}
    last = next((item for item in reversed(body) if _key(item) in ahead), None)
    if last is not None:
        return span_of(now, last)[1]
    behind = {_key(item) for item in before[before.index(node) :]}
    following = next((item for item in body if _key(item) in behind), None)
    return span_of(now, following)[0] if following is not None else len(now.text)


def _spaced(text: str, at: int, piece: str, newline: str, is_constant: bool) -> str:
    """A definition with the blank lines that it needs at a place."""
    lead = newline if at and not text[:at].endswith("\n") else ""
    behind = text[at:]
    if not is_constant:
        lead += newline * 2 if text[:at].strip("\ufeff") else ""
        return lead + piece + (newline * 2 if behind and behind.split("\n", 1)[0].strip() else "")
    return lead + piece


def _lost_imports(old: Module, new: Module, text: str, destinations: Sequence[str], newline: str) -> Iterator[str]:
    """Imports that were taken out with what needed them, and that the new home does not have either."""
    needed = {node.id for node in ast.walk(parse_module(old.path, text).tree or ast.Module([], [])) if isinstance(node, ast.Name)}
    known = {name for node in (new.tree.body if new.tree is not None else []) for name in bound_by(node)}
    for destination in destinations:
        tree = parse_module(old.path, destination).tree
        known |= {name for node in (tree.body if tree is not None else []) for name in bound_by(node)}
    for node in old.tree.body if old.tree is not None else []:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                if (alias.asname or alias.name.partition(".")[0]) in needed - known:
                    single = ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [alias], node.level)
                    yield ast.unparse(single) + newline


def _first_import(module: Module) -> int:
    """Where an import may stand: behind documentation and `__future__`."""
    body = module.tree.body if module.tree is not None else []
    for node in body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_text and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            return span_of(module, node)[0]
    return len(module.text)


def functions_of(module: Module, qualname: str) -> list[Definition]:
    """The `def`s of a dotted name, in order."""
    found: list[ast.AST] = [module.tree] if module.tree is not None else []
    for name in qualname.split("."):
        found = [node for outer in found for node in _inside(outer) if node.name == name]
    return [definition_of(module, node) for node in found if isinstance(node, _FUNCTIONS)]


def _inside(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Definitions directly in a scope, in conditions too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Defining):
            yield child
        elif isinstance(child, (ast.stmt, ast.ExceptHandler)):
            yield from _inside(child)


def _in_old_order(one: Definition, other: Definition) -> str:
    """The parameters as they are written now, in the order that they had; empty where more than the order is different."""
    old, new = signature_of(one.node.args), signature_of(other.node.args)
    plain = not (old.rest or old.options or new.rest or new.options) and not any(item.keyword or item.positional for item in (*old.parameters, *new.parameters))
    if not plain or sorted(old.names) != sorted(new.names) or old.names == new.names:
        return ""
    texts = {item.name: other.module.text[other.listing.elements[item.index].start : other.listing.elements[item.index].end] for item in other.parameters()}
    return ", ".join(texts[name] for name in old.names)


def _signed(change: Resigned, side: Sides, found: dict[str, Parts]) -> None:
    """Put the old list of parameters back."""
    old = functions_of(parse_module(side.path, side.before), change.owner)
    new = functions_of(parse_module(side.path, side.now or ""), change.owner)
    if len(old) != len(new) or not new:
        return
    own = found.setdefault(side.path, Parts())
    for one, other in zip(old, new, strict=True):
        was, listing = one.listing, other.listing
        before, now = side.before[was.open : was.close], (side.now or "")[listing.open : listing.close]
        before = _in_old_order(one, other) or before
        if before != now:
            own.spots.append(Spot(listing.open, listing.close, before, now, Part.SIGNED))
    own.signed.add(change.owner)
