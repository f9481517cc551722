"""A recipe as values: what to change, where, how to check it, and what becomes of the result."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from agent.errors import UserError


class RecipeError(UserError):
    """What is wrong with a recipe, one line a fault, each with its place."""

    def __init__(self, file: Path, faults: list[tuple[int, str]]) -> None:
        super().__init__("\n".join(f"{file.name}:{line}: {text}" if line else f"{file.name}: {text}" for line, text in faults))


class To(str, Enum):
    """What becomes of a change that has passed."""

    LEAVE = "leave"
    """It is written to the working tree; `redraft undo` takes it back."""
    COMMIT = "commit"
    """Written, and committed on the current branch."""
    BRANCH = "branch"
    """Committed on a new branch on top of HEAD; working tree, index and HEAD stay as they are."""
    PATCH = "patch"
    """A patch file; the repository stays as it is."""


class OnFailure(str, Enum):
    """What happens to a repository in which one of the edits comes to nothing."""

    SKIP_EDIT = "skip-edit"
    """The other edits land."""
    SKIP_REPOSITORY = "skip-repository"
    """Nothing lands there."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit, made in every repository."""

    request: str = ""
    """In plain English; empty where an example says it."""
    like: str = ""
    """A diff that shows the change once, relative to the recipe."""
    paths: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    example: str = ""
    """What that diff says."""

    @property
    def title(self) -> str:
        return self.request or f"like {self.like}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where repositories are: a folder or a glob."""

    pattern: str
    name: str = ""
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tests: str | None = None
    """Command for this repository instead of the recipe's."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Recipe:
    file: Path
    """Absolute; what the recipe names counts from its folder."""
    digest: str
    """Of its bytes and its place: another recipe is another batch."""
    edits: tuple[Edit, ...]
    places: tuple[Place, ...]
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tests: str | None = None
    max_seconds: float = 600.0
    """Of one edit in one repository."""
    max_rounds: int = 2
    to: To = To.LEAVE
    branch: str = ""
    message: str = ""
    """Of the commit; empty: the requests."""
    patches: str = "patches"
    on_failure: OnFailure = OnFailure.SKIP_EDIT
    engine: str = "embedded"
    seed: int = 0
    workers: int = 0
    """0: as many as there are processors, but no more than repositories."""

    @property
    def folder(self) -> Path:
        return self.file.parent
