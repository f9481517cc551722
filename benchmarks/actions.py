"""Actions on real packages: does what they print parse, name nothing undefined, import, and pass the package's own tests?

    python -m benchmarks.actions SOURCES --action move --count 40 --seed 1

SOURCES holds unpacked releases, one folder each. Targets are drawn; the places that are meant are those that the evidence is sure of.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from pyflakes.checker import Checker
from pyflakes.messages import ImportStarUsage, ImportStarUsed, UnusedVariable

from engine.actions import Asked, Refused, Rewritten, rewrite
from engine.actions.cycles import new_cycles
from engine.evidence import Entity, Kind, Project, Resolution, entities, occurrences
from engine.plan import Action, Intent
from engine.sites import Rename, from_occurrence

Texts = Mapping[str, str]
_MOVABLE = (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT)
_IMPORTS = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except BaseException as error:
        print(name, type(error).__name__, error)
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One action on one package."""

    action: Action
    targets: tuple[Entity, ...]
    to: str

    def __str__(self) -> str:
        names = " ".join(f"{target.path}::{target.qualname}" for target in self.targets)
        return f"{self.action.value} {names} -> {self.to}"


def read_tree(folder: Path) -> dict[str, str]:
    """The texts of a release, with line endings as they are."""
    out: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".pyi", ".rst", ".md", ".txt", ".toml", ".cfg") and ".egg-info" not in str(path):
            try:
                out[path.relative_to(folder).as_posix()] = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
            except UnicodeDecodeError:
                continue
    return out


def is_code(path: str) -> bool:
    """A module of the package itself."""
    return path.endswith(".py") and not any(part in ("tests", "test", "docs", "examples", "misc") for part in path.split("/")) and path.count("/") > 0


def drawn(project: Project, action: Action, rng: Random, whole: bool) -> Case | None:
    """A target, and where it is to go; whole: modules."""
    modules = sorted(path for path in project.paths if is_code(path))
    path = rng.choice(modules)
    if whole:
        folder = path.rpartition("/")[0]
        if path.endswith("__init__.py"):
            return None
        others = [other for other in modules if other != path and not other.endswith("__init__.py")]
        to = rng.choice([f"{folder}/carried_here.py", f"{folder}/carried/{path.rpartition('/')[2]}", rng.choice(others)])
        return Case(action, (entities(project, path)[0],), "" if action is Action.DELETE else to)
    found = [item for item in entities(project, path) if not item.owner and item.kind in _MOVABLE and not item.name.startswith("__")]
    if not found:
        return None
    target = rng.choice(found)
    targets = [target]
    if rng.random() < 0.25 and len(found) > 1:
        targets.append(rng.choice([item for item in found if item is not target]))
    to = ""
    if action is Action.MOVE:
        near = [other for other in modules if other != path and other.split("/")[:-1] == path.split("/")[:-1]]
        to = f"{path.rpartition('/')[0]}/carried_here.py" if rng.random() < 0.4 or not near else rng.choice(near)
    if action is Action.REPLACE:
        pool = [item for other in modules for item in entities(project, other) if item.kind is target.kind and not item.owner and item.name != target.name]
        other = rng.choice(pool) if pool else target
        return Case(action, (target,), f"{other.path}::{other.name}")
    return Case(action, tuple(targets), to)


def carry_out(project: Project, case: Case) -> Rewritten | Refused:
    """The action with what the evidence is sure of."""
    places = []
    for target in case.targets:
        rename = Rename(target, "")
        for item in occurrences(project, target, sorted(project.paths)):
            if item.resolution is Resolution.YES:
                places.append(from_occurrence(item, rename, project.text(item.path) or ""))
    return rewrite(Asked(Intent(case.targets[0], action=case.action, others=case.targets[1:], to=case.to), project, places))


def flaws(path: str, text: str) -> Counter[str]:
    """What pyflakes says of a text, without lines."""
    if not path.endswith(".py"):
        return Counter()
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        return Counter([f"unparsable {error}"])
    messages = Checker(tree, filename=path).messages
    lines = text.splitlines()
    return Counter(
        type(item).__name__ + " " + " ".join(str(part) for part in item.message_args if not str(part).isdigit())
        for item in messages
        if not isinstance(item, (UnusedVariable, ImportStarUsage, ImportStarUsed)) and not str(item.message_args[:1]).endswith(".*',)") and "noqa" not in lines[item.lineno - 1]
    )


