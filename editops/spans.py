"""Places in a text: half-open byte spans and the way to lines and back.

The one unit is the byte. Lines end at a line feed, so a CRLF line keeps its
carriage return as its last-but-one byte. Knows nothing of files or encodings.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from .errors import SpanError


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Bytes from `start` up to, not including, `end`; empty spans are insertion points."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise SpanError(f"span {self.start}..{self.end}: give 0 <= start <= end")

    @classmethod
    def at(cls, offset: int) -> "Span":
        """The empty span at `offset`."""
        return cls(offset, offset)

    @property
    def length(self) -> int:
        return self.end - self.start

    def contains(self, other: "Span | int") -> bool:
        """Whether a byte offset, or a whole span, lies inside."""
        if isinstance(other, int):
            return self.start <= other < self.end
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether both claim a byte; an empty span overlaps what it lies strictly inside of."""
        return self.start < other.end and other.start < self.end

    def shift(self, n: int) -> "Span":
        return Span(self.start + n, self.end + n)

    def cut(self, data: bytes) -> bytes:
        """The bytes of `data` that the span covers."""
        if self.end > len(data):
            raise SpanError(
                f"span {self.start}..{self.end} ends after byte {len(data)}, the last one"
            )
        return data[self.start : self.end]


def splice(data: bytes, pieces: Iterable[tuple[Span, bytes]]) -> bytes:
    """Replace each span by its bytes, in one pass; spans come sorted and disjoint."""
    out: list[bytes] = []
    done = 0
    for span, after in pieces:
        out += (data[done : span.start], after)
        done = span.end
    out.append(data[done:])
    return b"".join(out)


class LineIndex:
    """Converts between byte offsets and (line, column): lines from 1, columns from 0 in bytes."""

    __slots__ = ("_length", "_starts")

    def __init__(self, data: bytes) -> None:
        lengths = (len(line) + 1 for line in data.split(b"\n")[:-1])
        self._starts = [0, *accumulate(lengths)]
        self._length = len(data)

    @property
    def line_count(self) -> int:
        """Number of lines; text that ends in a line feed has an empty last one."""
        return len(self._starts)

    def position(self, offset: int) -> tuple[int, int]:
        if not 0 <= offset <= self._length:
            raise SpanError(f"offset {offset}: give 0 to {self._length}")
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1]

    def offset(self, line: int, column: int) -> int:
        span = self.line_span(line)
        if not 0 <= column <= span.length:
            raise SpanError(f"column {column} of line {line}: give 0 to {span.length}")
        return span.start + column

    def line_span(self, line: int) -> Span:
        """The bytes of a line, its line feed included."""
        if not 1 <= line <= len(self._starts):
            raise SpanError(f"line {line}: give 1 to {len(self._starts)}")
        end = self._starts[line] if line < len(self._starts) else self._length
        return Span(self._starts[line - 1], end)
