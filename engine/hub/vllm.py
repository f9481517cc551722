"""DiffusionGemma behind a vLLM server: plain drafts; canvases that are seeded and pinned where the server can do that.

Whether it can is found out by asking for a canvas of pinned tokens and looking at what comes back, never assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.hub.holes import Hole, holes
from engine.hub.http import Server, ServerError
from engine.hub.limit import Limit
from engine.hub.lines import edits
from engine.hub.names import HubName
from engine.hub.openai import Kind, OpenAIDrafter, within
from engine.hub.prompt import fenced
from engine.hub.stream import DraftOp
from engine.hub.task import Choice, Drafted, NotDrafted, Options, Task

CANVAS = 256
AROUND = 400
"""Characters on each side of a hole that are pinned."""
MOST = 40
"""Holes of one request that are filled on canvases; with more of them a plain draft is cheaper."""


def load(name: HubName, options: Options) -> VllmDrafter:
    """The drafter behind `vllm:URL#MODEL`."""
    url = name.place.rstrip("/")
    plain = OpenAIDrafter(Server(url if url.endswith("/v1") else f"{url}/v1", options.key), name.model, Kind.VLLM)
    return VllmDrafter(plain, Server(plain.server.url.removesuffix("/v1"), options.key))


@dataclass(slots=True)
class VllmDrafter:
    """One server."""

    plain: OpenAIDrafter
    root: Server
    """Where `/tokenize` and `/detokenize` are."""
    pins: bool | None = None
    """Whether the server keeps pinned tokens; None: not found out."""

    def draft(self, task: Task, read: Callable[[DraftOp], None]) -> Drafted | NotDrafted:
        """Fill holes on pinned canvases where the server and the request allow it, else write a stream."""
        with Limit(max(1.0, task.seconds)).running() as limit:
            self.plain.server, self.root = within(self.plain.server, limit), within(self.root, limit)
            self.plain.find_out()
            return self._drafted(task, read)

    def _drafted(self, task: Task, read: Callable[[DraftOp], None]) -> Drafted | NotDrafted:
        places = [hole for path, text in task.texts.items() for hole in holes(path, text, task.names)]
        if not places or len(places) > MOST or task.complaints or not self._keeps_pins():
            return self.plain.attempt(task, read)
        filled = [(hole, self._filled(task, hole)) for hole in places]
        lost = [hole for hole, text in filled if text is None]
        if lost:
            # A canvas whose pinned ends came back changed is worth nothing.
            return self.plain.attempt(task, read)
        ops = tuple(edits((hole, text) for hole, text in filled if text is not None))
        for op in ops:
            read(op)
        choices = tuple(Choice(h.path, h.line, h.old, text or "", 1.0, "written by the server") for h, text in filled)
        return Drafted(ops, choices, len(filled), len(filled) * CANVAS)

    def _keeps_pins(self) -> bool:
        if self.pins is None:
            try:
                wanted = self._ids("def pinned(): pass")
                self.pins = self._canvas("Say anything.", wanted, range(len(wanted)))[: len(wanted)] == wanted
            except ServerError:
                self.pins = False
        return self.pins

    def _filled(self, task: Task, hole: Hole) -> str | None:
        """The text between the pinned ends, which must come back as they were."""
        left, old, right = self._ids(hole.left[-AROUND:]), self._ids(hole.old), self._ids(hole.right[:AROUND])
        seed = [*left, *old, *right]
        if len(seed) > CANVAS:
            return None
        pinned = [*range(len(left)), *range(len(left) + len(old), len(seed))]
        window = fenced(hole.left[-AROUND:] + hole.old + hole.right[:AROUND])
        out = self._canvas(f"Request: {task.instruction}\nWrite this code again, changed as the request wants it:\n{window}", seed, pinned)
        if [out[i] for i in pinned if i < len(out)] != [seed[i] for i in pinned]:
            return None
        return self._text(out[len(left) : len(left) + len(old)])

    def _canvas(self, said: str, seed: Sequence[int], pinned: Sequence[int]) -> list[int]:
        """The token ids of a canvas that starts as `seed`, with some of its positions held."""
        filler = seed[-1] if seed else 0
        body = {
            "model": self.plain.model, "messages": [{"role": "user", "content": said}], "max_tokens": CANVAS, "return_token_ids": True,
            "vllm_xargs": {
                "diffusion_seed_canvas": [*seed, *[filler] * (CANVAS - len(seed))], "diffusion_pinned": list(pinned), "diffusion_canvas_length": CANVAS,
            },
        }  # fmt: skip
        answer = self.plain.server.post("/chat/completions", body)
        choices = answer.get("choices") if isinstance(answer, Mapping) else None
        ids = choices[0].get("token_ids") if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None
        return _numbers(self.root, ids)

    def _ids(self, text: str) -> list[int]:
        answer = self.root.post("/tokenize", {"model": self.plain.model, "prompt": text, "add_special_tokens": False})
        return _numbers(self.root, answer.get("tokens") if isinstance(answer, Mapping) else None)

    def _text(self, ids: Sequence[int]) -> str:
        answer = self.root.post("/detokenize", {"model": self.plain.model, "tokens": list(ids)})
        text = answer.get("prompt") if isinstance(answer, Mapping) else None
        if not isinstance(text, str):
            raise ServerError(self.root.url, "it gives no text for tokens")
        return text


def _numbers(server: Server, found: object) -> list[int]:
    if not isinstance(found, list) or not all(isinstance(item, int) for item in found):
        raise ServerError(server.url, "it gives no token ids")
    return found

