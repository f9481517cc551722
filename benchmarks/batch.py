"""A batch over repositories made from installed packages: uninterrupted, killed twice with SIGKILL and resumed, and on Ray.

`python -m benchmarks.batch --repositories 20 --workers 2 [--ray]` prints JSON lines: whether the runs end with the same
bytes (every file of every repository, and the report), and what they cost.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib.metadata
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAX_BYTES = 300_000
NOT_THESE = {"requests", "torch", "agent", "engine", "editops", "pip", "setuptools"}
EDITS = 4


def packages(count: int) -> list[Path]:
    """Folders of installed packages, the larger of the small ones first."""
    found: dict[str, Path] = {}
    for distribution in importlib.metadata.distributions():
        for file in distribution.files or ():
            name = file.parts[0]
            if len(file.parts) == 2 and file.name == "__init__.py" and name not in NOT_THESE and not name.startswith("_"):
                found[name] = Path(str(distribution.locate_file(name)))
    sizes = {place: sum(path.stat().st_size for path in place.rglob("*.py")) for place in found.values()}
    fitting = [place for place, size in sizes.items() if size <= MAX_BYTES]
    return sorted(sorted(fitting, key=lambda place: -sizes[place])[:count])


def shared_names(places: list[Path]) -> list[str]:
    """Names that packages define exactly once, as a function or class of a module: together they reach as many packages as they can."""
    homes: dict[str, set[Path]] = {}
    for place in places:
        own: Counter[str] = Counter()
        for path in place.rglob("*.py"):
            try:
                tree = ast.parse(path.read_bytes())
            except (SyntaxError, ValueError):
                continue
            own.update(node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and len(node.name) > 4)
        for name in (name for name, times in own.items() if times == 1 and not name.startswith("_")):
            homes.setdefault(name, set()).add(place)
    chosen: list[str] = []
    reached: set[Path] = set()
    for _ in range(EDITS):
        name = min(homes, key=lambda name: (-len(homes[name] - reached), -len(homes[name]), name))
        chosen.append(name)
        reached |= homes.pop(name)
    return chosen


def prepare(folder: Path, places: list[Path], names: list[str]) -> Path:
    """Repositories and a recipe in a fresh folder."""
    for place in places:
        target = folder / "repositories" / place.name
        shutil.copytree(place, target / place.name, ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.pyc"))
        for arguments in (["init", "-q"], ["add", "-A"], ["-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-qm", "first"]):
            subprocess.run(["git", *arguments], cwd=target, check=True)
    edits = "".join(f"  - rename {name} to {name}{'Two' if name[0].isupper() else '_two'}\n" for name in names)
    recipe = folder / "recipe.yaml"
    recipe.write_text(f"version: 1\nedits:\n{edits}repositories: ['repositories/*']\nseed: 7\n")
    return recipe


def command(recipe: Path, workers: int, *more: str) -> list[str]:
    return [sys.executable, "-m", "agent", "batch", str(recipe), "--ledger", str(recipe.parent / "ledger"), "--workers", str(workers), *more]


def decided(recipe: Path) -> int:
    place = recipe.parent / "ledger/ledger.jsonl"
    return place.read_bytes().count(b'"kind":"decided"') if place.exists() else 0


def killed(recipe: Path, workers: int, at: int) -> None:
    """SIGKILL the batch once `at` edits are decided."""
    process = subprocess.Popen(command(recipe, workers), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while decided(recipe) < at and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()


def finished(recipe: Path, workers: int, *more: str) -> float:
    began = time.monotonic()
    done = subprocess.run(command(recipe, workers, *more), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 2:
        sys.exit(done.stderr)
    return time.monotonic() - began


def state(recipe: Path) -> str:
    """Digest of every file outside the git folders, and of the report."""
    whole = hashlib.sha256((recipe.parent / "ledger/report.jsonl").read_bytes())
    for path in sorted((recipe.parent / "repositories").rglob("*")):
        if path.is_file() and ".git" not in path.relative_to(recipe.parent).parts:
            whole.update(str(path.relative_to(recipe.parent)).encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def outcomes(recipe: Path) -> dict[str, object]:
    lines = [json.loads(line) for line in (recipe.parent / "ledger/report.jsonl").read_text().splitlines()]
    edits = Counter(line["outcome"] for line in lines if line["kind"] == "edit")
    files = sum(len(line["files"]) for line in lines if line["kind"] == "edit")
    return {"edits": dict(edits), "files": files, "repositories": lines[-1]["outcomes"]}


def measured(folder: Path, count: int, workers: int, ray: bool) -> Iterator[tuple[str, object]]:
    places = packages(count)
    names = shared_names(places)
    yield "packages", [place.name for place in places]
    yield "names", names
    whole = prepare(folder / "whole", places, names)
    yield "seconds", round(finished(whole, workers), 1)
    yield "outcomes", outcomes(whole)
    units = decided(whole)
    again = prepare(folder / "killed", places, names)
    stops = []
    for part in (1, 2):
        killed(again, workers, units * part // 3)
        stops.append(decided(again))
    finished(again, workers)
    yield "killed after edits", stops
    yield "edits decided in all", [units, decided(again)]
    yield "same bytes after two kills", state(again) == state(whole)
    if ray:
        other = prepare(folder / "ray", places, names)
        yield "seconds on Ray", round(finished(other, workers, "--ray", "local"), 1)
        yield "same bytes on Ray", state(other) == state(whole)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repositories", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ray", action="store_true")
    arguments = parser.parse_args()
    os.environ["XDG_CONFIG_HOME"] = os.devnull
    with tempfile.TemporaryDirectory(prefix="redraft-bench-") as folder:
        differs = False
        for what, value in measured(Path(folder), arguments.repositories, arguments.workers, arguments.ray):
            print(json.dumps({what: value}), flush=True)
            differs = differs or what.startswith("same bytes") and not value
    sys.exit(differs)


if __name__ == "__main__":
    main()
