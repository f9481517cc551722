"""The seam between the loop and a large model: a request with what the repository says about it in, draft operations out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.hub.stream import DraftOp


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a file."""

    path: str
    first: int
    """1-based number of its first line."""
    text: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """What was wrong with an earlier draft."""

    path: str
    line: int
    """1-based, in the drafted tree; 0: the file or the draft as a whole."""
    message: str


@dataclass(frozen=True, slots=True)
class Task:
    """One request."""

    instruction: str
    outline: str = ""
    """The map of the repository: paths and what they define."""
    excerpts: tuple[Excerpt, ...] = ()
    names: tuple[str, ...] = ()
    """Names of the repository that the instruction speaks of."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Whole texts of the files that may change and hold one of the names, by path."""
    paths: tuple[str, ...] = ()
    """Every file that may change."""
    earlier: tuple[DraftOp, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    """What was wrong with `earlier`; empty in the first round."""
    seed: int = 0
    seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What a model that works place by place decided about one."""

    path: str
    line: int
    before: str
    after: str
    confidence: float
    """0 to 1"""
    reason: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft."""

    ops: tuple[DraftOp, ...]
    choices: tuple[Choice, ...] = ()
    passes: int = 0
    """Forward passes, where they are known: for a server, the tokens that it wrote."""
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class NotDrafted:
    """No draft, and why, in one sentence."""

    sentence: str
    again: bool = False
    """Whether the model may do better when it is told."""
    choices: tuple[Choice, ...] = ()
    passes: int = 0
    tokens: int = 0


class Drafter(Protocol):
    """Writes draft operations for a request."""

    def draft(self, task: Task, read: Callable[[DraftOp], None]) -> Drafted | NotDrafted:
        """`read` hears of every operation as soon as it is complete; raises EngineError where the model cannot be reached."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """How an engine may be opened."""

    download: bool = False
    """Fetch what is not on this machine."""
    cpu: bool = False
    """Run on a processor what is meant for an accelerator."""
    quantise: str = ""
    """`int4` or `int8`: load in so few bits."""
    trust: tuple[str, ...] = ()
    """Models whose own code may be run, by name."""
    key: str = ""
    """Sent to a server as its bearer token."""
