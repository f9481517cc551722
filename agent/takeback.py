"""How an old edit is taken back from the files as they are now, with what was done to them since carried over.

Pure: images of the old edit and the present bytes in, operations out, or the paths that are in the way. What an edit
created is removed only while it is as the edit left it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.writes import FileImage, Images
from editops import (
    Applied,
    ChangeSet,
    ChangeSetError,
    CreateFile,
    DeleteFile,
    Op,
    RenameFile,
    apply,
    text_edits,
)


@dataclass(frozen=True, slots=True)
class UndoConflict:
    """These files were changed since in the very places; nothing was written."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    """One file of an old edit: where it was and where that edit left it."""

    old: FileImage | None
    new: FileImage | None


def taking_back(images: Images, change: ChangeSet, disk: Mapping[str, bytes]) -> ChangeSet | UndoConflict:
    """The change set, against the present files `disk`, that takes back `change`, which did `images`."""
    leaving = {image.path for image in images.files if image.after is not None}
    ops: list[Op] = []
    conflicts: set[str] = set()
    for pair in _pairs(images, change):
        found = _pair_ops(pair, disk, leaving)
        if isinstance(found, str):
            conflicts.add(found)
        else:
            ops.extend(found)
    if conflicts:
        return UndoConflict(tuple(sorted(conflicts)))
    try:
        return ChangeSet.of(ops, disk)
    except ChangeSetError:
        # Of files that changed places one is gone, so that another cannot go home.
        return UndoConflict(tuple(sorted(leaving)))


def _pairs(images: Images, change: ChangeSet) -> Iterator[_Pair]:
    by_path = {image.path: image for image in images.files}
    origin = {new: old for old, new in change.renamed.items()}
    for image in images.files:
        if image.after is not None:
            old = origin.get(image.path, image.path)
            kept = by_path[old] if old == image.path or old in by_path else None
            came_from_elsewhere = image.path in change.renamed and image.path not in origin
            yield _Pair(kept if kept and kept.before is not None and not came_from_elsewhere else None, image)
        elif image.path not in change.renamed:
            yield _Pair(image, None)


def _pair_ops(pair: _Pair, disk: Mapping[str, bytes], leaving: set[str]) -> list[Op] | str:
    """The operations for one file, or the path that is in the way."""
    old, new = pair.old, pair.new
    if old is not None and old.path in disk and old.path not in leaving:
        return old.path
    if new is None:
        return [CreateFile(old.path, old.before)] if old is not None and old.before is not None else []
    present = disk.get(new.path)
    if old is None or old.before is None:
        if present is None:
            return []
        # What the user has since written into a created file is theirs.
        return [DeleteFile(new.path, present)] if present == new.after else new.path
    if present is None or new.after is None:
        return new.path
    wanted = merged(new.path, new.after, present, old.before)
    if wanted is None:
        return new.path
    renames = [RenameFile(new.path, old.path)] if new.path != old.path else []
    return [*renames, *text_edits(new.path, present, wanted)]


def merged(path: str, base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """`base` with both sides' line edits; None where they meet."""
    if ours == base:
        return theirs
    edits = dict.fromkeys(text_edits(path, base, ours) + text_edits(path, base, theirs))
    try:
        applied = apply({path: base}, ChangeSet.of(edits, {path: base}))
    except ChangeSetError:
        return None
    return applied.files[path] if isinstance(applied, Applied) else None
