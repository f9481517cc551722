"""The same renames and moves by redraft and by its peers: right, wrong and missed sites, and whole-process wall time.

    python -m pip install rope jedi ast-grep-cli
    python -m benchmarks.peers --sources DIR [--tasks '00*'] [--sizes small,middle,large] [--out results.json]

Peers are told the definition and the new name, redraft only gets the sentence. rope runs twice: over the files that hold the word, and over all.
A small repository is the task's release alone, a middle one all eight releases beside each other (1,014 Python files), a large one those and modules of the
running Python's standard library, 2,500 Python files in all. A change outside of the task's release is a stray.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.refactor.fetch import release_folder
from benchmarks.refactor.general import GeneralTask, load_general_tasks
from benchmarks.refactor.run import COMMAND, OPTIONS, PROJECT, git, judge
from benchmarks.refactor.score import Outcome, Score
from benchmarks.refactor.tasks import UNTRACKED, Task, load_tasks, read_tree
from engine import Entity, Kind, Project, entities

WORDING = "plain"
SIZES = ("small", "middle", "large")
LARGE = 2500
"""Python files of a large repository."""
LIBRARY = "standard_library"
"""Folder of what fills a large repository."""


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
        homes = new_homes(task)
        if task.kind == "move" and len(task.targets) == 1 and not task.abstain and len(homes) == 1:
            found = definition(release_folder(sources, task.package, task.version), task.targets[0])
            if found is not None and found.kind in (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT):
                yield Ask(task, found, homes[0])


def new_homes(task: GeneralTask) -> list[str]:
    """The files in which the reference defines a target that was not defined there."""
    defines = re.compile("|".join(rf"^(?:async def|def|class) {re.escape(name)}\b|^{re.escape(name)} *[:=]" for name in sorted(task.names)), re.MULTILINE)
    gained = {edit.path for edit in task.edits if defines.search(edit.after) and not defines.search(edit.before)}
    return sorted(gained | {path for path, text in task.creates.items() if defines.search(text)})


def definition(release: Path, target: str) -> Entity | None:
    """The entity that a task names; None for modules and packages."""
    path, _, qualified = target.partition("::")
    if not qualified:
        return None
    text = (release / path).read_text(encoding="utf-8")
    project = Project([path], {path: text}.get)
    return next((entity for entity in entities(project, path) if entity.qualname == qualified), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one peer left in one repository."""

    score: Score
    strays: int
    """Files changed outside of the task's release."""
    seconds: float
    ended: str
    """How the process ended: `ok`, `time` when it was stopped, else its exit code."""


Way = Callable[[Ask, Path, Path, float], int]
"""Changes the repository for an ask: its folder, the release's folder in it, a limit in seconds; gives the exit code."""


