"""Paths that stay inside a folder: no step may be a symlink, leave the root or enter a git folder.

Reads the disk only to look at what each step is. Knows nothing of git's own rules.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from agent.errors import OutsideRepository

_GIT_NAMES = frozenset({".git", "git~1"})
"""Names that reach the git folder; compared without case, as some file systems do."""


def resolve_inside(root: Path, path: str) -> Path:
    """The place that the relative `path` names under `root`, whether or not something is there."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path and os.sep == "\\" or "\0" in path:
        raise OutsideRepository(path)
    place = root
    for part in parts:
        if part == ".." or part.casefold() in _GIT_NAMES or ":" in part and os.sep == "\\":
            raise OutsideRepository(path)
        place = place / part
        if is_link(place):
            raise OutsideRepository(path)
    return place


def is_link(place: Path) -> bool:
    mode = mode_of(place)
    return mode is not None and stat.S_ISLNK(mode)


def mode_of(place: Path) -> int | None:
    """`st_mode` of the file itself, links not followed; None when nothing is there."""
    try:
        return os.lstat(place).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def read_inside(root: Path, path: str) -> bytes | None:
    """The bytes of a regular file; None when there is none."""
    place = resolve_inside(root, path)
    mode = mode_of(place)
    if mode is None or not stat.S_ISREG(mode):
        return None
    # A link put here since the check makes the open fail instead of being followed.
    handle = os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        return file.read()


def permissions(place: Path) -> int | None:
    """Permission bits of a regular file; None when there is none."""
    mode = mode_of(place)
    return stat.S_IMODE(mode) if mode is not None and stat.S_ISREG(mode) else None
