"""The baseline against a server that speaks the protocol: grammar by backend, streams, refusals, faults."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from engine.hub.http import Server, ServerError, _complaint
from engine.hub.opening import open_drafter
from engine.hub.stream import DraftDelete, DraftOp, written
from engine.hub.task import Complaint, Drafted, Excerpt, NotDrafted, Options, Task
from tests.engine.hub.server import Script, serving

TASK = Task("delete a", excerpts=(Excerpt("a.py", 3, "x = 1\ny = 2"),), paths=("a.py",), seed=4, seconds=20.0)
STREAM = written([DraftDelete("a.py")])


def drafted(script: Script, task: Task = TASK, model: str = "", key: str = "") -> tuple[Drafted | NotDrafted, list[DraftOp]]:
    heard: list[DraftOp] = []
    with serving(script) as url:
        return open_drafter(f"openai:{url}#{model}", Options(key=key)).draft(task, heard.append), heard


@pytest.mark.parametrize(("owner", "key"), [("llamacpp", "grammar"), ("vllm", "structured_outputs"), ("library", "response_format")])
@pytest.mark.parametrize("streams", [True, False])
def test_stream_is_read_and_held_to_the_grammar_that_the_server_takes(owner: str, key: str, streams: bool) -> None:
    answer = json.dumps({"ops": [{"op": "delete", "path": "a.py"}]}) if owner == "library" else STREAM
    script = Script([answer], [{"id": "m", "owned_by": owner}], streams)
    found, heard = drafted(script, key="s3cret")
    assert isinstance(found, Drafted) and found.ops == (DraftDelete("a.py"),) and heard == [DraftDelete("a.py")]
    assert key in script.bodies[0] and script.bodies[0]["model"] == "m" and "a.py" in json.dumps(script.bodies[0][key])
    assert script.bodies[0]["seed"] == 4 and script.headers[0]["Authorization"] == "Bearer s3cret"


def test_server_that_refuses_the_grammar_is_asked_without() -> None:
    script = Script([STREAM], refuses="response_format")
    found, _ = drafted(script)
    assert isinstance(found, Drafted) and len(script.bodies) == 2 and "response_format" not in script.bodies[1]


def test_prompt_says_what_is_data_and_what_was_wrong() -> None:
    script = Script([STREAM])
    drafted(script, Task("delete a", excerpts=TASK.excerpts, earlier=(DraftDelete("b.py"),), complaints=(Complaint("b.py", 0, "no such file"),)))
    said = json.dumps(script.bodies[0]["messages"])
    assert "3|x = 1\\n4|y = 2" in said and "b.py: no such file" in said and said.count("<data ") == said.count("</data ") == 3


def test_what_is_no_stream_is_no_draft() -> None:
    found, _ = drafted(Script(["Sure, here is the change."]))
    assert isinstance(found, NotDrafted) and found.again and "no draft stream" in found.sentence


@pytest.mark.parametrize(("script", "reason"), [
    (Script([(500, "out of\nmemory")]), "answers 500: out of memory"), (Script([STREAM], [{"id": "a"}, {"id": "b"}]), "2 models: say which"),
])  # fmt: skip
def test_fault_of_the_server_is_one_sentence(script: Script, reason: str) -> None:
    with pytest.raises(ServerError, match=reason):
        drafted(script)


@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("sized", [True, False])
def test_server_that_drips_its_answer_has_no_more_time_than_one_that_is_silent(streams: bool, sized: bool) -> None:
    began = time.monotonic()
    with serving(Script([STREAM * 50], drip=0.05, streams=streams, sized=sized)) as url, pytest.raises(ServerError, match=r"no whole answer within 1 s\.$"):
        # Every single byte comes well within the time.
        open_drafter(f"openai:{url}#m", Options()).draft(replace(TASK, seconds=1.0), lambda op: None)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("sized", [True, False])
def test_complaint_that_drips_is_out_of_time_too(sized: bool) -> None:
    with serving(Script([(500, "out of memory " * 99)], drip=0.05, sized=sized)) as url, pytest.raises(ServerError, match="no whole answer within 1 s"):
        Server(url, seconds=1.0).post("/chat/completions", {})


def test_answer_that_comes_slowly_but_in_time_is_read() -> None:
    script = Script([STREAM], drip=0.001)
    found, _ = drafted(script)
    assert isinstance(found, Drafted) and found.ops == (DraftDelete("a.py"),)


@pytest.mark.parametrize("url", ["localhost:80", "ftp://x", "http://", "http://[", "http://x:99999"])
def test_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ServerError, match="an address begins with"):
        Server(url)


@pytest.mark.parametrize(("url", "key"), [("http://a..b/v1", ""), ("http://127.0.0.1:9/v1", "two\nlines")])
def test_host_and_key_that_cannot_be_sent_are_a_sentence(url: str, key: str) -> None:
    with pytest.raises(ServerError, match="cannot be used"):
        Server(url, key).get("/models")


def test_complaint_of_a_server_may_be_nested_as_deeply_as_it_likes() -> None:
    assert _complaint(b"[" * 2000) == "[" * 200


def test_server_that_is_not_there_is_named() -> None:
    with serving(Script([STREAM])) as url:
        pass
    with pytest.raises(ServerError, match="127.0.0.1"):
        open_drafter(f"openai:{url}#m", Options()).draft(TASK, lambda op: None)
