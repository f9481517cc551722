"""A time that the connections of one piece of work share; once it is over, all of them are cut.

The timeout of a socket begins anew with every byte, and the next request with a time of its own: a server that drips, or that answers
hundreds of small requests slowly, would never run into either.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Timer
from typing import Protocol

_BOTH = 2
"""Directions of a connection, as `socket.SHUT_RDWR` has it everywhere."""


class Connection(Protocol):
    """What is needed of a socket."""

    def dup(self) -> Connection: ...
    def shutdown(self, how: int, /) -> None: ...
    def close(self) -> None: ...


class Limit:
    """Seconds from the moment that `running` is entered."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self._open: set[Connection] = set()
        self._lock = Lock()

    @contextmanager
    def running(self) -> Iterator[Limit]:
        """The time counts inside."""
        timer = Timer(self.seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield self
        finally:
            timer.cancel()
            timer.join()

    @contextmanager
    def cutting(self, connection: Connection) -> Iterator[None]:
        """End `connection` when the time is over; whoever reads from it then finds its end, or an error, and looks at `is_over`."""
        # A name of its own: encrypting takes the first one away, and so does an answer that ends with the connection.
        own = connection.dup()
        with self._lock:
            self._open.add(own)
            if self.is_over:
                _cut(own)
        try:
            yield
        finally:
            with self._lock:
                self._open.remove(own)
            own.close()

    def _end(self) -> None:
        with self._lock:
            self.is_over = True
            for connection in self._open:
                _cut(connection)


def _cut(connection: Connection) -> None:
    with suppress(OSError):
        connection.shutdown(_BOTH)
