"""What the change stream looks like, and what its reader refuses."""

import json

import pytest

from editops import (
    ChangeSet,
    CreateFile,
    DeleteFile,
    Malformed,
    RenameFile,
    Safety,
    Span,
    SpanMove,
    TextEdit,
    digest,
    parse,
    serialise,
)

FILES = {"a": "é\u2028\n".encode(), "b": b"\xff\n", "c": b"c"}
CHANGE = ChangeSet.of(
    [
        TextEdit("a", Span(0, 2), "é".encode(), b"\x85"),
        SpanMove(
            "b", Span(0, 2), b"\xff\n", "a", 6, 0, (TextEdit("b", Span(0, 1), b"\xff", b"x"),)
        ),
        CreateFile("d", b"", executable=True),
        DeleteFile("c", b"c"),
        RenameFile("b", "e"),
    ],
    FILES,
    Safety.ALWAYS,
)
HEADER = {"redraft": 1, "base": {"a": digest(FILES["a"])}, "safety": "ask"}
EDIT = {"op": "text", "path": "a", "span": [0, 0], "before": "", "after": "x"}


def stream(header, *ops) -> str:
    return "".join(json.dumps(item) + "\n" for item in (header, *ops))


def test_stream_is_one_header_and_one_line_an_operation():
    lines = serialise(CHANGE).split("\n")
    assert len(lines) == 1 + len(CHANGE.ops) + 1 and lines[-1] == ""
    assert json.loads(lines[0]) == {"redraft": 1, "base": dict(CHANGE.base), "safety": "always"}
    assert [json.loads(line)["op"] for line in lines[1:-1]] == [
        "text",
        "rename",
        "move",
        "delete",
        "create",
    ]


def test_stream_reads_back_equal():
    assert parse(serialise(CHANGE)) == CHANGE
    assert parse(stream(HEADER, EDIT)) == ChangeSet.of(
        [TextEdit("a", Span(0, 0), b"", b"x")], FILES
    )


def test_stream_holds_text_as_text_and_other_bytes_as_base64():
    text = serialise(CHANGE)
    assert '"before":"é"' in text and '"after":{"base64":"hQ=="}' in text


@pytest.mark.parametrize(
    "header",
    [
        {},
        {**HEADER, "redraft": 2},
        {**HEADER, "redraft": "1"},
        {**HEADER, "redraft": True},
        {**HEADER, "safety": "never"},
        {**HEADER, "safety": 1},
        {**HEADER, "base": []},
        {**HEADER, "base": {"a": 1}},
        {**HEADER, "base": {"a": "00"}},
        {**HEADER, "base": {}},
        {**HEADER, "extra": 1},
        [],
        None,
    ],
)
def test_stream_with_an_odd_header_is_malformed_on_line_one(header):
    outcome = parse(stream(header, EDIT))
    assert isinstance(outcome, Malformed) and outcome.line == 1 and outcome.reason


@pytest.mark.parametrize(
    "op",
    [
        {},
        {**EDIT, "op": "insert"},
        {**EDIT, "op": ["text"]},
        {**EDIT, "extra": 1},
        {**EDIT, "path": "/etc/passwd"},
        {**EDIT, "path": None},
        {**EDIT, "span": [0]},
        {**EDIT, "span": [0, True]},
        {**EDIT, "span": [0, 1.0]},
        {**EDIT, "span": [0, 10**400]},
        {**EDIT, "span": [1, 0]},
        {**EDIT, "span": [0, 1]},
        {**EDIT, "after": ""},
        {**EDIT, "after": 1},
        {**EDIT, "after": "\udc80"},
        {**EDIT, "after": {"base64": "?"}},
        {**EDIT, "after": {"base64": "e A=="}},
        {**EDIT, "after": {"base64": "eA==", "more": 1}},
        {"op": "create", "path": "d", "content": "", "executable": 0},
        {"op": "rename", "src": "a", "dst": "../a"},
        {"op": "move", "src": "a"},
        "text",
    ],
)
def test_stream_with_an_odd_operation_is_malformed_on_its_line(op):
    outcome = parse(stream(HEADER, EDIT, op))
    assert isinstance(outcome, Malformed) and outcome.line == 3 and outcome.reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "{",
        "[" * 100_000,
        '{"redraft":1,"redraft":1,"base":{},"safety":"ask"}',
    ],
)
def test_stream_that_is_not_json_is_malformed(text):
    assert isinstance(parse(text), Malformed)


def test_stream_cut_short_is_malformed():
    text = serialise(CHANGE)
    for end in range(len(text) - 1):
        cut = parse(text[:end])
        assert isinstance(cut, Malformed) or cut.ops != CHANGE.ops


def test_stream_of_overlapping_operations_is_malformed():
    outcome = parse(stream(HEADER, EDIT, EDIT))
    assert isinstance(outcome, Malformed) and "overlap" in outcome.reason
