"""What a killed process leaves of its throw-away worktree, found and removed by the next one.

Before a worktree is made, a claim with its place is written into redraft's folder and locked; the system frees the lock
when the last process that works there is gone. A claim that can be locked belongs to nobody, and what it names goes:
the folder and its registration, nothing else. Knows nothing of how worktrees are made.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.containment import mode_of
from agent.errors import JournalUnusable
from agent.lock import locked, taken

_NAME = re.compile(r"redraft-[0-9a-f]{16}")
"""Of the folder, its worktree, the registration and the claim alike."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A temporary folder of our own, and the worktree in it."""

    folder: Path
    tree: Path
    handle: int
    """The open, locked claim; a child process that inherits it keeps the claim alive."""


@contextmanager
def claimed(git_dir: Path, common_dir: Path) -> Iterator[Claim]:
    """A new folder for a worktree; it and the registration of the worktree are gone afterwards, even after a kill."""
    own = git_dir / "redraft"
    name = f"redraft-{secrets.token_hex(8)}"
    place = own / "staged" / name
    folder = Path(tempfile.gettempdir()).resolve() / name
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Under the lock, so that nobody takes the claim for a dead one before it is locked itself.
        with locked(own / "lock"):
            handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            taken(handle)
        os.write(handle, os.fsencode(folder))
    except OSError as error:
        raise JournalUnusable(str(error.filename or place), error.strerror or str(error)) from error
    try:
        folder.mkdir(mode=0o700)
        yield Claim(folder, folder / name, handle)
    finally:
        _remove(folder, common_dir)
        place.unlink(missing_ok=True)
        os.close(handle)


@contextmanager
def registering(common_dir: Path) -> Iterator[None]:
    """To be held while git registers a worktree: the folder of all registrations goes with the last one."""
    own = common_dir / "redraft"
    try:
        own.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise JournalUnusable(str(own), error.strerror or str(error)) from error
    with locked(own / "worktrees.lock"):
        yield


def clean(git_dir: Path, common_dir: Path) -> int:
    """Remove what dead processes have left; how many worktrees that were."""
    own = git_dir / "redraft"
    if not (own / "staged").is_dir() or not any((own / "staged").iterdir()):
        return 0
    with locked(own / "lock"):
        return sum(_cleaned(place, common_dir) for place in sorted((own / "staged").iterdir()))


def _cleaned(place: Path, common_dir: Path) -> bool:
    try:
        handle = os.open(place, os.O_RDWR)
    except FileNotFoundError:
        # Whoever ends in good order takes the claim away without the lock.
        return False
    try:
        if not taken(handle) or not os.fstat(handle).st_nlink:
            return False
        folder = Path(os.fsdecode(os.read(handle, 4096)))
        if _NAME.fullmatch(place.name) and folder.name == place.name:
            _remove(folder, common_dir)
        place.unlink(missing_ok=True)
        return True
    finally:
        os.close(handle)


def _remove(folder: Path, common_dir: Path) -> None:
    """Drop the registration of this one: `git worktree prune` would also drop the user's stale ones."""
    registered = common_dir / "worktrees"
    with registering(common_dir):
        shutil.rmtree(registered / folder.name, ignore_errors=True)
        if registered.is_dir() and not any(registered.iterdir()):
            registered.rmdir()
    mode = mode_of(folder)
    if mode is not None and stat.S_ISDIR(mode):
        shutil.rmtree(folder, ignore_errors=True)
