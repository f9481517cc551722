"""The plan: what an instruction asks for, as values; and why an instruction could not be understood."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.evidence import Entity, qualified


class Concept(str, Enum):
    """A scope that is a kind of place, not a path."""

    TESTS = "tests"
    DOCS = "docs"
    COMMENTS = "comments"
    STRINGS = "strings"


@dataclass(frozen=True, slots=True)
class Place:
    """Where changes are wanted or forbidden: a concept, or a path of the repository (a folder ends in '/')."""

    concept: Concept | None = None
    path: str = ""

    def __str__(self) -> str:
        return self.concept.value if self.concept else self.path


@dataclass(frozen=True, slots=True)
class Intent:
    """Rename one definition."""

    target: Entity
    new: str
    confidence: float = 1.0
    """Lowest probability among the slots that this intent was read from."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that was understood."""

    intents: tuple[Intent, ...]
    only: tuple[Place, ...] = ()
    exclude: tuple[Place, ...] = ()
    keep_alias: bool = False


class Why(str, Enum):
    """Reasons not to have a plan."""

    EMPTY = "empty"
    UNSUPPORTED = "unsupported"
    NOTHING_MATCHES = "nothing-matches"
    AMBIGUOUS = "ambiguous"
    NO_NEW_NAME = "no-new-name"
    BAD_NAME = "bad-name"
    NO_TARGET = "no-target"
    UNKNOWN_PLACE = "unknown-place"
    NAME_CLASH = "name-clash"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """No plan: the reason, a sentence for the user, and what they may have meant."""

    why: Why
    sentence: str
    candidates: tuple[str, ...] = ()

    @classmethod
    def clashing(cls, intent: Intent, taken: Entity) -> NotUnderstood:
        """The new name is taken in the scope of the target."""
        sentence = f"{intent.new} is already a {taken.kind.value} there ({taken.path}:{taken.line}): choose another name for {intent.target.name}."
        return cls(Why.NAME_CLASH, sentence, (qualified(taken),))
