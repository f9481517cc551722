"""The hook of plain git: a script in the repository's hooks folder, put there on request, in front of nothing and over nothing.

A hook that stands there already is kept under another name and run first. Whatever this module did not write, it does not touch.
"""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from agent.errors import HookInTheWay
from agent.worktree import Repository

NAME = "pre-commit"
FORMER = "pre-commit.before-redraft"
"""Where a hook that was there before is kept."""
_MARK = "# Written by `redraft hook install`; `redraft hook uninstall` takes it away."
_SCRIPT = """#!/bin/sh
{mark}
here=$(dirname "$0")
if [ -x "$here/{former}" ]; then
    "$here/{former}" "$@" || exit $?
fi
redraft={command}
if [ ! -x "$redraft" ]; then
    redraft=$(command -v redraft) || {{ echo "redraft: not installed any more, so nothing was looked at." >&2; exit 0; }}
fi
exec "$redraft" hook{options}
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """Where the hook is, and what it runs first."""

    place: Path
    former: Path | None


def install(repository: Repository, *, fix: bool) -> Installed:
    """Write the hook; again with other options is fine."""
    folder = _folder(repository)
    place, former = folder / NAME, folder / FORMER
    folder.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(place) and not _is_ours(place):
        if os.path.lexists(former):
            raise HookInTheWay(place, f"{former.name} is there as well: join the two, or move one away")
        # Renaming keeps a link a link.
        place.rename(former)
    text = _SCRIPT.format(mark=_MARK, former=FORMER, command=shlex.quote(_command()), options=" --fix" if fix else "")
    fresh = folder / f".{NAME}.redraft"
    fresh.write_text(text, encoding="utf-8", newline="\n")
    fresh.chmod(fresh.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    fresh.replace(place)
    return Installed(place, former if os.path.lexists(former) else None)


def uninstall(repository: Repository) -> Installed | None:
    """Take the hook away and put back what was there before; None: it was not installed."""
    folder = _folder(repository)
    place, former = folder / NAME, folder / FORMER
    if not _is_ours(place):
        return None
    place.unlink()
    if not os.path.lexists(former):
        return Installed(place, None)
    former.rename(place)
    return Installed(place, place)


def _folder(repository: Repository) -> Path:
    """Where git looks for this repository's hooks; a folder outside it serves other repositories too, and is not ours to write to."""
    folder = Path(os.path.normpath(repository.hooks_folder())).resolve()
    own = (repository.root, repository.git_dir, repository.common_dir)
    if not any(folder.is_relative_to(place.resolve()) for place in own):
        raise HookInTheWay(folder, "core.hooksPath leads outside this repository, where other repositories use it too: add `redraft hook` there by hand")
    return folder


def _is_ours(place: Path) -> bool:
    try:
        return place.is_file() and not place.is_symlink() and _MARK in place.read_text(encoding="utf-8", errors="replace").splitlines()[:3]
    except OSError:
        return False


def _command() -> str:
    """The script that runs this redraft; the bare name where it cannot be told."""
    beside = Path(sys.executable).parent / "redraft"
    return str(beside) if beside.is_file() else shutil.which("redraft") or "redraft"
