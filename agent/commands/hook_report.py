"""What the commit hook says and keeps: the patch of what is left, and the command that applies it."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from agent import render
from agent.disk import DISK, at
from agent.finishing import Rest, finish
from agent.hook import Beginning
from agent.outcome import Declined, EditRequest, Published

PATCH = "hook.patch"
"""In redraft's folder of the git folder: the last patch that a hook printed."""


def run(beginning: Beginning, *, fix: bool, seconds: float, engine: str) -> int:
    request = EditRequest("finish what was begun", beginning.place.root, engine=engine, max_seconds=seconds)
    # Git runs hooks at the top of the tree; who commits in a folder below reads paths from there. Opening the repository forgets it.
    below = bool(os.environ.get("GIT_PREFIX"))
    rest = finish(request, beginning, write=fix, emit=lambda event: None)
    if rest is None:
        return 0
    notes = render.notes()
    begun = "; ".join(render.intent_line(intent) for intent in rest.plan.intents)
    if isinstance(rest.outcome, Declined):
        render.say(notes, f"redraft: unfinished: {begun}. The rest could not be made: {rest.outcome.reason}")
        return 0
    render.say(notes, f"redraft: unfinished: {begun}.")
    for place in rest.untouched:
        render.say(notes, f"redraft: {place} is in a line that is not staged: this file is left to you.")
    for place in rest.unknown:
        render.say(notes, f"redraft: {place} is in a file that git does not know: this file is left to you.")
    render.write_exactly(rest.diff)
    if isinstance(rest.outcome, Published):
        render.say(notes, f"redraft: written to your files, not staged. Look at it, `git add` it, commit again; back with: redraft undo {rest.outcome.entry}")
        return 1
    if rest.diff:
        render.say(notes, f"redraft: to apply it: {_command(beginning, rest, below)}")
    render.say(notes, "redraft: to commit without it: git commit --no-verify")
    return 1


def _command(beginning: Beginning, rest: Rest, below: bool) -> str:
    """The command that applies the patch, which is kept for it: after `commit -a` nothing is staged any more.

    below: whether it is read in another folder than this one.
    """
    folder = beginning.place.git_dir / "redraft"
    folder.mkdir(mode=0o700, exist_ok=True)
    place, torn = folder / PATCH, folder / f"{PATCH}.tmp"
    torn.unlink(missing_ok=True)
    DISK.create(at(torn), rest.diff.encode("utf-8", "surrogateescape"), 0o600)
    DISK.replace(at(torn), at(place))
    return f"redraft apply {shlex.quote(str(place) if below else _short(place))} --yes"


def _short(place: Path) -> str:
    relative = os.path.relpath(place)
    return relative if len(relative) < len(str(place)) else str(place)
