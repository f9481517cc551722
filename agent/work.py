"""What the loop needs of whoever turns a plan into changes: a change set, and another one when diagnostics blame it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from agent.events import Denoised
from agent.run import Run
from editops import Applied, ChangeSet
from engine import Diagnostic, StepEvent


@dataclass(frozen=True, slots=True)
class Made:
    """A change set over the user's tree."""

    change: ChangeSet
    files: Mapping[str, bytes]
    """Base bytes of the changed files, and of those that it can break."""


class Work(Protocol):
    """A plan on its way to a change set."""

    def made(self) -> Made | str:
        """What the decisions come to, or a sentence that says why it is nothing."""
        ...

    def reconsidered(self, diagnostics: tuple[Diagnostic, ...], applied: Applied) -> bool:
        """Re-noise the decisions that the diagnostics blame; whether any of them changed."""
        ...


def present(run: Run, paths: set[str]) -> dict[str, bytes]:
    """The bytes of the files that there are."""
    return {path: data for path in sorted(paths) if (data := run.tree.data(path)) is not None}


def stepped(run: Run, event: StepEvent) -> None:
    """Tell whoever listens what one denoising step did."""
    run.emit(Denoised(event.step, event.slots, event.settled, event.revised))
