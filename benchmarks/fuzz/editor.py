"""What an editor sends to the language server: messages as the protocol library makes them of any JSON, before a real repository.

A sentence (`Refused`) or an answer that can be sent comes out; an edit fits the files it speaks of. What the library itself does with a
message that is none, or with a document that it cannot keep, is its own affair.
"""

from __future__ import annotations

import json
import logging
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.workspace import Workspace

from agent.serve.lsp_server import build
from agent.serve.service import Service
from agent.settings import Settings
from benchmarks.fuzz.instruction import Gullible
from editops import BOM, Applied, ChangeSet, apply, resolve_workspace_edit
from tests.agent.repos import make_repository, tree

MAX_LENGTH = 2048
MOST = 4
"""Messages of one input."""
FILES: dict[str, str | bytes] = {
    "a.py": "def load_user(x):\n    return x\n\n\nclass Shelf:\n    def put_back(self):\n        return load_user(1)\n",
    "b.py": b"\xef\xbb\xbffrom a import load_user\r\n\r\ns = '\xf0\x9f\x90\x8d'; print(load_user(1))\r\n",
    "latin.py": b"s = '\xe9'\nload_user = 1\n",
    "folder/c.py": "# redraft: rename load_user to fetch_user\nprint(load_user)\n",
}
_ROOT = Path(tempfile.mkdtemp(prefix="redraft-fuzz-")).resolve() / "r"
_REPOSITORY = make_repository(_ROOT, FILES)
_URI = _ROOT.as_uri()
_PLACEHOLDER = "file:///r"
"""Stands for the root in inputs, which are to mean the same in every run."""
_BEFORE = tree(_ROOT)
_DOCUMENT = {"uri": f"{_PLACEHOLDER}/a.py"}
_AT = {"line": 0, "character": 6}
_OPEN = {"method": "textDocument/didOpen", "params": {"textDocument": {
    "uri": f"{_PLACEHOLDER}/folder/c.py", "languageId": "python", "version": 1, "text": "# redraft: rename load_user to fetch_user\nload_user = '\U0001f40d'\n"}}}  # fmt: skip
_CHANGE = {"method": "textDocument/didChange", "params": {
    "textDocument": {"uri": f"{_PLACEHOLDER}/folder/c.py", "version": 2},
    "contentChanges": [{"range": {"start": _AT, "end": {"line": 9, "character": 9}}, "text": "\ud83d"}, {"text": "x = load_user\n"}]}}  # fmt: skip
_PREPARE = {"method": "textDocument/prepareRename", "params": {"textDocument": _DOCUMENT, "position": _AT}}
_RENAME = {"method": "textDocument/rename", "params": {"textDocument": _DOCUMENT, "position": _AT, "newName": "fetch_user"}}
_ACTIONS = {"method": "textDocument/codeAction", "params": {
    "textDocument": {"uri": f"{_PLACEHOLDER}/folder/c.py"}, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 2}},
    "context": {"diagnostics": []}}}  # fmt: skip
_RESOLVE = {"method": "codeAction/resolve", "params": {"title": "t", "data": {"uri": f"{_PLACEHOLDER}/folder/c.py", "request": "rename load_user to fetch_user"}}}
_RESOLVE_NAME = {"method": "codeAction/resolve", "params": {"title": "t", "data": {"uri": _DOCUMENT["uri"], "position": _AT, "new": "fetch_user"}}}


def _seed(*messages: object, mood: int = 0, encoding: str = "utf-16") -> bytes:
    return json.dumps({"mood": mood, "encoding": encoding, "messages": messages}).encode()


