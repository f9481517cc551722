"""Long methods of real classes made top-level functions: is the body intact, and is every caller updated?

    python -m benchmarks.long_methods SOURCES --count 40 --seed 1

SOURCES holds unpacked releases, one folder each. Methods are drawn from all of them together: those of classes at the top of a module that have LONG nodes, and that

- are called on an instance: no static or class method, no property or anything else that a class reads by its decorator, no dunder;
- call no super() and stand in no family: no related class of the release, nor a base of the language, has the name; a class with any other base is left out;
- are called in the package itself, outside their own body, as an attribute, at a place of which the evidence is sure.

The places that are meant are those that the evidence is sure of, and the function keeps the name of the method. The outcome is judged by `benchmarks.long_methods_judge`. What
the action declines is not right either.
"""

from __future__ import annotations

import argparse
import ast
import builtins
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path
from random import Random

from benchmarks.actions import is_code, new_flaws, problems, read_tree, unimportable
from benchmarks.long_methods_judge import Moved, flaws_of
from engine.actions import Asked, Refused, rewrite
from engine.actions.cycles import new_cycles
from engine.evidence import Occurrence, Project, Resolution, Role, find, occurrences
from engine.plan import Action, Intent
from engine.sites import Rename, from_occurrence

LONG = range(100, 251)
_BOUND_TO_CLASSES = ("property", "cached_property", "setter", "getter", "deleter", "staticmethod", "classmethod", "abstractmethod", "overload", "override")
_HARMLESS_BASES = ("object", "Generic", "Protocol", "ABC")
_CRITERIA = ("methods", "long", "ordinary", "without super()", "without a family")
_IN_CODE = (Role.ATTRIBUTE, Role.ATTRIBUTE_CALL, Role.FSTRING)


@dataclass(frozen=True, slots=True)
class Method:
    """One that could be drawn."""

    path: str
    owner: str
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def name(self) -> str:
        """As `qualified` prints it."""
        return f"{self.path}::{self.owner}.{self.node.name}"

    @property
    def length(self) -> int:
        """Syntax nodes."""
        return sum(1 for _ in ast.walk(self.node))


@dataclass(frozen=True, slots=True)
class Release:
    """One unpacked release."""

    name: str
    texts: Mapping[str, str]
    project: Project
    fails: Mapping[str, str] | None
    """Modules that can't be imported as they are, and why; None: nothing is imported."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one method."""

    release: str
    method: Method
    places: int
    """Calls and references that are meant."""
    unsure: int
    """Attributes of the name of which the evidence can't tell: what a denoiser would decide."""
    flaws: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.release}: {self.method.name} ({self.method.length} nodes, {self.places} places, {self.unsure} unsure)"


