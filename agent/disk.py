"""The calls that change the disk, one method each.

Before every one of them `step` is called, so that a test can stand at each: make it fail as a full disk
would, or end the process there. Knows nothing of what is written, nor why.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

Step = Callable[[str, Path], None]
"""Gets the name of the call and the place it is about; may raise what the call itself may raise."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_END = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_LINKLESS = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK})
"""How systems say that this file can have no second name."""


def _no_step(call: str, place: Path) -> None:
    del call, place


@dataclass(frozen=True, slots=True)
class Disk:
    step: Step = _no_step
    chunk: int = 1 << 20
    """Bytes written by one call at most."""

    def create(self, place: Path, data: bytes, mode: int | None = None, owner: tuple[int, int] | None = None) -> None:
        """A new file that lasts; private to its owner until it is whole."""
        self.step("create", place)
        handle = os.open(place, _NEW, 0o600)
        try:
            self._write(handle, place, data)
            if owner is not None:
                # Only root may give files away; for others the file is then theirs, as with any editor.
                with suppress(PermissionError):
                    os.fchown(handle, *owner)
            if mode is not None:
                self.step("chmod", place)
                place.chmod(mode)
            self._sync(handle, place)
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

    def link(self, source: Path, target: Path) -> bool:
        """Give a file a second name; False where the file system has no such thing."""
        try:
            self.step("link", target)
            os.link(source, target, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _LINKLESS:
                raise
            return False
        return True

    def replace(self, source: Path, target: Path) -> None:
        self.step("rename", target)
        os.replace(source, target)

    def unlink(self, place: Path) -> None:
        self.step("unlink", place)
        place.unlink()

    def make_folder(self, place: Path, mode: int | None = None) -> None:
        self.step("mkdir", place)
        place.mkdir()
        if mode is not None:
            place.chmod(mode)

    def drop_folder(self, place: Path) -> None:
        """Remove a folder if it is there and empty."""
        try:
            self.step("rmdir", place)
            place.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise

    def sync_folder(self, place: Path) -> None:
        """Make the names in a folder last; systems without folder handles do so by themselves."""
        if os.name != "posix":
            return
        self.step("sync", place)
        handle = os.open(place, os.O_RDONLY)
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


DISK = Disk()
