"""From an instruction to a plan: the plan canvas, denoised and read; what cannot stand beside the rest is blamed and denoised again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.canvas import Canvas
from engine.contradictions import contradicted
from engine.denoiser import Denoiser
from engine.describing import Describer, Holding
from engine.evidence import Project
from engine.own_parameters import with_own_parameters
from engine.plan import Blamed, NotUnderstood, Plan, Why
from engine.plan_canvas import excess_of, plan_canvas
from engine.plan_decode import decode, nobody
from engine.plan_reader import Related
from engine.retrieval import Context
from engine.sampler import Denoised, Sampler
from engine.scope import locate
from engine.values import Value

PLAN_DEPTH = 6
ROUNDS = 3
"""Readings of one instruction."""
LEAST_FIRST = 0.05
"""Probability that a value must have had before others were found impossible."""
LEAST_LAST = 0.5
"""Confidence that a plan must have which is not the first reading; both set by hand, and measured on the development set (docs/measurements.md)."""


@dataclass(frozen=True, slots=True)
class Understood:
    """The plan, or why there is none; and what it cost."""

    result: Plan | NotUnderstood
    forward_passes: int
    lexeme_passes: int


def understand(
    instruction: str,
    context: Context,
    denoiser: Denoiser,
    sampler: Sampler,
    generator: np.random.Generator,
    related: Related,
    paths: Collection[str],
    project: Project | None = None,
    holding: Holding = lambda words: (),
) -> Understood:
    """Denoise the plan canvas of an instruction and read the plan off it. paths: every file of the repository.

    With a project, descriptions of sets are followed as well; holding finds the files that hold a word.
    """
    excess = excess_of(instruction)
    if excess:
        sentence = f"The instruction is longer than the embedded engine reads, by {excess} words and signs: say it more briefly, or in several steps."
        return Understood(NotUnderstood(Why.TOO_LONG, sentence), 0, 0)
    made = plan_canvas(instruction, context, PLAN_DEPTH)
    describer = Describer(project, paths, context, holding, denoiser, sampler, generator, PLAN_DEPTH) if project else None
    which = describer.which if describer else nobody
    passes = lexemes = 0
    first: Plan | NotUnderstood | None = None
    thought: list[Denoised] = []
    while True:
        sampled = sampler.sample(denoiser, [made.canvas], generator)
        passes, lexemes = passes + sampled.forward_passes, lexemes + sampled.lexeme_passes
        thought.append(sampled.canvases[0])
        result = decode(made, sampled.canvases[0], related, lambda words: locate(words, paths), paths, which)
        if isinstance(result, Plan) and project is not None:
            result = with_own_parameters(result, project)
        if isinstance(result, NotUnderstood):
            blamed = result.blamed
        else:
            blamed = contradicted(result, made, sampled.canvases[0], project) if project is not None else ()
        if isinstance(result, Plan) and not blamed and (first is None or _is_likely(result, thought)):
            break
        first = first or result
        if not blamed or len(thought) == ROUNDS:
            result = first
            break
        made = replace(made, canvas=without(made.canvas, blamed))
    return Understood(
        result=result,
        forward_passes=passes + (describer.forward_passes if describer else 0),
        lexeme_passes=lexemes + (describer.lexeme_passes if describer else 0),
    )


def without(canvas: Canvas, blamed: Blamed) -> Canvas:
    """The canvas before any denoising, without the values that were found impossible; a slot keeps at least one."""
    refused = set(blamed)
    slots = [
        replace(slot, domain=tuple(value for value in slot.domain if (number, value) not in refused) or slot.domain, value=Value.MASK)
        for number, slot in enumerate(canvas.slots)
    ]
    return replace(canvas, slots=tuple(slots))


def _is_likely(plan: Plan, thought: Sequence[Denoised]) -> bool:
    """Whether a later reading is one that the first thought possible, and is sure of itself: else a request that has no plan would get one."""
    seen, last = thought[0], thought[-1]
    changed = [
        (number, slot.value) for number, slot in enumerate(last.canvas.slots)
        if slot.value is not seen.canvas.slots[number].value and len(slot.domain) < len(seen.canvas.slots[number].domain)
    ]  # fmt: skip
    return all(seen.probabilities[number, value] >= LEAST_FIRST for number, value in changed) and min(intent.confidence for intent in plan.intents) >= LEAST_LAST
