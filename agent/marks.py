"""Places in texts that change: where they are afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher

from editops import text_edits
from engine import lex

MAX_LEXEMES = 4_000
"""Of one changed stretch; in a longer one nothing is found again."""


def carried(marks: Mapping[str, frozenset[int]], changes: Mapping[str, bytes | None], text: Callable[[str], str | None]) -> dict[str, frozenset[int]]:
    """Character offsets by path, in the texts after some changes. text: what stood in a file before."""
    found: dict[str, frozenset[int]] = {}
    for path, places in marks.items():
        after, before = changes.get(path), text(path)
        if path not in changes:
            found[path] = places
        elif after is not None and before is not None:
            found[path] = frozenset(_moved(places, before, after.decode("utf-8", "replace").removeprefix("\ufeff")))
    return found


def _moved(places: frozenset[int], before: str, after: str) -> Iterator[int]:
    # In characters: the encodings of both are taken apart again, edit by edit.
    data, last, shift = before.encode(), 0, 0
    yield from (place for place in places if place < 0)
    for edit in text_edits("text", data, after.encode()):
        start, old, new = len(data[: edit.span.start].decode()), edit.before.decode(), edit.after.decode()
        yield from (place + shift for place in places if last <= place < start)
        yield from (start + shift + to for at, to in _same(old, new) if start + at in places)
        last, shift = start + len(old), shift + len(new) - len(old)
    yield from (place + shift for place in places if place >= last)


def _same(old: str, new: str) -> Iterator[tuple[int, int]]:
    """Offsets of the lexemes that both texts have."""
    one, other = lex(old), lex(new)
    if len(one) + len(other) <= MAX_LEXEMES:
        matcher = SequenceMatcher(None, [item.text for item in one], [item.text for item in other], autojunk=False)
        for i, j, size in matcher.get_matching_blocks():
            yield from ((one[i + k].start, other[j + k].start) for k in range(size))
