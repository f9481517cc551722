"""What a description may say of a definition besides its name, read off its syntax: what it uses, takes and raises, and of what sort it is."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.evidence.expressions import terminal
from engine.evidence.scopes import parameters

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
ASYNC, GENERATOR, DEPRECATED = "async", "generator", "deprecated"
"""Sorts, as the words that stand for them on a canvas."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one definition."""

    decorators: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()
    """Names that its body holds, of whatever scope."""
    takes: frozenset[str] = frozenset()
    """Names of its parameters, without `self` and `cls`."""
    raises: frozenset[str] = frozenset()


def facts_by_line(tree: ast.Module) -> dict[int, Facts]:
    """Facts of the functions and classes of a file, and of the assignments at its top, by the line that their statement starts at."""
    found = {node.lineno: _of_definition(node) for node in ast.walk(tree) if isinstance(node, Definition)}
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            found[node.lineno] = Facts(uses=frozenset(_names(ast.walk(node.value))))
    return found


def _of_definition(node: Definition) -> Facts:
    decorators = tuple(_last_name(item) for item in node.decorator_list)
    body = [inner for statement in node.body for inner in ast.walk(statement)]
    raises = frozenset(_last_name(inner.exc) for inner in body if isinstance(inner, ast.Raise) and inner.exc is not None)
    takes = () if isinstance(node, ast.ClassDef) else (item.arg for item in parameters(node.args))
    return Facts(decorators, tuple(_sorts(node, decorators)), frozenset(_names(body)), frozenset(takes) - {"self", "cls"}, raises - {""})


def _sorts(node: Definition, decorators: tuple[str, ...]) -> Iterator[str]:
    if isinstance(node, ast.AsyncFunctionDef):
        yield ASYNC
    inside = list(ast.walk(node))
    if not isinstance(node, ast.ClassDef) and any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in inside):
        yield GENERATOR
    documentation = ast.get_docstring(node, clean=False) or ""
    warns = any(isinstance(inner, ast.Name) and inner.id.endswith("DeprecationWarning") for inner in inside)
    if warns or DEPRECATED in " ".join((documentation, *decorators)).lower():
        yield DEPRECATED


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for inner in nodes:
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr


def _last_name(node: ast.expr) -> str:
    """The last part of a dotted name, called or not; empty for any other expression."""
    while isinstance(node, ast.Call):
        node = node.func
    return terminal(node)
