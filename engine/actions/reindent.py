"""A stretch of code at another depth: every line of it, but for the inside of strings; docstrings go along."""

from __future__ import annotations

import ast
import io
import tokenize

from engine.actions.docstrings import docstring_of
from engine.evidence.positions import lines_of

_HOLDER = "if True:\n"


def reindented(piece: str, old: str, new: str) -> str:
    """Whole lines, indented by `old` so far, indented by `new`; a line that is indented less (a comment at the margin) stays."""
    lines = lines_of(piece)
    kept = _inside_strings(piece) - _documenting(piece, lines, old)
    made = [
        new + line[len(old) :] if row not in kept and line.strip() and line.startswith(old) else line for row, line in enumerate(lines, 1)
    ]
    return "".join(made)


def _inside_strings(piece: str) -> set[int]:
    """Rows of a piece, from 1, that begin inside a string."""
    rows: set[int] = set()
    opened: list[int] = []
    source = piece.replace("\r\n", "\n")
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            name = tokenize.tok_name[token.type]
            if name == "STRING":
                rows.update(range(token.start[0] + 1, token.end[0] + 1))
            elif name in ("FSTRING_START", "TSTRING_START"):
                opened.append(token.start[0])
            elif name in ("FSTRING_END", "TSTRING_END"):
                rows.update(range(opened.pop() + 1, token.end[0] + 1))
    except (tokenize.TokenError, IndentationError):
        # The rest of a piece that ends inside something is left as it is.
        return set(range(1, source.count("\n") + 2))
    return rows


def _documenting(piece: str, lines: list[str], old: str) -> set[int]:
    """Rows of docstrings that are indented as a whole."""
    try:
        tree = ast.parse(_HOLDER + piece if old else piece)
    except SyntaxError:
        return set()
    shift = 1 if old else 0
    rows: set[int] = set()
    for node in ast.walk(tree):
        literal = docstring_of(node) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else None
        if literal is None:
            continue
        first, last = literal.lineno - shift + 1, (literal.end_lineno or literal.lineno) - shift
        if all(not line.strip() or line.startswith(old) for line in lines[first - 1 : last]):
            rows.update(range(first, last + 1))
    return rows
