"""Publish, undo and redo with a fault at every call that changes the disk: all before or all after, and the journal says which."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agent.disk import Disk
from agent.errors import HalfWritten, UserError
from agent.history import State
from agent.journal import Journal, entries, recover
from agent.publish import publish, redo, undo
from agent.worktree import Repository
from benchmarks import crash
from tests.agent.edits import action, change_for, prepared
from tests.agent.faults import Crash, Fault, Kind, each_fault
from tests.agent.repos import folders, git_state, tree

ACTIONS = ("publish", "undo", "redo")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return prepared(tmp_path)


def state(repository: Repository) -> object:
    return tree(repository.root), folders(repository.root)


def back(repository: Repository, name: str) -> None:
    """To where `name` can happen again."""
    (redo if name == "undo" else undo)(repository)


def written(repository: Repository) -> int:
    """How many edits the journal says were written."""
    return sum(entry.state is not State.ROLLED_BACK for entry in entries(repository))


QUICK = {*((kind, "publish") for kind in Kind), (Kind.DEAD, "undo"), (Kind.FULL, "undo"), (Kind.DEAD, "redo")}


@pytest.mark.parametrize(("kind", "name"), [
    pytest.param(kind, name, marks=[] if (kind, name) in QUICK else [pytest.mark.slow]) for kind in Kind for name in ACTIONS
])
def test_fault_at_any_call_leaves_all_before_or_all_after(repository: Repository, kind: Kind, name: str) -> None:
    act, before, git = action(repository, name), state(repository), git_state(repository.root)
    outcomes = set()

    def check(fault: Fault, raised: BaseException | None) -> None:
        assert raised is None or isinstance(raised, UserError | Crash)
        if raised and kind in (Kind.ONCE, Kind.FULL):
            assert state(repository) == before and not isinstance(raised, HalfWritten)
        recover(repository)
        done = state(repository) != before
        outcomes.add(done)
        assert done >= (raised is None) and written(repository) == known[0] + done
        if done:
            back(repository, name)
        assert state(repository) == before
        pending = repository.git_dir / "redraft/pending"
        assert not pending.exists() or not list(pending.iterdir())
        known[0] = written(repository)

    known = [written(repository)]
    assert each_fault(kind, act, check) > 20
    assert outcomes == {True, False} and git_state(repository.root) == git


@pytest.mark.parametrize("name", ACTIONS)
def test_fault_during_recovery_is_recovered_from(repository: Repository, name: str) -> None:
    act, before = action(repository, name), state(repository)

    def recover_with(disk: Disk) -> None:
        with Journal.open(repository, disk):
            pass

    for at in range(2, 60, 9):
        for second in range(0, 30, 4):
            with contextlib.suppress(Crash):
                act(Disk(Fault(at, Kind.DEAD)))
            fault = Fault(second, Kind.DEAD)
            with contextlib.suppress(Crash):
                recover_with(Disk(fault))
            recover(repository)
            if state(repository) != before:
                assert entries(repository)[-1].state is State.PUBLISHED
                back(repository, name)
            assert state(repository) == before
            if not fault.struck:
                break


@pytest.mark.parametrize(("name", "folder"), [("publish", "pkg"), ("publish", "gone"), ("undo", "pkg"), ("redo", "swap")])
def test_folder_that_vanishes_in_the_middle_leaves_all_else_before_or_after(tmp_path: Path, name: str, folder: str) -> None:
    """Somebody removes a folder between any two calls: what was in it is gone, the rest is all before or all after."""
    for at in range(0, 60, 3):
        repository = prepared(tmp_path / str(at))
        change = change_for(repository)
        act = action(repository, name) if name != "publish" else lambda disk: publish(repository, change, "do it", disk=disk)  # noqa: B023
        before, seen = rest(repository, folder), [0]

        def vanish(call: str, place: Path, root: Path = repository.root, at: int = at, seen: list[int] = seen) -> None:
            seen[0] += 1
            if seen[0] == at:
                shutil.rmtree(root / folder, ignore_errors=True)

        with contextlib.suppress(UserError):
            act(Disk(vanish, chunk=400))
        recover(repository)
        now = rest(repository, folder)
        assert now in (before, rest(reference(tmp_path, name), folder)), at
        assert (written(repository) > known(name)) == (now != before)


def rest(repository: Repository, folder: str) -> object:
    """Files outside of a folder."""
    return {path: found for path, found in tree(repository.root).items() if not path.startswith(folder)}


def known(name: str) -> int:
    return {"publish": 0, "undo": 1, "redo": 2}[name]


def reference(tmp_path: Path, name: str) -> Repository:
    """Where the action has happened."""
    place = tmp_path / "done"
    if place.exists():
        return Repository.open(place)
    done = prepared(place)
    action(done, name)(Disk())
    return done


LIMITED = """
import resource, sys
from pathlib import Path
from agent.worktree import Repository
from tests.agent.edits import replaced
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
replaced(Repository.open(Path(sys.argv[1])), "keep.py", "x" * 100_000)
"""


def test_file_that_does_not_fit_changes_nothing(repository: Repository) -> None:
    """A real refusal by the system, in the middle of a file."""
    before = state(repository)
    done = subprocess.run([sys.executable, "-c", LIMITED, str(repository.root)], cwd=Path(__file__).parents[2],
                          capture_output=True, text=True, check=False)
    assert "WriteFailed" in done.stderr and "no file was changed" in done.stderr
    assert state(repository) == before and recover(repository) is None
    assert [entry.state for entry in entries(repository)] == [State.ROLLED_BACK]


def test_kills_of_real_processes_lose_no_byte(tmp_path: Path) -> None:
    crash.kills(60, 1, tmp_path)


def test_processes_at_once_lose_no_edit(tmp_path: Path) -> None:
    crash.at_once(6, 3, tmp_path)


@pytest.mark.slow
def test_many_kills_and_edits_lose_nothing(tmp_path: Path) -> None:
    crash.kills(2000, 2, tmp_path)
    crash.one_after_the_other(500, tmp_path)
    crash.at_once(20, 25, tmp_path)
