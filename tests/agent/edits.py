"""One edit of every kind, for the tests of publish, undo, redo and their failures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from agent.disk import DISK, Disk
from agent.history import Entry
from agent.publish import publish, redo, undo
from agent.worktree import Repository
from editops import ChangeMode, ChangeSet, CreateFile, DeleteFile, Op, RenameFile, text_edits
from tests.agent.repos import make_repository

FILES: dict[str, str | bytes] = {
    "pkg/__init__.py": b"from pkg.old import load\r\n",
    "pkg/old.py": b"\xef\xbb\xbfdef load():\r\n    return 1\r\n",
    "gone/deep/only.py": b"x = 1",
    "swap": b"was a file",
    "keep.py": b"import pkg\n",
}


def change_for(repository: Repository) -> ChangeSet:
    """An edit, a rename with an edit, a creation, a deletion that empties its folders, and a folder in the place of a file."""
    files = {path: repository.read(path) for path in FILES}
    init, old = files["pkg/__init__.py"], files["pkg/old.py"]
    ops: list[Op] = [
        *text_edits("pkg/__init__.py", init, init.replace(b"old", b"new")),
        *text_edits("pkg/old.py", old, old.replace(b"return 1", b"return 2")),
        RenameFile("pkg/old.py", "pkg/deep/new.py"),
        CreateFile("made/here.py", b"y = 2\n", executable=True),
        DeleteFile("gone/deep/only.py", files["gone/deep/only.py"]),
        RenameFile("swap", "swap/file"),
        ChangeMode("keep.py", executable=True),
        ChangeMode("pkg/old.py", executable=False),
    ]
    return ChangeSet.of(ops, files)


def prepared(root: Path) -> Repository:
    """A repository in which `change_for` applies, with modes worth keeping."""
    made = make_repository(root, FILES)
    (root / "pkg/old.py").chmod(0o755)
    (root / "gone/deep/only.py").chmod(0o600)
    (root / "gone/deep").chmod(0o700)
    return made


def published(repository: Repository, change: ChangeSet, disk: Disk = DISK) -> Entry:
    entry = publish(repository, change, "do it", disk=disk)
    assert isinstance(entry, Entry)
    return entry


def replaced(repository: Repository, path: str, text: str) -> Entry:
    data = repository.read(path)
    return published(repository, ChangeSet.of(text_edits(path, data, text.encode()), {path: data}))


def action(repository: Repository, name: str) -> Callable[[Disk], object]:
    """`publish`, `undo` or `redo`, with the repository brought to where it can happen."""
    if name == "publish":
        return lambda disk: published(repository, change_for(repository), disk)
    published(repository, change_for(repository))
    if name == "undo":
        return lambda disk: undo(repository, disk=disk)
    undo(repository)
    return lambda disk: redo(repository, disk=disk)
