"""Sites that are decided already: what a user has done of a change stands on the canvas as a value that nothing re-noises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.rename import IntentSites
from engine.values import Value
from engine.windows import Window


def clamped(sites: IntentSites, done: Mapping[str, frozenset[int]]) -> IntentSites:
    """The sites with those at `done` (offsets by path; -1 is the path itself) clamped to what they have become.

    The denoiser sees them in their windows, as it sees its own accepted decisions.
    """
    if not done:
        return sites
    return replace(sites, windows=tuple(_window(window, done) for window in sites.windows))


def _window(window: Window, done: Mapping[str, frozenset[int]]) -> Window:
    is_done = [item.start in done.get(item.path, ()) for item in window.candidates]
    if not any(is_done):
        return window
    slots = tuple(
        replace(slot, domain=(Value.REPLACE,), value=Value.REPLACE, clamped=True) if held else slot
        for slot, held in zip(window.canvas.slots, is_done, strict=True)
    )
    candidates = tuple(
        replace(item, reason="done already", domain=(Value.REPLACE,)) if held else item
        for item, held in zip(window.candidates, is_done, strict=True)
    )
    return Window(replace(window.canvas, slots=slots), candidates)