class Classes:
    """The classes of a release, by name; two of one name are taken for one."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.bases: dict[str, set[str]] = {}
        self.members: dict[str, Counter[str]] = {}
        for path, text in texts.items():
            tree = parsed(text) if path.endswith((".py", ".pyi")) else None
            for node in ast.walk(tree) if tree is not None else ():
                if isinstance(node, ast.ClassDef):
                    self.bases.setdefault(node.name, set()).update(last_word(base) for base in node.bases)
                    self.members.setdefault(node.name, Counter()).update(_members(node))
        self.heirs: dict[str, set[str]] = {}
        for heir, bases in self.bases.items():
            for base in bases:
                self.heirs.setdefault(base, set()).add(heir)

    def related(self, name: str) -> set[str]:
        """Bases and subclasses, and the bases of those, with itself."""
        return _closed(_closed({name}, self.heirs), self.bases)

    def has_family(self, owner: str, name: str) -> bool:
        """Whether a method is defined twice among related classes, or may be."""
        for other in self.related(owner):
            if other in self.members:
                if self.members[other][name] > (other == owner):
                    return True
            elif other not in _HARMLESS_BASES and (not hasattr(builtins, other) or hasattr(getattr(builtins, other), name)):
                return True
        return False


def _closed(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    """All that can be reached."""
    found, waiting = set(start), sorted(start)
    for here in waiting:
        for there in sorted(edges.get(here, set()) - found):
            found.add(there)
            waiting.append(there)
    return found


def _members(node: ast.ClassDef) -> Counter[str]:
    """How often a class sets each name, on itself or on its instances."""
    found: Counter[str] = Counter()
    for item in node.body:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found[item.name] += 1
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store):
            found[inner.attr] += 1
    for item in node.body:
        found.update(inner.id for inner in ast.walk(item) if isinstance(item, (ast.Assign, ast.AnnAssign)) and isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store))
    return found


def parsed(text: str) -> ast.Module | None:
    """The syntax of a text; None where it has none."""
    try:
        return ast.parse(text)
    except SyntaxError:
        return None


def last_word(node: ast.expr) -> str:
    """The last name of an expression; of a call or subscript, that of what stands before the brackets."""
    while isinstance(node, (ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def release(folder: Path, imports: bool) -> Release:
    """Read one release."""
    texts = read_tree(folder)
    project = Project(texts, texts.get)
    return Release(folder.name, texts, project, unimportable(project, texts, folder) if imports else None)


def methods(texts: Mapping[str, str], left: Counter[str]) -> Iterator[Method]:
    """The long, ordinary methods of a release by syntax alone; left: how many each criterion leaves."""
    classes = Classes(texts)
    for path in sorted(path for path in texts if is_code(path)):
        tree = parsed(texts[path])
        for owner in tree.body if tree is not None else ():
            for node in owner.body if isinstance(owner, ast.ClassDef) else ():
                if not isinstance(owner, ast.ClassDef) or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    continue
                method = Method(path, owner.name, node)
                passed = sum(1 for _ in takewhile(bool, _criteria(method, classes)))
                left.update(_CRITERIA[:passed])
                if passed == len(_CRITERIA):
                    yield method


def _criteria(method: Method, classes: Classes) -> Iterator[bool]:
    """Whether a method keeps each of the criteria, the cheap ones first."""
    yield True
    yield method.length in LONG
    yield _is_ordinary(method.node)
    yield not _needs_super(method.node)
    yield not classes.has_family(method.owner, method.node.name)


def _is_ordinary(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    dunder = node.name.startswith("__") and node.name.endswith("__")
    return not dunder and not any(last_word(word) in _BOUND_TO_CLASSES for word in node.decorator_list)


def _needs_super(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id in ("super", "__class__") for inner in ast.walk(node))


def found_of(project: Project, method: Method) -> list[Occurrence]:
    """All occurrences of the name of a method."""
    target = find(project, method.name)
    return [] if target is None else occurrences(project, target, sorted(project.paths))


def is_called(method: Method, found: Sequence[Occurrence]) -> bool:
    """Whether the package calls it, surely and from outside its own body."""
    own = f"{method.owner}.{method.node.name}"
    return any(
        item.resolution is Resolution.YES and item.role is Role.ATTRIBUTE_CALL and is_code(item.path)
        and not (item.path == method.path and (item.scope == own or item.scope.startswith(f"{own}.")))
        for item in found
    )  # fmt: skip


def measure(of: Release, method: Method, found: Sequence[Occurrence]) -> Outcome:
    """Make one method a function, and judge what came of it; found: all occurrences of its name."""
    target = find(of.project, method.name)
    assert target is not None, method.name
    sure = [item for item in found if item.resolution is Resolution.YES]
    uses = [item for item in sure if item.role in _IN_CODE]
    unsure = sum(item.resolution is Resolution.UNKNOWN and item.role in _IN_CODE for item in found)
    places = [from_occurrence(item, Rename(target, ""), of.texts[item.path]) for item in sure]
    done = rewrite(Asked(Intent(target, action=Action.FUNCTION), of.project, places))
    if isinstance(done, Refused):
        return Outcome(of.name, method, len(uses), unsure, (f"declined: {done.sentence}",))
    after = {path: text for path, text in {**of.texts, **done.texts}.items() if text is not None}
    moved = Moved(method.path, method.owner, method.node.name, method.node.name, frozenset((item.path, item.end) for item in uses))
    flaws = flaws_of(of.texts, after, moved)
    if of.fails is not None:
        flaws += problems(of.project, of.texts, done, of.fails)
    else:
        flaws += new_flaws(of.texts, after, done.texts)
        flaws += [f"cycle {' -> '.join(chain)}" for chain in new_cycles(of.project, done.texts, list(done.texts))]
    return Outcome(of.name, method, len(uses), unsure, tuple(flaws))


def drawn(releases: Sequence[Release], seed: int, left: Counter[str]) -> Iterator[tuple[Release, Method, list[Occurrence]]]:
    """Methods in the order in which they are drawn; whether one is called is asked of the evidence when its turn comes."""
    waiting = [(of, method) for of in releases for method in methods(of.texts, left)]
    Random(seed).shuffle(waiting)
    for of, method in waiting:
        left["asked whether they are called"] += 1
        found = found_of(of.project, method)
        if is_called(method, found):
            left["called"] += 1
            yield of, method, found


def main() -> None:
    """Print every method that isn't right and why, and the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--imports", action="store_true", help="import every module of the package before and after, too")
    parser.add_argument("--list", action="store_true", help="print the right ones too")
    given = parser.parse_args()
    left: Counter[str] = Counter()
    releases = [release(folder, given.imports) for folder in sorted(given.sources.iterdir()) if folder.is_dir()]
    outcomes = []
    for of, method, found in islice(drawn(releases, given.seed, left), given.count):
        outcome = measure(of, method, found)
        outcomes.append(outcome)
        if outcome.flaws or given.list:
            print(f"{'WRONG' if outcome.flaws else 'right'} {outcome}", *outcome.flaws, sep="\n    ", flush=True)
    print(", ".join(f"{count} {step}" for step, count in left.items()))
    right = sum(not outcome.flaws for outcome in outcomes)
    print(f"{right} of {len(outcomes)} right; {sum(item.places for item in outcomes)} places, {sum(item.unsure for item in outcomes)} unsure ones left")


if __name__ == "__main__":
    main()
