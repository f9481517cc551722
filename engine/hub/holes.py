"""Where a model may write: the expression around every hit of a name, and the code on both sides that it may not touch.

Text in, text out; knows nothing of tokens or models.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

MAX_HOLE = 400
"""Characters of an expression that is opened as a whole; of a longer one only the name."""
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_STRING = re.compile(r"""('''|\"""|'|")""")


@dataclass(frozen=True, slots=True)
class Hole:
    """A span of one text that is to be written anew; everything around it stays."""

    path: str
    text: str
    """The whole file, without its byte order mark."""
    start: int
    end: int

    @property
    def old(self) -> str:
        """What stands there now."""
        return self.text[self.start : self.end]

    @property
    def left(self) -> str:
        """All that stands before it."""
        return self.text[: self.start]

    @property
    def right(self) -> str:
        """All that stands behind it."""
        return self.text[self.end :]

    @property
    def line(self) -> int:
        """1-based."""
        return self.text.count("\n", 0, self.start) + 1


def holes(path: str, text: str, names: Collection[str]) -> list[Hole]:
    """One hole for every use of one of the names as a whole word, with the brackets that follow it; nested ones are one."""
    found: list[Hole] = []
    for start, end in _hits(text, names):
        if not found or start >= found[-1].end:
            found.append(Hole(path, text, start, _closed(text, end)))
    return found


def _hits(text: str, names: Collection[str]) -> Iterator[tuple[int, int]]:
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    if words:
        for match in re.finditer(rf"(?<![^\W\d_])(?<!\w)(?:{words})(?!\w)", text):
            yield match.span()


def _closed(text: str, end: int) -> int:
    """The end of the bracket that opens at `end`; `end` itself where none does, or where it is too far away."""
    if text[end : end + 1] != "(":
        return end
    open_, at = [")"], end + 1
    while at < min(len(text), end + MAX_HOLE):
        char = text[at]
        if char in "'\"":
            at = _behind_string(text, at)
            continue
        if char == "#":
            at = text.find("\n", at)
            if at < 0:
                return end
        elif char in _BRACKETS:
            open_.append(_BRACKETS[char])
        elif char in ")]}":
            if char != open_.pop():
                return end
            if not open_:
                return at + 1
        at += 1
    return end


def _behind_string(text: str, at: int) -> int:
    match = _STRING.match(text, at)
    quote = match.group(1) if match else text[at]
    at += len(quote)
    while at < len(text) and not text.startswith(quote, at):
        at += 2 if text[at] == "\\" else 1
    return at + len(quote)
