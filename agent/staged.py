"""What is staged, and what else differs from the last commit: read with git alone, before anything heavy is loaded.

Every commit of a user waits for this. It obeys the environment that git gives its hooks (the index of `commit -a` and of
`commit PATH` is a temporary one), changes nothing, and takes whatever cannot be read for nothing begun.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PLAIN = ("100644", "100755")
SETTINGS = ("-c", "core.fsmonitor=false", "-c", "submodule.recurse=false", "-c", f"diff.orderFile={os.devnull}")
"""What the user's settings must not change: no program of theirs runs, a submodule is another repository, and an order file that is missing makes
every diff fail."""
_RAW = ("--raw", "-z", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--no-color")
_GREP = ("grep", "-I", "--no-color", "--no-line-number", "--no-column")
"""A setting of the user's can ask for each of these, and then lines and names are not what they are."""
MAX_BYTES = 1 << 20
"""A larger file is not looked into."""
MAX_FILES = 2_000
"""Files that one search is told to look into."""


@dataclass(frozen=True, slots=True)
class Place:
    """A repository with files, as git's hooks see it."""

    root: Path
    git_dir: Path

    @classmethod
    def around(cls, folder: Path) -> Place | None:
        """The repository of a folder; None where there is none."""
        found = _git(folder, "rev-parse", "--show-toplevel", "--absolute-git-dir")
        lines = os.fsdecode(found or b"").splitlines()
        return cls(Path(lines[0]), Path(lines[1])) if len(lines) == 2 else None


@dataclass(frozen=True, slots=True)
class Entry:
    """One changed file of a diff: names and blobs of both sides."""

    path: str | None
    now: str | None
    before: str = ""
    after: str = ""
    """Empty: what is on disk."""


@dataclass(slots=True)
class Blobs:
    """Contents from git's store, read together."""

    root: Path
    _known: dict[str, bytes] = field(default_factory=dict)

    def read(self, names: Iterable[str]) -> None:
        """Fetch what is not known yet."""
        wanted = sorted({name for name in names if name} - self._known.keys())
        output = _git(self.root, "cat-file", "--batch", stdin="".join(f"{name}\n" for name in wanted).encode()) if wanted else b""
        at = 0
        for name in wanted:
            end = (output or b"").find(b"\n", at)
            header = (output or b"")[at:end].split()
            if end < 0 or len(header) != 3 or not output:
                # A missing object has a header of two words, and no content.
                at = end + 1
                continue
            size = int(header[2])
            self._known[name] = output[end + 1 : end + 1 + size]
            at = end + 2 + size

    def data(self, name: str) -> bytes | None:
        """The bytes of a blob that was fetched."""
        return self._known.get(name)

    def text(self, name: str) -> str | None:
        """A blob as text; None where it is none."""
        return as_text(self.data(name))


def as_text(data: bytes | None) -> str | None:
    """UTF-8 without its byte-order mark; None for anything else, and for what is too long."""
    if data is None or len(data) > MAX_BYTES or b"\0" in data:
        return None
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


def staged(root: Path) -> list[Entry]:
    """The last commit against what is staged."""
    return list(_entries(_git(root, "diff", "--cached", "--find-renames", *_RAW, "HEAD", "--")))


def changed(root: Path) -> list[Entry]:
    """The last commit against the files on disk, staged or not."""
    return list(_entries(_git(root, "diff", "--find-renames", *_RAW, "HEAD", "--")))


def between(root: Path, old: str, new: str) -> list[Entry]:
    """One commit against another."""
    return list(_entries(_git(root, "diff", "--find-renames", *_RAW, old, new, "--")))


def unstaged(root: Path) -> list[Entry]:
    """What is staged against the files on disk."""
    return list(_entries(_git(root, "diff", "--no-renames", *_RAW, "--")))


def untracked(root: Path) -> list[str]:
    """Files that git does not know and does not ignore."""
    return _names(_git(root, "ls-files", "-z", "--others", "--exclude-standard"))


def holding(root: Path, words: Sequence[str]) -> frozenset[str]:
    """Which of the words stand anywhere in the tracked files on disk, as words."""
    alone = [flag for word in words for flag in ("-e", word)]
    found = _git(root, *_GREP, "-h", "-o", "-w", "-F", *alone, statuses=(0, 1))
    return frozenset(os.fsdecode(line) for line in set((found or b"").split(b"\n")) if line)


def speaking(root: Path, *words: str) -> list[str]:
    """Tracked files that hold all of the words on disk."""
    each = [flag for word in words for flag in ("-e", word)]
    return _names(_git(root, *_GREP, "-l", "-z", "-w", "-F", "--all-match", *each, statuses=(0, 1)))


def passing(root: Path, function: str, parameter: str) -> bool:
    """Whether a tracked file that holds a function's name passes a keyword argument of this name anywhere."""
    files = speaking(root, function)
    if len(files) > MAX_FILES:
        return True
    keyword = rf"(^|[^A-Za-z0-9_.]){parameter}[ ]?=([^=]|$)"
    return bool(files) and _git(root, *_GREP, "-q", "-E", "-e", keyword, "--", *(f":(top,literal){path}" for path in files)) is not None


def _entries(output: bytes | None) -> Iterator[Entry]:
    """Changed regular files of `--raw -z`: `:mode mode blob blob status NUL path NUL [path NUL]`."""
    fields = iter((output or b"").split(b"\0"))
    for header in fields:
        if not header.startswith(b":"):
            return
        old_mode, new_mode, before, after, status = header[1:].decode().split(" ")
        path = os.fsdecode(next(fields))
        now = os.fsdecode(next(fields)) if status[0] in "RC" else path
        if status[0] == "A" and new_mode in _PLAIN or status[0] == "C":
            yield Entry(None, now, "", _blob(after))
        elif status[0] == "D" and old_mode in _PLAIN:
            yield Entry(path, None, before, "")
        elif old_mode in _PLAIN and new_mode in _PLAIN:
            yield Entry(path, now, before, _blob(after))


def _blob(name: str) -> str:
    return "" if name.strip("0") == "" else name


def _names(output: bytes | None) -> list[str]:
    return [os.fsdecode(name) for name in (output or b"").split(b"\0") if name]


def _git(folder: Path, *args: str, stdin: bytes | None = None, statuses: tuple[int, ...] = (0,)) -> bytes | None:
    """What git prints; None where it fails."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    done = subprocess.run(
        ["git", *SETTINGS, *args],
        cwd=folder, env=environment, input=stdin, stdin=subprocess.DEVNULL if stdin is None else None, capture_output=True, check=False,
    )  # fmt: skip
    return done.stdout if done.returncode in statuses else None
