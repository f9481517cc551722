"""Operations of git that are in progress, told by the files that they leave in the git folder. Runs nothing."""

from __future__ import annotations

from pathlib import Path

_FILES = {"MERGE_HEAD": "merge", "CHERRY_PICK_HEAD": "cherry-pick", "REVERT_HEAD": "revert",
          "rebase-merge": "rebase", "rebase-apply": "rebase"}


def under_way(git_dir: Path) -> str | None:
    """What is in progress; None: nothing."""
    return next((what for name, what in _FILES.items() if (git_dir / name).exists()), None)
