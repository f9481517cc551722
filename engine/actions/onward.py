"""What has been made in one module goes on to another: the second half of an action that names a destination."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.actions.base import Asked, Refused, Rewritten
from engine.actions.cycles import After
from engine.actions.move import move
from engine.evidence import Entity, Project, Resolution, find, occurrences, qualified
from engine.plan import Action, Intent
from engine.sites import Candidate, Rename, from_occurrence


def written_uses(project: Project, target: Entity, texts: Mapping[str, str | None]) -> list[Candidate]:
    """Uses of a definition in files that were just written; its name is new there, so that syntax alone tells."""
    found = occurrences(project, target, [path for path, text in texts.items() if text is not None])
    sure = [item for item in found if item.resolution is Resolution.YES]
    return [from_occurrence(item, Rename(target, target.name), project.text(item.path) or "") for item in sure]


def onward(asked: Asked, done: Rewritten | Refused, made: Entity) -> Rewritten | Refused:
    """Move what was made to the module that was asked for, if another one was."""
    to = asked.intent.to
    if isinstance(done, Refused) or not to or "::" in to or to == made.path:
        return done
    project = After(asked.project, done.texts)
    entity = find(project, qualified(made))
    if entity is None:
        return done
    intent = Intent(entity, action=Action.MOVE, to=to)
    moved = move(Asked(intent, project, written_uses(project, entity, done.texts)))
    if isinstance(moved, Refused):
        return moved
    relocated = {old: replace(new, path=to) if new == made else new for old, new in done.relocated.items()}
    return Rewritten({**done.texts, **moved.texts}, relocated, (*done.notes, *moved.notes))
