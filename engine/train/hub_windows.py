"""Windows for training a hub model: an instruction, the code around a hole, and what has to stand in it.

The truth comes from uniqueness: a function that one package defines once means one thing wherever its name stands in code.
"""

from __future__ import annotations

import ast
import random
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.hub.holes import Hole, holes
from engine.train.corpus import Package

RENAMES = (
    "rename {old} to {new}", "rename function {old} to {new}", "please rename {old} to {new}", "{old} should be called {new}",
    "change the name of {old} to {new}",
)  # fmt: skip
ADDITIONS = (
    "add argument {argument} to {old}", "add an argument {argument} to {old}", "add parameter {argument} to {old}",
    "add parameter {argument} to function {old}", "give {old} a new argument {argument}",
)  # fmt: skip
DEFAULTS = ("None", "True", "False", "0", "1", "''", "()", "10")
_PARAMETER = re.compile(r"\bdef \w+\([^()]*?\b([a-z][a-z_]{2,15})(?=\s*[:=,)])")
_COMMON = frozenset({"self", "cls", "args", "kwargs", "None", "str", "int", "bool"})
_NAME = re.compile(r"[A-Za-z_]\w{3,24}")
MOST_OF_ONE = 6
"""Windows of one function."""


@dataclass(frozen=True, slots=True)
class Names:
    """What new names are drawn from."""

    functions: Sequence[str]
    arguments: Sequence[str]

    @classmethod
    def of(cls, packages: Iterable[Package]) -> Names:
        """Names of functions and parameters that some packages have; those of tests say too much of what they test."""
        packages = list(packages)
        functions = {name for package in packages for name in unique_functions(package.texts) if not name.lower().startswith("test")}
        arguments = {name for package in packages for text in package.texts.values() for name in _PARAMETER.findall(text)}
        return cls(sorted(functions), sorted(arguments - _COMMON))


@dataclass(frozen=True, slots=True)
class Window:
    """One example."""

    package: str
    instruction: str
    hole: Hole
    new: str

    @property
    def is_change(self) -> bool:
        """Whether something other than the old text has to stand in the hole."""
        return self.new != self.hole.old


def unique_functions(texts: Mapping[str, str]) -> list[str]:
    """Names of functions and methods that are bound nowhere else in a package."""
    counts: Counter[str] = Counter()
    functions: set[str] = set()
    for path, text in texts.items():
        if path.endswith(".py"):
            for name, is_function in _bound(text):
                counts[name] += 1
                if is_function:
                    functions.add(name)
    return sorted(name for name in functions if counts[name] == 1 and _NAME.fullmatch(name) and not name.startswith("__"))


def _bound(text: str) -> Iterator[tuple[str, bool]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, True
            case ast.ClassDef(name=name) | ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name, False
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, False


def windows(package: Package, names: Names, rng: random.Random, most: int) -> list[Window]:
    """Up to `most` windows of a package, half of them of renames; `names` are what things may be renamed to."""
    functions = unique_functions(package.texts)
    rng.shuffle(functions)
    found: list[Window] = []
    for old in functions:
        if len(found) >= most:
            break
        spots = [hole for path, text in package.texts.items() if path.endswith(".py") and old in text for hole in holes(path, text, (old,))]
        rng.shuffle(spots)
        make = _renamed if rng.random() < 0.5 else _extended
        found += make(package.name, old, spots, names, rng)
    return found[:most]


def _renamed(package: str, old: str, spots: Sequence[Hole], names: Names, rng: random.Random) -> list[Window]:
    new = rng.choice(names.functions)
    said = rng.choice(RENAMES).format(old=old, new=new)
    word = re.compile(rf"(?<!\w){old}(?!\w)")
    return [Window(package, said, hole, word.sub(new, hole.old)) for hole in spots[:MOST_OF_ONE]] if new != old else []


def _extended(package: str, old: str, spots: Sequence[Hole], names: Names, rng: random.Random) -> list[Window]:
    """The definition gets the argument, every other place stays as it is."""
    argument = f"{rng.choice(names.arguments)}={rng.choice(DEFAULTS)}"
    said = rng.choice(ADDITIONS).format(old=old, argument=argument)
    defined = [hole for hole in spots if hole.left.endswith("def ")]
    others = [hole for hole in spots if not hole.left.endswith("def ")]
    out = [Window(package, said, hole, new) for hole in defined if (new := with_argument(hole.old, argument)) is not None]
    return [*out, *(Window(package, said, hole, hole.old) for hole in others[:1])] if out else []


def with_argument(signature: str, argument: str) -> str | None:
    """`f(a, **kw)` with one more argument; None where that isn't a matter of one place."""
    inside = signature.partition("(")[2][:-1]
    if not signature.endswith(")") or "\n" in signature or argument.partition("=")[0] in re.findall(r"\w+", inside):
        return None
    head, star, rest = signature[:-1].partition("**")
    if star:
        return f"{head}{argument}, **{rest})"
    if inside.rstrip().endswith((",", "/", "*")):
        return None
    return f"{signature[:-1]}, {argument})" if inside.strip() else f"{signature[:-1]}{argument})"
