"""A time limit around a piece of work: where the system has timers, it is interrupted wherever it is."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from agent.errors import OutOfTime


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the work when the time is up; systems without timers let it go on."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise OutOfTime(seconds)

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        lift()
        signal.signal(signal.SIGALRM, before)


def lift() -> None:
    """From here on the work may take its time, since stopping it halfway would be worse."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
