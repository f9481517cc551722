"""The statements that make up a definition, with all that belongs to them, as spans of the text.

Decorators, the comments directly above, a string that documents a constant and comments at the end of a body go along.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, takewhile

from engine.actions.layout import line_after, line_start
from engine.evidence import Module

Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
HEADER = ("#!", "# -*-", "# vim", "# fmt:", "# type:", "# mypy:", "# pylint:", "# ruff:", "# isort:", "# flake8:", "# region", "# endregion")
"""Comments that speak of the file or of a stretch of it, not of the definition below."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of whole lines that defines one or several names."""

    start: int
    end: int
    """Behind the line break of its last line."""
    nodes: tuple[ast.stmt, ...]
    names: frozenset[str]

    def holds(self, offset: int) -> bool:
        """Whether a place lies in it."""
        return self.start <= offset < self.end

    @property
    def is_constant(self) -> bool:
        """An assignment, which stands above functions and classes where it can."""
        return all(isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)) for node in self.nodes)


def bound_by(node: ast.stmt, *, imports: bool = True) -> Iterator[str]:
    """Names that a statement binds in its own scope, inside `if`, `try`, `with` and loops too. imports: those that are imported as well."""
    if isinstance(node, Definition):
        yield node.name
        return
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names if imports)
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield from bound_by(child, imports=imports)
        elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
            for inner in child.body:
                yield from bound_by(inner, imports=imports)
        else:
            yield from _stored(child)


def _stored(node: ast.AST) -> Iterator[str]:
    """Names that an expression binds outside of its comprehensions and lambdas."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        for child in ast.iter_child_nodes(node):
            yield from _stored(child)


def span_of(module: Module, node: ast.stmt) -> tuple[int, int]:
    """Whole lines of a statement with its decorators and the comments that belong to it."""
    text = module.text
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
    start = line_start(text, module.positions.offset(first, 0))
    end = line_after(text, max(module.positions.span(node)[1] - 1, start))
    return _with_comments_above(text, start, node.col_offset), _with_comments_below(text, end, node)


def head_comment(lines: Iterable[str]) -> list[str]:
    """The lines at the head of a file that are comments on what it holds, a licence say; those for tools above them are left out."""
    below = dropwhile(lambda line: line.startswith(HEADER), lines)
    return list(takewhile(lambda line: line.startswith("#") and not line.startswith(HEADER), below))


def _with_comments_above(text: str, start: int, indent: int) -> int:
    found = start
    while found > 0:
        above = line_start(text, found - 1)
        line = text[above:found].strip("\ufeff\r\n")
        if not line.lstrip().startswith("#") or len(line) - len(line.lstrip()) != indent or line.lstrip().startswith(HEADER):
            return found
        found = above
    # A block that begins the file is its header.
    return start


def _with_comments_below(text: str, end: int, node: ast.stmt) -> int:
    """Comments at the end of a body, which are indented deeper than the statement itself."""
    if not isinstance(node, (*Definition, ast.If, ast.Try, ast.With, ast.For, ast.While)):
        return end
    found = here = end
    while here < len(text):
        after = line_after(text, here)
        line = text[here:after]
        if line.strip() and not (line.lstrip().startswith("#") and len(line) - len(line.lstrip()) > node.col_offset):
            break
        if line.strip():
            found = after
        here = after
    return found


def pieces(module: Module, names: Collection[str]) -> list[Piece] | str:
    """All that defines these names at the top of a module, in order; a sentence where it can't be taken apart."""
    body = module.tree.body if module.tree is not None else []
    wanted = set(names)
    found: list[Piece] = []
    for i, node in enumerate(body):
        bound = set(bound_by(node))
        own = bound or _amended(node)
        # What is only imported, under TYPE_CHECKING say, is defined elsewhere.
        if not own & wanted or bound and not wanted & set(bound_by(node, imports=False)):
            continue
        if not own <= wanted:
            other = ", ".join(sorted(own - wanted))
            return f"{', '.join(sorted(own & wanted))} is defined together with {other} in {module.path}:{node.lineno}; take them apart first, or name them all."
        start, end = span_of(module, node)
        nodes = [node]
        documented = body[i + 1] if i + 1 < len(body) else None
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and documented is not None and _is_string(documented):
            after = span_of(module, documented)
            if after[0] == end:
                nodes.append(documented)
                end = after[1]
        found.append(Piece(start, end, tuple(nodes), frozenset(own)))
    return next((sentence for piece in found if (sentence := shared_line(module, piece))), found)


def shared_line(module: Module, piece: Piece) -> str:
    """What is in the way of taking whole lines: another statement on them, or the head of the block that they are in; else empty."""
    text = module.text
    start, end = module.positions.span(piece.nodes[0])[0], module.positions.span(piece.nodes[-1])[1]
    before, behind = text[line_start(text, start) : start], text[end : line_after(text, end)].strip("; \t\r\n\f")
    if not before.strip("\ufeff \t\f") and (not behind or behind.startswith("#")):
        return ""
    return f"{module.path}:{piece.nodes[0].lineno} holds several statements in one line; give each its own line first."


def _amended(node: ast.stmt) -> set[str]:
    """The name whose attributes or items an assignment sets: `name.attribute = 1` belongs to the definition of `name`."""
    targets: Sequence[ast.expr] = node.targets if isinstance(node, ast.Assign) else ()
    owners = set()
    for target in targets:
        while isinstance(target, (ast.Attribute, ast.Subscript)):
            target = target.value
        owners.add(target.id if isinstance(target, ast.Name) else "")
    return owners


def _is_string(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def cut(text: str, start: int, end: int) -> tuple[int, int]:
    """What has to go with whole lines that are taken out, so that the blank lines on one side remain: the more numerous ones."""
    before = start
    while before > 0 and not text[line_start(text, before - 1) : before].strip():
        before = line_start(text, before - 1)
    after = end
    while after < len(text) and not text[after : line_after(text, after)].strip():
        after = line_after(text, after)
    if after >= len(text):
        return before, after
    if not text[:before].strip("\ufeff"):
        return start, after
    wide = text.count("\n", before, start) >= text.count("\n", end, after)
    return (start, after) if wide else (before, end)


def runs(text: str, pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """Stretches of pieces with nothing but blank lines between them."""
    out: list[tuple[int, int]] = []
    for piece in pieces:
        if out and not text[out[-1][1] : piece.start].strip():
            out[-1] = (out[-1][0], piece.end)
        else:
            out.append((piece.start, piece.end))
    return out
