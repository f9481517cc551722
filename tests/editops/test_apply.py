"""Outcomes of applying, one file operation after the other, and taking back."""

import pytest

from editops import (
    Applied,
    ChangeSet,
    ChangeSetError,
    CreateFile,
    DeleteFile,
    Invalid,
    RenameFile,
    Span,
    SpanMove,
    Stale,
    TextEdit,
    apply,
    invert,
)

FILES = {"a": b"hello\n", "b": b"world\n", "sub/c": b""}
EDIT = TextEdit("a", Span(0, 5), b"hello", b"bye")


def after(*ops, files=FILES):
    change = ChangeSet.of(ops, files)
    outcome = apply(files, change)
    assert isinstance(outcome, Applied)
    tree = outcome.tree(files)
    back = apply(tree, invert(change, files))
    assert isinstance(back, Applied) and back.tree(tree) == files
    return tree


def test_apply_edits_follow_a_renamed_file():
    assert after(EDIT, RenameFile("a", "z")) == {"z": b"bye\n", "b": b"world\n", "sub/c": b""}


def test_apply_renames_swap_and_chain():
    swap = [RenameFile("a", "b"), RenameFile("b", "a")]
    assert after(*swap, EDIT) == {"b": b"bye\n", "a": b"world\n", "sub/c": b""}
    chain = [RenameFile("a", "b"), RenameFile("b", "z")]
    assert after(*chain) == {"b": b"hello\n", "z": b"world\n", "sub/c": b""}


def test_apply_uses_paths_freed_by_the_same_set():
    ops = [RenameFile("a", "z"), CreateFile("a", b"new")]
    assert after(*ops, EDIT) == {"a": b"new", "z": b"bye\n", "b": b"world\n", "sub/c": b""}
    ops = [DeleteFile("a", FILES["a"]), RenameFile("b", "a")]
    assert after(*ops) == {"a": b"world\n", "sub/c": b""}
    ops = [DeleteFile("sub/c", b""), CreateFile("sub", b"x")]
    assert after(*ops) == {"a": b"hello\n", "b": b"world\n", "sub": b"x"}


def test_apply_moves_text_into_a_created_file():
    move = SpanMove("a", Span(0, 5), b"hello", "new", 4)
    assert after(move, CreateFile("new", b"say !"))["new"] == b"say hello!"


def test_apply_keeps_the_source_order_of_moves_to_one_place():
    moves = [SpanMove("a", Span(4, 5), b"o", "b", 0), SpanMove("a", Span(0, 1), b"h", "b", 0)]
    assert after(*moves)["b"] == b"howorld\n"


def test_apply_turns_back_neighbours_whose_results_are_empty():
    one, two = TextEdit("a", Span(0, 2), b"he", b""), TextEdit("a", Span(2, 4), b"ll", b"")
    assert after(one, two)["a"] == b"o\n"


def test_applied_tells_what_is_written_and_removed():
    ops = [
        EDIT,
        RenameFile("b", "z"),
        DeleteFile("sub/c", b""),
        CreateFile("run", b"", executable=True),
    ]
    assert apply(FILES, ChangeSet.of(ops, FILES)) == Applied(
        files={"a": b"bye\n", "z": b"world\n", "run": b""},
        removed=frozenset({"b", "sub/c"}),
        renamed={"b": "z"},
        executable=frozenset({"run"}),
    )


def test_invert_keeps_the_executable_bit():
    change = ChangeSet.of([DeleteFile("a", FILES["a"], executable=True)], FILES)
    assert invert(change, FILES).ops == (CreateFile("a", FILES["a"], executable=True),)


@pytest.mark.parametrize("files", [{}, {"a": b"hullo\n"}])
def test_apply_to_a_changed_or_missing_file_is_stale(files):
    change = ChangeSet.of([EDIT], FILES)
    assert apply(files, change) == Stale(("a",))
    with pytest.raises(ChangeSetError, match="rebase"):
        invert(change, files)


@pytest.mark.parametrize(
    ("ops", "path"),
    [
        ([TextEdit("a", Span(0, 1), b"x", b"y")], "a"),
        ([TextEdit("a", Span(9, 9), b"", b"y")], "a"),
        ([DeleteFile("a", b"other")], "a"),
        ([SpanMove("a", Span(0, 1), b"h", "b", 99)], "b"),
        ([SpanMove("a", Span(1, 5), b"ello", "b", 0, 4)], "a"),
        ([SpanMove("a", Span(0, 5), b"hello", "bom", 0)], "bom"),
        ([RenameFile("a", "b")], "b"),
        ([CreateFile("b", b"")], "b"),
        ([CreateFile("sub", b"")], "sub"),
        ([CreateFile("a/x", b"")], "a/x"),
        ([CreateFile("n", b""), CreateFile("n/x", b"")], "n"),
    ],
)
def test_apply_of_what_does_not_fit_is_invalid(ops, path):
    files = {**FILES, "bom": b"\xef\xbb\xbfx"}
    outcome = apply(files, ChangeSet.of(ops, files))
    assert isinstance(outcome, Invalid) and outcome.path == path
