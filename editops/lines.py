"""Where two lists of lines differ.

The shortest edit is sought in small texts. In large ones, lines that are unique
on both sides come first, and what stays unclear becomes one replaced region, so
that no pair of texts takes more than near-linear time.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

MAX_LINES = 1_000
"""Lines of a stretch that is still compared exactly."""
MAX_PAIRS = 50_000
"""Pairs of equal lines in such a stretch."""
_MAX_DEPTH = 8
"""Times that a stretch is split at its unique lines."""


@dataclass(frozen=True, slots=True)
class Region:
    """Lines of the old text that become lines of the new one."""

    old: range
    new: range


def split_lines(data: bytes) -> list[bytes]:
    """The lines with their line feeds; the last may lack it."""
    parts = data.split(b"\n")
    last = [parts[-1]] if parts[-1] else []
    return [part + b"\n" for part in parts[:-1]] + last


def regions(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[Region]:
    """Where the texts differ, in order."""
    waiting = [(Region(range(len(old)), range(len(new))), 0)]
    while waiting:
        stretch, depth = waiting.pop()
        stretch = _trimmed(stretch, old, new)
        if not stretch.old or not stretch.new:
            if stretch.old or stretch.new:
                yield stretch
        elif _is_small(stretch, old, new):
            yield from _exactly(stretch, old, new)
        elif depth < _MAX_DEPTH and (anchors := _anchors(stretch, old, new)):
            waiting += [(gap, depth + 1) for gap in reversed(list(_gaps(stretch, anchors)))]
        else:
            yield stretch


def _trimmed(stretch: Region, old: Sequence[bytes], new: Sequence[bytes]) -> Region:
    """Without the lines that both sides begin and end with."""
    head = _equal_run(stretch.old, stretch.new, old, new)
    left, right = stretch.old[head:], stretch.new[head:]
    tail = _equal_run(left[::-1], right[::-1], old, new)
    return Region(left[: len(left) - tail], right[: len(right) - tail])


def _equal_run(one: range, two: range, old: Sequence[bytes], new: Sequence[bytes]) -> int:
    pairs = zip(one, two, strict=False)
    return sum(1 for _ in takewhile(lambda pair: old[pair[0]] == new[pair[1]], pairs))


def _is_small(stretch: Region, old: Sequence[bytes], new: Sequence[bytes]) -> bool:
    if len(stretch.old) + len(stretch.new) > MAX_LINES:
        return False
    counts = Counter(old[stretch.old.start : stretch.old.stop])
    return sum(counts[line] for line in new[stretch.new.start : stretch.new.stop]) <= MAX_PAIRS


def _exactly(stretch: Region, old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[Region]:
    before = old[stretch.old.start : stretch.old.stop]
    after = new[stretch.new.start : stretch.new.stop]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Region(stretch.old[i1:i2], stretch.new[j1:j2])


def _anchors(
    stretch: Region, old: Sequence[bytes], new: Sequence[bytes]
) -> list[tuple[int, int]]:
    """The longest run, in the order of both sides, of lines that either side holds once."""
    once_old = _unique(stretch.old, old)
    once_new = _unique(stretch.new, new)
    pairs = [(at, once_new[line]) for line, at in once_old.items() if line in once_new]
    tails: list[int] = []
    heads: list[int] = []
    previous: list[int] = []
    for i, (_, place) in enumerate(pairs):
        length = bisect_left(tails, place)
        previous.append(heads[length - 1] if length else -1)
        tails[length : length + 1] = [place]
        heads[length : length + 1] = [i]
    chain: list[tuple[int, int]] = []
    at = heads[-1] if heads else -1
    while at >= 0:
        chain.append(pairs[at])
        at = previous[at]
    return chain[::-1]


def _unique(which: range, lines: Sequence[bytes]) -> dict[bytes, int]:
    counts = Counter(lines[which.start : which.stop])
    return {lines[i]: i for i in which if counts[lines[i]] == 1}


def _gaps(stretch: Region, anchors: list[tuple[int, int]]) -> Iterator[Region]:
    left, right = stretch.old.start, stretch.new.start
    for one, two in [*anchors, (stretch.old.stop, stretch.new.stop)]:
        if one > left or two > right:
            yield Region(range(left, one), range(right, two))
        left, right = one + 1, two + 1
