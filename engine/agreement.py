"""Places that share one fate: an attribute of one variable within a function, or of `self` within a class.

What the variable holds is not known there, or nothing would have to be decided; but whatever it is, its attribute is one thing. The
denoiser read each place in its own window: these are several readings of one fact, and their log-odds are averaged (a logarithmic
opinion pool; Genest and Zidek 1986).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from engine.edits import Decided
from engine.sites import Candidate
from engine.values import Value

_PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_OF_THE_CLASS = ("self", "cls")
_LEAST = 1e-6
"""Odds beyond this are as good as certain; a single reading must not outvote all others."""


def agreed(found: Sequence[Decided]) -> list[Decided]:
    """The decisions, equal among places that share one fate, in their order."""
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for at, item in enumerate(found):
        key = _shared(item.candidate)
        if key is not None and item.value in (Value.KEEP, Value.REPLACE):
            groups[key].append(at)
    out = list(found)
    for members in groups.values():
        if len({out[at].value for at in members}) < 2:
            continue
        odds = sum(_log_odds(out[at]) for at in members) / len(members)
        value = Value.REPLACE if odds > 0 else Value.KEEP
        sure = 1.0 / (1.0 + math.exp(-abs(odds)))
        for at in members:
            out[at] = replace(out[at], value=value, confidence=sure)
    return out


def _shared(candidate: Candidate) -> tuple[str, str, str] | None:
    """File, scope and expression whose attribute a place is; None where nothing else is bound to be the same."""
    receiver = candidate.receiver
    if not _PATH.fullmatch(receiver):
        return None
    of_class = receiver.partition(".")[0] in _OF_THE_CLASS
    return candidate.path, candidate.scope.rpartition(".")[0] if of_class else candidate.scope, receiver


def _log_odds(item: Decided) -> float:
    sure = min(max(item.confidence, _LEAST), 1.0 - _LEAST)
    odds = math.log(sure / (1.0 - sure))
    return odds if item.value is Value.REPLACE else -odds
