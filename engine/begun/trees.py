"""A generic aligner of syntax trees: which node of one tree is which of the other, and how alike two trees are.

Knows nothing of refactorings. Two trees are laid side by side from the root down; the items of lists are paired in order so that
the pairs are as alike as possible.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+")
MAX_WORDS = 1_500
"""Trees of more words are compared as bags."""
MAX_CELLS = 4_000
"""Pairs of list items that are compared; longer lists are paired by position."""
ALIKE = 0.5
"""List items below this are not paired."""


def words(node: ast.AST, name: str = "", alias: str = "") -> list[str]:
    """A tree as the sequence of its node types, names and constants, with `name` read as `alias`."""
    out: list[str] = []
    stack: list[object] = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, ast.AST):
            out.append(type(here).__name__)
            stack.extend(getattr(here, field, None) for field in reversed(here._fields) if field not in ("ctx", "type_comment", "kind"))
        elif isinstance(here, list):
            stack.extend(reversed(here))
        elif isinstance(here, str):
            out.extend(alias if word == name else word for word in _WORD.findall(here))
        elif here is not None:
            out.append(repr(here))
    return out


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of the words that two sequences have in common, in order; 0 to 1."""
    if len(one) + len(other) > 2 * MAX_WORDS:
        return 2 * (Counter(one) & Counter(other)).total() / (len(one) + len(other))
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    # The cheap upper bounds settle most pairs.
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0


def align(one: ast.AST, other: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Pairs of nodes of equal type that stand for each other, parents first."""
    stack: list[tuple[ast.AST, ast.AST]] = [(one, other)]
    while stack:
        left, right = stack.pop()
        if type(left) is not type(right):
            continue
        yield left, right
        for field in left._fields:
            a, b = getattr(left, field, None), getattr(right, field, None)
            if isinstance(a, ast.AST) and isinstance(b, ast.AST):
                stack.append((a, b))
            elif isinstance(a, list) and isinstance(b, list):
                stack.extend(paired([x for x in a if isinstance(x, ast.AST)], [x for x in b if isinstance(x, ast.AST)]))


def paired(left: Sequence[ast.AST], right: Sequence[ast.AST]) -> list[tuple[ast.AST, ast.AST]]:
    """The items of two lists in order, so that the likeness of all pairs together is greatest."""
    if len(left) == len(right) and all(type(a) is type(b) for a, b in zip(left, right, strict=True)) or len(left) * len(right) > MAX_CELLS:
        return list(zip(left, right, strict=False))
    said, heard = [words(node) for node in left], [words(node) for node in right]
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            score = likeness(said[i], heard[j]) if type(left[i]) is type(right[j]) else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + score if score >= ALIKE else 0.0)
    found, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            found.append((left[i], right[j]))
            i, j = i + 1, j + 1
    return found
