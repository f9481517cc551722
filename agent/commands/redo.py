"""`redraft redo`: put back an edit that was taken back, keeping what was done since."""

from __future__ import annotations

from pathlib import Path

from agent.commands.undo import Wording, carry_out, opened
from agent.history import to_redo
from agent.journal import entries
from agent.publish import redo

WORDING = Wording("Put back", "Put back", "Nothing was put back", "redone")


def run(*, entry: str | None, repo: Path, yes: bool, as_json: bool) -> int:
    repository = opened(repo)
    target = to_redo(entries(repository), entry).edit
    return carry_out(WORDING, target, lambda: redo(repository, entry=target.id), yes=yes, as_json=as_json)
