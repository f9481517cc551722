"""From what was begun to what is asked for: one function maps a recognised change to the intents of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.begun.changes import Begun, Deleted, ModuleMoved, Moved, Parameter, Renamed, Resigned
from engine.evidence import Entity, Kind, Project, find
from engine.plan import Action, Calls, Intent


def asked_by(change: Begun, project: Project, passed: Mapping[Calls, str] | None = None) -> tuple[Intent, ...]:
    """The intents whose carrying out, one after the other, gives the change; none where its target is not in the project (any more).

    project: the repository as it was before the change was begun, with everything else as it is now; passed: what calls that have
    been changed already pass for an added parameter, as code.
    """
    target = find(project, target_of(change))
    if target is None:
        return ()
    match change:
        case Renamed(new=new):
            return (Intent(target, new),)
        case ModuleMoved(to=to) if change.is_rename:
            return (Intent(target, _stem(to)),)
        case ModuleMoved(to=to) | Moved(to=to):
            return (Intent(target, action=Action.MOVE, to=to),)
        case Deleted():
            return (Intent(target, action=Action.DELETE),)
        case Resigned():
            return tuple(_resigned(change, target, project, passed or {}))


def target_of(change: Begun) -> str:
    """The definition that a change is about, as `qualified` prints it."""
    match change:
        case Renamed(kind=Kind.PARAMETER):
            return f"{change.path}::{change.owner}({change.old})"
        case Renamed():
            return f"{change.path}::{change.owner}.{change.old}".replace("::.", "::")
        case Moved() | Deleted():
            return f"{change.path}::{change.name}"
        case ModuleMoved():
            return change.path
        case Resigned():
            return f"{change.path}::{change.owner}"


def names_of(change: Begun) -> tuple[str, str] | None:
    """The old and the new name, where the change is about a name."""
    match change:
        case Renamed(old=old, new=new):
            return old, new
        case ModuleMoved(path=path, to=to) if change.is_rename:
            return _stem(path), _stem(to)
        case _:
            return None


def _resigned(change: Resigned, function: Entity, project: Project, passed: Mapping[Calls, str]) -> Iterator[Intent]:
    """What takes the old signature to the new one: parameters out, parameters in, by keyword alone, in order."""
    gone = [find(project, f"{change.path}::{change.owner}({item.name})") for item in change.removed]
    known = [entity for entity in gone if entity is not None]
    if known:
        yield Intent(known[0], action=Action.DELETE, others=tuple(known[1:]))
    now = [item for item in change.before.parameters if item not in change.removed]
    for item in change.added:
        values = {} if item.default else passed
        yield Intent(function, item.name, action=Action.ADD, type=item.type, default=item.default, values=values, keyword=item.keyword)
        now = _with(now, item, change.before.rest)
    if change.keyword:
        yield Intent(function, action=Action.KEYWORD, parameters=change.keyword)
    names = [item.name for item in now if not item.keyword and item.name not in change.keyword]
    if names != list(change.after.names) and sorted(names) == sorted(change.after.names):
        yield Intent(function, action=Action.REORDER, parameters=change.after.names)


def _with(now: Sequence[Parameter], new: Parameter, rest: bool) -> list[Parameter]:
    """The parameters with another one, where it is put when nothing is said about its place."""
    if rest or new.keyword:
        return [*now, replace(new, keyword=True)]
    plain, words = [item for item in now if not item.keyword], [item for item in now if item.keyword]
    first = next((i for i, item in enumerate(plain) if item.default), len(plain))
    at = len(plain) if new.default else first
    return [*plain[:at], new, *plain[at:], *words]


def _stem(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2].removesuffix(".pyi").removesuffix(".py")
