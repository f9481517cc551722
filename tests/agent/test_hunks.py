"""Any subset of hunks is a change set that applies."""

from __future__ import annotations

from itertools import chain, combinations

from agent.hunks import Hunk, select, split
from editops import Applied, ChangeSet, CreateFile, RenameFile, Span, SpanMove, TextEdit, apply

FILES = {
    "a.py": b"".join(b"line %d\n" % number for number in range(40)),
    "b.py": b"import old\nold.run()\n",
    "c.py": b"def moved():\n    pass\n",
}


def replace(path: str, before: bytes, after: bytes) -> TextEdit:
    start = FILES[path].index(before)
    return TextEdit.on(path, FILES[path], Span(start, start + len(before)), after)


def change_of(*ops: object) -> ChangeSet:
    return ChangeSet.of(ops, FILES)  # type: ignore[arg-type]  # any op


def subsets(hunks: tuple[Hunk, ...]) -> list[tuple[Hunk, ...]]:
    return list(chain.from_iterable(combinations(hunks, size) for size in range(len(hunks) + 1)))


def test_split_groups_edits_of_nearby_lines_only() -> None:
    change = change_of(
        replace("a.py", b"line 3\n", b"three\n"),
        replace("a.py", b"line 8\n", b"eight\n"),
        replace("a.py", b"line 30\n", b"thirty\n"),
    )
    assert [len(hunk.ops) for hunk in split(change, FILES)] == [2, 1]


def test_split_gives_a_renamed_file_its_own_hunk() -> None:
    change = change_of(RenameFile("b.py", "new.py"), replace("b.py", b"old.run", b"new.run"))
    rename, edit = split(change, FILES)
    assert rename.ops == (RenameFile("b.py", "new.py"),)
    assert "+new.run()" in edit.diff


def test_select_keeps_edits_of_a_renamed_file_applicable_without_the_rename() -> None:
    change = change_of(RenameFile("b.py", "new.py"), replace("b.py", b"old.run", b"new.run"))
    _, edit = split(change, FILES)
    applied = apply(FILES, select(change, FILES, [edit]))
    assert isinstance(applied, Applied)
    assert applied.files == {"b.py": b"import old\nnew.run()\n"}


def test_split_keeps_together_what_needs_the_same_path() -> None:
    moved = SpanMove("c.py", Span(0, len(FILES["c.py"])), FILES["c.py"], "fresh.py", 0)
    change = change_of(
        CreateFile("fresh.py", b""), moved, RenameFile("b.py", "new.py"), CreateFile("b.py", b"from new import *\n")
    )
    assert sorted(len(hunk.ops) for hunk in split(change, FILES)) == [2, 2]


def test_select_of_any_subset_applies() -> None:
    change = change_of(
        RenameFile("b.py", "new.py"),
        CreateFile("b.py", b"from new import *\n"),
        replace("b.py", b"old.run", b"new.run"),
        replace("a.py", b"line 3\n", b"three\n"),
        replace("a.py", b"line 30\n", b"thirty\n"),
    )
    for kept in subsets(split(change, FILES)):
        assert isinstance(apply(FILES, select(change, FILES, kept)), Applied)


def test_select_of_all_hunks_is_the_whole_change() -> None:
    change = change_of(RenameFile("b.py", "new.py"), replace("a.py", b"line 3\n", b"three\n"))
    assert select(change, FILES, split(change, FILES)) == change
