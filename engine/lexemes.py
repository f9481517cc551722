"""Code, prose and paths as lexemes: identifiers, numbers, line starts and runs of equal punctuation.

One expression for every language, so that names inside strings, comments and documentation are lexemes as well.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LEXEME = re.compile(r"[^\W\d]\w*|\d[\w.]*\w|\d|\n[ \t]*|([^\w\s])\1*")


class Lexeme(NamedTuple):
    """A lexeme and its character offsets in the text it was cut from."""

    text: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it could be (part of) a name."""
        return self.text[0].isalpha() or self.text[0] == "_"


def lex(text: str, start: int = 0, end: int | None = None) -> list[Lexeme]:
    """All lexemes of text[start:end]; white space other than line starts is dropped."""
    stop = len(text) if end is None else end
    return [Lexeme(m.group(), m.start(), m.end()) for m in _LEXEME.finditer(text, start, stop)]
