"""What a batch has done so far, in a folder of its own: appended line by line, each on disk before the next step.

`ledger.jsonl` holds the lines, `changes` the change streams that were decided, `archives` the files of repositories
that have not landed yet. Whatever moment a run is killed at, the lines that are there say where to go on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import cattrs

from agent.batch.decide import Decision
from agent.batch.snapshot import remove_abandoned
from agent.disk import DISK, Disk, at
from agent.errors import RepositoryBusy, UserError
from agent.lock import locked

FORMAT = 1
_PATIENCE = 2.0


class LedgerBusy(UserError):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"This batch is running already (its ledger is {folder}): wait until it is done.")


class OtherLedger(UserError):
    def __init__(self, folder: Path, what: str) -> None:
        super().__init__(f"The ledger in {folder} was begun with {what}: give --fresh to begin again, or --ledger for another folder.")


class DamagedLedger(UserError):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"The ledger in {folder} is damaged: give --fresh to begin again.")


@dataclass(frozen=True, slots=True)
class Landing:
    """What became of a repository."""

    outcome: str
    """left, committed, branched, patched, nothing (no edit came to anything) or failed"""
    reason: str = ""
    where: str = ""
    """Journal entry, commit or name of the patch: how to find it again."""
    edits: tuple[int, ...] = ()
    """Which of the edits landed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one repository is."""

    base: str = ""
    """The commit that its files were taken from; empty: from the disk."""
    archive: str = ""
    """Digest of the archive; empty: not begun."""
    decided: tuple[Decision, ...] = ()
    """One an edit, in their order."""
    mark: str | None = None
    """Not None: it was about to land, and may have; what was published after this journal entry is the result."""
    landed: Landing | None = None


@dataclass(slots=True)
class Ledger:
    """Held by one process at a time."""

    folder: Path
    disk: Disk = field(default=DISK)
    repositories: dict[str, Progress] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def open(cls, folder: Path, identity: dict[str, str], *, fresh: bool = False, disk: Disk = DISK) -> Iterator[Ledger]:
        """identity: what the batch depends on, in words by what they say: `the recipe`, `the weights`."""
        for place in (folder, folder / "changes", folder / "archives", folder / "work"):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with locked(folder / "lock", patience=_PATIENCE):
                ledger = cls(folder, disk)
                remove_abandoned(ledger.work)
                ledger._begin(identity, fresh)
                yield ledger
        except RepositoryBusy as error:
            raise LedgerBusy(folder) from error

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def of(self, name: str) -> Progress:
        return self.repositories.get(name, Progress())

    def archive(self, name: str) -> Path:
        return self.folder / "archives" / f"{self.of(name).archive}.tar.gz"

    def begin(self, name: str, base: str, archive: bytes) -> None:
        """The files of a repository, before anything is decided about them; nothing new if they are those of an earlier run."""
        identity = hashlib.sha256(archive).hexdigest()
        known = self.of(name)
        if (known.base, known.archive) == (base, identity):
            return
        self._keep(self.folder / "archives" / f"{identity}.tar.gz", archive)
        self._add({"kind": "begun", "repository": name, "base": base, "archive": identity})

    def decided(self, name: str, edit: int, decision: Decision) -> None:
        """The line of an edit holds the one of every file that it changes."""
        stream = decision.change.encode()
        identity = hashlib.sha256(stream).hexdigest() if stream else ""
        if stream:
            self._keep(self.folder / "changes" / f"{identity}.jsonl", stream)
        self._add({"kind": "decided", "repository": name, "edit": edit, **asdict(decision), "change": identity})

    def landing(self, name: str, mark: str) -> None:
        self._add({"kind": "landing", "repository": name, "mark": mark})

    def landed(self, name: str, landing: Landing) -> None:
        self._add({"kind": "landed", "repository": name, **asdict(landing)})
        self._forget_archives()

    def again(self, name: str) -> None:
        """Begin a repository again from its present files."""
        self._add({"kind": "again", "repository": name})
        self._forget_archives()

    def _begin(self, identity: dict[str, str], fresh: bool) -> None:
        place = self.folder / "ledger.jsonl"
        lines = _lines(place)
        if fresh:
            place.unlink(missing_ok=True)
            lines = []
        if not lines:
            self._append({"kind": "run", "format": FORMAT, **identity})
            return
        first = lines[0]
        for what, value in {"format": FORMAT, **identity}.items():
            if first.get(what) != value:
                raise OtherLedger(self.folder, f"another {what}")
        try:
            for line in lines[1:]:
                self._take(line)
        except (cattrs.BaseValidationError, KeyError, TypeError, ValueError) as error:
            raise DamagedLedger(self.folder) from error

    def _add(self, line: dict[str, object]) -> None:
        self._append(line)
        self._take(line)

    def _append(self, line: dict[str, object]) -> None:
        place = self.folder / "ledger.jsonl"
        # The first line feed ends what a kill has left unfinished.
        self.disk.append(place, b"\n" + json.dumps(line, separators=(",", ":")).encode() + b"\n")

    def _take(self, line: dict[str, object]) -> None:
        name = str(line["repository"])
        known = self.of(name)
        match line["kind"]:
            case "begun":
                known = Progress(str(line["base"]), str(line["archive"]))
            case "decided":
                known = replace(known, decided=(*known.decided, self._decision(line)))
            case "landing":
                known = replace(known, mark=str(line["mark"]))
            case "landed":
                known = replace(known, landed=cattrs.structure(line, Landing))
            case "again":
                known = Progress()
        self.repositories[name] = known

    def _decision(self, line: dict[str, object]) -> Decision:
        identity = str(line["change"])
        try:
            stream = (self.folder / "changes" / f"{identity}.jsonl").read_text(encoding="utf-8") if identity else ""
        except OSError as error:
            raise UserError(f"The ledger in {self.folder} misses a change ({error.strerror}): give --fresh to begin again.") from error
        return cattrs.structure({**line, "change": stream}, Decision)

    def _keep(self, place: Path, data: bytes) -> None:
        """A file that is whole, or not there."""
        if place.exists():
            return
        torn = place.with_suffix(".torn")
        torn.unlink(missing_ok=True)
        self.disk.create(at(torn), data, 0o600)
        self.disk.replace(at(torn), at(place))
        self.disk.sync_names(at(place))

    def _forget_archives(self) -> None:
        """Those that no unfinished repository needs."""
        needed = {known.archive for known in self.repositories.values() if known.landed is None}
        for place in (self.folder / "archives").iterdir():
            if place.name.partition(".")[0] not in needed:
                place.unlink(missing_ok=True)


def _lines(place: Path) -> list[dict[str, object]]:
    """The whole lines: one that a kill has cut off is as good as not written."""
    if not place.exists():
        return []
    found: list[dict[str, object]] = []
    for raw in place.read_bytes().split(b"\n"):
        try:
            line = json.loads(raw) if raw else None
        except (ValueError, RecursionError):
            continue
        if isinstance(line, dict) and "kind" in line:
            found.append(line)
    return found