SEEDS = [
    _seed(_PREPARE), _seed(_RENAME), _seed(_OPEN, _ACTIONS), _seed(_OPEN, _RESOLVE), _seed(_RESOLVE_NAME, encoding="utf-8"), _seed(_OPEN, _CHANGE, _ACTIONS),
    *(_seed(_OPEN, _RENAME, mood=mood, encoding="utf-32") for mood in range(4)),
    *(_seed({**_PREPARE, "params": {"textDocument": {"uri": uri}, "position": _AT}}) for uri in (
        "file://[", f"{_PLACEHOLDER}/%00", f"{_PLACEHOLDER}/../r/a.py", f"{_PLACEHOLDER}/latin.py", f"{_PLACEHOLDER}/{'x' * 300}", f"{_PLACEHOLDER}/.git/config", f"{_PLACEHOLDER}/none.py")),
    _seed({**_RESOLVE_NAME, "params": {"title": "t", "data": {"uri": _DOCUMENT["uri"], "position": {"line": float("inf"), "character": 0}, "new": "x"}}}),
]  # fmt: skip
WORDS = [_PLACEHOLDER.encode(), b"/a.py", b"/b.py", b"/latin.py", b"/folder/c.py", b"/folder", b"%00", b"%2e%2e", b"%ff", b"\\ud83d", b"\\u0000", b"file://[", b"file://host/", b"untitled:",
         b"2147483647", b"2147483648", b"-1", b"1e999", b"null", b"[]", b"{}", b'"data":', b'"position":', b'"line":', b'"character":', b'"newName":"class"', b"load_user",
         b'"textDocument/prepareRename"', b'"textDocument/rename"', b'"textDocument/codeAction"', b'"codeAction/resolve"', b'"textDocument/didOpen"', b'"utf-8"', b'"utf-32"',
         b"# redraft: rename load_user to x\\n", b'"only":["refactor.rewrite"]']  # fmt: skip

# The library says of every message that is none, at length, that it is none.
logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)


def check(data: bytes) -> None:
    try:
        sent: Any = json.loads(data.replace(_PLACEHOLDER.encode(), quote(_URI, safe="/:").encode()))
        messages, mood, encoding = list(sent["messages"])[:MOST], int(sent["mood"]), lsp.PositionEncodingKind(sent["encoding"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return
    server = build(Service(_REPOSITORY, Settings(), denoiser=Gullible(mood)))
    _initialised(server, encoding)
    for message in messages:
        if isinstance(message, dict):
            _told(server, message)
    assert tree(_ROOT) == _BEFORE, "the server writes nothing"


def _initialised(server: LanguageServer, encoding: lsp.PositionEncodingKind) -> None:
    able = lsp.WorkspaceEditClientCapabilities(document_changes=True, resource_operations=[lsp.ResourceOperationKind.Rename])
    capabilities = lsp.ClientCapabilities(workspace=lsp.WorkspaceClientCapabilities(workspace_edit=able))
    server.protocol.client_capabilities = capabilities
    server.protocol._workspace = Workspace(_URI, position_encoding=encoding)


def _told(server: LanguageServer, message: dict[str, object]) -> None:
    protocol = server.protocol
    try:
        read = protocol.structure_message({"jsonrpc": "2.0", "id": 1, **message})
    except JsonRpcException:
        return
    match getattr(read, "method", None), getattr(read, "params", None):
        case "textDocument/didOpen", lsp.DidOpenTextDocumentParams() as params:
            with suppress(ValueError):  # An address that the library cannot take apart.
                server.workspace.put_text_document(params.text_document)
        case "textDocument/didChange", lsp.DidChangeTextDocumentParams() as params:
            with suppress(Exception):
                for change in params.content_changes:
                    server.workspace.update_text_document(params.text_document, change)
        case method, params if method in protocol.fm.features:
            try:
                answer = protocol.fm.features[method](params)
            except JsonRpcException as error:
                assert str(error)
                return
            json.dumps(protocol._converter.unstructure(answer))
            edits = [answer] if isinstance(answer, lsp.WorkspaceEdit) else [action.edit for action in _actions(answer)]
            for edit in edits:
                _fits(server, edit)


def _actions(answer: object) -> list[lsp.CodeAction]:
    found = answer if isinstance(answer, list) else [answer]
    return [action for action in found if isinstance(action, lsp.CodeAction) and action.edit]


def _fits(server: LanguageServer, edit: lsp.WorkspaceEdit | None) -> None:
    assert edit is not None
    files = {path: data for path, (data, _) in _BEFORE.items()}
    for uri, document in server.workspace.text_documents.items():
        path = uri.removeprefix(f"{_URI}/")
        if path in files:
            files[path] = (BOM if files[path].startswith(BOM) else b"") + document.source.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    change = resolve_workspace_edit(edit, files, str(_ROOT), encoding=lsp.PositionEncodingKind(server.workspace.position_encoding or "utf-16"))
    assert isinstance(change, ChangeSet), change
    assert isinstance(apply(files, change), Applied)
