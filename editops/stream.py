"""A change stream read while it is still being written.

Bytes in, in pieces of any size; events out, one for every line that is complete.
What has been read never changes and never shrinks. It is a `Partial`, good for
showing progress: only the end of the stream makes a change set of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .changeset import ChangeSet, Safety
from .ops import Op
from .wire import MAX_LINE, MAX_STREAM, Header, Malformed, gathered, read_header, read_op

_MAX_BYTES_A_CHARACTER = 4


@dataclass(frozen=True, slots=True)
class Opened:
    """The header was read."""

    base: Mapping[str, str]
    safety: Safety


@dataclass(frozen=True, slots=True)
class OpRead:
    """One more operation; it may still collide with a later one."""

    number: int
    """From 1."""
    op: Op


@dataclass(frozen=True, slots=True)
class Broken:
    """The stream is damaged; nothing is read any more."""

    problem: Malformed


StreamEvent = Opened | OpRead | Broken


@dataclass(frozen=True, slots=True)
class Partial:
    """The part of a stream that has been read. Not a change set: nothing applies it."""

    header: Header | None
    ops: tuple[Op, ...]


class StreamReader:
    """Whatever the pieces, `finish` gives what `parse` gives for the whole."""

    __slots__ = ("_header", "_line", "_number", "_ops", "_problem", "_read", "_searched")

    def __init__(self) -> None:
        self._line = bytearray()
        self._searched = 0
        self._read = 0
        self._number = 0
        self._header: Header | None = None
        self._ops: list[Op] = []
        self._problem: Malformed | None = None

    @property
    def partial(self) -> Partial:
        return Partial(self._header, tuple(self._ops))

    def push(self, chunk: bytes) -> tuple[StreamEvent, ...]:
        """Take the next bytes of the stream; the events of the lines that they complete."""
        if self._problem is not None:
            return ()
        events: list[StreamEvent] = []
        self._read += len(chunk)
        self._line += chunk
        start = 0
        while self._problem is None:
            end = self._line.find(b"\n", max(start, self._searched))
            if end < 0:
                break
            events.append(self._take(bytes(self._line[start:end])))
            start = end + 1
        del self._line[:start]
        self._searched = len(self._line)
        if self._problem is None and self._is_too_long():
            events.append(self._break("longer than a change stream can be"))
        return tuple(events)

    def finish(self) -> ChangeSet | Malformed:
        """The end of the stream: all of it as a change set, or what is wrong with it."""
        if self._problem is None and (self._line or self._header is None):
            self._take(bytes(self._line))
            self._line.clear()
        if self._problem is not None:
            return self._problem
        if self._header is None:
            return Malformed(1, "the stream is empty")
        return gathered(self._header, self._ops)

    def _is_too_long(self) -> bool:
        return self._read > MAX_STREAM or len(self._line) > _MAX_BYTES_A_CHARACTER * MAX_LINE

    def _take(self, line: bytes) -> StreamEvent:
        self._number += 1
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            return self._break(f"not UTF-8: {error.reason}")
        if self._header is None:
            header = read_header(text)
            if isinstance(header, Malformed):
                return self._broken(header)
            self._header = header
            return Opened(header.base, header.safety)
        op = read_op(text, self._number)
        if isinstance(op, Malformed):
            return self._broken(op)
        self._ops.append(op)
        return OpRead(len(self._ops), op)

    def _break(self, reason: str) -> Broken:
        return self._broken(Malformed(max(self._number, 1), reason))

    def _broken(self, problem: Malformed) -> Broken:
        self._problem = problem
        self._line.clear()
        return Broken(problem)
