"""A batch from recipe to landing, with a scripted denoiser: what lands where, and what a kill at any step leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from agent.batch.decide import Decision, Unit, decide
from agent.batch.driver import BatchEvent, Driver, EditDecided, RepositoryDone
from agent.batch.ledger import DamagedLedger, Ledger, LedgerBusy, OtherLedger
from agent.batch.recipe import Edit, OnFailure, Place, Recipe, To
from agent.batch.report import report
from agent.batch.targets import Target, targets
from agent.batch.view import View, span
from agent.batch.worker import decoded
from agent.disk import Disk
from agent.history import State
from agent.journal import entries
from agent.publish import undo
from agent.worktree import Repository
from tests.agent.repos import git, git_state, make_repository, put, tree
from tests.agent.scripted import Renamer
from tests.agent.test_render import console, text

FILES: dict[str, str | bytes] = {
    "a.py": "def load(x):\n    return x\n",
    "b.py": b"from a import load\r\nprint(load(1))\r\n",
    ".gitignore": "b.py\n",
}
RENAME, FURTHER = Edit("rename load to fetch"), Edit("rename fetch to take")
ABSENT = Edit("rename missing to lacking")
IDENTITY = {"recipe": "r", "engine": "e"}


@dataclass
class Here:
    """Decides in this process, one unit after the other; the scripted denoiser reads the names off the request."""

    known: dict[tuple[Unit, bytes], Decision] = field(default_factory=dict)
    """What was decided before: a decision depends on nothing but its unit and the archive."""
    units: list[tuple[Unit, bytes]] = field(default_factory=list)
    made: list[Unit] = field(default_factory=list)

    @property
    def room(self) -> int:
        return 2 - len(self.units)

    def submit(self, unit: Unit, archive: Path) -> None:
        self.units.append((unit, archive.read_bytes()))

    def decided(self) -> Iterator[tuple[Unit, Decision]]:
        asked = unit, archive = self.units.pop(0)
        self.made.append(unit)
        if asked not in self.known:
            _, old, _, new = unit.request.split()[:4]
            self.known[asked] = decide(unit, archive, denoiser=Renamer(old, new))
        yield unit, self.known[asked]

    def close(self) -> None:
        self.units.clear()


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def three(tmp_path: Path) -> Path:
    for name in ("one", "two", "three"):
        make_repository(tmp_path / name, FILES)
    return tmp_path


def recipe(folder: Path, *edits: Edit, to: To = To.LEAVE, pattern: str = "*", **more: object) -> Recipe:
    base = Recipe(folder / "r.yaml", "r", edits, (Place(pattern),), to=to, branch="redraft/x" if to is To.BRANCH else "")
    return replace(base, **more)  # type: ignore[arg-type]


def ran(plan: Recipe, *, dry_run: bool = False, disk: Disk | None = None, workers: Here | None = None, heard: list[BatchEvent] | None = None) -> str:
    """The report."""
    found = targets(plan)
    with Ledger.open(plan.folder / "ledger", IDENTITY, disk=disk or Disk()) as ledger:
        open_ = [target for target in found if ledger.of(target.name).landed is None]
        Driver(plan, ledger, workers or Here(), (heard if heard is not None else []).append, dry_run=dry_run).run(open_)
        return report(plan, found, ledger)


def outcomes(lines: str) -> dict[str, str]:
    return {found["repository"]: found["outcome"] for line in lines.splitlines() if (found := json.loads(line))["kind"] == "repository"}


def test_left_in_the_tree_as_one_entry_that_undo_takes_back(three: Path) -> None:
    before = tree(three / "one")
    assert outcomes(ran(recipe(three, RENAME, FURTHER))) == {"one": "left", "three": "left", "two": "left"}
    assert (three / "one/b.py").read_bytes() == b"from a import take\r\nprint(take(1))\r\n"
    undo(Repository.open(three / "one"))
    assert tree(three / "one") == before


def test_example_is_followed_in_every_repository(three: Path) -> None:
    diff = "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-def load(x):\n+def fetch(x):\n     return x\n"
    put(three / "two", {"a.py": "def take(x):\n    return x\n"})
    # The scripted denoiser reads both names off the title.
    done = ran(recipe(three, Edit(like="load to fetch", example=diff)))
    assert outcomes(done)["one"] == outcomes(done)["three"] == "left" and "neither before nor after" in done
    assert (three / "one/b.py").read_bytes() == b"from a import fetch\r\nprint(fetch(1))\r\n"


def test_branch_leaves_tree_index_and_head(three: Path) -> None:
    put(three / "one", {"a.py": "def load(x):\n    return x\n# mine\n", "new.py": "load = 1\n"})
    git(three / "one", "add", "new.py")
    files, head, staged = tree(three / "one"), git(three / "one", "rev-parse", "HEAD"), git(three / "one", "diff", "--cached")
    assert outcomes(ran(recipe(three, RENAME, to=To.BRANCH, message="Fetch it")))["one"] == "branched"
    assert (tree(three / "one"), git(three / "one", "rev-parse", "HEAD"), git(three / "one", "diff", "--cached")) == (files, head, staged)
    assert git(three / "one", "show", "redraft/x:a.py") == "def fetch(x):\n    return x\n"
    assert git(three / "one", "log", "--format=%s", "redraft/x") == "Fetch it\nfirst\n"
    assert git(three / "one", "ls-tree", "-r", "--name-only", "redraft/x") == ".gitignore\na.py\nb.py\n"


def test_branch_that_exists_is_not_moved(three: Path) -> None:
    git(three / "one", "branch", "redraft/x")
    done = ran(recipe(three, RENAME, to=To.BRANCH))
    assert outcomes(done) == {"one": "failed", "three": "branched", "two": "branched"}
    assert "already" in done and git(three / "one", "rev-parse", "redraft/x") == git(three / "one", "rev-parse", "HEAD")


def test_branch_keeps_modes_and_odd_names(tmp_path: Path) -> None:
    name = 'we "ird\t\\ é.py'
    make_repository(tmp_path / "one", {"a.py": "def load(): ...\n", name: "from a import load\n"})
    (tmp_path / "one" / name).chmod(0o755)
    git(tmp_path / "one", "commit", "-qam", "mode")
    ran(recipe(tmp_path, RENAME, to=To.BRANCH))
    shown = git(tmp_path / "one", "-c", "core.quotePath=false", "diff", "--summary", "-M", "HEAD", "redraft/x")
    assert shown == "" and git(tmp_path / "one", "show", f"redraft/x:{name}") == "from a import fetch\n"


def test_commit_holds_the_change_alone(three: Path) -> None:
    put(three / "one", {"other.txt": "mine"})
    git(three / "one", "add", "other.txt")
    ran(recipe(three, RENAME, to=To.COMMIT))
    assert git(three / "one", "show", "--name-only", "--format=%s") == "rename load to fetch\n\na.py\nb.py\n"
    assert git(three / "one", "status", "--porcelain") == "A  other.txt\n"


def test_commit_never_takes_uncommitted_work_along(three: Path) -> None:
    put(three / "one", {"a.py": "def load(x):\n    return x\n# mine\n"})
    files, state = tree(three / "one"), git_state(three / "one")
    assert outcomes(ran(recipe(three, RENAME, to=To.COMMIT))) == {"one": "failed", "three": "committed", "two": "committed"}
    assert tree(three / "one") == files and git_state(three / "one") == state


def test_commit_that_a_hook_refuses_is_taken_back(three: Path) -> None:
    hook = three / "one/.git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    files = tree(three / "one")
    assert outcomes(ran(recipe(three, RENAME, to=To.COMMIT)))["one"] == "failed"
    assert tree(three / "one") == files and git(three / "one", "log", "--format=%s") == "first\n"


def test_patch_file_applies_and_nothing_else_is_written(three: Path) -> None:
    before = {name: (tree(three / name), git_state(three / name)) for name in ("one", "two")}
    ran(recipe(three, RENAME, FURTHER, to=To.PATCH))
    assert {name: (tree(three / name), git_state(three / name)) for name in ("one", "two")} == before
    git(three / "one", "apply", str(three / "patches/one.patch"))
    assert (three / "one/b.py").read_bytes() == b"from a import take\r\nprint(take(1))\r\n"


def test_one_failure_stops_nothing_else(three: Path) -> None:
    (three / "one/.git/MERGE_HEAD").write_text("0" * 40)
    put(three / "two", {"a.py": "x = 1\n", "b.py": ""})
    done = ran(recipe(three, RENAME))
    assert outcomes(done) == {"one": "failed", "three": "left", "two": "nothing"}
    assert "A merge is in progress" in done


@pytest.mark.parametrize(("rule", "outcome"), [(OnFailure.SKIP_EDIT, "left"), (OnFailure.SKIP_REPOSITORY, "nothing")])
def test_edit_that_comes_to_nothing(three: Path, rule: OnFailure, outcome: str) -> None:
    workers = Here()
    done = ran(recipe(three, RENAME, ABSENT, FURTHER, pattern="one", on_failure=rule), workers=workers)
    assert outcomes(done) == {"one": outcome}
    assert [unit.edit for unit in workers.made] == ([0, 1, 2] if outcome == "left" else [0, 1])
    assert ("take" in (three / "one/a.py").read_text()) == (outcome == "left")


def test_dry_run_writes_nothing_and_its_decisions_are_used(three: Path) -> None:
    before = tree(three / "one")
    assert set(outcomes(ran(recipe(three, RENAME), dry_run=True)).values()) == {"unfinished"}
    assert tree(three / "one") == before
    workers = Here()
    assert set(outcomes(ran(recipe(three, RENAME), workers=workers)).values()) == {"left"} and workers.made == []


def test_files_that_changed_since_are_decided_again(three: Path) -> None:
    ran(recipe(three, RENAME), dry_run=True)
    put(three / "two", {"c.py": "from a import load\n"})
    workers = Here()
    ran(recipe(three, RENAME), workers=workers)
    assert [unit.repository for unit in workers.made] == ["two"] and (three / "two/c.py").read_text() == "from a import fetch\n"


def test_nearest_globs_hold(three: Path) -> None:
    plan = recipe(three, replace(RENAME, only=("a.py",)), only=("*.md",), exclude=("x/*",), pattern="one")
    workers = Here()
    ran(plan, workers=workers)
    assert workers.made[0].only == ("a.py",) and workers.made[0].exclude == ("x/*",)


def _everything(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {"tree": tree(folder / "one"), "log": git(folder / "one", "log", "--all", "--topo-order", "--format=%T %s")}
    patches = folder / "patches"
    return found | {place.name: place.read_bytes() for place in (patches.iterdir() if patches.is_dir() else ())}


@pytest.mark.parametrize("to", To)
def test_killed_at_any_step_and_resumed_it_ends_as_if_it_had_not_been(tmp_path: Path, to: To) -> None:
    def begun(name: str) -> Recipe:
        make_repository(tmp_path / name / "one", FILES)
        return recipe(tmp_path / name, RENAME, ABSENT, to=to)

    whole, known = begun("whole"), Here().known
    expected = ran(whole, workers=Here(known))
    for at in range(1, 200):
        plan = begun(f"killed{at}")
        steps = 0

        def step(call: str, place: Path, at: int = at) -> None:
            nonlocal steps
            # Between two of these nothing lasting happens.
            steps += call in ("write", "rename")
            if steps >= at:
                raise Killed

        with suppress(Killed):
            ran(plan, disk=Disk(step=step), workers=Here(known))
        if steps < at:
            break
        assert ran(plan, workers=Here(known)) == expected
        assert _everything(plan.folder) == _everything(whole.folder)
        logged = entries(Repository.open(plan.folder / "one"))
        assert [entry.state for entry in logged] == [State.PUBLISHED] * (to in (To.LEAVE, To.COMMIT))
    assert at > 9


def test_kill_between_writing_and_the_line_does_not_lose_what_the_user_did_then(three: Path) -> None:
    """The edit is in the tree, the ledger does not know it yet, and somebody works on."""
    plan = recipe(three, RENAME, pattern="one")
    lines = 0

    def step(call: str, place: Path) -> None:
        nonlocal lines
        lines += (call, place.name) == ("open", "ledger.jsonl")
        if lines == 5:  # run, begun, decided, landing, and now landed
            raise Killed

    with pytest.raises(Killed):
        ran(plan, disk=Disk(step=step))
    assert "fetch" in (three / "one/a.py").read_text()
    put(three / "one", {"a.py": "def fetch(x):\n    return x\n# mine\n"})
    assert outcomes(ran(plan)) == {"one": "left"}
    assert (three / "one/a.py").read_text().endswith("# mine\n")


def test_retry_and_fresh_begin_again(three: Path) -> None:
    plan = recipe(three, RENAME, pattern="one")
    (three / "one/.git/MERGE_HEAD").write_text("0" * 40)
    assert outcomes(ran(plan)) == {"one": "failed"}
    (three / "one/.git/MERGE_HEAD").unlink()
    assert outcomes(ran(plan)) == {"one": "failed"}
    with Ledger.open(three / "ledger", IDENTITY) as ledger:
        ledger.again("one")
    assert outcomes(ran(plan)) == {"one": "left"}


def test_ledger_is_one_process_s_and_one_recipe_s(tmp_path: Path) -> None:
    with Ledger.open(tmp_path, IDENTITY), pytest.raises(LedgerBusy), Ledger.open(tmp_path, IDENTITY):
        pass
    with pytest.raises(OtherLedger, match="another engine"), Ledger.open(tmp_path, {**IDENTITY, "engine": "x"}):
        pass
    with Ledger.open(tmp_path, {**IDENTITY, "engine": "x"}, fresh=True) as ledger:
        assert ledger.repositories == {}


def test_ledger_forgives_a_torn_line(three: Path) -> None:
    plan = recipe(three, RENAME, pattern="one")
    done = ran(plan)
    with (three / "ledger/ledger.jsonl").open("ab") as file:
        file.write(b'\n{"kind":"landed","reposi')
    assert ran(plan) == done


@pytest.mark.parametrize("line", [{"kind": "begun"}, {"kind": "landed", "repository": "one"}, {"kind": "decided", "repository": "one", "change": "", "edit": {}}])
def test_damaged_ledger_is_a_sentence(tmp_path: Path, line: dict[str, object]) -> None:
    with Ledger.open(tmp_path, IDENTITY):
        pass
    with (tmp_path / "ledger.jsonl").open("a") as file:
        file.write("\n" + "[" * 5000 + "\n" + json.dumps(line) + "\n")
    with pytest.raises(DamagedLedger, match="--fresh"), Ledger.open(tmp_path, IDENTITY):
        pass


def test_worker_that_says_something_else_is_a_value_error() -> None:
    for line in ("[" * 5000, "{}", "9" * 5000, '[{}]'):
        with pytest.raises(ValueError, match=r".+"):
            decoded(line)


def test_archives_go_when_nothing_needs_them(three: Path) -> None:
    ran(recipe(three, RENAME), dry_run=True)
    # Three repositories of the same files share one.
    assert len(list((three / "ledger/archives").iterdir())) == 1
    ran(recipe(three, RENAME))
    assert list((three / "ledger/archives").iterdir()) == []


def test_view_tells_how_fast_and_how_long_still() -> None:
    out, clock = console(), iter([0.0, 30.0, 60.0, 90.0])
    view = View(out, 3, {"one": 1, "two": 2}, quiet=False, clock=lambda: next(clock))
    target = Target("one", Path("one"))
    view(EditDecided(target, 0, Decision("declined", "no such name")))
    assert view.line() == "1 of 3 repositories, 2 edits a minute, about 60 s left"
    view(RepositoryDone(target, None))
    assert "one: edit 1 came to nothing: no such name\n[2/3] one: decided, nothing written (1 edits a minute, about 2 min left)" in text(out)
    assert [span(5.0), span(600.0), span(9000.0)] == ["5 s", "10 min", "2.5 h"]
