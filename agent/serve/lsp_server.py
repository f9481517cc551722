"""The Language Server Protocol in front of the engine: rename, and code actions that say `redraft: ...`.

Unsaved buffers count; an answer for a document that has changed meanwhile is withdrawn. Nothing is written here: the editor
gets a WorkspaceEdit and applies it. Imported only when asked for: the library is an optional extra.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from agent.errors import UserError
from agent.loop import load_denoiser
from agent.outcome import Declined, Proposal
from agent.serve.buffers import Buffer
from agent.serve.renaming import REQUEST, Editing, asked, conventional
from agent.serve.service import Service
from editops import Document, EditError, NoSuchPlace, Span, plain_workspace_edit, workspace_edit
from engine import Denoiser, EngineError

_FAILED = int(lsp.LSPErrorCodes.RequestFailed)
_MODIFIED = int(lsp.LSPErrorCodes.ContentModified)
_Answer = TypeVar("_Answer")
REWRITE = lsp.CodeActionKind.RefactorRewrite


class Refused(JsonRpcException):
    """Shown by the editor as it is."""


class Session:
    """What the server knows of one editor."""

    def __init__(self, service: Service, server: LanguageServer) -> None:
        self.repository = service.repository
        self._settings = service.settings
        self._server = server
        self._denoiser: Denoiser | None = service.denoiser

    @property
    def root(self) -> str:
        """The repository as the editor names it, which may be by way of a link."""
        named = self._server.workspace.root_path
        own = self.repository.root
        return named if named and Path(named).resolve() == own.resolve() else own.as_posix()

    @property
    def encoding(self) -> lsp.PositionEncodingKind:
        return lsp.PositionEncodingKind(self._server.workspace.position_encoding or lsp.PositionEncodingKind.Utf16)

    def path(self, uri: str) -> str | None:
        """Of a document of this repository; None for any other, and for an address that is none."""
        try:
            place = to_fs_path(uri)
        except ValueError:
            return None
        for root in (self.root, str(self.repository.root)):
            if place and Path(place).is_relative_to(root):
                return Path(place).relative_to(root).as_posix()
        return None

    def editing(self) -> Editing:
        """The repository with the buffers of this moment."""
        if self._denoiser is None:
            self._denoiser = load_denoiser(self._settings.engine)
        return Editing(self.repository, self._settings, self._denoiser, self.buffers())

    def buffers(self) -> dict[str, Buffer]:
        found: dict[str, Buffer] = {}
        for uri, document in list(self._server.workspace.text_documents.items()):
            path = self.path(uri)
            if path is not None:
                found[path] = Buffer(document.source, document.version)
        return found

    def text(self, editing: Editing, path: str) -> str:
        """What the editor shows, or what is on disk; without the byte order mark, which editors take for no part of it."""
        try:
            text = editing.buffers[path].text if path in editing.buffers else self.repository.read(path).decode()
            text.encode()
        except UnicodeError as error:
            raise Refused(f"{path} is not UTF-8 text.", _FAILED) from error
        return text.removeprefix("\ufeff")

    def document(self, editing: Editing, path: str) -> Document:
        return Document(self.text(editing, path).encode(), self.encoding)

    def offset(self, editing: Editing, path: str, position: lsp.Position) -> int:
        """In characters."""
        data = self.text(editing, path).encode()
        try:
            return len(data[: Document(data, self.encoding).offset(position)].decode())
        except NoSuchPlace as error:
            raise Refused(str(error), lsp.ErrorCodes.InvalidParams) from error

    def answer(self, editing: Editing, proposal: Proposal | Declined | None) -> lsp.WorkspaceEdit | None:
        """The edit in the editor's terms, if its documents are still those it was made against."""
        if isinstance(proposal, Declined):
            raise Refused(proposal.reason, _FAILED)
        if proposal is None:
            return None
        present = self.buffers()
        for path in proposal.change.paths:
            if path in editing.buffers and present.get(path) != editing.buffers[path]:
                raise Refused(f"{path} changed meanwhile: ask again.", _MODIFIED)
        change, files = proposal.change, proposal.files
        able = self._server.client_capabilities.workspace
        edits = able.workspace_edit if able else None
        if not (edits and edits.document_changes):
            return plain_workspace_edit(change, files, self.root, encoding=self.encoding)
        if change.renamed and lsp.ResourceOperationKind.Rename not in (edits.resource_operations or ()):
            raise Refused("This editor cannot rename files, which the change needs: use `redraft edit`.", _FAILED)
        versions = {path: buffer.version for path, buffer in editing.buffers.items() if buffer.version is not None}
        return workspace_edit(change, files, self.root, versions=versions, encoding=self.encoding)


