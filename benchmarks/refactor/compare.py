"""Comparing two versions of one file: which lexemes differ, and whether they say the same.

Code is compared as a tree without docstrings; comments, docstrings and all other text as words. Knows no tasks.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from pyflakes import checker, messages

_LEXEME = re.compile(rb"[A-Za-z_0-9\x80-\xff]+|[^\sA-Za-z_0-9\x80-\xff]")
_RULE = re.compile(rb"([^\w\s])\1{3,}")
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Change:
    """A base span, in bytes, and the lexemes that stand there now; an empty span is an insertion."""

    start: int
    end: int
    after: bytes


def lexemes(data: bytes) -> list[tuple[int, int]]:
    """Spans of the words and punctuation marks of a text."""
    return [match.span() for match in _LEXEME.finditer(data)]


def changes(base: bytes, produced: bytes) -> list[Change]:
    """The lexemes that differ, one change each where both sides have as many of them."""
    before, after = base.splitlines(keepends=True), produced.splitlines(keepends=True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    found: list[Change] = []
    for tag, low, high, new_low, new_high in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            new = b"".join(after[new_low:new_high])
            found.extend(_block_changes(base[starts[low] : starts[high]], new, starts[low]))
    return found


def _block_changes(old: bytes, new: bytes, offset: int) -> Iterator[Change]:
    spans = lexemes(old)
    left = [old[start:end] for start, end in spans]
    right = [new[start:end] for start, end in lexemes(new)]
    if len(left) == len(right):
        for (start, end), was, now in zip(spans, left, right, strict=True):
            if was != now:
                yield Change(offset + start, offset + end, now)
        return
    for tag, low, high, new_low, new_high in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if high - low == new_high - new_low:
            for (start, end), now in zip(spans[low:high], right[new_low:new_high], strict=True):
                yield Change(offset + start, offset + end, now)
            continue
        start = spans[low][0] if low < len(spans) else len(old)
        end = spans[high - 1][1] if high > low else start
        yield Change(offset + start, offset + end, b" ".join(right[new_low:new_high]))


def parses(data: bytes) -> bool:
    try:
        ast.parse(data)
    except (SyntaxError, ValueError):
        return False
    return True


def same(path: str, left: bytes, right: bytes) -> bool:
    """Whether two versions of a file say the same; layout of code is not looked at."""
    if left == right:
        return True
    if not path.endswith((".py", ".pyi")):
        return _words(left) == _words(right)
    if not (parses(left) and parses(right)):
        return False
    return _code(left) == _code(right) and _prose(left) == _prose(right)


def _words(data: bytes) -> list[bytes]:
    # A heading may get a longer or shorter rule under it.
    return _RULE.sub(rb"\1\1\1\1", data).split()


def _docstring(node: ast.AST) -> ast.Expr | None:
    if isinstance(node, _DOCUMENTED) and node.body:
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            return first
    return None


def _code(data: bytes) -> str:
    tree = ast.parse(data)
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and _docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def _prose(data: bytes) -> list[list[str]]:
    """Docstrings and comments, each as its words."""
    found = []
    for node in ast.walk(ast.parse(data)):
        docstring = _docstring(node)
        if docstring is not None and isinstance(docstring.value, ast.Constant):
            found.append(str(docstring.value.value).split())
    tokens = tokenize.tokenize(io.BytesIO(data).readline)
    return found + [token.string.split() for token in tokens if token.type == tokenize.COMMENT]


def undefined_names(path: str, data: bytes) -> frozenset[str]:
    """Names that are used or exported but bound nowhere, as pyflakes sees it."""
    if not path.endswith(".py") or not parses(data):
        return frozenset()
    found = checker.Checker(ast.parse(data), filename=path).messages
    kinds = (messages.UndefinedName, messages.UndefinedExport, messages.UndefinedLocal)
    return frozenset(str(message.message_args[0]) for message in found if isinstance(message, kinds))
