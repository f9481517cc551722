"""From what was begun to what is asked for: one function maps a recognised change to an intent of a plan."""

from __future__ import annotations

from dataclasses import replace

from engine.begun.changes import Begun, ModuleMoved, Moved, Parameter, Renamed, Resigned
from engine.evidence import Entity, Kind, Project, find
from engine.plan import Action, Intent


def intent_of(change: Begun, project: Project) -> Intent | None:
    """The intent whose carrying out gives the change; None where its target is not in the project (any more).

    project: the repository as it was before the change was begun, with everything else as it is now.
    """
    target = find(project, target_of(change))
    if target is None:
        return None
    match change:
        case Renamed(new=new):
            return Intent(target, new)
        case ModuleMoved(to=to) if change.is_rename:
            return Intent(target, _stem(to))
        case ModuleMoved(to=to) | Moved(to=to):
            return Intent(target, action=Action.MOVE, to=to)
        case Resigned():
            return _resigned(change, target)


def target_of(change: Begun) -> str:
    """The definition that a change is about, as `qualified` prints it."""
    match change:
        case Renamed(kind=Kind.PARAMETER):
            return f"{change.path}::{change.owner}({change.old})"
        case Renamed():
            return f"{change.path}::{change.owner}.{change.old}".replace("::.", "::")
        case Moved():
            return f"{change.path}::{change.name}"
        case ModuleMoved():
            return change.path
        case Resigned():
            if change.added or len(change.removed) != 1:
                return f"{change.path}::{change.owner}"
            return f"{change.path}::{change.owner}({change.removed[0].name})"


def names_of(change: Begun) -> tuple[str, str] | None:
    """The old and the new name, where the change is about a name."""
    match change:
        case Renamed(old=old, new=new):
            return old, new
        case ModuleMoved(path=path, to=to) if change.is_rename:
            return _stem(path), _stem(to)
        case _:
            return None


def _resigned(change: Resigned, target: Entity) -> Intent | None:
    """One parameter added, or one removed; several at once are more than an intent holds."""
    if len(change.added) == 1 and not change.removed:
        return _adding(change.added[0], target)
    if len(change.removed) == 1 and not change.added:
        return Intent(target, action=Action.DELETE)
    return None


def _adding(parameter: Parameter, target: Entity) -> Intent:
    asked = Intent(target, parameter.name, action=Action.ADD)
    return replace(asked, type=parameter.type, default=parameter.default, keyword=parameter.keyword)


def _stem(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2].removesuffix(".pyi").removesuffix(".py")
