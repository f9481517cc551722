"""A git history read for training: commits worth a look, the files they change, and the tree that each was made on.

Reads a bare repository with two long-lived git processes; nothing is checked out.
"""

from __future__ import annotations

import re
import subprocess
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar

from engine.begun import Versions
from engine.evidence import Module, Project
from engine.evidence.source import parse_module
from engine.train.corpus import MAX_FILE, VENDORED

MOST_FILES = 12
"""Python files that a commit may change; larger ones are sweeps."""
_KEPT_TEXTS = 2_000
_KEPT_MODULES = 1_200
_NONE = re.compile(r"0+")
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Change:
    """One file of a commit: its paths and blobs before and after; empty where there is none."""

    path: str
    now: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that has one parent."""

    id: str
    subject: str
    changes: tuple[Change, ...] = ()
    """Of its Python files."""


@dataclass(slots=True)
class History:
    """A repository on disk."""

    folder: Path
    _reader: subprocess.Popen[bytes] | None = None
    _texts: OrderedDict[str, str | None] = field(default_factory=OrderedDict)
    modules: OrderedDict[tuple[str, str], Module] = field(default_factory=OrderedDict)
    """Parsed files by path and blob."""

    def git(self, *arguments: str, given: str | None = None) -> str:
        """What a git command prints."""
        command = ["git", "-C", str(self.folder), "-c", "core.quotePath=false", *arguments]
        done = subprocess.run(command, input=None if given is None else given.encode(), capture_output=True, check=True)
        return done.stdout.decode("utf-8", "replace")

    def head(self) -> str:
        """The commit that was read."""
        return self.git("rev-parse", "HEAD").strip()

    def subjects(self) -> list[Commit]:
        """Every commit with one parent, oldest first, without its changes."""
        out = []
        for line in self.git("log", "--reverse", "--no-merges", "--format=%H%x1f%P%x1f%s", "HEAD").split("\n"):
            parts = line.split("\x1f")
            if len(parts) == 3 and parts[1]:
                out.append(Commit(parts[0], parts[2]))
        return out

    def changed(self, commits: Sequence[Commit]) -> Iterator[Commit]:
        """The commits that change 1 to MOST_FILES Python files, with those."""
        subjects = {commit.id: commit.subject for commit in commits}
        given = "\n".join(subjects) + "\n"
        text = self.git("diff-tree", "--stdin", "-r", "-M60%", "-l200", "--raw", "--no-abbrev", "--", "*.py", given=given)
        blocks = re.split(r"^([0-9a-f]{40})$", text, flags=re.MULTILINE)
        for identity, block in zip(blocks[1::2], blocks[2::2], strict=True):
            changes = tuple(change for line in block.split("\n") if (change := _change(line)) is not None)
            if 1 <= len(changes) <= MOST_FILES:
                yield Commit(identity, subjects[identity], changes)

    def text(self, blob: str) -> str | None:
        """A blob as text; None where it is missing, large or not UTF-8."""
        if blob in self._texts:
            self._texts.move_to_end(blob)
            return self._texts[blob]
        data = self._read(blob)
        try:
            text = None if data is None or len(data) > MAX_FILE else data.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            text = None
        _keep(self._texts, blob, text, _KEPT_TEXTS)
        return text

    def _read(self, blob: str) -> bytes | None:
        if self._reader is None:
            self._reader = subprocess.Popen(["git", "-C", str(self.folder), "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        to, back = _pipes(self._reader)
        to.write(blob.encode() + b"\n")
        to.flush()
        header = back.readline().split()
        if len(header) != 3:
            return None
        data = back.read(int(header[2]))
        back.read(1)
        return data if header[1] == b"blob" else None

    def close(self) -> None:
        """End the reading process."""
        if self._reader is not None:
            to, back = _pipes(self._reader)
            to.close()
            back.close()
            self._reader.wait()
            self._reader = None

    def versions(self, commit: Commit) -> list[Versions] | None:
        """The changed files before and after; None where one can't be read."""
        out = []
        for change in commit.changes:
            before, after = (self.text(blob) if blob else None for blob in (change.before, change.after))
            if (change.before and before is None) or (change.after and after is None):
                return None
            out.append(Versions(change.path or None, change.now or None, before, after))
        return out

    def tree(self, commit: Commit) -> Tree:
        """The tree that a commit was made on."""
        blobs = {}
        for line in self.git("ls-tree", "-r", f"{commit.id}^").split("\n"):
            entry, _, path = line.partition("\t")
            if path and entry.startswith("100") and not VENDORED.search(path):
                blobs[path] = entry.split()[2]
        return Tree(self, f"{commit.id}^", blobs)


class Tree(Project):
    """One tree of the history; files that several trees share are parsed once for all."""

    def __init__(self, history: History, revision: str, blobs: Mapping[str, str]) -> None:
        self.history, self.revision, self.blobs = history, revision, blobs
        super().__init__(blobs.keys(), lambda path: history.text(blobs[path]) if path in blobs else None)

    def module(self, path: str) -> Module | None:
        """The parsed file."""
        blob, text = self.blobs.get(path), self.text(path)
        if blob is None or text is None or not path.endswith((".py", ".pyi")):
            return None
        known = self.history.modules
        found = known.get((path, blob))
        if found is None:
            found = parse_module(path, text)
            _keep(known, (path, blob), found, _KEPT_MODULES)
        else:
            known.move_to_end((path, blob))
        return found

    def grep(self, *arguments: str) -> list[str]:
        """Python files of the tree in which `git grep` finds something."""
        command = ["git", "-C", str(self.history.folder), "-c", "core.quotePath=false", "grep", "-l", *arguments, self.revision, "--", "*.py"]
        lines = subprocess.run(command, capture_output=True, check=False).stdout.decode("utf-8", "replace").split("\n")
        return [path for line in lines if (path := line.partition(":")[2]) in self.blobs]

    def holding(self, name: str) -> list[str]:
        """Python files that have a word."""
        return self.grep("-w", "-F", "-e", name)


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process was started without pipes")
    return process.stdin, process.stdout


def _keep(kept: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)


def _change(line: str) -> Change | None:
    """A line of git's raw format, where it is about a Python file that isn't vendored."""
    if not line.startswith(":"):
        return None
    fields, _, paths = line.partition("\t")
    modes, (path, *rest) = fields[1:].split(" "), paths.split("\t")
    now = rest[0] if rest else path
    if not now.endswith(".py") or not path.endswith(".py") or VENDORED.search(path) or VENDORED.search(now) or "120000" in modes[:2]:
        return None
    before, after = ("" if _NONE.fullmatch(blob) else blob for blob in modes[2:4])
    return Change(path if before else "", now if after else "", before, after)
