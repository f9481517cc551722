"""What a killed process leaves of its staged worktree, and what the next start removes: that, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.journal import recover
from agent.leftovers import registering
from agent.lock import taken
from agent.worktree import Repository, stage
from editops import Applied
from tests.agent.repos import git, git_state, make_repository, put, tree

NOTHING = Applied(files={}, removed=frozenset(), renamed={})
STAGES = """
import signal, sys, time
from pathlib import Path
from agent.worktree import Repository, stage
from editops import Applied
# A shell that starts the tests in the background has Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
with stage(Repository.open(Path(sys.argv[1])), Applied(files={}, removed=frozenset(), renamed={}), full=True) as staged:
    print(staged.path, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    repository = make_repository(tmp_path / "r", {"a.py": "a = 1\n", "b.py": "b = 1\n"})
    git(repository.root, "worktree", "add", "-q", str(tmp_path / "theirs"))
    return repository


def staging(repository: Repository) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", STAGES, str(repository.root)], cwd=Path(__file__).parents[2],
                            stdout=subprocess.PIPE, text=True)


def temporary(repository: Repository) -> list[str]:
    return os.listdir(repository.root.parent / "tmp")


def test_worktree_of_a_killed_process_is_removed_at_the_next_start(repository: Repository) -> None:
    before = git_state(repository.root), tree(repository.root)
    with staging(repository) as process:
        assert process.stdout is not None and Path(process.stdout.readline().strip(), "a.py").exists()
        process.kill()
    assert "redraft-" in git(repository.root, "worktree", "list") and temporary(repository)
    recover(repository)
    assert (git_state(repository.root), tree(repository.root)) == before and not temporary(repository)
    assert not list((repository.git_dir / "redraft/staged").iterdir())


def test_worktree_of_a_living_process_stays(repository: Repository) -> None:
    with staging(repository) as process:
        assert process.stdout is not None
        staged = Path(process.stdout.readline().strip())
        recover(repository)
        assert (staged / "a.py").exists() and str(staged) in git(repository.root, "worktree", "list")
        process.send_signal(signal.SIGINT)
        process.wait(10)
    assert not temporary(repository) and not list((repository.git_dir / "redraft/staged").iterdir())


def test_kill_at_any_moment_of_staging_leaves_nothing_for_good(repository: Repository) -> None:
    before = git_state(repository.root), tree(repository.root)
    for tenth in range(10):
        with staging(repository) as process:
            time.sleep(0.02 + 0.025 * tenth)
            process.kill()
        deadline = time.monotonic() + 5
        # A git that outlives its parent holds the claim; the start after it has ended tidies up.
        while recover(repository) or temporary(repository) or (git_state(repository.root), tree(repository.root)) != before:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_cleaning_touches_no_folder_that_a_claim_only_names(repository: Repository, tmp_path: Path) -> None:
    put(tmp_path, {"precious/file": "x", "redraft-0123456789abcdef/file": "x", "r/.git/redraft/staged/redraft-0123456789abcdee": ""})
    staged = repository.git_dir / "redraft/staged"
    for name, place in (("redraft-1", "precious"), ("precious", "precious"), ("redraft-0123456789abcde0", "redraft-0123456789abcdef")):
        (staged / name).write_bytes(os.fsencode(tmp_path / place))
    (tmp_path / "redraft-00000000000000ff").symlink_to(tmp_path / "precious")
    (staged / "redraft-00000000000000ff").write_bytes(os.fsencode(tmp_path / "redraft-00000000000000ff"))
    recover(repository)
    assert (tmp_path / "precious/file").exists() and (tmp_path / "redraft-0123456789abcdef/file").exists()
    assert not list(staged.iterdir())


def test_claim_that_goes_while_others_are_cleaned_is_no_trouble(repository: Repository) -> None:
    staged = repository.git_dir / "redraft/staged"
    put(staged, {"redraft-0000000000000000": "/nowhere/redraft-0000000000000000", "redraft-ffffffffffffffff": ""})
    with ThreadPoolExecutor(1) as pool:
        # The first claim is waited for with the list of all of them in hand.
        with registering(repository.common_dir):
            cleaning = pool.submit(recover, repository)
            deadline = time.monotonic() + 5
            while not is_held(staged.parent / "lock"):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            time.sleep(0.3)
            (staged / "redraft-ffffffffffffffff").unlink()
        assert cleaning.result() is None
    assert not list(staged.iterdir())


def is_held(place: Path) -> bool:
    if not place.exists():
        return False
    with place.open("r+b") as file:
        return not taken(file.fileno())


def test_stages_side_by_side_do_not_disturb_each_other(repository: Repository) -> None:
    before = git_state(repository.root)
    with stage(repository, NOTHING, full=True) as one:
        with stage(repository, NOTHING, full=True) as two:
            recover(repository)
            assert one.path != two.path and (one.path / "a.py").exists()
        assert (one.path / "a.py").exists() and not two.path.exists()
    assert git_state(repository.root) == before and not temporary(repository)
