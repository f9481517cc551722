"""The MCP server driven by the SDK's own client, over the standard streams of a real process."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from editops import ChangeSet, Span, TextEdit, serialise
from engine import available
from tests.agent.repos import git, make_repository, put, tree

mcp = pytest.importorskip("mcp")
pytestmark = pytest.mark.skipif(not available()[0].present, reason="the weights are not there")

FILES: dict[str, str | bytes] = {
    "a.py": "def load_user(x):\n    return x\n",
    "b.py": "from a import load_user\n\nprint(load_user(1))\n",
    ".github/workflows/ci.yml": "run: load_user\n",
}
Calls = Callable[..., Awaitable[Any]]


def driven(folder: Path, act: Callable[[Any, Calls], Awaitable[None]]) -> None:
    """`act` with the client's session and a function that calls a tool and reads its answer."""

    async def talk() -> None:
        root = str(Path(__file__).parents[2])
        environment = {**os.environ, "PYTHONPATH": root, "XDG_CONFIG_HOME": str(folder.parent / "none"), "OMP_NUM_THREADS": "1"}
        command = ["-m", "agent", "serve", "--mcp", "--repo", str(folder)]
        parameters = mcp.StdioServerParameters(command=sys.executable, args=command, env=environment, cwd=root)
        async with mcp.stdio_client(parameters) as (reading, writing), mcp.ClientSession(reading, writing) as session:
            await session.initialize()

            async def call(tool: str, **arguments: object) -> Any:
                answer = await session.call_tool(tool, arguments)
                said = answer.content[0].text
                return said if answer.is_error else json.loads(said)

            await act(session, call)

    asyncio.run(asyncio.wait_for(talk(), 400))


def test_agent_plans_edits_applies_and_undoes(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", FILES)
    before = tree(tmp_path / "r")

    async def act(session: Any, call: Calls) -> None:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        assert set(tools) == {"plan", "edit", "apply", "undo"} and tools["edit"].input_schema["required"] == ["instruction"]
        planned = await call("plan", instruction="rename load_user to fetch_user")
        assert planned["plan"]["intents"][0]["new"] == "fetch_user"
        proposed = await call("edit", instruction="rename load_user to fetch_user")
        assert proposed["outcome"] == "proposed" and "+from a import fetch_user" in proposed["diff"] and proposed["receipt"]
        assert tree(tmp_path / "r") == before
        written = await call("apply", change=proposed["change"])
        assert written["outcome"] == "published"
        assert (tmp_path / "r/b.py").read_text() == "from a import fetch_user\n\nprint(fetch_user(1))\n"
        assert (await call("undo"))["undone"] == written["entry"]
        assert tree(tmp_path / "r") == before
        assert (await call("edit", instruction="rename load_user to fetch_user", dry_run=False))["outcome"] == "published"

    driven(tmp_path / "r", act)


def test_agent_stays_in_the_repository_and_out_of_what_is_off_limits(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", FILES)
    put(tmp_path, {"outside.py": "def load_user(): ...\n"})
    before, state = tree(tmp_path / "r"), git(tmp_path / "r", "rev-parse", "HEAD")
    patch = "--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-{1}\n+x\n"

    async def act(_: Any, call: Calls) -> None:
        assert "leads outside" in await call("edit", instruction="rename load_user to fetch_user", paths=["../outside.py"], dry_run=False)
        special = ".github/workflows/ci.yml"
        named = await call("edit", instruction=f"rename load_user to fetch_user in {special}", paths=[special], only=[special], dry_run=False)
        assert named["outcome"] == "declined"
        assert "continuous integration" in await call("apply", change=patch.format(special, "run: load_user"))
        for place in ("../outside.py", ".git/config"):
            answer = await call("apply", change=patch.format(place, "def load_user(): ..."))
            assert isinstance(answer, str) or answer["outcome"] == "declined"
        assert "cannot be applied" in await call("apply", change="rm -rf /")
        assert "nothing to undo" in await call("undo")

    driven(tmp_path / "r", act)
    assert tree(tmp_path / "r") == before and git(tmp_path / "r", "rev-parse", "HEAD") == state
    assert (tmp_path / "outside.py").read_text() == "def load_user(): ...\n"


def test_answer_about_text_that_is_not_utf8_is_still_json(tmp_path: Path) -> None:
    text = b"caf\xe9\nold\n"
    make_repository(tmp_path / "r", {"menu.txt": text})
    change = serialise(ChangeSet.of([TextEdit.on("menu.txt", text, Span(5, 8), b"new")], {"menu.txt": text}))

    async def act(session: Any, call: Calls) -> None:
        answer = await call("apply", change=change)
        assert answer["outcome"] == "published" and " caf\ufffd\n-old\n+new\n" in answer["diff"]

    driven(tmp_path / "r", act)
    assert (tmp_path / "r/menu.txt").read_bytes() == b"caf\xe9\nnew\n"
