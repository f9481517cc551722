"""The laws of change sets: over every small case, over seeded ones, and over drawn ones that can be shrunk."""

import os
import subprocess
from itertools import chain, combinations, product
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.laws import LAWS, carried_as_merged, drawn_change, drawn_files, tree_after
from editops import (
    Applied,
    ChangeMode,
    ChangeSet,
    ChangeSetError,
    Conflicted,
    CreateFile,
    DeleteFile,
    Merged,
    RenameFile,
    Safety,
    Span,
    SpanMove,
    TextEdit,
    apply,
    compose,
    invert,
    merge,
    parse,
    rebase,
    serialise,
    text_edits,
    unified_diff,
)

CASES = int(os.environ.get("REDRAFT_LAW_CASES", "20000"))
"""Seeded cases of all laws together; `python -m benchmarks.laws` runs a million."""


def small_edits(text):
    for start in range(len(text) + 1):
        for end in range(start, len(text) + 1):
            for after in (b"", b"a", b"b\n"):
                if text[start:end] != after:
                    yield TextEdit.on("f", text, Span(start, end), after)


def small_texts():
    for length in range(3):
        yield from (b"".join(parts) for parts in product((b"a", b"\n"), repeat=length))
    yield b"a\nb"


def check_laws(change, files):
    tree = tree_after(change, files)
    back = invert(change, files)
    assert tree_after(back, tree) == files
    assert tree_after(invert(back, tree), files) == tree
    assert parse(serialise(change)) == change


def accepted(ops, files, safety=Safety.ASK):
    try:
        change = ChangeSet.of(ops, files, safety)
    except ChangeSetError:
        return None
    return change if isinstance(apply(files, change), Applied) else None


def check_merge(one, two, files):
    found = merge(one, two, files)
    mirrored = merge(two, one, files)
    if isinstance(found, Merged):
        assert mirrored == found
        tree_after(found.change, files)
    else:
        assert mirrored == Conflicted(tuple(conflict.mirrored() for conflict in found.conflicts))
    return found


def test_every_small_edit_set_obeys_the_laws():
    for text in small_texts():
        files = {"f": text}
        edits = list(small_edits(text))
        check_laws(ChangeSet.of([], files), files)
        for ops in [*((one,) for one in edits), *combinations(edits, 2)]:
            change = accepted(ops, files)
            assert change == accepted(ops[::-1], files)
            if change is not None:
                check_laws(change, files)


def test_every_small_pair_of_edits_merges_or_meets():
    # Disjoint edits: each may be made after the other, its span shifted by what was done before it.
    text = b"ab\n"
    files = {"f": text}
    for one, two in combinations(small_edits(text), 2):
        first, last = sorted((one, two), key=lambda edit: edit.span)
        found = check_merge(ChangeSet.of([one], files), ChangeSet.of([two], files), files)
        change = accepted((one, two), files)
        if change is None:
            assert one.span.overlaps(two.span) or one.span == two.span
            alike = tree_after(ChangeSet.of([one], files), files) == tree_after(ChangeSet.of([two], files), files)
            assert isinstance(found, Conflicted) or alike
            continue
        late = text[: last.span.start] + last.after + text[last.span.end :]
        both = late[: first.span.start] + first.after + late[first.span.end :]
        assert found == Merged(change) and tree_after(change, files) == {"f": both}


def test_every_small_edit_composes_with_every_next_one():
    for text in small_texts():
        files = {"f": text}
        for one in small_edits(text):
            first = ChangeSet.of([one], files)
            middle = tree_after(first, files)
            for two in small_edits(middle["f"]):
                second = ChangeSet.of([two], middle)
                both = compose(first, second, files)
                assert tree_after(both, files) == tree_after(second, middle)


def small_file_ops(files):
    for path, data in files.items():
        yield from (ChangeMode(path, executable) for executable in (True, False))
        yield DeleteFile(path, data)
        yield from (RenameFile(path, target) for target in "abc" if target != path)
        yield TextEdit(path, Span(0, len(data)), data, data + b"+")
    yield from (CreateFile(path, content) for path in "abc" for content in (b"", b"one"))


def small_file_changes(files):
    ops = list(small_file_ops(files))
    found = (accepted(some, files) for some in chain(((op,) for op in ops), combinations(ops, 2)))
    return [change for change in found if change is not None]


@pytest.mark.parametrize("files", [{"a": b"x"}, {"a": b"x", "b": b""}], ids=["one", "two"])
def test_every_small_change_of_files_composes_and_merges(files):
    changes = small_file_changes(files)
    for one, two in combinations(changes, 2):
        check_merge(one, two, files)
    for first in changes[::3]:
        middle = tree_after(first, files)
        for second in small_file_changes(middle)[::3]:
            both = compose(first, second, files)
            assert tree_after(both, files) == tree_after(second, middle)


