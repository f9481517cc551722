"""What is remembered of a conversation: its requests and what became of them, in the user's state folder.

One file of JSON lines a conversation, a folder with the recordings of its runs beside it, and one folder a repository.
Nothing is kept inside the repository, nor where the state folder lies inside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cattrs import Converter
from cattrs.errors import BaseValidationError

from agent.crashlog import state_folder
from agent.errors import UserError
from agent.outcome import PlanView

VERSION = 1
KEPT = 50
"""Conversations of a repository; the oldest go, and their recordings with them."""
LISTED = 5
"""Conversations that are named to a person."""
MAX_SAID = 60
"""Characters of its first request that are shown."""
KEPT_RUNS = 20
"""Recordings of a conversation."""
_CONVERTER = Converter(detailed_validation=False)


class NoConversation(UserError):
    def __init__(self, name: str | None, others: Sequence[str] = ()) -> None:
        what = f"no conversation {name!r}" if name else "no earlier conversation"
        there = f"there are {', '.join(others)}" if others else "start one with `redraft pair`"
        super().__init__(f"There is {what} about this repository: {there}.")


@dataclass(frozen=True, slots=True)
class Turn:
    """One request and what became of it."""

    said: str
    """As it was typed."""
    instruction: str
    """What was carried out; other words where the request was read together with an earlier one."""
    outcome: str
    """published, proposed, declined or open; open: it was left in the middle."""
    reason: str = ""
    plan: PlanView | None = None
    entries: tuple[str, ...] = ()
    """Journal entries, the first one first, that together made the instruction true, or on top of which it was proposed."""
    change: str = ""
    """The change stream, as it was published or proposed."""
    recording: str = ""
    """Name of the recording's file."""


@dataclass(slots=True)
class Conversation:
    """Turns in order; each is on disk when it is over."""

    folder: Path | None
    """None: nothing is remembered."""
    name: str
    turns: list[Turn] = field(default_factory=list)

    def add(self, turn: Turn) -> None:
        """One turn more; where it can't be written, as on a full disk, the conversation goes on without being kept."""
        self.turns.append(turn)
        if self.folder is None:
            return
        try:
            self._append(asdict(turn))
        except OSError:
            self.folder = None
            return
        self._forget()

    def last(self) -> Turn | None:
        """The last request that was understood, for those that lean on it."""
        return next((turn for turn in reversed(self.turns) if turn.plan is not None), None)

    def recording(self) -> Path | None:
        """The file, empty and private, in which the next run is to be recorded; None where there can be none."""
        if self.folder is None:
            return None
        place = self._runs / f"{len(self.turns) + 1:04}.jsonl"
        try:
            self._runs.mkdir(mode=0o700, exist_ok=True)
            os.close(os.open(place, os.O_WRONLY | os.O_CREAT, 0o600))
        except OSError:
            return None
        return place

    def recorded(self, turn: Turn) -> Path | None:
        """The recording of a turn, while it is kept."""
        place = self._runs / turn.recording if self.folder is not None and turn.recording else None
        return place if place is not None and place.is_file() else None

    @property
    def _file(self) -> Path:
        assert self.folder is not None
        return self.folder / f"{self.name}.jsonl"

    @property
    def _runs(self) -> Path:
        assert self.folder is not None
        return self.folder / f"{self.name}.runs"

    def _append(self, known: dict[str, object]) -> None:
        fresh = not self._file.exists()
        with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="ascii") as file:
            if fresh:
                file.write(json.dumps({"redraft-conversation": VERSION}) + "\n")
            file.write(json.dumps(known, separators=(",", ":")) + "\n")

    def _forget(self) -> None:
        """Drop what is beyond the bounds; it is no harm if that fails."""
        assert self.folder is not None
        with suppress(OSError):
            for old in sorted(self._runs.glob("*.jsonl"))[:-KEPT_RUNS]:
                old.unlink()
            for old in _files(self.folder)[:-KEPT]:
                old.unlink()
                shutil.rmtree(old.with_suffix(".runs"), ignore_errors=True)


def folder_for(root: Path) -> Path | None:
    """Where conversations about the repository at `root` are kept, made if need be; None where they can't be."""
    place = state_folder()
    if place.resolve().is_relative_to(root.resolve()):
        return None
    folder = place / "pair" / hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


def start(folder: Path | None) -> Conversation:
    return Conversation(folder, f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}")


def resume(folder: Path | None, name: str | None = None, *, current: str = "") -> Conversation:
    """The conversation of this name, or the last one that is not the current one."""
    files = _files(folder) if folder is not None else []
    wanted = [file for file in files if file.stem == name or (name is None and file.stem != current)]
    if folder is None or not wanted:
        raise NoConversation(name, listed(folder, current))
    return Conversation(folder, wanted[-1].stem, list(_turns(wanted[-1])))


def listed(folder: Path | None, current: str = "") -> list[str]:
    """The last conversations but the current one, the newest first: names, each with the request that it began with."""
    files = [file for file in _files(folder) if file.stem != current] if folder is not None else []
    first = ((file.stem, next(iter(_turns(file)), None)) for file in reversed(files[-LISTED:]))
    return [f"{name} ({turn.said[:MAX_SAID]})" if turn else name for name, turn in first]


def names(folder: Path | None) -> list[str]:
    """Conversations of a repository, the oldest first."""
    return [file.stem for file in _files(folder)] if folder is not None else []


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*-*.jsonl"))


def _turns(file: Path) -> Iterable[Turn]:
    """Lines that a kill has torn, or that another version wrote, are passed over."""
    with suppress(OSError):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines()[1:]:
            with suppress(ValueError, TypeError, KeyError, RecursionError, BaseValidationError):
                yield _CONVERTER.structure(json.loads(line), Turn)
