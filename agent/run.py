"""State of one request on its way through the loop: what it works on, what it found, and what it cost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch

import numpy as np

from agent.events import Emit, PhaseStarted
from agent.locator import Tree
from agent.offlimits import Named, kept, off_limits
from agent.outcome import Decision, EditRequest, PlanView, Report, SiteDecision
from agent.watching import Watching
from engine import Decided, Denoiser, Diagnostic, IntentSites, Sampler

UNSURE = 0.6
"""Below this probability a decision is shown as unsure."""


@dataclass(slots=True)
class Job:
    """What every request has, wherever its change set comes from."""

    request: EditRequest
    emit: Emit
    tree: Tree
    started: float = field(default_factory=time.monotonic)
    """Since when the time that the request may take is counted."""
    earlier: float = 0.0
    """Seconds of work before that."""
    timings: dict[str, float] = field(default_factory=dict)
    plan: PlanView | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    allowed: tuple[Diagnostic, ...] = ()
    """Findings that the user lets pass."""
    passes: int = 0
    lexemes: int = 0
    rounds: int = 0
    notes: list[str] = field(default_factory=list)
    """Sentences about what was left to the user."""
    escalated: str = ""
    named: Named = field(init=False)
    """What the user named, and may therefore be changed although it is special."""
    _open: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.request.opens:
            self.named = Named.by(self.request.instruction, self.request.paths, self.request.only)
        else:
            self.named = Named()

    @contextmanager
    def phase(self, name: str, detail: str = "") -> Iterator[None]:
        """Announce and time a phase; phases of one name add up."""
        self.emit(PhaseStarted(name, detail))
        began = time.monotonic()
        yield
        self.timings[name] = self.timings.get(name, 0.0) + time.monotonic() - began

    def spent(self, passes: int, lexemes: int) -> None:
        """Count what the denoiser did."""
        self.passes += passes
        self.lexemes += lexemes

    @property
    def seconds_left(self) -> float:
        """Of the time that the request may take."""
        return self.request.max_seconds - (time.monotonic() - self.started)

    def restart(self, earlier: float) -> None:
        """Give what follows the whole time of a request again. earlier: seconds of work so far."""
        self.earlier, self.started = earlier, time.monotonic()

    def wants(self, path: str) -> bool:
        """Whether the request's own paths and globs let a file or folder change, and nothing protects it."""
        if path not in self._open:
            self._open[path] = self.asks_for(path) and not self._protected(path)
        return self._open[path]

    def asks_for(self, path: str) -> bool:
        """Whether the request's own paths and globs let it change."""
        bare, request = path.rstrip("/"), self.request
        inside = not request.paths or any(
            place in ("", ".") or bare == place or bare.startswith(place.rstrip("/") + "/") for place in request.paths
        )
        wanted = not request.only or any(fnmatch(bare, glob) for glob in request.only)
        return inside and wanted and not any(fnmatch(bare, glob) for glob in request.exclude)

    def _protected(self, path: str) -> bool:
        ward = off_limits(path) or kept(path, self.tree.data(path))
        if ward is None or self.named.allows(path, ward):
            return False
        self.tree.skipped[path] = f"{ward.reason}; name it to change it too"
        return True

    def report(self) -> Report:
        """Everything known so far."""
        return Report(
            instruction=self.request.instruction,
            engine=self.request.engine,
            escalated=self.escalated,
            plan=self.plan,
            receipt=tuple(self._receipt()),
            diagnostics=self.diagnostics,
            allowed=self.allowed,
            skipped=dict(self.tree.skipped),
            timings={**self.timings, "total": self.earlier + time.monotonic() - self.started},
            forward_passes=self.passes,
            lexeme_passes=self.lexemes,
            rounds=self.rounds,
            notes=tuple(self.notes),
        )

    def _receipt(self) -> Iterator[SiteDecision]:
        """A change set that was made elsewhere comes without decisions."""
        yield from ()


@dataclass(slots=True, kw_only=True)
class Run(Job):
    """A request whose change set is denoised here."""

    denoiser: Denoiser
    generator: np.random.Generator
    sampler: Sampler = field(default_factory=Sampler)
    sites: list[IntentSites] = field(default_factory=list)
    """One entry an intent; so is `decided`."""
    decided: list[list[Decided]] = field(default_factory=list)
    watched: bool = False
    """Whether somebody wants to hear what happens to single slots."""
    watching: Watching = field(init=False)

    def __post_init__(self) -> None:
        Job.__post_init__(self)
        self.watching = Watching(self.emit, self.watched)

    def _receipt(self) -> Iterator[SiteDecision]:
        for item in (item for decisions in self.decided for item in decisions):
            if item.candidate.before or item.is_change:
                yield self._line(item)

    def _line(self, item: Decided) -> SiteDecision:
        candidate = item.candidate
        start = max(candidate.start, 0)
        text = self.tree.text(candidate.path) if candidate.start >= 0 else None
        decision = Decision.CHANGE if item.is_change else Decision.KEEP
        return SiteDecision(
            path=candidate.path,
            line=text.count("\n", 0, start) + 1 if text is not None else 0,
            column=start - (text.rfind("\n", 0, start) + 1) if text is not None else 0,
            before=candidate.before,
            after=item.after.strip("\n") if item.is_change else None,
            decision=decision if item.confidence >= UNSURE else Decision.UNSURE,
            confidence=item.confidence,
            role=candidate.label,
            reason=candidate.reason,
        )
