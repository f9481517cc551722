"""One process at a time: an advisory lock on a file, which the system frees even when the holder is killed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import NoLocks, RepositoryBusy

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

PATIENCE = 10.0
"""Seconds to wait for another process; writing takes a small part of one."""
_PAUSE = 0.02


@contextmanager
def locked(path: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock, waiting up to `patience` seconds for whoever has it."""
    deadline = time.monotonic() + patience
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not taken(handle):
            if time.monotonic() >= deadline:
                raise RepositoryBusy
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)


def taken(handle: int) -> bool:
    """Take the lock on an open file until it is closed, by every process that has it open; False if somebody has it."""
    try:
        _take(handle)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        raise NoLocks(error.strerror or str(error)) from error
    return True
