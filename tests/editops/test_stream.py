"""The stream read while it is written: monotone, bounded, and never more than a part until its end."""

import pytest

from editops import (
    Broken,
    ChangeSet,
    CreateFile,
    Malformed,
    Opened,
    OpRead,
    Partial,
    Span,
    StreamReader,
    TextEdit,
    apply,
    parse,
    serialise,
    stream,
)

FILES = {"a": "é\n".encode(), "b": b"x"}
CHANGE = ChangeSet.of([TextEdit("a", Span(0, 2), "é".encode(), b"e"), CreateFile("c", b"\xff")], FILES)
DATA = serialise(CHANGE).encode()


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_reader_grows_and_ends_where_parse_does(size):
    reader, events = StreamReader(), []
    for at in range(0, len(DATA), size):
        known = reader.partial.ops
        events += reader.push(DATA[at : at + size])
        assert reader.partial.ops[: len(known)] == known
    assert [type(event) for event in events] == [Opened, OpRead, OpRead]
    assert reader.finish() == CHANGE


def test_part_of_a_stream_is_not_applied():
    reader = StreamReader()
    reader.push(DATA[:-5])
    assert isinstance(reader.partial, Partial) and len(reader.partial.ops) == 1
    with pytest.raises(AttributeError):
        apply(FILES, reader.partial)


@pytest.mark.parametrize("end", range(0, len(DATA), 3))
def test_stream_cut_short_is_read_as_parse_reads_it(end):
    reader = StreamReader()
    reader.push(DATA[:end])
    whole = DATA[:end].decode("utf-8", "surrogateescape")
    found = reader.finish()
    assert isinstance(found, Malformed) or found == parse(whole)


@pytest.mark.parametrize("noise", [b"\xff\n", b"{}\n", b"[" * 100_000 + b"\n", b"\n"])
def test_reader_stops_at_the_first_damaged_line(noise):
    reader = StreamReader()
    first, *_ = DATA.splitlines(keepends=True)
    events = reader.push(first + noise + DATA)
    assert isinstance(events[-1], Broken) and events[-1].problem.line == 2
    assert reader.push(DATA) == () and reader.finish() == events[-1].problem


def test_reader_keeps_no_line_without_end(monkeypatch):
    monkeypatch.setattr(stream, "MAX_LINE", 10)
    reader = StreamReader()
    assert reader.push(b"x" * 40) == ()
    assert isinstance(reader.push(b"x")[0], Broken)
    assert isinstance(reader.finish(), Malformed)


def test_stream_longer_than_any_is_malformed(monkeypatch):
    monkeypatch.setattr(stream, "MAX_STREAM", len(DATA) - 1)
    reader = StreamReader()
    assert isinstance(reader.push(DATA)[-1], Broken)


def test_base_that_lies_about_digests_is_stale():
    lying = DATA.replace(next(iter(CHANGE.base.values())).encode(), b"0" * 64)
    reader = StreamReader()
    reader.push(lying)
    found = reader.finish()
    assert isinstance(found, ChangeSet) and apply(FILES, found).paths == ("a",)
