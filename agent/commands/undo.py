"""`redraft undo`: take back a published edit, keeping what was done since."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from agent import prompt, render
from agent.errors import NothingToUndo, UnknownEntry
from agent.journal import Entry, State, entries
from agent.publish import UndoConflict, undo
from agent.worktree import Repository

NEEDS_YES = "Nothing was taken back: run it again with --yes, or on a terminal to be asked."


def run(*, entry: str | None, repo: Path, yes: bool, as_json: bool) -> int:
    repository = Repository.open(repo)
    target = _target(repository, entry)
    if not yes:
        if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return _report("proposed", NEEDS_YES, target, as_json=as_json)
        if not prompt.confirmed(f"Take back {target.id}, {target.instruction!r}? [Y/n] ", ask=input):
            return _report("proposed", "Nothing was taken back, as you said.", target, as_json=as_json)
    match undo(repository, entry=target.id):
        case UndoConflict(paths):
            reason = f"Nothing was taken back: {', '.join(paths)} changed since in the same places."
            return _report("declined", reason, target, as_json=as_json)
        case Entry(id=made):
            return _report("published", "", target, as_json=as_json, made=made)


def _target(repository: Repository, name: str | None) -> Entry:
    standing = [found for found in entries(repository) if found.state is State.PUBLISHED and found.undoes is None]
    if name is None:
        if not standing:
            raise NothingToUndo
        return standing[-1]
    for found in standing:
        if found.id == name:
            return found
    raise UnknownEntry(name)


def _report(outcome: str, reason: str, target: Entry, *, as_json: bool, made: str | None = None) -> int:
    if as_json:
        found = {"outcome": outcome, "reason": reason, "undone": target.id if made else None, "entry": made}
        render.write_exactly(json.dumps(found) + "\n")
    elif made:
        render.say(render.output(), f"Took back {target.id}: {target.instruction}", "green")
    else:
        render.say(render.notes(), f"redraft: {reason}")
    return 0 if made else 1
