"""What one file defines, scope by scope, with the syntax of each definition: what two versions of it are compared by."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.evidence import Kind

Function = ast.FunctionDef | ast.AsyncFunctionDef
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that a scope defines; of several definitions of a name, the first."""

    kind: Kind
    name: str
    node: ast.stmt
    method: str = ""
    """The method that assigns it, for an attribute that no statement of the class defines."""


@dataclass(slots=True)
class Scope:
    """The module, or a class."""

    definitions: dict[str, Definition] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    """Every name that it binds, imports too."""


def parsed(text: str) -> ast.Module | None:
    """The syntax tree; None for what is no Python of this version."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def scope_of(owner: ast.Module | ast.ClassDef) -> Scope:
    """What a module or a class defines, conditional definitions and the attributes that methods assign included."""
    scope, inside = Scope(), isinstance(owner, ast.ClassDef)
    methods: list[Function] = []
    for node in _statements(owner.body):
        if isinstance(node, Function):
            _add(scope, Kind.METHOD if inside else Kind.FUNCTION, node.name, node)
            methods.append(node)
        elif isinstance(node, ast.ClassDef):
            _add(scope, Kind.CLASS, node.name, node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            scope.bound |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        else:
            for name in _assigned(node):
                _add(scope, Kind.ATTRIBUTE if inside else Kind.CONSTANT, name, node)
    for method in methods if inside else ():
        for name, statement in _own_attributes(method):
            _add(scope, Kind.ATTRIBUTE, name, statement, method.name)
    return scope


def is_open(module: ast.Module) -> bool:
    """Whether a module may have names that no statement of it spells: by `import *`, `__getattr__` or `globals()`."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            return True
        if isinstance(node, Function) and node.name == "__getattr__" and node in module.body:
            return True
        if isinstance(node, ast.Name) and node.id in ("globals", "vars", "exec"):
            return True
    return False


def segment(node: ast.stmt, lines: list[str]) -> list[str]:
    """The lines of a statement, decorators included."""
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
    return lines[first - 1 : node.end_lineno]


def _add(scope: Scope, kind: Kind, name: str, node: ast.stmt, method: str = "") -> None:
    scope.bound.add(name)
    scope.definitions.setdefault(name, Definition(kind, name, node, method))


def _statements(body: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    """Statements of a scope in order, those in conditions, loops and `try` included."""
    for node in body:
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for block in _BLOCKS:
                yield from _statements(getattr(node, block, ()))


def _assigned(node: ast.stmt) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        for item in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
            if isinstance(item, ast.Name):
                yield item.id


def _own_attributes(method: Function) -> Iterator[tuple[str, ast.stmt]]:
    """What a method assigns to its first parameter."""
    first = next(iter([*method.args.posonlyargs, *method.args.args]), None)
    if first is None:
        return
    for node in ast.walk(method):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        for target in targets:
            for item in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
                if isinstance(item, ast.Attribute) and isinstance(item.value, ast.Name) and item.value.id == first.arg:
                    assert isinstance(node, ast.stmt)
                    yield item.attr, node
