"""Names with an asterisk in an instruction: `render_*`, `*_in_list`, and not the asterisks that people put around a name for emphasis."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

from engine.lexemes import Lexeme


def pattern(text: str, start: int, end: int) -> str:
    """The pattern that a word of a text is part of; empty if it is none."""
    word = text[start:end]
    before, after = text[start - 1 : start] == "*", text[end : end + 1] == "*"
    doubled = text[max(0, start - 2) : start] == "**" or text[end : end + 2] == "**"
    if doubled or not (before or after) or before and not after and word in ("args", "kwargs"):
        return ""
    low = max(text.rfind(space, 0, start) for space in " \t\n") + 1
    token = text[low:].split(maxsplit=1)[0].strip(".,;:!?()[]\"'`")
    around = token.startswith("*") and token.endswith("*")
    if around and not (before and word.startswith("_") or after and word.endswith("_")):
        return ""
    return ("*" if before else "") + word + ("*" if after else "")


def patterns(text: str, words: Sequence[Lexeme], marked: Collection[int]) -> frozenset[str]:
    """All patterns among the marked words."""
    return frozenset(filter(None, (pattern(text, words[i].start, words[i].end) for i in marked)))


def fits(name: str, found: Collection[str]) -> bool:
    """Whether a name is of one of the patterns."""
    return any(fnmatchcase(name, item) for item in found)
