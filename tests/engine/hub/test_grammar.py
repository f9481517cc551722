"""The grammar of the draft stream: what it lets through is what the reader reads."""

from __future__ import annotations

import json

import pytest

from engine.hub.grammar import gbnf, json_schema, lines_of
from engine.hub.stream import DraftCreate, DraftDelete, DraftEdit, DraftReader, DraftRename, written

llguidance = pytest.importorskip("llguidance")
PATHS = ('src/a "b".py', "src/ü.py")
OPS = [DraftEdit(PATHS[0], 12, 'x = "1"\n', "\ty = '\\n'\n"), DraftCreate("new/file.py", "ä\n"), DraftDelete(PATHS[1]), DraftRename(PATHS[1], "z.py")]


def follows(text: str) -> bool:
    """Whether the grammar lets a text through, from its first byte to its end."""
    lark = llguidance.gbnf_to_lark.any_to_lark(gbnf(PATHS))
    tokens = llguidance.LLTokenizer("byte")
    matcher = llguidance.LLMatcher(tokens, llguidance.LLMatcher.grammar_from_lark(lark))
    return bool(matcher.consume_tokens(list(text.encode())) and matcher.is_accepting())


def test_grammar_lets_written_streams_through() -> None:
    assert follows(written(OPS)) and follows(written([]))


@pytest.mark.parametrize("text", [
    '{"op":"delete","path":"src/c.py"}\n{"op":"done"}\n', '{"op":"text","path":"src/ü.py","line":0,"before":"a","after":"b"}\n{"op":"done"}\n',
    '{"op":"delete","path":"src/ü.py"}\n', "Sure!\n" + written([]), '{"op":"create","path":"a","content":"\n"}\n{"op":"done"}\n',
])  # fmt: skip
def test_grammar_stops_what_is_no_stream_and_paths_that_do_not_exist(text: str) -> None:
    assert not follows(text)


def test_object_of_the_schema_is_read_like_lines() -> None:
    ops = [json.loads(line) for line in written(OPS).splitlines()][:-1]
    reader = DraftReader()
    reader.push(lines_of(json.dumps({"ops": ops})))
    assert reader.finish() == tuple(OPS)
    assert json.dumps(json_schema(PATHS)).count('"enum": ["src/a') == 3
