"""WorkspaceEdits: positions as editors count them, steps in their order, and what is refused."""

import json

import pytest
from lsprotocol.types import PositionEncodingKind

from editops import (
    Applied,
    ChangeSet,
    ChangeSetError,
    CreateFile,
    DeleteFile,
    Malformed,
    RenameFile,
    Span,
    TextEdit,
    Unfit,
    apply,
    lsp_json,
    plain_workspace_edit,
    read_workspace_edit,
    resolve_workspace_edit,
    workspace_edit,
    write_workspace_edit,
)

ROOT = "/r é/p"
FILES = {
    "a": "one 𝄞é two\nend".encode(),
    "d/b": b"\xef\xbb\xbfx\r\ny\rz\n",
    "d/c": b"",
    "bin": b"\xff\n",
}


def uri(path: str) -> str:
    return f"file:///r%20%C3%A9/p/{path}"


def edit(line: int, start: int, text: str, end: tuple[int, int] | None = None) -> dict:
    last, column = end or (line, start)
    ends = {"start": {"line": line, "character": start}, "end": {"line": last, "character": column}}
    return {"range": ends, "newText": text}


def texts(path: str, *edits: dict, version: int | None = None) -> dict:
    return {"textDocument": {"uri": uri(path), "version": version}, "edits": list(edits)}


def resolved(*entries: dict, files=FILES, **options) -> ChangeSet | Unfit:
    read = read_workspace_edit(json.dumps({"documentChanges": list(entries)}).encode())
    assert not isinstance(read, Malformed), read
    return resolve_workspace_edit(read, files, ROOT, **options)


def after(*entries: dict, **options) -> dict[str, bytes]:
    change = resolved(*entries, **options)
    assert isinstance(change, ChangeSet), change
    outcome = apply(FILES, change)
    assert isinstance(outcome, Applied)
    return outcome.tree(FILES)


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 11), ("utf-16", 8), ("utf-32", 7)])
def test_columns_are_counted_in_the_units_of_the_encoding(encoding, column):
    found = after(texts("a", edit(0, column, "2", (0, column + 3))), encoding=PositionEncodingKind(encoding))
    assert found["a"] == "one 𝄞é 2\nend".encode()


def test_lines_end_at_every_line_end_and_a_mark_is_no_text():
    edits = edit(0, 0, "<"), edit(0, 99, ">"), edit(1, 0, "<"), edit(2, 1, ">"), edit(3, 0, "$")
    found = after(texts("d/b", *edits))
    assert found["d/b"] == b"\xef\xbb\xbf<x>\r\n<y\rz>\n$"


def test_range_may_end_behind_the_last_line():
    assert after(texts("a", edit(0, 0, "new", (99, 0))))["a"] == b"new"


def test_insertions_at_one_place_keep_their_order_before_a_replacement():
    found = after(texts("a", edit(1, 0, "X", (1, 3)), edit(1, 0, "1"), edit(1, 0, "2")))
    assert found["a"].endswith(b"\n12X")


def test_steps_build_on_one_another():
    found = after(
        texts("a", edit(1, 0, "the ")),
        {"kind": "rename", "oldUri": uri("a"), "newUri": uri("n/z")},
        texts("n/z", edit(1, 7, "!"), edit(0, 0, ">", (0, 3))),
        {"kind": "create", "uri": uri("a")},
        texts("a", edit(0, 0, "fresh")),
        {"kind": "delete", "uri": uri("bin")},
    )
    assert found["n/z"] == "> 𝄞é two\nthe end!".encode() and found["a"] == b"fresh"
    assert "bin" not in found


def test_folder_is_renamed_and_deleted_with_all_it_holds():
    rename = {"kind": "rename", "oldUri": uri("d"), "newUri": uri("e")}
    assert resolved(rename) == ChangeSet.of([RenameFile("d/b", "e/b"), RenameFile("d/c", "e/c")], FILES)
    delete = {"kind": "delete", "uri": uri("d"), "options": {"recursive": True}}
    assert resolved(delete).deleted.keys() == {"d/b", "d/c"}
    assert isinstance(resolved({"kind": "delete", "uri": uri("d")}), Unfit)


@pytest.mark.parametrize(("options", "content"), [({"overwrite": True}, b""), ({"ignoreIfExists": True}, FILES["a"])])
def test_create_of_a_file_that_exists_follows_its_options(options, content):
    assert after({"kind": "create", "uri": uri("a"), "options": options})["a"] == content
    renamed = after({"kind": "rename", "oldUri": uri("d/c"), "newUri": uri("a"), "options": options})
    assert renamed["a"] == content and ("d/c" in renamed) == ("ignoreIfExists" in options)


def test_plain_changes_are_read():
    read = read_workspace_edit(json.dumps({"changes": {uri("a"): [edit(1, 0, "the ")]}}).encode())
    assert resolve_workspace_edit(read, FILES, ROOT).ops == (TextEdit("a", Span(15, 15), b"", b"the "),)


def test_version_that_is_known_must_be_the_one_meant():
    entry = texts("a", edit(1, 0, "x"), version=3)
    assert isinstance(resolved(entry, versions={"a": 3}), ChangeSet) and isinstance(resolved(entry), ChangeSet)
    assert "version" in resolved(entry, versions={"a": 4}).reason


