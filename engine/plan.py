"""The plan: what an instruction asks for, as values; and why an instruction could not be understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from engine.evidence import Entity, qualified
from engine.values import Value


class Action(str, Enum):
    """What can be asked for."""

    RENAME = "rename"
    MOVE = "move"
    """Definitions into a module, existing or new; a module into another one (merged) or to another path."""
    DELETE = "delete"
    """Definitions, modules or parameters."""
    REPLACE = "replace"
    """Every use of a definition by another one; the definition itself stays."""
    ADD = "add parameter"
    REORDER = "reorder parameters"
    KEYWORD = "keyword-only parameters"
    BUNDLE = "parameters into a dataclass"
    FUNCTION = "method to function"
    METHOD = "function to method"
    GROUP = "functions into a class"
    STATIC = "static method"
    CLASSMETHOD = "class method"
    PROPERTY = "property"


class Calls(str, Enum):
    """Which calls pass a value that was asked for."""

    CODE = "code"
    TESTS = "tests"
    RECURSIVE = "recursive"


class Order(str, Enum):
    """How a text says where parameters go."""

    WHOLE = "whole"
    """All of them in a row (REORDER); the usual place (ADD)."""
    SWAP = "swap"
    FIRST = "first"
    LAST = "last"
    BEFORE = "before"
    """The first one that is named directly in front of the second (REORDER); the added one in front of the one that is named (ADD)."""
    AFTER = "after"


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
    """One thing that is asked for."""

    target: Entity
    new: str = ""
    """New name (RENAME, FUNCTION, METHOD; empty: the old one), parameter (ADD), class (GROUP, BUNDLE)."""
    confidence: float = 1.0
    """Lowest probability among the slots that this intent was read from."""
    action: Action = Action.RENAME
    others: tuple[Entity, ...] = ()
    """Further targets, in the order of the text (MOVE, DELETE, ADD, GROUP, STATIC, CLASSMETHOD, PROPERTY)."""
    to: str = ""
    """Path of the module that it goes to, which may not exist yet (MOVE, BUNDLE; a folder ends in '/');
    `path::Class` (METHOD); `path::name`, or a dotted name from outside (REPLACE)."""
    type: str = ""
    """Annotation of an added parameter, as code."""
    default: str = ""
    """Its default value, as code; empty: none."""
    values: Mapping[Calls, str] = field(default_factory=dict)
    """What calls pass for it, as code."""
    keyword: bool = False
    """Whether it is to be keyword-only."""
    parameters: tuple[str, ...] = ()
    """Names of parameters (REORDER; KEYWORD; BUNDLE; ADD: the one that it goes before or after)."""
    order: Order = Order.WHOLE
    """What becomes of the parameters (REORDER), where a new one goes (ADD)."""
    effect: str = ""
    """What the text says that an added parameter does, in its words."""

    @property
    def targets(self) -> tuple[Entity, ...]:
        """All of them."""
        return (self.target, *self.others)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that was understood."""

    intents: tuple[Intent, ...]
    only: tuple[Place, ...] = ()
    exclude: tuple[Place, ...] = ()
    keep_alias: bool = False
    unread: tuple[str, ...] = ()
    """Names of the text of which nothing is asked."""


Blamed = tuple[tuple[int, Value], ...]
"""Slots of the plan canvas, and the values of theirs that can't stand beside the others."""


class Why(str, Enum):
    """Reasons not to have a plan."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    UNSUPPORTED = "unsupported"
    NOTHING_MATCHES = "nothing-matches"
    AMBIGUOUS = "ambiguous"
    NO_NEW_NAME = "no-new-name"
    NO_DESTINATION = "no-destination"
    NO_PARAMETERS = "no-parameters"
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
    blamed: Blamed = ()
    """Nothing where the text itself is at fault."""

    @classmethod
    def clashing(cls, intent: Intent, taken: Entity) -> NotUnderstood:
        """The new name is taken in the scope of the target."""
        sentence = f"{intent.new} is already a {taken.kind.value} there ({taken.path}:{taken.line}): choose another name for {intent.target.name}."
        return cls(Why.NAME_CLASH, sentence, (qualified(taken),))
