"""WorkspaceEdits: read, fitted to a small tree, written and read again."""

from __future__ import annotations

from benchmarks.fuzz.material import drawn
from benchmarks.fuzz.patch import check_change
from benchmarks.fuzz.target import cut
from benchmarks.laws import NAMES, ROOT
from editops import (
    ChangeSet,
    ChangeSetError,
    Malformed,
    Unfit,
    read_workspace_edit,
    resolve_workspace_edit,
    workspace_edit,
    write_workspace_edit,
)

MAX_LENGTH = 4096
MARK = b"\0\0"


def _seeds() -> list[bytes]:
    found = []
    for change, files in drawn(60):
        try:
            written = write_workspace_edit(workspace_edit(change, files, ROOT)).encode()
        except ChangeSetError:
            continue
        found.append(MARK.join([written, *(files.get(name, b"") for name in NAMES)]))
    return found


PLAIN = (
    b'{"changes":{"file:///r%20%C3%A9/p/a.py":[{"range":{"start":{"line":0,"character":0},"end":{"line":9,"character":9}},"newText":"x",'
    b'"annotationId":"1"}]},"changeAnnotations":{"1":{"label":"l","needsConfirmation":true}}}'
)
FILES = (
    b'{"documentChanges":[{"kind":"create","uri":"file:///r%20%C3%A9/p/n","options":{"overwrite":true,"ignoreIfExists":true}},'
    b'{"kind":"rename","oldUri":"file:///r%20%C3%A9/p/dir","newUri":"file:///r%20%C3%A9/p/dur","options":{"overwrite":true}},'
    b'{"kind":"delete","uri":"file:///r%20%C3%A9/p/dir","options":{"recursive":true,"ignoreIfNotExists":true}}]}'
)
SEEDS = [*_seeds(), PLAIN + MARK + b"a\nb\n", FILES + MARK + b"a" + MARK + b"b" + MARK + b"c"]
WORDS = [b'"documentChanges":[', b'"changes":{', b'"textDocument":{', b'"uri":"file:///r%20%C3%A9/p/a.py"', b'"version":null', b'"edits":[', b'"range":{',
         b'"start":{"line":0,"character":0}', b'"end":{"line":1,"character":0}', b'"newText":""', b'"kind":"create"', b'"kind":"rename"', b'"kind":"delete"',
         b'"oldUri":', b'"newUri":', b'"options":{', b'"overwrite":true', b'"ignoreIfExists":true', b'"recursive":true', b'"ignoreIfNotExists":true',
         b'"annotationId":"1"', b'"snippet":{"kind":"snippet","value":"$1"}', b"2147483648", b"-1", b"null", b"%2e%2e", b"%00", b"\\ud834", MARK]  # fmt: skip


def check(data: bytes) -> None:
    text, *contents = cut(data)
    edit = read_workspace_edit(text)
    if isinstance(edit, Malformed):
        assert edit.line >= 1 and edit.reason
        return
    assert read_workspace_edit(write_workspace_edit(edit).encode("utf-8", "surrogatepass")) == edit or "\\ud" in text.decode().lower()
    files = dict(zip(NAMES, contents, strict=False))
    found = resolve_workspace_edit(edit, files, ROOT)
    assert isinstance(found, ChangeSet | Unfit)
    if isinstance(found, ChangeSet):
        check_change(found, files)
