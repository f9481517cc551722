"""From a change set to the user's files, all or nothing, and back.

`publish` writes only what changed, under the journal; `undo` takes an edit back,
carrying over what the user did since, or names the files where it cannot. Decides
nothing about whether a change is good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.containment import permissions
from agent.errors import NothingToUndo, UnknownEntry, WriteFailed
from agent.guard import NOTHING, vet
from agent.journal import Entry, Journal, State, new_entry
from agent.offlimits import Named
from agent.worktree import Repository
from agent.writes import FileImage, Images, Progress, image_of, missing_folders, roll_back, write_all
from editops import (
    Applied,
    ChangeSet,
    ChangeSetError,
    CreateFile,
    DeleteFile,
    Invalid,
    Malformed,
    Op,
    RenameFile,
    Stale,
    apply,
    invert,
    parse,
    serialise,
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


def _silent(path: str) -> None:
    del path


def publish(
    repository: Repository, change: ChangeSet, instruction: str, *, progress: Progress = _silent, named: Named = NOTHING
) -> Entry | Stale | Invalid:
    """Write `change` to the working tree, if its files are still those it was made against."""
    vet(repository, change, named)
    with Journal.open(repository) as journal:
        return _publish(repository, journal, change, instruction, progress, modes={}, undoes=None)


def undo(
    repository: Repository, *, entry: str | None = None, progress: Progress = _silent
) -> Entry | UndoConflict:
    """Take back one edit, by default the last that stands; returns the entry that did so."""
    with Journal.open(repository) as journal:
        target = _target(journal, entry)
        images = journal.images(target)
        change = parse(target.change)
        if images is None or isinstance(change, Malformed):
            raise NothingToUndo
        ops, files, conflicts = _taken_back(repository, images, change)
        if conflicts:
            return UndoConflict(tuple(sorted(conflicts)))
        modes = {image.path: image.mode_before for image in images.files if image.mode_before is not None}
        done = _publish(repository, journal, ChangeSet.of(ops, files), f"undo: {target.instruction}",
                        progress, modes=modes, undoes=target.id)
        match done:
            case Entry():
                return done
            case Stale(paths):
                return UndoConflict(paths)
            case Invalid(_, path):
                return UndoConflict((path,))


def _publish(
    repository: Repository, journal: Journal, change: ChangeSet, instruction: str, progress: Progress,
    *, modes: Mapping[str, int], undoes: str | None,
) -> Entry | Stale | Invalid:
    files = _read(repository, change.paths)
    applied = apply(files, change)
    if not isinstance(applied, Applied):
        return applied
    images = _images(repository, applied, files, modes)
    _refuse_read_only(images)
    inverse = serialise(invert(change, files))
    entry = new_entry(instruction, serialise(change), inverse, undoes)
    try:
        return _write(repository, journal, entry, images, progress)
    except OSError as error:
        raise WriteFailed(error.filename or "a file", error.strerror or str(error)) from error


def _write(
    repository: Repository, journal: Journal, entry: Entry, images: Images, progress: Progress
) -> Entry:
    journal.prepare(entry, images)
    done = False
    try:
        write_all(repository.root, images, entry.id, progress)
        entry = journal.settle(entry, State.PUBLISHED)
        done = True
    finally:
        if not done:
            roll_back(repository.root, images, entry.id)
            journal.settle(entry, State.ROLLED_BACK)
    journal.forget_old_images()
    return entry


def _read(repository: Repository, paths: frozenset[str]) -> dict[str, bytes]:
    found = ((path, repository.read_if_there(path)) for path in sorted(paths))
    return {path: data for path, data in found if data is not None}


def _images(
    repository: Repository, applied: Applied, files: Mapping[str, bytes], modes: Mapping[str, int]
) -> Images:
    origin = {new: old for old, new in applied.renamed.items()}

    def mode(path: str) -> int | None:
        present = permissions(repository.root / origin.get(path, path))
        return present or modes.get(path) or (0o755 if path in applied.executable else None)

    written = [image_of(repository.root, path, data, mode(path), files.get(path))
               for path, data in applied.files.items() if files.get(path) != data]
    removed = [image_of(repository.root, path, None, None, files[path]) for path in applied.removed]
    folders = missing_folders(repository.root, (image.path for image in written))
    return Images(tuple(written + removed), folders)


def _refuse_read_only(images: Images) -> None:
    """Renaming over a read-only file would succeed: its owner meant it to stay."""
    for image in images.files:
        if image.mode_before is not None and not image.mode_before & 0o222:
            raise WriteFailed(image.path, "it is read-only")


def _target(journal: Journal, name: str | None) -> Entry:
    standing = [entry for entry in journal.entries()
                if entry.state is State.PUBLISHED and entry.undoes is None]
    if name is None:
        if not standing:
            raise NothingToUndo
        return standing[-1]
    for entry in standing:
        if entry.id == name:
            return entry
    raise UnknownEntry(name)


def _taken_back(
    repository: Repository, images: Images, change: ChangeSet
) -> tuple[list[Op], dict[str, bytes], set[str]]:
    """The operations that take an edit back from the present files; those files; paths in conflict."""
    disk = _read(repository, frozenset(image.path for image in images.files))
    leaving = {image.path for image in images.files if image.after is not None}
    ops: list[Op] = []
    conflicts: set[str] = set()
    for pair in _pairs(images, change):
        found = _pair_ops(pair, disk, leaving)
        if isinstance(found, str):
            conflicts.add(found)
        else:
            ops.extend(found)
    return ops, disk, conflicts


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
