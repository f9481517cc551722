"""What plan, edit, apply and undo cost in a repository of many files, against a smaller one of the same kind.

    python -m benchmarks.many_files --files 20000 100000

Every command is a process of its own; seconds of computing are those of it and of the git processes that it starts. A name stands in
forty files, whatever their number, so what grows is what looking at all files costs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

A_FOLDER = 100
"""Files of one folder."""
HOLDING = 40
"""Files with the name."""
FILLER = "".join(f"def step_{number}(value, other=None):\n    return value * {number} if other is None else other\n\n\n" for number in range(12))
WORDS = "rename load_user_record to fetch_user_record"


@dataclass(frozen=True, slots=True)
class Cost:
    wall: float
    computing: float
    memory: int
    """MiB that the largest process held."""


def make(root: Path, count: int) -> None:
    """A repository of `count` Python modules in packages of a hundred."""
    every = count // HOLDING
    for number in range(count):
        folder = root / f"group{number // A_FOLDER // A_FOLDER}" / f"pkg{number // A_FOLDER}"
        if number % A_FOLDER == 0:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "__init__.py").write_text("")
        text = f'"""Module {number}."""\n\n' + FILLER
        if number == 0:
            text += "def load_user_record(key):\n    return key\n"
        elif number % every == 0:
            text += f"from group0.pkg0.mod0 import load_user_record\n\nvalue_{number} = load_user_record({number})\n"
        (folder / f"mod{number}.py").write_text(text)
    # Git would tidy up behind our backs, into timings and into a folder that is being removed.
    for command in (["init", "-q"], ["config", "gc.auto", "0"], ["config", "maintenance.auto", "false"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "first"]):
        subprocess.run(["git", *command], cwd=root, check=True)


def patch(root: Path, name: str) -> Path:
    """A git patch of three files."""
    lines = []
    for number in (1, 2, 3):
        path = f"group0/pkg0/mod{number}.py"
        lines.append(f'diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1,2 +1,2 @@\n-"""Module {number}."""\n+"""Module {number}, {name}."""\n \n')
    place = root.parent / f"{name}.patch"
    place.write_text("".join(lines))
    return place


def spent(root: Path, *words: str) -> Cost:
    """Run one command of redraft; it has to succeed."""
    began = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen([sys.executable, "-m", "agent", *words, "--repo", str(root)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)}: {said.decode(errors='replace')[-600:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024)


def measured(count: int) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory(prefix="redraft-many-") as temporary:
        root = Path(temporary).resolve() / "repo"
        root.mkdir()
        make(root, count)
        costs = {"plan": spent(root, "plan", WORDS), "edit --dry-run": spent(root, "edit", WORDS, "--dry-run")}
        costs["edit --yes"] = spent(root, "edit", WORDS, "--yes")
        costs["undo of the edit"] = spent(root, "undo", "--yes")
        costs["apply --yes"] = spent(root, "apply", str(patch(root, "one")), "--yes")
        costs["undo of the patch"] = spent(root, "undo", "--yes")
        costs["apply --tests true"] = spent(root, "apply", str(patch(root, "two")), "--yes", "--tests", "true", "--no-sandbox")
        costs["log"] = spent(root, "log")
        return costs


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, nargs="+", default=[20_000, 100_000], help="The first is what the others are compared with.")
    asked = parser.parse_args()
    first: dict[str, Cost] = {}
    for count in asked.files:
        costs = measured(count)
        first = first or costs
        for name, cost in costs.items():
            ratio = cost.computing / max(first[name].computing, 0.01)
            print(json.dumps({"files": count, "command": name, "wall": round(cost.wall, 2), "computing": round(cost.computing, 2),
                              "ratio": round(ratio, 2), "MiB": cost.memory}), flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
