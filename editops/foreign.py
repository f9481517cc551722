"""What came from elsewhere and is well-formed, but does not fit the files at hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .apply import Invalid
from .changeset import ChangeSet, Safety
from .draft import Draft
from .errors import EditError
from .ops import Op

MAX_ROUNDS = 1_000
"""Steps of one input that are made on one another."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """Nothing can be made of it with these files."""

    path: str
    """Empty where no single file is to blame."""
    reason: str


class Misfit(Exception):
    """Carries an `Unfit` from a detail to the reader's root."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.unfit = Unfit(path, reason)


@dataclass(slots=True)
class Rounds:
    """Operations collected into as few steps as will do: one ends where a file is met again."""

    draft: Draft
    _ops: list[Op] = field(default_factory=list)
    _met: set[str] = field(default_factory=set)
    _count: int = 0

    @property
    def files(self) -> Mapping[str, bytes]:
        """What the operations of this round are made against."""
        return self.draft.tree

    def meets(self, paths: Iterable[str]) -> None:
        """Begin a new round if one of the paths was met in this one."""
        if not self._met.isdisjoint(paths):
            self.end()

    def add(self, ops: Iterable[Op], paths: Iterable[str]) -> None:
        self._ops += ops
        self._met.update(paths)

    def end(self) -> None:
        self._count += 1
        if self._count > MAX_ROUNDS:
            raise Misfit("", f"more than {MAX_ROUNDS} steps that build on one another")
        ops, self._ops = self._ops, []
        self._met.clear()
        try:
            outcome = self.draft.then(ChangeSet.of(ops, self.draft.tree))
        except EditError as error:
            raise Misfit("", str(error)) from error
        if isinstance(outcome, Invalid):
            raise Misfit(outcome.path, outcome.reason)

    def change(self) -> ChangeSet:
        self.end()
        return self.draft.change(Safety.ASK)
