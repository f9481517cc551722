"""From the line and byte column of a syntax node to the character offset of the identifier in it.

The tree counts columns in UTF-8 bytes; ASCII files need no conversion. Lines are cached, as many names are asked of
one file.
"""
from __future__ import annotations

import ast
import re

from engine.evidence.scopes import Use

_LINE_END = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"\w+")
_KEYWORD = re.compile(r"(?:async[\s\\]+)?(?:def|class)[\s\\]+")
_CAPTURES = (ast.MatchAs, ast.MatchStar, ast.MatchMapping)


def lines_of(text: str) -> list[str]:
    """The lines as the parser counts them, line ends included: a form feed or a separator of Unicode ends none."""
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    lines = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    return lines if lines[-1] else lines[:-1]


class Positions:
    def __init__(self, text: str) -> None:
        self.text = text
        self._ascii = text.isascii()
        self._starts: list[int] = []

    @property
    def starts(self) -> list[int]:
        """The offset at which each line begins, where the parser counts from."""
        if not self._starts:
            first = 1 if self.text.startswith("\ufeff") else 0
            self._starts = [first, *(match.end() for match in _LINE_END.finditer(self.text))]
        return self._starts

    def offset(self, line: int, column: int) -> int:
        if line > len(self.starts):
            return len(self.text)
        start = self.starts[line - 1]
        if self._ascii:
            return start + column
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        content = self.text[start:end]
        if content.isascii():
            return start + column
        # No narrowing by character is possible before the column has been decoded.
        return start + len(content.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))

    def span(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias | ast.pattern) -> tuple[int, int]:
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno or 0, node.end_col_offset or 0)

    def of_use(self, use: Use, name: str) -> int:
        """Where the identifier stands, or -1 when the source does not show it there."""
        found = self._locate(use, name)
        return found if self.text.startswith(name, found) else -1

    def _locate(self, use: Use, name: str) -> int:
        node = use.node
        if isinstance(node, (ast.Name, ast.arg, ast.keyword)):
            return self.offset(node.lineno, node.col_offset)
        if isinstance(node, ast.Attribute):
            return self.span(node)[1] - len(name)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            start = self.span(node)[0]
            keyword = _KEYWORD.match(self.text, start)
            return keyword.end() if keyword else start
        if isinstance(node, (ast.alias, ast.Global, ast.Nonlocal)):
            return self._word(*self.span(node), use.word)
        if isinstance(node, ast.ImportFrom):
            return self._word(self.span(node)[0] + len("from"), self.span(node.names[0])[0], use.word)
        if isinstance(use.holder, ast.MatchClass) and isinstance(node, ast.pattern):
            return self.text.rfind(name, 0, self.span(node)[0])
        if isinstance(node, _CAPTURES):
            return self.text.rfind(name, *self.span(node))
        if isinstance(node, ast.ExceptHandler):
            after = self.span(node.type)[1] if node.type is not None else 0
            return self._word(after, len(self.text), 1)
        return self._type_parameter(node, name)

    def _type_parameter(self, node: ast.AST, name: str) -> int:
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
        return self.text.find(name, self.offset(line, column)) if line else -1

    def _word(self, start: int, end: int, index: int) -> int:
        for number, match in enumerate(_WORD.finditer(self.text, start, end)):
            if number == index:
                return match.start()
        return len(self.text)
