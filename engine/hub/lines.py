"""From filled holes to draft edits of whole lines: a line says where it stands, and a word may stand in it twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.hub.holes import Hole
from engine.hub.stream import DraftEdit


def edits(filled: Iterable[tuple[Hole, str]]) -> Iterator[DraftEdit]:
    """One edit for the lines of neighbouring holes; holes that keep their text are none."""
    group: list[tuple[Hole, str]] = []
    for hole, text in sorted(filled, key=lambda item: (item[0].path, item[0].start)):
        if text == hole.old:
            continue
        if group and (group[0][0].path != hole.path or _line_end(group[-1][0]) <= hole.start):
            yield _joined(group)
            group = []
        group.append((hole, text))
    if group:
        yield _joined(group)


def _line_end(hole: Hole) -> int:
    end = hole.text.find("\n", hole.end)
    return len(hole.text) if end < 0 else end


def _joined(group: Sequence[tuple[Hole, str]]) -> DraftEdit:
    first, text = group[0][0], group[0][0].text
    start = text.rfind("\n", 0, first.start) + 1
    end = _line_end(group[-1][0])
    after, at = "", start
    for hole, filling in group:
        after += text[at : hole.start] + filling
        at = hole.end
    return DraftEdit(first.path, first.line, text[start:end], after + text[at:end])
