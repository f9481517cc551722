"""What programs print: failures read from a test run, git's answers, and hostile text on its way to a terminal."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from rich.console import Console

from agent import render
from agent.spelling import BIDI
from agent.validators.output import failures, last_place
from agent.worktree import _COUNT, _LINE
from benchmarks.fuzz.material import hostile_texts
from engine import Source

MAX_LENGTH = 8192
_FOLDER = Path(tempfile.mkdtemp(prefix="redraft-fuzz-")).resolve()
(_FOLDER / "tests").mkdir()
(_FOLDER / "tests" / "test_a.py").write_text("def test_a(): ...\n")
PYTEST = b"""=================================== FAILURES ===================================
____________________________________ test_a ____________________________________

    def test_a():
>       load()
E       NameError: name 'load' is not defined

tests/test_a.py:3: NameError
=========================== short test summary info ============================
FAILED tests/test_a.py::test_a - NameError: name 'load' is not defined
ERROR tests/test_a.py - ImportError: cannot import name 'load' from 'pkg'
"""
UNITTEST = b"""FAIL: test_b (tests.test_a.T.test_b)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "tests/test_a.py", line 4, in test_b
TypeError: f() got an unexpected keyword argument 'x'
TypeError: f() missing 2 required positional arguments: 'a' and 'b'
AttributeError: module 'm' has no attribute 'n'
ModuleNotFoundError: No module named 'pkg.old'
"""
GREP = b"a.py\x001:def load\nb c\n.py\x0022\x00x = 1\npath\x007\n"
SEEDS = [PYTEST, UNITTEST, GREP, *(text.encode("utf-8", "surrogateescape") for text in hostile_texts()[:150])]
WORDS = [b"E   ", b"  File \"", b"\", line ", b"tests/test_a.py:3: ", b"NameError: name '", b"FAILED ", b"ERROR ", b"::", b" - ", b"AttributeError: ", b"TypeError: ",
         b"99999999999999999999", b"\xd9\xa3", b"\x1b[2J", b"\x1b]0;", b"\xe2\x80\xae", b"\xc2\x9b", b"\x00", b"\r", b"../", b"[red]", b"\x85"]  # fmt: skip


def check(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    found = failures(text, _FOLDER)
    assert found and all(one.source is Source.TESTS and one.line >= 0 for one in found)
    assert all(not one.path.startswith("/") and ".." not in Path(one.path).parts for one in found if one.code != "test-failed")
    path, line = last_place(text, _FOLDER)
    assert line >= 0 and not path.startswith("/")
    for pattern in (_COUNT, _LINE):
        for match in pattern.finditer(data):
            int(match[2])
    _shown(data.decode("utf-8", "surrogateescape"))


def _shown(text: str) -> None:
    """Nothing that moves the cursor or reorders a line reaches a terminal."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=False, width=100, highlight=False, soft_wrap=True)
    safe = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    render.say(console, safe)
    render.print_diff(console, safe)
    printed = out.getvalue()
    assert not set(printed) & BIDI and "\x1b" not in printed and "\x9b" not in printed
