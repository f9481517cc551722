"""The files of a repository as lazily parsed modules, and the mapping between dotted names and paths.

A package root is found by walking up while `__init__.py` exists; `src/` layouts and namespace folders are found by
suffix. Knows nothing of what names mean inside a module.
"""
from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import Enum

from engine.evidence.positions import Positions
from engine.evidence.scopes import Index, Scope, ScopeKind
from engine.evidence.walk import index_tree

_SUFFIXES = (".py", ".pyi")
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class Absent(Enum):
    """Why an import leads to no path of the project."""

    EXTERNAL = "external"
    UNKNOWN = "unknown"
    # The top-level package is ours, the rest was not found (generated, compiled, conditional).


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its text and, if it parses as Python, its tree and index."""

    path: str
    text: str
    tree: ast.Module | None = None
    index: Index | None = None
    error: str = ""
    positions: Positions = field(default_factory=lambda: Positions(""))

    @property
    def root(self) -> Scope | None:
        return None if self.index is None else self.index.root

    def scopes(self, qualname: str) -> list[Scope]:
        return [] if self.index is None else self.index.scopes.get(qualname, [])


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which paths can be reached under which dotted name; computed once."""

    canonical: dict[str, list[str]] = field(default_factory=dict)
    suffixes: dict[str, list[str]] = field(default_factory=dict)
    folders: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def is_python(path: str) -> bool:
    return path.endswith(_SUFFIXES)


def stem(path: str) -> str:
    """A stub and the module it describes are one."""
    return path[:-1] if path.endswith(".pyi") else path


def parse_module(path: str, text: str) -> Module:
    # A byte order mark is no Python; positions shift by it only in the first line (see positions.py).
    source = text.removeprefix("\ufeff")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
        return Module(path, text, tree, index_tree(tree, path), positions=Positions(text))
    except UNPARSABLE as error:
        return Module(path, text, error=str(error) or type(error).__name__)


class Project:
    """Every file is read and parsed at most once, when first asked for."""

    def __init__(self, paths: Collection[str], read: Callable[[str], str | None]) -> None:
        self.paths = frozenset(paths)
        self._read = read
        self._texts: dict[str, str | None] = {}
        self._modules: dict[str, Module] = {}
        self._imports: dict[tuple[str, str], str | Absent] = {}
        self._layout_cache: _Layout | None = None
        self.memory: object = None
        # What a layer above has found out about this project, kept for as long as the project.

    def text(self, path: str) -> str | None:
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def module(self, path: str) -> Module | None:
        """None for unreadable files, files that are not Python, and namespace folders."""
        module = self._modules.get(path)
        if module is None and is_python(path):
            text = self.text(path)
            if text is not None:
                module = self._modules[path] = parse_module(path, text)
        return module

    def adopt(self, former: Project) -> None:
        """Take over the trees of files that still have the same text."""
        for path, module in former._modules.items():
            if path in self.paths and self.text(path) == module.text:
                self._modules[path] = module

    def dotted(self, path: str) -> str:
        """The name by which the project itself imports this file."""
        return self._layout().names.get(path, "")

    def stubs(self, path: str) -> list[str]:
        """The file and its `.pyi` or `.py` sibling."""
        plain = stem(path)
        return [item for item in (plain, plain + "i") if item in self.paths]

    def resolve(self, dotted: str, importer: str) -> str | Absent:
        """The path an absolute import leads to; namespace folders end in a slash."""
        key = (dotted, importer.rpartition("/")[0])
        found = self._imports.get(key)
        if found is None:
            found = self._imports[key] = self._resolve(dotted, key[1])
        return found

    def resolve_import(self, module: str, level: int, importer: str) -> str | Absent:
        """The path of the module in `from <level dots><module> import ...`."""
        if level == 0:
            return self.resolve(module, importer)
        folder = importer.split("/")[:-1]
        if level - 1 > len(folder):
            return Absent.UNKNOWN
        parts = folder[: len(folder) - level + 1] + (module.split(".") if module else [])
        return self._at("/".join(parts)) or Absent.UNKNOWN

    def submodule(self, package: str, name: str) -> str | None:
        """The module `name` inside a package given by its `__init__.py` or folder."""
        folder, _, last = package.rpartition("/")
        if last and not last.startswith("__init__."):
            return None
        return self._at(f"{folder}/{name}" if folder else name)

    def _at(self, base: str) -> str | None:
        """The module whose path without suffix is `base`."""
        prefix = f"{base}/" if base else ""
        for candidate in (f"{prefix}__init__.py", f"{base}.py", f"{prefix}__init__.pyi", f"{base}.pyi"):
            if candidate in self.paths:
                return candidate
        folder = base.replace("/", ".")
        return prefix if prefix in self._layout().folders.get(folder, ()) else None

    def _resolve(self, dotted: str, folder: str) -> str | Absent:
        layout, top = self._layout(), dotted.partition(".")[0]
        found = layout.canonical.get(dotted) or layout.suffixes.get(dotted)
        if found:
            best = min(found, key=lambda path: (not path.startswith(folder + "/"), path.endswith("i"),
                                                path.count("/"), path))
            shadow = best.rpartition("/")[0] != folder and best.rpartition("/")[2] == f"{dotted}.py"
            if not (shadow and top in sys.stdlib_module_names):
                return best
        namespaces = layout.folders.get(dotted)
        if namespaces and top not in sys.stdlib_module_names:
            return min(namespaces, key=lambda path: (path.count("/"), path))
        known = top in layout.canonical and top not in sys.stdlib_module_names
        return Absent.UNKNOWN if known else Absent.EXTERNAL

    def _layout(self) -> _Layout:
        if self._layout_cache is None:
            self._layout_cache = _lay_out(self.paths)
        return self._layout_cache


def _lay_out(paths: frozenset[str]) -> _Layout:
    layout = _Layout()
    packages = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] in ("__init__.py", "__init__.pyi")}
    folders: set[str] = set()
    for path in sorted(paths):
        if not is_python(path):
            continue
        parts = path.rpartition(".")[0].split("/")
        if parts[-1] == "__init__":
            parts = parts[:-1]
        start = len(path.split("/")) - 1
        while start > 0 and "/".join(path.split("/")[:start]) in packages:
            start -= 1
        name = ".".join(parts[start:])
        layout.names[path] = name
        if name:
            layout.canonical.setdefault(name, []).append(path)
        # A namespace folder above the package root still belongs to the dotted name.
        for begin in range(start):
            layout.suffixes.setdefault(".".join(parts[begin:]), []).append(path)
        folders.update("/".join(parts[:end]) for end in range(1, min(start, len(parts)) + 1))
    for folder in sorted(folders - packages):
        parts = folder.split("/")
        for begin in range(len(parts)):
            layout.folders.setdefault(".".join(parts[begin:]), []).append(f"{folder}/")
    return layout


def module_scope(scope: Scope) -> Scope:
    while scope.kind is not ScopeKind.MODULE and scope.parent is not None:
        scope = scope.parent
    return scope
