"""What a description may say of a definition besides its name: what it uses, takes and raises, of what sort it is, and what its text says of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.evidence.expressions import terminal
from engine.evidence.positions import lines_of
from engine.evidence.scopes import parameters

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
ASYNC, GENERATOR, DEPRECATED, EXCEPTION, ABSTRACT = "async", "generator", "deprecated", "exception", "abstract"
ALIAS, REGEX, TEXT, NUMBER, TABLE, SEQUENCE = "alias", "regex", "string", "number", "mapping", "sequence"
"""Sorts, as the words that stand for them on a canvas: of functions and classes, and of what stands on the right of an assignment."""
_WORD = re.compile(r"[A-Za-z][a-z0-9]{2,}|[A-Z]{3,}")
_RAISED = re.compile(r"(?:Error|^error|Exception|Warning|KeyboardInterrupt|SystemExit|GeneratorExit|StopIteration)$")
"""How the names end of what can be raised."""
_TABLES, _SEQUENCES = (ast.Dict, ast.DictComp), (ast.List, ast.Tuple, ast.Set, ast.ListComp, ast.SetComp)


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
    says: frozenset[str] = frozenset()
    """Words, in small letters, of the first paragraph of its docstring and of the comments above it and behind it."""


def facts_by_line(tree: ast.Module, text: str) -> dict[int, Facts]:
    """Facts of the functions and classes of a file, and of the assignments at its top, by the line that their statement starts at."""
    lines = lines_of(text)
    raised = _raised(tree)
    found = {node.lineno: _of_definition(node, lines, raised) for node in ast.walk(tree) if isinstance(node, Definition)}
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            uses = frozenset(_names(ast.walk(node.value)))
            found[node.lineno] = Facts(sorts=tuple(_sorts_of_value(node.value)), uses=uses, says=_said("", _comments(node, lines)))
    return found


def _raised(tree: ast.Module) -> frozenset[str]:
    """The classes at the top of a file that are exceptions by their own name or by what they inherit from."""
    above = {node.name: {terminal(base) for base in node.bases} for node in tree.body if isinstance(node, ast.ClassDef)}
    found = {name for name, bases in above.items() if any(_RAISED.search(other) for other in (name, *bases))}
    while fresh := {name for name, bases in above.items() if bases & found} - found:
        found |= fresh
    return frozenset(found)


def _of_definition(node: Definition, lines: Sequence[str], raised: Collection[str]) -> Facts:
    decorators = tuple(_last_name(item) for item in node.decorator_list)
    body = [inner for statement in node.body for inner in ast.walk(statement)]
    raises = frozenset(_last_name(inner.exc) for inner in body if isinstance(inner, ast.Raise) and inner.exc is not None)
    takes = () if isinstance(node, ast.ClassDef) else (item.arg for item in parameters(node.args))
    says = _said(ast.get_docstring(node) or "", _comments(node, lines))
    sorts = [*_sorts(node, decorators), *([EXCEPTION] if isinstance(node, ast.ClassDef) and node.name in raised else [])]
    return Facts(decorators, tuple(sorts), frozenset(_names(body)), frozenset(takes) - {"self", "cls"}, raises - {""}, says)


def _said(documentation: str, comments: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(documentation.partition("\n\n")[0] + "\n" + comments))


def _comments(node: Definition | ast.Assign | ast.AnnAssign, lines: Sequence[str]) -> str:
    """Those that stand right above a statement, and behind its first line."""
    decorators = [] if isinstance(node, (ast.Assign, ast.AnnAssign)) else node.decorator_list
    first = min([node.lineno, *(item.lineno for item in decorators)]) - 1
    above = first
    while above and lines[above - 1].lstrip().startswith("#"):
        above -= 1
    # A hash in a string is taken for a comment: a word too many, which the description would have to hold too.
    behind = lines[node.lineno - 1].rpartition("#")[2] if "#" in lines[node.lineno - 1] else ""
    return "\n".join([*lines[above:first], behind])


def _sorts_of_value(value: ast.expr) -> Iterator[str]:
    """Of an assignment."""
    if isinstance(value, (ast.Name, ast.Attribute)):
        yield ALIAS
    elif isinstance(value, ast.Call) and _last_name(value) == "compile":
        yield REGEX
    elif isinstance(value, ast.JoinedStr) or isinstance(value, ast.Constant) and isinstance(value.value, (str, bytes)):
        yield TEXT
    elif isinstance(value, ast.Constant) and isinstance(value.value, (int, float)) and not isinstance(value.value, bool):
        yield NUMBER
    elif isinstance(value, _TABLES):
        yield TABLE
    elif isinstance(value, _SEQUENCES):
        yield SEQUENCE


def _sorts(node: Definition, decorators: tuple[str, ...]) -> Iterator[str]:
    if isinstance(node, ast.AsyncFunctionDef):
        yield ASYNC
    inside = list(ast.walk(node))
    if not isinstance(node, ast.ClassDef) and any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in inside):
        yield GENERATOR
    if any(isinstance(inner, Definition) and "abstractmethod" in map(_last_name, inner.decorator_list) for inner in inside):
        yield ABSTRACT
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
