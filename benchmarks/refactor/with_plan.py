"""The general tasks with the right plan given: how good is what comes after the plan?

    python -m benchmarks.refactor.with_plan --sources DIR [--tasks GLOB] [--show]

The plans are general_plans.jsonl, written by hand from the plain wording and the reference. Sites, actions and validators are those of
a normal run; only the change set is not written to disk. Requests that cannot be answered are left out.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent import loop
from agent.outcome import Declined, EditRequest, Proposed
from benchmarks.judging.run import repository_of
from benchmarks.refactor.fetch import release_folder
from benchmarks.refactor.general import GeneralTask, load_general_tasks
from benchmarks.refactor.given import given_plan
from benchmarks.refactor.score import Outcome, Score
from benchmarks.refactor.score_general import score_general
from benchmarks.refactor.tasks import read_tree
from editops import Applied, apply
from engine import Denoiser, EmbeddedDenoiser

PLANS = Path(__file__).parent / "general_plans.jsonl"
# Loading and writing aside, a run gets the time that the command line gives it.
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one task."""

    task: GeneralTask
    score: Score
    reason: str = ""
    """Why nothing was done, in redraft's words."""
    unsayable: tuple[str, ...] = ()
    """What of the request no plan can say."""


def load_plans(path: Path = PLANS) -> dict[str, dict[str, Any]]:
    """The right plan of every task that has one, by id."""
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {line["id"]: line["plan"] for line in lines}


def run_one(task: GeneralTask, raw: Mapping[str, Any], repository: Path, denoiser: Denoiser) -> Result:
    """Carry out the right plan of a task, in memory."""
    base = read_tree(repository)
    request = EditRequest(task.wordings["plain"], repository, max_seconds=SECONDS)
    run = loop.start(request, lambda event: None, denoiser)
    given = given_plan(raw, run.tree.project, run.tree.paths)
    if given.plan is None:
        return Result(task, score_general(task, base, base), "no action does this", given.unsayable)
    run.plan = loop.view(given.plan)
    outcome = loop.carry_out(run, given.plan, lambda proposal: None)
    if isinstance(outcome, Declined):
        return Result(task, score_general(task, base, base), outcome.reason, given.unsayable)
    assert isinstance(outcome, Proposed)
    applied = apply(outcome.proposal.files, outcome.proposal.change)
    assert isinstance(applied, Applied)
    return Result(task, score_general(task, base, applied.tree(base)), "", given.unsayable)


def show(result: Result) -> None:
    """What is not as it should be, a line each."""
    judged = result.score
    broken = {"unparsable": judged.unparsable, "undefined": judged.undefined, "dangling": judged.dangling, "circle": judged.circles}
    for what, places in {"wrong": judged.wrong, "missed": judged.missed, **broken, "unsayable": result.unsayable}.items():
        for place in places:
            print(f"    {what}: {place}")
    if result.reason:
        print(f"    declined: {result.reason}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--tasks", default="*", help="shell pattern of task ids")
    parser.add_argument("--show", action="store_true", help="print what is not as it should be")
    options = parser.parse_args()
    denoiser, plans, counts = EmbeddedDenoiser.load(), load_plans(), Counter[tuple[str, Outcome]]()
    with tempfile.TemporaryDirectory() as scratch:
        for task in load_general_tasks(options.tasks):
            if task.abstain:
                continue
            repository = repository_of(release_folder(options.sources, task.package, task.version), Path(scratch))
            result = run_one(task, plans[task.id], repository, denoiser)
            said = "all" if not result.unsayable else "unsayable"
            for row in {"all tasks", f"plan says {said}", f"kind {task.kind}"}:
                counts[row, result.score.outcome] += 1
            print(f"{task.id}: {result.score.outcome.value}", flush=True)
            if options.show:
                show(result)
    for name in sorted({name for name, _ in counts}):
        numbers = {outcome.value: counts[name, outcome] for outcome in Outcome}
        print(f"{name:<28} " + "  ".join(f"{outcome} {number}" for outcome, number in numbers.items() if number))


if __name__ == "__main__":
    main()
