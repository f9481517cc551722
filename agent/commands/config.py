"""`redraft config`: every setting that holds for a repository, and where its value comes from."""

from __future__ import annotations

import json
from pathlib import Path

from rich.table import Table
from rich.text import Text

from agent import render
from agent.settings import HUB_SECONDS, PROJECT, SECONDS, config_file, load, sources
from agent.worktree import Repository


def run(*, repo: Path, as_json: bool) -> int:
    root = Repository.open(repo).root
    found, suggested = sources(root), load(root).suggested
    if as_json:
        said = {name: {"value": value, "source": source} for name, (value, source) in found.items()}
        render.write_exactly(json.dumps({"file": str(config_file()), "settings": said, "suggested-tests": suggested}) + "\n")
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("setting", "value", "from"):
        table.add_column(name, overflow="fold")
    for name, (value, source) in found.items():
        table.add_row(name, Text(_shown(name, value)), Text(source))
    render.output().print(table)
    if suggested is not None:
        render.say(render.notes(), f"{PROJECT} suggests the tests {suggested!r}. A repository's commands are not run unasked: give them "
                                   f"with --tests, or write them into {config_file()}:", "yellow")  # fmt: skip
        render.say(render.notes(), f"  [repositories.{json.dumps(str(root))}]\n  tests = {json.dumps(suggested)}")
    return 0


def _shown(name: str, value: object) -> str:
    if name == "max-seconds" and value is None:
        return f"{SECONDS:g}, or {HUB_SECONDS:g} where a hub engine may be asked"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)
