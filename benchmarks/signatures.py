"""Changes of signatures and of the form of functions on real packages: does the result parse, load, and pass the package's own tests?

What is meant is what the evidence is sure of, and only targets are drawn of which it is sure everywhere, so that a failure is one of printing.

    python -m benchmarks.signatures SOURCES --cases 10 --tests voluptuous=voluptuous/tests/tests.py --tests sqlparse=tests
"""

from __future__ import annotations

import argparse
import ast
import collections
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyflakes import checker, messages

from engine.actions import Asked, Refused, rewrite
from engine.actions.functions import Definition, Kind, definition_of
from engine.actions.signatures import uses_of
from engine.evidence import Entity, Occurrence, Project, Resolution, entities, find, occurrences
from engine.evidence import Kind as EntityKind
from engine.plan import Action, Calls, Intent
from engine.sites import Rename, from_occurrence

_TEXTS = (".py", ".pyi", ".md", ".rst", ".txt", ".toml", ".cfg")
_QUIET = frozenset({"docstring", "comment", "prose", "string_part", "string", "config", "other"})
_WATCHED = (messages.UndefinedName, messages.UnusedImport, messages.UndefinedExport, messages.UndefinedLocal, messages.DuplicateArgument)
_FAILED = re.compile(r"^(FAILED|ERROR) (\S+)", re.MULTILINE)
_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Tree:
    """One package on disk."""

    name: str
    root: Path
    project: Project
    tests: str = ""

    @property
    def code(self) -> list[str]:
        """Its Python files, tests and documentation left out."""
        return sorted(
            path
            for path in self.project.paths
            if path.endswith(".py") and not re.search(r"(^|/)(tests?|docs?|examples|misc)/|setup\.py|conftest", path)
        )


@dataclass(slots=True)
class Tally:
    """What came of the cases of one kind."""

    done: int = 0
    refused: collections.Counter[str] = field(default_factory=collections.Counter)
    broken: list[str] = field(default_factory=list)
    tested: int = 0
    seconds: float = 0.0


def load(folder: Path, tests: Mapping[str, str]) -> Tree:
    """A package whose files are read when they are asked for."""
    paths = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix in _TEXTS]

    def read(path: str) -> str | None:
        try:
            return (folder / path).read_bytes().decode("utf-8")
        except (UnicodeDecodeError, OSError):
            return None

    name = folder.name.rpartition("-")[0] or folder.name
    return Tree(name, folder, Project(paths, read), tests.get(name, ""))


def functions(tree: Tree) -> Iterator[tuple[Entity, Definition]]:
    """Every function and method of the package itself."""
    for path in tree.code:
        module = tree.project.module(path)
        if module is None or module.index is None:
            continue
        for entity in entities(tree.project, path):
            if entity.kind in (EntityKind.FUNCTION, EntityKind.METHOD):
                for scope in module.scopes(entity.qualname):
                    if isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                        yield entity, definition_of(module, scope.node)
                        break


def _plain(item: Definition) -> list[str]:
    return [parameter.name for parameter in item.asked_for() if parameter.kind in (Kind.PLAIN, Kind.KEYWORD)]


def _is_method(item: Definition) -> bool:
    dunder = item.node.name.startswith("__") and item.node.name.endswith("__")
    return item.owner is not None and not dunder and not item.node.decorator_list


def _uses_first(item: Definition) -> bool:
    parameters = item.parameters()
    return bool(parameters) and bool(uses_of(item, parameters[0].name))


