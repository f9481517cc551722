"""A batch as a person follows it: how far it is, how fast, how long still; a line for every repository that is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import TracebackType

from rich.console import Console
from rich.status import Status

from agent import render
from agent.batch.driver import BatchEvent, EditDecided, RepositoryDone
from agent.batch.ledger import Landing

OUTCOMES = {
    "left": "written",
    "committed": "committed",
    "branched": "on the new branch",
    "patched": "patch written",
    "nothing": "nothing to do",
    "failed": "failed",
}
_STYLES = {"nothing": "dim", "failed": "red"}


class View:
    """Gets every event; says one line a repository, and on a terminal keeps a line about the whole below."""

    def __init__(
        self, console: Console, repositories: int, units: Mapping[str, int], *, quiet: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """units: how many edits are still to be decided, by repository; repositories: all of them, the done ones too."""
        self._console, self._quiet, self._clock = console, quiet, clock
        self._all = repositories
        self._left = dict(units)
        self._failed = 0
        self._decided = 0
        self._changed: dict[str, set[str]] = {}
        self._began = clock()
        self._status: Status | None = None

    def __enter__(self) -> View:
        if self._console.is_terminal and not self._quiet:
            self._status = self._console.status(self.line())
            self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._status:
            self._status.stop()

    def __call__(self, event: BatchEvent) -> None:
        match event:
            case EditDecided(target, _, decision):
                self._decided += 1
                self._left[target.name] -= 1
                self._changed.setdefault(target.name, set()).update(line.path for line in decision.files)
                if not decision.change and not self._quiet:
                    render.say(self._console, f"{target.name}: edit {event.edit + 1} came to nothing: {decision.reason}", "yellow")
            case RepositoryDone(target, landing):
                self._left.pop(target.name, None)
                if not self._quiet:
                    render.say(self._console, self._done(target.name, landing), _STYLES.get(landing.outcome if landing else ""))
        if self._status:
            self._status.update(self.line())

    def _done(self, name: str, landing: Landing | None) -> str:
        what = OUTCOMES[landing.outcome] if landing else "decided, nothing written"
        files = len(self._changed.get(name, ()))
        parts = [f"[{self._all - len(self._left)}/{self._all}] {name}: {what}"]
        parts += [f"{files} file{'s' * (files != 1)}"] if files else []
        parts += [landing.where] if landing and landing.where else []
        parts += [landing.reason] if landing and landing.reason else []
        return ", ".join(parts) + ("" if self._status or not self._left else f" ({self.pace()})")

    def line(self) -> str:
        """`7 of 20 repositories, 3.2 edits a minute, about 8 min left`"""
        return f"{self._all - len(self._left)} of {self._all} repositories, {self.pace()}"

    def pace(self) -> str:
        passed = self._clock() - self._began
        if not self._decided or passed <= 0:
            return "no edit decided yet"
        each = passed / self._decided
        return f"{60 / each:.3g} edits a minute, about {span(each * sum(self._left.values()))} left"


def span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
