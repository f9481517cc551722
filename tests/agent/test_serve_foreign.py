"""What editors and agents send to the servers that is wrong, huge or hostile: a sentence each, at once, and no byte changes. Found by the fuzzer."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls")
pytest.importorskip("mcp")
from lsprotocol import types as lsp
from mcp.server.mcpserver.exceptions import ToolError
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.workspace import Workspace

from agent.serve import lsp_server, mcp_server
from agent.serve.service import Service
from agent.settings import Settings
from editops import Applied, ChangeSet, apply, resolve_workspace_edit
from tests.agent.repos import make_repository, tree
from tests.agent.scripted import Renamer

FILES: dict[str, str | bytes] = {
    "a.py": "def load_user(x):\n    return x\n",
    "latin.py": b"s = '\xe9'\nload_user = 1\n",
    "marked.py": b"\xef\xbb\xbf# redraft: rename load_user to fetch_user\nprint(1)\n",
}
SAYING = "rename load_user to fetch_user"
AT = {"line": 0, "character": 5}


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(make_repository(tmp_path / "r", FILES), Settings(), denoiser=Renamer("load_user", "fetch_user"))


def server_of(service: Service, **buffers: str) -> LanguageServer:
    """A server as it is after `initialize`, with these files open."""
    server = lsp_server.build(service)
    edits = lsp.WorkspaceEditClientCapabilities(document_changes=True)
    actions = lsp.CodeActionClientCapabilities(resolve_support=lsp.ClientCodeActionResolveOptions(["edit"]))
    server.protocol.client_capabilities = lsp.ClientCapabilities(
        workspace=lsp.WorkspaceClientCapabilities(workspace_edit=edits), text_document=lsp.TextDocumentClientCapabilities(code_action=actions)
    )
    server.protocol._workspace = Workspace(service.repository.root.as_uri())
    for name, text in buffers.items():
        server.workspace.put_text_document(lsp.TextDocumentItem(uri_of(service, f"{name}.py"), "python", 1, text))
    return server


def uri_of(service: Service, path: str) -> str:
    return f"{service.repository.root.as_uri()}/{path}"


def told(server: LanguageServer, method: str, **params: object) -> Any:
    """The answer to a request as it comes over the wire."""
    message = server.protocol.structure_message({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    return server.protocol.fm.features[method](message.params)


@pytest.mark.parametrize("uri", ["file://[", "file:///%00", "untitled:a.py", "file://host/a.py", ""])
def test_document_of_no_file_of_the_repository_has_no_symbol(service: Service, uri: str) -> None:
    assert told(server_of(service), "textDocument/prepareRename", textDocument={"uri": uri}, position=AT) is None


@pytest.mark.parametrize(("path", "sentence"), [("latin.py", "latin.py is not UTF-8 text."), ("%00", "outside"), ("none.py", "no such file"), ("x" * 300, "too long"), (".git/config", "outside")])
def test_file_that_holds_no_symbol_is_said(service: Service, path: str, sentence: str) -> None:
    with pytest.raises(JsonRpcException, match=sentence):
        told(server_of(service), "textDocument/rename", textDocument={"uri": uri_of(service, path)}, position=AT, newName="x")


def test_buffer_with_half_a_character_is_said(service: Service) -> None:
    with pytest.raises(JsonRpcException, match=r"a\.py is not UTF-8 text"):
        told(server_of(service, a="s = '\ud83d'\n"), "textDocument/prepareRename", textDocument={"uri": uri_of(service, "a.py")}, position=AT)


@pytest.mark.parametrize("line", [float("inf"), float("nan"), -1, 2**31, "9" * 5000, [], None])
def test_action_with_a_place_that_is_none_is_none_of_ours(service: Service, line: object) -> None:
    data = {"uri": uri_of(service, "a.py"), "position": {"line": line, "character": 0}, "new": "x"}
    with pytest.raises(JsonRpcException, match=r"none of redraft's"):
        told(server_of(service), "codeAction/resolve", title="t", data=data)


@pytest.mark.parametrize("new", ["", "a b", "1x", "\ud83d", "class"])
def test_new_name_that_is_none_is_refused(service: Service, new: str) -> None:
    before = tree(service.repository.root)
    with pytest.raises(JsonRpcException) as refused:
        told(server_of(service), "textDocument/rename", textDocument={"uri": uri_of(service, "a.py")}, position=AT, newName=new)
    assert len(str(refused.value)) < 400 and tree(service.repository.root) == before


def test_comment_of_a_file_with_a_byte_order_mark_goes_as_a_whole(service: Service) -> None:
    text = "# redraft: rename load_user to fetch_user\nprint(1)\n"
    action = told(server_of(service, marked=text), "codeAction/resolve", title="t", data={"uri": uri_of(service, "marked.py"), "request": SAYING})
    files = {path: data for path, (data, _) in tree(service.repository.root).items()}
    change = resolve_workspace_edit(action.edit, files, str(service.repository.root))
    assert isinstance(change, ChangeSet)
    made = apply(files, change)
    assert isinstance(made, Applied) and made.files["marked.py"] == b"\xef\xbb\xbfprint(1)\n"


def test_blanks_without_end_in_a_comment_cost_no_time(service: Service) -> None:
    blank = "# redraft: a" + " " * 200_000
    server = server_of(service, a=f"{blank}b\n{blank}\r\n")
    began = time.process_time()
    around = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    found = told(server, "textDocument/codeAction", textDocument={"uri": uri_of(service, "a.py")}, range=around, context={"diagnostics": []})
    assert [action.data["request"][-1] for action in found] == ["b", "a"] and time.process_time() - began < 2


def called(service: Service, tool: str, **arguments: object) -> dict[str, Any]:
    """The answer of a tool to arguments as they come over the wire."""
    found = mcp_server.build(service)._tool_manager.get_tool(tool)
    assert found is not None
    answer: dict[str, Any] = found.fn(**found.fn_metadata.validate_arguments(json.loads(json.dumps(arguments))))
    return answer


@pytest.mark.parametrize("path", ["\0", "x" * 300, "a/" * 400_000, "loop/x", "\ud83d"])
def test_path_that_names_no_file_is_said(service: Service, path: str) -> None:
    (service.repository.root / "loop").symlink_to("loop")
    began = time.process_time()
    with pytest.raises(ToolError, match="names no file|There is no") as refused:
        called(service, "plan", instruction=SAYING, paths=[path])
    assert len(str(refused.value)) < 400 and time.process_time() - began < 2


@pytest.mark.parametrize(("instruction", "sentence"), [("rename a to " + "b " * 200_000, "20000 at most"), ("", "is empty"), ("rename \ud83d to x", "not UTF-8")])
def test_instruction_that_is_none_is_said(service: Service, instruction: str, sentence: str) -> None:
    with pytest.raises(ToolError, match=sentence):
        called(service, "edit", instruction=instruction)


def test_change_with_half_a_character_is_said(service: Service) -> None:
    with pytest.raises(ToolError, match="half a character"):
        called(service, "apply", change="--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-\ud83d\n+x\n")


def test_answers_about_wrong_arguments_leave_a_service_that_works(service: Service) -> None:
    with pytest.raises(ToolError):
        called(service, "plan", instruction=SAYING, paths=["\0"])
    assert called(service, "edit", instruction=SAYING)["outcome"] == "proposed"
