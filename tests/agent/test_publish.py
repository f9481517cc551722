from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.disk import Disk
from agent.errors import (
    JournalUnusable,
    NoLongerKept,
    NothingToRedo,
    NothingToUndo,
    RepositoryBusy,
    UnknownEntry,
    WriteFailed,
)
from agent.history import Entry, State
from agent.journal import Journal, entries, recover
from agent.lock import locked
from agent.publish import publish, redo, undo
from agent.takeback import UndoConflict
from agent.worktree import Repository
from editops import ChangeSet, CreateFile, DeleteFile, RenameFile, Stale
from tests.agent.edits import FILES, action, change_for, prepared, published, replaced
from tests.agent.repos import folders, git_state, put, tree

KILLED = """
import os, signal, sys
from pathlib import Path
from agent.disk import Disk
from agent.worktree import Repository
from tests.agent.edits import action, published, change_for
from agent.publish import undo
seen = []
def step(call, place):
    seen.append(call)
    if len(seen) > int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
repository = Repository.open(Path(sys.argv[1]))
undo(repository, disk=Disk(step)) if sys.argv[3] == "undo" else published(repository, change_for(repository), Disk(step))
"""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return prepared(tmp_path)


def killed(repository: Repository, at: int, name: str) -> None:
    """A process of its own that is killed at its call `at` in the middle of publish or undo."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(repository.root), str(at), name],
                          cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -signal.SIGKILL


def test_publish_writes_and_undo_restores_bytes_and_modes(repository: Repository) -> None:
    before = tree(repository.root), folders(repository.root), git_state(repository.root)
    entry = published(repository, change_for(repository))
    after = tree(repository.root)
    assert sorted(after) == ["keep.py", "made/here.py", "pkg/__init__.py", "pkg/deep/new.py", "swap/file"]
    assert after["pkg/deep/new.py"][0] == b"\xef\xbb\xbfdef load():\r\n    return 2\r\n"
    assert (after["pkg/deep/new.py"][1], before[0]["pkg/old.py"][1]) == (0o100644, 0o100755)
    assert after["keep.py"] == (before[0]["keep.py"][0], 0o100755)
    assert os.access(repository.root / "made/here.py", os.X_OK)
    assert not (repository.root / "gone").exists()
    taken = undo(repository)
    assert isinstance(taken, Entry) and taken.undoes == entry.id
    assert (tree(repository.root), folders(repository.root), git_state(repository.root)) == before
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


@pytest.mark.parametrize("at", range(0, 40, 6))
@pytest.mark.parametrize("name", ["publish", "undo"])
def test_kill_of_a_process_is_recovered_from(repository: Repository, at: int, name: str) -> None:
    action(repository, name)
    before = tree(repository.root)
    killed(repository, at, name)
    recovery = recover(repository)
    assert tree(repository.root) == before
    assert recovery is None or (recovery.foreign == () and "as it was before" in recovery.sentence)
    assert recover(repository) is None
    assert isinstance(undo(repository) if name == "undo" else publish(repository, change_for(repository), "x"), Entry)


def test_recover_leaves_what_the_user_wrote_since(repository: Repository) -> None:
    killed(repository, 30, "publish")
    put(repository.root, {"pkg/__init__.py": "mine\n"})
    recovery = recover(repository)
    assert recovery is not None and recovery.foreign == ("pkg/__init__.py",) and "pkg/__init__.py" in recovery.sentence
    assert repository.read("pkg/__init__.py") == b"mine\n"
    assert repository.read("pkg/old.py") == FILES["pkg/old.py"]


def test_recover_leaves_folders_and_links_that_were_put_there_since(repository: Repository) -> None:
    killed(repository, 36, "publish")
    (repository.root / "swap/theirs").mkdir(parents=True)
    (repository.root / "gone").symlink_to("pkg")
    recovery = recover(repository)
    assert recovery is not None and recovery.foreign == ("gone/deep/only.py", "swap")
    assert (repository.root / "gone").is_symlink() and (repository.root / "swap/theirs").is_dir()
    assert repository.read("pkg/old.py") == FILES["pkg/old.py"] and recover(repository) is None


def test_journal_survives_a_torn_line(repository: Repository) -> None:
    published(repository, change_for(repository))
    with open(repository.git_dir / "redraft/journal.jsonl", "ab") as file:
        file.write(b'{"id": "abc", "sta')
    undo(repository)
    assert [entry.state for entry in entries(repository)] == [State.UNDONE, State.PUBLISHED]


def test_undo_carries_over_later_edits(repository: Repository) -> None:
    put(repository.root, {"keep.py": "a\nb\nload()\nc\nd\n"})
    replaced(repository, "keep.py", "a\nb\nfetch()\nc\nd\n")
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
    put(repository.root, {"pkg/old.py": "mine\n", "gone/deep/only.py": "mine too\n"})
    assert undo(repository) == UndoConflict(("gone/deep/only.py", "pkg/old.py"))


def test_undo_goes_one_further_back_each_time(repository: Repository) -> None:
    states = [tree(repository.root)]
    for text in ("one\n", "two\n"):
        replaced(repository, "keep.py", text)
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


def test_lock_lets_one_in_and_tells_the_other(repository: Repository) -> None:
    with Journal.open(repository), pytest.raises(RepositoryBusy, match="Another redraft"):
        started = time.monotonic()
        with Journal.open(repository, patience=0.2):
            pass
    assert time.monotonic() - started < 2
    with locked(repository.git_dir / "redraft/lock", patience=0):
        pass


def test_redo_puts_back_and_undo_takes_back_again(repository: Repository) -> None:
    states = [(tree(repository.root), folders(repository.root))]
    first = published(repository, change_for(repository))
    states.append((tree(repository.root), folders(repository.root)))
    undo(repository)
    again = redo(repository)
    assert isinstance(again, Entry) and again.instruction == "redo: do it"
    assert (tree(repository.root), folders(repository.root)) == states[1]
    assert [one.state for one in entries(repository)] == [State.PUBLISHED, State.UNDONE, State.PUBLISHED]
    undo(repository, entry=first.id)
    assert (tree(repository.root), folders(repository.root)) == states[0]
    with pytest.raises(NothingToUndo):
        undo(repository)


def test_redo_goes_forward_in_the_order_of_the_edits(repository: Repository) -> None:
    edits = [replaced(repository, "keep.py", text) for text in ("one\n", "two\n", "three\n")]
    for _ in edits:
        undo(repository)
    for text in (b"one\n", b"two\n", b"three\n"):
        redo(repository)
        assert repository.read("keep.py") == text
    with pytest.raises(NothingToRedo):
        redo(repository)
    undo(repository)
    assert repository.read("keep.py") == b"two\n"


def test_redo_carries_over_later_edits_or_names_the_conflict(repository: Repository) -> None:
    put(repository.root, {"keep.py": "a\nb\nload()\nc\nd\n"})
    edit = replaced(repository, "keep.py", "a\nb\nfetch()\nc\nd\n")
    undo(repository)
    put(repository.root, {"keep.py": "a\nb\nmine()\nc\nd\n"})
    assert redo(repository) == UndoConflict(("keep.py",))
    put(repository.root, {"keep.py": "top\na\nb\nload()\nc\nd\n"})
    assert isinstance(redo(repository, entry=edit.id), Entry)
    assert repository.read("keep.py") == b"top\na\nb\nfetch()\nc\nd\n"


def test_undo_removes_only_folders_that_the_edit_made(repository: Repository) -> None:
    (repository.root / "mine").mkdir()
    published(repository, ChangeSet.of([CreateFile("mine/a.py", b""), CreateFile("ours/b.py", b"")], {}))
    put(repository.root, {"ours/notes.txt": "of the user"})
    undo(repository)
    assert (repository.root / "mine").is_dir() and not list((repository.root / "mine").iterdir())
    assert [place.name for place in (repository.root / "ours").iterdir()] == ["notes.txt"]


def test_undo_of_a_deletion_keeps_mode_of_file_and_folder(repository: Repository) -> None:
    before = tree(repository.root), folders(repository.root)
    data = repository.read("gone/deep/only.py")
    published(repository, ChangeSet.of([DeleteFile("gone/deep/only.py", data)], {"gone/deep/only.py": data}))
    assert not (repository.root / "gone").exists()
    undo(repository)
    assert (tree(repository.root), folders(repository.root)) == before


def test_publish_notices_an_edit_in_the_middle_of_writing(repository: Repository) -> None:
    """An editor saves between our look at the file and the switch of names: in place, and under a new name."""
    def in_place() -> None:
        put(repository.root, {"pkg/__init__.py": "mine\n"})

    def renaming() -> None:
        put(repository.root, {"x": "mine\n"})
        (repository.root / "x").rename(repository.root / "pkg/__init__.py")

    for save in (in_place, renaming):
        for moment in ("create", "sync", "link"):
            put(repository.root, {"pkg/__init__.py": FILES["pkg/__init__.py"]})
            met = [save]
            disk = Disk(lambda call, place, met=met, moment=moment: met.pop()() if met and call == moment else None)
            assert publish(repository, change_for(repository), "x", disk=disk) == Stale(("pkg/__init__.py",))
            assert repository.read("pkg/__init__.py") == b"mine\n"
            assert repository.read("pkg/old.py") == FILES["pkg/old.py"] and not list(repository.root.rglob(".redraft*"))


@pytest.mark.parametrize("moment", ["create", "write"])
def test_publish_notices_a_mode_in_the_middle_of_writing(repository: Repository, moment: str) -> None:
    met, place = [True], repository.root / "pkg/__init__.py"
    disk = Disk(lambda call, _: place.chmod(0o600) if call == moment and met and met.pop() else None)
    assert publish(repository, change_for(repository), "x", disk=disk) == Stale(("pkg/__init__.py",))
    assert place.stat().st_mode & 0o777 == 0o600 and (repository.root / "pkg/old.py").stat().st_mode & 0o777 == 0o755


def test_publish_never_replaces_a_file_that_appears(repository: Repository) -> None:
    change, met = change_for(repository), [True]

    def step(call: str, place: Path) -> None:
        if call == "link" and place.name == "here.py" and met:
            met.pop()
            place.write_bytes(b"mine")

    before = tree(repository.root)
    with pytest.raises(WriteFailed, match="exists"):
        publish(repository, change, "x", disk=Disk(step))
    assert tree(repository.root) == {**before, "made/here.py": (b"mine", before["keep.py"][1])}


def test_publish_and_undo_work_without_hard_links(repository: Repository) -> None:
    def step(call: str, place: Path) -> None:
        if call == "link":
            raise OSError(errno.EPERM, "no hard links here", str(place))

    before = tree(repository.root), folders(repository.root)
    published(repository, change_for(repository), Disk(step))
    assert isinstance(undo(repository, disk=Disk(step)), Entry)
    assert (tree(repository.root), folders(repository.root)) == before


def test_rollback_brings_back_the_very_file(repository: Repository) -> None:
    place = repository.root / "pkg/__init__.py"
    before = place.stat()
    for number in range(1, 100):
        killed(repository, number, "publish")
        if place.stat().st_ino != before.st_ino:
            break
        recover(repository)
    assert place.stat().st_ino != before.st_ino
    recover(repository)
    assert (place.stat().st_ino, place.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_folder_that_vanished_is_named_and_nothing_else_changes(repository: Repository) -> None:
    change = change_for(repository)
    shutil.rmtree(repository.root / "pkg")
    before = tree(repository.root)
    assert publish(repository, change, "x") == Stale(("pkg/__init__.py", "pkg/old.py"))
    put(repository.root, {path: FILES[path] for path in ("pkg/__init__.py", "pkg/old.py")})
    published(repository, change_for(repository))
    shutil.rmtree(repository.root / "pkg")
    assert undo(repository) == UndoConflict(("pkg/__init__.py", "pkg/deep/new.py"))
    assert tree(repository.root).keys() == before.keys() - {"gone/deep/only.py", "swap"} | {"made/here.py", "swap/file"}


def test_journal_that_cannot_be_used_is_one_sentence(repository: Repository) -> None:
    (repository.git_dir / "redraft").write_text("not a folder")
    with pytest.raises(JournalUnusable, match="check its permissions"):
        publish(repository, change_for(repository), "x")


def test_record_that_is_no_longer_kept_is_said(repository: Repository) -> None:
    entry = replaced(repository, "keep.py", "x\n")
    (repository.git_dir / "redraft/images" / f"{entry.id}.z").unlink()
    with pytest.raises(NoLongerKept, match=entry.id):
        undo(repository)


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_new_files_are_made_as_the_user_makes_files(repository: Repository, mask: int) -> None:
    old = os.umask(mask)
    try:
        published(repository, ChangeSet.of([CreateFile("d/a.py", b""), CreateFile("d/b", b"", executable=True)], {}))
    finally:
        os.umask(old)
    modes = [(repository.root / path).stat().st_mode & 0o777 for path in ("d", "d/a.py", "d/b")]
    assert modes == [0o777 & ~mask, 0o666 & ~mask, 0o777 & ~mask]


def test_journal_of_a_private_file_is_private(repository: Repository) -> None:
    published(repository, change_for(repository))
    own = repository.git_dir / "redraft"
    assert all(place.stat().st_mode & 0o077 == 0 for place in (own, *own.rglob("*")))


def test_lock_of_a_dead_owner_is_free(repository: Repository) -> None:
    held = "import fcntl, os, sys; fcntl.flock(os.open(sys.argv[1], os.O_RDWR), fcntl.LOCK_EX); os.kill(os.getpid(), 9)"
    published(repository, change_for(repository))
    subprocess.run([sys.executable, "-c", held, str(repository.git_dir / "redraft/lock")], check=False)
    with Journal.open(repository, patience=0):
        pass
