"""The same renames and moves by redraft and by its peers: right, wrong and missed sites, and whole-process wall time.

    python -m pip install rope jedi ast-grep-cli
    python -m benchmarks.peers --sources DIR [--tasks '00*'] [--large]

Peers are told the definition and the new name, redraft only gets the sentence. rope runs twice: over the files that hold the word, and over all.
`--large` puts all eight releases into one repository and asks there.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.refactor.fetch import release_folder
from benchmarks.refactor.general import GeneralTask, load_general_tasks
from benchmarks.refactor.run import COMMAND, OPTIONS, PROJECT, git, judge
from benchmarks.refactor.score import Outcome, Score
from benchmarks.refactor.tasks import UNTRACKED, Task, Tree, load_tasks, read_tree
from engine import Entity, Kind, Project, entities

LIMIT = 300.0
"""Seconds for one answer."""
WORDING = "plain"


@dataclass(frozen=True, slots=True)
class Ask:
    """One rename or move, as a peer has to be told it."""

    task: Task | GeneralTask
    target: Entity
    new: str
    """New name, or the path of the module that it goes to."""

    @property
    def is_move(self) -> bool:
        return isinstance(self.task, GeneralTask)


def asks(pattern: str, sources: Path) -> Iterator[Ask]:
    """Renames of anything but modules, and moves of one definition into one module."""
    for task in load_tasks(pattern):
        found = definition(release_folder(sources, task.package, task.version), task.target)
        if found is not None:
            yield Ask(task, found, task.new)
    for task in load_general_tasks(pattern):
        homes = sorted({edit.path for edit in task.edits if len(edit.after) > 200} | set(task.creates))
        if task.kind == "move" and len(task.targets) == 1 and not task.abstain and len(homes) == 1:
            found = definition(release_folder(sources, task.package, task.version), task.targets[0])
            if found is not None and found.kind in (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT):
                yield Ask(task, found, homes[0])


def definition(release: Path, target: str) -> Entity | None:
    """The entity that a task names; None for modules and packages."""
    path, _, qualified = target.partition("::")
    if not qualified:
        return None
    text = (release / path).read_text(encoding="utf-8")
    project = Project([path], {path: text}.get)
    return next((entity for entity in entities(project, path) if entity.qualname == qualified), None)


def redraft(ask: Ask, folder: Path, inside: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "NO_COLOR": "1"}
    subprocess.run([*COMMAND, ask.task.wordings[WORDING], *OPTIONS], cwd=folder, env=environment, capture_output=True, check=False, timeout=LIMIT)


def words(ask: Ask, folder: Path, inside: Path) -> None:
    """Every whole word, in every file that git knows."""
    old = re.compile(rf"(?<!\w){re.escape(ask.target.name)}(?!\w)".encode())
    found = subprocess.run(["git", "grep", "-lwFz", ask.target.name], cwd=folder, capture_output=True, check=False)
    for name in filter(None, found.stdout.decode().split("\0")):
        path = folder / name
        path.write_bytes(old.sub(ask.new.encode(), path.read_bytes()))


def ast_grep(ask: Ask, folder: Path, inside: Path) -> None:
    """Every identifier of that name, by its syntax tree."""
    command = ["ast-grep", "run", "--pattern", ask.target.name, "--rewrite", ask.new, "--lang", "python", "--update-all", str(folder)]
    subprocess.run(command, capture_output=True, check=False, timeout=LIMIT)


def worker(peer: str) -> Callable[[Ask, Path, Path], None]:
    """A library that is driven from a process of its own."""

    def run(ask: Ask, folder: Path, inside: Path) -> None:
        target = ask.target
        path = (inside / target.path).relative_to(folder)
        new = str((inside / ask.new).relative_to(folder)) if ask.is_move else ask.new
        arguments = [peer, "move" if ask.is_move else "rename", str(folder), str(path), str(target.start), new]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        subprocess.run([sys.executable, "-m", "benchmarks.peers_worker", *arguments], env=environment, capture_output=True, check=False, timeout=LIMIT)

    return run


PEERS: Mapping[str, Callable[[Ask, Path, Path], None]] = {
    "redraft": redraft, "rope-restricted": worker("rope-restricted"), "rope": worker("rope"), "jedi": worker("jedi"), "ast-grep": ast_grep, "words": words,
}  # fmt: skip
MOVES = ("redraft", "rope")
"""Peers that can move a definition."""


def repository(ask: Ask, sources: Path, scratch: Path, large: bool) -> tuple[Path, Path]:
    """A new repository and the folder of the task's package in it."""
    folder, releases = scratch / "repository", sorted(path for path in sources.iterdir() if path.is_dir())
    own = release_folder(sources, ask.task.package, ask.task.version)
    for release in releases if large else [own]:
        shutil.copytree(release, folder / release.name if large else folder, ignore=shutil.ignore_patterns(*UNTRACKED))
    git(folder, "init", "--quiet")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", "releases")
    return folder, folder / own.name if large else folder


def answer(ask: Ask, peer: str, sources: Path, large: bool) -> tuple[Score, int, float]:
    """Score, files changed outside of the package, and seconds."""
    with tempfile.TemporaryDirectory(prefix="peers-") as scratch:
        folder, inside = repository(ask, sources, Path(scratch), large)
        base, around = read_tree(inside), read_tree(folder)
        began = time.perf_counter()
        try:
            PEERS[peer](ask, folder, inside)
        except subprocess.TimeoutExpired:
            git(folder, "checkout", "--quiet", "--force", ".")
        seconds = time.perf_counter() - began
        after: Tree = read_tree(folder)
        prefix = f"{inside.relative_to(folder)}/" if large else ""
        strays = sum(1 for path in set(around) | set(after) if not path.startswith(prefix) and around.get(path) != after.get(path))
        return judge(ask.task, base, read_tree(inside)), strays, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--tasks", default="*", help="shell pattern of task ids")
    parser.add_argument("--packages", default="*", help="shell pattern of packages")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    rows: defaultdict[tuple[str, str], list[tuple[Score, int, float]]] = defaultdict(list)
    for ask in asks(options.tasks, options.sources):
        if not fnmatch(ask.task.package, options.packages):
            continue
        for peer in options.peers.split(","):
            if not ask.is_move or peer in MOVES:
                made = answer(ask, peer, options.sources, options.large)
                rows["moves" if ask.is_move else "renames", peer].append(made)
                print(f"{ask.task.id} {peer}: {made[0].outcome.value}, {len(made[0].wrong)} wrong, {len(made[0].missed)} missed, {made[2]:.1f} s", flush=True)
    print(f"{'':<8} {'':<28} {'runs':>5} {'exact':>6} {'wrong':>6} {'missed':>6} {'strays':>6} {'seconds':>8}")
    for (kind, peer), made in rows.items():
        outcomes = Counter(score.outcome for score, _, _ in made)
        wrong, missed = (sum(len(places) for places in column) for column in ([s.wrong for s, _, _ in made], [s.missed for s, _, _ in made]))
        median = statistics.median(seconds for _, _, seconds in made)
        print(f"{kind:<8} {peer:<28} {len(made):>5} {outcomes[Outcome.EXACT]:>6} {wrong:>6} {missed:>6} {sum(n for _, n, _ in made):>6} {median:>8.2f}")


if __name__ == "__main__":
    main()
