"""Imports as absolute facts: what a file imports, into which scope, under which name.

Relative and absolute style, grouping and order leave no trace. Knows nothing of tasks or scores.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Module(NamedTuple):
    """The dotted name of a file, and whether it is the `__init__` of a package."""

    name: str
    is_package: bool


class Import(NamedTuple):
    """One imported name; `import a.b as c` and `from a import b as c` are the same."""

    # Qualified name of the function or class whose body imports; empty for the module.
    scope: str
    module: str
    # Empty for a plain `import module`.
    name: str
    asname: str
    # Below `if TYPE_CHECKING`.
    typing: bool

    @property
    def bound(self) -> str:
        return self.asname or self.module.partition(".")[0]

    @property
    def meaning(self) -> str:
        """The dotted name that the bound name stands for."""
        if self.name:
            return f"{self.module}.{self.name}"
        return self.module if self.asname else self.bound


def module_of(path: str, paths: Iterable[str]) -> Module:
    """Name of the module at a path; packages are the folders with an `__init__.py`."""
    known = paths if isinstance(paths, (set, frozenset, dict)) else set(paths)
    folders, _, file = path.rpartition("/")
    stem = file.rsplit(".", 1)[0]
    is_package = stem == "__init__"
    parts = [] if is_package else [stem]
    while folders and f"{folders}/__init__.py" in known:
        folders, _, folder = folders.rpartition("/")
        parts.insert(0, folder)
    return Module(".".join(parts), is_package)


def absolute(module: Module, node: ast.ImportFrom) -> str:
    """The dotted name that a `from` import reads, without its dots in front."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    kept = len(parts) - node.level + (1 if module.is_package else 0)
    return ".".join([*parts[: max(kept, 0)], *([node.module] if node.module else [])])


def imported(module: Module, node: ast.Import | ast.ImportFrom, scope: str, typing: bool) -> Iterator[Import]:
    """The names that one statement imports."""
    if isinstance(node, ast.ImportFrom):
        source = absolute(module, node)
        for alias in node.names:
            yield Import(scope, source, alias.name, alias.asname or alias.name, typing)
        return
    for alias in node.names:
        package, _, last = alias.name.rpartition(".")
        if alias.asname and package:
            yield Import(scope, package, last, alias.asname, typing)
        else:
            yield Import(scope, alias.name, "", alias.asname or "", typing)


def is_typing_block(node: ast.stmt) -> bool:
    """Whether a statement is `if TYPE_CHECKING:`, under any spelling."""
    if not isinstance(node, ast.If):
        return False
    test = node.test
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return name == "TYPE_CHECKING"


def direct(body: Sequence[ast.stmt], module: Module, scope: str) -> list[Import]:
    """What the statements of one body import themselves, type checking blocks included."""
    found: list[Import] = []
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found += imported(module, node, scope, False)
        elif isinstance(node, ast.If) and is_typing_block(node):
            for inner in node.body:
                if isinstance(inner, (ast.Import, ast.ImportFrom)):
                    found += imported(module, inner, scope, True)
    return found


def own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes that belong to a body's own scope: nested definitions are given but not entered."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Definition):
            waiting += [*node.decorator_list]
        elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            waiting += ast.iter_child_nodes(node)


def bound_names(body: Iterable[ast.AST], without: Iterable[ast.AST] = ()) -> set[str]:
    """Names that statements bind in their own scope, by other means than the given nodes."""
    left_out = {id(node) for node in without}
    found: set[str] = set()
    for node in own_nodes(body):
        if id(node) in left_out:
            continue
        if isinstance(node, Definition):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            found.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
    return found
