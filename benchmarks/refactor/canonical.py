"""A file in canonical form, so that equally good answers compare equal.

Imports are a set, definitions are free in order, docstrings and comments are words; the rest is a syntax tree.
Order that matters at run time shows as an undefined name, which soundness looks for.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from benchmarks.refactor.compare import parses
from benchmarks.refactor.imports import Definition, Import, Module
from benchmarks.refactor.resolve import Resolver

_PRAGMA = re.compile(r"#\s*(noqa|type:|pragma:|pylint:|isort:|fmt:|mypy:|ruff:|pyright:)")
_Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Canonical:
    """What a Python file says."""

    imports: frozenset[Import]
    # Imports whose bound name is used in the file.
    used: frozenset[Import]
    # Lines of each definition without those of its members, under its qualified name; the rest of a body under the owner.
    code: Mapping[str, tuple[str, ...]]
    # Words of each docstring, under the name of its owner.
    docs: Mapping[str, tuple[str, ...]]
    # Words of each block of comment lines, wherever it stands.
    comments: Counter[str]
    # Remarks to tools; more of them than asked for are never wrong.
    pragmas: Counter[str]


@lru_cache(maxsize=512)
def canonical(module: Module, data: bytes) -> Canonical | None:
    """The canonical form, or None if the file doesn't parse."""
    if not parses(data):
        return None
    tree = ast.parse(data)
    docs = dict(_docstrings(tree, ""))
    resolver = Resolver(module)
    resolver.visit(tree)
    code: dict[str, tuple[str, ...]] = {}
    _add_body(code, tree.body, "", free_assignments=True)
    comments, pragmas = _comments(data)
    return Canonical(frozenset(resolver.imports), frozenset(resolver.used), code, docs, comments, pragmas)


def _docstrings(owner: ast.Module | _Documented, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Take every docstring out of a tree and give it under its owner's name."""
    first = owner.body[0] if owner.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        yield name, tuple(first.value.value.split())
        del owner.body[0]
        if not owner.body and not isinstance(owner, ast.Module):
            owner.body.append(ast.Pass())
    for label, node in _labelled(_nested(owner), name):
        yield from _docstrings(node, label)


def _nested(owner: ast.AST) -> list[_Documented]:
    found: list[_Documented] = []
    for node in ast.iter_child_nodes(owner):
        if isinstance(node, Definition):
            found.append(node)
        else:
            found += _nested(node)
    return found


def _labelled(nodes: Sequence[_Documented], owner: str) -> Iterator[tuple[str, _Documented]]:
    """Definitions with their qualified names; several of one name are counted."""
    seen: Counter[str] = Counter()
    for node in nodes:
        number = f"#{seen[node.name]}" if seen[node.name] else ""
        seen[node.name] += 1
        yield f"{owner}.{node.name}{number}".lstrip("."), node


def _add_body(code: dict[str, tuple[str, ...]], body: Sequence[ast.stmt], owner: str, free_assignments: bool) -> None:
    """Spread a module's or class' body over labels: definitions each under their own, the rest in order."""
    definitions = [node for node in body if isinstance(node, Definition)]
    assigned = Counter(filter(None, map(_assigned, body)))
    ordered: list[str] = []
    for node in body:
        name = _assigned(node)
        if isinstance(node, (*Definition, ast.Pass)):
            continue
        if free_assignments and name and assigned[name] == 1:
            code[f"{owner}.{name}=".lstrip(".")] = tuple(ast.unparse(node).splitlines())
        else:
            ordered += ast.unparse(node).splitlines()
    for label, node in _labelled(definitions, owner):
        if isinstance(node, ast.ClassDef):
            members, node.body = node.body, [ast.Pass()]
            code[f"{label}:"] = tuple(ast.unparse(node).splitlines()[:-1])
            _add_body(code, members, label, free_assignments=False)
        else:
            code[label] = tuple(ast.unparse(node).splitlines())
    if ordered:
        code[f"{owner}:body"] = tuple(ordered)


def _assigned(node: ast.stmt) -> str:
    """The one name that a statement binds, if it is a plain assignment."""
    targets: Sequence[ast.expr] = ()
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        targets = [node.target]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return names[0] if len(names) == 1 == len(targets) else ""


def _comments(data: bytes) -> tuple[Counter[str], Counter[str]]:
    """Comments, lines that follow each other as one; remarks to tools apart."""
    comments: list[list[str]] = []
    pragmas: Counter[str] = Counter()
    last = -1
    for token in tokenize.tokenize(io.BytesIO(data).readline):
        if token.type != tokenize.COMMENT:
            continue
        if _PRAGMA.match(token.string):
            pragmas[" ".join(token.string.split())] += 1
            continue
        words = token.string.lstrip("#:").split()
        alone = not token.line[: token.start[1]].strip()
        if alone and token.start[0] == last + 1:
            comments[-1] += words
        else:
            comments.append(words)
        last = token.start[0] if alone else -1
    return Counter(" ".join(words) for words in comments if words), pragmas
