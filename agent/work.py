"""What the loop needs of whoever turns a plan into changes: a change set, and another one when diagnostics blame it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from agent.events import Denoised
from agent.locator import Tree, texts_of
from agent.run import Run
from editops import Applied, ChangeSet
from engine import Decided, Diagnostic, Intent, IntentSites, Plan, StepEvent, clamped, denoise_sites, open_sites


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


def denoised(run: Run, tree: Tree, intent: Intent, plan: Plan) -> tuple[IntentSites, list[Decided], dict[str, str]]:
    """The sites of one intent over a tree, what was decided about them, and the texts that they stand in."""
    own = texts_of(tree, intent.target)
    sites = clamped(open_sites(tree.project, intent, plan, own, tree.paths, run.wants), tree.done, tree.kept)
    watch = run.watching.opened(sites, own)
    decided, result = denoise_sites(sites, run.denoiser, run.sampler, run.generator, lambda event: stepped(run, event), watch)
    run.watching.settled(sites, decided, own)
    run.spent(result.forward_passes, result.lexeme_passes)
    return sites, decided, own
