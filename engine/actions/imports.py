"""The import statements of a file: what each binds, where it stands, and what it leads to."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from engine.evidence import Absent, Module, Project


class Context(Enum):
    """When an import runs."""

    TOP = "top"
    TYPING = "typing"
    """Under `if TYPE_CHECKING:`."""
    GUARDED = "guarded"
    """In `try`, or under another condition."""
    LOCAL = "local"
    """In a function or class."""


Statement = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """One name that an import statement binds."""

    node: Statement
    alias: ast.alias
    context: Context
    block: Sequence[ast.stmt]
    """The statements among which it stands."""
    holders: tuple[ast.AST, ...]
    """The compound statements around it, from the outside."""

    @property
    def bound(self) -> str:
        """The name in the file; of `import a.b` the `a`."""
        if self.alias.asname:
            return self.alias.asname
        return self.alias.name.partition(".")[0] if isinstance(self.node, ast.Import) else self.alias.name


def is_typing(node: ast.AST) -> bool:
    """`if TYPE_CHECKING:` in any spelling."""
    if not isinstance(node, ast.If):
        return False
    test = node.test
    return (test.id if isinstance(test, ast.Name) else test.attr if isinstance(test, ast.Attribute) else "") == "TYPE_CHECKING"


def imports_of(module: Module) -> list[Imported]:
    """Everything that a file imports, in order."""
    return list(_inside(module.tree.body, Context.TOP, ())) if module.tree is not None else []


def _inside(body: Sequence[ast.stmt], context: Context, holders: tuple[ast.AST, ...]) -> Iterator[Imported]:
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (Imported(node, alias, context, body, holders) for alias in node.names)
            continue
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield from _inside(value, _context(node, name, context), (*holders, node))
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, (ast.ExceptHandler, ast.match_case)):
                        yield from _inside(item.body, _context(node, name, context), (*holders, node, item))


def _context(node: ast.stmt, field: str, around: Context) -> Context:
    if around in (Context.LOCAL, Context.TYPING):
        return around
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return Context.LOCAL
    return Context.TYPING if is_typing(node) and field == "body" else Context.GUARDED


def source_of(project: Project, path: str, item: Imported) -> str | Absent:
    """The module that a from-import takes its name from, or that an import names."""
    if isinstance(item.node, ast.ImportFrom):
        return project.resolve_import(item.node.module or "", item.node.level, path)
    return project.resolve(item.alias.name, path)


def leads_to(project: Project, path: str, item: Imported) -> tuple[str, str]:
    """What is imported, comparable over files: the path or outside name of a module, and the member taken from it ('' for itself).

    `from package import module` and `import package.module as module` are the same.
    """
    source = source_of(project, path, item)
    if isinstance(item.node, ast.Import):
        name = item.alias.name
        if not item.alias.asname and "." in name:
            # It binds the top package alone.
            top = project.resolve(name.partition(".")[0], path)
            return (name.partition(".")[0], "") if isinstance(top, Absent) else (top, "")
        return (name, "") if isinstance(source, Absent) else (source, "")
    if isinstance(source, Absent):
        return "." * item.node.level + (item.node.module or ""), item.alias.name
    inner = project.submodule(source, item.alias.name)
    module = project.module(source)
    shadowed = module is not None and module.root is not None and any(
        not isinstance(binding.node, ast.alias) for binding in module.root.bindings.get(item.alias.name, ())
    )  # fmt: skip
    return (inner, "") if inner is not None and not shadowed else (source, item.alias.name)
