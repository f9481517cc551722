"""Whose occurrences an action has to look at: its targets, and the functions whose calls it changes with them."""

from __future__ import annotations

from engine.evidence import Entity, Kind, Project, entities
from engine.plan import Action, Intent

_CALLS = (Action.ADD, Action.REORDER, Action.KEYWORD, Action.BUNDLE)


def seen_of(project: Project, intent: Intent) -> tuple[Entity, ...]:
    """The definitions whose places the denoiser decides, without repetition: calls of a constructor are calls of its class."""
    found: dict[Entity, None] = {}
    for target in intent.targets:
        found[target] = None
        if target.kind is Kind.PARAMETER:
            function = _named(project, target.path, target.owner)
            found.update(dict.fromkeys(_called(project, function) if function else ()))
        elif intent.action in _CALLS:
            found.update(dict.fromkeys(_called(project, target)))
    return tuple(found)


def _called(project: Project, function: Entity) -> tuple[Entity, ...]:
    """A function, or the class that is called in place of its constructor."""
    if function.name != "__init__" or function.kind is not Kind.METHOD:
        return (function,)
    owner = _named(project, function.path, function.owner)
    return (owner,) if owner else ()


def _named(project: Project, path: str, qualname: str) -> Entity | None:
    name = qualname.rpartition(".")[2]
    kinds = (Kind.FUNCTION, Kind.METHOD, Kind.CLASS)
    return next((entity for entity in entities(project, path, {name}) if entity.qualname == qualname and entity.kind in kinds), None)
