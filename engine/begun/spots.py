"""Which places of a text already hold the new name where its earlier version held the old one; and the text without them.

Works on lexemes, so that comments, strings and documentation count like code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import Enum

from editops import text_edits
from engine.begun.changes import Versions
from engine.lexemes import Lexeme, lex
from engine.naming import replaced_inside

MAX_LEXEMES = 4_000
"""Changed lexemes of one place that are aligned; a longer one is a rewrite, in which nothing stands for anything."""


class Part(Enum):
    """What a place is that is no name."""

    LEFT = "left"
    """From where a definition went."""
    ARRIVED = "arrived"
    """To where it came."""
    SIGNED = "signed"
    """A list of parameters."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that is done, in the later text, in characters."""

    start: int
    end: int
    old: str
    new: str
    part: Part | None = None
    """None: a name."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A text with the old names put back."""

    text: str
    spots: tuple[Spot, ...]
    """Where they stand in it: offsets of `text`, not of the later one."""


def spots(pair: Versions, names: Mapping[str, str]) -> list[Spot]:
    """Done places of the later version, in order. names: old to new."""
    if pair.before is None or pair.after is None or not any(new in pair.after for new in names.values()):
        return []
    before, after = pair.before.encode(), pair.after.encode()
    found: list[Spot] = []
    grown = 0
    for edit in text_edits("text", before, after):
        start = len(after[: edit.span.start + grown].decode())
        one, other = edit.before.decode(), edit.after.decode()
        found += (replace(spot, start=spot.start + start, end=spot.end + start) for spot in _aligned(lex(one), lex(other), names))
        grown += len(edit.after) - edit.span.length
    return found


def _aligned(one: list[Lexeme], other: list[Lexeme], names: Mapping[str, str]) -> Iterator[Spot]:
    if len(one) + len(other) > MAX_LEXEMES:
        return
    known = _Names(names)
    # A new name counts as the old one, so that what is done stands opposite to what it was.
    plain = [known.old(item.text) for item in other]
    matcher = SequenceMatcher(None, [known.old(item.text) for item in one], plain, autojunk=False)
    for i, j, size in matcher.get_matching_blocks():
        for before, after in zip(one[i : i + size], other[j : j + size], strict=True):
            if before.text != after.text and known.old(after.text) == before.text:
                yield Spot(after.start, after.end, before.text, after.text)


class _Names:
    """The old name for a new one, also inside longer names."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._back = {new: old for old, new in names.items()}
        self._known: dict[str, str] = {}

    def old(self, text: str) -> str:
        """The lexeme with the old name in it, or itself."""
        if text not in self._known:
            longer = (found for new, old in self._back.items() if (found := replaced_inside(text, new, old)) is not None)
            self._known[text] = self._back.get(text) or next(longer, text)
        return self._known[text]


def undone(text: str, done: Iterable[Spot]) -> Undone:
    """The text as it would be without the done places."""
    pieces: list[str] = []
    moved: list[Spot] = []
    last = shift = 0
    # Of two that overlap, the larger one holds the smaller; what only goes in at a place is no larger than any.
    for spot in sorted(set(done), key=lambda item: (item.start, item.end > item.start, -item.end)):
        if spot.start < last:
            continue
        pieces += [text[last : spot.start], spot.old]
        moved.append(replace(spot, start=spot.start + shift, end=spot.start + shift + len(spot.old)))
        last, shift = spot.end, shift + len(spot.old) - (spot.end - spot.start)
    return Undone("".join(pieces) + text[last:], tuple(moved))


def place_before(spots_: Iterable[Spot], at: int) -> int | None:
    """The offset in the earlier text of an offset in the later one; None inside a place that is done. spots_: of the later text."""
    shift = 0
    for spot in spots_:
        if spot.start <= at < spot.end:
            return None
        shift += len(spot.old) - (spot.end - spot.start) if spot.end <= at else 0
    return at + shift
