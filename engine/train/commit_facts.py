"""What a commit did, told by its own diff: facts in the terms of the engine's actions, before anybody's words are read.

Renames, moves and signatures are those that `engine.begun` recognises; here follow what vanished, and what became of methods.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.begun import Begun, ModuleMoved, Moved, Renamed, Resigned, Versions, target_of
from engine.begun.outline import Definition, Function, Scope, parsed, scope_of, segment
from engine.evidence import Kind
from engine.plan import Action

_DECORATORS = {"staticmethod": Action.STATIC, "classmethod": Action.CLASSMETHOD, "property": Action.PROPERTY, "cached_property": Action.PROPERTY}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was done to one definition."""

    action: Action
    name: str
    """What the target is called; of a constructor, its class."""
    target: str
    """As `engine.evidence.qualified` prints it."""
    new: str = ""
    """New name, or the added parameter."""
    to: str = ""
    """Path of the module that it went to."""
    at: str = ""
    """Name of the class that it went into."""
    owner: str = ""
    """What people call the class, or the function of a parameter, that it stands in."""
    type: str = ""
    default: str = ""
    keyword: bool = False
    parameters: tuple[str, ...] = ()


@dataclass(slots=True)
class _Seen:
    """What was defined and what is, over all files of a commit."""

    vanished: list[tuple[str, str, Definition]] = field(default_factory=list)
    """path, owner, definition"""
    appeared: list[tuple[str, str, Definition]] = field(default_factory=list)
    kept: list[tuple[str, str, Definition, Definition]] = field(default_factory=list)


def facts_of(versions: Sequence[Versions], begun: Sequence[Begun]) -> list[Fact]:
    """Everything that the pairs of versions show. begun: what `recognise` found in them."""
    found = [fact for change in begun for fact in _of_change(change)]
    seen = _Seen()
    for pair in versions:
        _look(pair, seen)
    told = {fact.target for fact in found}
    found += _vanished(seen, told, begun)
    found += _deleted_modules(versions, told)
    found += [fact for path, owner, before, after in seen.kept for fact in _of_method(path, owner, before, after)]
    return list(dict.fromkeys(found))


def _of_change(change: Begun) -> Iterator[Fact]:
    target = target_of(change)
    match change:
        case Renamed(old=old, new=new, owner=owner):
            yield Fact(Action.RENAME, old, target, new, owner=_said(owner))
        case ModuleMoved(path=path, to=to) if change.is_rename:
            yield Fact(Action.RENAME, _stem(path), path, _stem(to))
        case ModuleMoved(path=path, to=to):
            yield Fact(Action.MOVE, _stem(path), path, to=to)
        case Moved(name=name, to=to):
            yield Fact(Action.MOVE, name, target, to=to)
        case Resigned(path=path, owner=owner, added=added, removed=removed):
            function = f"{path}::{owner}"
            # Who adds a parameter to a constructor speaks of the class.
            called = function.removesuffix(".__init__")
            for item in added:
                yield Fact(Action.ADD, _said(owner), called, item.name, owner=_outer(owner), type=item.type, default=item.default, keyword=item.keyword)
            for item in removed:
                yield Fact(Action.DELETE, item.name, f"{function}({item.name})", owner=_said(owner))


def _said(owner: str) -> str:
    """What people call a function or class: of a constructor, its class."""
    return owner.removesuffix(".__init__").rpartition(".")[2]


def _outer(owner: str) -> str:
    return owner.removesuffix(".__init__").rpartition(".")[0].rpartition(".")[2]


def _stem(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2].removesuffix(".py")


def _look(pair: Versions, seen: _Seen) -> None:
    old, new = (parsed(text) if text is not None else ast.Module([], []) for text in (pair.before, pair.after))
    lines = (pair.before or "").split("\n"), (pair.after or "").split("\n")
    if old is not None and new is not None:
        _look_inside(pair.path or pair.now or "", "", (scope_of(old), scope_of(new)), lines, seen)


def _look_inside(path: str, owner: str, scopes: tuple[Scope, Scope], lines: tuple[list[str], list[str]], seen: _Seen) -> None:
    old, new = scopes
    seen.vanished += [(path, owner, item) for name, item in old.definitions.items() if name not in new.bound]
    seen.appeared += [(path, owner, item) for name, item in new.definitions.items() if name not in old.bound]
    for name, before in old.definitions.items():
        after = new.definitions.get(name)
        if after is None or after.kind is not before.kind or segment(before.node, lines[0]) == segment(after.node, lines[1]):
            continue
        seen.kept.append((path, owner, before, after))
        if isinstance(before.node, ast.ClassDef) and isinstance(after.node, ast.ClassDef):
            _look_inside(path, f"{owner}.{name}".lstrip("."), (scope_of(before.node), scope_of(after.node)), lines, seen)


def _vanished(seen: _Seen, told: set[str], begun: Sequence[Begun]) -> Iterator[Fact]:
    """Definitions that are nowhere any more; methods that became functions, and the reverse."""
    come: dict[str, list[tuple[str, str, Definition]]] = {}
    for path, owner, item in seen.appeared:
        come.setdefault(item.name, []).append((path, owner, item))
    moved = {change.name for change in begun if isinstance(change, Moved)}
    for path, owner, item in seen.vanished:
        target = f"{path}::{owner}.{item.name}".replace("::.", "::")
        if target in told or item.name in moved:
            continue
        again = come.get(item.name, [])
        if not again:
            yield Fact(Action.DELETE, item.name, target, owner=_said(owner))
        elif len(again) == 1:
            to, new_owner, now = again[0]
            if item.kind is Kind.METHOD and now.kind is Kind.FUNCTION:
                yield Fact(Action.FUNCTION, item.name, target, to="" if to == path else to, owner=_said(owner))
            elif item.kind is Kind.FUNCTION and now.kind is Kind.METHOD:
                yield Fact(Action.METHOD, item.name, target, at=_said(new_owner))


def _deleted_modules(versions: Sequence[Versions], told: set[str]) -> Iterator[Fact]:
    for pair in versions:
        if pair.path and pair.now is None and pair.path not in told:
            folder, _, last = pair.path.rpartition("/")
            if last != "__init__.py":
                yield Fact(Action.DELETE, _stem(pair.path), pair.path, owner=_stem(folder))


def _of_method(path: str, owner: str, before: Definition, after: Definition) -> Iterator[Fact]:
    """A decorator that it gained, and parameters that became keyword-only."""
    old, new = before.node, after.node
    if not (isinstance(old, Function) and isinstance(new, Function)):
        return
    target = f"{path}::{owner}.{before.name}".replace("::.", "::")
    for name in (_decorators(new) - _decorators(old)) & _DECORATORS.keys() if owner else ():
        yield Fact(_DECORATORS[name], before.name, target, owner=_said(owner))
    shut = {arg.arg for arg in new.args.kwonlyargs} - {arg.arg for arg in old.args.kwonlyargs}
    gone = tuple(arg.arg for arg in (*old.args.posonlyargs, *old.args.args) if arg.arg in shut)
    if gone:
        inside = f"{owner}.{before.name}".lstrip(".")
        yield Fact(Action.KEYWORD, _said(inside), target, owner=_said(owner), parameters=gone)


def _decorators(node: Function) -> set[str]:
    return {ast.unparse(item).rpartition(".")[2] for item in node.decorator_list}