def _prepare(session: Session, params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
    path = session.path(params.text_document.uri)
    if path is None:
        return None
    editing = session.editing()
    found = editing.symbol(path, session.offset(editing, path, params.position))
    if isinstance(found, Declined):
        raise Refused(found.reason, _FAILED)
    if found is None:
        return None
    word, document = found[0], session.document(editing, path)
    text = session.text(editing, path)
    start, end = (document.position(len(text[:at].encode())) for at in (word.start, word.end))
    return lsp.PrepareRenamePlaceholder(lsp.Range(start, end), word.text)


def _rename(session: Session, uri: str, position: lsp.Position, new: str) -> lsp.WorkspaceEdit | None:
    path = session.path(uri)
    if path is None:
        return None
    editing = session.editing()
    return session.answer(editing, editing.rename(path, session.offset(editing, path, position), new))


def _request(session: Session, uri: str, instruction: str) -> lsp.WorkspaceEdit | None:
    """The edit that a comment asks for, looked up again: the document may have changed since the action was offered."""
    path = session.path(uri)
    editing = session.editing()
    if path is None or path not in editing.buffers:
        return None
    text = session.text(editing, path)
    found = next((match for match in REQUEST.finditer(text) if asked(match) == instruction), None)
    if found is None:
        raise Refused("The comment has changed meanwhile: ask again.", _MODIFIED)
    end = found.end() + (text[found.end() : found.end() + 1] == "\n")
    span = Span(*(len(text[:at].encode()) for at in (found.start(), end)))
    return session.answer(editing, editing.request(instruction, path, span))


def _actions(session: Session, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    path, uri = session.path(params.text_document.uri), params.text_document.uri
    kinds = params.context.only
    if path is None or kinds is not None and not any(REWRITE.startswith(kind) for kind in kinds):
        return []
    editing = session.editing()
    if path not in editing.buffers:
        return []
    text = editing.buffers[path].text
    wanted = [_action({"uri": uri, "request": asked(match)}, asked(match)) for match in REQUEST.finditer(text)
             if text.count("\n", 0, match.end()) >= params.range.start.line and text.count("\n", 0, match.start()) <= params.range.end.line]  # fmt: skip
    if wanted:
        return wanted
    found = editing.symbol(path, session.offset(editing, path, params.range.start))
    new = conventional(found[1]) if isinstance(found, tuple) else None
    if new is None or not isinstance(found, tuple):
        return []
    at = {"line": params.range.start.line, "character": params.range.start.character}
    return [_action({"uri": uri, "position": at, "new": new}, f"rename {found[1].name} to {new}")]


def _action(data: dict[str, object], what: str) -> lsp.CodeAction:
    return lsp.CodeAction(f"redraft: {what}", kind=REWRITE, data=data)


def _resolved(session: Session, action: lsp.CodeAction) -> lsp.CodeAction:
    data: Any = action.data
    try:
        if "request" in data:
            action.edit = _request(session, str(data["uri"]), str(data["request"]))
        else:
            position = lsp.Position(int(data["position"]["line"]), int(data["position"]["character"]))
            action.edit = _rename(session, str(data["uri"]), position, str(data["new"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Refused("This action is none of redraft's.", lsp.ErrorCodes.InvalidParams) from error
    return action


def build(service: Service) -> LanguageServer:
    """The server, not yet running."""
    server = LanguageServer("redraft", _version())
    session = Session(service, server)

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    @server.thread()
    def prepare(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        return _said(lambda: _prepare(session, params))

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    @server.thread()
    def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        return _said(lambda: _rename(session, params.text_document.uri, params.position, params.new_name))

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[REWRITE], resolve_provider=True))
    @server.thread()
    def actions(params: lsp.CodeActionParams) -> Sequence[lsp.CodeAction]:
        found = _said(lambda: _actions(session, params))
        # An editor that resolves nothing gets the whole answer at once.
        return found if _resolves(server) else _said(lambda: [_resolved(session, action) for action in found])

    @server.feature(lsp.CODE_ACTION_RESOLVE)
    @server.thread()
    def resolve(action: lsp.CodeAction) -> lsp.CodeAction:
        return _said(lambda: _resolved(session, action))

    return server


def _resolves(server: LanguageServer) -> bool:
    documents = server.client_capabilities.text_document
    support = documents.code_action.resolve_support if documents and documents.code_action else None
    return support is not None and "edit" in support.properties


def _said(act: Callable[[], _Answer]) -> _Answer:
    """What a person can put right becomes a sentence for the editor to show."""
    try:
        return act()
    except (UserError, EditError, EngineError) as error:
        raise Refused(str(error), _FAILED) from error


def _version() -> str:
    try:
        return version("redraft")
    except PackageNotFoundError:
        return "unknown"


def serve(service: Service) -> None:
    build(service).start_io()
