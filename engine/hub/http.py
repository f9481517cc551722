"""JSON over HTTP to a model server: one request, one answer, or a stream of server-sent events.

Speaks to the address that it is given and to no other: no proxy from the environment, no redirect.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Timer
from urllib.parse import urlsplit

from engine.errors import EngineError

MAX_ANSWER = 64 << 20
_BOTH = 2
"""Directions of a connection, as `socket.SHUT_RDWR` has it everywhere."""


class ServerError(EngineError):
    """The server cannot be reached, or says no."""

    def __init__(self, url: str, reason: str, status: int = 0) -> None:
        super().__init__(f"The model server {url} cannot be used: {reason}.")
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is, and how to speak to it."""

    url: str
    """Base address, such as `http://localhost:11434/v1`."""
    key: str = ""
    seconds: float = 600.0
    """For one answer to come whole: a server that goes on sending a byte now and then gets no more."""

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            valid = False
        if not valid:
            raise ServerError(self.url, "an address begins with http:// or https:// and a host")

    def get(self, path: str) -> object:
        """The JSON behind a path."""
        with self._answer("GET", path, None) as answer:
            return self._json(answer)

    def post(self, path: str, body: Mapping[str, object]) -> object:
        """The JSON answer to a JSON body."""
        with self._answer("POST", path, body) as answer:
            return self._json(answer)

    def events(self, path: str, body: Mapping[str, object]) -> Iterator[object]:
        """The JSON of each event of a streamed answer; a server that doesn't stream gives one."""
        with self._answer("POST", path, body) as answer:
            if "event-stream" not in (answer.getheader("Content-Type") or ""):
                yield self._json(answer)
                return
            for line in self._lines(answer):
                data = line.removeprefix("data:").strip()
                if data == "[DONE]":
                    return
                if line.startswith("data:") and data:
                    yield self._parsed(data)

    @contextmanager
    def _answer(self, method: str, path: str, body: Mapping[str, object] | None) -> Iterator[http.client.HTTPResponse]:
        parts = urlsplit(self.url)
        link, context = self._link()
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        late = Event()
        try:
            with _ends(link, context, self.seconds, late):
                link.request(method, parts.path.rstrip("/") + path, None if body is None else json.dumps(body).encode(), headers)
                answer = link.getresponse()
                if answer.status != 200:
                    raise ServerError(self.url, f"it answers {answer.status}: {_complaint(answer.read(2000))}", answer.status)
                yield answer
            if late.is_set():
                # What was read until then looks like a whole answer where its length was not said.
                raise TimeoutError
        except (OSError, http.client.HTTPException, ValueError, ServerError) as error:  # A host or a key that cannot be sent is a ValueError.
            if late.is_set() or isinstance(error, TimeoutError):
                raise ServerError(self.url, f"no whole answer within {self.seconds:.0f} s") from error
            if isinstance(error, ServerError):
                raise
            raise ServerError(self.url, str(error) or type(error).__name__) from error
        finally:
            link.close()

    def _link(self) -> tuple[http.client.HTTPConnection, ssl.SSLContext | None]:
        """A connection that is not made yet, and what encrypts it."""
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme != "https":
            return http.client.HTTPConnection(host, port, timeout=self.seconds), None
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=self.seconds, context=context), context

    def _json(self, answer: http.client.HTTPResponse) -> object:
        data = answer.read(MAX_ANSWER + 1)
        if len(data) > MAX_ANSWER:
            raise ServerError(self.url, "its answer has no end")
        return self._parsed(data.decode("utf-8", "replace"))

    def _lines(self, answer: http.client.HTTPResponse) -> Iterator[str]:
        read = 0
        while line := answer.readline(MAX_ANSWER):
            read += len(line)
            if read > MAX_ANSWER:
                raise ServerError(self.url, "its answer has no end")
            yield line.decode("utf-8", "replace").rstrip("\r\n")

    def _parsed(self, text: str) -> object:
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ServerError(self.url, f"its answer is not JSON ({error})") from error


@contextmanager
def _ends(link: http.client.HTTPConnection, context: ssl.SSLContext | None, seconds: float, late: Event) -> Iterator[None]:
    """Connect, and cut the connection when the time is up: the timeout of a socket begins anew with every byte.

    Sets `late` then; whoever reads finds the end, or an error of the connection.
    """
    http.client.HTTPConnection.connect(link)
    # A name of its own for the connection: encrypting takes the first one away, and so does an answer that ends with the connection.
    own = link.sock.dup()

    def cut() -> None:
        late.set()
        with suppress(OSError):
            own.shutdown(_BOTH)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        if context is not None:
            link.sock = context.wrap_socket(link.sock, server_hostname=link.host)
        yield
    finally:
        timer.cancel()
        timer.join()
        own.close()


def _complaint(data: bytes) -> str:
    """What a server says about an error, on one line."""
    text = data.decode("utf-8", "replace")
    try:
        item: object = json.loads(text)
    except (ValueError, RecursionError):
        item = None
    if isinstance(item, dict):
        error = item.get("error", item)
        text = str(error.get("message", error)) if isinstance(error, dict) else str(error)
    return " ".join(text.split())[:200]
