"""Run the refactoring benchmark, renames and general tasks: each task and wording in a fresh repository, through the command line.

`python -m benchmarks.refactor.run --sources DIR`; judges the exit code and the tree that is left, nothing else.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.refactor.fetch import release_folder
from benchmarks.refactor.general import GeneralTask, load_general_tasks
from benchmarks.refactor.score import Outcome, Score, score
from benchmarks.refactor.score_general import score_general
from benchmarks.refactor.tasks import UNTRACKED, WORDINGS, Task, Tree, load_tasks, read_tree

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "agent", "edit")
OPTIONS = ("--yes", "--json", "--tests", "none")
AnyTask = Task | GeneralTask
CLEAR = frozenset({"plain", "detailed"})
"""Wordings that leave nothing to guess unless the task is about that."""


@dataclass(frozen=True, slots=True)
class Result:
    """One task under one wording."""

    task: AnyTask
    wording: str
    exit_code: int
    seconds: float
    score: Score
    message: str

    @property
    def failed(self) -> bool:
        """An error or a time-out, as against a change that was published or declined."""
        return self.exit_code not in (0, 1)

    def record(self) -> dict[str, object]:
        return {
            "task": self.task.id,
            "wording": self.wording,
            "exit_code": self.exit_code,
            "seconds": round(self.seconds, 3),
            **asdict(self.score),
            "outcome": self.score.outcome.value,
            "message": self.message,
        }


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def make_repository(release: Path, folder: Path) -> None:
    """A copy of a release as a repository with one commit."""
    shutil.copytree(release, folder, ignore=shutil.ignore_patterns(*UNTRACKED))
    git(folder, "init", "--quiet")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", "release")


def judge(task: AnyTask, base: Tree, produced: Tree) -> Score:
    """Score an answer in the manner of its task."""
    return score(task, base, produced) if isinstance(task, Task) else score_general(task, base, produced)


def told(output: bytes, errors: bytes) -> str:
    """Why nothing was published, in redraft's words: kept beside the score, never part of it."""
    try:
        reason = json.loads(output).get("reason", "")
    except (ValueError, AttributeError):
        reason = ""
    return (reason or errors.decode(errors="replace")).strip()[-400:]


def run_one(task: AnyTask, wording: str, sources: Path, limit: float) -> Result:
    """Ask once, in a repository that is thrown away."""
    release = release_folder(sources, task.package, task.version)
    with tempfile.TemporaryDirectory(prefix="refactor-") as scratch:
        folder = Path(scratch) / task.package
        make_repository(release, folder)
        base = read_tree(folder)
        environment = {**os.environ, "PYTHONPATH": str(PROJECT), "NO_COLOR": "1"}
        command = [*COMMAND, task.wordings[wording], *OPTIONS]
        begin = time.perf_counter()
        try:
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=limit)
            exit_code, message = done.returncode, told(done.stdout, done.stderr)
        except subprocess.TimeoutExpired:
            exit_code, message = -1, f"no end after {limit:.0f} s"
        seconds = time.perf_counter() - begin
        return Result(task, wording, exit_code, seconds, judge(task, base, read_tree(folder)), message)


def slowest(seconds: Sequence[float], share: float) -> float:
    """The time that this share of the runs stayed within, by nearest rank."""
    return sorted(seconds)[max(0, math.ceil(share * len(seconds)) - 1)]


def row(title: str, results: Sequence[Result]) -> str:
    """One line of the table: counts, share of exact answers, rate of wrong edits, median and 95th percentile of time."""
    outcomes = Counter(result.score.outcome for result in results)
    unsound = sum(result.score.unsound for result in results)
    cells = [
        len(results),
        *(outcomes[outcome] for outcome in Outcome if outcome is not Outcome.UNSOUND),
        unsound,
        sum(result.failed for result in results),
        sum(bool(result.score.unparsable) for result in results),
        sum(bool(result.score.undefined) for result in results),
        sum(bool(result.score.dangling) for result in results),
        sum(bool(result.score.circles) for result in results),
    ]
    wrong = sum(len(result.score.wrong) for result in results)
    kept = sum(result.score.kept_lexemes for result in results)
    seconds = [result.seconds for result in results]
    numbers = " ".join(f"{cell:>6}" for cell in cells)
    shares = f"{100 * outcomes[Outcome.EXACT] / len(results):>6.1f} {100 * unsound / len(results):>6.1f}"
    return f"{title:<24} {numbers} {shares} {1e5 * wrong / kept:>9.2f} {statistics.median(seconds):>7.2f} {slowest(seconds, 0.95):>7.2f}"


