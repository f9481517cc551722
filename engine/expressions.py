"""Whole expressions in a text: a part of one that was pointed at stands for all of it, since less than an expression can't be code."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from engine.spoken import code_of

_OPENING, _CLOSING = "([{", ")]}"
_FARTHEST = 3
"""Lexemes by which a part is widened on either side."""
_EMPTY = {"list": "[]", "dict": "{}", "tuple": "()", "set": "set()", "str": '""', "bytes": 'b""'}


def widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the brackets around it, where they touch a name: `str, ...` in `tuple[str, ...]` is all of that."""
    opened = _unclosed(text[:start])
    while opened >= 0 and opened > 0 and (text[opened - 1].isalnum() or text[opened - 1] == "_"):
        closing = _closed(text, opened)
        if closing < 0 or closing + 1 < end:
            break
        start, end = _name_start(text, opened), closing + 1
        opened = _unclosed(text[:start])
    if start < len(text) and text[start] in _OPENING and start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start = _name_start(text, start)
    if start < end and any(char in _OPENING for char in text[start:end]):
        depth = _balance(text[start:end])
        while depth > 0 and end < len(text):
            depth += _balance(text[end])
            end += 1
    return start, end


def _name_start(text: str, at: int) -> int:
    found = re.search(r"[\w.]+$", text[:at])
    return found.start() if found else at


def _balance(text: str) -> int:
    return sum(char in _OPENING for char in text) - sum(char in _CLOSING for char in text)


def _unclosed(before: str) -> int:
    """Offset of the last bracket that is still open; -1 if there is none."""
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        if before[at] in _CLOSING:
            depth += 1
        elif before[at] in _OPENING:
            if depth == 0:
                return at
            depth -= 1
        elif before[at] == "\n":
            return -1
    return -1


def _closed(text: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(text)):
        depth += _balance(text[at])
        if depth == 0:
            return at
    return -1


def completed(text: str, start: int, end: int, words: Sequence[tuple[int, int, float]]) -> tuple[int, int]:
    """The least widening of a span that parses; the span itself where none does.

    words: start, end and probability of belonging of the words around, in order.
    """
    start, end = widened(text, start, end)
    if parses(text[start:end]):
        return start, end
    before = [word for word in words if word[1] <= start][-_FARTHEST:]
    after = [word for word in words if word[0] >= end][:_FARTHEST]
    options = []
    for left in range(len(before) + 1):
        for right in range(len(after) + 1):
            added = [*before[len(before) - left :], *after[:right]]
            low, high = (before[-left][0] if left else start), (after[right - 1][1] if right else end)
            if added and "\n" not in text[low:high] and parses(text[low:high]):
                options.append((len(added), -sum(sure for _, _, sure in added), low, high))
    return min(options)[2:] if options else (start, end)


def parses(text: str) -> bool:
    """Whether a text, or the code that its words stand for, is one Python expression; one that begins with a plus lacks its left side."""
    if re.match(r"\+|-\s", text):
        return False
    try:
        ast.parse(code_of(text), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def default_of(said: str, kind: str) -> str:
    """A default value as code; `empty` is the empty value of the parameter's type."""
    code = code_of(said)
    return _EMPTY.get(kind.partition("[")[0].lower(), code) if code == "empty" else code
