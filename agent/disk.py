"""The calls that change the disk, one method each.

Before every one of them `step` is called, so that a test can stand at each: make it fail as a full disk
would, or end the process there. Names are relative to folders that are held open, so that nothing is written through a
link. Knows nothing of what is written, nor why.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agent.containment import Held

Step = Callable[[str, Path], None]
"""Gets the name of the call and the place it is about; may raise what the call itself may raise."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_END = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_LIST = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_FOLLOW = os.link not in os.supports_follow_symlinks
"""Links are never followed, except where the system cannot say so."""
_LINKLESS = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK})
"""How systems say that this file can have no second name."""


def _no_step(call: str, place: Path) -> None:
    del call, place


def at(place: Path) -> Held:
    """A name in a folder that nobody else writes to."""
    return Held(None, place)


def names_in(folder: Held) -> list[str] | None:
    """What stands in a folder; None when there is no such folder."""
    mode = folder.mode()
    if mode is None or not stat.S_ISDIR(mode):
        return None
    if folder.folder is None:
        return os.listdir(folder.place)
    handle = os.open(folder.place.name, _LIST, dir_fd=folder.folder)
    try:
        return os.listdir(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class Disk:
    step: Step = _no_step
    chunk: int = 1 << 20
    """Bytes written by one call at most."""

    def create(self, new: Held, data: bytes, mode: int | None = None, owner: tuple[int, int] | None = None) -> None:
        """A new file that lasts. With a mode it is private until it is whole; without one, made as the user's own are."""
        self.step("create", new.place)
        handle = os.open(_name(new), _NEW, 0o666 if mode is None else 0o600, dir_fd=new.folder)
        try:
            self._write(handle, new.place, data)
            if owner is not None:
                # Only root may give files away; for others the file is then theirs, as with any editor.
                with suppress(PermissionError):
                    os.fchown(handle, *owner)
            if mode is not None:
                self.step("chmod", new.place)
                os.chmod(handle if os.chmod in os.supports_fd else new.place, mode)
            self._sync(handle, new.place)
        finally:
            os.close(handle)

    def append(self, place: Path, data: bytes) -> None:
        """Make a file longer, lastingly; after a failure it is as long as it was, or this raises from `truncate`."""
        self.step("open", place)
        handle = os.open(place, _END, 0o600)
        written = False
        try:
            size = os.fstat(handle).st_size
            try:
                self._write(handle, place, data)
                self._sync(handle, place)
                written = True
            finally:
                if not written:
                    self.step("truncate", place)
                    os.ftruncate(handle, size)
        finally:
            os.close(handle)

    def link(self, source: Held, target: Held) -> bool:
        """Give a file a second name; False where the file system has no such thing."""
        try:
            self.step("link", target.place)
            os.link(_name(source), _name(target), src_dir_fd=source.folder, dst_dir_fd=target.folder, follow_symlinks=_FOLLOW)
        except OSError as error:
            if error.errno not in _LINKLESS:
                raise
            return False
        return True

    def replace(self, source: Held, target: Held) -> None:
        self.step("rename", target.place)
        os.replace(_name(source), _name(target), src_dir_fd=source.folder, dst_dir_fd=target.folder)

    def unlink(self, file: Held) -> None:
        self.step("unlink", file.place)
        os.unlink(_name(file), dir_fd=file.folder)

    def make_folder(self, new: Held, mode: int | None = None) -> None:
        """As the user's own are made, or with just these permissions."""
        self.step("mkdir", new.place)
        os.mkdir(_name(new), dir_fd=new.folder)
        if mode is not None:
            os.chmod(_name(new), mode, dir_fd=new.folder)

    def drop_folder(self, folder: Held) -> None:
        """Remove a folder if it is there and empty."""
        try:
            self.step("rmdir", folder.place)
            os.rmdir(_name(folder), dir_fd=folder.folder)
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise

    def sync_names(self, file: Held) -> None:
        """Make the names in the folder of `file` last; systems without folder handles do so by themselves."""
        if os.name != "posix":
            return
        self.step("sync", file.place.parent)
        handle = os.open(".", os.O_RDONLY, dir_fd=file.folder) if file.folder is not None else os.open(file.place.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _write(self, handle: int, place: Path, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self.step("write", place)
            rest = rest[os.write(handle, rest[: self.chunk]) :]

    def _sync(self, handle: int, place: Path) -> None:
        self.step("sync", place)
        os.fsync(handle)


def _name(held: Held) -> str | Path:
    return held.place if held.folder is None else held.place.name


DISK = Disk()
