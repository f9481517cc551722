"""`redraft undo`: take back a published edit, keeping what was done since."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent import prompt, render
from agent.history import Entry, to_undo
from agent.journal import entries, recover
from agent.publish import undo
from agent.takeback import UndoConflict
from agent.worktree import Repository


@dataclass(frozen=True, slots=True)
class Wording:
    """How a command speaks of what it does."""

    ask: str
    done: str
    nothing: str
    key: str
    """Of the edit's name in the JSON object."""


WORDING = Wording("Take back", "Took back", "Nothing was taken back", "undone")


def run(*, entry: str | None, repo: Path, yes: bool, as_json: bool) -> int:
    repository = opened(repo)
    target = to_undo(entries(repository), entry).edit
    return carry_out(WORDING, target, lambda: undo(repository, entry=target.id), yes=yes, as_json=as_json)


def opened(repo: Path) -> Repository:
    """The repository, once whatever an interrupted run left is taken back."""
    repository = Repository.open(repo)
    recovery = recover(repository)
    if recovery:
        render.say(render.notes(), f"redraft: {recovery.sentence}", "yellow")
    return repository


def carry_out(
    words: Wording, edit: Entry, act: Callable[[], Entry | UndoConflict], *, yes: bool, as_json: bool
) -> int:
    """Ask about `edit` unless told not to, act, and report."""
    if not yes:
        if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return _report(words, "proposed", f"{words.nothing}: run it again with --yes, or on a terminal to be asked.",
                           edit, as_json=as_json)
        if not prompt.confirmed(f"{words.ask} {edit.id}, {edit.instruction!r}? [Y/n] ", ask=input):
            return _report(words, "proposed", f"{words.nothing}, as you said.", edit, as_json=as_json)
    match act():
        case UndoConflict(paths):
            reason = f"{words.nothing}: {', '.join(paths)} changed since in the same places."
            return _report(words, "declined", reason, edit, as_json=as_json)
        case Entry(id=made):
            return _report(words, "published", "", edit, as_json=as_json, made=made)


def _report(words: Wording, outcome: str, reason: str, edit: Entry, *, as_json: bool, made: str | None = None) -> int:
    if as_json:
        found = {"outcome": outcome, "reason": reason, words.key: edit.id if made else None, "entry": made}
        render.write_exactly(json.dumps(found) + "\n")
    elif made:
        render.say(render.output(), f"{words.done} {edit.id}: {edit.instruction}", "green")
    else:
        render.say(render.notes(), f"redraft: {reason}")
    return 0 if made else 1
