"""The Model Context Protocol in front of the service: four tools, over standard input and output.

Imported only when asked for: the SDK is an optional extra.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any, cast

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from agent.errors import UserError
from agent.report import json_line
from agent.serve.service import Service
from editops import EditError
from engine import EngineError

INSTRUCTIONS = (
    "Refactors one git repository from one English sentence, everywhere it is meant: renames, moves, deletes or replaces definitions, adds, "
    "removes or reorders parameters and fields, turns methods into functions and back, and more; what it cannot read it declines. Call edit "
    "(a dry run by default), read diff and receipt, then pass its `change` to apply, or call edit again with dry_run false. undo takes the "
    "last one back."
)
Instruction = Annotated[str, Field(description='What to change, in plain English: "rename load_user to fetch_user", "move Parser to parsing.py", "connect should take a timeout, a float, 30 by default".')]
Paths = Annotated[list[str], Field(description="Files or folders of the repository outside of which nothing may change.")]
Only = Annotated[list[str], Field(description="Globs: change only files that match one of them.")]
Exclude = Annotated[list[str], Field(description="Globs: leave files alone that match one of them.")]


def build(service: Service) -> MCPServer[Any]:
    """The server, not yet running."""
    server: MCPServer[Any] = MCPServer("redraft", instructions=INSTRUCTIONS, log_level="WARNING")
    reading = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    writing = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)

    @server.tool(annotations=reading)
    def plan(instruction: Instruction, paths: Paths = [], only: Only = [], exclude: Exclude = []) -> dict[str, Any]:  # noqa: B006
        """Say what an instruction is understood to mean: the action, the targets and the details of every part. Writes nothing."""
        return _answered(lambda: service.plan(instruction, paths, only, exclude))

    @server.tool(annotations=writing)
    def edit(
        instruction: Instruction,
        paths: Paths = [],  # noqa: B006
        only: Only = [],  # noqa: B006
        exclude: Exclude = [],  # noqa: B006
        dry_run: Annotated[bool, Field(description="False writes the files, if everything passes.")] = True,
    ) -> dict[str, Any]:
        """Do what the instruction says. Returns outcome, plan, receipt (a decision for every place), diff and the change itself."""
        return _answered(lambda: service.edit(instruction, paths, only, exclude, dry_run=dry_run))

    @server.tool(annotations=writing)
    def apply(
        change: Annotated[str, Field(description="The `change` of edit, a git patch, or the JSON of an LSP WorkspaceEdit.")],
        only: Only = [],  # noqa: B006
        dry_run: Annotated[bool, Field(description="True checks the change and writes nothing.")] = False,
    ) -> dict[str, Any]:
        """Check a change and write it: all of it, or nothing with the reason."""
        return _answered(lambda: service.apply(change, only, dry_run=dry_run))

    @server.tool(annotations=writing)
    def undo(
        entry: Annotated[str | None, Field(description="`entry` of the edit to take back; by default the last one.")] = None,
    ) -> dict[str, Any]:
        """Take back an edit, keeping what was done since."""
        return _answered(lambda: service.undo(entry))

    return server


def _answered(act: Callable[[], dict[str, object]]) -> dict[str, Any]:
    """What a caller can put right becomes a sentence for it; bytes that are not UTF-8 are replaced, since the protocol has no place for them."""
    try:
        return cast(dict[str, Any], json.loads(json_line(act())))
    except (UserError, EditError, EngineError) as error:
        raise ToolError(str(error)) from error


def serve(service: Service) -> None:
    build(service).run("stdio")
