"""The hunks of a patch: what stood there, what shall stand there, and where."""

import re
from dataclasses import dataclass

from .spans import Span

MAX_EDITS = 1_000_000
"""Changed stretches of one patch."""
_HEADER = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")


@dataclass(frozen=True, slots=True)
class Hunk:
    line: int
    """Line of the patch where it begins, from 1."""
    start: int
    """Line of the old file, from 1; the line before when it has no old lines."""
    old: bytes
    """The old lines, those of the context included."""
    edits: tuple[tuple[Span, bytes], ...]
    """What changes in `old`."""


class Lines:
    """The lines of a text, one after the other; the last is given a line feed if it has none."""

    __slots__ = ("_at", "_data", "_next", "number")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._next: bytes | None = None
        self.number = 0
        """Of the line last taken, from 1."""

    def peek(self) -> bytes:
        """The next line, left where it is; empty at the end."""
        if self._next is None and self._at < len(self._data):
            end = self._data.find(b"\n", self._at)
            end = len(self._data) if end < 0 else end
            self._next = self._data[self._at : end] + b"\n"
            self._at = end + 1
        return self._next or b""

    def next(self) -> bytes | None:
        line = self.peek()
        if not line:
            return None
        self._next = None
        self.number += 1
        return line


class _Body:
    """The lines of one hunk, while they are read."""

    def __init__(self, old_count: int, new_count: int) -> None:
        self.left = {"-": old_count, "+": new_count}
        self.old = bytearray()
        self.edits: list[tuple[Span, bytes]] = []
        self._added = bytearray()
        self._since = 0
        self._pending = ("", b"")
        self._closed: set[str] = set()

    def take(self, sides: str, text: bytes) -> str | None:
        """One line of either side or both; a complaint if there can be none."""
        self.flush()
        for side in sides:
            self.left[side] -= 1
            if self.left[side] < 0:
                return "a hunk has more lines than it says"
            if side in self._closed:
                return "a line follows the one without a line feed"
        self._pending = (sides, text)
        return None

    def cut_line_feed(self) -> str | None:
        sides, text = self._pending
        if not sides or not text.endswith(b"\n"):
            return "a missing line feed belongs to no line"
        self._pending = (sides, text[:-1])
        self._closed.update(sides)
        return None

    def flush(self) -> None:
        sides, text = self._pending
        self._pending = ("", b"")
        if sides == "-+":
            self.close_edit()
            self.old += text
            self._since = len(self.old)
        elif sides == "-":
            self.old += text
        elif sides == "+":
            self._added += text

    def close_edit(self) -> None:
        span = Span(self._since, len(self.old))
        if self.old[self._since :] != self._added:
            self.edits.append((span, bytes(self._added)))
        self._added.clear()
        self._since = len(self.old)


class HunkReader:
    """Reads the hunks that follow; all of a patch together are limited."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._edits = 0

    def read(self) -> tuple[Hunk, ...] | str:
        """The hunks up to the first line that begins none; or what is wrong with them."""
        found: list[Hunk] = []
        while self._lines.peek().startswith(b"@@ "):
            hunk = self._hunk(self._lines.next() or b"")
            if isinstance(hunk, str):
                return hunk
            found.append(hunk)
            self._edits += len(hunk.edits)
            if self._edits + len(found) > MAX_EDITS:
                return f"more than {MAX_EDITS} changes"
        return tuple(found)

    def _hunk(self, header: bytes) -> Hunk | str:
        place = _HEADER.match(header)
        if place is None:
            return "a hunk does not say where it belongs"
        line = self._lines.number
        counts = (1 if place[group] is None else int(place[group]) for group in (2, 4))
        body = _Body(*counts)
        while any(body.left.values()):
            complaint = self._line(body, self._lines.next())
            if complaint:
                return complaint
        if self._lines.peek().startswith(b"\\ "):
            complaint = self._line(body, self._lines.next())
            if complaint:
                return complaint
        body.flush()
        body.close_edit()
        return Hunk(line, int(place[1]), bytes(body.old), tuple(body.edits))

    def _line(self, body: _Body, line: bytes | None) -> str | None:
        if line is None:
            return "a hunk has fewer lines than it says"
        match line[:1]:
            case b" ":
                return body.take("-+", line[1:])
            case b"\n":
                # Some programs strip the blank of an empty line.
                return body.take("-+", line)
            case b"-":
                return body.take("-", line[1:])
            case b"+":
                return body.take("+", line[1:])
            case b"\\":
                return body.cut_line_feed()
        return "a line of a hunk is neither kept, taken away nor added"
