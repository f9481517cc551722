"""Patches, judged by git itself."""

import subprocess

import pytest

from editops import (
    Applied,
    ChangeSet,
    CreateFile,
    DeleteFile,
    RenameFile,
    Span,
    SpanMove,
    TextEdit,
    apply,
    text_edits,
    unified_diff,
)

LONG = b"".join(b"line %d\n" % number for number in range(40))


def git(root, *args, patch=None) -> bytes:
    command = ["git", "-c", "core.autocrlf=false", "-c", "core.quotepath=true", *args]
    return subprocess.run(command, cwd=root, input=patch, check=True, capture_output=True).stdout


def rewritten(path, before, *pairs):
    after = before
    for old, new in pairs:
        after = after.replace(old, new)
    return text_edits(path, before, after)


CASES = {
    "far-hunks": ({"a": LONG}, rewritten("a", LONG, (b"line 2\n", b""), (b"line 30\n", b"x\ny\n"))),
    "near-hunks": ({"a": LONG}, rewritten("a", LONG, (b"line 2\n", b"z\n"), (b"line 8\n", b"x\n"))),
    "no-final-newline-lost": ({"a": b"x\ny\n"}, text_edits("a", b"x\ny\n", b"x\ny")),
    "no-final-newline-won": ({"a": b"x\ny"}, text_edits("a", b"x\ny", b"x\ny\n")),
    "no-final-newline-kept": ({"a": b"x\ny"}, text_edits("a", b"x\ny", b"z\ny")),
    "no-final-newline-both": ({"a": b"x\ny"}, text_edits("a", b"x\ny", b"x\nz")),
    "crlf": ({"a": b"x\r\ny\r\n"}, text_edits("a", b"x\r\ny\r\n", b"x\r\nz\r\n")),
    "crlf-to-lf": ({"a": b"x\r\ny\r\n"}, text_edits("a", b"x\r\ny\r\n", b"x\ny\n")),
    "lone-carriage-return": ({"a": b"x\ry\n"}, text_edits("a", b"x\ry\n", b"x\rz\n")),
    "not-utf8": ({"a": b"\xff\n"}, text_edits("a", b"\xff\n", b"\xfe\n")),
    "emptied": ({"a": b"x\n"}, text_edits("a", b"x\n", b"")),
    "filled": ({"a": b""}, text_edits("a", b"", b"x\n")),
    "create": ({}, [CreateFile("new/a", b"x\n")]),
    "create-empty": ({}, [CreateFile("new/a b", b"")]),
    "create-executable": ({}, [CreateFile("run", b"x", executable=True)]),
    "delete": ({"a": b"x\n", "k": b""}, [DeleteFile("a", b"x\n")]),
    "delete-empty": ({"a": b"", "k": b""}, [DeleteFile("a", b"")]),
    "rename": ({"a": b"x\n"}, [RenameFile("a", "d/b")]),
    "rename-empty": ({"a": b""}, [RenameFile("a", "b")]),
    "rename-with-edits": (
        {"a": LONG},
        [RenameFile("a", "b"), *rewritten("a", LONG, (b"line 7\n", b"seven\n"))],
    ),
    "swap": (
        {"a": b"x\n", "b": b"y\n"},
        [RenameFile("a", "b"), RenameFile("b", "a"), TextEdit("a", Span(0, 1), b"x", b"z")],
    ),
    "chain": ({"a": b"x\n", "b": b"y\n"}, [RenameFile("a", "b"), RenameFile("b", "c")]),
    "freed-by-rename": ({"a": b"x\n"}, [RenameFile("a", "b"), CreateFile("a", b"new\n")]),
    "freed-by-delete": (
        {"a": b"x\n", "b": b"y\n"},
        [DeleteFile("a", b"x\n"), RenameFile("b", "a")],
    ),
    "move": ({"a": LONG, "b": b"y"}, [SpanMove("a", Span(7, 14), b"line 1\n", "b", 0)]),
    "odd-names": (
        {'q"\\\t': b"x\n", "é ü": b"x\n", "a b": b"x\n", "c\nd": b"x\n"},
        [
            TextEdit('q"\\\t', Span(0, 1), b"x", b"y"),
            TextEdit("a b", Span(0, 1), b"x", b"y"),
            RenameFile("é ü", "ö \x7f"),
            TextEdit("é ü", Span(0, 1), b"x", b"y"),
            DeleteFile("c\nd", b"x\n"),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_patch_is_applied_by_git(tmp_path, name):
    files, ops = CASES[name]
    git(tmp_path, "init", "-q")
    for path, data in files.items():
        (tmp_path / path).write_bytes(data)
    git(tmp_path, "add", "-A")
    change = ChangeSet.of(ops, files)
    outcome = apply(files, change)
    assert isinstance(outcome, Applied)
    patch = unified_diff(change, files).encode("utf-8", "surrogateescape")
    git(tmp_path, "apply", "--index", "-", patch=patch)
    found = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(tmp_path).parts
    }
    assert found == outcome.tree(files)
    assert {
        path for path in found if (tmp_path / path).stat().st_mode & 0o100
    } == outcome.executable


@pytest.mark.parametrize(
    "name", ["far-hunks", "near-hunks", "no-final-newline-kept", "crlf", "odd-names"]
)
def test_patch_reads_as_git_prints_it(tmp_path, name):
    files, ops = CASES[name]
    ops = [op for op in ops if isinstance(op, TextEdit) and "ü" not in op.path]
    git(tmp_path, "init", "-q")
    for path, data in files.items():
        (tmp_path / path).write_bytes(data)
    git(tmp_path, "add", "-A")
    change = ChangeSet.of(ops, files)
    patch = unified_diff(change, files).encode()
    git(tmp_path, "apply", "-", patch=patch)
    printed = git(tmp_path, "diff", "--no-ext-diff", "--no-color").split(b"\n")
    # git adds the object ids, and a heading it guesses behind a hunk's numbers.
    expected = [line for line in printed if not line.startswith(b"index ")]
    assert sorted(map(bare_hunk, expected)) == sorted(patch.split(b"\n"))


def bare_hunk(line: bytes) -> bytes:
    return line[: line.index(b" @@") + 3] if line.startswith(b"@@ ") else line


def test_patch_of_nothing_is_empty():
    assert unified_diff(ChangeSet.of([], {}), {}) == ""


def test_text_edits_touch_only_changed_lines():
    edits = rewritten("a", LONG, (b"line 3\n", b"three\n"), (b"line 30\n", b""))
    assert [(edit.before, edit.after) for edit in edits] == [
        (b"line 3\n", b"three\n"),
        (b"line 30\n", b""),
    ]
    assert text_edits("a", LONG, LONG) == ()
