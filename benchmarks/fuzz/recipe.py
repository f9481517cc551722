"""Batch recipes, and what lies in the folder of a batch: a value, or sentences with lines."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from agent.batch.decide import Decision
from agent.batch.ledger import Ledger
from agent.batch.recipe import Recipe
from agent.batch.recipe_file import load
from agent.batch.worker import decoded
from agent.errors import UserError

MAX_LENGTH = 8192
_PLACE = Path(tempfile.mkdtemp(prefix="redraft-fuzz-")).resolve()
_IDENTITY = {"recipe": "a", "engine": "b"}
WHOLE = b"""version: 1
edits:
  - rename load_user to fetch_user
  - request: "rename: a to b"
    paths: [./src/]
    only: ["*.py"]
repositories:
  - ../many/*
  - {path: one, name: one, tests: pytest, exclude: [docs/*]}
exclude: [vendor/*]
checks: {tests: make test, max-seconds: 5, max-rounds: 1}
result: {to: branch, branch: redraft/x, message: Fetch}
on-failure: skip-repository
seed: 7
"""
_LEDGER = [{"kind": "run", "format": 1, **_IDENTITY}, {"kind": "begun", "repository": "one", "base": "", "archive": "0a"},
           {"kind": "decided", "repository": "one", "edit": 0, "outcome": "declined", "reason": "no such name", "change": ""},
           {"kind": "landing", "repository": "one", "mark": "0a"},
           {"kind": "landed", "repository": "one", "outcome": "left", "reason": "", "where": "0a", "edits": [0]}, {"kind": "again", "repository": "one"}]  # fmt: skip
SEEDS = [
    WHOLE,
    b"version: 1\nedits: [x]\n",
    b"version: 1\nedits:\n  - like: a.diff\nresult: patch\n",
    b"version: 1\nedits: [x]\nseed: " + b"9" * 5000 + b"\n",
    b"version: 1\nedits: [x]\nchecks: {max-seconds: .inf}\n",
    b"seed: 1" + b":00" * 2000,
    b"a: &a [*a]\n",
    b"[" * 5000,
    b"\n".join(json.dumps(line).encode() for line in _LEDGER),
    *(b"\n".join(json.dumps(line).encode() for line in (_LEDGER[0], line)) for line in _LEDGER[1:]),
    json.dumps(_LEDGER[2]).encode(),
]
WORDS = [b"version: 1\n", b"edits:\n  - ", b"request: ", b"paths: [", b"repositories:\n  - ", b"path: ", b"result: {to: branch, branch: ", b"checks: {max-seconds: ",
         b"seed: ", b"workers: ", b"!!binary ", b"!!set ", b"&a", b"*a", b"<<: ", b"? ", b".inf", b".nan", b"0x", b"0b1", b"1:60:", b"1979-05-27", b"~", b"null", b"'", b'"\\ud800"',
         b"../", b"/", b"**/", b"[a-", b'"kind":"landed"', b'"kind":"decided"', b'"repository":', b'"change":"../../x"']  # fmt: skip


def check(data: bytes) -> None:
    if _PLACE.exists():
        shutil.rmtree(_PLACE)
    (_PLACE / "batch").mkdir(parents=True)
    _recipe(data)
    (_PLACE / "batch" / "ledger.jsonl").write_bytes(data)
    try:
        with Ledger.open(_PLACE / "batch", _IDENTITY) as ledger:
            assert all(isinstance(known.decided, tuple) for known in ledger.repositories.values())
    except UserError as error:
        assert str(error)
    for line in data.decode("utf-8", "replace").split("\n"):
        try:
            assert isinstance(decoded(line), Decision)
        except ValueError as error:
            assert str(error)


def _recipe(data: bytes) -> None:
    place = _PLACE / "recipe.yaml"
    place.write_bytes(data)
    try:
        found = load(place)
        assert isinstance(found, Recipe) and found.edits
    except UserError as error:
        assert str(error)
