"""The executable bit of files: what a change makes of their permissions, and which of its mode changes are needed at all.

A change set knows one bit, as git does; a disk knows nine. Systems without the bit have nothing to change.
"""

from __future__ import annotations

import os
from pathlib import Path

from agent.containment import permissions
from editops import ChangeMode, ChangeSet

_OWNER = 0o100
_ALL = 0o111


def is_executable(permission: int) -> bool:
    """As git sees it: for the owner."""
    return bool(permission & _OWNER)


def with_bit(permission: int, executable: bool) -> int:
    """The permissions with the bit for whoever may read the file, or for nobody."""
    return permission | (permission & 0o444) >> 2 | _OWNER if executable else permission & ~_ALL


def needed(root: Path, change: ChangeSet) -> ChangeSet:
    """The change without the modes that its files have already."""
    return change.without(op for op in change.ops if isinstance(op, ChangeMode) and not _is_other(root / op.path, op.executable))


def _is_other(place: Path, executable: bool) -> bool:
    present = permissions(place) if os.name == "posix" else None
    return present is not None and is_executable(present) is not executable
