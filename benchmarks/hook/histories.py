"""Ordinary commits: how often does `redraft hook` raise an alarm, and how long does a commit wait for it?

    python -m benchmarks.hook.histories REPOSITORY... [--count 100] [--quick] [--out FILE]

Each REPOSITORY is a git repository with a history (bare ones too). Its newest commits with one parent that change Python files are staged one by
one, on their parents, in a clone; every alarm is printed in full, since whether it is a false one is for a person to say: a commit may well have
left something behind. `--quick` asks the hook only about commits in which the comparison of definitions, run on the two commits, sees anything
begun at all: on every other commit it ends there, silent. Then times are those of the commits that were asked about.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.hook import MAX_FILES, versions_of
from agent.staged import between
from engine import recognise

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Result:
    """One commit."""

    repository: str
    commit: str
    exit_code: int
    seconds: float
    cpu: float
    """Seconds of processor time, which a loaded machine does not stretch."""
    output: str
    """What the hook said and printed."""


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode(errors="replace")


def commits(folder: Path, count: int) -> list[str]:
    """The newest ordinary commits that change Python files."""
    return git(folder, "rev-list", "--no-merges", "--min-parents=1", f"--max-count={count}", "HEAD", "--", "*.py").split()


def begins_nothing(folder: Path, commit: str) -> bool:
    """Whether the commit begins nothing, as the hook's own first look has it."""
    entries = [entry for entry in between(folder, f"{commit}^", commit) if (entry.now or entry.path or "").endswith((".py", ".pyi"))]
    return len(entries) > MAX_FILES or not recognise(versions_of(folder, entries))


def run_all(repository: Path, count: int, limit: float, quick: bool) -> Iterator[Result]:
    """Stage every commit on its parent and run the hook."""
    name = (repository.parent if repository.name in ("repo", ".git") else repository).name
    with tempfile.TemporaryDirectory(prefix="history-") as scratch:
        folder = Path(scratch) / "clone"
        subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", str(repository), str(folder)], check=True, capture_output=True)
        git(folder, "config", "core.hooksPath", os.devnull)
        git(folder, "config", "advice.detachedHead", "false")
        for commit in commits(folder, count):
            if quick and begins_nothing(folder, commit):
                yield Result(name, commit, 0, 0.0, 0.0, "")
                continue
            git(folder, "checkout", "--quiet", "--force", "--detach", commit)
            git(folder, "clean", "-qffdx")
            git(folder, "reset", "--quiet", "--soft", f"{commit}^")
            environment = {**os.environ, "PYTHONPATH": str(PROJECT), "NO_COLOR": "1"}
            command = [sys.executable, "-m", "agent", "hook", "--max-seconds", str(limit)]
            begin, used = time.perf_counter(), os.times()
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
            seconds, after = time.perf_counter() - begin, os.times()
            cpu = after.children_user + after.children_system - used.children_user - used.children_system
            yield Result(name, commit, done.returncode, seconds, cpu, (done.stderr + done.stdout).decode(errors="replace"))


def table(results: Sequence[Result]) -> str:
    """One line a repository."""
    rows = [f"{'':<28} {'commits':>7} {'alarms':>7} {'errors':>7} {'said':>5} {'median s':>9} {'p95 s':>6} {'most s':>7} {'cpu s':>6} {'p95':>6} {'most':>6}"]
    for name in ["all", *dict.fromkeys(item.repository for item in results)]:
        own = [item for item in results if name in ("all", item.repository)]
        timed = [item for item in own if item.seconds] or own
        times, cpu = sorted(item.seconds for item in timed), sorted(item.cpu for item in timed)
        alarms, errors = (sum(item.exit_code == code for item in own) for code in (1, 2))
        said = sum(bool(item.output.strip()) and item.exit_code == 0 for item in own)
        numbers = f"{len(own):>7} {alarms:>7} {errors:>7} {said:>5} {statistics.median(times):>9.2f} {times[int(0.95 * (len(times) - 1))]:>6.2f}"
        clock = f"{statistics.median(cpu):>6.2f} {cpu[int(0.95 * (len(cpu) - 1))]:>6.2f} {cpu[-1]:>6.2f}"
        rows.append(f"{name:<28} {numbers} {times[-1]:>7.2f} {clock}")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--max-seconds", type=float, default=5.0, help="of the hook; more on a loaded machine, to judge what it does")
    parser.add_argument("--quick", action="store_true", help="ask the hook about commits with something begun only")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    results: list[Result] = []
    for repository in asked.repositories:
        for result in run_all(repository.resolve(), asked.count, asked.max_seconds, asked.quick):
            results.append(result)
            if result.output.strip():
                print(f"== {result.repository} {result.commit} exit {result.exit_code} {result.seconds:.2f} s\n{result.output}", flush=True)
    print(table(results))
    if asked.out:
        asked.out.write_text(json.dumps([asdict(item) for item in results], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
