"""Where a new import statement goes: into its group, in the order that the group keeps."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from engine.actions.import_text import Spec
from engine.actions.module_names import ModuleName
from engine.actions.layout import line_after, line_start, newline_of
from engine.actions.statements import span_of
from engine.evidence import Absent, Module, Project


class Group(IntEnum):
    """The order of PEP 8; `__future__` first."""

    FUTURE = 0
    STANDARD = 1
    OUTSIDE = 2
    PROJECT = 3
    RELATIVE = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for new lines, and the blank lines around them."""

    at: int
    before: str = ""
    after: str = ""


def group_of(project: Project, path: str, name: ModuleName) -> Group:
    """The group of a module as it is written."""
    if name.level:
        return Group.RELATIVE
    top = name.module.partition(".")[0]
    if top == "__future__":
        return Group.FUTURE
    if not isinstance(project.resolve(name.module, path), Absent) or not isinstance(project.resolve(top, path), Absent):
        return Group.PROJECT
    return Group.STANDARD if top in sys.stdlib_module_names else Group.OUTSIDE


def module_of(node: ast.Import | ast.ImportFrom) -> ModuleName:
    """The module that a statement names; of `import a, b` the first."""
    if isinstance(node, ast.ImportFrom):
        return ModuleName(node.module or "", node.level)
    return ModuleName(node.names[0].name)


def spot_for(project: Project, module: Module, block: Sequence[ast.stmt], spec: Spec, gone: set[int]) -> Spot:
    """The place of a new statement among the statements of a block. gone: ids of statements that go away."""
    nodes = [node for node in block if isinstance(node, (ast.Import, ast.ImportFrom)) and id(node) not in gone]
    if module.tree is not None and block is module.tree.body:
        nodes = _first_run(nodes, block)
    group = group_of(project, module.path, spec.module)
    groups = {id(node): group_of(project, module.path, module_of(node)) for node in nodes}
    same = [node for node in nodes if groups[id(node)] is group]
    if same:
        return _in_group(module, same, spec)
    newline = newline_of(module.text)
    lower = [node for node in nodes if groups[id(node)] < group]
    apart = newline if _are_apart(module, nodes, groups) else ""
    if lower:
        return Spot(line_after(module.text, module.positions.span(lower[-1])[1] - 1), apart)
    if nodes:
        return Spot(span_of(module, nodes[0])[0], "", apart)
    return _without_imports(module, block)


def _first_run(nodes: list[ast.Import | ast.ImportFrom], block: Sequence[ast.stmt]) -> list[ast.Import | ast.ImportFrom]:
    """The imports at the head of a module; those behind the first definition are there for a reason."""
    for i, node in enumerate(block):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            head = [item for item in nodes if item.lineno < node.lineno]
            return head if head or i else nodes[:0]
    return nodes


def _in_group(module: Module, same: Sequence[ast.Import | ast.ImportFrom], spec: Spec) -> Spot:
    form = ast.ImportFrom if spec.name else ast.Import
    alike = [node for node in same if isinstance(node, form)]
    if not alike:
        first = form is ast.Import
        return _before(module, same[0]) if first else _behind(module, same[-1])
    key = _key(spec.module)
    smaller = [node for node in alike if _key(module_of(node)) <= key]
    return _behind(module, smaller[-1]) if smaller else _before(module, alike[0])


def _key(name: ModuleName) -> tuple[int, str]:
    return -name.level, name.module.lower()


def _behind(module: Module, node: ast.stmt) -> Spot:
    return Spot(line_after(module.text, module.positions.span(node)[1] - 1))


def _before(module: Module, node: ast.stmt) -> Spot:
    return Spot(line_start(module.text, module.positions.span(node)[0]))


def _are_apart(module: Module, nodes: Sequence[ast.stmt], groups: dict[int, Group]) -> bool:
    """Whether the file keeps blank lines between its groups; one that has a single group does."""
    seen = False
    for one, two in zip(nodes, nodes[1:], strict=False):
        if groups[id(one)] is not groups[id(two)]:
            seen = True
            if two.lineno - (one.end_lineno or one.lineno) > 1:
                return True
    return not seen


def _without_imports(module: Module, block: Sequence[ast.stmt]) -> Spot:
    """The head of a module that imports nothing: behind its docstring and header."""
    text, newline = module.text, newline_of(module.text)
    first = block[0] if block else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        at = line_after(text, module.positions.span(first)[1] - 1)
        alone = not text[at:].strip()
        followed = text[at:].startswith(("\n", "\r\n"))
        return Spot(at, newline, "" if alone or followed else newline * 2)
    at = span_of(module, first)[0] if first is not None else len(text)
    wide = newline * (2 if isinstance(first, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else 1)
    return Spot(at, "", wide if first is not None else "")
