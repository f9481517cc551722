"""The gate in front of every write, in a real folder with links in it: what it lets through lies inside and is nobody's else."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from agent.errors import UserError
from agent.guard import vet
from agent.locator import Tree
from agent.offlimits import Named, off_limits
from agent.worktree import Repository
from benchmarks.fuzz.material import hostile_paths
from benchmarks.fuzz.target import cut
from editops import ChangeSet, ChangeSetError, CreateFile, DeleteFile, Op, OpError, PathError, RenameFile, Span, TextEdit

MAX_LENGTH = 512
MARK = b"\n"
SEEDS = [b"\n".join([bytes([number % 4]) + b"a.py", path.encode("utf-8", "surrogateescape")]) for number, path in enumerate(hostile_paths())]
WORDS = [b"src/", b"link/", b"out", b"sub/x", b"nested/", b"a.py", b"A.py", b".git/", b"hooks/", b"\xc3\xa9.txt", b"e\xcc\x81.txt", b"\xe2\x80\x8d", b"\xe2\x80\xae"]


@dataclass(frozen=True, slots=True)
class _Known(Repository):
    """Answers without starting git, which would take all of the fuzzer's time."""

    def hooks_folder(self) -> Path:
        return self.root / "hooks"


def _world() -> _Known:
    place = Path(tempfile.mkdtemp(prefix="redraft-fuzz-")).resolve()
    root = place / "repo"
    for folder in ("src", ".git", "hooks", "nested/.git", ".github/workflows"):
        (root / folder).mkdir(parents=True)
    (place / "outside").mkdir()
    (place / "outside" / "secret").write_text("not yours\n")
    for name in ("a.py", "src/b.py", "é.txt", "AGENTS.md", "hooks/pre-commit"):
        (root / name).write_text("text\n")
    os.symlink(place / "outside", root / "link")
    os.symlink(place / "outside" / "secret", root / "src" / "secret")
    return _Known(root, root / ".git", root / ".git")


REPOSITORY = _world()


def check(data: bytes) -> None:
    ops: list[Op] = []
    files: dict[str, bytes] = {}
    for line in cut(data[1:], MARK):
        path, _, rest = line.decode("utf-8", "surrogateescape").partition("\t")
        try:
            ops += _ops(path, rest, data[0] if data else 0, files)
        except (PathError, OpError):
            return
    try:
        change = ChangeSet.of(ops, files)
    except ChangeSetError:
        return
    try:
        vet(REPOSITORY, change)
    except UserError as error:
        assert str(error)
        return
    for path in change.paths:
        place = REPOSITORY.root / path
        assert Path(os.path.normpath(place)).is_relative_to(REPOSITORY.root)
        assert Path(os.path.realpath(place)).is_relative_to(REPOSITORY.root), path
        assert not Path(os.path.realpath(place)).is_relative_to(REPOSITORY.git_dir), path
        assert off_limits(path) is None and not path.startswith(("hooks/", "nested/")), path
        assert Named().places == frozenset()
    # A path that may be written may be looked at.
    Tree(REPOSITORY, ()).data(next(iter(change.paths), "a.py"))


def _ops(path: str, rest: str, kind: int, files: dict[str, bytes]) -> list[Op]:
    payload = rest.encode("utf-8", "surrogateescape")
    match kind % 4:
        case 0:
            return [CreateFile(path, payload)]
        case 1:
            files[path] = b"text\n"
            return [DeleteFile(path, b"text\n")]
        case 2:
            files[path] = b"text\n"
            return [RenameFile(path, rest)]
        case _:
            files[path] = b"text\n"
            return [TextEdit(path, Span(0, 5), b"text\n", payload)]
