"""What every action reads and gives back: the repository as text, the places that are meant, and the texts afterwards.

Which places are meant is the denoiser's decision; an action prints what follows from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.evidence import Entity, Project
from engine.plan import Intent
from engine.sites import Candidate


@dataclass(frozen=True, slots=True)
class Asked:
    """One intent over the repository as it stands."""

    intent: Intent
    project: Project
    meant: Sequence[Candidate]
    """Places that stand for a target (definitions, imports, uses, strings, text), by path and offset."""
    keep_alias: bool = False
    """Whether the old name or place is to go on working (MOVE: the old module re-exports)."""
    begun: bool = False
    """Whether the user has done a part of it: nothing goes along that they have left, and a body may use what is to be added."""

    def of(self, path: str) -> list[Candidate]:
        """What is meant in one file, in order."""
        return sorted((place for place in self.meant if place.path == path and place.start >= 0), key=lambda place: place.start)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The files that an action changes."""

    texts: Mapping[str, str | None]
    """Path to the new text, without a byte-order mark; None where the file goes away."""
    relocated: Mapping[Entity, Entity] = field(default_factory=dict)
    """Targets to what has become of them (name, owner and path are enough), for the intents that follow."""
    notes: tuple[str, ...] = ()
    """Sentences for the receipt: what was left to the user, and why."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why it can't be done, in a sentence for the user."""

    sentence: str


@dataclass(slots=True)
class Sheet:
    """Changes of one text, collected in any order; they must not overlap."""

    text: str
    _changes: list[tuple[int, int, str]] = field(default_factory=list)

    def replace(self, start: int, end: int, after: str) -> None:
        """text[start:end] becomes `after`; insertions at one place keep their order."""
        if self.text[start:end] != after:
            self._changes.append((start, end, after))

    def take(self, start: int, end: int) -> str:
        """The text of a range with the changes inside it, which are taken out of the sheet; the range itself stays."""
        inside = [change for change in self._changes if start <= change[0] and change[1] <= end]
        self._changes = [change for change in self._changes if change not in inside]
        piece = Sheet(self.text[start:end], [(first - start, last - start, after) for first, last, after in inside])
        return piece.result()

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing has been changed in a range yet."""
        return all(last <= start or first >= end for first, last, _ in self._changes)

    def insert(self, at: int, text: str) -> None:
        """New text in front of a place."""
        self.replace(at, at, text)

    def result(self) -> str:
        """The text with all changes; raises ValueError where two overlap that don't both take something out."""
        pieces: list[str] = []
        last = 0
        removes = False
        for start, end, after in sorted(self._changes, key=lambda change: (change[0], change[1])):
            if start < last and not (removes and not after):
                raise ValueError(f"two changes overlap at {start}")
            pieces += [self.text[last:start], after]
            last, removes = max(last, end), not after
        return "".join(pieces) + self.text[last:]


class Sheets(dict[str, Sheet]):
    """Sheets by path, opened on first use."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self._project = project

    def __missing__(self, path: str) -> Sheet:
        self[path] = sheet = Sheet(self._project.text(path) or "")
        return sheet

    def results(self, paths: Iterable[str] | None = None) -> dict[str, str]:
        """The texts that have changed."""
        made = {path: self[path].result() for path in (list(self) if paths is None else paths)}
        return {path: text for path, text in made.items() if text != (self._project.text(path) or "")}
