"""A change set as a `WorkspaceEdit`: what happens at once there, in an order here.

Texts first, under their old names, then deletions, renames and new files. The
executable bit has no place in the protocol and is left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lsprotocol import types as lsp
from lsprotocol.types import PositionEncodingKind, WorkspaceEdit

from .apply import apply_or_raise
from .changeset import ChangeSet
from .diff import text_edits
from .errors import ChangeSetError
from .lsp_document import Document, NoSuchPlace
from .lsp_uris import uri_of
from .ops import BOM
from .spans import Span
from .splices import splices_by_path

_Entry = lsp.TextDocumentEdit | lsp.CreateFile | lsp.RenameFile | lsp.DeleteFile


def workspace_edit(
    change: ChangeSet,
    files: Mapping[str, bytes],
    root: str,
    *,
    versions: Mapping[str, int] | None = None,
    encoding: PositionEncodingKind = PositionEncodingKind.Utf16,
) -> WorkspaceEdit:
    """`change`, made against `files` of the repository at `root`, as document changes."""
    applied = apply_or_raise(files, change)
    known = versions or {}
    entries: list[_Entry] = []
    renamed = change.renamed
    for path, edits in _text_edits(change, files, applied.files, encoding).items():
        document = lsp.OptionalVersionedTextDocumentIdentifier(uri_of(path, root), known.get(path))
        entries.append(lsp.TextDocumentEdit(document, edits))
    entries += [lsp.DeleteFile(uri_of(path, root)) for path in change.deleted]
    for old, new in _in_order(renamed, frozenset(files)):
        entries.append(lsp.RenameFile(uri_of(old, root), uri_of(new, root)))
    for path in change.created:
        entries.append(lsp.CreateFile(uri_of(path, root)))
        if applied.files[path]:
            document = lsp.OptionalVersionedTextDocumentIdentifier(uri_of(path, root))
            text = _text(path, applied.files[path])
            start = lsp.Position(0, 0)
            entries.append(lsp.TextDocumentEdit(document, [lsp.TextEdit(lsp.Range(start, start), text)]))
    return WorkspaceEdit(document_changes=entries)


def plain_workspace_edit(
    change: ChangeSet,
    files: Mapping[str, bytes],
    root: str,
    *,
    encoding: PositionEncodingKind = PositionEncodingKind.Utf16,
) -> WorkspaceEdit:
    """The same as plain `changes`, for clients that know nothing else; for edits of texts alone."""
    applied = apply_or_raise(files, change)
    if change.created or change.deleted or change.renamed:
        raise ChangeSetError("plain changes edit texts only: give document changes")
    edits = _text_edits(change, files, applied.files, encoding)
    return WorkspaceEdit(changes={uri_of(path, root): found for path, found in edits.items()})


def _text_edits(
    change: ChangeSet,
    files: Mapping[str, bytes],
    after: Mapping[str, bytes],
    encoding: PositionEncodingKind,
) -> dict[str, list[lsp.TextEdit]]:
    found: dict[str, list[lsp.TextEdit]] = {}
    for path, pieces in splices_by_path(change.ops).items():
        if path not in change.base:
            continue
        data, result = files[path], after[change.renamed.get(path, path)]
        _text(path, data)
        document = Document(data, encoding)
        try:
            found[path] = _ranges(document, ((piece.span, piece.after) for piece in pieces))
        except (NoSuchPlace, UnicodeDecodeError):
            # An edit of half a character or half a line end: whole lines, then.
            found[path] = _by_line(path, document, data, result)
    return found


def _by_line(path: str, document: Document, data: bytes, result: bytes) -> list[lsp.TextEdit]:
    _text(path, result)
    edits = ((edit.span, edit.after) for edit in text_edits(path, data, result))
    try:
        return _ranges(document, (_behind_mark(span, after, data) for span, after in edits))
    except NoSuchPlace as error:
        raise ChangeSetError(f"{path}: a WorkspaceEdit cannot change the byte order mark") from error


def _behind_mark(span: Span, after: bytes, data: bytes) -> tuple[Span, bytes]:
    if span.start or not (data.startswith(BOM) and after.startswith(BOM) and span.length):
        return span, after
    return Span(len(BOM), span.end), after.removeprefix(BOM)


def _ranges(document: Document, edits: Iterable[tuple[Span, bytes]]) -> list[lsp.TextEdit]:
    return [
        lsp.TextEdit(
            lsp.Range(document.position(span.start), document.position(span.end)), after.decode()
        )
        for span, after in edits
    ]


def _text(path: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ChangeSetError(f"{path}: a WorkspaceEdit holds UTF-8 text only") from None


def _in_order(renamed: Mapping[str, str], taken: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Renames one after the other: a path is freed before it is used, circles by way of another name."""
    left = dict(renamed)
    used = taken | frozenset(renamed.values())
    while left:
        first = next(iter(left))
        chain: Sequence[str] = _chain(first, left)
        if left[chain[-1]] == first:
            aside = _unused(first, used)
            yield first, aside
            yield from ((old, left.pop(old)) for old in reversed(chain[1:]))
            yield aside, left.pop(first)
        else:
            yield from ((old, left.pop(old)) for old in reversed(chain))


def _chain(first: str, renamed: Mapping[str, str]) -> list[str]:
    """Files of which each takes the name of the next."""
    chain = [first]
    while (following := renamed[chain[-1]]) in renamed and following != first:
        chain.append(following)
    return chain


def _unused(path: str, taken: frozenset[str]) -> str:
    number = 0
    while (name := f"{path}.redraft-{number}") in taken:
        number += 1
    return name