def groups(result: Result) -> list[str]:
    """The rows of the table that a result counts for."""
    task = result.task
    kinds = [f"kind {task.kind}"] if isinstance(task, GeneralTask) else ["kind rename", f"rename {task.kind}"]
    own = [*kinds, f"package {task.package}", *(f"slice {name}" for name in sorted(task.slices))]
    return ["all", f"wording {result.wording}", *own, *(["slice unanswerable"] if isinstance(task, GeneralTask) and task.abstain else [])]


def table(results: Sequence[Result]) -> str:
    """Rows for all, each wording, kind, kind of rename, package and slice."""
    members: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        for group in groups(result):
            members[group].append(result)
    names = ["runs", *(outcome.value[:6] for outcome in Outcome), "error", "unpars", "undef", "dangl", "circle", "% ok", "% uns"]
    head = " ".join(f"{name:>6}" for name in names)
    order = ("all", "wording", "kind", "rename", "package", "slice")
    titles = sorted(members, key=lambda title: (order.index(title.split()[0]), title))
    rows = [row(title, members[title]) for title in titles]
    return "\n".join([f"{'':<24} {head} wrong/1e5  median     p95", *rows])


def tables(results: Sequence[Result]) -> str:
    """The table of all results, then that of the clear wordings alone, if others were asked as well."""
    clear = [result for result in results if result.wording in CLEAR]
    parts = [table(results)]
    if clear and len(clear) < len(results):
        parts += [f"\nOnly the wordings {' and '.join(sorted(CLEAR, reverse=True))}:", table(clear)]
    return "\n".join(parts)


def run_all(pairs: Iterable[tuple[AnyTask, str]], sources: Path, jobs: int, limit: float) -> list[Result]:
    """Every pair of task and wording, told on standard error as it ends."""
    results = []
    with ThreadPoolExecutor(jobs) as pool:
        for result in pool.map(lambda pair: run_one(pair[0], pair[1], sources, limit), pairs):
            judged = result.score
            counts = f"wrong {len(judged.wrong)} missed {len(judged.missed)}"
            told = f"{result.task.id} {result.wording}: {judged.outcome.value} {counts} {result.seconds:.2f} s"
            print(told, file=sys.stderr, flush=True)
            results.append(result)
    return results


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True, help="folder filled by benchmarks/refactor/fetch.py")
    parser.add_argument("--tasks", default="*", metavar="GLOB", help="shell pattern over task ids")
    parser.add_argument("--wording", choices=WORDINGS, action="append", help="only this wording (may be repeated)")
    parser.add_argument("--jobs", type=int, default=1, help="tasks at once; times are honest with one")
    parser.add_argument("--limit", type=float, default=120.0, metavar="SECONDS", help="time limit for one run")
    parser.add_argument("--out", type=Path, help="write the results as JSON")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    wordings = arguments.wording or WORDINGS
    tasks: list[AnyTask] = [*load_tasks(arguments.tasks), *load_general_tasks(arguments.tasks)]
    pairs = [(task, wording) for task in tasks for wording in wordings]
    if not pairs:
        print(f"no task fits {arguments.tasks}", file=sys.stderr)
        return 2
    results = run_all(pairs, arguments.sources.resolve(), arguments.jobs, arguments.limit)
    print(tables(results))
    if arguments.out is not None:
        records = [result.record() for result in results]
        arguments.out.write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
