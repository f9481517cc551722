"""The one stream of events of a run; the terminal view, the JSON output, the recording and the tests read the same values.

What happens to single slots is emitted only in a run that somebody watches (`Run.watched`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


@dataclass(frozen=True, slots=True)
class Slot:
    """One place on the site canvases."""

    number: int
    """From 0, in the order in which the places of a run are opened."""
    path: str
    line: int
    """1-based; 0 where the place is the file's own path."""
    column: int
    """Characters before it in its line."""
    before: str
    after: str
    """Its text if it is replaced."""
    role: str
    reason: str
    """What name resolution says about it."""


@dataclass(frozen=True, slots=True)
class SlotsOpened:
    """Places joined the canvas, all of them noise."""

    slots: tuple[Slot, ...]
    texts: Mapping[str, str]
    """The files they stand in, without byte-order marks."""


@dataclass(frozen=True, slots=True)
class SlotState:
    """What the denoiser makes of a slot now."""

    number: int
    becomes: str | None
    """The likeliest text; None where the place is kept as it is."""
    confidence: float
    """Its probability, 0 to 1."""
    held: bool
    """Accepted; otherwise it goes into the next step as noise again."""


@dataclass(frozen=True, slots=True)
class SlotsSeen:
    """A forward pass looked at these slots."""

    step: int
    """Of the reverse process, from 0; a large step takes several passes."""
    states: tuple[SlotState, ...]


@dataclass(frozen=True, slots=True)
class SlotsRenoised:
    """These were blamed, and are noise again; all others stay clamped."""

    numbers: tuple[int, ...]
    reason: str


Event = PhaseStarted | Recovered | Escalated | Planned | Denoised | OperationRead | Diagnosed | SlotsOpened | SlotsSeen | SlotsRenoised
Emit = Callable[[Event], None]
