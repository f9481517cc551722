"""Trees and long texts compared: renames are recognised, and no pair of texts takes long."""

import time

import pytest

from editops import ChangeSet, CreateFile, DeleteFile, OpError, PathError, RenameFile, SpanMove, Span, TextEdit, apply, check_path, difference, indent, text_edits
from editops.draft import Draft
from editops import draft

LONG = b"".join(b"line %d\n" % number for number in range(20))


def test_difference_knows_a_renamed_file_by_most_of_its_lines():
    edited = LONG.replace(b"line 3\n", b"three\n")
    found = difference({"a": LONG, "b": b"x\n"}, {"c": edited, "d": b"x\n"})
    assert found == ChangeSet.of(
        [RenameFile("a", "c"), RenameFile("b", "d"), *text_edits("a", LONG, edited)], {"a": LONG, "b": b"x\n"}
    )


def test_difference_of_other_content_is_a_deletion_and_a_creation():
    found = difference({"a": b"x\n"}, {"b": b"y\n"}, executable=["a", "b"])
    assert found.ops == (DeleteFile("a", b"x\n", True), CreateFile("b", b"y\n", True))


PAIRS = {
    "equal lines": (b"\n" * 100_000, b"x\n" + b"\n" * 99_000 + b"y\n"),
    "nothing in common": (b"a\n" * 100_000, b"b\n" * 100_000),
    "every second line": (
        b"".join(b"%d\nx\n" % n for n in range(40_000)),
        b"".join(b"%d\ny\n" % n for n in range(40_000)),
    ),
    "other way round": (
        b"".join(b"%d\n" % n for n in range(50_000)),
        b"".join(b"%d\n" % n for n in reversed(range(50_000))),
    ),
    "few kinds of line": (b"a\nb\nc\n" * 20_000, b"b\na\nc\n" * 20_000),
}


@pytest.mark.parametrize("case", PAIRS)
def test_long_texts_are_compared_in_bounded_time(case):
    before, after = PAIRS[case]
    began = time.process_time()
    edits = text_edits("f", before, after)
    assert time.process_time() - began < 4
    outcome = apply({"f": before}, ChangeSet.of(edits, {"f": before}))
    assert outcome.files["f"] == after


def test_steps_over_one_text_are_limited(monkeypatch):
    monkeypatch.setattr(draft, "MAX_WORK", 3)
    steps = Draft({"f": b"abcdef"})
    for at in (0, 2):
        steps.then(ChangeSet.of([TextEdit.on("f", steps.tree["f"], Span(at, at + 1), b"x")], steps.tree))
    with pytest.raises(Exception, match="too many steps"):
        steps.then(ChangeSet.of([TextEdit.on("f", steps.tree["f"], Span(4, 5), b"x")], steps.tree))


def test_long_paths_and_long_moves_are_refused(monkeypatch):
    with pytest.raises(PathError):
        check_path("x/" * 3000)
    monkeypatch.setattr(indent, "MAX_REINDENTED", 5)
    with pytest.raises(OpError, match="indent of 0"):
        SpanMove("a.py", Span(0, 6), b"x = 1\n", "b.py", 0, indent=4)


def test_deep_trees_are_checked_for_clashes_in_bounded_time():
    files = {"/".join("d" for _ in range(1000)) + f"/{n}": b"" for n in range(300)}
    began = time.process_time()
    assert apply(files, ChangeSet.of([CreateFile("e", b"")], files)).files == {"e": b""}
    assert time.process_time() - began < 1
