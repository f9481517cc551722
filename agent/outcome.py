"""What one run of the loop asks for and yields: plain values that every door (terminal, JSON, tests) reads.

Knows nothing about git, terminals or models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from agent.sandbox import Isolation
from editops import ChangeSet
from engine import Diagnostic, Options


@dataclass(frozen=True, slots=True)
class EditRequest:
    """One request, as the command line or a program states it."""

    instruction: str
    repository: Path
    paths: tuple[str, ...] = ()
    """Files or folders, relative to the repository, outside of which nothing may change; empty: everywhere."""
    only: tuple[str, ...] = ()
    """Globs; a file must match one of them (when there are any)."""
    exclude: tuple[str, ...] = ()
    tests: str | None = None
    """Command that must still pass in the staged worktree; None: no tests."""
    isolation: Isolation = Isolation()
    """How the tests are kept from the rest of the machine."""
    weaker_tests: bool = False
    """The user asks for tests that say less: what is deleted, skipped or weakened is listed, not refused."""
    engine: str = "embedded"
    hub: str = ""
    """Engine that is asked when the embedded one declines; empty: none."""
    options: Options = Options()
    """How a hub engine may be opened."""
    seed: int = 0
    max_seconds: float = 60.0
    max_rounds: int = 2
    """Repair rounds at most."""
    sure: float = 0.0
    """Confidence of a plan below which nothing is done: for requests whose result nobody looks at before it is written."""
    opens: bool = True
    """Whether naming a file that is off limits opens it: so it does in the user's own words, not in those of another program."""


class Decision(str, Enum):
    """What became of a site."""

    CHANGE = "change"
    KEEP = "keep"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class SiteDecision:
    """One line of the receipt."""

    path: str
    line: int
    column: int
    before: str
    after: str | None
    """What the site becomes; None where it is kept."""
    decision: Decision
    confidence: float
    """Probability of the decision under the denoiser, 0 to 1."""
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class IntentView:
    """One understood intent of the plan."""

    kind: str
    target: str
    """`path::Qual.name` of the definition."""
    old: str
    new: str
    confidence: float
    action: str = "rename"
    others: tuple[str, ...] = ()
    """Further definitions that it is done to."""
    details: Mapping[str, str] = field(default_factory=dict)
    """The other fields that were understood, by name: to, type, default, value in code, parameters."""


@dataclass(frozen=True, slots=True)
class PlanView:
    """The plan as the user sees it."""

    intents: tuple[IntentView, ...]
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    keep_alias: bool = False
    unread: tuple[str, ...] = ()
    """Names of the text of which nothing is asked."""

    @property
    def confidence(self) -> float:
        """That of its least certain request."""
        return min((intent.confidence for intent in self.intents), default=0.0)


@dataclass(frozen=True, slots=True)
class Report:
    """What is known at the end of a run, whatever its outcome."""

    instruction: str
    plan: PlanView | None = None
    receipt: tuple[SiteDecision, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    allowed: tuple[Diagnostic, ...] = ()
    """What tests no longer say, as the user asked for."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Files that could not be read or parsed, with the reason."""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Seconds by phase."""
    forward_passes: int = 0
    lexeme_passes: int = 0
    rounds: int = 0
    notes: tuple[str, ...] = ()
    """What was left to the user, and why."""
    engine: str = "embedded"
    escalated: str = ""
    """Why the embedded engine declined before this one was asked."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A validated change set that nobody has published yet."""

    change: ChangeSet
    files: Mapping[str, bytes]
    """The base bytes of every touched file."""
    diff: str
    report: Report


@dataclass(frozen=True, slots=True)
class Published:
    """The change set is in the user's tree."""

    proposal: Proposal
    entry: str
    """Journal entry, for `redraft undo`."""
    commit: str | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A dry run, or the user said no: nothing was written."""

    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing was published, with the reason in one sentence."""

    reason: str
    report: Report
    candidates: tuple[str, ...] = ()
    """Definitions or names the user may have meant."""


Outcome = Published | Proposed | Declined
