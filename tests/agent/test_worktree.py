from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from agent import staged
from agent.errors import (
    BareRepository,
    GitFailed,
    MergeInProgress,
    NotARepository,
    OutsideRepository,
    UnreadableFile,
)
from agent.worktree import Repository, stage
from editops import Applied
from tests.agent.repos import git, git_state, make_repository, put, tree

NOTHING = Applied(files={}, removed=frozenset(), renamed={})


def test_open_names_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(NotARepository):
        Repository.open(tmp_path)
    with pytest.raises(NotARepository):
        Repository.open(tmp_path / "absent")
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "bare")], check=True)
    with pytest.raises(BareRepository):
        Repository.open(tmp_path / "bare")


def test_open_refuses_a_merge_in_progress(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {"a.py": "x = 1\n"})
    (repository.git_dir / "MERGE_HEAD").write_text(repository.head() or "")
    with pytest.raises(MergeInProgress, match="merge"):
        Repository.open(tmp_path)


def test_open_works_from_a_subfolder_detached_and_without_commits(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {"pkg/a.py": "x = 1\n"})
    git(repository.root, "checkout", "-q", "--detach")
    assert Repository.open(repository.root / "pkg").root == repository.root
    assert make_repository(tmp_path / "new", {"a.py": ""}, commit=False).head() is None


def test_open_ignores_the_variables_of_a_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_repository(tmp_path / "other", {"o.py": ""})
    make_repository(tmp_path / "r", {"a.py": ""})
    monkeypatch.setenv("GIT_DIR", str(other.git_dir))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.git_dir / "index"))
    assert Repository.open(tmp_path / "r").files() == ["a.py"]


def test_files_are_the_regular_ones_on_disk(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {"a.py": "", "gone.py": "", "was/x.py": "", ".gitignore": "ignored.py\n"})
    put(tmp_path, {"new\nline é.py": "", "ignored.py": "", "sub/b.py": ""})
    (tmp_path / "gone.py").unlink()
    (tmp_path / "link.py").symlink_to("a.py")
    (tmp_path / "was").rename(tmp_path / "now")
    (tmp_path / "was").symlink_to("now")
    make_repository(tmp_path / "nested", {"c.py": ""})
    assert sorted(repository.files()) == [".gitignore", "a.py", "new\nline é.py", "now/x.py", "sub/b.py"]


def test_grep_counts_files_with_odd_names_and_forced_ones(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {"a.py": "foo\nfoo(bar)\nfood\n", ".gitignore": "forced.py\n",
                                            "forced.py": "foo\n", "*.py": "bar"})
    put(tmp_path, {"odd\nname.py": "Foo\n"})
    assert repository.grep(["foo"]) == {"a.py": 2, "forced.py": 1}
    assert repository.grep(["foo"], ignore_case=True)["odd\nname.py"] == 1
    assert repository.grep(["foo"], whole_word=False)["a.py"] == 3
    assert repository.grep(["bar"], paths=["*.py"]) == {"*.py": 1}
    assert repository.grep(["absent"]) == {} == repository.grep([])


def test_grep_lines_gives_place_and_text(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {"a.py": "x\nload_user(1)\n", "b\nb.py": "load_user\r\n"})
    assert sorted(repository.grep_lines("load_[a-z]+")) == [("a.py", 2, "load_user(1)"), ("b\nb.py", 1, "load_user\r")]
    assert repository.grep_lines("nothing") == []


def test_search_stays_in_this_repository_whatever_is_set_for_submodules(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {"a.py": "foo\n"})
    make_repository(tmp_path / "part", {"b.py": "foo\n"})
    git(repository.root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "part"), "part")
    git(repository.root, "config", "submodule.recurse", "true")
    assert repository.grep(["foo"]) == {"a.py": 1} and repository.grep_lines("fo+") == [("a.py", 1, "foo")]
    assert staged.speaking(repository.root, "foo") == ["a.py"]


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", ".git/config", ".GIT/config", "out/x", "link", "", "a\0b"])
def test_read_never_leaves_the_repository(tmp_path: Path, path: str) -> None:
    repository = make_repository(tmp_path / "r", {"a.py": "x"})
    (tmp_path / "x").write_text("secret")
    (repository.root / "out").symlink_to(tmp_path)
    (repository.root / "link").symlink_to(tmp_path / "x")
    with pytest.raises(OutsideRepository):
        repository.read(path)


