from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.errors import NothingToUndo, RepositoryBusy, UnknownEntry, WriteFailed
from agent.journal import Entry, Journal, State, entries, recover
from agent.lock import locked
from agent.publish import UndoConflict, merged, publish, undo
from agent.worktree import Repository
from editops import ChangeSet, CreateFile, DeleteFile, Op, RenameFile, Stale, text_edits
from tests.agent.repos import git_state, make_repository, put, tree

FILES: dict[str, str | bytes] = {
    "pkg/__init__.py": b"from pkg.old import load\r\n",
    "pkg/old.py": b"\xef\xbb\xbfdef load():\r\n    return 1\r\n",
    "gone/only.py": b"x = 1",
    "keep.py": b"import pkg\n",
}


def change_for(repository: Repository) -> ChangeSet:
    """An edit, a rename with an edit, a creation and a deletion that empties its folder."""
    files = {path: repository.read(path) for path in FILES}
    init, old = files["pkg/__init__.py"], files["pkg/old.py"]
    ops: list[Op] = [
        *text_edits("pkg/__init__.py", init, init.replace(b"old", b"new")),
        *text_edits("pkg/old.py", old, old.replace(b"return 1", b"return 2")),
        RenameFile("pkg/old.py", "pkg/deep/new.py"),
        CreateFile("made/here.py", b"y = 2\n", executable=True),
        DeleteFile("gone/only.py", files["gone/only.py"]),
    ]
    return ChangeSet.of(ops, files)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = make_repository(tmp_path, FILES)
    (tmp_path / "pkg/old.py").chmod(0o755)
    (tmp_path / "gone/only.py").chmod(0o600)
    return made


def published(repository: Repository, change: ChangeSet) -> Entry:
    entry = publish(repository, change, "do it")
    assert isinstance(entry, Entry)
    return entry


def test_publish_writes_and_undo_restores_bytes_and_modes(repository: Repository) -> None:
    before, git_before = tree(repository.root), git_state(repository.root)
    entry = published(repository, change_for(repository))
    after = tree(repository.root)
    assert sorted(after) == ["keep.py", "made/here.py", "pkg/__init__.py", "pkg/deep/new.py"]
    assert after["pkg/deep/new.py"][0] == b"\xef\xbb\xbfdef load():\r\n    return 2\r\n"
    assert after["pkg/deep/new.py"][1] == before["pkg/old.py"][1]
    assert os.access(repository.root / "made/here.py", os.X_OK)
    assert not (repository.root / "gone").exists()
    taken = undo(repository)
    assert isinstance(taken, Entry) and taken.undoes == entry.id
    assert (tree(repository.root), git_state(repository.root)) == (before, git_before)
    assert not (repository.root / "made").exists()
    assert [one.state for one in entries(repository)] == [State.UNDONE, State.PUBLISHED]


def test_publish_reports_files_that_changed(repository: Repository) -> None:
    change = change_for(repository)
    put(repository.root, {"pkg/old.py": "mine\n"})
    before = tree(repository.root)
    assert publish(repository, change, "x") == Stale(("pkg/old.py",))
    assert tree(repository.root) == before and entries(repository) == []


def test_publish_refuses_a_read_only_file(repository: Repository) -> None:
    change = change_for(repository)
    (repository.root / "pkg/__init__.py").chmod(0o444)
    before = tree(repository.root)
    with pytest.raises(WriteFailed, match="read-only"):
        publish(repository, change, "x")
    assert tree(repository.root) == before


class Crash(BaseException):
    pass


@pytest.mark.parametrize("failure", [Crash, OSError])
@pytest.mark.parametrize("at", range(5))
def test_publish_rolls_back_when_a_write_fails(
    repository: Repository, at: int, failure: type[BaseException]
) -> None:
    before, seen = tree(repository.root), []

    def progress(path: str) -> None:
        seen.append(path)
        if len(seen) > at:
            raise failure("no")

    with pytest.raises((Crash, WriteFailed)):
        publish(repository, change_for(repository), "x", progress=progress)
    assert tree(repository.root) == before
    assert [entry.state for entry in entries(repository)] == [State.ROLLED_BACK]
    assert not (repository.root / "made").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from agent.publish import publish, undo
from agent.worktree import Repository
from tests.agent.test_publish import change_for
repository, seen = Repository.open(Path(sys.argv[1])), []
def progress(path):
    seen.append(path)
    if len(seen) > int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[3] == "undo":
    undo(repository, progress=progress)
else:
    publish(repository, change_for(repository), "x", progress=progress)
