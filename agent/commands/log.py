"""`redraft log`: the published edits of a repository, latest first."""

from __future__ import annotations

import json
import time
from pathlib import Path

from agent import render
from agent.journal import Entry, entries
from agent.worktree import Repository
from editops import Malformed, parse


def run(*, repo: Path, as_json: bool) -> int:
    found = entries(Repository.open(repo))[::-1]
    if as_json:
        render.write_exactly(json.dumps([_object(entry) for entry in found], ensure_ascii=False) + "\n")
        return 0
    for entry in found:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.time))
        render.say(render.output(), f"{entry.id}  {when}  {entry.state.value:11}  {entry.instruction}")
    if not found:
        render.say(render.notes(), "No edits yet.")
    return 0


def _object(entry: Entry) -> dict[str, object]:
    change = parse(entry.change)
    return {
        "entry": entry.id,
        "time": entry.time,
        "state": entry.state.value,
        "instruction": entry.instruction,
        "undoes": entry.undoes,
        "files": [] if isinstance(change, Malformed) else sorted(change.touched()),
    }
