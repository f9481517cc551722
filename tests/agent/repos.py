"""Small real repositories for the tests of `agent`."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from agent.worktree import Repository

_ENV = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": os.devnull}


def git(root: Path, *args: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *args], env=os.environ | _ENV, capture_output=True, check=True)
    return done.stdout.decode()


def make_repository(root: Path, files: dict[str, str | bytes], *, commit: bool = True) -> Repository:
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q")
    git(root, "config", "user.name", "a")
    git(root, "config", "user.email", "a@example.org")
    put(root, files)
    if commit:
        git(root, "add", "-A", "--force")
        git(root, "commit", "-qm", "first")
    return Repository.open(root)


def put(root: Path, files: dict[str, str | bytes]) -> None:
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    """Bytes and mode of every file outside the git folder."""
    return {str(place.relative_to(root)): (place.read_bytes(), place.stat().st_mode)
            for place in sorted(root.rglob("*"))
            if place.is_file() and ".git" not in place.relative_to(root).parts}


def git_state(root: Path) -> dict[str, object]:
    """Digest and mode of everything in the git folder, folders too, except redraft's own."""
    git_dir, found = root / ".git", {}
    for place in sorted(git_dir.rglob("*")):
        if place.relative_to(git_dir).parts[0] != "redraft":
            digest = hashlib.sha256(place.read_bytes()).hexdigest() if place.is_file() else "folder"
            found[str(place.relative_to(git_dir))] = (digest, place.lstat().st_mode)
    return found


def folders(root: Path) -> dict[str, int]:
    """Mode of every folder outside the git folder, the empty ones too."""
    return {str(place.relative_to(root)): place.stat().st_mode for place in sorted(root.rglob("*"))
            if place.is_dir() and ".git" not in place.relative_to(root).parts}