def intents(entity: Entity, item: Definition) -> Iterator[tuple[str, Intent]]:
    """What could be asked of one function, by the name of the row that it counts in."""
    plain, top = _plain(item), item.owner is None and "." not in item.qualname
    every = {Calls.CODE: "1", Calls.TESTS: "2", Calls.RECURSIVE: "3"}
    if not item.node.name.startswith("__") or item.node.name == "__init__":
        yield "add, default", Intent(entity, "extra_option", action=Action.ADD, default="None", type="Optional[int]")
        yield "add, values", Intent(entity, "extra_option", action=Action.ADD, values=every, default="0", keyword=len(plain) % 2 > 0)
        yield "add, required", Intent(entity, "extra_option", action=Action.ADD, values=every)
    positional = [parameter for parameter in item.asked_for() if parameter.kind is Kind.PLAIN]
    alike = [parameter.name for parameter in positional if parameter.has_default == positional[-1].has_default]
    if len(alike) > 1:
        yield "reorder", Intent(entity, action=Action.REORDER, parameters=tuple(reversed(alike)))
    if positional:
        yield "keyword", Intent(entity, action=Action.KEYWORD, parameters=(positional[-1].name,))
    for name in plain:
        if not uses_of(item, name):
            yield "delete", Intent(Entity(EntityKind.PARAMETER, name, entity.path, entity.qualname), action=Action.DELETE)
    if len(plain) > 2:
        yield "bundle", Intent(entity, "BundledOptions", action=Action.BUNDLE, parameters=tuple(plain[1:]))
    if _is_method(item):
        yield "function", Intent(entity, f"{entity.name.lstrip('_')}_of_it", action=Action.FUNCTION)
        if not _uses_first(item):
            yield "static", Intent(entity, action=Action.STATIC)
        yield "classmethod", Intent(entity, action=Action.CLASSMETHOD)
        if not item.asked_for():
            yield "property", Intent(entity, action=Action.PROPERTY)
    if top and item.module.tree is not None:
        classes = [node.name for node in item.module.tree.body if isinstance(node, ast.ClassDef)]
        yield "group", Intent(entity, "GroupedTools", action=Action.GROUP)
        for name in classes[:1]:
            yield "method", Intent(entity, action=Action.METHOD, to=f"{entity.path}::{name}")


def meant(project: Project, intent: Intent) -> list[Occurrence] | None:
    """The occurrences that are meant; None where the evidence is not sure of all uses in code."""
    wanted = list(intent.targets)
    if intent.target.kind is EntityKind.PARAMETER:
        owner = find(project, f"{intent.target.path}::{intent.target.owner}")
        wanted += [owner] if owner is not None else []
    if wanted[-1].name == "__init__" and wanted[-1].owner:
        owner = find(project, f"{wanted[-1].path}::{wanted[-1].owner}")
        wanted += [owner] if owner is not None else []
    out: list[Occurrence] = []
    for target in wanted:
        for found in occurrences(project, target, sorted(project.paths)):
            if found.resolution is Resolution.UNKNOWN and found.role.value not in _QUIET:
                return None
            if found.resolution is Resolution.YES:
                out.append(found)
    return out


def flaws(path: str, text: str) -> collections.Counter[str]:
    """What pyflakes has to say of names and imports."""
    found = checker.Checker(ast.parse(text), filename=path).messages
    return collections.Counter(f"{type(item).__name__} {item.message_args[0]}" for item in found if isinstance(item, _WATCHED))


def judge(tree: Tree, texts: Mapping[str, str | None], base: frozenset[str] | None) -> str:
    """What is wrong with a result; empty for nothing."""
    for path, text in texts.items():
        if text is None or not path.endswith(".py"):
            continue
        try:
            new = flaws(path, text)
        except SyntaxError as error:
            return f"{path} does not parse: {error}"
        worse = new - flaws(path, tree.project.text(path) or "")
        if worse:
            return f"{path}: {next(iter(worse))}"
    if base is None:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(tree.root, copy, ignore=shutil.ignore_patterns("__pycache__", ".git"))
        for path, text in texts.items():
            if text is None:
                (copy / path).unlink()
            else:
                (copy / path).write_bytes(text.encode())
        worse_tests = run_tests(copy, tree.tests) - base
    return f"tests: {', '.join(sorted(worse_tests)[:3])}" if worse_tests else ""