UNFIT = {
    "overlap": (texts("a", edit(0, 0, "x", (0, 3)), edit(0, 2, "y", (0, 4))), "overlap"),
    "half a character": (texts("a", edit(0, 5, "x")), "inside a character"),
    "no such line": (texts("a", edit(7, 0, "x", (8, 0))), "does not exist"),
    "backwards": (texts("a", edit(1, 2, "x", (1, 1))), "ends before"),
    "half a surrogate": (texts("a", edit(0, 0, "\ud800")), "half a character"),
    "snippet": (texts("a", {"range": edit(0, 0, "")["range"], "snippet": {"kind": "snippet", "value": "$0"}}), "snippet"),
    "bytes": (texts("bin", edit(0, 0, "x")), "UTF-8"),
    "missing": (texts("nothere", edit(0, 0, "x")), "no such file"),
    "exists": ({"kind": "create", "uri": uri("a")}, "exists already"),
    "occupied": ({"kind": "rename", "oldUri": uri("a"), "newUri": uri("bin")}, "exists already"),
    "gone": ({"kind": "delete", "uri": uri("gone")}, "no such file"),
    "outside": ({"kind": "create", "uri": "file:///r/x"}, "outside"),
    "dotted": ({"kind": "create", "uri": uri("../p/x")}, "'..'"),
    "encoded dots": ({"kind": "create", "uri": uri("%2e%2e/x")}, "'..'"),
    "git folder": ({"kind": "create", "uri": uri(".git/hooks/x")}, "git's own"),
    "other scheme": ({"kind": "create", "uri": "http://r/p/x"}, "not the URI of a file"),
    "other host": ({"kind": "create", "uri": "file://host/r/p/x"}, "another machine"),
    "no address": ({"kind": "create", "uri": "file://[/x"}, "cannot be read"),
    "not UTF-8": ({"kind": "create", "uri": uri("%ff")}, "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNFIT)
def test_edit_that_does_not_fit_says_why(case):
    entry, words = UNFIT[case]
    found = resolved(entry)
    assert isinstance(found, Unfit) and words in found.reason


POSITION = {"line": 0, "character": 0}
MALFORMED = {
    "not JSON": b"{",
    "deep": b'{"changes":' + b"[" * 100_000,
    "not an object": b"[]",
    "neither": b"{}",
    "repeated key": b'{"changes":{},"changes":{}}',
    "not UTF-8": b'{"changes":"\xff"}',
    "null entry": b'{"documentChanges":[null]}',
    "null edit": json.dumps({"changes": {uri("a"): [None]}}).encode(),
    "negative": json.dumps({"changes": {uri("a"): [edit(-1, 0, "")]}}).encode(),
    "fraction": json.dumps({"changes": {uri("a"): [edit(0, 0.5, "")]}}).encode(),
    "truth for a number": json.dumps({"changes": {uri("a"): [edit(0, True, "")]}}).encode(),
    "number for a text": json.dumps({"changes": {uri("a"): [edit(0, 0, 5)]}}).encode(),
    "huge number": json.dumps({"changes": {uri("a"): [edit(0, 10**30, "")]}}).encode(),
    "unknown kind": b'{"documentChanges":[{"kind":"copy","uri":"file:///x"}]}',
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_edit_is_a_value(case):
    assert isinstance(read_workspace_edit(MALFORMED[case]), Malformed)


def test_edit_has_limits(monkeypatch):
    data = json.dumps({"changes": {uri("a"): [edit(0, 0, "x")] * 3}}).encode()
    monkeypatch.setattr(lsp_json, "MAX_EDITS", 2)
    assert isinstance(read_workspace_edit(data), Malformed)
    monkeypatch.setattr(lsp_json, "MAX_WORKSPACE_EDIT", 10)
    assert isinstance(read_workspace_edit(data), Malformed)


def test_written_edit_frees_a_path_before_it_is_used():
    ops = [RenameFile("a", "d/c"), RenameFile("d/c", "bin"), RenameFile("bin", "a"), CreateFile("x", b"1")]
    change = ChangeSet.of(ops, FILES)
    written = write_workspace_edit(workspace_edit(change, FILES, ROOT))
    read = read_workspace_edit(written.encode())
    assert resolve_workspace_edit(read, FILES, ROOT).ops == change.ops


def test_written_plain_changes_hold_texts_alone():
    change = ChangeSet.of([TextEdit("a", Span(4, 8), "𝄞".encode(), b"#")], FILES)
    read = read_workspace_edit(write_workspace_edit(plain_workspace_edit(change, FILES, ROOT)).encode())
    assert read.document_changes is None and resolve_workspace_edit(read, FILES, ROOT) == change
    with pytest.raises(ChangeSetError):
        plain_workspace_edit(ChangeSet.of([DeleteFile("d/c", b"")], FILES), FILES, ROOT)


def test_bytes_that_are_no_text_cannot_be_written_as_an_edit():
    with pytest.raises(ChangeSetError, match="UTF-8"):
        workspace_edit(ChangeSet.of([TextEdit("bin", Span(0, 1), b"\xff", b"x")], FILES), FILES, ROOT)
