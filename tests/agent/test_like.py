"""By example: a diff, applied or not, or what is staged, is followed through the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import NothingToUndo
from agent.incoming import Incoming
from agent.like import LAST, STAGED, follow
from agent.outcome import Declined, EditRequest, Outcome, Published
from agent.publish import undo
from agent.worktree import Repository
from tests.agent.repos import git, make_repository, put, tree
from tests.agent.scripted import Renamer
from tests.agent.test_hook import BEGUN, FILES, texts


def like(root: Path, example: str | None, denoiser: Renamer | None = None, **asked: object) -> Outcome:
    request = EditRequest(instruction="like", repository=root, **asked)  # type: ignore[arg-type]
    given = STAGED if example is None else example if example == LAST else Incoming(example.encode(), "shown.diff")
    chosen = denoiser or Renamer("load", "fetch", home="store")
    return follow(request, given, emit=lambda event: None, approve=lambda proposal: proposal.change, denoiser=chosen)


def shown(root: Path, files: dict[str, str | bytes]) -> str:
    """The diff of some files, which are then as they were."""
    put(root, files)
    diff = git(root, "diff")
    git(root, "checkout", "-q", ".")
    return diff


def is_followed(root: Path) -> bool:
    found = texts(root)
    return (
        found["pkg/store.py"] == BEGUN.replace("[load(", "[fetch(")
        and found["app/main.py"] == str(FILES["app/main.py"]).replace("load", "fetch")
        and found["pkg/other.py"] == FILES["pkg/other.py"]
    )


def test_diff_that_is_not_applied_is_part_of_what_is_made(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    diff = shown(tmp_path, {"pkg/store.py": BEGUN + "\n\nMORE = 1\n"})
    before = tree(tmp_path)
    outcome = like(tmp_path, diff)
    assert isinstance(outcome, Published) and texts(tmp_path)["pkg/store.py"].endswith("MORE = 1\n")
    put(tmp_path, {"pkg/store.py": texts(tmp_path)["pkg/store.py"].removesuffix("\n\nMORE = 1\n")})
    assert is_followed(tmp_path)
    git(tmp_path, "checkout", "-q", ".")
    assert tree(tmp_path) == before


@pytest.mark.parametrize("how", ["diff", "staged"])
def test_what_is_done_already_is_followed(tmp_path: Path, how: str) -> None:
    make_repository(tmp_path, FILES)
    put(tmp_path, {"pkg/store.py": BEGUN})
    diff = git(tmp_path, "diff")
    if how == "staged":
        git(tmp_path, "add", "-A")
    outcome = like(tmp_path, diff if how == "diff" else None)
    assert isinstance(outcome, Published) and is_followed(tmp_path)
    undo(Repository.open(tmp_path), entry=outcome.entry)
    assert texts(tmp_path)["pkg/store.py"] == BEGUN and texts(tmp_path)["app/main.py"] == FILES["app/main.py"]


def test_example_is_declined_where_the_named_paths_would_leave_it_broken(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    put(tmp_path, {"pkg/store.py": BEGUN})
    before = tree(tmp_path)
    outcome = like(tmp_path, git(tmp_path, "diff"), paths=("app",))
    assert isinstance(outcome, Declined) and "undefined name" in outcome.reason and tree(tmp_path) == before


def test_renamed_module_of_a_diff_is_followed(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    git(tmp_path, "mv", "pkg/store.py", "pkg/shelf.py")
    diff = git(tmp_path, "diff", "--cached", "-M")
    git(tmp_path, "reset", "-q", "--hard")
    outcome = like(tmp_path, diff, Renamer("store", "shelf"))
    assert isinstance(outcome, Published)
    found = texts(tmp_path)
    assert found["pkg/shelf.py"] == FILES["pkg/store.py"] and "pkg/store.py" not in found
    assert "from pkg.shelf import load" in found["app/main.py"]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"pkg/store.py": BEGUN.replace("fetch", "load") + "\n\nMORE = 1\n"}, "another name"),
        ({"pkg/store.py": str(FILES["pkg/store.py"]).replace("return file.read()", "return file.read(1)")}, "signature"),
    ],
)
def test_example_that_cannot_be_followed_is_declined_in_a_sentence(tmp_path: Path, files: dict[str, str | bytes], reason: str) -> None:
    make_repository(tmp_path, FILES)
    outcome = like(tmp_path, shown(tmp_path, files))
    assert isinstance(outcome, Declined) and reason in outcome.reason and texts(tmp_path) == {path: str(text) for path, text in FILES.items()}


def test_diff_of_other_files_is_declined(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    diff = shown(tmp_path, {"pkg/store.py": BEGUN})
    put(tmp_path, {"pkg/store.py": "def other():\n    pass\n"})
    outcome = like(tmp_path, diff)
    assert isinstance(outcome, Declined) and "neither before nor after" in outcome.reason


def test_last_edit_is_followed_where_it_was_not_made(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    first = like(tmp_path, shown(tmp_path, {"pkg/store.py": BEGUN}))
    assert isinstance(first, Published)
    late = "from pkg.store import load\n\nprint(load(1))\n"
    put(tmp_path, {"app/late.py": late, "app/main.py": texts(tmp_path)["app/main.py"] + "x = 1\n"})
    outcome = like(tmp_path, LAST)
    assert isinstance(outcome, Published), outcome
    assert texts(tmp_path)["app/late.py"] == late.replace("load", "fetch") and texts(tmp_path)["app/main.py"].endswith("x = 1\n")


def test_without_an_edit_there_is_nothing_to_follow(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    with pytest.raises(NothingToUndo):
        like(tmp_path, LAST)
