"""`redraft serve`: one repository for other agents (MCP) or editors (LSP), on standard input and output."""

from __future__ import annotations

import gc
import importlib
import importlib.util
from pathlib import Path

from agent.commands.edit import isolation_wanted
from agent.errors import UserError
from agent.request import required_tests
from agent.sandbox import Isolation, find
from agent.serve.service import Service
from agent.settings import load
from agent.worktree import Repository

_NEEDS = {"mcp_server": "mcp", "lsp_server": "pygls"}


def run(*, mcp: bool, lsp: bool, repo: Path, tests: str | None, no_sandbox: bool) -> int:
    if mcp == lsp:
        raise UserError("Say which protocol to speak: --mcp for agents, --lsp for editors.")
    gc.enable()  # Unlike other commands, this one stays.
    repository = Repository.open(repo)
    settings = load(repository.root)
    command = required_tests(tests, settings.tests)
    isolated = not no_sandbox and (command is None or isolation_wanted(find(), False, input))
    service = Service(repository, settings, command, Isolation(isolated, settings.readable))
    name = "mcp_server" if mcp else "lsp_server"
    if importlib.util.find_spec(_NEEDS[name]) is None:
        raise UserError(f"{_NEEDS[name]} is not installed: pip install 'redraft[serve]'.")
    importlib.import_module(f"agent.serve.{name}").serve(service)
    return 0
