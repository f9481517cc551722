"""Places that a change has left behind for certain: code that no longer leads anywhere, as name resolution has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from engine.evidence import Cause, Entity, Occurrence, Project, Resolution, Role, occurrences

_STRINGS = frozenset({Role.STRING, Role.STRING_PART})
_TEXT = _STRINGS | frozenset({Role.DOCSTRING, Role.COMMENT, Role.PROSE, Role.CONFIG, Role.OTHER})

_PATH = re.compile(r"""(['"])[\w.:]+\1""")


def left_behind(project: Project, target: Entity, paths: Iterable[str], done: Mapping[str, frozenset[int]]) -> list[Occurrence]:
    """Uses of the target that are not done. Words in text don't count, since they may speak of the past; dotted paths in strings do.

    project: the tree as it was before the change was begun; paths: the files that may hold a use; done: offsets by path.
    """
    found = (place for place in occurrences(project, target, paths) if place.start not in done.get(place.path, ()))
    return [place for place in found if place.resolution is Resolution.YES and _is_used(place, project.text(place.path) or "")]


def _is_used(place: Occurrence, text: str) -> bool:
    """Whether the program uses the name there: in code, or in a string that is a dotted path and nothing else."""
    if place.role not in _STRINGS:
        return place.role not in _TEXT
    path = _PATH.match(text, max(text.rfind(quote, 0, place.start) for quote in "'\""))
    return place.cause is Cause.DOTTED and path is not None and path.end() > place.end
