"""Sites that are decided already: what a user has done of a change stands on the canvas as a value that nothing re-noises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.features import FAMILY_ROLE, PATH_ROLE, Evidence
from engine.rename import IntentSites
from engine.sites import Candidate
from engine.values import Value
from engine.windows import Window


Marks = Mapping[str, frozenset[int]]
"""Character offsets by path; -1 is the path itself."""


def clamped(sites: IntentSites, done: Marks, kept: Marks) -> IntentSites:
    """The sites with those at `done` clamped to what they have become, and those at `kept` to what they are.

    The denoiser sees them in their windows, as it sees its own accepted decisions. Longer names, and other files of a like name, are clamped
    to what they are: each is a definition of its own, and who begins a change shows which of them go along.
    """
    if not done and not kept:
        return sites
    return replace(sites, windows=tuple(_window(window, done, kept) for window in sites.windows))


def _window(window: Window, done: Marks, kept: Marks) -> Window:
    held = [_held(item, done, kept) for item in window.candidates]
    slots = tuple(
        slot if value is None else replace(slot, domain=(value,), value=value, clamped=True)
        for slot, value in zip(window.canvas.slots, held, strict=True)
    )
    candidates = tuple(
        replace(item, reason="done already", domain=(value,)) if value is Value.REPLACE else item
        for item, value in zip(window.candidates, held, strict=True)
    )
    return Window(replace(window.canvas, slots=slots), candidates)


def _held(candidate: Candidate, done: Marks, kept: Marks) -> Value | None:
    """What a slot is clamped to; None: it is free."""
    if candidate.start in kept.get(candidate.path, ()):
        return Value.KEEP
    if candidate.role != FAMILY_ROLE and candidate.start in done.get(candidate.path, ()):
        return Value.REPLACE
    is_other = candidate.role == FAMILY_ROLE or candidate.role == PATH_ROLE and candidate.evidence is Evidence.NO
    return Value.KEEP if is_other else None
