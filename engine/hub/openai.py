"""A language model behind an OpenAI-compatible server (ollama, llama.cpp, vLLM, ...): the baseline, one token after the other.

Decoding is held to the draft stream's grammar where the server can do that: llama.cpp and vLLM take the grammar itself, others the JSON
schema of it; one that refuses is asked without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from engine.hub.grammar import gbnf, json_schema, lines_of
from engine.hub.http import Server, ServerError
from engine.hub.limit import Limit
from engine.hub.names import HubName
from engine.hub.prompt import messages
from engine.hub.stream import BadLine, DraftOp, DraftReader
from engine.hub.task import Drafted, NotDrafted, Options, Task


class Kind(str, Enum):
    """Which program serves."""

    LLAMA_CPP = "llamacpp"
    VLLM = "vllm"
    OTHER = "other"


@dataclass(slots=True)
class OpenAIDrafter:
    """One model of one server."""

    server: Server
    model: str
    """Empty: the only one that the server has."""
    kind: Kind | None = None
    """None: found out from what the server says of its models."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Further keys of a request."""
    constrained: bool = True
    """Whether the server has not refused a grammar yet."""

    def draft(self, task: Task, read: Callable[[DraftOp], None]) -> Drafted | NotDrafted:
        """Write the stream, held to the grammar if possible."""
        with Limit(max(1.0, task.seconds)).running() as limit:
            self.server = within(self.server, limit)
            self.find_out()
            return self.attempt(task, read)

    def attempt(self, task: Task, read: Callable[[DraftOp], None]) -> Drafted | NotDrafted:
        """The same, within the limit that the server has already."""
        if self.constrained:
            try:
                return self._written(task, read)
            except ServerError as error:
                if error.status not in (400, 422):
                    raise
                # The server knows no such constraint; what it writes is checked in any case.
                self.constrained = False
        return self._written(task, read)

    def find_out(self) -> None:
        """Ask the server for its models, where name or kind is not known."""
        if self.model and self.kind:
            return
        listed = self.server.get("/models")
        items = listed.get("data") if isinstance(listed, dict) else None
        found = [item for item in items or [] if isinstance(item, dict) and isinstance(item.get("id"), str)]
        if not self.model:
            if len(found) != 1:
                raise ServerError(self.server.url, f"it has {len(found)} models: say which, as {self.server.url}#MODEL")
            self.model = str(found[0]["id"])
        owner = next((str(item.get("owned_by", "")) for item in found if item["id"] == self.model), "")
        self.kind = self.kind or next((kind for kind in Kind if kind.value == owner), Kind.OTHER)

    def _written(self, task: Task, read: Callable[[DraftOp], None]) -> Drafted | NotDrafted:
        whole = self.constrained and self.kind is Kind.OTHER
        reader, pieces, tokens = DraftReader(), [], 0
        for piece in self._pieces(task):
            pieces.append(piece)
            tokens += 1
            for op in () if whole else reader.push(piece):
                read(op)
            if reader.is_over:
                break
        if whole:
            for op in reader.push(lines_of("".join(pieces))):
                read(op)
        ops = reader.finish()
        if isinstance(ops, BadLine):
            return NotDrafted(f"{self.model} wrote no draft stream: line {ops.line}: {ops.reason}", again=True, passes=tokens, tokens=tokens)
        return Drafted(ops, passes=tokens, tokens=tokens)

    def _pieces(self, task: Task) -> Iterator[str]:
        body: dict[str, object] = {
            "model": self.model, "messages": messages(task), "stream": True, "temperature": 0.0, "seed": task.seed,
            **self._constraint(task), **self.extra,
        }  # fmt: skip
        for event in self.server.events("/chat/completions", body):
            yield _text_of(event)

    def _constraint(self, task: Task) -> dict[str, object]:
        if not self.constrained:
            return {}
        match self.kind:
            case Kind.LLAMA_CPP:
                return {"grammar": gbnf(task.paths)}
            case Kind.VLLM:
                return {"structured_outputs": {"grammar": gbnf(task.paths)}}
            case _:
                schema = {"name": "draft", "strict": True, "schema": json_schema(task.paths)}
                return {"response_format": {"type": "json_schema", "json_schema": schema}}


def within(server: Server, limit: Limit) -> Server:
    """The server, for requests that share a time."""
    return replace(server, seconds=limit.seconds, limit=limit)


def load(name: HubName, options: Options) -> OpenAIDrafter:
    """The drafter behind `openai:URL#MODEL`."""
    return OpenAIDrafter(Server(name.place, options.key), name.model)


def _text_of(event: object) -> str:
    """The text of one event, or of a whole answer."""
    choices = event.get("choices") if isinstance(event, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return ""
    said = choices[0].get("delta") or choices[0].get("message")
    text = said.get("content") if isinstance(said, dict) else choices[0].get("text")
    return text if isinstance(text, str) else ""
