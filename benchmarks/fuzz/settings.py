"""The user's settings: values, or one sentence."""

from __future__ import annotations

import tempfile
from pathlib import Path

from agent.errors import BadSettings
from agent.settings import Settings, load
from benchmarks.fuzz.material import hostile_texts

MAX_LENGTH = 4096
_PLACE = Path(tempfile.mkdtemp(prefix="redraft-fuzz-")).resolve()
_ROOT = _PLACE / "repo"
_ROOT.mkdir()
DOCUMENTED = b"""[tests]
readable = ["~/src/shared-library"]

[repositories."~/src/project"]
tests = "pytest -q"
readable = ["~/.cache/project-data"]
"""
SEEDS = [DOCUMENTED, *(text.encode() for text in hostile_texts() if "[tests]" in text or "tests =" in text)]
WORDS = [b"[tests]", b"readable = [", b"[repositories.", b'"~/', b'"~nobody/', b'"\\u0000"', b"tests = ", b"[[repositories]]", b"\x00", b"{", b"}", b"1979-05-27", b"inf",
         b'"""', b"'''", b"0x", b"\\U0010FFFF", b"= {a.b.c=1}", b'"' + str(_ROOT).encode() + b'"']  # fmt: skip


def check(data: bytes) -> None:
    place = _PLACE / "config.toml"
    place.write_bytes(data)
    try:
        found = load(_ROOT, place)
    except BadSettings as error:
        assert str(error)
        return
    assert isinstance(found, Settings) and (found.tests is None or isinstance(found.tests, str))
    assert all(isinstance(folder, str) for folder in found.readable)
