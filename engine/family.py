"""Longer names that contain the old one: candidates for going along with a rename.

One decision per distinct name, so that all its places change together.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.evidence import Resolution
from engine.features import Zone, zone_of
from engine.naming import replaced_inside, subwords, variants

MAX_FAMILY = 48
_INDENT = re.compile(r"([ \t]*)([^\s#])")
Spot = tuple[str, int, int]
"""path, start and end in characters"""


def is_definition(text: str, start: int) -> bool:
    """Whether the name at an offset is being defined as a function or class."""
    return text[max(0, start - 6) : start].endswith(("def ", "class "))


def block_end(text: str, start: int) -> int:
    """Offset behind the block that the definition of the name at `start` opens, told by its indentation."""
    line = text.rfind("\n", 0, start) + 1
    indent = start - line - len(text[line:start].lstrip(" \t"))
    at = text.find("\n", start)
    while at >= 0:
        following = _INDENT.match(text, at + 1)
        if following is not None and len(following[1]) <= indent and following[2] not in ")]}":
            return at
        at = text.find("\n", at + 1)
    return len(text)


def meant_inside(text: str, start: int, resolved: Sequence[tuple[int, Resolution]]) -> Resolution | None:
    """What the old name means in the block that is named at `start`: the target if it does so once; None where it does not occur.

    resolved: offsets in this text at which the old name stands.
    """
    end = block_end(text, start)
    found = {resolution for at, resolution in resolved if start < at < end}
    return next((wanted for wanted in (Resolution.YES, Resolution.UNKNOWN, Resolution.NO) if wanted in found), None)


def apart(spots: Mapping[tuple[str, bool], Sequence[Spot]], taken: Iterable[tuple[str, int]]) -> dict[tuple[str, bool], tuple[Spot, ...]]:
    """The longer names without the places in which the old name stands by itself; `taken`: path and start of each of those.

    A name that is written between letters of another script, as in Chinese prose, is both.
    """
    by_path: dict[str, list[int]] = {}
    for path, start in taken:
        by_path.setdefault(path, []).append(start)
    for starts in by_path.values():
        starts.sort()

    def is_apart(spot: Spot) -> bool:
        starts = by_path.get(spot[0], [])
        at = bisect_left(starts, spot[1])
        return at == len(starts) or starts[at] >= spot[2]

    kept = {key: tuple(spot for spot in places if is_apart(spot)) for key, places in spots.items()}
    return {key: places for key, places in kept.items() if places}


def _words_with(text: str, parts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Start and end of every word that has one of the parts in it; some words twice."""
    # Plain search, which is several times as fast as one expression with a repeated head.
    for part in parts:
        at = text.find(part)
        while at >= 0:
            start, end = at, at + len(part)
            while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
                start -= 1
            while end < len(text) and (text[end].isalnum() or text[end] == "_"):
                end += 1
            yield start, end
            at = text.find(part, end)


def family(texts: Mapping[str, str], old: str, new: str) -> dict[tuple[str, bool], tuple[Spot, ...]]:
    """Every longer identifier of the texts whose sub-words contain those of `old`, with all places where it stands.

    Places in changelogs are apart (key: the name, and whether it is of a changelog). At most MAX_FAMILY keys: those of tests first (for a name of one sub-word, `get` say, hundreds of others contain it), then by
    the number of places, the rare ones first.
    """
    if not subwords(old):
        return {}
    spellings = variants(old)
    found: dict[tuple[str, bool], list[Spot]] = {}
    for path, text in texts.items():
        is_history = zone_of(path) is Zone.HISTORY
        for start, end in sorted(set(_words_with(text, spellings))):
            name = text[start:end]
            if name != old:
                found.setdefault((name, is_history), []).append((path, start, end))
    longer = {key: spots for key, spots in found.items() if replaced_inside(key[0], old, new) is not None}
    ranked = sorted(longer, key=lambda key: (not key[0].lower().startswith("test"), len(longer[key]), key))
    return {key: tuple(longer[key]) for key in ranked[:MAX_FAMILY]}
