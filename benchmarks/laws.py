"""The laws of change sets, each over one drawn case; as a program, over as many as asked for.

    python -m benchmarks.laws --cases 1000000 --seed 1 --processes 2

A case is drawn from a `random.Random`: a seeded one here, one that can be shrunk in the tests. A law that does not
hold raises AssertionError; the program prints the seed of the case and stops.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from multiprocessing import Pool
from random import Random

from editops import (
    Applied,
    ChangeMode,
    ChangeSet,
    ChangeSetError,
    Conflicted,
    CreateFile,
    DeleteFile,
    Malformed,
    Merged,
    Op,
    OpError,
    OpRead,
    Patch,
    RenameFile,
    Safety,
    Span,
    SpanMove,
    StreamReader,
    TextEdit,
    Unfit,
    apply,
    compose,
    difference,
    invert,
    merge,
    parse,
    read_patch,
    read_workspace_edit,
    rebase,
    resolve_patch,
    resolve_workspace_edit,
    serialise,
    text_edits,
    unified_diff,
    workspace_edit,
    write_workspace_edit,
)

Files = dict[str, bytes]
Modes = frozenset[str]
"""The executable files of a tree."""
NONE: Modes = frozenset()
NAMES = ("a.py", "b", "dir/c d", "é")
LINES = (b"a\n", b"b\n", b"a\r\n", b"  x\n", b"\n", "é𝄞\n".encode(), b"\xff\n")
TEXT_LINES = LINES[:-1]
ENDS = (b"", b"", b"a", b"b", b"\r")
BOM = b"\xef\xbb\xbf"
ROOT = "/r é/p"


def drawn_text(random: Random, lines: tuple[bytes, ...] = LINES) -> bytes:
    body = b"".join(random.choice(lines) for _ in range(random.randint(0, 6))) + random.choice(ENDS)
    return BOM + body if random.randint(0, 15) == 0 else body


def drawn_files(random: Random, lines: tuple[bytes, ...] = LINES) -> Files:
    count = random.randint(1, len(NAMES))
    return {name: drawn_text(random, lines) for name in random.sample(NAMES, count)}


def drawn_modes(random: Random, files: Mapping[str, bytes]) -> Modes:
    return frozenset(path for path in sorted(files) if random.randint(0, 1))


def drawn_change(random: Random, files: Mapping[str, bytes], lines: tuple[bytes, ...] = LINES, modes: Modes = NONE) -> ChangeSet:
    """A change set that applies; where the drawn operations make none, some are left out."""
    ops = _drawn_ops(random, files, lines, modes)
    safety = random.choice(list(Safety))
    while True:
        try:
            change = ChangeSet.of(ops, files, safety)
            if isinstance(apply(files, change), Applied):
                return change
        except ChangeSetError:
            pass
        ops.pop(random.randrange(len(ops)))


def _drawn_ops(random: Random, files: Mapping[str, bytes], lines: tuple[bytes, ...], modes: Modes) -> list[Op]:
    ops: list[Op] = []
    targets = random.sample(NAMES, len(NAMES))
    for path, target in zip(sorted(files), targets, strict=False):
        data = files[path]
        fate = random.choice(("keep", "keep", "keep", "rename", "delete"))
        if fate == "delete":
            ops.append(DeleteFile(path, data, path in modes))
            continue
        if random.randint(0, 4) == 0:
            ops.append(ChangeMode(path, path not in modes))
        if fate == "rename" and path != target:
            ops.append(RenameFile(path, target))
        cuts = sorted({random.randint(0, len(data)) for _ in range(random.randint(0, 4))})
        for start, end in zip(cuts[::2], cuts[1::2], strict=False):
            op = _drawn_text_op(random, files, path, Span(start, end), lines)
            ops += [] if op is None else [op]
    if random.randint(0, 2) == 0:
        ops.append(CreateFile(random.choice(NAMES), drawn_text(random, lines), random.choice((True, False))))
    return ops


def _drawn_text_op(
    random: Random, files: Mapping[str, bytes], path: str, span: Span, lines: tuple[bytes, ...]
) -> Op | None:
    before = span.cut(files[path])
    if random.randint(0, 2) == 0:
        dst = random.choice(sorted(files))
        at = random.randint(0, len(files[dst]))
        inner = text_edits(path, before, before + b"z") if random.randint(0, 1) else ()
        try:
            return SpanMove(path, span, before, dst, at, random.choice((0, 0, 0, 2)), inner)
        except OpError:
            return None
    after = drawn_text(random, lines) if random.randint(0, 1) else random.choice(lines)
    return TextEdit(path, span, before, after) if after != before else None


def tree_after(change: ChangeSet, files: Mapping[str, bytes]) -> Files:
    outcome = apply(files, change)
    assert isinstance(outcome, Applied), outcome
    return outcome.tree(files)


def modes_after(change: ChangeSet, files: Mapping[str, bytes], modes: Modes) -> Modes:
    outcome = apply(files, change)
    assert isinstance(outcome, Applied), outcome
    return outcome.executables(modes)


def same_tree(one: ChangeSet, files: Mapping[str, bytes], tree: Mapping[str, bytes]) -> None:
    assert tree_after(one, files) == tree


def inverse_takes_back(random: Random) -> None:
    files = drawn_files(random)
    modes = drawn_modes(random, files)
    change = drawn_change(random, files, modes=modes)
    tree, moded = tree_after(change, files), modes_after(change, files, modes)
    back = invert(change, files)
    same_tree(back, tree, files)
    assert modes_after(back, tree, moded) == modes
    again = invert(back, tree)
    same_tree(again, files, tree)
    assert modes_after(again, files, modes) == moded


def stream_reads_back(random: Random) -> None:
    change = drawn_change(random, drawn_files(random))
    text = serialise(change)
    assert parse(text) == change
    data, reader, count = text.encode(), StreamReader(), 0
    while data:
        size = random.randint(1, len(data))
        count += sum(isinstance(event, OpRead) for event in reader.push(data[:size]))
        data = data[size:]
        assert len(reader.partial.ops) == count
    assert reader.finish() == change and count == len(change.ops)


def compose_is_one_after_the_other(random: Random) -> None:
    files = drawn_files(random)
    modes = drawn_modes(random, files)
    first = drawn_change(random, files, modes=modes)
    middle, moded = tree_after(first, files), modes_after(first, files, modes)
    second = drawn_change(random, middle, modes=moded)
    after = tree_after(second, middle)
    both = compose(first, second, files)
    same_tree(both, files, after)
    assert modes_after(both, files, modes) == modes_after(second, middle, moded)
    third = drawn_change(random, after, modes=modes_after(second, middle, moded))
    end = tree_after(third, after)
    same_tree(compose(both, third, files), files, end)
    same_tree(compose(first, compose(second, third, middle), files), files, end)


def compose_has_a_unit_and_inverses(random: Random) -> None:
    files = drawn_files(random)
    change = drawn_change(random, files, modes=drawn_modes(random, files))
    tree = tree_after(change, files)
    assert compose(change, ChangeSet.of([], tree, change.safety), files) == change
    assert compose(ChangeSet.of([], files, change.safety), change, files) == change
    nothing = compose(change, invert(change, files), files)
    same_tree(nothing, files, files)
    # A move to where the text already stands is an operation that does nothing.
    assert nothing.is_empty or any(isinstance(op, SpanMove) for op in change.ops)


def merge_is_symmetric(random: Random) -> None:
    files = drawn_files(random)
    modes = drawn_modes(random, files)
    ours, theirs = drawn_change(random, files, modes=modes), drawn_change(random, files, modes=modes)
    assert merge(ours, ours, files) == Merged(ours)
    assert merge(ours, ChangeSet.of([], files, ours.safety), files) == Merged(ours)
    found, mirrored = merge(ours, theirs, files), merge(theirs, ours, files)
    if isinstance(found, Merged):
        assert mirrored == found
        moded = modes_after(found.change, files, modes)
        assert all((path in moded) is executable for side in (ours, theirs) for path, executable in _final_modes(side, found.change).items())
    else:
        assert mirrored == Conflicted(tuple(conflict.mirrored() for conflict in found.conflicts))


def _final_modes(side: ChangeSet, merged: ChangeSet) -> dict[str, bool]:
    """What one side makes of modes, by the paths that the files have after both."""
    return {merged.renamed.get(path, path): executable for path, executable in side.modes.items()}


def disjoint_changes_commute(random: Random) -> None:
    files = drawn_files(random)
    ours, theirs = drawn_change(random, files), drawn_change(random, files)
    if ours.paths & theirs.paths or isinstance(found := merge(ours, theirs, files), Conflicted):
        return
    tree = tree_after(found.change, files)
    same_tree(theirs, tree_after(ours, files), tree)
    same_tree(ours, tree_after(theirs, files), tree)
    same_tree(compose(ours, theirs, files), files, tree)


def rebase_is_a_merge_of_texts(random: Random) -> None:
    files = drawn_files(random)
    change, other = drawn_change(random, files), drawn_change(random, files)
    assert rebase(change, files, files) == Merged(change)
    carried_as_merged(change, files, tree_after(other, files))


def carried_as_merged(change: ChangeSet, files: Mapping[str, bytes], present: Mapping[str, bytes]) -> None:
    """A change carried over to `present` makes of it what merging with the difference of the texts makes."""
    carried = rebase(change, files, present)
    before = {path: files[path] for path in change.base}
    now = {path: present[path] for path in change.paths if path in present}
    merged = merge(change, difference(before, now), before)
    if isinstance(carried, Merged):
        assert isinstance(merged, Merged)
        tree, wanted = tree_after(carried.change, present), tree_after(merged.change, before)
        assert {path: tree.get(path) for path in wanted} == wanted
    elif isinstance(merged, Merged):
        # The rest of the tree may stand in the way of a path; the texts themselves fit.
        assert {conflict.clash.name for conflict in carried.conflicts} <= {"FOLDER", "TEXT"}


def difference_gives_the_other_tree(random: Random) -> None:
    one, two = drawn_files(random), drawn_files(random)
    same_tree(difference(one, two), one, two)


def patch_reads_back(random: Random) -> None:
    files = drawn_files(random)
    modes = drawn_modes(random, files)
    change = drawn_change(random, files, modes=modes)
    data = unified_diff(change, files).encode("utf-8", "surrogateescape")
    if data:
        patch = read_patch(data)
        assert isinstance(patch, Patch), patch
        found = resolve_patch(patch, files)
        assert isinstance(found, ChangeSet), found
        same_tree(found, files, tree_after(change, files))
        assert modes_after(found, files, modes) == modes_after(change, files, modes)


def workspace_edit_reads_back(random: Random) -> None:
    files = drawn_files(random, TEXT_LINES)
    change = drawn_change(random, files, TEXT_LINES)
    try:
        written = workspace_edit(change, files, ROOT)
    except ChangeSetError:
        return  # Half a character, or the byte order mark: JSON cannot say it.
    read = read_workspace_edit(write_workspace_edit(written).encode())
    assert not isinstance(read, Malformed), read
    found = resolve_workspace_edit(read, files, ROOT)
    assert isinstance(found, ChangeSet), found
    same_tree(found, files, tree_after(change, files))


def damage_is_a_value(random: Random) -> None:
    files = drawn_files(random, TEXT_LINES)
    change = drawn_change(random, files, TEXT_LINES)
    stream = _damaged(random, serialise(change).encode())
    reader = StreamReader()
    reader.push(stream)
    read = reader.finish()
    assert isinstance(read, ChangeSet | Malformed)
    if isinstance(read, ChangeSet):
        apply(files, read)
    patch = read_patch(_damaged(random, unified_diff(change, files).encode("utf-8", "surrogateescape")))
    if isinstance(patch, Patch):
        assert isinstance(resolve_patch(patch, files), ChangeSet | Unfit)
    try:
        written = write_workspace_edit(workspace_edit(change, files, ROOT)).encode()
    except ChangeSetError:
        return
    edit = read_workspace_edit(_damaged(random, written))
    if not isinstance(edit, Malformed):
        assert isinstance(resolve_workspace_edit(edit, files, ROOT), ChangeSet | Unfit)


_NOISE = (b"", b"\n", b"0", b"-1", b"99999999999", b'"', b"null", b"[]", b"{}", b" ", b"a/", b"\xff", b"@@ ", b"../", b"+", b"-")


def _damaged(random: Random, data: bytes) -> bytes:
    for _ in range(random.randint(1, 3)):
        at = random.randint(0, len(data))
        data = data[:at] + random.choice(_NOISE) + data[at + random.randint(0, 4) :]
    return data


LAWS: dict[str, Callable[[Random], None]] = {
    law.__name__: law
    for law in (
        inverse_takes_back,
        stream_reads_back,
        compose_is_one_after_the_other,
        compose_has_a_unit_and_inverses,
        merge_is_symmetric,
        disjoint_changes_commute,
        rebase_is_a_merge_of_texts,
        difference_gives_the_other_tree,
        patch_reads_back,
        workspace_edit_reads_back,
        damage_is_a_value,
    )
}


def check(chunk: tuple[int, int]) -> Counter[str]:
    """The laws in turn over a number of cases, from the first on; the number of a case is its seed."""
    first, count = chunk
    names = list(LAWS)
    done: Counter[str] = Counter()
    for seed in range(first, first + count):
        name = names[seed % len(names)]
        try:
            LAWS[name](Random(seed))
        except Exception as error:
            raise AssertionError(f"{name} does not hold for seed {seed}: {error!r}") from error
        done[name] += 1
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0, help="Seed of the first case.")
    parser.add_argument("--processes", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    size = 2_000
    chunks = [(asked.seed + at, min(size, asked.cases - at)) for at in range(0, asked.cases, size)]
    done: Counter[str] = Counter()
    with Pool(asked.processes) as pool:
        for result in pool.imap_unordered(check, chunks):
            done += result
    print(json.dumps({"cases": done.total(), "seconds": round(time.monotonic() - began, 1), "by_law": done}, indent=1))


if __name__ == "__main__":
    main()
