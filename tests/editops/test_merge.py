"""What becomes of two change sets: composed, merged, and carried over files that changed."""

import pytest

from editops import (
    ChangeMode,
    ChangeSet,
    ChangeSetError,
    Clash,
    Conflict,
    Conflicted,
    CreateFile,
    DeleteFile,
    Merged,
    RenameFile,
    Span,
    SpanMove,
    TextEdit,
    apply,
    compose,
    merge,
    rebase,
    text_edits,
)

FILES = {"a": b"one two\nthree\n", "b": b"four\n", "m.py": b"def f():\n    x\n\n\ndef g():\n    y\n"}
MOVE = SpanMove("m.py", Span(0, 15), FILES["m.py"][:15], "b", 5)


def edit(path: str, start: int, end: int, after: bytes) -> TextEdit:
    return TextEdit.on(path, FILES[path], Span(start, end), after)


def change(*ops) -> ChangeSet:
    return ChangeSet.of(ops, FILES)


def merged(*sides) -> ChangeSet:
    found = merge(*(change(*ops) for ops in sides), FILES)
    assert isinstance(found, Merged)
    return found.change


def after(made: ChangeSet, files=FILES) -> dict[str, bytes]:
    return apply(files, made).tree(files)


def test_merge_takes_what_both_do_once():
    both = edit("a", 0, 3, b"1")
    assert merged([both, edit("b", 0, 4, b"4")], [both, RenameFile("a", "c")]) == change(
        both, edit("b", 0, 4, b"4"), RenameFile("a", "c")
    )


def test_merge_of_one_change_written_in_two_ways_is_no_conflict():
    whole, parts = [edit("a", 0, 7, b"1 2")], [edit("a", 0, 3, b"1"), edit("a", 4, 7, b"2")]
    assert merged(whole, parts) == merged(parts, whole)
    assert after(merged(whole, parts))["a"] == b"1 2\nthree\n"


def test_merge_takes_an_edit_along_with_the_text_that_the_other_side_moves():
    made = merged([MOVE], [edit("m.py", 13, 14, b"z")])
    assert after(made)["b"] == b"four\ndef f():\n    z\n"
    assert any(isinstance(op, SpanMove) for op in made.ops)


CLASHES = {
    "text": ([edit("a", 0, 3, b"1")], [edit("a", 2, 5, b"2")], "a", Clash.TEXT),
    "insertions": ([edit("a", 3, 3, b"1")], [edit("a", 3, 3, b"2")], "a", Clash.TEXT),
    "deleted and edited": ([DeleteFile("a", FILES["a"])], [edit("a", 0, 3, b"1")], "a", Clash.DELETED),
    "deleted and renamed": ([DeleteFile("a", FILES["a"])], [RenameFile("a", "c")], "a", Clash.DELETED),
    "renamed apart": ([RenameFile("a", "c")], [RenameFile("a", "d")], "a", Clash.RENAMED),
    "created apart": ([CreateFile("c", b"1")], [CreateFile("c", b"2")], "c", Clash.CREATED),
    "created and renamed to": ([CreateFile("c", b"1")], [RenameFile("a", "c")], "c", Clash.CREATED),
    "file and folder": ([CreateFile("c", b"1")], [CreateFile("c/d", b"2")], "c", Clash.FOLDER),
    "moved and deleted": ([MOVE], [edit("m.py", 0, 15, b"")], "m.py", Clash.TEXT),
    "moved apart": ([MOVE], [SpanMove("m.py", Span(0, 15), MOVE.before, "b", 0)], "m.py", Clash.TEXT),
}


@pytest.mark.parametrize("case", CLASHES)
def test_merge_of_what_cannot_agree_is_a_conflict(case):
    ours, theirs, path, clash = CLASHES[case]
    found = merge(change(*ours), change(*theirs), FILES)
    assert isinstance(found, Conflicted)
    assert [(conflict.path, conflict.clash) for conflict in found.conflicts] == [(path, clash)]


def test_conflict_shows_the_place_and_what_each_side_makes_of_it():
    found = merge(change(edit("a", 0, 3, b"1")), change(edit("a", 2, 5, b"2")), FILES)
    expected = Conflict("a", Clash.TEXT, Span(0, 5), b"one t", b"1 t", b"on2")
    assert found == Conflicted((expected,)) and found.paths == ("a",)


def test_algebra_of_other_files_is_misuse():
    other = ChangeSet.of([TextEdit("a", Span(0, 1), b"x", b"y")], {"a": b"x"})
    for call in (merge, compose):
        with pytest.raises(ChangeSetError):
            call(change(), other, FILES)


