"""From a change set to the user's files, all or nothing, and back and forth.

`publish` writes only what changed, under the journal; `undo` takes an edit back and `redo` puts it back, both
carrying over what the user did since, or naming the files where they cannot. Decides nothing about whether a
change is good.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agent.containment import permissions
from agent.disk import DISK, Disk
from agent.errors import DamagedJournal, NoLongerKept, WriteFailed
from agent.guard import NOTHING, vet
from agent.history import Entry, State, to_redo, to_undo
from agent.journal import KEPT_IMAGES, Journal, new_entry
from agent.modes import is_executable, needed, with_bit
from agent.offlimits import Named
from agent.records import Record
from agent.takeback import UndoConflict, taking_back
from agent.worktree import Repository
from agent.writes import (
    ChangedMeanwhile,
    Folder,
    Images,
    Transaction,
    emptied_folders,
    image_of,
    missing_folders,
)
from editops import Applied, ChangeSet, EditError, Invalid, Malformed, Stale, apply, invert, parse, serialise


@dataclass(frozen=True, slots=True)
class _Former:
    """What the disk was like before an edit that is now taken back; empty for a fresh edit."""

    undoes: str | None = None
    modes: Mapping[str, int] = field(default_factory=dict)
    """Of files that may have to be made again, or to be executable again or no longer."""
    left: Mapping[str, int] = field(default_factory=dict)
    """Modes of files as the edit left them."""
    folders: Mapping[str, int | None] = field(default_factory=dict)
    """Of folders that may have to be made again."""
    made: frozenset[str] | None = None
    """Folders that the edit made, and that may go again; None: whichever become empty."""


def publish(
    repository: Repository, change: ChangeSet, instruction: str, *, named: Named = NOTHING, disk: Disk = DISK
) -> Entry | Stale | Invalid:
    """Write `change` to the working tree, if its files are still those it was made against."""
    vet(repository, change, named)
    with Journal.open(repository, disk) as journal:
        return _publish(repository, journal, change, instruction, _Former())


def undo(repository: Repository, *, entry: str | None = None, disk: Disk = DISK) -> Entry | UndoConflict:
    """Take back one edit, by default the last that stands; returns the entry that did so."""
    with Journal.open(repository, disk) as journal:
        chain = to_undo(journal.entries(), entry)
        return _take_back(repository, journal, chain.last, f"undo: {chain.edit.instruction}")


def redo(repository: Repository, *, entry: str | None = None, disk: Disk = DISK) -> Entry | UndoConflict:
    """Put back one edit that was taken back, by default the last one; returns the entry that did so."""
    with Journal.open(repository, disk) as journal:
        chain = to_redo(journal.entries(), entry)
        return _take_back(repository, journal, chain.last, f"redo: {chain.edit.instruction}")


def _take_back(repository: Repository, journal: Journal, target: Entry, instruction: str) -> Entry | UndoConflict:
    record = journal.record(target)
    if record is None:
        raise NoLongerKept(target.id, KEPT_IMAGES)
    inverse, images = parse(record.inverse), record.images
    if isinstance(inverse, Malformed):
        raise DamagedJournal(journal.folder)
    try:
        change = taking_back(inverse, images, _read(repository, sorted(inverse.paths)))
    except EditError as error:
        # The inverse was made against the very images beside it: a record that contradicts itself is damaged.
        raise DamagedJournal(journal.folder) from error
    if isinstance(change, UndoConflict):
        return change
    former = _Former(
        undoes=target.id,
        modes={image.path: image.mode_before for image in images.files if image.mode_before is not None},
        left={image.path: image.mode_after for image in images.files if image.mode_after is not None},
        folders={folder.path: folder.mode for folder in images.dropped},
        made=frozenset(folder.path for folder in images.made),
    )
    match _publish(repository, journal, change, instruction, former):
        case Entry() as entry:
            return entry
        case Stale(paths):
            return UndoConflict(paths)
        case Invalid(_, path):
            return UndoConflict((path,))


def _publish(
    repository: Repository, journal: Journal, change: ChangeSet, instruction: str, former: _Former
) -> Entry | Stale | Invalid:
    change = needed(repository.root, change)
    files = _read(repository, sorted(change.paths))
    applied = apply(files, change)
    if not isinstance(applied, Applied):
        return applied
    try:
        images = _images(repository, applied, files, former)
        _refuse_read_only(images)
        entry = new_entry(instruction, sorted(image.path for image in images.files), former.undoes)
        record = Record(entry, serialise(invert(change, files)), images)
        journal.prepare(record)
        return _write(journal, record)
    except OSError as error:
        raise WriteFailed(str(error.filename or "a file"), error.strerror or str(error)) from error


def _write(journal: Journal, record: Record) -> Entry | Stale:
    settled = False
    try:
        Transaction(journal.root, record.images, record.entry.id, journal.disk).write()
        entry = journal.settle(record.entry, State.PUBLISHED)
        settled = True
    except ChangedMeanwhile as changed:
        return Stale((changed.path,))
    finally:
        if not settled:
            journal.take_back(record)
    journal.finish(record, State.PUBLISHED)
    return entry


def _read(repository: Repository, paths: Iterable[str]) -> dict[str, bytes]:
    found = ((path, repository.read_if_there(path)) for path in paths)
    return {path: data for path, data in found if data is not None}


def _images(repository: Repository, applied: Applied, files: Mapping[str, bytes], former: _Former) -> Images:
    root, origin = repository.root, {new: old for old, new in applied.renamed.items()}

    def mode(path: str) -> int | None:
        there = origin.get(path, path)
        present, before = permissions(root / there), former.modes.get(path)
        if present is not None and path in applied.modes:
            executable = applied.modes[path]
            is_former = before is not None and is_executable(before) is executable and present == former.left.get(there)
            return before if is_former else with_bit(present, executable)
        return present or before or (_executable() if path in applied.executable else None)

    written = [image_of(root, path, data, mode(path), files.get(path))
               for path, data in applied.files.items() if files.get(path) != data or path in applied.modes]
    removed = [image_of(root, path, None, None, files[path]) for path in applied.removed]
    made = (Folder(path, former.folders.get(path)) for path in missing_folders(root, (image.path for image in written)))
    dropped = (folder for folder in emptied_folders(root, applied.removed, applied.files)
               if former.made is None or folder.path in former.made)
    return Images(tuple(written + removed), tuple(made), tuple(dropped))


def _executable() -> int:
    """The mode of a new program, as far as the user lets others use new files."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o777 & ~mask


def _refuse_read_only(images: Images) -> None:
    """Renaming over a read-only file would succeed: its owner meant it to stay."""
    for image in images.files:
        if image.mode_before is not None and not image.mode_before & 0o222:
            raise WriteFailed(image.path, "it is read-only")
