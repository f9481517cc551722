"""What another agent sends to the MCP server: tools and arguments as the protocol library lets them through, before a real repository.

A sentence (`ToolError`) or an answer that can be sent comes out, and nothing is written outside the repository, nor by a dry run.
"""

from __future__ import annotations

import json
import logging
import tempfile
from pathlib import Path
from typing import Any

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import ValidationError

from agent.serve.mcp_server import build
from agent.serve.service import Service
from agent.settings import Settings
from benchmarks.fuzz.instruction import Gullible
from tests.agent.repos import git, make_repository, put, tree

MAX_LENGTH = 2048
FILES: dict[str, str | bytes] = {
    "a.py": "def load_user(x):\n    return x\n\n\nclass Shelf:\n    def put_back(self):\n        return load_user(1)\n",
    "src/b.py": b"\xef\xbb\xbffrom a import load_user\r\nprint(load_user(1))\r\n",
    "latin.py": b"s = '\xe9'\nload_user = 1\n",
    ".github/workflows/ci.yml": "run: load_user\n",
}
_PLACE = Path(tempfile.mkdtemp(prefix="redraft-fuzz-")).resolve()
_REPOSITORY = make_repository(_PLACE / "r", FILES)
_ROOT = _REPOSITORY.root
put(_PLACE / "outside", {"secret.py": "def load_user(): ...\n"})
(_ROOT / "link").symlink_to(_PLACE / "outside")
(_ROOT / "loop").symlink_to("loop")
_OUTSIDE, _BEFORE = tree(_PLACE / "outside"), tree(_ROOT)
_CONFIG = (_ROOT / ".git" / "config").read_bytes()
_PATCH = "--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-{1}\n+{2}\n"
_TEXTS = (
    _PATCH.format("a.py", "def load_user(x):", "def load_user(x, y=0):"),
    _PATCH.format("../outside/secret.py", "def load_user(): ...", "x"), _PATCH.format("link/secret.py", "def load_user(): ...", "x"), _PATCH.format(".git/config", "[core]", "x"),
    '{"redraft":1,"base":{},"safety":"ask"}\n{"op":"create","path":"n.py","content":"x = 1\\n"}\n',
    '{"documentChanges":[{"kind":"create","uri":"file:///r/n.py"}]}',
)  # fmt: skip


def _seed(tool: str, mood: int = 0, **arguments: object) -> bytes:
    return json.dumps({"tool": tool, "mood": mood, "arguments": arguments}).encode()


SAYING = "rename load_user to fetch_user"
SEEDS = [
    *(_seed("plan", mood, instruction=SAYING) for mood in range(4)), *(_seed("edit", mood, instruction=SAYING, paths=["src"], only=["*.py"], exclude=["**/x"]) for mood in range(4)),
    _seed("edit", instruction=SAYING, dry_run=False), _seed("edit", instruction="", paths=["../outside"]), _seed("undo"), _seed("undo", entry="0a"), _seed("undo", entry=None),
    *(_seed("plan", instruction=SAYING, paths=[path]) for path in ("\0", "x" * 300, "/", "link/secret.py", "loop/x", "~", "")),
    *(_seed("plan", instruction=SAYING, only=[glob], exclude=["["]) for glob in ("[", "**", "!x", "\0", "[z-a]", "*" * 99)),
    *(_seed("apply", change=text, only=["*"], dry_run=dry) for text in _TEXTS for dry in (True, False)),
]  # fmt: skip
WORDS = [b'"plan"', b'"edit"', b'"apply"', b'"undo"', b'"instruction":', b'"paths":[', b'"only":[', b'"exclude":[', b'"dry_run":true', b'"change":', b'"entry":', b"null", b"\\u0000", b"\\ud83d",
         b"1e999", b"../outside", b"link/", b"loop", b".git/config", b"load_user", b"rename ", b" to ", b"a.py", b"src/b.py", b"**", b"[!", b"--- a/", b"@@ -1 +1 @@\\n", b'"[\\"a.py\\"]"']  # fmt: skip
logging.getLogger("mcp").setLevel(logging.CRITICAL)


def check(data: bytes) -> None:
    try:
        sent: Any = json.loads(data)
        tool, arguments, mood = str(sent["tool"]), dict(sent["arguments"]), int(sent["mood"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return
    found = build(Service(_REPOSITORY, Settings(), denoiser=Gullible(mood)))._tool_manager.get_tool(tool)
    if found is None:
        return
    try:
        validated = found.fn_metadata.validate_arguments(arguments)
    except ValidationError:
        return
    try:
        answer = found.fn(**validated)
    except ToolError as error:
        assert str(error)
    else:
        found.fn_metadata.convert_result(answer).model_dump_json()
    assert tree(_PLACE / "outside") == _OUTSIDE and (_ROOT / ".git" / "config").read_bytes() == _CONFIG, "written outside"
    if tree(_ROOT) != _BEFORE:
        assert tool in ("edit", "apply", "undo") and (tool == "undo" or not validated["dry_run"]), "a dry run wrote"
        _restored()


def _restored() -> None:
    git(_ROOT, "checkout", "-q", "--", ".")
    git(_ROOT, "clean", "-qdf")
    assert tree(_ROOT).keys() == _BEFORE.keys()
