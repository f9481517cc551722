"""Which operations may live together, and what a change set tells of itself."""

import pytest

from editops import (
    ChangeMode,
    ChangeSet,
    ChangeSetError,
    CreateFile,
    DeleteFile,
    RenameFile,
    Safety,
    Span,
    SpanMove,
    TextEdit,
    digest,
)

FILES = {"a": b"hello\n", "b": b"world\n", "c": b""}


def edit(path: str, start: int, end: int, after: bytes) -> TextEdit:
    return TextEdit.on(path, FILES[path], Span(start, end), after)


def cut(start: int, end: int, dst: str, at: int, src: str = "a") -> SpanMove:
    return SpanMove(src, Span(start, end), FILES[src][start:end], dst, at)


@pytest.mark.parametrize(
    "ops",
    [
        [edit("a", 0, 2, b""), edit("a", 1, 3, b"")],
        [edit("a", 0, 2, b""), edit("a", 1, 1, b"x")],
        [edit("a", 1, 1, b"x"), edit("a", 1, 1, b"y")],
        [edit("a", 1, 1, b"x"), edit("a", 1, 1, b"x")],
        [cut(0, 3, "b", 0), edit("a", 2, 4, b"")],
        [cut(0, 3, "b", 2), edit("b", 1, 4, b"")],
        [cut(0, 3, "b", 2), edit("b", 2, 2, b"x")],
        [cut(0, 3, "b", 0), cut(1, 2, "b", 4)],
        [DeleteFile("a", FILES["a"]), DeleteFile("a", FILES["a"])],
        [ChangeMode("a", True), ChangeMode("a", False)],
        [ChangeMode("a", True), DeleteFile("a", FILES["a"])],
        [ChangeMode("d", True), CreateFile("d", b"")],
        [DeleteFile("a", FILES["a"]), RenameFile("a", "d")],
        [DeleteFile("a", FILES["a"]), CreateFile("a", b"")],
        [DeleteFile("a", FILES["a"]), edit("a", 0, 1, b"")],
        [DeleteFile("a", FILES["a"]), cut(0, 1, "a", 0, "b")],
        [RenameFile("a", "d"), RenameFile("b", "d")],
        [RenameFile("a", "d"), RenameFile("a", "e")],
        [RenameFile("a", "b"), edit("b", 0, 1, b"")],
        [RenameFile("a", "d"), CreateFile("d", b"")],
        [CreateFile("d", b""), CreateFile("d", b"")],
        [CreateFile("d", b"x"), TextEdit("d", Span(0, 1), b"x", b"y")],
        [CreateFile("d", b"x"), SpanMove("d", Span(0, 1), b"x", "a", 0)],
        [TextEdit("missing", Span(0, 0), b"", b"y")],
        [cut(0, 1, "missing", 0)],
    ],
)
def test_operations_that_cannot_live_together_are_refused(ops):
    for order in (ops, ops[::-1]):
        with pytest.raises(ChangeSetError):
            ChangeSet.of(order, FILES)


@pytest.mark.parametrize(
    "ops",
    [
        [edit("a", 0, 2, b""), edit("a", 2, 3, b"")],
        [edit("a", 2, 2, b"x"), edit("a", 2, 3, b"")],
        [edit("a", 0, 2, b""), edit("a", 2, 2, b"x")],
        [cut(0, 1, "b", 2), cut(3, 4, "b", 2)],
        [cut(0, 1, "d", 0), CreateFile("d", b"")],
        [DeleteFile("a", FILES["a"]), RenameFile("b", "a")],
        [CreateFile("a", b""), RenameFile("a", "d"), edit("a", 0, 1, b"")],
        [RenameFile("a", "b"), RenameFile("b", "a")],
        [ChangeMode("a", True), RenameFile("a", "d"), edit("a", 0, 1, b""), CreateFile("a", b"")],
    ],
)
def test_operations_that_touch_but_do_not_overlap_are_accepted_in_any_order(ops):
    assert ChangeSet.of(ops, FILES) == ChangeSet.of(ops[::-1], FILES)


def test_base_holds_the_digests_of_what_is_read():
    change = ChangeSet.of([edit("a", 0, 1, b""), CreateFile("d", b""), RenameFile("b", "e")], FILES)
    assert change.base == {"a": digest(b"hello\n"), "b": digest(b"world\n")}


@pytest.mark.parametrize("base", [{}, {"a": digest(b""), "b": digest(b"")}, {"a": "00"}])
def test_base_that_does_not_match_the_operations_is_refused(base):
    with pytest.raises(ChangeSetError):
        ChangeSet((edit("a", 0, 1, b""),), base)


def test_paths_and_touched_tell_before_and_after():
    ops = [
        edit("a", 0, 1, b""),
        RenameFile("a", "d"),
        DeleteFile("b", FILES["b"]),
        CreateFile("e", b""),
    ]
    change = ChangeSet.of(ops, FILES)
    assert change.paths == {"a", "b", "d", "e"}
    assert change.touched() == {"d", "e"}
    assert not change.is_empty and ChangeSet.of([], FILES).is_empty


def test_safety_is_ordered_and_asks_by_default():
    assert Safety.SHOW < Safety.ASK < Safety.ALWAYS
    assert ChangeSet.of([], {}).safety is Safety.ASK
