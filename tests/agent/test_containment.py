"""Steps that follow no link, also when a folder is exchanged while we work."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from agent.containment import held_folder, read_inside, resolve_inside, steps
from agent.disk import DISK
from agent.errors import OutsideRepository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    (tmp_path / "repo" / "pkg").mkdir(parents=True)
    (tmp_path / "repo" / "pkg" / "a.py").write_text("a")
    return tmp_path / "repo"


@pytest.mark.parametrize("path", ["", "..", "a/..", "/a", "a\0b", ".git", "x/.GIT/y", ".g\u200cit/x", ".git. /x", "GIT~1", ".git::$DATA"])
def test_steps_refuse_what_leaves_or_enters_git(path: str) -> None:
    with pytest.raises(OutsideRepository):
        steps(path)


def test_read_gives_bytes_or_none_and_refuses_links(root: Path) -> None:
    (root / "link").symlink_to("../outside/secret")
    (root / "out").symlink_to("../outside")
    os.mkfifo(root / "pipe")
    assert read_inside(root, "pkg/a.py") == b"a"
    assert [read_inside(root, path) for path in ("pkg", "pkg/b.py", "no/b.py", "pkg/a.py/b", "pipe")] == [None] * 5
    for path in ("link", "out/secret"):
        with pytest.raises(OutsideRepository):
            read_inside(root, path)


def test_held_folder_stays_the_same_when_its_name_becomes_a_link(root: Path) -> None:
    with held_folder(root, "pkg/a.py") as held:
        assert held is not None
        (root / "pkg").rename(root / "moved")
        (root / "pkg").symlink_to("../outside")
        os.close(held.sibling("b.py").open(os.O_CREAT | os.O_WRONLY | os.O_EXCL, "b.py"))
    assert (root / "moved/b.py").exists() and os.listdir(root.parent / "outside") == ["secret"]


def test_folder_and_link_exchanged_all_the_time_never_lead_out(root: Path) -> None:
    done, refused, written = threading.Event(), 0, 0

    def exchange() -> None:
        (root / "trap").symlink_to("../outside")
        while not done.is_set():
            os.rename(root / "pkg", root / "kept")
            os.rename(root / "trap", root / "pkg")
            os.rename(root / "pkg", root / "trap")
            os.rename(root / "kept", root / "pkg")

    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        for number in range(50_000):
            # However the machine divides its time between the two, both outcomes have to be seen.
            if number >= 2000 and refused and written:
                break
            try:
                with held_folder(root, "pkg/secret") as held:
                    if held is not None:
                        DISK.create(held.sibling("new"), b"%d" % number)
                        DISK.replace(held.sibling("new"), held)
                        written += 1
            except OutsideRepository:
                refused += 1
    finally:
        done.set()
        thread.join()
    assert os.listdir(root.parent / "outside") == ["secret"] and (root.parent / "outside/secret").read_text() == "secret"
    assert refused and written


def test_resolve_names_a_place_that_is_not_there_yet(root: Path) -> None:
    assert resolve_inside(root, "x/y.py") == root / "x" / "y.py"
