"""A disk that ignores case, and how accents are written, as macOS has it: a folder shown through FUSE.

    python -m benchmarks.forgiving FOLDER MOUNTPOINT     # until `fusermount3 -u MOUNTPOINT`

Names keep the spelling they were made with and are found under any other. For tests on systems whose own disks tell names apart; slow, as
every call comes here. Needs `pip install redraft[forgiving]` and libfuse 3.
"""

from __future__ import annotations

import errno
import os
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any

from mfusepy import FUSE, FuseOSError, Operations


def _key(name: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


class Forgiving(Operations):  # type: ignore[misc]
    """The calls of a file system, each on the file that the name means."""

    use_ns = True

    def __init__(self, root: str) -> None:
        self._root = root

    def _place(self, path: str) -> str:
        """Where `path` lies in the folder; as it is spelled from where nothing is called so."""
        place = self._root
        for part in filter(None, path.split("/")):
            place = f"{place}/{self._spelled(place, part)}"
        return place

    @staticmethod
    def _spelled(folder: str, name: str) -> str:
        if os.path.lexists(f"{folder}/{name}"):
            return name
        try:
            return next((other for other in os.listdir(folder) if _key(other) == _key(name)), name)
        except OSError:
            return name

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        found = os.lstat(self._place(path)) if fh is None else os.fstat(fh)
        times = {f"st_{name}": getattr(found, f"st_{name}_ns") for name in ("atime", "mtime", "ctime")}
        return times | {f"st_{name}": getattr(found, f"st_{name}") for name in ("ino", "mode", "nlink", "uid", "gid", "size", "blocks")}

    def readdir(self, path: str, fh: int) -> Iterator[tuple[str, dict[str, int], int]]:
        place = self._place(path)
        for name in (".", "..", *os.listdir(place)):
            found = os.lstat(f"{place}/{name}")
            yield name, {"st_ino": found.st_ino, "st_mode": found.st_mode}, 0

    def access(self, path: str, amode: int) -> int:
        if not os.access(self._place(path), amode):
            raise FuseOSError(errno.EACCES)
        return 0

    def open(self, path: str, flags: int) -> int:
        return os.open(self._place(path), flags & ~os.O_NOFOLLOW)

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        return os.open(self._place(path), os.O_RDWR | os.O_CREAT, mode)

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return os.pread(fh, size, offset)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        return os.pwrite(fh, data, offset)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        os.truncate(self._place(path) if fh is None else fh, length)
        return 0

    def flush(self, path: str, fh: int) -> int:
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        os.fsync(fh)
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        return 0

    def release(self, path: str, fh: int) -> int:
        os.close(fh)
        return 0

    def mknod(self, path: str, mode: int, dev: int) -> int:
        os.mknod(self._place(path), mode, dev)
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        os.mkdir(self._place(path), mode)
        return 0

    def rmdir(self, path: str) -> int:
        os.rmdir(self._place(path))
        return 0

    def unlink(self, path: str) -> int:
        os.unlink(self._place(path))
        return 0

    def rename(self, old: str, new: str) -> int:
        source, target = self._place(old), self._place(new)
        # A new spelling of the same name is taken over.
        os.rename(source, f"{os.path.dirname(target)}/{new.rpartition('/')[2]}" if source == target else target)
        return 0

    def link(self, target: str, source: str) -> int:
        os.link(self._place(source), self._place(target), follow_symlinks=False)
        return 0

    def symlink(self, target: str, source: str) -> int:
        os.symlink(source, self._place(target))
        return 0

    def readlink(self, path: str) -> str:
        return os.readlink(self._place(path))

    def chmod(self, path: str, mode: int) -> int:
        os.chmod(self._place(path), mode)
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        os.chown(self._place(path), uid, gid, follow_symlinks=False)
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        os.utime(self._place(path), ns=times, follow_symlinks=False)
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        found = os.statvfs(self._place(path))
        return {name: getattr(found, name) for name in ("f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree", "f_favail", "f_namemax")}


def main(folder: str, mountpoint: str) -> None:
    # Nothing is remembered: the system knows one file under each spelling as another.
    FUSE(Forgiving(os.path.abspath(folder)), mountpoint, foreground=True, nothreads=True, use_ino=True, direct_io=True, attr_timeout=0, entry_timeout=0, negative_timeout=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
