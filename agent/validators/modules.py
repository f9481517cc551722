"""Which file an import means, and which names a module of the project holds.

The only place that resolves modules for the validators. Knows the project's paths
and texts, nothing of what is installed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath

from agent.validators.facts import EMPTY, ImportFact, ModuleFacts, facts_of

_EVERY_MODULE = frozenset({"__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__",
                           "__dict__", "__builtins__", "__annotations__", "__cached__"})


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the project, without its file ending: `pkg/mod`, or a package's folder."""

    stem: str
    file: str | None
    """Its source; None for a folder without one, or a module that is not written in Python."""


@dataclass(frozen=True)
class Tree:
    """All files at one moment."""

    paths: Collection[str]
    read: Callable[[str], bytes | None]
    stems: frozenset[str] = field(init=False)
    """Every path without its endings, and every folder that holds Python."""
    roots: tuple[str, ...] = field(init=False)
    """Folders from which absolute imports start."""

    def __post_init__(self) -> None:
        stems, roots = _laid_out(frozenset(self.paths))
        object.__setattr__(self, "stems", stems)
        object.__setattr__(self, "roots", roots)

    def facts(self, module: Module) -> ModuleFacts:
        data = self.read(module.file) if module.file else None
        return facts_of(data) if data is not None else EMPTY

    def at(self, stem: str) -> Module | None:
        """The module at this place."""
        for file in (f"{stem}/__init__.py", f"{stem}.py", f"{stem}/__init__.pyi", f"{stem}.pyi"):
            if file in self.paths:
                return Module(stem, file)
        return Module(stem, None) if stem in self.stems else None

    def resolve(self, importer: str, fact: ImportFact) -> Module | str | None:
        """The module that `fact` names; its dotted name if the project should have it and has not;
        None when it lies outside the project."""
        parts = [part for part in fact.module.split(".") if part]
        base = self._base(importer, fact.level, parts)
        if base is None:
            return None
        stem = str(PurePosixPath(base, *parts))
        return self.at(stem) or "." * fact.level + fact.module

    def holds(self, module: Module, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether `from module import name` may work."""
        if module.file is None or name in _EVERY_MODULE or self.at(f"{module.stem}/{name}"):
            return True
        facts = self.facts(module)
        if facts.is_open or name in facts.bound or name == "__path__":
            return True
        for fact in facts.imports:
            if fact.name == "*" and module.file not in seen:
                source = self.resolve(module.file, fact)
                if not isinstance(source, Module) or self.holds(source, name, seen | {module.file}):
                    return True
        return False

    def submodule(self, module: Module, name: str) -> Module | None:
        """`module.name` where that is a module, and nothing else of the same name is bound."""
        found = self.at(f"{module.stem}/{name}")
        facts = self.facts(module)
        imported = {fact.bound for fact in facts.imports if fact.name in (None, name) and fact.level <= 1}
        return found if found and (name not in facts.bound or name in imported) else None

    def _base(self, importer: str, level: int, parts: list[str]) -> str | None:
        """The folder from which the dotted name is followed."""
        if level:
            above = PurePosixPath(importer).parents
            return above[level - 1].as_posix() if level <= len(above) else None
        top = parts[0]
        if top in sys.stdlib_module_names:
            return None
        folder = PurePosixPath(importer).parent
        beside: tuple[str, ...] = () if str(folder / "__init__.py") in self.paths else (str(folder),)
        for root in (*self.roots, *beside):
            if str(PurePosixPath(root, top)) in self.stems:
                return root
        return None


@lru_cache(maxsize=4)
def _laid_out(paths: frozenset[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Stems and roots of a tree; several checks look at the same two, before and after."""
    python = [path for path in paths if path.endswith((".py", ".pyi"))]
    folders: set[str] = set()
    for path in python:
        folder = _folder(path)
        while folder not in folders:
            folders.add(folder)
            folder = _folder(folder)
    packages = {_folder(path) for path in python if path.endswith("/__init__.py")}
    tops = {_folder(folder) for folder in packages} - packages
    source = (".py", ".pyi", ".pyx", ".pyd", ".so", ".c")
    stems = {stem_of(path) for path in paths if path.endswith(source)}
    return frozenset(stems | folders), (".", "src", *sorted(tops - {".", "src"}))


def _folder(path: str) -> str:
    """The folder of a file or folder; `.` at the top, and of the top itself."""
    return path.rpartition("/")[0] or "."


def stem_of(path: str) -> str:
    """A path without its endings."""
    folder, slash, name = path.rpartition("/")
    return path if name.startswith(".") else folder + slash + name.partition(".")[0]
