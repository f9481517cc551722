"""Spans and lines."""

import pytest

from editops import LineIndex, Span, SpanError


def test_span_orders_by_place():
    assert sorted([Span(3, 4), Span(1, 9), Span(1, 2)]) == [Span(1, 2), Span(1, 9), Span(3, 4)]


@pytest.mark.parametrize(("start", "end"), [(-1, 0), (2, 1), (-3, -2)])
def test_span_refuses_impossible_offsets(start, end):
    with pytest.raises(SpanError):
        Span(start, end)


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (Span(0, 2), Span(1, 3), True),
        (Span(0, 2), Span(2, 3), False),
        (Span(0, 4), Span(2, 2), True),
        (Span(0, 4), Span(0, 0), False),
        (Span(0, 4), Span(4, 4), False),
        (Span(2, 2), Span(2, 2), False),
    ],
)
def test_span_overlap_is_symmetric_and_half_open(one, two, expected):
    assert one.overlaps(two) is two.overlaps(one) is expected


def test_span_contains_offsets_and_spans():
    span = Span(2, 5)
    assert span.contains(2) and span.contains(4) and not span.contains(5)
    assert span.contains(Span(5, 5)) and span.contains(span) and not span.contains(Span(1, 3))


def test_span_shift_keeps_length():
    assert Span(2, 5).shift(-2) == Span(0, 3)
    assert Span(2, 5).shift(7).length == 3


@pytest.mark.parametrize("data", [b"", b"\n", b"a", b"a\n", b"a\r\nb", b"\n\nx\n", "é\nü".encode()])
def test_line_index_positions_round_trip(data):
    index = LineIndex(data)
    for offset in range(len(data) + 1):
        line, column = index.position(offset)
        assert index.offset(line, column) == offset
        assert line == data[:offset].count(b"\n") + 1


def test_line_index_spans_cover_the_text():
    data = b"one\r\n\ntwo"
    index = LineIndex(data)
    spans = [index.line_span(line) for line in range(1, index.line_count + 1)]
    assert [span.cut(data) for span in spans] == [b"one\r\n", b"\n", b"two"]


@pytest.mark.parametrize(
    "call",
    [
        lambda index: index.position(5),
        lambda index: index.position(-1),
        lambda index: index.line_span(0),
        lambda index: index.line_span(4),
        lambda index: index.offset(1, 3),
    ],
)
def test_line_index_refuses_places_outside(call):
    with pytest.raises(SpanError):
        call(LineIndex(b"a\nb\n"))
