"""Two change sets made against the same files, as one; where that cannot be, the conflicts.

A conflict is a value. Both sides count alike: exchanging them exchanges the
sides of the conflicts and nothing else. What both sides do is done once; an edit
inside a span that the other side moves goes along with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from .apply import Invalid, apply, apply_or_raise
from .changeset import ChangeSet
from .claims import Weave, weave
from .ops import CreateFile, DeleteFile, Op, RenameFile
from .spans import Span
from .splices import splices_by_path


class Clash(Enum):
    """What two sides cannot agree on."""

    TEXT = "both sides change the same place, differently"
    DELETED = "one side deletes the file, the other changes it"
    MODE = "one side makes the file executable, the other makes it no longer so"
    RENAMED = "the sides rename the file differently"
    CREATED = "both sides put a file there, and not the same one"
    FOLDER = "a file of one side would be a folder of the other"


@dataclass(frozen=True, slots=True)
class Conflict:
    path: str
    clash: Clash
    span: Span | None = None
    """The place in the base text, where the clash is about one."""
    base: bytes = b""
    ours: bytes = b""
    """What this side makes of `base`; empty where the clash is about the whole file."""
    theirs: bytes = b""

    def mirrored(self) -> "Conflict":
        return Conflict(self.path, self.clash, self.span, self.base, self.theirs, self.ours)


@dataclass(frozen=True, slots=True)
class Merged:
    change: ChangeSet


@dataclass(frozen=True, slots=True)
class Conflicted:
    """Nothing was merged; sorted by path and place."""

    conflicts: tuple[Conflict, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(conflict.path for conflict in self.conflicts))


def merge(ours: ChangeSet, theirs: ChangeSet, files: Mapping[str, bytes]) -> Merged | Conflicted:
    """The change set that does what either does; both apply to `files`."""
    woven = reconcile(ours, theirs, files)
    if isinstance(woven, Conflicted):
        return woven
    change = ChangeSet.of(woven.ops, files, min(ours.safety, theirs.safety))
    applied = apply(files, change)
    if isinstance(applied, Invalid):
        return Conflicted((Conflict(applied.path, Clash.FOLDER),))
    return Merged(change)


def reconcile(ours: ChangeSet, theirs: ChangeSet, files: Mapping[str, bytes]) -> Weave | Conflicted:
    """The operations of both sides, told apart; or the conflicts between them."""
    for side in (ours, theirs):
        apply_or_raise(files, side)
    conflicts = [*_leaving(ours, theirs), *_arriving(ours, theirs)]
    settled = {conflict.path for conflict in conflicts}
    woven = weave(_alike(ours, theirs), _alike(theirs, ours), files)
    conflicts += [
        Conflict(found.path, Clash.TEXT, found.span, found.base, found.ours, found.theirs)
        for found in woven.disputes
        if found.path not in settled
    ]
    if not conflicts:
        return woven
    return Conflicted(tuple(sorted(conflicts, key=_place)))


def _place(conflict: Conflict) -> tuple[str, int, str]:
    return conflict.path, conflict.span.start if conflict.span else -1, conflict.clash.name


def _alike(side: ChangeSet, other: ChangeSet) -> tuple[Op, ...]:
    """The operations of `side`; a deletion that both make is the same whatever was the file's mode."""
    deleted = other.deleted

    def shared(op: Op) -> Op:
        if isinstance(op, DeleteFile) and op.path in deleted:
            return DeleteFile(op.path, op.before, op.executable or deleted[op.path].executable)
        return op

    return tuple(map(shared, side.ops))


def _leaving(ours: ChangeSet, theirs: ChangeSet) -> Iterator[Conflict]:
    """Base files that the sides do away with in different ways."""
    for path in ours.renamed.keys() & theirs.renamed.keys():
        one, two = ours.renamed[path], theirs.renamed[path]
        if one != two:
            yield Conflict(path, Clash.RENAMED, ours=one.encode(), theirs=two.encode())
    for path in ours.modes.keys() & theirs.modes.keys():
        if ours.modes[path] != theirs.modes[path]:
            yield Conflict(path, Clash.MODE)
    mine, yours = _changed(ours), _changed(theirs)
    both = (ours.deleted.keys() & yours) | (theirs.deleted.keys() & mine)
    yield from (Conflict(path, Clash.DELETED) for path in both)


def _changed(side: ChangeSet) -> set[str]:
    """Base files that the side renames, edits or makes executable or not."""
    texts = splices_by_path(side.ops).keys() & side.base.keys()
    return texts | side.renamed.keys() | side.modes.keys()


def _arriving(ours: ChangeSet, theirs: ChangeSet) -> Iterator[Conflict]:
    mine, yours = _arrivals(ours), _arrivals(theirs)
    for path in mine.keys() & yours.keys():
        if mine[path] != yours[path]:
            yield Conflict(path, Clash.CREATED, ours=_content(mine[path]), theirs=_content(yours[path]))


def _arrivals(side: ChangeSet) -> dict[str, CreateFile | RenameFile]:
    found: dict[str, CreateFile | RenameFile] = dict(side.created)
    return found | {op.dst: op for op in side.ops if isinstance(op, RenameFile)}


def _content(op: CreateFile | RenameFile) -> bytes:
    return op.content if isinstance(op, CreateFile) else op.src.encode()
