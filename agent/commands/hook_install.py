"""`redraft hook install` and `redraft hook uninstall`: the hook of plain git."""

from __future__ import annotations

from pathlib import Path

from agent import render
from agent.hook_script import install, uninstall
from agent.worktree import Repository


def run(*, repo: Path, fix: bool, remove: bool) -> int:
    # What is in progress does not matter: nothing but the hooks folder is written to.
    repository = Repository.open(repo, at_rest=False)
    notes = render.notes()
    if remove:
        gone = uninstall(repository)
        if gone is None:
            render.say(notes, "There is no hook of redraft in this repository.")
            return 1
        back = ", and the hook that was there before is back" if gone.former else ""
        render.say(notes, f"Took {gone.place} away{back}.")
        return 0
    made = install(repository, fix=fix)
    first = f" It runs {made.former.name}, which was there before, first." if made.former else ""
    render.say(notes, f"Installed {made.place}.{first} Take it away with: redraft hook uninstall", "green")
    return 0
