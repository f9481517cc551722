"""The record of published edits, in the repository's git folder: what was done, and how to take it back.

Append-only JSON lines, the last line of an entry being its state; beside them, one
file per entry with every touched file before and after. Images and the line
`prepared` are on disk before the first file of the user is written. Knows nothing
of how edits are made.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import Enum
from pathlib import Path

from agent.errors import DamagedJournal
from agent.lock import locked
from agent.worktree import Repository
from agent.writes import FileImage, Images, roll_back, sync_folder, write_synced

KEPT_IMAGES = 100
"""Edits that can be taken back; the images of older ones are dropped."""


class State(str, Enum):
    PREPARED = "prepared"
    """Being written; at the next start: interrupted."""
    PUBLISHED = "published"
    ROLLED_BACK = "rolled-back"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Entry:
    """One edit of the working tree."""

    id: str
    time: float
    """Seconds since the epoch."""
    instruction: str
    change: str
    """The change stream."""
    inverse: str
    """The change stream that takes it back from the tree it left."""
    undoes: str | None = None
    """The entry that this one takes back."""
    state: State = State.PREPARED


@dataclass(frozen=True, slots=True)
class Recovery:
    """An interrupted edit that was rolled back."""

    entry: Entry
    foreign: tuple[str, ...]
    """Files that were changed by somebody else since, left as they are."""


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal's folder; to be used under its lock."""

    folder: Path

    @classmethod
    @contextmanager
    def open(cls, repository: Repository) -> Iterator[Journal]:
        """The journal of `repository`, locked, after any interrupted edit has been rolled back."""
        journal = cls(repository.git_dir / "redraft")
        journal.folder.mkdir(exist_ok=True)
        with locked(journal.folder / "lock"):
            journal.recover(repository.root)
            yield journal

    def entries(self) -> list[Entry]:
        """Every entry with its present state, the oldest first."""
        found: dict[str, Entry] = {}
        for line in self._lines():
            name, state = str(line["id"]), State(str(line["state"]))
            if state is State.PREPARED:
                found[name] = _entry(line)
            elif name in found:
                found[name] = replace(found[name], state=state)
                undone = found[name].undoes
                if state is State.PUBLISHED and undone in found:
                    found[undone] = replace(found[undone], state=State.UNDONE)
        return list(found.values())

    def prepare(self, entry: Entry, images: Images) -> None:
        """Write ahead: after this, a kill can be recovered from."""
        place = self._image_file(entry.id)
        place.parent.mkdir(exist_ok=True)
        temporary = place.with_suffix(".tmp")
        write_synced(temporary, _packed(images), None)
        os.replace(temporary, place)
        sync_folder(place.parent)
        self._append({**asdict(entry), "state": entry.state.value})

    def settle(self, entry: Entry, state: State) -> Entry:
        """Record what became of a prepared entry."""
        self._append({"id": entry.id, "state": state.value, "time": time.time()})
        return replace(entry, state=state)

    def images(self, entry: Entry) -> Images | None:
        """None when they are no longer kept."""
        place = self._image_file(entry.id)
        if not place.exists():
            return None
        try:
            return _unpacked(place.read_bytes())
        except (zlib.error, ValueError, KeyError, TypeError) as error:
            raise DamagedJournal(place) from error

    def recover(self, root: Path) -> Recovery | None:
        """Roll back the edit that was being written when its process ended."""
        for entry in self.entries():
            if entry.state is State.PREPARED:
                images = self.images(entry)
                foreign = roll_back(root, images, entry.id) if images else []
                return Recovery(self.settle(entry, State.ROLLED_BACK), tuple(foreign))
        return None

    def forget_old_images(self) -> None:
        kept = {self._image_file(entry.id) for entry in self.entries()[-KEPT_IMAGES:]}
        for place in (self.folder / "images").iterdir():
            if place not in kept:
                place.unlink()

    def _image_file(self, name: str) -> Path:
        return self.folder / "images" / f"{name}.z"

    def _lines(self) -> Iterator[Mapping[str, object]]:
        place = self.folder / "journal.jsonl"
        if not place.exists():
            return
        for raw in place.read_bytes().splitlines():
            try:
                line = json.loads(raw)
            except ValueError:
                continue  # Torn by a kill while it was written: it never took effect.
            if not isinstance(line, dict) or "id" not in line or line.get("state") not in {s.value for s in State}:
                raise DamagedJournal(place)
            yield line

    def _append(self, line: Mapping[str, object]) -> None:
        place = self.folder / "journal.jsonl"
        # The first line feed ends whatever a kill has left unfinished.
        data = b"\n" + json.dumps(line, separators=(",", ":")).encode() + b"\n"
        with open(place, "ab") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.folder)


def new_entry(instruction: str, change: str, inverse: str, undoes: str | None) -> Entry:
    return Entry(secrets.token_hex(4), time.time(), instruction, change, inverse, undoes)


def recover(repository: Repository) -> Recovery | None:
    """To be called at every start; afterwards the tree is all before or all after."""
    folder = repository.git_dir / "redraft"
    if not folder.is_dir():
        return None
    with locked(folder / "lock"):
        return Journal(folder).recover(repository.root)


def entries(repository: Repository) -> list[Entry]:
    """For `redraft log`: every edit, the oldest first."""
    return Journal(repository.git_dir / "redraft").entries()


def _entry(line: Mapping[str, object]) -> Entry:
    undoes = line.get("undoes")
    when = line.get("time")
    return Entry(
        id=str(line["id"]),
        time=float(when) if isinstance(when, int | float) else 0.0,
        instruction=str(line.get("instruction", "")),
        change=str(line.get("change", "")),
        inverse=str(line.get("inverse", "")),
        undoes=str(undoes) if undoes else None,
    )


def _packed(images: Images) -> bytes:
    files = [[image.path, _text(image.before), _text(image.after), image.mode_before, image.mode_after]
             for image in images.files]
    return zlib.compress(json.dumps({"files": files, "folders": images.folders}).encode(), 1)


def _unpacked(data: bytes) -> Images:
    value = json.loads(zlib.decompress(data))
    files = tuple(FileImage(path, _bytes(before), _bytes(after), mode_before, mode_after)
                  for path, before, after, mode_before, mode_after in value["files"])
    return Images(files, tuple(value["folders"]))


def _text(data: bytes | None) -> str | None:
    return base64.b64encode(data).decode() if data is not None else None


def _bytes(text: str | None) -> bytes | None:
    return base64.b64decode(text) if text is not None else None
