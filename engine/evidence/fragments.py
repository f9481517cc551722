"""The parts of a Python file that are no identifiers: strings, f-strings and comments.

Works only where a match falls, from the ranges the parser gives; there is no tokenizer.
"""
from __future__ import annotations

import ast
import re
from bisect import bisect_right
from enum import Enum

from engine.evidence.scopes import Literal, Scope
from engine.evidence.source import Module

# One piece of an implicitly concatenated string, or what may stand between two pieces.
_PIECE = re.compile(
    r"""(?P<prefix>[A-Za-z]{0,2})(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\""""
    r"""|'(?:[^\\']|\\.)*'|"(?:[^\\"]|\\.)*")"""
    r"""|(?P<comment>\#[^\r\n]*)|(?P<between>[\s\\()]+)""", re.DOTALL)
_QUOTES = re.compile(r"'''|\"\"\"|'|\"")


class Part(Enum):
    TEXT = "text"
    EXPRESSION = "expression"
    # Between the braces of an f-string.
    NESTED = "nested"
    # A string inside such an expression.
    OUTSIDE = "outside"
    # A comment between two concatenated pieces.


class Fragments:
    def __init__(self, module: Module) -> None:
        self.module = module
        self._spans: list[tuple[int, int, Literal]] | None = None
        self._begins: list[int] = []

    def _literals(self) -> list[tuple[int, int, Literal]]:
        if self._spans is None:
            literals = [] if self.module.index is None else self.module.index.literals
            span = self.module.positions.span
            self._spans = sorted(((*span(literal.node), literal) for literal in literals), key=lambda item: item[:2])
            self._begins = [item[0] for item in self._spans]
        return self._spans

    def literal_at(self, position: int) -> Literal | None:
        spans = self._literals()
        number = bisect_right(self._begins, position) - 1
        if number < 0 or position >= spans[number][1]:
            return None
        return spans[number][2]

    def part_at(self, literal: Literal, position: int) -> Part:
        """What a position inside a literal's range is."""
        start, end = self.module.positions.span(literal.node)
        for piece in _PIECE.finditer(self.module.text, start, end):
            if piece.end() > position:
                if piece.group("comment") is not None or piece.group("between") is not None:
                    return Part.OUTSIDE
                if "f" not in (piece.group("prefix") or "").lower():
                    return Part.TEXT
                start = piece.start()
                break
        if not isinstance(literal.node, ast.JoinedStr):
            return Part.TEXT
        return _in_braces(self.module.text, start, position)

    def is_comment(self, position: int) -> bool:
        text = self.module.text
        line = max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1
        mark = text.find("#", line, position)
        while mark >= 0:
            if self.literal_at(mark) is None:
                return True
            mark = text.find("#", mark + 1, position)
        return False

    def scope_at(self, position: int) -> Scope:
        """The innermost class or function whose lines hold the position."""
        index = self.module.index
        assert index is not None
        line = bisect_right(self.module.positions.starts, position)
        best, begin = index.root, 0
        for scopes in index.scopes.values():
            for scope in scopes:
                first = getattr(scope.node, "lineno", 0)
                if begin < first <= line <= getattr(scope.node, "end_lineno", 0):
                    best, begin = scope, first
        return best


def _in_braces(text: str, start: int, position: int) -> Part:
    """Walk an f-string from its first quote, counting braces; quotes inside braces open nested strings."""
    depth, quote, here = 0, "", start
    while here < position:
        mark = text[here]
        if quote:
            if text.startswith(quote, here):
                here += len(quote) - 1
                quote = ""
        elif mark in "{}" and depth == 0 and text.startswith(mark * 2, here):
            here += 1
        elif mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(0, depth - 1)
        elif depth and mark in "'\"":
            found = _QUOTES.match(text, here)
            quote = found.group() if found else mark
            here += len(quote) - 1
        here += 1
    if depth and not quote and text[position - 1] == "!":
        # The conversion of `{value!r}`.
        return Part.TEXT
    return Part.NESTED if quote else Part.EXPRESSION if depth else Part.TEXT
