"""A vLLM server with and without seed-and-pin: detected by what comes back, used where it works."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from engine.hub.http import ServerError
from engine.hub.opening import open_drafter
from engine.hub.stream import DraftEdit, written
from engine.hub.task import Drafted, Options, Task
from tests.engine.hub.server import Body, Script, serving

TEXT = "def load(x):\n    return x\n\n\nprint(load, load)\n"
PLAIN = [DraftEdit("a.py", 1, "def load", "def plain")]
TASK = Task("rename load to save", names=("load",), texts={"a.py": TEXT}, paths=("a.py",), seconds=20.0)


class Pinning:
    """Tokens are characters. A canvas keeps what is pinned and has `save` wherever `load` stood free."""

    def __init__(self, pins: bool) -> None:
        self.pins = pins
        self.canvases = 0

    def __call__(self, path: str, body: Body) -> Body | None:
        if path == "/tokenize":
            return {"tokens": [ord(char) for char in str(body["prompt"])]}
        if path == "/detokenize":
            tokens = body["tokens"]
            assert isinstance(tokens, list)
            return {"prompt": "".join(map(chr, tokens))}
        extra = body.get("vllm_xargs")
        if not isinstance(extra, dict):
            return None
        self.canvases += 1
        seed, pinned = extra["diffusion_seed_canvas"], set(extra["diffusion_pinned"])
        wanted = "".join(map(chr, seed)).replace("load", "save")
        ids = [token if i in pinned else ord(wanted[i]) for i, token in enumerate(seed)] if self.pins else [ord("?")] * len(seed)
        return {"choices": [{"token_ids": ids, "message": {"content": ""}}]}


@pytest.mark.parametrize("pins", [True, False])
def test_seed_and_pin_is_detected_and_used_where_it_works(pins: bool) -> None:
    serves = Pinning(pins)
    script = Script([written(PLAIN)], [{"id": "m", "owned_by": "vllm"}], served=serves)
    with serving(script) as url:
        found = open_drafter(f"vllm:{url}", Options()).draft(TASK, lambda op: None)
    assert isinstance(found, Drafted)
    filled = (DraftEdit("a.py", 1, "def load(x):", "def save(x):"), DraftEdit("a.py", 5, "print(load, load)", "print(save, save)"))
    assert found.ops == (filled if pins else tuple(PLAIN)) and serves.canvases == (4 if pins else 1)


def test_server_without_tokens_drafts_plainly_under_the_grammar() -> None:
    script = Script([written(PLAIN)], [{"id": "m", "owned_by": "vllm"}], refuses="vllm_xargs")
    with serving(script) as url:
        found = open_drafter(f"vllm:{url.removesuffix('/v1')}#m", Options()).draft(TASK, lambda op: None)
    assert isinstance(found, Drafted) and found.ops == tuple(PLAIN) and "structured_outputs" in script.bodies[-1]


def test_server_that_refuses_grammars_for_diffusion_models_is_asked_without() -> None:
    script = Script([written(PLAIN)], [{"id": "m", "owned_by": "vllm"}], refuses="structured_outputs", served=Pinning(False))
    with serving(script) as url:
        found = open_drafter(f"vllm:{url}", Options()).draft(TASK, lambda op: None)
    assert isinstance(found, Drafted) and "structured_outputs" not in script.bodies[-1]


def test_many_answers_that_are_each_in_time_share_one_time() -> None:
    serves, asked = Pinning(True), list[str]()

    def slowly(path: str, body: Body) -> Body | None:
        asked.append(path)
        time.sleep(0.25)
        return serves(path, body)

    text = "\n".join(f"x = load({number})" for number in range(40))
    script = Script([written(PLAIN)], [{"id": "m", "owned_by": "vllm"}], served=slowly)
    with serving(script) as url, pytest.raises(ServerError, match=r"no whole answer within 1 s\.$"):
        open_drafter(f"vllm:{url}", Options()).draft(replace(TASK, texts={"a.py": text}, seconds=1.0), lambda op: None)
    assert len(asked) < 9
