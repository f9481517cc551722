"""Recorded runs and the page that shows them, and remembered conversations."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

from agent.errors import UserError
from agent.outcome import IntentView, PlanView
from agent.pair.conversation import Turn, resume
from agent.recording import save
from agent.replay import read_run
from agent.replay.page import page
from tests.agent.recorded import HOSTILE, recorder

MAX_LENGTH = 16384
_PLACE = Path(tempfile.mkdtemp(prefix="redraft-fuzz-")).resolve()
_RUN, _TALK = _PLACE / "run.jsonl", _PLACE / "20261126-000000-ab.jsonl"


def _seeds() -> list[bytes]:
    save(recorder(), _RUN)
    whole = _RUN.read_bytes()
    plan = PlanView((IntentView("function", "a.py::load", "load", "fetch", 0.99),), exclude=("tests",), keep_alias=True)
    turns = [Turn(HOSTILE, "rename load to fetch", "published", plan=plan, entries=("0a",), recording="0001.jsonl"), Turn("x", "x", "declined", "no such name")]
    talk = b"\n".join(json.dumps(line).encode() for line in ({"redraft-conversation": 1}, *map(asdict, turns)))
    head, *events = whole.splitlines()
    return [whole, talk, *(head + b"\n" + event + b"\n" for event in events), head + b"\n" + b"[" * 5000 + b"\n", b"\n" + b"[" * 5000]


SEEDS = _seeds()
WORDS = [b'"event":"', b'"at":', b"1e999", b"NaN", b"9" * 5000, b"null", b"\\ud800", b"</script>", b"\\u2028", b"[[]]", b"{}", b'"redraft-run":1', b'"slots":[', b'"../x"', b"-1",
         b"\n{", b'"said":"', b'"plan":null', b'"recording":"../../x"']  # fmt: skip


def check(data: bytes) -> None:
    _RUN.write_bytes(data)
    try:
        # Nothing of the recording ends the page's only blocks of data and of program.
        assert page(read_run(_RUN)).count("</script") == _ENDS
    except UserError as error:
        assert str(error)
    _TALK.write_bytes(data)
    talk = resume(_PLACE)
    assert all(isinstance(turn, Turn) for turn in talk.turns)
    talk.last()


def _ends() -> int:
    save(recorder(), _RUN)
    return page(read_run(_RUN)).count("</script")


_ENDS = _ends()