def test_compose_joins_edits_that_touch_and_drops_what_is_undone():
    first = change(edit("a", 0, 3, b"1"), CreateFile("c", b"x"))
    middle = after(first)
    second = ChangeSet.of(
        [TextEdit.on("a", middle["a"], Span(1, 5), b"-2"), DeleteFile("c", b"x")], middle
    )
    assert compose(first, second, FILES) == change(edit("a", 0, 7, b"1-2"))


def test_compose_keeps_moves_that_nothing_touches():
    first = change(edit("a", 0, 3, b"1"), RenameFile("b", "c"))
    middle = after(first)
    second = ChangeSet.of([SpanMove("m.py", Span(0, 15), MOVE.before, "c", 5)], middle)
    assert compose(first, second, FILES) == change(edit("a", 0, 3, b"1"), RenameFile("b", "c"), MOVE)


def test_compose_keeps_a_move_into_a_created_file():
    made = change(CreateFile("c", b"# new\n"), SpanMove("m.py", Span(0, 15), MOVE.before, "c", 6))
    assert compose(made, ChangeSet.of([], after(made)), FILES) == made


def test_compose_of_deletion_and_creation_is_an_edit():
    first = change(DeleteFile("b", FILES["b"]))
    second = ChangeSet.of([CreateFile("b", b"five\n")], after(first))
    assert compose(first, second, FILES) == change(edit("b", 0, 5, b"five\n"))


def test_rebase_carries_edits_behind_what_was_inserted():
    present = {**FILES, "a": b"zero\n" + FILES["a"]}
    found = rebase(change(edit("a", 8, 13, b"3")), FILES, present)
    assert isinstance(found, Merged)
    assert after(found.change, present)["a"] == b"zero\none two\n3\n"


def test_rebase_moves_the_text_as_it_is_now():
    present = {**FILES, "m.py": FILES["m.py"].replace(b"x", b"x + 1")}
    found = rebase(change(MOVE), FILES, present)
    assert isinstance(found, Merged)
    assert after(found.change, present)["b"] == b"four\ndef f():\n    x + 1\n"


def test_rebase_leaves_out_what_is_already_done():
    made = change(edit("a", 8, 13, b"3"), edit("b", 0, 4, b"4"))
    present = {**FILES, "a": b"one two\n3\n"}
    assert rebase(made, FILES, present) == Merged(ChangeSet.of([edit("b", 0, 4, b"4")], present))


def test_rebase_over_the_same_place_or_a_deleted_file_is_a_conflict():
    made = change(edit("a", 8, 13, b"3"))
    assert rebase(made, FILES, {**FILES, "a": b"one two\nTHREE\n"}).paths == ("a",)
    assert rebase(made, FILES, {"b": FILES["b"]}).paths == ("a",)


def test_rebase_keeps_a_file_that_stands_where_one_was_to_be_created():
    made = change(CreateFile("c", b"mine"), *text_edits("a", FILES["a"], b"x"))
    found = rebase(made, FILES, {**FILES, "c": b"the user's"})
    assert [conflict.clash for conflict in found.conflicts] == [Clash.CREATED]


def test_modes_are_merged_carried_over_and_cancel_out():
    on, off = ChangeMode("a", True), ChangeMode("a", False)
    assert merged([on], [on]) == merged([on], []) == change(on)
    assert merged([on], [RenameFile("a", "z"), edit("a", 0, 3, b"ONE")]).modes == {"a": True}
    assert compose(change(on), ChangeSet.of([off], FILES), FILES).is_empty
    renamed = {**FILES, "z": FILES["a"]}
    del renamed["a"]
    assert rebase(change(on, RenameFile("a", "z")), FILES, renamed) == Merged(ChangeSet.of([ChangeMode("z", True)], renamed))
    for other, clash in ((off, Clash.MODE), (DeleteFile("a", FILES["a"]), Clash.DELETED)):
        assert merge(change(on), change(other), FILES) == Conflicted((Conflict("a", clash),))


def test_compose_of_modes_ends_in_what_creates_or_deletes_the_file():
    made = compose(change(CreateFile("n", b"")), ChangeSet.of([ChangeMode("n", True)], {**FILES, "n": b""}), FILES)
    assert made == change(CreateFile("n", b"", executable=True))
    gone = compose(change(ChangeMode("b", True)), change(DeleteFile("b", FILES["b"], executable=True)), FILES)
    assert gone == change(DeleteFile("b", FILES["b"], executable=False))
    rest = {path: data for path, data in FILES.items() if path != "b"}
    again = compose(change(DeleteFile("b", FILES["b"])), ChangeSet.of([CreateFile("b", b"four\n", executable=True)], rest), FILES)
    assert again == change(ChangeMode("b", True))
