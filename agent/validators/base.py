"""What every validator sees and answers, and the rule that old failures do not count.

Knows nothing of the single checks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from agent.sandbox import Isolation
from agent.worktree import Staged
from engine import Diagnostic


@dataclass(frozen=True, slots=True)
class ValidationContext:
    """A staged change, seen from both sides."""

    before: Mapping[str, bytes]
    """Base bytes of the changed files and their neighbours, by base path."""
    after: Mapping[str, bytes]
    """The same files after the change, by their path afterwards."""
    renamed: Mapping[str, str]
    """New path of every renamed file."""
    paths: Collection[str]
    """Every file of the repository after the change."""
    read: Callable[[str], bytes | None]
    """A file of the tree after the change."""
    staged: Path
    """The worktree where tests run."""
    tests: str | None
    timeout: float
    """Seconds for one run of the tests."""
    baseline: Callable[[], AbstractContextManager[Staged]] | None = None
    """Stages the tree without the change; None: nothing is forgiven to the tests."""
    isolation: Isolation = Isolation()
    """How the tests are kept from the rest of the machine."""
    leaving: frozenset[str] = frozenset()
    """Names that the request itself takes away from where they are."""
    deleted: frozenset[str] = frozenset()
    """Definitions that the request itself deletes, as `path::Class.name`."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Old names that the request itself changes, to the new ones."""

    def origin(self, path: str) -> str:
        """Where the file at `path` was before the change."""
        return {new: old for old, new in self.renamed.items()}.get(path, path)

    def paths_before(self) -> frozenset[str]:
        return (frozenset(self.paths) - self.after.keys()) | self.before.keys()

    def read_before(self, path: str) -> bytes | None:
        return self.before[path] if path in self.before else self.read(path)


class Validator(Protocol):
    """One check of a staged change."""

    def check(self, context: ValidationContext) -> list[Diagnostic]: ...


FileCheck = Callable[[str, bytes], Iterable[Diagnostic]]


def new_failures(
    context: ValidationContext, now: FileCheck, then: FileCheck | None = None, *, neighbours: bool = True
) -> list[Diagnostic]:
    """What `now` finds in the files after the change, less what `then` (or `now`) found before it.

    Without `neighbours`, in the changed files only: for checks that look at one file at a time.
    """
    return [failure for path, data in sorted(context.after.items())
            if neighbours or context.before.get(context.origin(path)) != data
            for failure in _beyond(now(path, data), _known(context, path, then or now))]


def _known(context: ValidationContext, path: str, check: FileCheck) -> Iterator[Diagnostic]:
    origin = context.origin(path)
    if origin in context.before:
        yield from check(origin, context.before[origin])


def _beyond(found: Iterable[Diagnostic], known: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Failures of one file, as many of a kind as there are more of it than before."""
    failures = list(found)
    if not failures:
        return []
    allowed = Counter(map(_kind, known))
    fresh: list[Diagnostic] = []
    for failure in failures:
        kind = _kind(failure)
        if allowed[kind] > 0:
            allowed[kind] -= 1
        else:
            fresh.append(failure)
    return fresh


def _kind(failure: Diagnostic) -> tuple[str, str]:
    """What makes two failures the same one; a name that was bound twice still is under its new name."""
    return failure.code, "" if failure.code == "redefined" else failure.name
