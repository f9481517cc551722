"""`redraft log`: the published edits of a repository, latest first."""

from __future__ import annotations

import time
from pathlib import Path

from agent import render
from agent.commands.undo import opened
from agent.history import Entry
from agent.journal import entries
from agent.report import json_line


def run(*, repo: Path, as_json: bool) -> int:
    found = entries(opened(repo))[::-1]
    if as_json:
        render.write_exactly(json_line([_object(entry) for entry in found]))
        return 0
    for entry in found:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.time))
        render.say(render.output(), f"{entry.id}  {when}  {entry.state.value:11}  {entry.instruction}")
    if not found:
        render.say(render.notes(), "No edits yet.")
    return 0


def _object(entry: Entry) -> dict[str, object]:
    return {
        "entry": entry.id,
        "time": entry.time,
        "state": entry.state.value,
        "instruction": entry.instruction,
        "undoes": entry.undoes,
        "files": list(entry.files),
    }
