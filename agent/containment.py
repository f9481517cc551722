"""Paths that stay inside a folder: no step may be a symlink, leave the root or enter a git folder.

Every step is opened relative to the folder before it and never through a link, so that a folder that is
swapped for a link while we work is refused, not followed. Reads and writes go through the same steps.
Knows nothing of git's own rules, nor of which files are off limits (`agent.offlimits`).
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from agent.errors import OutsideRepository
from agent.spelling import folded

_GIT_NAMES = frozenset({".git", "git~1"})
"""Names that reach the git folder, as file systems that ignore case, blanks or invisible characters see them."""
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | _NO_FOLLOW
# Without O_NONBLOCK, a named pipe put in place of a file would make the open wait for ever.
_FILE = os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
DESCRIPTORS = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
"""Whether this system opens relative to a folder. Windows does not: there each step is looked at by its path."""


def steps(path: str) -> tuple[str, ...]:
    """The components of a relative path; OutsideRepository when it leads out, or into a git folder."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\0" in path or sys.platform == "win32" and not {"\\", ":"}.isdisjoint(path):
        raise OutsideRepository(path)
    if any(part == ".." or folded(part) in _GIT_NAMES for part in parts):
        raise OutsideRepository(path)
    return parts


def resolve_inside(root: Path, path: str) -> Path:
    """The place that the relative `path` names under `root`, whether or not something is there.

    For messages and for folders that nobody else writes to; what is read or written goes through the functions below.
    """
    place = root
    for part in steps(path):
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


def permissions(place: Path) -> int | None:
    """Permission bits of a regular file; None when there is none."""
    mode = mode_of(place)
    return stat.S_IMODE(mode) if mode is not None and stat.S_ISREG(mode) else None


def read_inside(root: Path, path: str) -> bytes | None:
    """The bytes of a regular file; None when there is none."""
    with held_folder(root, path) as held:
        if held is None or not _is_regular(held, path):
            return None
        handle = held.open(_FILE, path)
        with os.fdopen(handle, "rb") as file:
            # Looked at again: it may have been exchanged since.
            return file.read() if stat.S_ISREG(os.fstat(handle).st_mode) else None


class Held:
    """One name in a folder that is held open."""

    def __init__(self, folder: int | None, place: Path) -> None:
        self.folder = folder
        """Descriptor of the folder; None where the system has no such thing."""
        self.place = place

    @property
    def _name(self) -> str | Path:
        return self.place if self.folder is None else self.place.name

    def sibling(self, name: str) -> Held:
        return Held(self.folder, self.place.with_name(name))

    def mode(self) -> int | None:
        """`st_mode` of what has this name, links not followed; None when nothing has."""
        try:
            return os.stat(self._name, dir_fd=self.folder, follow_symlinks=False).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None

    def open(self, flags: int, path: str) -> int:
        """A descriptor; a link put here since it was looked at is refused."""
        try:
            return os.open(self._name, flags, 0o666, dir_fd=self.folder)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise OutsideRepository(path) from error
            error.filename = path
            raise

    def names(self) -> list[str]:
        """What stands in the folder; empty where it may not be listed."""
        try:
            if self.folder is None:
                return os.listdir(self.place.parent)
            handle = os.open(".", os.O_RDONLY, dir_fd=self.folder)
        except OSError:
            return []
        try:
            return os.listdir(handle)
        finally:
            os.close(handle)


@contextmanager
def held_folder(root: Path, path: str) -> Iterator[Held | None]:
    """The last name of `path` in its folder, held open; None when that folder is missing."""
    parts = steps(path)
    if not DESCRIPTORS:
        place = resolve_inside(root, path)
        yield Held(None, place) if place.parent.is_dir() else None
        return
    folder: int | None = os.open(root, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
    place = root
    try:
        for part in parts[:-1]:
            place = place / part
            below = _enter(Held(folder, place), path)
            if folder is not None:
                os.close(folder)
            folder = below
            if folder is None:
                break
        yield None if folder is None else Held(folder, place / parts[-1])
    finally:
        if folder is not None:
            os.close(folder)


def _enter(step: Held, path: str) -> int | None:
    """Descriptor of a folder below; None when nothing of that name is a folder."""
    mode = step.mode()
    if mode is not None and stat.S_ISLNK(mode):
        raise OutsideRepository(path)
    if mode is None or not stat.S_ISDIR(mode):
        return None
    try:
        return os.open(step.place.name, _FOLDER, dir_fd=step.folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            # It was a folder a moment ago: somebody exchanges it for a link.
            raise OutsideRepository(path) from error
        if error.errno == errno.ENOENT:
            # It was there a moment ago.
            return None
        error.filename = path
        raise


def _is_regular(held: Held, path: str) -> bool:
    mode = held.mode()
    if mode is not None and stat.S_ISLNK(mode):
        raise OutsideRepository(path)
    return mode is not None and stat.S_ISREG(mode)
