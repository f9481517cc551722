"""Places that a change has left behind for certain: code that no longer leads anywhere, as name resolution has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.evidence import Cause, Entity, Occurrence, Project, Resolution, Role, occurrences

_TEXT = frozenset({Role.STRING, Role.STRING_PART, Role.DOCSTRING, Role.COMMENT, Role.PROSE, Role.CONFIG, Role.OTHER})


def left_behind(project: Project, target: Entity, paths: Iterable[str], done: Mapping[str, frozenset[int]]) -> list[Occurrence]:
    """Uses of the target that are not done. Words in text don't count, since they may speak of the past; dotted paths in strings do.

    project: the tree as it was before the change was begun; paths: the files that may hold a use; done: offsets by path.
    """
    return [found for found in occurrences(project, target, paths) if _is_broken(found) and found.start not in done.get(found.path, ())]


def _is_broken(found: Occurrence) -> bool:
    if found.resolution is not Resolution.YES:
        return False
    return found.role not in _TEXT or found.role is Role.STRING and found.cause is Cause.DOTTED