def run_tests(folder: Path, tests: str) -> frozenset[str]:
    """Tests that fail."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir=.", "-rfE", tests]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False, env={"PYTHONPATH": ".:src", "PATH": ""}
        )
    except subprocess.TimeoutExpired:
        return frozenset({"timeout"})
    failed = frozenset(match[2] for match in _FAILED.finditer(done.stdout))
    return failed or (frozenset({f"exit {done.returncode}"}) if done.returncode else frozenset())


def measure(tree: Tree, cases: int, seed: int, only: Sequence[str], tell: Callable[[str], None]) -> dict[str, Tally]:
    """Draw cases of every kind and carry them out."""
    generator = random.Random(seed)
    pool: dict[str, list[Intent]] = {}
    for entity, item in functions(tree):
        for row, intent in intents(entity, item):
            if not only or row in only:
                pool.setdefault(row, []).append(intent)
    base = run_tests(tree.root, tree.tests) if tree.tests else None
    tallies: dict[str, Tally] = {}
    for row in sorted(pool):
        tally = tallies[row] = Tally()
        generator.shuffle(pool[row])
        for intent in pool[row]:
            if tally.done >= cases or tally.refused.total() >= 6 * cases:
                break
            found = meant(tree.project, intent)
            if found is None:
                continue
            places = [from_occurrence(item, Rename(intent.target, item.text), tree.project.text(item.path) or "") for item in found]
            started = time.process_time()
            try:
                done = rewrite(Asked(intent, tree.project, places))
            except Exception as error:
                tally.done += 1
                tally.broken.append(f"{intent.target.path}::{intent.target.qualname}: {type(error).__name__} {error}")
                tell(f"  {row}: {tally.broken[-1]}")
                continue
            tally.seconds += time.process_time() - started
            if isinstance(done, Refused):
                tally.refused[done.sentence] += 1
                continue
            tally.done += 1
            # An arbitrary function need not be given an instance of the class that it is drawn for.
            trouble = judge(tree, done.texts, None if row == "method" else base)
            tally.tested += base is not None and row != "method"
            if trouble:
                tally.broken.append(f"{intent.target.path}::{intent.target.qualname}: {trouble}")
                tell(f"  {row}: {tally.broken[-1]}")
        tell(f"  {row}: {tally.done} carried out, {tally.tested} tested, {len(tally.broken)} broken, {tally.refused.total()} refused")
    return tallies


def main() -> None:
    """Print a table for each package and over all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--cases", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], help="rows")
    parser.add_argument("--tests", action="append", default=[], help="package=path of its tests")
    parser.add_argument("--package", action="append", default=[])
    parser.add_argument("--refusals", action="store_true")
    given = parser.parse_args()
    tests = dict(item.split("=", 1) for item in given.tests)
    total: dict[str, Tally] = {}
    for folder in sorted(path for path in given.sources.iterdir() if path.is_dir()):
        tree = load(folder, tests)
        if given.package and tree.name not in given.package:
            continue
        print(f"{tree.name}{' (with its tests)' if tree.tests else ''}", flush=True)
        for row, tally in measure(tree, given.cases, given.seed, given.only, lambda line: print(line, flush=True)).items():
            joined = total.setdefault(row, Tally())
            joined.done += tally.done
            joined.refused += tally.refused
            joined.broken += tally.broken
            joined.tested += tally.tested
            joined.seconds += tally.seconds
    print("| kind | carried out | of these tested | broken | refused | seconds a case |\n| --- | --- | --- | --- | --- | --- |")
    for row, tally in sorted(total.items()):
        each = tally.seconds / max(tally.done + tally.refused.total(), 1)
        print(f"| {row} | {tally.done} | {tally.tested} | {len(tally.broken)} | {tally.refused.total()} | {each:.3f} |")
        if given.refusals:
            for sentence, count in tally.refused.most_common(4):
                print(f"    {count} {sentence}")


if __name__ == "__main__":
    main()
