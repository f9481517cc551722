"""A model server that speaks the OpenAI protocol and answers from a script: a real one, on a port of this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Body = dict[str, object]


@dataclass
class Script:
    """What the server has and says."""

    answers: list[str | tuple[int, str]]
    """One text for each completion, or a status with a complaint; the last one is repeated."""
    models: list[Body] = field(default_factory=lambda: [{"id": "tiny", "owned_by": "library"}])
    streams: bool = True
    refuses: str = ""
    """Key of a request that is answered with 400."""
    bodies: list[Body] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    drip: float = 0.0
    """Seconds before each byte of an answer; none comes at once."""
    sized: bool = True
    """Whether an answer in one piece says its length."""
    served: Callable[[str, Body], Body | None] = lambda path, body: None
    """Answers of other paths."""

    def next(self) -> str | tuple[int, str]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving(script: Script) -> Iterator[str]:
    """The base address of a server that follows a script."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(script))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            self._send(200, {"data": script.models} if self.path.endswith("/models") else {"error": "no such path"})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.bodies.append(body)
            script.headers.append(dict(self.headers))
            other = script.served(self.path, body)
            if other is not None:
                self._send(200, other)
            elif script.refuses and script.refuses in body:
                self._send(400, {"error": {"message": f"{script.refuses} is not supported"}})
            else:
                self._complete(script.next())

        def _complete(self, said: str | tuple[int, str]) -> None:
            if isinstance(said, tuple):
                self._send(said[0], {"error": {"message": said[1]}})
            elif not script.streams:
                self._send(200, {"choices": [{"message": {"role": "assistant", "content": said}}]})
            else:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                for i in range(0, len(said), 7):
                    event = {"choices": [{"delta": {"content": said[i : i + 7]}}]}
                    self._write(f"data: {json.dumps(event)}\n\n".encode())
                self._write(b"data: [DONE]\n\n")

        def _send(self, status: int, item: object) -> None:
            data = json.dumps(item).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if script.sized:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self._write(data)

        def _write(self, data: bytes) -> None:
            if not script.drip:
                self.wfile.write(data)
                return
            with suppress(ConnectionError):
                for at in range(len(data)):
                    time.sleep(script.drip)
                    self.wfile.write(data[at : at + 1])

    return Handler