def test_every_small_move_obeys_the_laws():
    files = {"f": b"a\nb", "g": b"\n"}
    text = files["f"]
    for start, end, dst in product(range(4), range(4), "fg"):
        for at in range(len(files[dst]) + 1):
            if start < end and not (dst == "f" and start < at < end):
                move = SpanMove("f", Span(start, end), text[start:end], dst, at)
                check_laws(ChangeSet.of([move], files), files)


def test_every_small_move_with_an_insertion_is_carried_over_as_it_is_merged():
    files = {"f": b"a\nb\n"}
    lines = ((b"a\n", b"b\n"), (b"z\n", b"a\n", b"b\n"), (b"a\n", b"z\n", b"b\n"), (b"a\n", b"b\n", b"z\n"), (b"a\n",), (b"b\n",))
    for start, end, at, place, indent in product((0, 2), (2, 4), (0, 2, 4), (0, 2, 4), (0, 2)):
        if start < end and not start < at < end and start <= place <= end:
            inner = TextEdit("f", Span.at(place - start), b"", b"z\n")
            move = SpanMove("f", Span(start, end), files["f"][start:end], "f", at, indent, (inner,))
            change = accepted((move,), files)
            for present in lines if change else ():
                carried_as_merged(change, files, {"f": b"".join(present)})


def test_every_small_diff_gives_the_other_text():
    texts = [b"".join(parts) for n in range(4) for parts in product((b"a\n", b"b\n"), repeat=n)]
    texts += [text + b"a" for text in texts]
    for one, two in product(texts, repeat=2):
        change = ChangeSet.of(text_edits("f", one, two), {"f": one})
        assert tree_after(change, {"f": one}) == {"f": two}


@pytest.mark.parametrize("name", LAWS)
def test_seeded_cases_obey(name):
    for seed in range(-(-CASES // len(LAWS))):
        LAWS[name](Random(seed))


@pytest.mark.parametrize("name", LAWS)
def test_drawn_cases_obey(name):
    @settings(
        deadline=None, max_examples=25, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.randoms(use_true_random=False))
    def holds(random):
        LAWS[name](random)

    holds()


def test_drawn_patch_is_applied_by_git(tmp_path):
    for seed in range(40):
        root = tmp_path / str(seed)
        files = drawn_files(Random(seed))
        change = drawn_change(Random(seed), files)
        for path, data in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        patch = unified_diff(change, files).encode("utf-8", "surrogateescape")
        if patch:
            git = ["git", "-c", "core.autocrlf=false", "apply", "-"]
            subprocess.run(git, cwd=root, input=patch, check=True, capture_output=True)
        found = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        assert found == tree_after(change, files)


def test_move_that_a_later_edit_leaves_in_front_of_a_byte_order_mark_is_written_as_text():
    files = {"a": b"\xef\xbb\xbfx\n\ny\n"}
    first = ChangeSet.of([TextEdit.on("a", files["a"], Span(2, 5), b"zz\n")], files)
    middle = tree_after(first, files)
    at = middle["a"].rindex(b"\n\n") + 1
    second = ChangeSet.of([SpanMove("a", Span(at, at + 1), b"\n", "a", 1)], middle)
    assert tree_after(compose(first, second, files), files) == tree_after(second, middle)


def test_move_keeps_its_own_insertion_where_the_same_was_made_at_its_edge_meanwhile():
    files, present = {"f": b"\n"}, {"f": b"\nz"}
    inner = TextEdit("f", Span.at(1), b"", b"z")
    change = ChangeSet.of([SpanMove("f", Span(0, 1), b"\n", "f", 0, 2, (inner,))], files)
    found = rebase(change, files, present)
    assert isinstance(found, Merged)
    assert tree_after(found.change, present) == {"f": b"\n  zz"}


def test_move_leaves_out_its_own_insertion_where_the_same_was_made_within_it_meanwhile():
    files, present = {"f": b"a\nb\n"}, {"f": b"a\nz\nb\n"}
    inner = TextEdit("f", Span.at(2), b"", b"z\n")
    change = ChangeSet.of([SpanMove("f", Span(0, 4), files["f"], "f", 0, 2, (inner,))], files)
    found = rebase(change, files, present)
    assert isinstance(found, Merged)
    assert tree_after(found.change, present) == {"f": b"  a\n  z\n  b\n"}