def new_flaws(before: Texts, after: Texts, changed: Mapping[str, str | None]) -> list[str]:
    """What pyflakes says of the changed files and did not say before of any of them."""
    old: Counter[str] = Counter()
    for path in changed:
        old.update({key.replace(path, ""): count for key, count in flaws(path, before.get(path, "")).items()})
    new: Counter[str] = Counter()
    for path in changed:
        new.update(flaws(path, after.get(path, "")))
    return [f"{key}" for key, count in (new - old).items() if count > 0]


def unimportable(project: Project, texts: Texts, root: Path) -> dict[str, str]:
    """Modules of the package that can't be imported, and why."""
    names: dict[str, str] = {}
    tops: set[str] = set()
    for path in texts:
        if is_code(path) and "setup" not in path:
            dotted = project.dotted(path)
            names[dotted] = path
            tops.add(path[: path.find(dotted.split(".")[0] + "/")] if dotted.split(".")[0] + "/" in path else path.rpartition("/")[0])
    with tempfile.TemporaryDirectory() as folder:
        for path, text in texts.items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_bytes(text.encode())
        import_path = ":".join(str(Path(folder) / top) for top in sorted(tops))
        done = subprocess.run(
            [sys.executable, "-c", _IMPORTS, *sorted(names)],
            cwd=folder, env={"PYTHONPATH": import_path, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    out: dict[str, str] = {}
    for line in done.stdout.splitlines():
        name, _, why = line.partition(" ")
        out[name] = why.replace(folder, "")
    return out


def problems(project: Project, before: Texts, done: Rewritten, fails: Mapping[str, str]) -> list[str]:
    """All that is wrong with an outcome."""
    after = {**before, **{path: text for path, text in done.texts.items() if text is not None}}
    for path, text in done.texts.items():
        if text is None:
            after.pop(path, None)
    found = new_flaws(before, after, done.texts)
    if not any(text is None for text in done.texts.values()):
        # A module under another name brings its old circles along.
        found += [f"cycle {' -> '.join(chain)}" for chain in new_cycles(project, done.texts, list(done.texts))]
    new = unimportable(Project(after, after.get), after, Path())
    found += [f"{name}: {why}" for name, why in new.items() if fails.get(name) != why]
    return found


def run(folder: Path, action: Action, count: int, seed: int, show: bool, whole: bool) -> Iterator[tuple[str, str, list[str]]]:
    """(case, outcome, problems) for so many drawn cases of one release."""
    texts = read_tree(folder)
    project = Project(texts, texts.get)
    fails = unimportable(project, texts, folder)
    rng = Random(f"{seed} {folder.name}")
    made = 0
    while made < count:
        case = drawn(project, action, rng, whole)
        if case is None:
            continue
        made += 1
        done = carry_out(project, case)
        if isinstance(done, Refused):
            yield str(case), "refused", [done.sentence]
            continue
        found = problems(project, texts, done, fails)
        yield str(case), "wrong" if found else "sound", found
        if show and found:
            for path, text in done.texts.items():
                print(f"--- {path}\n{text}")


def main() -> None:
    """Print the outcome of every case that isn't sound, and the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--action", default="move")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--package", default="")
    parser.add_argument("--modules", action="store_true", help="draw modules, not definitions")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    totals: dict[str, Counter[str]] = {}
    for folder in sorted(given.sources.iterdir()):
        if not folder.is_dir() or given.package not in folder.name:
            continue
        for case, outcome, found in run(folder, Action(given.action), given.count, given.seed, given.show, given.modules):
            totals.setdefault(folder.name, Counter())[outcome] += 1
            if outcome != "sound":
                print(f"{folder.name}: {outcome}: {case}\n    " + "\n    ".join(found), flush=True)
    print(json.dumps({name: dict(counts) for name, counts in totals.items()}))


if __name__ == "__main__":
    main()
