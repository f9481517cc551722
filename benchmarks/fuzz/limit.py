"""An end to one input by the time that it computes, not by the clock: on a busy machine a harmless one may take half a minute."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class NeverEnds(Exception):
    """An input took more computing than it may."""


@contextmanager
def computing_at_most(seconds: float) -> Iterator[None]:
    """Raise NeverEnds inside, at the place that is being run; what hangs in C is left to the fuzzer's own clock."""

    def ended(number: int, frame: FrameType | None) -> None:
        raise NeverEnds(f"more than {seconds:g} s of computing")

    former = signal.signal(signal.SIGPROF, ended)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)
