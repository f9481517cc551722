"""One process at a time: an advisory lock on a file, which the system frees even when the holder is killed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import RepositoryBusy

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

_PAUSE = 0.05


@contextmanager
def locked(path: Path, *, patience: float = 5.0) -> Iterator[None]:
    """Hold the lock, waiting up to `patience` seconds for whoever has it."""
    deadline = time.monotonic() + patience
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        while not _taken(handle):
            if time.monotonic() >= deadline:
                raise RepositoryBusy
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        _take(handle)
    except OSError:
        return False
    return True
