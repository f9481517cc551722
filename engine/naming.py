"""Sub-words and case styles of identifiers: how one name is written inside another, and how its replacement is.

Pure string functions; knows no grammar and no repository.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

_SUBWORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+\d*|[A-Z]+\d*|\d+|[^\W\d_]+")
_IDENTIFIER = re.compile(r"[^\W\d]\w*\Z")


class Style(str, Enum):
    """How the sub-words of a name are joined."""

    SNAKE = "snake"
    UPPER = "upper"
    CAMEL = "camel"
    MIXED = "mixed"
    KEBAB = "kebab"


def subwords(name: str) -> tuple[str, ...]:
    """The lower-case sub-words of an identifier: `HTTPClient_v2` -> ("http", "client", "v2")."""
    if name.isascii():
        return tuple(word.lower() for word in _SUBWORD.findall(name))
    return tuple(name[start:end].lower() for start, end in _subword_spans(name))


def _subword_spans(name: str) -> list[tuple[int, int]]:
    """Start and end of every sub-word; letters of any script count by their case."""
    cased = name if name.isascii() else "".join("A" if c.isupper() else "a" if c.islower() else c for c in name)
    return [match.span() for match in _SUBWORD.finditer(cased)]


def is_identifier(text: str) -> bool:
    """Whether the text could be one name in code."""
    return _IDENTIFIER.match(text) is not None


def style_of(name: str) -> Style:
    """The case style of a name; a single lower-case word counts as snake case."""
    bare = name.strip("_")
    if "-" in bare:
        return Style.KEBAB
    if bare.isupper() and (len(bare) > 1 or "_" in name):
        return Style.UPPER
    if bare[:1].isupper():
        return Style.CAMEL
    if "_" not in bare and any(c.isupper() for c in bare):
        return Style.MIXED
    return Style.SNAKE


def join(words: Sequence[str], style: Style) -> str:
    """Sub-words written as one name in the given style."""
    if style is Style.UPPER:
        return "_".join(word.upper() for word in words)
    if style is Style.CAMEL:
        return "".join(word[:1].upper() + word[1:] for word in words)
    if style is Style.MIXED:
        return "".join(words[:1]) + "".join(word[:1].upper() + word[1:] for word in words[1:])
    return ("-" if style is Style.KEBAB else "_").join(words)


def variants(name: str) -> tuple[str, ...]:
    """The spellings under which a name may stand inside a longer one, itself first."""
    words = subwords(name)
    bare = name.strip("_")
    spelled = [bare] + [join(words, style) for style in Style if words]
    return tuple(dict.fromkeys(text for text in spelled if text))


def contains(longer: str, name: str) -> bool:
    """Whether the sub-words of `name` are a run of those of `longer`, which has more of them."""
    return _run(longer, name) is not None


def replaced_inside(longer: str, old: str, new: str) -> str | None:
    """`longer` with the run of `old` written as `new` in the style of that run; None where there is no run.

    `test_load_user`, `load_user` -> `fetch_account` gives `test_fetch_account`; `TestLoadUser` gives `TestFetchAccount`.
    """
    run = _run(longer, old)
    if run is None:
        return None
    start, end = run
    middle = longer[start:end]
    prefix_is_camel = start > 0 and longer[start - 1].isalnum()
    bare_old, bare_new = old.strip("_"), new.strip("_")
    if middle == bare_old and not prefix_is_camel:
        return longer[:start] + bare_new + longer[end:]
    style = style_of(middle)
    if prefix_is_camel and style is Style.SNAKE:
        return None
    if style is Style.UPPER and not longer.isupper():
        style = Style.CAMEL
    if middle == bare_old:
        return longer[:start] + bare_new + longer[end:]
    return longer[:start] + (join(subwords(new), style) or bare_new) + longer[end:]


def _run(longer: str, name: str) -> tuple[int, int] | None:
    pieces = _subword_spans(longer)
    words = subwords(name)
    if not words or len(pieces) <= len(words):
        return None
    lowered = [longer[start:end].lower() for start, end in pieces]
    for i in range(len(pieces) - len(words) + 1):
        if tuple(lowered[i : i + len(words)]) == words:
            return pieces[i][0], pieces[i + len(words) - 1][1]
    return None


def analogous(name: str, old: str, new: str) -> str | None:
    """What `name` becomes when it is changed as `old` was into `new`: load_user -> fetch_user makes load_group fetch_group.

    Only the words in which the two differ are exchanged; None where `name` does not hold them.
    """
    before, after = subwords(old), subwords(new)
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    gone, came = before[start : len(before) - end], after[start : len(after) - end]
    if not gone or not came or name == old:
        return None
    return replaced_inside(name, join(gone, Style.SNAKE), join(came, Style.SNAKE))