def call(command: Sequence[str], folder: Path, limit: float) -> int:
    """Run a process to its end or to the limit."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=limit).returncode


def redraft(ask: Ask, folder: Path, inside: Path, limit: float) -> int:
    return call([*COMMAND, ask.task.wordings[WORDING], *OPTIONS], folder, limit)


def words(ask: Ask, folder: Path, inside: Path, limit: float) -> int:
    """Every whole word, in every file that git knows."""
    old = re.compile(rf"(?<!\w){re.escape(ask.target.name)}(?!\w)".encode())
    found = subprocess.run(["git", "grep", "-lwFz", ask.target.name], cwd=folder, capture_output=True, check=False)
    for name in filter(None, found.stdout.decode().split("\0")):
        path = folder / name
        path.write_bytes(old.sub(ask.new.encode(), path.read_bytes()))
    return 0


def ast_grep(ask: Ask, folder: Path, inside: Path, limit: float) -> int:
    """Every identifier of that name, by its syntax tree."""
    # Installed beside Python, or anywhere on the path.
    beside = Path(sys.executable).with_name("ast-grep")
    program = str(beside) if beside.exists() else "ast-grep"
    return call([program, "run", "--pattern", ask.target.name, "--rewrite", ask.new, "--lang", "python", "--update-all", str(folder)], folder, limit)


def worker(peer: str) -> Way:
    """A library that is driven from a process of its own."""

    def run(ask: Ask, folder: Path, inside: Path, limit: float) -> int:
        target = ask.target
        path = (inside / target.path).relative_to(folder)
        new = str((inside / ask.new).relative_to(folder)) if ask.is_move else ask.new
        arguments = [peer, "move" if ask.is_move else "rename", str(folder), str(path), str(target.start), new]
        return call([sys.executable, "-m", "benchmarks.peers_worker", *arguments], folder, limit)

    return run


PEERS: Mapping[str, Way] = {
    "redraft": redraft, "rope-restricted": worker("rope-restricted"), "rope": worker("rope"), "jedi": worker("jedi"), "ast-grep": ast_grep, "words": words,
}  # fmt: skip
MOVES = ("redraft", "rope")
"""Peers that can move a definition."""


def filler(count: int) -> list[tuple[Path, str]]:
    """Modules of the running Python's standard library that parse, its own tests last, with their places in a repository."""
    library = Path(sysconfig.get_path("stdlib"))
    paths = [path for path in library.rglob("*.py") if not {"site-packages", "dist-packages"}.intersection(path.parts)]
    paths.sort(key=lambda path: (path.relative_to(library).parts[0] == "test", path))
    found: list[tuple[Path, str]] = []
    for path in paths:
        if len(found) == count:
            break
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError):
            continue
        found.append((path, f"{LIBRARY}/{path.relative_to(library).as_posix()}"))
    if len(found) < count:
        raise SystemExit(f"the standard library holds {len(found)} modules that parse, a large repository needs {count} of them")
    return found


def template(size: str, own: Path, sources: Path, scratch: Path) -> Path:
    """The repository that is copied for each answer, made once."""
    folder = scratch / (f"small-{own.name}" if size == "small" else size)
    if folder.is_dir():
        return folder
    releases = [own] if size == "small" else sorted(path for path in sources.iterdir() if path.is_dir())
    for release in releases:
        shutil.copytree(release, folder if size == "small" else folder / release.name, ignore=shutil.ignore_patterns(*UNTRACKED))
    if size == "large":
        for source, place in filler(LARGE - sum(1 for _ in folder.rglob("*.py"))):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / place)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", "releases")
    return folder


def changed(folder: Path) -> list[str]:
    """Paths that differ from the commit, new ones included."""
    told = subprocess.run(["git", "status", "--porcelain", "-z", "--no-renames", "-uall"], cwd=folder, capture_output=True, check=True).stdout
    return [entry[3:] for entry in told.decode().split("\0") if entry and not UNTRACKED.intersection(Path(entry[3:]).parts)]


def answer(ask: Ask, peer: str, size: str, places: tuple[Path, Path], limit: float) -> Answer:
    """Ask one peer in a copy of the repository; `places` are the sources and the folder of the templates."""
    sources, templates = places
    own = release_folder(sources, ask.task.package, ask.task.version)
    with tempfile.TemporaryDirectory(prefix="peers-") as scratch:
        folder = Path(scratch).resolve() / "repository"
        shutil.copytree(template(size, own, sources, templates), folder, symlinks=True)
        git(folder, "update-index", "-q", "--refresh")
        inside = folder if size == "small" else folder / own.name
        base = read_tree(inside)
        began = time.perf_counter()
        try:
            code = PEERS[peer](ask, folder, inside, limit)
            ended = str(code) if code else "ok"
        except subprocess.TimeoutExpired:
            ended = "time"
        seconds = time.perf_counter() - began
        if ended == "time":
            git(folder, "reset", "--quiet", "--hard")
            git(folder, "clean", "-fdq")
        prefix = "" if inside == folder else f"{own.name}/"
        strays = sum(1 for path in changed(folder) if not path.startswith(prefix))
        return Answer(judge(ask.task, base, read_tree(inside)), strays, seconds, ended)


