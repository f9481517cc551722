"""JSON over HTTP to a model server: one request, one answer, or a stream of server-sent events.

Speaks to the address that it is given and to no other: no proxy from the environment, no redirect.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from engine.errors import EngineError
from engine.hub.limit import Limit

MAX_ANSWER = 64 << 20


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
    limit: Limit | None = None
    """Of several requests together; None: each has its own."""

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
        with self._timed() as limit:
            try:
                with self._linked(limit) as link:
                    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
                    link.request(method, urlsplit(self.url).path.rstrip("/") + path, None if body is None else json.dumps(body).encode(), headers)
                    answer = link.getresponse()
                    if answer.status != 200:
                        raise ServerError(self.url, f"it answers {answer.status}: {_complaint(answer.read(2000))}", answer.status)
                    yield answer
                if limit.is_over:
                    # What was read until then looks like a whole answer where its length was not said.
                    raise TimeoutError
            except (OSError, http.client.HTTPException, ValueError, ServerError) as error:  # A host or a key that cannot be sent is a ValueError.
                if limit.is_over or isinstance(error, TimeoutError):
                    raise ServerError(self.url, f"no whole answer within {limit.seconds:.0f} s") from error
                if isinstance(error, ServerError):
                    raise
                raise ServerError(self.url, str(error) or type(error).__name__) from error

    @contextmanager
    def _timed(self) -> Iterator[Limit]:
        """The time that is shared, or else one for this request alone."""
        if self.limit is not None:
            yield self.limit
            return
        with Limit(self.seconds).running() as limit:
            yield limit

    @contextmanager
    def _linked(self, limit: Limit) -> Iterator[http.client.HTTPConnection]:
        """A connection that ends with the limit."""
        if limit.is_over:
            raise TimeoutError
        parts = urlsplit(self.url)
        host, port, context = parts.hostname or "", parts.port, ssl.create_default_context() if parts.scheme == "https" else None
        link = http.client.HTTPSConnection(host, port, timeout=self.seconds, context=context) if context else http.client.HTTPConnection(host, port, timeout=self.seconds)
        try:
            # Encrypted in a second step, since already that may drip.
            http.client.HTTPConnection.connect(link)
            with limit.cutting(link.sock):
                if context is not None:
                    link.sock = context.wrap_socket(link.sock, server_hostname=host)
                yield link
        finally:
            link.close()

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
