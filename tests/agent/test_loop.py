"""The loop on real repositories, with a scripted denoiser: what is published, what is not, and what stays untouched."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from agent.events import Diagnosed, Event, PhaseStarted, Planned
from agent.loop import edit, load_denoiser, plan
from agent.outcome import Decision, Declined, EditRequest, Outcome, PlanView, Proposal, Proposed, Published
from agent.publish import redo, undo
from agent.worktree import Repository
from editops import ChangeSet, CreateFile
from engine import UnknownEngine
from engine.testing import ScriptedDenoiser
from engine.values import Value
from tests.agent.repos import git, git_state, make_repository, put, tree
from tests.agent.scripted import Renamer

FILES: dict[str, str | bytes] = {
    "pkg/__init__.py": "from .store import load\n\n__all__ = ['load']\n",
    "pkg/store.py": "def load(path):\n    return path\n\n\ndef load_all(paths):\n    return [load(path) for path in paths]\n",
    "pkg/other.py": "def load(x):\n    return x\n\n\nprint(load(1))\n",
    "app/main.py": "from pkg.store import load\n\nprint(load('x'))\n",
    "tests/test_store.py": "from pkg import load\n\n\ndef test_load():\n    assert load(1) == 1\n",
}
SAY = "rename load in store to fetch"


def run(root: Path, denoiser: Renamer | ScriptedDenoiser, *, publish: bool = True, **asked: object) -> tuple[Outcome, list[Event]]:
    """One edit of the repository at `root`; `publish` False is a dry run."""
    request = EditRequest(**{"instruction": SAY, "repository": root, **asked})  # type: ignore[arg-type]
    events: list[Event] = []
    outcome = edit(request, emit=events.append, approve=lambda proposal: proposal.change if publish else None, denoiser=denoiser)
    return outcome, events


def renamer(**options: object) -> Renamer:
    return Renamer("load", "fetch", home="store", **options)  # type: ignore[arg-type]


def texts(root: Path) -> dict[str, str]:
    return {path: data.decode("utf-8", "replace") for path, (data, _) in tree(root).items()}


def test_edit_is_published_over_all_files_and_the_homonym_kept(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    outcome, events = run(tmp_path, renamer())
    assert isinstance(outcome, Published)
    found = texts(tmp_path)
    assert found["pkg/other.py"] == FILES["pkg/other.py"] and "load_all" in found["pkg/store.py"]
    assert found["pkg/store.py"].startswith("def fetch(path)") and "[fetch(path)" in found["pkg/store.py"]
    assert found["app/main.py"] == "from pkg.store import fetch\n\nprint(fetch('x'))\n"
    assert found["pkg/__init__.py"] == "from .store import fetch\n\n__all__ = ['fetch']\n"
    assert found["tests/test_store.py"] == "from pkg import fetch\n\n\ndef test_fetch():\n    assert fetch(1) == 1\n"
    phases = [event.phase for event in events if isinstance(event, PhaseStarted)]
    assert phases == ["locate", "plan", "sites", "validate", "publish"] and any(isinstance(e, Planned) for e in events)


def test_receipt_names_every_site_with_its_decision(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    outcome, _ = run(tmp_path, renamer(), publish=False)
    assert isinstance(outcome, Proposed)
    report = outcome.proposal.report
    lines = {(site.path, site.line, site.column): site for site in report.receipt}
    assert lines["pkg/store.py", 1, 4].after == "fetch" and lines["pkg/store.py", 5, 4].before == "load_all"
    assert {site.decision for site in report.receipt if site.path == "pkg/other.py"} == {Decision.KEEP}
    assert all(site.reason and site.role and 0.5 < site.confidence <= 1.0 for site in report.receipt)
    assert report.plan is not None and report.plan.intents[0].target == "pkg/store.py::load"
    assert report.forward_passes > 0 < report.lexeme_passes and report.timings["total"] > 0


def test_reading_the_diff_takes_nothing_from_the_time_of_the_tests(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)

    def read(proposal: Proposal) -> ChangeSet:
        time.sleep(3.5)
        return ChangeSet.of([*proposal.change.ops, CreateFile("slow", b"")], proposal.files)

    request = EditRequest(SAY, tmp_path, tests="sh -c 'test ! -e slow || sleep 1.5'", max_seconds=4.0)
    began = time.monotonic()
    outcome = edit(request, emit=lambda event: None, approve=read, denoiser=renamer())
    assert isinstance(outcome, Published), outcome
    timings = outcome.proposal.report.timings
    assert timings["validate"] + 1.5 < timings["total"] < time.monotonic() - began - 3.5


def test_dry_run_writes_nothing_and_shows_the_diff(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    before, state = tree(tmp_path), git_state(tmp_path)
    outcome, _ = run(tmp_path, renamer(), publish=False)
    assert isinstance(outcome, Proposed) and "+def fetch(path):" in outcome.proposal.diff
    assert tree(tmp_path) == before and git_state(tmp_path) == state


@pytest.mark.parametrize(
    ("asked", "changed"),
    [
        ({"only": ("pkg/*",)}, {"pkg/__init__.py", "pkg/store.py"}),
        ({"paths": ("pkg",)}, {"pkg/__init__.py", "pkg/store.py"}),
        ({"exclude": ("tests/*", "app/*")}, {"pkg/__init__.py", "pkg/store.py"}),
        ({"exclude": ("*.md",)}, {"pkg/__init__.py", "pkg/store.py", "app/main.py", "tests/test_store.py"}),
    ],
)
def test_restricted_edit_changes_the_wanted_files_alone(tmp_path: Path, asked: dict[str, object], changed: set[str]) -> None:
    # Nothing outside the package imports the name by itself, so that a restricted rename is a valid one.
    free = {"app/main.py": "load = 'pkg.store.load'\n", "tests/test_store.py": "def test_load(): ...\n"} if "md" not in str(asked) else {}
    make_repository(tmp_path, {**FILES, **free})
    before = tree(tmp_path)
    outcome, _ = run(tmp_path, renamer(), **asked)
    assert isinstance(outcome, Published)
    assert {path for path, found in tree(tmp_path).items() if found != before.get(path)} == changed


def test_scope_said_in_the_instruction_is_honoured(tmp_path: Path) -> None:
    make_repository(tmp_path, {**FILES, "tests/test_store.py": "def test_load(): ...\n"})
    outcome, _ = run(tmp_path, renamer(words={"tests": Value.EXCEPT}), instruction=SAY + " but not in tests")
    assert isinstance(outcome, Published) and "test_load" in texts(tmp_path)["tests/test_store.py"]


DECLINED = {
    "missing": ("rename nothere to fetch", Renamer("nothere", "fetch"), "Nothing called nothere"),
    "ambiguous": ("rename load to fetch", Renamer("load", "fetch"), "could be any of 2"),
    "no new name": ("rename load in store", renamer(), "no new name"),
    "name clash": ("rename load in store to load_all", Renamer("load", "load_all", home="store"), "already"),
    "keyword": ("rename load in store to class", Renamer("load", "class", home="store"), "cannot be a name"),
    "not a rename": ("delete load in store", renamer(is_rename=False), "does not read as a refactoring"),
    "unknown place": (SAY + " only nowhere", renamer(words={"nowhere": Value.ONLY}), "no file or folder nowhere"),
    "file clash": ("rename module store to other", Renamer("store", "other"), "already"),
    "everything kept": (SAY, renamer(errs=lambda lexemes, at: lexemes[at] in ("load", "test_load") and "other" not in lexemes), "Nothing would change"),
}


@pytest.mark.parametrize("case", DECLINED)
def test_what_cannot_be_done_is_declined_in_one_sentence_and_nothing_changes(tmp_path: Path, case: str) -> None:
    instruction, denoiser, words = DECLINED[case]
    make_repository(tmp_path, FILES)
    before, state = tree(tmp_path), git_state(tmp_path)
    outcome, _ = run(tmp_path, denoiser, instruction=instruction)
    assert isinstance(outcome, Declined) and words in outcome.reason
    assert outcome.reason.endswith((".", "?")) and "\n" not in outcome.reason
    assert tree(tmp_path) == before and git_state(tmp_path) == state


def test_ambiguous_target_comes_with_its_candidates(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    outcome, _ = run(tmp_path, Renamer("load", "fetch"))
    assert isinstance(outcome, Declined) and set(outcome.candidates) == {"pkg/store.py::load", "pkg/other.py::load"}


def _missed_import(lexemes: tuple[str, ...], at: int) -> bool:
    return "main" in lexemes and lexemes[at - 1 : at + 1] == ("import", "load")


def test_missed_import_is_mended_by_the_denoiser_with_all_other_slots_clamped(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    denoiser = renamer(errs=_missed_import)
    outcome, events = run(tmp_path, denoiser)
    assert isinstance(outcome, Published) and 1 <= outcome.proposal.report.rounds <= 2
    assert texts(tmp_path)["app/main.py"] == "from pkg.store import fetch\n\nprint(fetch('x'))\n"
    rounds = [event.diagnostics for event in events if isinstance(event, Diagnosed)]
    assert rounds[0] and not rounds[-1]
    # Only the missed import and what stands on the lines of a complaint came back masked, in canvases otherwise clamped.
    assert "load" in denoiser.blamed and len(denoiser.blamed) <= 6 and "load_all" not in denoiser.blamed


def test_wrongly_changed_homonym_is_mended_without_losing_another_decision(tmp_path: Path) -> None:
    files = {**FILES, "pkg/other.py": "import pkg.third\n\nprint(pkg.third.load(1))\n", "pkg/third.py": "def load(x):\n    return x\n"}
    make_repository(tmp_path, files)
    outcome, _ = run(tmp_path, renamer(errs=lambda lexemes, at: lexemes[at] == "load" and lexemes[at - 2 : at - 1] == ("third",)))
    assert isinstance(outcome, Published) and outcome.proposal.report.rounds == 1
    found = texts(tmp_path)
    assert found["pkg/other.py"] == files["pkg/other.py"] and "fetch" in found["app/main.py"] and "fetch" in found["pkg/store.py"]


def test_fault_that_the_denoiser_insists_on_is_never_published(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    before = tree(tmp_path)
    denoiser = renamer(errs=_missed_import)
    outcome, _ = run(tmp_path, denoiser, max_rounds=0)
    assert isinstance(outcome, Declined) and "would break the code" in outcome.reason and "app/main.py" in outcome.reason
    assert tree(tmp_path) == before and outcome.report.diagnostics


def test_work_in_progress_stays_as_it_is(tmp_path: Path) -> None:
    make_repository(tmp_path, {**FILES, "notes.txt": "one\n"})
    put(tmp_path, {"notes.txt": "two\n"})
    git(tmp_path, "add", "notes.txt")
    put(tmp_path, {"notes.txt": "three\n", "new.py": "from pkg.store import load\n\nx = 1\nload(x)\n", "app/main.py": "from pkg import load\nload(2)\n"})
    state = git_state(tmp_path)
    outcome, _ = run(tmp_path, renamer())
    assert isinstance(outcome, Published) and git_state(tmp_path) == state
    found = texts(tmp_path)
    assert found["new.py"] == "from pkg.store import fetch\n\nx = 1\nfetch(x)\n" and found["app/main.py"] == "from pkg import fetch\nfetch(2)\n"
    assert found["notes.txt"] == "three\n" and git(tmp_path, "show", ":notes.txt") == "two\n"
    assert git(tmp_path, "diff", "--cached", "--name-only") == "notes.txt\n"


def test_undo_restores_every_byte(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {**FILES, "crlf.py": "from pkg.store import load\r\nload('é')\r\n"})
    before = tree(tmp_path)
    outcome, _ = run(tmp_path, renamer())
    assert isinstance(outcome, Published) and texts(tmp_path)["crlf.py"] == "from pkg.store import fetch\r\nfetch('é')\r\n"
    undo(repository, entry=outcome.entry)
    assert tree(tmp_path) == before


def test_unreadable_files_are_reported_and_left_alone(tmp_path: Path) -> None:
    odd: dict[str, str | bytes] = {"pkg/broken.py": "def load(:\n", "pkg/latin.py": "# é load\n".encode("latin-1")}
    make_repository(tmp_path, {**FILES, **odd})
    outcome, _ = run(tmp_path, renamer())
    assert isinstance(outcome, Published)
    assert set(outcome.proposal.report.skipped) == set(odd) and all(outcome.proposal.report.skipped.values())
    assert all((tmp_path / path).read_bytes() == (data.encode() if isinstance(data, str) else data) for path, data in odd.items())


def test_kept_alias_leaves_both_names_importable(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    outcome, _ = run(tmp_path, renamer(alias=True), instruction=SAY + " and keep the old name")
    assert isinstance(outcome, Published)
    found = texts(tmp_path)
    assert "    return path\n\n\nload = fetch\n\n\ndef load_all" in found["pkg/store.py"]
    assert found["pkg/__init__.py"] == "from .store import fetch, load\n\n__all__ = ['fetch', 'load']\n"


def test_module_is_moved_with_every_import(tmp_path: Path) -> None:
    make_repository(tmp_path, {**FILES, "pkg/store.pyi": "def load(path: str) -> str: ...\n"})
    outcome, _ = run(tmp_path, Renamer("store", "shelf"), instruction="rename module store to shelf")
    assert isinstance(outcome, Published)
    found = texts(tmp_path)
    assert found["pkg/shelf.py"] == FILES["pkg/store.py"] and "pkg/store.py" not in found and "pkg/shelf.pyi" in found
    assert found["app/main.py"].startswith("from pkg.shelf import") and "tests/test_shelf.py" in found


def test_plan_only_says_what_was_understood(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    found = plan(EditRequest(SAY, tmp_path), emit=lambda event: None, denoiser=renamer())
    assert isinstance(found, PlanView) and (found.intents[0].old, found.intents[0].new) == ("load", "fetch")
    assert isinstance(plan(EditRequest("?", tmp_path), emit=lambda event: None, denoiser=renamer()), Declined)


def test_repository_without_a_commit_can_be_edited(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, FILES, commit=False)
    assert isinstance(repository, Repository)
    outcome, _ = run(tmp_path, renamer())
    assert isinstance(outcome, Published) and "def fetch(path)" in texts(tmp_path)["pkg/store.py"]


def test_scripted_denoiser_of_the_engine_is_enough_for_the_loop(tmp_path: Path) -> None:
    make_repository(tmp_path, {"a.py": "def load(): ...\n"})

    def script(lexemes: tuple[str, ...], at: int) -> Value:
        if lexemes[0] != "rename":
            return Value.REPLACE
        # The candidate definition stands behind the instruction.
        values = {0: Value.RENAME, 4: Value.NO_ALIAS, 5: Value.ANYWHERE, 7: Value.OLD_1, 9: Value.NEW_1, 10: Value.TARGET_1}
        return values.get(at, Value.OTHER if at > 5 else Value.NOTHING)

    outcome, _ = run(tmp_path, ScriptedDenoiser(script), instruction="rename load to fetch")
    assert isinstance(outcome, Published) and (tmp_path / "a.py").read_text() == "def fetch(): ...\n"


def edit_while_asked(root: Path, path: str, text: str) -> tuple[Outcome, dict[str, str]]:
    """A person saves `text` in another window before saying yes to the whole proposal."""
    def approve(proposal: Proposal) -> ChangeSet:
        put(root, {path: text})
        return proposal.change

    return edit(EditRequest(SAY, root), emit=lambda event: None, approve=approve, denoiser=renamer()), texts(root)


def test_edits_made_while_asked_are_kept_and_the_change_carried_over(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    outcome, found = edit_while_asked(tmp_path, "app/main.py", "# mine\nfrom pkg.store import load\n\nprint(load('x'))\nprint('mine')\n")
    assert isinstance(outcome, Published) and "+from pkg.store import fetch" in outcome.proposal.diff
    assert found["app/main.py"] == "# mine\nfrom pkg.store import fetch\n\nprint(fetch('x'))\nprint('mine')\n"
    undo(Repository.open(tmp_path))
    assert texts(tmp_path)["app/main.py"] == "# mine\nfrom pkg.store import load\n\nprint(load('x'))\nprint('mine')\n"


def test_edits_made_while_asked_in_the_same_place_are_a_conflict(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    before = texts(tmp_path)
    outcome, found = edit_while_asked(tmp_path, "app/main.py", "from pkg.store import load_all\n")
    assert isinstance(outcome, Declined) and "app/main.py changed in the same places" in outcome.reason
    assert found == before | {"app/main.py": "from pkg.store import load_all\n"}


def test_edits_made_while_asked_that_break_the_change_are_noticed(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    text = str(FILES["app/main.py"]) + "\nprint(load('again'))\n"
    outcome, found = edit_while_asked(tmp_path, "app/main.py", text)
    assert isinstance(outcome, Declined) and "load" in outcome.reason and found["app/main.py"] == text


def test_git_folder_stays_as_it_is_through_edit_undo_and_redo(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    put(tmp_path, {"app/main.py": str(FILES["app/main.py"]) + "stashed = 1\n"})
    git(tmp_path, "stash")
    put(tmp_path, {"staged.py": "s = 1\n", ".gitignore": "ignored.py\n", "ignored.py": "i = 1\n", "untracked.py": "u = 1\n"})
    git(tmp_path, "add", "staged.py", ".gitignore")
    put(tmp_path, {"staged.py": "s = 2\n", ".git/hooks/pre-commit": "#!/bin/sh\ntouch ran\n", ".git/hooks/post-checkout": "#!/bin/sh\ntouch ran\n"})
    for hook in ("pre-commit", "post-checkout"):
        (tmp_path / ".git/hooks" / hook).chmod(0o755)
    before, files = git_state(tmp_path), texts(tmp_path)
    assert isinstance(run(tmp_path, renamer())[0], Published)
    assert git_state(tmp_path) == before
    undo(Repository.open(tmp_path))
    assert (git_state(tmp_path), texts(tmp_path)) == (before, files)
    redo(Repository.open(tmp_path))
    assert git_state(tmp_path) == before and texts(tmp_path)["staged.py"] == "s = 2\n"


def test_a_plan_that_is_not_certain_enough_is_not_carried_out_unasked(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    before = texts(tmp_path)
    outcome = edit(EditRequest(SAY, tmp_path, sure=1.01), emit=lambda event: None, approve=lambda proposal: proposal.change, denoiser=renamer())
    assert isinstance(outcome, Declined) and "--sure" in outcome.reason and texts(tmp_path) == before


@pytest.mark.parametrize("name", ["openai:http://localhost:1/v1#m", "vllm:http://localhost:1", "google/model", "./folder"])
def test_hub_engine_is_not_called_unknown(name: str) -> None:
    with pytest.raises(UnknownEngine, match="is a hub engine, which only `redraft edit` with an instruction can use"):
        load_denoiser(name)


def test_engine_that_is_none_is_called_unknown() -> None:
    with pytest.raises(UnknownEngine, match="There is no engine nonsense"):
        load_denoiser("nonsense")
