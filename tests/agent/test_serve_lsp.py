"""The language server driven by the library's own client, over the standard streams of a real process."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from editops import Applied, ChangeSet, apply, resolve_workspace_edit
from engine import available
from tests.agent.repos import make_repository, tree

pytest.importorskip("pygls")
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

pytestmark = pytest.mark.skipif(not available()[0].present, reason="the weights are not there")

FILES: dict[str, str | bytes] = {
    "a.py": "def load_user(x):\n    return x\n",
    "b.py": b"\xef\xbb\xbffrom a import load_user\r\n\r\ns = '\xf0\x9f\x90\x8d'; print(load_user(1))\r\n",
    "c.py": "def loadUser(x):\n    return x\n\n\nprint(loadUser(2))\n",
}
Act = Callable[[Any, Path], Awaitable[None]]


def driven(folder: Path, act: Act, *, resolves: bool = True, plain: bool = False) -> None:
    async def talk() -> None:
        client = LanguageClient("test", "1")
        root = str(Path(__file__).parents[2])
        environment = {**os.environ, "PYTHONPATH": root, "XDG_CONFIG_HOME": str(folder.parent / "none"), "OMP_NUM_THREADS": "1"}
        await client.start_io(sys.executable, "-m", "agent", "serve", "--lsp", "--repo", str(folder), env=environment, cwd=root)
        support = lsp.ClientCodeActionResolveOptions(["edit"]) if resolves else None
        able = lsp.ClientCapabilities(
            workspace=lsp.WorkspaceClientCapabilities(
                workspace_edit=None if plain else lsp.WorkspaceEditClientCapabilities(
                    document_changes=True, resource_operations=[lsp.ResourceOperationKind.Rename]
                )
            ),
            text_document=lsp.TextDocumentClientCapabilities(code_action=lsp.CodeActionClientCapabilities(resolve_support=support)),
        )
        await client.initialize_async(lsp.InitializeParams(able, root_uri=folder.as_uri(), process_id=os.getpid()))
        client.initialized(lsp.InitializedParams())
        try:
            await act(client, folder)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()

    asyncio.run(asyncio.wait_for(talk(), 400))


def opened(client: Any, folder: Path, path: str, text: str, version: int = 1) -> lsp.TextDocumentIdentifier:
    uri = (folder / path).as_uri()
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "python", version, text)))
    return lsp.TextDocumentIdentifier(uri)


def changed(client: Any, folder: Path, path: str, text: str, version: int) -> None:
    identity = lsp.VersionedTextDocumentIdentifier(version, (folder / path).as_uri())
    client.text_document_did_change(lsp.DidChangeTextDocumentParams(identity, [lsp.TextDocumentContentChangeWholeDocument(text)]))


def applied(edit: lsp.WorkspaceEdit | None, folder: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    assert edit is not None
    change = resolve_workspace_edit(edit, files, folder.as_posix())
    assert isinstance(change, ChangeSet), change
    made = apply(files, change)
    assert isinstance(made, Applied)
    return made.tree(files)


def content(folder: Path) -> dict[str, bytes]:
    return {path: data for path, (data, _) in tree(folder).items()}


def test_rename_at_a_use_changes_every_place_and_writes_nothing(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", FILES)
    before = content(tmp_path / "r")

    async def act(client: Any, folder: Path) -> None:
        document = opened(client, folder, "b.py", before["b.py"].decode("utf-8-sig"))
        at = lsp.Position(2, 17)  # behind a character of two UTF-16 units
        found = await client.text_document_prepare_rename_async(lsp.PrepareRenameParams(document, at))
        assert (found.placeholder, found.range) == ("load_user", lsp.Range(lsp.Position(2, 16), lsp.Position(2, 25)))
        edit = await client.text_document_rename_async(lsp.RenameParams(document, at, "fetch_user"))
        after = applied(edit, folder, before)
        assert after["a.py"] == b"def fetch_user(x):\n    return x\n"
        assert after["b.py"] == before["b.py"].replace(b"load_user", b"fetch_user") and after["c.py"] == before["c.py"]

    driven(tmp_path / "r", act)
    assert content(tmp_path / "r") == before


def test_rename_sees_unsaved_buffers_and_names_their_versions(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", FILES)
    unsaved = "from a import load_user\n\n# new line\nload_user(3)\nload_user(4)\n"

    async def act(client: Any, folder: Path) -> None:
        files = content(folder)
        document = opened(client, folder, "a.py", "\n\n" + files["a.py"].decode(), version=3)
        opened(client, folder, "c.py", "x = 1\n")
        changed(client, folder, "c.py", unsaved, 7)
        edit = await client.text_document_rename_async(lsp.RenameParams(document, lsp.Position(2, 5), "fetch_user"))
        buffers = {**files, "a.py": b"\n\n" + files["a.py"], "c.py": unsaved.encode()}
        after = applied(edit, folder, buffers)
        assert after["c.py"].decode() == unsaved.replace("load_user", "fetch_user") and after["a.py"].startswith(b"\n\ndef fetch_user(")
        versions = {Path(entry.text_document.uri).name: entry.text_document.version for entry in edit.document_changes}
        assert versions == {"a.py": 3, "b.py": None, "c.py": 7}

    driven(tmp_path / "r", act)


def test_answer_for_a_document_that_changed_meanwhile_is_withdrawn(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", FILES)

    async def act(client: Any, folder: Path) -> None:
        text = content(folder)["a.py"].decode()
        document = opened(client, folder, "a.py", text)
        asked = client.text_document_rename_async(lsp.RenameParams(document, lsp.Position(0, 5), "fetch_user"))
        changed(client, folder, "a.py", text + "# more\n", 2)
        with pytest.raises(JsonRpcException) as refused:
            edit = await asked
            # Where the change came before the work had begun, the answer is for the new version.
            assert edit.document_changes[0].text_document.version == 2
            raise JsonRpcException("", -32801)
        assert refused.value.code == -32801

    driven(tmp_path / "r", act)


def test_what_cannot_be_renamed_is_said(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", {**FILES, "d.py": "def taken(): ...\n\n\ndef other(y):\n    local = y\n    return local\n"})

    async def act(client: Any, folder: Path) -> None:
        document = opened(client, folder, "d.py", content(folder)["d.py"].decode())
        assert await client.text_document_prepare_rename_async(lsp.PrepareRenameParams(document, lsp.Position(4, 6))) is None
        for new, said in (("taken", "already a function"), ("not a name", "cannot be the new name")):
            with pytest.raises(JsonRpcException, match=said):
                await client.text_document_rename_async(lsp.RenameParams(document, lsp.Position(3, 5), new))
        outside = lsp.TextDocumentIdentifier((folder.parent / "x.py").as_uri())
        assert await client.text_document_rename_async(lsp.RenameParams(outside, lsp.Position(0, 0), "x")) is None

    driven(tmp_path / "r", act)


def test_module_rename_renames_the_file_where_the_editor_can(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", FILES)

    async def act(client: Any, folder: Path) -> None:
        document = opened(client, folder, "b.py", content(folder)["b.py"].decode("utf-8-sig"))
        edit = await client.text_document_rename_async(lsp.RenameParams(document, lsp.Position(0, 5), "alpha"))
        after = applied(edit, folder, content(folder))
        assert "alpha.py" in after and b"from alpha import load_user" in after["b.py"]

    driven(tmp_path / "r", act)


def test_comment_becomes_a_code_action_and_goes_with_it(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", FILES)

    async def act(client: Any, folder: Path) -> None:
        files = content(folder)
        text = "# redraft: rename load_user to fetch_user\n" + files["a.py"].decode()
        document = opened(client, folder, "a.py", text)
        line = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
        (action,) = await client.text_document_code_action_async(lsp.CodeActionParams(document, line, lsp.CodeActionContext([])))
        assert action.title == "redraft: rename load_user to fetch_user" and action.edit is None
        done = await client.code_action_resolve_async(action)
        after = applied(done.edit, folder, {**files, "a.py": text.encode()})
        assert after["a.py"] == b"def fetch_user(x):\n    return x\n" and after["b.py"] == files["b.py"].replace(b"load_user", b"fetch_user")

    driven(tmp_path / "r", act)


def test_name_against_the_convention_is_offered_whole_to_a_plain_editor(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", FILES)

    async def act(client: Any, folder: Path) -> None:
        files = content(folder)
        document = opened(client, folder, "c.py", files["c.py"].decode())
        word = lsp.Range(lsp.Position(4, 8), lsp.Position(4, 8))
        (action,) = await client.text_document_code_action_async(lsp.CodeActionParams(document, word, lsp.CodeActionContext([])))
        assert action.title == "redraft: rename loadUser to load_user" and action.edit.changes
        assert applied(action.edit, folder, files)["c.py"] == files["c.py"].replace(b"loadUser", b"load_user")

    driven(tmp_path / "r", act, resolves=False, plain=True)
