"""A `WorkspaceEdit` of the Language Server Protocol as a change set, and back.

Document changes are steps, one on the other; text edits that follow each other
speak of one state, as editors take them. Versions are compared where the caller
knows any: files on disk have none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lsprotocol import types as lsp
from lsprotocol.types import PositionEncodingKind, WorkspaceEdit

from .changeset import ChangeSet
from .draft import Draft
from .foreign import Misfit, Rounds, Unfit
from .lsp_document import Document, NoSuchPlace
from .lsp_uris import path_of
from .ops import CreateFile, DeleteFile, Op, RenameFile, TextEdit
from .spans import Span

_Edit = lsp.TextEdit | lsp.AnnotatedTextEdit | lsp.SnippetTextEdit
_FileStep = lsp.CreateFile | lsp.RenameFile | lsp.DeleteFile
_Texts = dict[str, list[_Edit]]


def resolve_workspace_edit(
    edit: WorkspaceEdit,
    files: Mapping[str, bytes],
    root: str,
    *,
    versions: Mapping[str, int] | None = None,
    encoding: PositionEncodingKind = PositionEncodingKind.Utf16,
) -> ChangeSet | Unfit:
    """The change set of `edit` against `files` of the repository at `root`, an absolute path.

    `files` has to know every file below a folder that is renamed or deleted.
    """
    resolver = _Resolver(Rounds(Draft(files)), root, encoding)
    try:
        for step in _steps(edit, root, versions or {}):
            resolver.take(step)
        return resolver.rounds.change()
    except Misfit as misfit:
        return misfit.unfit


def _steps(
    edit: WorkspaceEdit, root: str, versions: Mapping[str, int]
) -> Iterator[_Texts | _FileStep]:
    texts: _Texts = {}
    if edit.document_changes is None:
        for uri, edits in (edit.changes or {}).items():
            texts.setdefault(path_of(uri, root), []).extend(edits)
    for entry in edit.document_changes or ():
        if isinstance(entry, lsp.TextDocumentEdit):
            path = path_of(entry.text_document.uri, root)
            version = entry.text_document.version
            if version is not None and versions.get(path, version) != version:
                raise Misfit(path, f"the edit is for its version {version}, not {versions[path]}")
            texts.setdefault(path, []).extend(entry.edits)
            continue
        if texts:
            yield texts
            texts = {}
        yield entry
    if texts:
        yield texts


class _Resolver:
    def __init__(self, rounds: Rounds, root: str, encoding: PositionEncodingKind) -> None:
        self.rounds = rounds
        self._root = root
        self._encoding = encoding

    def take(self, step: _Texts | _FileStep) -> None:
        match step:
            case lsp.CreateFile():
                self._create(path_of(step.uri, self._root), step.options)
            case lsp.RenameFile():
                old, new = path_of(step.old_uri, self._root), path_of(step.new_uri, self._root)
                self._rename(old, new, step.options)
            case lsp.DeleteFile():
                self._delete(path_of(step.uri, self._root), step.options)
            case _:
                self.rounds.meets(step)
                for path, edits in step.items():
                    self.rounds.add(self._text(path, edits), [path])

    def _text(self, path: str, edits: Sequence[_Edit]) -> Iterator[Op]:
        data = self._data(path)
        try:
            data.decode()
        except UnicodeDecodeError:
            raise Misfit(path, "it is not UTF-8 text") from None
        document = Document(data, self._encoding)
        spans = sorted(
            (_replaced(path, document, edit) for edit in edits), key=lambda found: found[0]
        )
        end = 0
        for span, after in _joined(spans):
            if span.start < end:
                raise Misfit(path, "two edits overlap")
            end = span.end
            if span.cut(data) != after:
                yield TextEdit.on(path, data, span, after)

    def _create(self, path: str, options: lsp.CreateFileOptions | None) -> None:
        self.rounds.meets([path])
        data = self.rounds.files.get(path)
        if data is None:
            self.rounds.add([CreateFile(path, b"")], [path])
        elif options is not None and options.overwrite:
            whole = [TextEdit(path, Span(0, len(data)), data, b"")] if data else []
            self.rounds.add(whole, [path])
        elif options is None or not options.ignore_if_exists:
            raise Misfit(path, "it exists already, and the edit says to create it")

    def _rename(self, old: str, new: str, options: lsp.RenameFileOptions | None) -> None:
        self.rounds.meets([old, new])
        moved = {path: new + path[len(old) :] for path in self._below(old)}
        for source, target in moved.items():
            data = self.rounds.files.get(target)
            if source == target:
                continue
            if data is None:
                self.rounds.add([RenameFile(source, target)], [source, target])
            elif options is not None and options.overwrite:
                ops: list[Op] = [DeleteFile(target, data), RenameFile(source, target)]
                self.rounds.add(ops, [source, target])
            elif options is None or not options.ignore_if_exists:
                raise Misfit(target, "it exists already, and the edit says to rename a file to it")

    def _delete(self, path: str, options: lsp.DeleteFileOptions | None) -> None:
        self.rounds.meets([path])
        if options is not None and options.ignore_if_not_exists and not self._is_there(path):
            return
        found = self._below(path)
        if found != [path] and not (options is not None and options.recursive):
            raise Misfit(path, "it is a folder, and the edit does not say to delete what is in it")
        for below in found:
            self.rounds.add([DeleteFile(below, self.rounds.files[below])], [below])

    def _below(self, path: str) -> list[str]:
        """The file, or every file of the folder; what a folder holds is known between rounds only."""
        if path in self.rounds.files:
            return [path]
        self.rounds.end()
        found = sorted(name for name in self.rounds.files if name.startswith(path + "/"))
        if not found:
            raise Misfit(path, "there is no such file or folder")
        return found

    def _is_there(self, path: str) -> bool:
        self.rounds.end()
        files = self.rounds.files
        return path in files or any(name.startswith(path + "/") for name in files)

    def _data(self, path: str) -> bytes:
        data = self.rounds.files.get(path)
        if data is None:
            raise Misfit(path, "there is no such file")
        return data


def _replaced(path: str, document: Document, edit: _Edit) -> tuple[Span, bytes]:
    if isinstance(edit, lsp.SnippetTextEdit):
        raise Misfit(path, "one of its edits is a snippet, which has to be filled in by hand")
    try:
        start = document.offset(edit.range.start)
        end = document.offset(edit.range.end, ends=True)
        after = edit.new_text.encode()
    except NoSuchPlace as error:
        raise Misfit(path, str(error)) from error
    except UnicodeEncodeError:
        raise Misfit(path, "the text of an edit holds half a character") from None
    if end < start:
        raise Misfit(path, f"an edit ends before it starts, on line {edit.range.start.line}")
    return Span(start, end), after


def _joined(edits: Iterable[tuple[Span, bytes]]) -> Iterator[tuple[Span, bytes]]:
    """Insertions at one place as one: their order is that of the list."""
    last: Span | None = None
    text = b""
    for span, after in edits:
        if last is not None and last == span and not span.length:
            text += after
            continue
        if last is not None:
            yield last, text
        last, text = span, after
    if last is not None:
        yield last, text
