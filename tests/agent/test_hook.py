"""The commit hook on real repositories, with a scripted denoiser: what it says, what it writes, what it never touches."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent import staged
from agent.commands import hook as command
from agent.deadline import within
from agent.errors import HookInTheWay, OutOfTime
from agent.finishing import Rest, finish
from agent.hook import look
from agent.hook_script import FORMER, NAME, install, uninstall
from agent.outcome import Declined, EditRequest, Proposed, Published
from agent.publish import undo
from agent.worktree import Repository
from engine.values import Value
from tests.agent.repos import git, make_repository, put, tree
from tests.agent.scripted import Renamer

FILES: dict[str, str | bytes] = {
    "pkg/__init__.py": "from .store import load\n\n__all__ = ['load']\n",
    "pkg/store.py": "def load(path):\n    with open(path) as file:\n        return file.read()\n\n\ndef load_all(paths):\n    return [load(path) for path in paths]\n",
    "pkg/other.py": "def load(x):\n    return x\n\n\nprint(load(1))\n",
    "app/main.py": "from unittest import mock\n\nfrom pkg.store import load\n\nprint(load('x'))\nmock.patch('pkg.store.load')\n",
    "tests/test_store.py": "from pkg import load\n\n\ndef test_load():\n    assert load(1) == 1\n",
}
BEGUN = str(FILES["pkg/store.py"]).replace("def load(", "def fetch(")


def begin(root: Path, files: dict[str, str | bytes] | None = None) -> Repository:
    """A repository in which a rename is staged in the file of its definition alone."""
    repository = make_repository(root, FILES)
    put(root, files or {"pkg/store.py": BEGUN})
    git(root, "add", "-A")
    return repository


def carry_on(root: Path, denoiser: Renamer | None = None, *, write: bool = False) -> Rest | None:
    """What the hook makes of the staged changes."""
    beginning = look(root)
    assert beginning is not None
    request = EditRequest("finish what was begun", root)
    return finish(request, beginning, write=write, emit=lambda event: None, denoiser=denoiser or Renamer("load", "fetch", home="store"))


def texts(root: Path) -> dict[str, str]:
    return {path: data.decode("utf-8", "replace") for path, (data, _) in tree(root).items()}


def test_an_order_file_that_is_missing_does_not_silence_the_hook(tmp_path: Path) -> None:
    repository = begin(tmp_path)
    git(repository.root, "config", "diff.orderFile", "nowhere")
    assert look(repository.root) is not None


def test_rest_of_a_rename_is_found_in_files_that_are_not_staged(tmp_path: Path) -> None:
    begin(tmp_path)
    before = tree(tmp_path)
    rest = carry_on(tmp_path)
    assert rest is not None and tree(tmp_path) == before
    assert [(intent.old, intent.new) for intent in rest.plan.intents] == [("load", "fetch")]
    assert "+from pkg.store import fetch" in rest.diff and "+mock.patch('pkg.store.fetch')" in rest.diff
    assert "+    return [fetch(path) for path in paths]" in rest.diff
    # What is done is not done again, a homonym and longer names are their own.
    assert "def fetch" not in rest.diff and "other.py" not in rest.diff and "test_fetch" not in rest.diff and "fetch_all" not in rest.diff


@pytest.mark.parametrize("setting", ["grep.lineNumber=true", "grep.column=true", "color.grep=always", "color.ui=always"])
def test_settings_for_people_do_not_silence_it(tmp_path: Path, setting: str) -> None:
    begin(tmp_path)
    git(tmp_path, "config", *setting.split("="))
    assert look(tmp_path) is not None
    assert staged.speaking(tmp_path, "load", "path") == ["pkg/store.py"]


def test_fix_writes_the_files_and_leaves_the_index_alone(tmp_path: Path) -> None:
    repository = begin(tmp_path)
    index = git(tmp_path, "ls-files", "--stage")
    rest = carry_on(tmp_path, write=True)
    assert rest is not None and isinstance(rest.outcome, Published)
    found = texts(tmp_path)
    assert found["app/main.py"] == str(FILES["app/main.py"]).replace("load", "fetch")
    assert found["pkg/store.py"] == BEGUN.replace("[load(", "[fetch(") and found["pkg/other.py"] == FILES["pkg/other.py"]
    assert git(tmp_path, "ls-files", "--stage") == index
    undo(repository, entry=rest.outcome.entry)
    assert texts(tmp_path)["app/main.py"] == FILES["app/main.py"] and texts(tmp_path)["pkg/store.py"] == BEGUN


def test_printed_patch_is_what_git_applies(tmp_path: Path) -> None:
    begin(tmp_path)
    rest = carry_on(tmp_path)
    assert rest is not None
    (tmp_path / ".git" / "rest.patch").write_text(rest.diff)
    git(tmp_path, "apply", ".git/rest.patch")
    assert "load" not in texts(tmp_path)["app/main.py"].replace("load_all", "")


def test_lines_that_are_not_staged_are_left_to_the_user(tmp_path: Path) -> None:
    begin(tmp_path)
    mine = str(FILES["app/main.py"]).replace("print(load('x'))", "print(load('mine'))")
    put(tmp_path, {"app/main.py": mine, "scratch.py": "from pkg.store import load\n"})
    rest = carry_on(tmp_path, write=True)
    assert rest is not None and rest.untouched == ("app/main.py:5",) and rest.unknown == ("scratch.py:1",)
    found = texts(tmp_path)
    assert found["app/main.py"] == mine and found["scratch.py"] == "from pkg.store import load\n"
    assert "import fetch" in found["tests/test_store.py"]


def test_rest_in_files_that_are_left_to_the_user_is_told(tmp_path: Path) -> None:
    done = {path: str(FILES[path]).replace("load", "fetch") for path in ("pkg/__init__.py", "tests/test_store.py")}
    begin(tmp_path, {"pkg/store.py": BEGUN.replace("[load(", "[fetch("), **done})
    put(tmp_path, {"app/main.py": str(FILES["app/main.py"]).replace("('x'))", "('mine'))"), "scratch.py": "from pkg.store import load\n"})
    before = tree(tmp_path)
    rest = carry_on(tmp_path, write=True)
    assert rest is not None and rest.untouched == ("app/main.py:5",) and rest.unknown == ("scratch.py:1",)
    assert rest.diff == "" and isinstance(rest.outcome, Proposed) and tree(tmp_path) == before


def test_staged_change_counts_and_not_what_is_on_disk_alone(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    put(tmp_path, {"pkg/store.py": BEGUN})
    assert look(tmp_path) is None
    git(tmp_path, "add", "pkg/store.py")
    put(tmp_path, {"pkg/store.py": BEGUN + "\n\nMORE = 1\n"})
    rest = carry_on(tmp_path, write=True)
    assert rest is not None and texts(tmp_path)["pkg/store.py"].endswith("MORE = 1\n") and "[fetch(path)" in texts(tmp_path)["pkg/store.py"]


@pytest.mark.parametrize(
    "staged",
    [
        {"pkg/store.py": str(FILES["pkg/store.py"]) + "\n\ndef more():\n    return load(1)\n"},
        {"pkg/store.py": BEGUN + "\n\nload = fetch\n"},
        {"pkg/new.py": "def fetch(path):\n    return path\n"},
        {"README.md": "nothing\n"},
    ],
)
def test_nothing_begun_is_seen_at_once(tmp_path: Path, staged: dict[str, str | bytes]) -> None:
    make_repository(tmp_path, FILES)
    put(tmp_path, staged)
    git(tmp_path, "add", "-A")
    assert look(tmp_path) is None


def test_finished_rename_is_no_alarm_though_words_are_left(tmp_path: Path) -> None:
    done = {path: str(text).replace("load", "fetch") for path, text in FILES.items() if path != "pkg/other.py"}
    begin(tmp_path, {**done, "CHANGES.md": "`load` is called `fetch` now.\n"})
    # The homonym and the word are there to be looked at, and nothing certain among them.
    assert look(tmp_path) is None or carry_on(tmp_path) is None


def test_alarm_needs_the_denoiser_s_agreement(tmp_path: Path) -> None:
    begin(tmp_path)
    assert carry_on(tmp_path, _Stubborn("load", "fetch", home="store", calls_only=False)) is None


def test_rest_that_would_break_something_is_told_and_nothing_written(tmp_path: Path) -> None:
    begin(tmp_path)
    before = tree(tmp_path)
    rest = carry_on(tmp_path, _Stubborn("load", "fetch", home="store"), write=True)
    assert rest is not None and isinstance(rest.outcome, Declined) and "break the code" in rest.outcome.reason and tree(tmp_path) == before


@dataclass(slots=True)
class _Stubborn(Renamer):
    """Keeps every call, or everything that is not done, whatever the diagnostics say."""

    calls_only: bool = True

    def _site(self, domain, lexemes, at, channels):  # type: ignore[no-untyped-def]
        is_call = at + 1 < len(lexemes) and lexemes[at] == "load" and lexemes[at + 1] == "("
        if domain[Value.KEEP] and (is_call or not self.calls_only):
            return Value.KEEP
        return Renamer._site(self, domain, lexemes, at, channels)


def test_module_begun_is_finished_at_its_importers(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    git(tmp_path, "mv", "pkg/store.py", "pkg/shelf.py")
    rest = carry_on(tmp_path, Renamer("store", "shelf"), write=True)
    assert rest is not None and isinstance(rest.outcome, Published)
    found = texts(tmp_path)
    assert found["pkg/__init__.py"].startswith("from .shelf import load") and "from pkg.shelf import load" in found["app/main.py"]
    assert found["pkg/shelf.py"] == FILES["pkg/store.py"] and "pkg/store.py" not in found


def test_crlf_and_byte_order_mark_survive(tmp_path: Path) -> None:
    marked = b"\xef\xbb\xbffrom pkg.store import load\r\nload(1)\r\n"
    make_repository(tmp_path, {**FILES, "win.py": marked, "pkg/store.py": "\ufeff" + str(FILES["pkg/store.py"])})
    put(tmp_path, {"pkg/store.py": "\ufeff" + BEGUN})
    git(tmp_path, "add", "-A")
    rest = carry_on(tmp_path, write=True)
    assert rest is not None
    assert (tmp_path / "win.py").read_bytes() == marked.replace(b"load", b"fetch")
    assert (tmp_path / "pkg/store.py").read_text() == "\ufeff" + BEGUN.replace("[load(", "[fetch(")


def test_first_commit_and_no_repository_are_silent(tmp_path: Path) -> None:
    assert look(tmp_path) is None
    make_repository(tmp_path / "fresh", FILES, commit=False)
    git(tmp_path / "fresh", "add", "-A")
    assert look(tmp_path / "fresh") is None


@pytest.mark.parametrize("what", ["merge", "rebase"])
def test_merge_and_rebase_are_left_alone(tmp_path: Path, what: str) -> None:
    make_repository(tmp_path, {"a.py": "def load(path):\n    return open(path).read()\n", "b.py": "x = 1\n"})
    git(tmp_path, "checkout", "-qb", "side")
    put(tmp_path, {"a.py": "def fetch(path):\n    return open(path).read()\n", "b.py": "from a import load\nx = 2\n"})
    git(tmp_path, "commit", "-qam", "side")
    git(tmp_path, "checkout", "-q", "-")
    put(tmp_path, {"b.py": "x = 3\n"})
    git(tmp_path, "commit", "-qam", "main")
    with pytest.raises(Exception, match="non-zero"):
        git(tmp_path, what, "side")
    put(tmp_path, {"b.py": "from a import load\nx = 2\n"})
    git(tmp_path, "add", "-A")
    assert look(tmp_path) is None


def test_linked_worktree_is_a_repository_like_any(tmp_path: Path) -> None:
    make_repository(tmp_path / "main", FILES)
    linked = tmp_path / "linked"
    git(tmp_path / "main", "worktree", "add", "-q", str(linked))
    put(linked, {"pkg/store.py": BEGUN})
    git(linked, "add", "-A")
    assert look(tmp_path / "main") is None
    rest = carry_on(linked, write=True)
    assert rest is not None and "import fetch" in texts(linked)["app/main.py"]
    assert (tmp_path / "main/app/main.py").read_text() == FILES["app/main.py"]


def test_slow_repository_is_given_up_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin(tmp_path)
    before = tree(tmp_path)
    assert command.run(repo=tmp_path, fix=True, max_seconds=command.STARTED + 0.01, engine="embedded") == 0
    assert "given up" in capsys.readouterr().err and tree(tmp_path) == before


def test_deadline_interrupts_work_and_is_gone_afterwards() -> None:
    with pytest.raises(OutOfTime), within(0.02):
        while True:
            pass
    with within(5.0):
        pass


def test_install_keeps_the_hook_that_is_there_and_gives_it_back(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, FILES)
    place = tmp_path / ".git/hooks" / NAME
    place.parent.mkdir(exist_ok=True)
    place.write_text("#!/bin/sh\necho mine\n")
    place.chmod(0o755)
    assert install(repository, fix=False).former == place.with_name(FORMER)
    assert install(repository, fix=True).place == place and "hook --fix" in place.read_text()
    assert os.access(place, os.X_OK) and "mine" in place.with_name(FORMER).read_text()
    gone = uninstall(repository)
    assert gone is not None and place.read_text() == "#!/bin/sh\necho mine\n" and not place.with_name(FORMER).exists()
    assert uninstall(repository) is None and place.exists()


def test_install_goes_where_git_looks_and_never_outside(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "own", FILES)
    git(tmp_path / "own", "config", "core.hooksPath", ".hooks")
    assert install(repository, fix=False).place == tmp_path / "own/.hooks" / NAME
    git(tmp_path / "own", "config", "core.hooksPath", str(tmp_path / "shared"))
    with pytest.raises(HookInTheWay, match="outside this repository"):
        install(repository, fix=False)
    assert not (tmp_path / "shared").exists()


def test_install_never_writes_over_two_hooks(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, FILES)
    hooks = tmp_path / ".git/hooks"
    put(hooks, {NAME: "mine\n", FORMER: "older\n"})
    with pytest.raises(HookInTheWay, match="there as well"):
        install(repository, fix=False)
    assert (hooks / NAME).read_text() == "mine\n" and (hooks / FORMER).read_text() == "older\n"


def test_trouble_of_its_own_stops_no_commit(tmp_path: Path) -> None:
    begin(tmp_path)
    command = [sys.executable, "-m", "agent", "hook", "--engine", "nonesuch", "--max-seconds", "60"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "There is no engine nonesuch" in done.stderr