def test_read_says_when_there_is_no_file(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {"a.py": "x\r\n"})
    assert repository.read("a.py") == b"x\r\n"
    with pytest.raises(UnreadableFile):
        repository.read("b.py")


@pytest.mark.parametrize("full", [True, False])
def test_stage_leaves_the_user_untouched(tmp_path: Path, full: bool) -> None:
    repository = make_repository(tmp_path, {"a.py": "a = 1\n", "b.py": "b = 1\n", "c.py": "c = 1\n"})
    put(tmp_path, {"a.py": "stashed\n"})
    git(tmp_path, "stash")
    put(tmp_path, {"a.py": "staged\n"})
    git(tmp_path, "add", "a.py")
    put(tmp_path, {"b.py": "unstaged\n", "new.py": "untracked\n", ".git/hooks/post-checkout": "#!/bin/sh\ntouch ran\n"})
    (tmp_path / ".git/hooks/post-checkout").chmod(0o755)
    (tmp_path / "b.py").chmod(0o755)
    git(tmp_path, "status")
    before = git_state(tmp_path), tree(tmp_path)
    applied = Applied(files={"d/b2.py": b"moved\n"}, removed=frozenset({"b.py"}), renamed={"b.py": "d/b2.py"})
    with stage(repository, applied, full=full) as staged:
        files = {path: data for path, (data, _) in tree(staged.path).items() if path != ".git"}
        assert files.pop("d/b2.py") == b"moved\n"
        assert os.access(staged.path / "d/b2.py", os.X_OK)
        assert files == ({"a.py": b"staged\n", "c.py": b"c = 1\n", "new.py": b"untracked\n"} if full else {})
        (staged.path / "a.py").write_text("a test wrote this")
        assert "HEAD" in git(staged.path, "rev-parse", "--abbrev-ref", "HEAD")
    assert (git_state(tmp_path), tree(tmp_path)) == before
    assert not staged.path.exists()


def test_stage_is_removed_after_an_interrupt(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {"a.py": ""})
    before = git_state(tmp_path)
    with pytest.raises(KeyboardInterrupt), stage(repository, NOTHING, full=True) as staged:
        raise KeyboardInterrupt
    assert not staged.path.exists()
    assert git_state(tmp_path) == before


def test_stage_keeps_the_registrations_of_the_user(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {"a.py": ""})
    git(repository.root, "worktree", "add", "-q", str(tmp_path / "theirs"))
    before = git(repository.root, "worktree", "list")
    linked = Repository.open(tmp_path / "theirs")
    for each in (repository, linked):
        with stage(each, NOTHING, full=True) as staged:
            assert (staged.path / "a.py").exists()
    assert git(repository.root, "worktree", "list") == before


def test_stage_works_before_the_first_commit(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {"a.py": "x"}, commit=False)
    with stage(repository, NOTHING, full=True) as staged:
        assert (staged.path / "a.py").read_text() == "x"


@pytest.mark.parametrize("first", [True, False])
def test_commit_takes_only_its_paths(tmp_path: Path, first: bool) -> None:
    repository = make_repository(tmp_path, {"a.py": "1\n", "old.py": "o\n"}, commit=not first)
    put(tmp_path, {"a.py": "2\n", "new.py": "n\n", "staged.py": "s\n"})
    (tmp_path / "old.py").unlink()
    git(tmp_path, "add", "staged.py")
    made = repository.commit(["a.py", "new.py", "old.py"], "rename")
    assert made == git(tmp_path, "rev-parse", "HEAD").strip()
    assert git(tmp_path, "ls-tree", "--name-only", "HEAD").split() == ["a.py", "new.py"]
    assert git(tmp_path, "status", "--porcelain") == "A  staged.py\n"


def test_commit_refused_by_a_hook_leaves_the_index_alone(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {"a.py": "1\n"})
    put(tmp_path, {"new.py": "n\n", ".git/hooks/pre-commit": "#!/bin/sh\necho no way >&2\nexit 1\n"})
    (tmp_path / ".git/hooks/pre-commit").chmod(0o755)
    with pytest.raises(GitFailed, match="no way"):
        repository.commit(["new.py"], "x")
    assert git(tmp_path, "status", "--porcelain") == "?? new.py\n"
