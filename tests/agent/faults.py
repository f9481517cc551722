"""Faults at the n-th call that changes the disk, and the question whether a tree is all before or all after."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from agent.disk import Disk


class Crash(BaseException):
    """The process is gone: from here on it changes nothing."""


class Kind(Enum):
    DEAD = "dead"
    """This call and all later ones never happen."""
    ONCE = "once"
    """This call fails, as on a broken disk; later ones work."""
    FULL = "full"
    """From this call on there is no room; what needs none works."""
    READ_ONLY = "read-only"
    """From this call on nothing can be changed, and the process lives."""


NEEDS_ROOM = frozenset({"create", "write", "mkdir", "open", "link"})


@dataclass(slots=True)
class Fault:
    at: int
    kind: Kind
    seen: int = -1

    def __call__(self, call: str, place: Path) -> None:
        self.seen += 1
        if self.seen < self.at or (self.kind is Kind.ONCE and self.seen > self.at):
            return
        if self.kind is Kind.DEAD:
            raise Crash(call)
        if self.kind is not Kind.FULL or call in NEEDS_ROOM:
            code = errno.EROFS if self.kind is Kind.READ_ONLY else errno.ENOSPC
            raise OSError(code, os.strerror(code), str(place))

    @property
    def struck(self) -> bool:
        return self.seen >= self.at


def each_fault(kind: Kind, act: Callable[[Disk], object], after: Callable[[Fault, BaseException | None], None]) -> int:
    """`act` with a fault at its first call, at its second and so on, until it has fewer calls than that; `after` gets what
    came of each. Returns the number of calls."""
    at = 0
    while True:
        fault = Fault(at, kind)
        raised: BaseException | None = None
        try:
            act(Disk(fault, chunk=400))
        except (Crash, Exception) as error:
            raised = error
        after(fault, raised)
        if not fault.struck:
            return at
        at += 1
