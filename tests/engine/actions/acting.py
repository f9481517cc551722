"""Carries out one action on a repository given as texts, with the places that the evidence is sure of as the ones that are meant."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from engine.actions import Asked, Refused, Rewritten, rewrite
from engine.evidence import Entity, Occurrence, Project, Resolution, find, occurrences
from engine.plan import Action, Intent
from engine.sites import Candidate, Rename, from_occurrence


def tree(files: dict[str, str]) -> dict[str, str]:
    """Dedented texts."""
    return {path: textwrap.dedent(text).lstrip("\n") for path, text in files.items()}


def meant(project: Project, target: Entity, also: Callable[[Occurrence], bool] = lambda item: False) -> list[Candidate]:
    """The places of a target that surely stand for it."""
    found = occurrences(project, target, sorted(project.paths))
    rename = Rename(target, "")
    return [
        from_occurrence(item, rename, project.text(item.path) or "")
        for item in found
        if item.resolution is Resolution.YES or also(item)
    ]  # fmt: skip


def act(
    files: dict[str, str],
    action: Action,
    targets: Sequence[str],
    to: str = "",
    *,
    keep_alias: bool = False,
    also: Callable[[Occurrence], bool] = lambda item: False,
    blind: bool = False,
    **fields: Any,
) -> Rewritten | Refused:
    """What the action makes of the texts. also: further places that are meant; blind: none are."""
    project = Project(files, files.get)
    entities = [find(project, target) for target in targets]
    found = [entity for entity in entities if entity is not None]
    assert len(found) == len(targets), targets
    places = [] if blind else [place for entity in found for place in meant(project, entity, also)]
    intent = Intent(found[0], action=action, others=tuple(found[1:]), to=to, **fields)
    return rewrite(Asked(intent, project, places, keep_alias))


def after(files: dict[str, str], done: Rewritten | Refused) -> dict[str, str]:
    """All texts afterwards."""
    assert isinstance(done, Rewritten), done
    out = dict(files)
    for path, text in done.texts.items():
        if text is None:
            del out[path]
        else:
            out[path] = text
    return out


def changed(files: dict[str, str], done: Rewritten | Refused) -> dict[str, str | None]:
    """What has changed."""
    assert isinstance(done, Rewritten), done
    return dict(done.texts)