def row(title: Sequence[str], made: Sequence[Answer]) -> str:
    """One line of the table: outcomes, places, strays, how many ran into the limit, median and longest time."""
    outcomes = Counter(answer.score.outcome for answer in made)
    cells = [
        len(made),
        *(outcomes[outcome] for outcome in Outcome),
        sum(len(answer.score.wrong) for answer in made),
        sum(len(answer.score.missed) for answer in made),
        sum(answer.strays for answer in made),
        sum(answer.ended == "time" for answer in made),
    ]
    seconds = [answer.seconds for answer in made]
    numbers = " ".join(f"{cell:>7}" for cell in cells)
    return f"{title[0]:<7} {title[1]:<8} {title[2]:<16} {numbers} {statistics.median(seconds):>7.2f} {max(seconds):>7.2f}"


def table(rows: Mapping[tuple[str, str, str], Sequence[Answer]]) -> str:
    """A row for each size, kind and peer; wrong and missed are places, the outcomes before them answers."""
    names = ["asked", *(outcome.value[:6] for outcome in Outcome), "wrongs", "misseds", "strays", "time"]
    head = f"{'':<33} {' '.join(f'{name:>7}' for name in names)}  median longest"
    order = sorted(rows, key=lambda key: (SIZES.index(key[0]), key[1] == "moves", list(PEERS).index(key[2])))
    return "\n".join([head, *(row(key, rows[key]) for key in order)])


def listed(known: Sequence[str]) -> Callable[[str], list[str]]:
    """An option that takes some of the known words, with commas between them."""

    def parse(text: str) -> list[str]:
        found = text.split(",")
        unknown = sorted(set(found) - set(known))
        if unknown:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)} is not among {', '.join(known)}")
        return found

    return parse


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, required=True, help="folder filled by benchmarks/refactor/fetch.py")
    parser.add_argument("--tasks", default="*", metavar="GLOB", help="shell pattern over task ids")
    parser.add_argument("--packages", default="*", metavar="GLOB", help="shell pattern over packages")
    parser.add_argument("--peers", type=listed(list(PEERS)), default=list(PEERS), help=f"some of {','.join(PEERS)}")
    parser.add_argument("--sizes", type=listed(SIZES), default=["small"], help=f"some of {','.join(SIZES)}")
    parser.add_argument("--limit", type=float, default=120.0, metavar="SECONDS", help="time limit for one answer; what is not done by then is undone")
    parser.add_argument("--out", type=Path, help="write the answers as JSON")
    return parser.parse_args()


def main() -> None:
    options = parse_arguments()
    sources = options.sources.resolve()
    rows: defaultdict[tuple[str, str, str], list[Answer]] = defaultdict(list)
    records = []
    wanted = [ask for ask in asks(options.tasks, sources) if fnmatch(ask.task.package, options.packages)]
    with tempfile.TemporaryDirectory(prefix="peers-templates-") as templates:
        for size in options.sizes:
            for ask in wanted:
                for peer in options.peers:
                    if ask.is_move and peer not in MOVES:
                        continue
                    made = answer(ask, peer, size, (sources, Path(templates)), options.limit)
                    rows[size, "moves" if ask.is_move else "renames", peer].append(made)
                    told = {"size": size, "task": ask.task.id, "peer": peer, "outcome": made.score.outcome.value, "wrong": len(made.score.wrong),
                            "missed": len(made.score.missed), "strays": made.strays, "seconds": round(made.seconds, 2), "ended": made.ended}  # fmt: skip
                    records.append(told)
                    print(" ".join(f"{key} {value}" for key, value in told.items()), file=sys.stderr, flush=True)
    if not rows:
        raise SystemExit(f"no rename or move fits {options.tasks}")
    print(table(rows))
    if options.out is not None:
        options.out.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
