"""How one file of the project writes the name of another: absolute or relative, in the manner of the file.

A module is known here by the parts of its path from the root of the repository, so that one which cannot be seen (generated,
compiled) has a name too.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.evidence import Absent, Project

_SIBLINGS = 12
"""So many files of a folder say whether it imports relatively."""


@dataclass(frozen=True, slots=True)
class ModuleName:
    """A module as an import statement writes it."""

    module: str
    level: int = 0

    def __str__(self) -> str:
        return "." * self.level + self.module


def parts_of(path: str) -> list[str]:
    """The path of a module as parts, from the root of the repository; a package is its folder."""
    if path.endswith("/"):
        return path.rstrip("/").split("/")
    parts = path.rpartition(".")[0].split("/")
    return parts[:-1] if parts[-1] == "__init__" else parts


def with_paths(project: Project, added: Collection[str], gone: Collection[str] = ()) -> Project:
    """The project with some more files, for asking what they are called."""
    return Project((project.paths | set(added)) - set(gone), project.text)


class Naming:
    """The names of modules, in a project that may have gained files."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._manners: dict[str, int] = {}

    def absolute(self, path: str, like: tuple[str, str] | None = None) -> str:
        """The dotted name of a module; like: how a file writes another one (its path, its name), whose root is kept."""
        own = parts_of(path)
        if like is not None:
            other, written = parts_of(like[0]), like[1].split(".")
            root = other[: len(other) - len(written)]
            if other[len(root) :] == written and own[: len(root)] == root and len(own) > len(root):
                return ".".join(own[len(root) :])
        return self.project.dotted(path) or own[-1]

    def root_of(self, path: str) -> list[str]:
        """The folders above the package that a file lies in."""
        parts = parts_of(path)
        dotted = self.project.dotted(path)
        return parts[: len(parts) - len(dotted.split("."))] if dotted else parts[:-1]

    def relative(self, own: Sequence[str], importer: str) -> ModuleName | None:
        """The relative name of a module given by parts, or None where the two do not lie in one package."""
        here, root = importer.split("/")[:-1], len(self.root_of(importer))
        if len(here) <= root or list(own[: root + 1]) != here[: root + 1]:
            return None
        common = 0
        while common < min(len(here), len(own)) and here[common] == own[common]:
            common += 1
        return ModuleName(".".join(own[common:]), len(here) - common + 1)

    def of(self, path: str, importer: str) -> ModuleName:
        """The name of a module as this file would write it anew."""
        if self.is_relative(importer):
            found = self.relative(parts_of(path), importer)
            if found is not None:
                return found
        return ModuleName(self.absolute(path, self._like(importer, path)))

    def instead(self, path: str, importer: str, node: ast.ImportFrom, old: str) -> ModuleName:
        """The name of a module in the place of `old`, which the statement names."""
        if node.level:
            return self.relative(parts_of(path), importer) or ModuleName(self.absolute(path))
        return ModuleName(self.absolute(path, (old, node.module or "")))

    def carried(self, node: ast.ImportFrom, home: str, importer: str) -> ModuleName:
        """The module of a statement of the file `home`, written in another file."""
        if not node.level:
            found = self.project.resolve(node.module or "", home)
            inside = not isinstance(found, Absent) and self.is_relative(importer)
            relative = self.relative(parts_of(found), importer) if inside and isinstance(found, str) else None
            return relative or ModuleName(node.module or "")
        folder = home.split("/")[:-1]
        parts = folder[: len(folder) - node.level + 1] + (node.module.split(".") if node.module else [])
        relative = self.relative(parts, importer)
        if relative is not None and self.is_relative(importer, home):
            return relative
        return ModuleName(".".join(parts[len(self.root_of(home)) :]))

    def is_relative(self, importer: str, like: str = "") -> bool:
        """Whether a file imports from its own package by dots; where it does not show that, whether `like` or its folder does."""
        for path in (importer, like):
            own = self._manner(path) if path else 0
            if own:
                return own > 0
        folder = importer.rpartition("/")[0]
        siblings = sorted(path for path in self.project.paths if path.rpartition("/")[0] == folder and path.endswith(".py") and path != importer)
        return sum(self._manner(path) for path in siblings[:_SIBLINGS]) > 0

    def _manner(self, path: str) -> int:
        """Relative imports minus absolute ones of the own package."""
        if path not in self._manners:
            module = self.project.module(path)
            top, count = self.project.dotted(path).partition(".")[0], 0
            for node in ast.walk(module.tree) if module is not None and module.tree is not None else ():
                if isinstance(node, ast.ImportFrom):
                    own = (node.module or "").partition(".")[0] == top
                    count += 1 if node.level else -1 if own else 0
                elif isinstance(node, ast.Import):
                    count -= sum(alias.name.partition(".")[0] == top for alias in node.names)
            self._manners[path] = count
        return self._manners[path]

    def _like(self, importer: str, path: str) -> tuple[str, str] | None:
        """An absolute import of this file that leads to the same source root."""
        module = self.project.module(importer)
        for node in ast.walk(module.tree) if module is not None and module.tree is not None else ():
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                found = self.project.resolve(name, importer)
                if isinstance(found, str) and found.endswith((".py", ".pyi")) and parts_of(found)[:1] == parts_of(path)[:1]:
                    return found, name
        return None
