"""What a model server answers: JSON, errors and events over HTTP, drafts in lines or in one object, fitted to files."""

from __future__ import annotations

import io
import json
from http.client import HTTPResponse
from typing import Any, cast

from editops import ChangeSet, EditError, Unfit, apply
from engine.hub.grammar import gbnf, json_schema, lines_of
from engine.hub.http import Server, ServerError, _complaint
from engine.hub.openai import _text_of
from engine.hub.stream import BadLine, DraftCreate, DraftDelete, DraftEdit, DraftReader, DraftRename, resolve, written
from engine.hub.vllm import _numbers

MAX_LENGTH = 8192
FILES = {"a.py": b"def load(path):\n    return load(load(path))\n", "b.txt": b"\xef\xbb\xbfone\r\ntwo\r\n", "empty.py": b"", "n\n.py": b"aaaa\n" * 9}
_SERVER = Server("http://localhost/v1")
_DRAFT = written([DraftEdit("a.py", 2, "load", "fetch"), DraftCreate("c.py", "x = 1\n"), DraftDelete("b.txt"), DraftRename("a.py", "d.py")])
_LINES = [json.loads(line) for line in _DRAFT.splitlines()[:-1]]
SEEDS = [
    _DRAFT.encode(),
    b"```json\n" + _DRAFT.encode() + b"```\n",
    json.dumps({"ops": _LINES}).encode(),
    b'data: {"choices":[{"delta":{"content":"{\\"op\\":\\"done\\"}"}}]}\n\ndata: [DONE]\n',
    b'{"choices":[{"message":{"content":"x"},"token_ids":[1,2]}]}',
    b'{"error":{"message":"no such model"}}',
    b'{"op":"text","path":"n\\n.py","line":3,"before":"aa","after":"\\ud800"}\n{"op":"done"}\n',
    b"[" * 5000,
    b'{"op":"text","path":"a.py","line":' + b"9" * 5000 + b',"before":"load","after":"x"}\n',
]
WORDS = [b'{"op":"done"}', b'{"op":"text","path":"a.py","line":1,"before":"', b'"after":"', b'{"op":"rename","src":"', b'"dst":"', b'"content":"', b"data: ", b"[DONE]",
         b'{"choices":[{"delta":{"content":"', b"\\ud800", b"\\u0000", b"\\n", b"../", b"/etc/passwd", b"b.txt", b"empty.py", b"```", b'{"ops":[', b"null", b"1e999"]  # fmt: skip


def check(data: bytes) -> None:
    assert len(_complaint(data)) <= 200
    for event in _events(data):
        assert isinstance(_text_of(event), str)
        try:
            _numbers(_SERVER, event)
        except ServerError as error:
            assert str(error)
    text = data.decode("utf-8", "replace")
    for said in (text, lines_of(text)):
        _drafted(said)
    names = [line for line in text.split("\n") if line][:9]
    assert gbnf(names).endswith("\n") and json.dumps(json_schema(names))


def _events(data: bytes) -> list[object]:
    """What the two ways to read an answer make of it."""
    found: list[object] = []
    try:
        found.append(_SERVER._json(cast(HTTPResponse, io.BytesIO(data))))
    except ServerError as error:
        assert str(error)
    for line in _SERVER._lines(cast(HTTPResponse, io.BytesIO(data))):
        try:
            found.append(_SERVER._parsed(line.removeprefix("data:").strip()))
        except ServerError as error:
            assert str(error)
    return found


def _drafted(text: str) -> None:
    whole, pieces = DraftReader(), DraftReader()
    whole.push(text)
    for at in range(0, len(text), 97):
        pieces.push(text[at : at + 97])
    found: Any = whole.finish()
    assert found == pieces.finish()
    if isinstance(found, BadLine):
        assert found.line > 0 and found.reason
        return
    change = resolve(found, FILES.get)
    assert isinstance(change, ChangeSet | Unfit)
    if isinstance(change, ChangeSet):
        try:
            apply(FILES, change)
        except EditError as error:
            assert str(error)
