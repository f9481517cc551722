"""A change set cut into the pieces that a person says yes or no to.

Pure. Every piece stands by itself: any subset of the hunks is again a change set that applies. Knows
nothing of terminals, nor whether a subset still passes the checks that the whole has passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from editops import ChangeMode, ChangeSet, CreateFile, DeleteFile, LineIndex, Op, RenameFile, SpanMove, TextEdit, unified_diff

NEARBY_LINES = 6
"""Edits closer than this share the context lines of a unified diff, so they are shown and judged together."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """What one answer is about."""

    path: str
    ops: tuple[Op, ...]
    diff: str


def split(change: ChangeSet, files: Mapping[str, bytes]) -> tuple[Hunk, ...]:
    """The hunks of `change`, made against `files`, in the order of the files."""
    edits = [op for op in change.ops if isinstance(op, TextEdit)]
    others = [op for op in change.ops if not isinstance(op, TextEdit)]
    groups = [*_dependent(others, change.created.keys()), *_nearby(edits, files)]
    return tuple(sorted((_hunk(group, files) for group in groups), key=lambda hunk: hunk.path))


def select(change: ChangeSet, files: Mapping[str, bytes], kept_hunks: Iterable[Hunk]) -> ChangeSet:
    """The part of `change` that lies in the kept hunks."""
    return ChangeSet.of((op for hunk in kept_hunks for op in hunk.ops), files, change.safety)


def _hunk(ops: tuple[Op, ...], files: Mapping[str, bytes]) -> Hunk:
    first = ops[0]
    path = first.src if isinstance(first, SpanMove | RenameFile) else first.path
    return Hunk(path, ops, unified_diff(ChangeSet.of(ops, files), files))


def _nearby(edits: Iterable[TextEdit], files: Mapping[str, bytes]) -> Iterator[tuple[Op, ...]]:
    """Runs of edits of one file; a change set keeps its edits ordered by path and place."""
    run: list[TextEdit] = []
    end = 0
    lines: dict[str, LineIndex] = {}
    for edit in edits:
        index = lines.setdefault(edit.path, LineIndex(files[edit.path]))
        start, _ = index.position(edit.span.start)
        if run and (run[0].path != edit.path or start - end > NEARBY_LINES):
            yield tuple(run)
            run = []
        run.append(edit)
        end, _ = index.position(edit.span.end)
    if run:
        yield tuple(run)


def _dependent(ops: Iterable[Op], created: Iterable[str]) -> Iterator[tuple[Op, ...]]:
    """Operations on whole files, joined where one needs the path that another frees or creates."""
    fresh = frozenset(created)
    groups: list[tuple[frozenset[str], tuple[Op, ...]]] = []
    for op in ops:
        paths = _claimed(op, fresh)
        joined: tuple[Op, ...] = (op,)
        related = [group for group in groups if group[0] & paths]
        groups = [group for group in groups if not group[0] & paths]
        for known, members in reversed(related):
            paths, joined = paths | known, members + joined
        groups.append((paths, joined))
    return (members for _, members in groups)


def _claimed(op: Op, created: frozenset[str]) -> frozenset[str]:
    match op:
        case CreateFile(path) | DeleteFile(path):
            return frozenset({path})
        case RenameFile(src, dst):
            return frozenset({src, dst})
        case SpanMove(dst=dst):
            return created & {dst}
        case TextEdit() | ChangeMode():
            return frozenset()
