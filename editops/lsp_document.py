"""A text as editors count in it: lines end at LF, CRLF or CR, columns are code units.

Positions out of offsets and back. A byte order mark is no part of the text, as
editors see it.
"""

import re
from array import array
from bisect import bisect_left, bisect_right

from lsprotocol.types import Position, PositionEncodingKind

from .ops import BOM

_LINE_END = re.compile(rb"\r\n|\n|\r")


class NoSuchPlace(Exception):
    """A position or offset that the text does not have."""


class Document:
    """data: UTF-8, as the caller made sure."""

    __slots__ = ("_data", "_encoding", "_ends", "_plain", "_starts", "_tables")

    def __init__(self, data: bytes, encoding: PositionEncodingKind) -> None:
        self._data = data
        self._encoding = encoding
        ends = list(_LINE_END.finditer(data))
        self._starts = array("Q", [_margin(data), *(found.end() for found in ends)])
        self._ends = array("Q", [*(found.start() for found in ends), len(data)])
        self._plain = -1
        self._tables: dict[int, tuple[array[int], array[int]]] = {}

    def offset(self, position: Position, *, ends: bool = False) -> int:
        """Columns behind the end of a line mean its end, as the protocol has it.

        ends: it is the end of a range, which editors let lie behind the last line.
        """
        line = position.line
        if line >= len(self._starts):
            if line == len(self._starts) or ends:
                return len(self._data)
            raise NoSuchPlace(f"line {line} does not exist")
        start, end = self._starts[line], self._ends[line]
        units = position.character
        if self._is_plain(line):
            return min(start + units, end)
        places, offsets = self._table(line)
        if units >= places[-1]:
            return end
        at = bisect_left(places, units)
        if places[at] != units:
            raise NoSuchPlace(f"line {line}, character {units} lies inside a character")
        return start + offsets[at]

    def position(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset) - 1
        if line < 0 or offset > self._ends[line]:
            raise NoSuchPlace(f"byte {offset} lies inside a line end or the byte order mark")
        column = offset - self._starts[line]
        if self._is_plain(line):
            return Position(line, column)
        places, offsets = self._table(line)
        at = bisect_left(offsets, column)
        if offsets[at] != column:
            raise NoSuchPlace(f"byte {offset} lies inside a character")
        return Position(line, places[at])

    def _is_plain(self, line: int) -> bool:
        if line != self._plain and line not in self._tables and self._content(line).isascii():
            self._plain = line
        return line == self._plain

    def _content(self, line: int) -> bytes:
        return self._data[self._starts[line] : self._ends[line]]

    def _table(self, line: int) -> "tuple[array[int], array[int]]":
        """Column and byte of every character of a line, and of its end."""
        if line not in self._tables:
            places, offsets = array("Q", [0]), array("Q", [0])
            for character in self._content(line).decode():
                width = len(character.encode())
                offsets.append(offsets[-1] + width)
                places.append(places[-1] + self._units(character, width))
            # One at a time: edits come line by line, and a table is larger than its line.
            self._tables = {line: (places, offsets)}
        return self._tables[line]

    def _units(self, character: str, width: int) -> int:
        match self._encoding:
            case PositionEncodingKind.Utf8:
                return width
            case PositionEncodingKind.Utf16:
                return 2 if character > "\uffff" else 1
            case PositionEncodingKind.Utf32:
                return 1


def _margin(data: bytes) -> int:
    return len(BOM) if data.startswith(BOM) else 0
