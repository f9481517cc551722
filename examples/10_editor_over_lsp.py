"""An editor asks for a rename over the Language Server Protocol, with a change in its buffer that is not saved yet."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

SAVED = "from basket import total_price\n\nprint(total_price([]))\n"
BUFFER = "from basket import total_price\n\nprint(total_price([]))\nprint(total_price([1]))  # not saved\n"


async def talk(folder: Path) -> None:
    client = LanguageClient("example", "1")
    await client.start_io(sys.executable, "-m", "agent", "serve", "--lsp", "--repo", str(folder))
    able = lsp.ClientCapabilities(lsp.WorkspaceClientCapabilities(workspace_edit=lsp.WorkspaceEditClientCapabilities(document_changes=True)))
    await client.initialize_async(lsp.InitializeParams(able, root_uri=folder.as_uri()))
    client.initialized(lsp.InitializedParams())
    uri = (folder / "till.py").as_uri()
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "python", 4, BUFFER)))
    where = lsp.Position(3, 10)
    edit = await client.text_document_rename_async(lsp.RenameParams(lsp.TextDocumentIdentifier(uri), where, "amount_due"))
    for document in edit.document_changes:
        lines = [change.range.start.line + 1 for change in document.edits]
        print(Path(document.text_document.uri).name, "version", document.text_document.version, "lines", lines)
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "basket.py").write_text("def total_price(items):\n    return sum(items)\n")
        (folder / "till.py").write_text(SAVED)
        subprocess.run(["git", "init", "--quiet", name], check=True)
        asyncio.run(talk(folder))


if __name__ == "__main__":
    main()
