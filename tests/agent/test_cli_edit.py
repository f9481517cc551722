"""`redraft edit` with a scripted loop: what goes to which stream, and the exit code."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.commands import edit, log, redo, undo
from agent.errors import NothingToRedo, NothingToUndo, OutsideRepository, UnknownEntry, UserError
from agent.events import Emit, Planned
from agent.history import Entry
from agent.outcome import (
    Decision,
    Declined,
    EditRequest,
    IntentView,
    Outcome,
    PlanView,
    Proposal,
    Proposed,
    Published,
    Report,
    SiteDecision,
)
from agent.publish import publish
from agent.worktree import Repository
from editops import ChangeSet, Span, TextEdit, parse, unified_diff

PLAN = PlanView((IntentView("function", "a.py::load", "load", "fetch", 0.9),))
SITE = SiteDecision("a.py", 1, 5, "load", "fetch", Decision.CHANGE, 0.9, "definition", "the definition")
BEFORE, AFTER = "def load(): ...\n", "def fetch(): ...\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A Tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@example.org")
    (tmp_path / "a.py").write_text(BEFORE)
    for arguments in (["init", "-q"], ["add", "a.py"], ["commit", "-qm", "start"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    return tmp_path


def scripted(request: EditRequest, *, emit: Emit, approve: Callable[[Proposal], ChangeSet | None]) -> Outcome:
    """Proposes one edit and publishes what is approved."""
    repository = Repository.open(request.repository)
    files = {"a.py": repository.read("a.py")}
    change = ChangeSet.of([TextEdit.on("a.py", files["a.py"], Span(4, 8), b"fetch")], files)
    report = Report(request.instruction, PLAN, (SITE,), timings={"plan": 0.5}, forward_passes=3, lexeme_passes=9)
    emit(Planned(PLAN))
    proposal = Proposal(change, files, unified_diff(change, files), report)
    approved = approve(proposal)
    if approved is None:
        return Proposed(proposal)
    entry = publish(repository, approved, request.instruction)
    assert isinstance(entry, Entry)
    return Published(proposal, entry.id)


def declining(request: EditRequest, *, emit: Emit, approve: Callable[[Proposal], ChangeSet | None]) -> Outcome:
    return Declined("There are two functions load.", Report(request.instruction), ("a.py::load", "b.py::load"))


def run(repository: Path, **changed: Any) -> int:
    options: dict[str, Any] = {
        "instruction": "rename load to fetch", "file": None, "paths": (), "repo": repository, "only": (),
        "exclude": (), "tests": "none", "engine": "embedded", "seed": 0, "max_seconds": 60.0, "max_rounds": 2,
        "yes": False, "dry_run": False, "commit": False, "as_json": False, "output": None, "loop": scripted,
    }
    return edit.run(**{**options, **changed})


def content(repository: Path) -> str:
    return (repository / "a.py").read_text()


def test_yes_writes_and_tells_how_to_take_it_back(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(repository, yes=True) == 0
    assert content(repository) == AFTER
    said = capfd.readouterr().err
    assert said.startswith("rename function load -> fetch (a.py)\n")
    assert "redraft undo" in said


def test_dry_run_prints_a_patch_that_git_applies(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(repository, dry_run=True) == 0
    assert content(repository) == BEFORE
    subprocess.run(["git", "apply"], cwd=repository, input=capfd.readouterr().out.encode(), check=True)
    assert content(repository) == AFTER


def test_dry_run_wins_over_yes(repository: Path) -> None:
    assert run(repository, dry_run=True, yes=True) == 0
    assert content(repository) == BEFORE


def test_without_yes_off_a_terminal_nothing_is_written(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(repository) == 1
    assert content(repository) == BEFORE
    said = capfd.readouterr()
    assert "+def fetch" in said.out and "--yes" in said.err


def test_declined_gives_the_reason_and_the_candidates(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(repository, loop=declining, yes=True) == 1
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err == "redraft: There are two functions load.\n  a.py::load\n  b.py::load\n"


def test_format_jsonl_prints_the_change_stream(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(repository, dry_run=True, output="jsonl") == 0
    assert isinstance(parse(capfd.readouterr().out), ChangeSet)


@pytest.mark.parametrize(
    ("options", "code", "outcome"),
    [
        ({"yes": True}, 0, "published"),
        ({"dry_run": True}, 0, "proposed"),
        ({}, 1, "proposed"),
        ({"yes": True, "loop": declining}, 1, "declined"),
    ],
)
def test_json_is_one_object_whatever_happens(
    repository: Path, capfd: pytest.CaptureFixture[str], options: dict[str, Any], code: int, outcome: str
) -> None:
    assert run(repository, as_json=True, **options) == code
    said = capfd.readouterr()
    found = json.loads(said.out)
    assert said.err == "" and found["outcome"] == outcome
    assert found.keys() >= {
        "reason", "plan", "receipt", "diagnostics", "timings", "forward_passes", "lexeme_passes", "rounds", "entry",
        "diff", "candidates", "skipped",
    }


def test_json_receipt_holds_every_field_of_a_site(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(repository, as_json=True, dry_run=True)
    (site,) = json.loads(capfd.readouterr().out)["receipt"]
    assert site == {
        "path": "a.py", "line": 1, "column": 5, "before": "load", "after": "fetch", "decision": "change",
        "confidence": 0.9, "role": "definition", "reason": "the definition",
    }


def test_commit_commits_the_changed_files_only(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (repository / "other.txt").write_text("mine")
    subprocess.run(["git", "add", "other.txt"], cwd=repository, check=True)
    assert run(repository, yes=True, commit=True) == 0
    assert "committed as" in capfd.readouterr().err
    shown = subprocess.run(
        ["git", "show", "--name-only", "--format=%s"], cwd=repository, capture_output=True, text=True, check=True
    )
    assert shown.stdout.split("\n")[:3] == ["rename load to fetch", "", "a.py"]


def refuse_commits(repository: Path) -> None:
    hook = repository / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no ticket is named >&2\nexit 1\n")
    hook.chmod(0o755)


def test_refused_commit_is_reported_as_written_and_can_be_taken_back(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    refuse_commits(repository)
    assert run(repository, yes=True, commit=True) == 1
    said = capfd.readouterr()
    entry = said.err.strip().rpartition(" ")[2]
    assert content(repository) == AFTER and "+def fetch" in said.out
    assert f"Written but not committed: git commit failed: no ticket is named; take it back with: redraft undo {entry}" in said.err
    assert undo.run(entry=entry, repo=repository, yes=True, as_json=False) == 0
    assert content(repository) == BEFORE


def test_refused_commit_is_told_to_programs(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    refuse_commits(repository)
    assert run(repository, yes=True, commit=True, as_json=True) == 1
    found = json.loads(capfd.readouterr().out)
    assert (found["outcome"], found["commit"]) == ("published", None) and found["entry"] in found["reason"]
    assert found["reason"].startswith("Written but not committed: ") and "+def fetch" in found["diff"]


@pytest.mark.parametrize("said", [{"file": "words.txt"}, {"hub": "openai:http://localhost:1/v1#m"}])
def test_example_with_what_only_an_instruction_has_is_refused(repository: Path, said: dict[str, str]) -> None:
    with pytest.raises(UserError, match="leave out --file and --hub"):
        run(repository, instruction=None, like="staged", **said)


def test_path_outside_the_repository_is_refused(repository: Path) -> None:
    with pytest.raises(OutsideRepository):
        run(repository, paths=("..",))


def test_undo_takes_back_the_last_edit(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(repository, yes=True)
    assert undo.run(entry=None, repo=repository, yes=True, as_json=False) == 0
    assert content(repository) == BEFORE
    assert "Took back" in capfd.readouterr().out


def test_undo_without_yes_off_a_terminal_writes_nothing(repository: Path) -> None:
    run(repository, yes=True)
    assert undo.run(entry=None, repo=repository, yes=False, as_json=False) == 1
    assert content(repository) == AFTER


def test_undo_of_nothing_is_refused(repository: Path) -> None:
    with pytest.raises(NothingToUndo):
        undo.run(entry=None, repo=repository, yes=True, as_json=False)


def test_undo_that_meets_later_changes_names_the_file(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(repository, yes=True)
    (repository / "a.py").write_text("def fetch(key): ...\n")
    assert undo.run(entry=None, repo=repository, yes=True, as_json=False) == 1
    assert "a.py" in capfd.readouterr().err


def test_redo_puts_back_what_undo_took(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(repository, yes=True)
    with pytest.raises(NothingToRedo):
        redo.run(entry=None, repo=repository, yes=True, as_json=False)
    undo.run(entry=None, repo=repository, yes=True, as_json=False)
    assert redo.run(entry=None, repo=repository, yes=False, as_json=False) == 1 and content(repository) == BEFORE
    assert redo.run(entry=None, repo=repository, yes=True, as_json=False) == 0
    assert content(repository) == AFTER
    assert "Put back" in capfd.readouterr().out


def test_redo_by_name_takes_the_edit_or_its_undo(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(repository, yes=True)
    undo.run(entry=None, repo=repository, yes=True, as_json=True)
    found = json.loads(capfd.readouterr().out.splitlines()[-1])
    with pytest.raises(UnknownEntry):
        redo.run(entry="absent", repo=repository, yes=True, as_json=True)
    assert redo.run(entry=found["undone"], repo=repository, yes=True, as_json=True) == 0
    assert json.loads(capfd.readouterr().out)["redone"] == found["undone"]


def test_start_after_a_kill_says_what_was_taken_back(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(repository, yes=True)
    own = repository / ".git/redraft"
    # As a kill just before the last line leaves it.
    (record,) = (own / "images").iterdir()
    record.rename(own / "pending" / record.name)
    (own / "journal.jsonl").unlink()
    assert log.run(repo=repository, as_json=False) == 0
    said = capfd.readouterr()
    assert "was taken back" in said.err and "rolled-back" in said.out
    assert content(repository) == BEFORE


def test_log_lists_the_latest_first(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(repository, yes=True)
    undo.run(entry=None, repo=repository, yes=True, as_json=False)
    capfd.readouterr()
    assert log.run(repo=repository, as_json=True) == 0
    latest, first = json.loads(capfd.readouterr().out)
    assert latest["undoes"] == first["entry"]
    assert first["state"] == "undone" and first["files"] == ["a.py"]
