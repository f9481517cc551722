"""The draft stream: written and read, in pieces, damaged, and fitted to files."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editops import Applied, ChangeSet, Span, TextEdit, Unfit, apply
from engine.hub.stream import BadLine, DraftCreate, DraftDelete, DraftEdit, DraftOp, DraftReader, DraftRename, resolve, written

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
OPS: st.SearchStrategy[DraftOp] = st.one_of(
    st.builds(DraftEdit, TEXT, st.integers(1, 99), TEXT, TEXT), st.builds(DraftCreate, TEXT, TEXT), st.builds(DraftDelete, TEXT), st.builds(DraftRename, TEXT, TEXT)
)
FILES = {"a.py": b"def load(path):\n    return load(load(path))\n", "b.txt": b"\xef\xbb\xbfone\r\ntwo\r\n", "empty.py": b""}


def read(text: str, size: int = 7) -> tuple[DraftOp, ...] | BadLine:
    reader = DraftReader()
    for i in range(0, len(text), size):
        reader.push(text[i : i + size])
    return reader.finish()


def after(*ops: DraftOp) -> dict[str, bytes] | str:
    change = resolve(ops, FILES.get)
    if isinstance(change, Unfit):
        return change.reason
    applied = apply(FILES, change)
    assert isinstance(applied, Applied)
    return applied.tree(FILES)


@given(st.lists(OPS, max_size=4), st.integers(1, 40))
def test_stream_reads_what_was_written_whatever_the_pieces(ops: list[DraftOp], size: int) -> None:
    assert read(written(ops), size) == tuple(ops)


@pytest.mark.parametrize(("text", "line", "reason"), [
    ("", 2, "breaks off"),
    ('{"op":"delete","path":"a"}\n', 3, "breaks off"),
    ("I will\n", 1, "not JSON"),
    ("[1]\n", 1, "not an object"),
    ('{"op":"run","path":"a"}\n', 1, "op is one of"),
    ('{"op":"delete","path":1}\n', 1, "path of delete is no str"),
    ('{"op":"text","path":"a","line":true,"before":"","after":""}\n', 1, "line of text is no int"),
    ('{"op":"delete","path":"a","why":"x"}\n', 1, "has the keys path"),
    ('{"op":"create","path":"a","content":"\\ud800"}\n', 1, "content of create holds half a character"),
    ('{"op":"delete","path":' + "[" * 5000 + "\n", 1, "not JSON"),
])  # fmt: skip
def test_damaged_stream_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    found = read(text)
    assert isinstance(found, BadLine) and found.line == line and reason in found.reason


def test_fence_around_a_stream_and_text_behind_its_end_are_not_read() -> None:
    assert read('```json\n{"op":"delete","path":"a"}\n{"op":"done"}\n```\nThat was it.') == (DraftDelete("a"),)


def test_edit_is_put_where_its_line_says() -> None:
    found = after(DraftEdit("a.py", 2, "    return load", "    return fetch"), DraftEdit("a.py", 1, "load", "fetch"))
    assert isinstance(found, dict) and found["a.py"] == b"def fetch(path):\n    return fetch(load(path))\n"


def test_edit_with_a_wrong_line_is_put_in_the_only_place_or_refused() -> None:
    found = after(DraftEdit("a.py", 9, "def load", "def fetch"))
    assert isinstance(found, dict) and found["a.py"].startswith(b"def fetch")
    assert "more than once" in str(after(DraftEdit("a.py", 2, "load", "fetch")))
    assert "does not stand there" in str(after(DraftEdit("a.py", 1, "lead", "fetch")))


def test_line_endings_and_byte_order_mark_stay() -> None:
    found = after(DraftEdit("b.txt", 1, "one\ntwo\n", "one\nand\ntwo\n"), DraftEdit("empty.py", 1, "", "x = 1\n"))
    assert isinstance(found, dict) and found["b.txt"] == b"\xef\xbb\xbfone\r\nand\r\ntwo\r\n" and found["empty.py"] == b"x = 1\n"


@pytest.mark.parametrize(("op", "reason"), [
    (DraftCreate("a.py", ""), "already there"), (DraftDelete("c.py"), "no such file"), (DraftEdit("a.py", 1, "", "x"), "needs the old text"),
    (DraftCreate("../c.py", ""), ".."), (DraftRename("a.py", "b.txt"), "still there"),
])  # fmt: skip
def test_what_does_not_fit_the_files_is_said(op: DraftOp, reason: str) -> None:
    assert reason in str(after(op, DraftEdit("b.txt", 1, "one", "1")))


def test_overlapping_edits_are_refused_and_repeated_ones_are_one() -> None:
    assert "overlap" in str(after(DraftEdit("a.py", 1, "def load", "x"), DraftEdit("a.py", 1, "load(path)", "y")))
    same = DraftEdit("a.py", 1, "def load", "def fetch")
    change = resolve([same, same], FILES.get)
    assert isinstance(change, ChangeSet) and len(change.ops) == 1


def test_old_text_that_begins_everywhere_costs_no_more_than_two_searches() -> None:
    data, old = b"a" * 4_000_000, "a" * 1_000_000
    began = time.process_time()
    change = resolve([DraftEdit("a", line, old, "b") for line in range(3)], {"a": data}.get)
    assert isinstance(change, Unfit) and "more than once" in change.reason
    assert time.process_time() - began < 2


def test_place_is_told_by_its_line_to_the_last_byte() -> None:
    files = {"a": b"x\nx\nx"}
    for line in (1, 2, 3):
        change = resolve([DraftEdit("a", line, "x", "y")], files.get)
        assert isinstance(change, ChangeSet)
        assert [op.span.start for op in change.ops if isinstance(op, TextEdit)] == [2 * line - 2]
    assert isinstance(resolve([DraftEdit("a", 4, "x", "y")], files.get), Unfit)
    assert isinstance(resolve([DraftEdit("a", 10**30, "x", "y")], files.get), Unfit)
    change = resolve([DraftEdit("a", 2, "\nx", "\ny")], files.get)
    assert isinstance(change, ChangeSet) and change.ops == (TextEdit("a", Span(3, 5), b"\nx", b"\ny"),)
