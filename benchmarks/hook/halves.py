"""Half refactors, staged: how many does `redraft hook --fix` finish right, and how long does it take?

    python -m benchmarks.hook.halves --sources DIR [--tasks GLOB] [--seed N] [--count N] [--out FILE]

The renames are those of the refactoring benchmark whose references were checked by hand (without those that keep an alias). A part
of the reference is staged: the definition alone, everything in its file, or the definition and half of all other places, in turn. What the
hook leaves is judged against the whole reference, as an answer of the benchmark is.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.refactor.fetch import release_folder
from benchmarks.refactor.given import entity_of
from benchmarks.refactor.run import PROJECT, git, make_repository
from benchmarks.refactor.score import Outcome, Score, score
from benchmarks.refactor.tasks import Edit, Task, load_tasks, moved, read_tree, splice
from engine import Project

SHAPES = ("definition", "file", "half")


@dataclass(frozen=True, slots=True)
class Result:
    """One half refactor and what became of it."""

    task: str
    kind: str
    shape: str
    staged: int
    """Places that were done before."""
    left: int
    exit_code: int
    seconds: float
    cpu: float
    """Seconds of processor time, which a loaded machine does not stretch."""
    score: Score
    message: str


def begun(task: Task, base: dict[str, bytes], shape: str, seed: int) -> list[Edit]:
    """The part of the reference that is staged."""
    wanted = [edit for edit in task.edits if not edit.optional]
    project = Project(sorted(base), lambda path: base[path].decode("utf-8", "replace") if path in base else None)
    target = entity_of(project, task.target)
    text = base[target.path].decode("utf-8", "replace")
    start = len(text[: max(target.start, 0)].encode())
    own = [edit for edit in wanted if edit.path == target.path and edit.start == start] if target.start >= 0 else []
    if shape == "definition":
        return own
    if shape == "file":
        return [edit for edit in wanted if edit.path == target.path] or own
    rest = [edit for edit in wanted if edit not in own]
    return own + random.Random(f"{seed} {task.id}").sample(rest, len(rest) // 2)


def stage(folder: Path, task: Task, base: dict[str, bytes], edits: Sequence[Edit]) -> None:
    """Write a part of the reference and stage it; files and folders move as the whole reference has it."""
    for path, data in base.items():
        place = moved(path, task.renames)
        mine = [edit for edit in edits if edit.path == path]
        if place != path:
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).rename(folder / place)
        if mine:
            (folder / place).write_bytes(splice(data, mine))
    git(folder, "add", "--all", "--force")


def run_one(task: Task, shape: str, sources: Path, seed: int, limit: float) -> Result:
    """Stage a part, let the hook finish it, judge the tree."""
    with tempfile.TemporaryDirectory(prefix="half-") as scratch:
        folder = Path(scratch) / task.package
        make_repository(release_folder(sources, task.package, task.version), folder)
        base = dict(read_tree(folder))
        edits = begun(task, base, shape, seed)
        stage(folder, task, base, edits)
        half = read_tree(folder)
        environment = {**os.environ, "PYTHONPATH": str(PROJECT), "NO_COLOR": "1"}
        begin, used = time.perf_counter(), os.times()
        command = [sys.executable, "-m", "agent", "hook", "--fix", "--max-seconds", str(limit)]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        seconds, after = time.perf_counter() - begin, os.times()
        cpu = after.children_user + after.children_system - used.children_user - used.children_system
        produced = read_tree(folder)
        judged = score(task, base, produced)
        if produced == half:
            judged = Score(Outcome.ABSTAINED, (), judged.missed, (), (), judged.kept_lexemes)
        wanted = sum(not edit.optional for edit in task.edits)
        message = done.stderr.decode(errors="replace").strip()[-300:]
        return Result(task.id, task.kind, shape, len(edits), wanted - len(edits), done.returncode, seconds, cpu, judged, message)


def table(results: Sequence[Result]) -> str:
    """Rows for all, each shape and each kind."""
    rows = [f"{'':<22} {'runs':>5} {'right':>6} {'wrong':>6} {'missed':>6} {'silent':>6} {'% right':>8} {'median s':>9} {'most s':>7} {'cpu s':>6} {'most':>6}"]
    groups = ["all", *(f"shape {shape}" for shape in SHAPES), *(f"kind {kind}" for kind in sorted({item.kind for item in results}))]
    for group in groups:
        what, _, name = group.partition(" ")
        own = [item for item in results if what == "all" or getattr(item, what) == name]
        if own:
            count = Counter(item.score.outcome for item in own)
            times = [item.seconds for item in own]
            cells = [count[o] for o in (Outcome.EXACT, Outcome.WRONG, Outcome.MISSED, Outcome.ABSTAINED)]
            cpu = [item.cpu for item in own]
            numbers = " ".join(f"{cell:>6}" for cell in cells)
            clock = f"{statistics.median(times):>9.2f} {max(times):>7.2f} {statistics.median(cpu):>6.2f} {max(cpu):>6.2f}"
            rows.append(f"{group:<22} {len(own):>5} {numbers} {100 * cells[0] / len(own):>8.1f} {clock}")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, required=True, help="folder filled by benchmarks/refactor/fetch.py")
    parser.add_argument("--tasks", default="*", help="shell pattern of task ids")
    parser.add_argument("--count", type=int, default=30, help="tasks at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--max-seconds", type=float, default=5.0, help="of the hook; more on a loaded machine, to judge what it does")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    tasks = [task for task in load_tasks(asked.tasks) if not (task.keep_alias or task.only or task.except_)][: asked.count]
    results = []
    for number, task in enumerate(tasks):
        shape = SHAPES[(number + asked.seed) % len(SHAPES)]
        # A rename that its own file holds whole is finished there: then half of it is staged.
        alone = {edit.path for edit in task.edits if not edit.optional} == {task.target_path}
        result = run_one(task, "half" if alone and shape == "file" else shape, asked.sources.resolve(), asked.seed, asked.max_seconds)
        results.append(result)
        told = f"wrong {list(result.score.wrong)[:3]} missed {list(result.score.missed)[:3]}"
        outcome = f"{result.score.outcome.value} ({result.staged} staged, {result.left} left) {result.seconds:.2f} s, {result.cpu:.2f} cpu {told} {result.message[-160:]!r}"
        print(f"{result.task} {result.shape}: {outcome}", file=sys.stderr, flush=True)
    print(table(results))
    if asked.out:
        kept = [{"task": r.task, "kind": r.kind, "shape": r.shape, "outcome": r.score.outcome.value, "seconds": round(r.seconds, 2), "cpu": round(r.cpu, 2)} for r in results]
        asked.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