"""


@pytest.mark.parametrize("what", ["publish", "undo"])
@pytest.mark.parametrize("at", range(5))
def test_recover_after_a_kill_gives_all_before(repository: Repository, at: int, what: str) -> None:
    if what == "undo":
        published(repository, change_for(repository))
    before = tree(repository.root)
    done = subprocess.run([sys.executable, "-c", KILLED, str(repository.root), str(at), what],
                          cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -signal.SIGKILL
    recovery = recover(repository)
    assert recovery is not None and recovery.foreign == ()
    assert tree(repository.root) == before
    assert recover(repository) is None
    assert isinstance(undo(repository) if what == "undo" else publish(repository, change_for(repository), "x"), Entry)


def test_recover_leaves_what_the_user_wrote_since(repository: Repository) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(repository.root), "4", "publish"],
                   cwd=Path(__file__).parents[2], check=False)
    put(repository.root, {"pkg/__init__.py": "mine\n"})
    recovery = recover(repository)
    assert recovery is not None and recovery.foreign == ("pkg/__init__.py",)
    assert repository.read("pkg/__init__.py") == b"mine\n"
    assert repository.read("pkg/old.py") == FILES["pkg/old.py"]


def test_journal_survives_a_torn_line(repository: Repository) -> None:
    published(repository, change_for(repository))
    with open(repository.git_dir / "redraft/journal.jsonl", "ab") as file:
        file.write(b'{"id": "abc", "sta')
    undo(repository)
    assert [entry.state for entry in entries(repository)] == [State.UNDONE, State.PUBLISHED]


def test_undo_carries_over_later_edits(repository: Repository) -> None:
    put(repository.root, {"keep.py": "a\nb\nload()\nc\nd\n"})
    data = repository.read("keep.py")
    change = ChangeSet.of(text_edits("keep.py", data, data.replace(b"load", b"fetch")), {"keep.py": data})
    published(repository, change)
    put(repository.root, {"keep.py": "top\na\nb\nfetch()\nc\nd\nend\n"})
    assert isinstance(undo(repository), Entry)
    assert repository.read("keep.py") == b"top\na\nb\nload()\nc\nd\nend\n"


def test_undo_names_files_in_conflict_and_changes_nothing(repository: Repository) -> None:
    published(repository, change_for(repository))
    put(repository.root, {"pkg/__init__.py": "from pkg.new import other\n", "made/here.py": "y = 3\n"})
    before = tree(repository.root)
    assert undo(repository) == UndoConflict(("made/here.py", "pkg/__init__.py"))
    assert tree(repository.root) == before


def test_undo_does_not_overwrite_a_file_in_the_way(repository: Repository) -> None:
    published(repository, change_for(repository))
    put(repository.root, {"pkg/old.py": "mine\n", "gone/only.py": "mine too\n"})
    assert undo(repository) == UndoConflict(("gone/only.py", "pkg/old.py"))


def test_undo_goes_one_further_back_each_time(repository: Repository) -> None:
    states = [tree(repository.root)]
    for text in (b"one\n", b"two\n"):
        data = repository.read("keep.py")
        published(repository, ChangeSet.of(text_edits("keep.py", data, text), {"keep.py": data}))
        states.append(tree(repository.root))
    undo(repository)
    assert tree(repository.root) == states[1]
    undo(repository)
    assert tree(repository.root) == states[0]
    with pytest.raises(NothingToUndo):
        undo(repository)
    with pytest.raises(UnknownEntry):
        undo(repository, entry="absent")


def test_undo_swaps_files_back(repository: Repository) -> None:
    files = {path: repository.read(path) for path in ("keep.py", "pkg/old.py")}
    before = tree(repository.root)
    published(repository, ChangeSet.of(
        [RenameFile("keep.py", "pkg/old.py"), RenameFile("pkg/old.py", "keep.py")], files))
    assert tree(repository.root)["keep.py"] == before["pkg/old.py"]
    undo(repository)
    assert tree(repository.root) == before


@pytest.mark.parametrize(("ours", "theirs", "result"), [
    (b"A\nb\nc\n", b"a\nb\nC\n", b"A\nb\nC\n"),
    (b"X\nb\nc\n", b"X\nb\nc\n", b"X\nb\nc\n"),
    (b"X\nb\nc\n", b"Y\nb\nc\n", None),
])
def test_merged_takes_both_sides_unless_they_meet(ours: bytes, theirs: bytes, result: bytes | None) -> None:
    assert merged("f", b"a\nb\nc\n", ours, theirs) == result


def test_lock_lets_one_in_and_tells_the_other(repository: Repository) -> None:
    with Journal.open(repository), pytest.raises(RepositoryBusy):
        started = time.monotonic()
        with locked(repository.git_dir / "redraft/lock", patience=0.2):
            pass
    assert time.monotonic() - started < 2
    with locked(repository.git_dir / "redraft/lock", patience=0):
        pass
