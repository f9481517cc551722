"""On a disk that ignores case, really: the tests' own where it is one, else one that is mounted for them (`benchmarks.forgiving`)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from agent.errors import LookAlikePath, OffLimits, OutsideRepository, UserError
from agent.publish import publish, redo, undo
from agent.worktree import Repository
from editops import ChangeSet, CreateFile, DeleteFile, Invalid, Op, PathError, RenameFile, text_edits
from tests.agent.edits import change_for, prepared, published
from tests.agent.repos import git_state, make_repository, tree

ROOT = Path(__file__).parents[2]
FILES: dict[str, str | bytes] = {"a.py": "x = 1\n", "src/b.py": "y = 1\n", "README.md": "one\n", "caf\u00e9.py": "z = 1\n", ".github/ci.yml": "run: x\n"}


def ignores_case(folder: Path) -> bool:
    (folder / "spelled").write_text("")
    found = (folder / "SPELLED").exists()
    (folder / "spelled").unlink()
    return found


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    if ignores_case(tmp_path):
        yield tmp_path
        return
    if find_spec("mfusepy") is None or shutil.which("fusermount3") is None or not Path("/dev/fuse").exists():
        pytest.skip("no disk that ignores case, and none can be mounted: it needs mfusepy and fuse3")
    back, place = tmp_path / "back", tmp_path / "disk"
    back.mkdir()
    place.mkdir()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.forgiving", str(back), str(place)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + 30
        while not place.is_mount():
            if process.poll() is not None or time.monotonic() > ends:
                pytest.skip("a file system cannot be mounted here")
            time.sleep(0.05)
        assert ignores_case(place)
        yield place
    finally:
        subprocess.run(["fusermount3", "-u", "-z", str(place)], capture_output=True, check=False)
        process.terminate()
        process.wait(30)


def change_of(repository: Repository, *ops: Op, files: dict[str, bytes] | None = None) -> ChangeSet:
    return ChangeSet.of(ops, files or {path: data for path, (data, _) in tree(repository.root).items()})


def test_no_other_spelling_reaches_a_file_or_the_git_folder(disk: Path) -> None:
    repository = make_repository(disk / "r", FILES)
    before, state = tree(repository.root), git_state(repository.root)
    refused = (LookAlikePath, OffLimits, OutsideRepository, PathError)
    spelled: dict[str, list[Op]] = {
        "A.py": list(text_edits("A.py", b"x = 1\n", b"x = 2\n")), "SRC/b.py": [DeleteFile("SRC/b.py", b"y = 1\n")], "readme.md": [DeleteFile("readme.md", b"one\n")],
        ".GitHub/ci.yml": [DeleteFile(".GitHub/ci.yml", b"run: x\n")],
    }  # fmt: skip
    for path, ops in spelled.items():
        data = repository.read(path)
        with pytest.raises(refused):
            publish(repository, change_of(repository, *ops, files={path: data}), "edit by another name")
    for new in ("a.PY", "Src/new.py", "README.MD", ".GIT/config", ".Git/hooks/pre-commit", ".GITHUB/new.yml"):
        with pytest.raises(refused):
            publish(repository, change_of(repository, CreateFile(new, b"#!/bin/sh\n")), "a new file in an old place")
    assert tree(repository.root) == before and git_state(repository.root) == state


def test_new_name_that_differs_in_case_alone_is_refused_and_nothing_is_lost(disk: Path) -> None:
    repository = make_repository(disk / "r", FILES)
    before = tree(repository.root)
    try:
        found: object = publish(repository, change_of(repository, RenameFile("a.py", "A.py")), "capital")
    except UserError as error:
        found = error
    assert isinstance(found, Invalid | UserError) and tree(repository.root) == before


def test_publish_undo_and_redo_keep_every_byte_mode_and_spelling(disk: Path) -> None:
    repository = prepared(disk / "r")
    before = tree(repository.root)
    published(repository, change_for(repository))
    after = tree(repository.root)
    assert after != before
    undo(repository)
    assert tree(repository.root) == before
    redo(repository)
    assert tree(repository.root) == after
