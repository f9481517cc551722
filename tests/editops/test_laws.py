"""The laws of change sets: first over every small case, then over drawn ones."""

import subprocess
from itertools import combinations, product

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from editops import (
    Applied,
    ChangeSet,
    ChangeSetError,
    CreateFile,
    DeleteFile,
    Malformed,
    RenameFile,
    Safety,
    Span,
    SpanMove,
    TextEdit,
    apply,
    invert,
    parse,
    serialise,
    text_edits,
    unified_diff,
)

NAMES = ("a.py", "b", "dir/c d", "é")
LINES = st.sampled_from([b"a\n", b"b\n", b"a\r\n", b"  x\n", b"\n", "é\n".encode(), b"\xff\n"])
TEXTS = st.builds(
    lambda lines, end: b"".join(lines) + end,
    st.lists(LINES, max_size=8),
    st.sampled_from([b"", b"a", b"b"]),
)
RELAXED = settings(
    deadline=None,
    max_examples=150,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


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


def tree_after(change, files):
    outcome = apply(files, change)
    assert isinstance(outcome, Applied)
    return outcome.tree(files)


def check_laws(change, files):
    tree = tree_after(change, files)
    back = invert(change, files)
    assert tree_after(back, tree) == files
    assert tree_after(invert(back, tree), files) == tree
    assert parse(serialise(change)) == change


def accepted(ops, files, safety=Safety.ASK):
    try:
        return ChangeSet.of(ops, files, safety)
    except ChangeSetError:
        return None


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


def test_every_small_pair_of_edits_overlaps_or_commutes():
    # Disjoint edits: each may be made after the other, its span shifted by what was done before it.
    text = b"ab\n"
    for one, two in combinations(small_edits(text), 2):
        first, last = sorted((one, two), key=lambda edit: edit.span)
        change = accepted((one, two), {"f": text})
        if change is None:
            assert one.span.overlaps(two.span) or one.span == two.span
            continue
        late = text[: last.span.start] + last.after + text[last.span.end :]
        both = late[: first.span.start] + first.after + late[first.span.end :]
        assert tree_after(change, {"f": text}) == {"f": both}


def test_every_small_move_obeys_the_laws():
    files = {"f": b"a\nb", "g": b"\n"}
    text = files["f"]
    for start, end, dst in product(range(4), range(4), "fg"):
        for at in range(len(files[dst]) + 1):
            if start < end and not (dst == "f" and start < at < end):
                move = SpanMove("f", Span(start, end), text[start:end], dst, at)
                check_laws(ChangeSet.of([move], files), files)


def test_every_small_diff_gives_the_other_text():
    texts = [b"".join(parts) for n in range(4) for parts in product((b"a\n", b"b\n"), repeat=n)]
    texts += [text + b"a" for text in texts]
    for one, two in product(texts, repeat=2):
        change = ChangeSet.of(text_edits("f", one, two), {"f": one})
        assert tree_after(change, {"f": one}) == {"f": two}


@st.composite
def drawn_ops(draw, files):
    """Operations of every kind on some files; only some lists make a change set."""
    ops = []
    targets = draw(st.permutations(NAMES))
    for path, target in zip(sorted(files), targets, strict=False):
        data = files[path]
        fate = draw(st.sampled_from(["keep", "keep", "rename", "delete"]))
        if fate == "delete":
            ops.append(DeleteFile(path, data, draw(st.booleans())))
            continue
        if fate == "rename" and path != target:
            ops.append(RenameFile(path, target))
        cuts = sorted(draw(st.sets(st.integers(0, len(data)), max_size=5)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False):
            ops.append(draw(drawn_text_op(files, path, Span(start, end))))
    for path in draw(st.sets(st.sampled_from(NAMES), max_size=1)):
        ops.append(CreateFile(path, draw(TEXTS), draw(st.booleans())))
    return ops


@st.composite
def drawn_text_op(draw, files, path, span):
    before = span.cut(files[path])
    if draw(st.booleans()):
        dst = draw(st.sampled_from(sorted(files)))
        at = draw(st.integers(0, len(files[dst])))
        assume(not (dst == path and span.start < at < span.end))
        inner = text_edits(path, before, before + b"z") if draw(st.booleans()) else ()
        return SpanMove(path, span, before, dst, at, inner=inner)
    after = draw(TEXTS)
    assume(after != before)
    return TextEdit(path, span, before, after)


@st.composite
def cases(draw):
    files = draw(st.dictionaries(st.sampled_from(NAMES), TEXTS, min_size=1))
    ops = draw(drawn_ops(files))
    change = accepted(ops, files, draw(st.sampled_from(Safety)))
    assume(change is not None and isinstance(apply(files, change), Applied))
    assert change == accepted(draw(st.permutations(ops)), files, change.safety)
    return change, files


@RELAXED
@given(cases())
def test_drawn_change_sets_obey_the_laws(case):
    check_laws(*case)


@RELAXED
@given(TEXTS, TEXTS)
def test_drawn_diff_gives_the_other_text(one, two):
    change = ChangeSet.of(text_edits("f", one, two), {"f": one})
    assert tree_after(change, {"f": one}) == {"f": two}


@RELAXED
@given(st.text(max_size=40), st.integers(0, 200), cases())
def test_drawn_damage_of_a_stream_is_a_value(noise, place, case):
    text = serialise(case[0])
    damaged = text[:place] + noise + text[place + 3 :]
    assert isinstance(parse(damaged), ChangeSet | Malformed)


@settings(RELAXED, max_examples=40)
@given(cases())
def test_drawn_patch_is_applied_by_git(tmp_path_factory, case):
    change, files = case
    root = tmp_path_factory.mktemp("patch")
    for path, data in files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(data)
    patch = unified_diff(change, files).encode("utf-8", "surrogateescape")
    if patch:
        git = ["git", "-c", "core.autocrlf=false", "apply", "-"]
        subprocess.run(git, cwd=root, input=patch, check=True, capture_output=True)
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }
    assert found == tree_after(change, files)
