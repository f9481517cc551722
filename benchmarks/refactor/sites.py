"""The rename benchmark with the right plan given: how good are the decisions at the sites alone?

    python -m benchmarks.refactor.sites --sources DIR [--tasks GLOB] [--show]

Neither instruction nor validators take part: the plan is the task's own, and what the denoiser decides is scored as it is.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from agent import loop
from agent.renames import Renames
from agent.outcome import EditRequest
from benchmarks.judging.run import repository_of
from benchmarks.refactor.fetch import release_folder
from benchmarks.refactor.given import entity_of, place_of
from benchmarks.refactor.score import Outcome, Score, score
from benchmarks.refactor.tasks import Task, load_tasks, read_tree
from editops import Applied, ChangeSet, RenameFile, TextEdit, apply
from engine import Denoiser, EmbeddedDenoiser, Intent, Plan


def run_one(task: Task, sources: Path, scratch: Path, denoiser: Denoiser) -> Score:
    """Decide the sites of a task under its own plan."""
    tree = repository_of(release_folder(sources, task.package, task.version), scratch)
    run = loop.start(EditRequest(task.wordings["plain"], tree), lambda event: None, denoiser)
    only, exclude = (tuple(place_of(text, run.tree.paths) for text in places) for places in (task.only, task.except_))
    plan = Plan((Intent(entity_of(run.tree.project, task.target), task.new),), only, exclude, task.keep_alias)
    ops = Renames.decided(run, plan).operations()
    base = read_tree(tree)
    touched = {op.src if isinstance(op, RenameFile) else op.path for op in ops if isinstance(op, RenameFile | TextEdit)}
    applied = apply(base, ChangeSet.of(ops, {path: base[path] for path in touched}))
    return score(task, base, applied.tree(base) if isinstance(applied, Applied) else base)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--tasks", default="*", help="shell pattern of task ids")
    parser.add_argument("--show", action="store_true", help="print wrong and missed places")
    options = parser.parse_args()
    denoiser, counts = EmbeddedDenoiser.load(), Counter[tuple[str, Outcome]]()
    with tempfile.TemporaryDirectory() as scratch:
        for task in load_tasks(options.tasks):
            result = run_one(task, options.sources, Path(scratch), denoiser)
            counts["all", result.outcome] += 1
            counts[task.kind, result.outcome] += 1
            for what, places in (("wrong", result.wrong), ("missed", result.missed)) if options.show else ():
                print("\n".join(f"{task.id} {what}: {place}" for place in places), end="\n" if places else "")
    for name in sorted({name for name, _ in counts}):
        numbers = {outcome.value: counts[name, outcome] for outcome in Outcome}
        print(f"{name:<10} " + "  ".join(f"{outcome} {number}" for outcome, number in numbers.items() if number))


if __name__ == "__main__":
    main()
