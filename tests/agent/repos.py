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


def git_state(root: Path) -> dict[str, str]:
    """Digests of everything in the git folder except the journal and loose objects."""
    found = {}
    for place in sorted((root / ".git").rglob("*")):
        name = place.relative_to(root / ".git").parts[0]
        if place.is_file() and name not in ("redraft", "objects"):
            found[str(place)] = hashlib.sha256(place.read_bytes()).hexdigest()
    return found
