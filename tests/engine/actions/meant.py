"""What the tests of actions start from: a small repository as texts, and as meant whatever the evidence is sure of."""

from __future__ import annotations

from collections.abc import Mapping

from engine.actions import Asked, Refused, Rewritten, rewrite
from engine.evidence import Entity, Kind, Project, Resolution, find, occurrences
from engine.plan import Intent
from engine.sites import Candidate, Rename, from_occurrence
from tests.engine.tiny import entity, project


def meant(made: Project, target: Entity) -> list[Candidate]:
    """Occurrences that surely are the target; of a parameter, those of its function too."""
    wanted = [target]
    if target.kind is Kind.PARAMETER:
        owner = find(made, f"{target.path}::{target.owner}")
        wanted += [owner] if owner is not None else []
    found = []
    for item in wanted:
        for occurrence in occurrences(made, item, sorted(made.paths)):
            if occurrence.resolution is Resolution.YES:
                found.append(from_occurrence(occurrence, Rename(item, item.name), made.text(occurrence.path) or ""))
    return found


def outcome(texts: Mapping[str, str], target: str, others: tuple[str, ...] = (), **fields: object) -> Rewritten | Refused:
    """What an action makes of a target, named as `qualified` prints it."""
    made = project(texts)
    targets = [entity(made, name) for name in (target, *others)]
    intent = Intent(targets[0], others=tuple(targets[1:]), **fields)  # type: ignore[arg-type]
    return rewrite(Asked(intent, made, [place for item in targets for place in meant(made, item)]))


def after(texts: Mapping[str, str], target: str, **fields: object) -> dict[str, str | None]:
    """The files that it changes."""
    done = outcome(texts, target, **fields)  # type: ignore[arg-type]
    assert isinstance(done, Rewritten), done
    return dict(done.texts)


def refusal(texts: Mapping[str, str], target: str, **fields: object) -> str:
    """Why it is not done."""
    done = outcome(texts, target, **fields)  # type: ignore[arg-type]
    assert isinstance(done, Refused), done
    return done.sentence
