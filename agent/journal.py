"""The record of published edits, in the repository's git folder: what was done, and how to take it back.

`pending/ID.z` holds an edit while it is written, every touched file before and after; it is on disk before the first
file of the user changes. One appended line in `journal.jsonl` then decides: with it the edit was published, without
it the next start takes it back. Afterwards the record lies in `images`. Knows nothing of how edits are made.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from agent import leftovers
from agent.disk import DISK, Disk, at
from agent.errors import DamagedJournal, HalfWritten, JournalUnusable
from agent.history import Entry, State, with_states
from agent.lock import PATIENCE, locked
from agent.records import Record, packed, read_line, read_record
from agent.worktree import Repository
from agent.writes import Transaction

_PRIVATE = 0o600
"""Of the records, since a file of the user may be private; so is the folder."""
KEPT_IMAGES = 100
"""Edits that can be taken back; the images of older ones are dropped."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """An interrupted edit that was rolled back."""

    entry: Entry
    foreign: tuple[str, ...]
    """Files that were changed by somebody else since, left as they are."""

    @property
    def sentence(self) -> str:
        left = f", except {', '.join(self.foreign)}, changed since and left as it is" if self.foreign else ""
        return f"An interrupted edit ({self.entry.instruction}) was taken back: every file is as it was before it{left}."


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal's folder; whoever writes holds its lock."""

    folder: Path
    root: Path
    disk: Disk = field(default=DISK)

    @classmethod
    @contextmanager
    def open(cls, repository: Repository, disk: Disk = DISK, *, patience: float = PATIENCE) -> Iterator[Journal]:
        """The journal of `repository`, locked, after any interrupted edit has been rolled back."""
        journal = cls(repository.git_dir / "redraft", repository.root, disk)
        with _usable(journal.folder):
            for folder in (journal.folder, journal.folder / "pending", journal.folder / "images"):
                if not folder.is_dir():
                    folder.mkdir(mode=0o700, exist_ok=True)
                    disk.sync_names(at(folder))
        with _usable(journal.folder), locked(journal.folder / "lock", patience=patience):
            journal.recover()
            yield journal

    def entries(self) -> list[Entry]:
        """Every entry with its present state, the oldest first."""
        return with_states(list(self._lines()))

    def prepare(self, record: Record) -> None:
        """Write ahead: after this, a kill can be recovered from."""
        place = self._pending(record.entry.id)
        torn = place.with_suffix(".tmp")
        try:
            self.disk.create(at(torn), packed(record), _PRIVATE)
            self.disk.replace(at(torn), at(place))
            self.disk.sync_names(at(place))
        except OSError:
            with suppress(OSError):
                self.disk.unlink(at(place if place.exists() else torn))
            raise

    def settle(self, entry: Entry, state: State) -> Entry:
        """Say what became of a prepared entry. This one line decides what the next start does."""
        settled = replace(entry, state=state)
        line = json.dumps({**asdict(settled), "state": state.value}, separators=(",", ":")).encode()
        place = self.folder / "journal.jsonl"
        fresh = not place.exists()
        # The first line feed ends whatever a kill has left unfinished.
        try:
            self.disk.append(place, b"\n" + line + b"\n")
            if fresh:
                self.disk.sync_names(at(place))
        except OSError:
            # A line that could not be cut off again is there, and counts.
            if self._settled(entry.id) is None:
                raise
        return settled

    def finish(self, record: Record, state: State) -> None:
        """Tidy up after a settled entry; what fails here is done at the next start."""
        with suppress(OSError):
            self._transaction(record).clear()
            former = self._image(record.entry.undoes or "")
            if state is State.PUBLISHED and former.exists():
                self.disk.unlink(at(former))
            self.disk.replace(at(self._pending(record.entry.id)), at(self._image(record.entry.id)))
            self._forget_old_images()

    def record(self, entry: Entry) -> Record | None:
        """None when it is no longer kept."""
        place = self._image(entry.id)
        place = place if place.exists() else self._pending(entry.id)
        return read_record(place) if place.exists() else None

    def recover(self) -> Recovery | None:
        """Roll back the edit that was being written when its process ended, and tidy up after settled ones."""
        recovery = None
        for place in sorted((self.folder / "pending").iterdir()):
            if place.suffix != ".z":
                self.disk.unlink(at(place))  # Torn by a kill while it was written: no file had changed yet.
                continue
            record = read_record(place)
            state = self._settled(record.entry.id)
            if state is None:
                recovery = self._rolled_back(record)
            else:
                self.finish(record, state)
        return recovery

    def take_back(self, record: Record) -> None:
        """After a failed write, at once: every file as it was before, unless it was published after all."""
        state = self._settled(record.entry.id)
        if state is None:
            self._rolled_back(record)
        else:
            self.finish(record, state)

    def _rolled_back(self, record: Record) -> Recovery:
        try:
            foreign = self._transaction(record).roll_back()
        except OSError as error:
            raise HalfWritten(str(error.filename or self.folder), error.strerror or str(error)) from error
        entry = replace(record.entry, state=State.ROLLED_BACK)
        # Where there is no room even for a line, the next start finds every file in place and writes it.
        with suppress(OSError):
            self.settle(entry, State.ROLLED_BACK)
            self.finish(record, State.ROLLED_BACK)
        return Recovery(entry, foreign)

    def _settled(self, name: str) -> State | None:
        return next((line.state for line in self._lines() if line.id == name), None)

    def _transaction(self, record: Record) -> Transaction:
        return Transaction(self.root, record.images, record.entry.id, self.disk)

    def _forget_old_images(self) -> None:
        places = list((self.folder / "images").iterdir())
        if len(places) > KEPT_IMAGES:
            for place in sorted(places, key=lambda place: (place.stat().st_mtime_ns, place.name))[:-KEPT_IMAGES]:
                self.disk.unlink(at(place))

    def _pending(self, name: str) -> Path:
        return self.folder / "pending" / f"{name}.z"

    def _image(self, name: str) -> Path:
        return self.folder / "images" / f"{name}.z"

    def _lines(self) -> Iterator[Entry]:
        """Every entry as it was written down; torn lines never took effect."""
        place = self.folder / "journal.jsonl"
        if not place.exists():
            return
        with place.open("rb") as file:
            for raw in file:
                try:
                    entry = read_line(raw)
                except (ValueError, TypeError) as error:
                    raise DamagedJournal(place) from error
                if entry is not None:
                    yield entry


def new_entry(instruction: str, files: Sequence[str], undoes: str | None) -> Entry:
    return Entry(secrets.token_hex(4), time.time(), instruction, tuple(files), undoes)


def recover(repository: Repository, disk: Disk = DISK) -> Recovery | None:
    """To be called at every start; afterwards the tree is all before or all after, and no worktree of a dead process is left."""
    folder = repository.git_dir / "redraft"
    with _usable(folder):
        leftovers.clean(repository.git_dir, repository.common_dir)
        pending = folder / "pending"
        if not pending.is_dir() or not any(pending.iterdir()):
            return None
        with locked(folder / "lock"):
            return Journal(folder, repository.root, disk).recover()


def entries(repository: Repository) -> list[Entry]:
    """For `redraft log`: every edit, the oldest first."""
    folder = repository.git_dir / "redraft"
    with _usable(folder):
        return Journal(folder, repository.root).entries()


@contextmanager
def _usable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JournalUnusable(str(error.filename or folder), error.strerror or str(error)) from error
