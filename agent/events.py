"""The one stream of events of a run; the terminal view, the JSON output and the tests read the same values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agent.outcome import PlanView
from engine import Diagnostic


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """A phase of the loop begins."""

    phase: str
    """locate, plan, sites, draft, stage, validate, repair, publish"""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """The instruction was understood."""

    plan: PlanView


@dataclass(frozen=True, slots=True)
class Denoised:
    """One denoising step over the site canvases."""

    step: int
    slots: int
    settled: int
    revised: int


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A validation round ended with these failures (none: it passed)."""

    round: int
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Escalated:
    """The embedded engine declined, and another one is asked."""

    engine: str
    reason: str
    """What the embedded one said."""


@dataclass(frozen=True, slots=True)
class OperationRead:
    """A large model has written one more operation."""

    path: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """At the start, an edit that an earlier process left unfinished was taken back."""

    sentence: str


Event = PhaseStarted | Recovered | Escalated | Planned | Denoised | OperationRead | Diagnosed
Emit = Callable[[Event], None]
