"""A run as JSON lines: the events as they came, with the lines of code around every place, and the outcome.

The first line is a header with the version; every other line is one event and the second at which it came. What a
reader finds is checked against the event classes themselves.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.errors import UserError
from agent.events import (
    Denoised,
    Diagnosed,
    Escalated,
    Event,
    OperationRead,
    PhaseStarted,
    Planned,
    Recovered,
    Slot,
    SlotsOpened,
    SlotsRenoised,
    SlotsSeen,
)
from agent.outcome import Declined, EditRequest, Outcome, Proposed, Published, SiteDecision

VERSION = 1
MAX_BYTES = 16 << 20
"""Of one recording; what happens to single slots is left out from there on."""
AROUND = 2
"""Lines of code kept above and below a place."""
MAX_LINE = 1000
"""Characters of a line that are kept."""
_BEGINNING = b'{"redraft-run":'


class NotRecorded(UserError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The run cannot be recorded in {path} ({reason}), so nothing was edited: name another file.")


class RecordingLost(UserError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be written ({reason}): only the recording is missing, the run itself went as it says.")


@dataclass(frozen=True, slots=True)
class Header:
    """What was asked for."""

    instruction: str
    repository: str
    """Name of its folder, not the path."""
    engine: str
    seed: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Neighbouring lines of a file."""

    first: int
    """1-based"""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """`SlotsOpened` with no more of the files than its places need."""

    slots: tuple[Slot, ...]
    files: Mapping[str, tuple[Excerpt, ...]]


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of the run."""

    outcome: str
    """published, proposed, declined or interrupted"""
    reason: str = ""
    receipt: tuple[SiteDecision, ...] = ()
    skipped: Mapping[str, str] | None = None
    seconds: float = 0.0
    forward_passes: int = 0
    rounds: int = 0
    cut: bool = False
    """The recording reached its bound."""


Recorded = PhaseStarted | Recovered | Escalated | Planned | Denoised | OperationRead | Diagnosed | Opened | SlotsSeen | SlotsRenoised | Ended
NAMES: Mapping[type[Recorded], str] = {
    PhaseStarted: "phase",
    Recovered: "recovered",
    Escalated: "escalated",
    OperationRead: "read",
    Planned: "planned",
    Denoised: "step",
    Diagnosed: "diagnosed",
    Opened: "opened",
    SlotsSeen: "seen",
    SlotsRenoised: "renoised",
    Ended: "ended",
}


class Recorder:
    """Hears the events of one run and keeps them as lines."""

    def __init__(self, request: EditRequest, clock: Callable[[], float] = time.monotonic) -> None:
        self.lines: list[str] = []
        self._clock, self._start = clock, clock()
        self._size, self._cut = 0, False
        head = Header(request.instruction, request.repository.name, request.engine, request.seed)
        self._line({"redraft-run": VERSION, **asdict(head)})

    def __call__(self, event: Event) -> None:
        is_detail = isinstance(event, SlotsOpened | SlotsSeen | SlotsRenoised)
        self._cut = self._cut or (is_detail and self._size > MAX_BYTES)
        if not (is_detail and self._cut):
            self._event(Opened(event.slots, excerpts(event.slots, event.texts)) if isinstance(event, SlotsOpened) else event)

    def finish(self, outcome: Outcome | None) -> None:
        """None: the run was interrupted."""
        self._event(_ended(outcome, self._cut))

    def _event(self, event: Recorded) -> None:
        self._line({"at": round(self._clock() - self._start, 4), "event": NAMES[type(event)], **asdict(event)})

    def _line(self, known: Mapping[str, object]) -> None:
        self.lines.append(json.dumps(known, separators=(",", ":")) + "\n")
        self._size += len(self.lines[-1])


@contextmanager
def recording(request: EditRequest, path: Path, note: Callable[[str], None]) -> Iterator[Recorder]:
    """A recorder whose lines are written to `path` at the end; an earlier recording is replaced, any other file refused.

    Not while the run goes on: the file may lie in the repository, where it would be found to hold the very names.
    note: hears that the lines could not be written; by then the run is over, and its result stands.
    """
    try:
        if path.is_file() and not _is_recording(path):
            raise NotRecorded(path, "there is a file that is no recording")
        path.write_bytes(b"")
    except OSError as error:
        raise NotRecorded(path, error.strerror or str(error)) from error
    recorder = Recorder(request)
    try:
        yield recorder
    finally:
        try:
            save(recorder, path)
        except RecordingLost as error:
            note(error.message)


def _is_recording(path: Path) -> bool:
    """Or empty, as a killed run leaves it."""
    with path.open("rb") as file:
        return file.read(len(_BEGINNING)) in (b"", _BEGINNING)


def save(recorder: Recorder, path: Path) -> None:
    """Write what was heard; raises RecordingLost."""
    try:
        path.write_text("".join(recorder.lines), encoding="ascii")
    except OSError as error:
        raise RecordingLost(path, error.strerror or str(error)) from error


def excerpts(slots: Sequence[Slot], texts: Mapping[str, str]) -> dict[str, tuple[Excerpt, ...]]:
    """The lines around the places of each file; places close to each other share an excerpt."""
    wanted: dict[str, set[int]] = {}
    for slot in slots:
        if slot.line:
            wanted.setdefault(slot.path, set()).update(range(slot.line - AROUND, slot.line + AROUND + 1))
    return {path: tuple(_excerpts(texts[path].split("\n"), numbers)) for path, numbers in wanted.items()}


def _excerpts(lines: Sequence[str], numbers: set[int]) -> Iterator[Excerpt]:
    # A last line that is empty only says that the one before it ends.
    end = len(lines) - (lines[-1] == "")
    inside = sorted(number for number in numbers if 1 <= number <= end)
    run: list[int] = []
    for number in inside:
        if run and number > run[-1] + 1:
            yield _excerpt(lines, run)
            run = []
        run.append(number)
    if run:
        yield _excerpt(lines, run)


def _excerpt(lines: Sequence[str], run: Sequence[int]) -> Excerpt:
    return Excerpt(run[0], tuple(lines[number - 1].rstrip("\r")[:MAX_LINE] for number in run))


def _ended(outcome: Outcome | None, cut: bool) -> Ended:
    match outcome:
        case None:
            return Ended("interrupted", cut=cut)
        case Published(proposal) | Proposed(proposal):
            name, reason, report = "published" if isinstance(outcome, Published) else "proposed", "", proposal.report
        case Declined(reason, report):
            name = "declined"
    return Ended(name, reason, report.receipt, dict(report.skipped), round(report.timings.get("total", 0.0), 4), report.forward_passes, report.rounds, cut)
