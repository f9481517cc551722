"""From an instruction to a plan: the plan canvas, denoised and read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from engine.denoiser import Denoiser
from engine.describing import Describer, Holding
from engine.evidence import Project
from engine.plan import NotUnderstood, Plan
from engine.plan_canvas import plan_canvas
from engine.plan_decode import decode, nobody
from engine.plan_reader import Related
from engine.retrieval import Context
from engine.sampler import Sampler
from engine.scope import locate

PLAN_DEPTH = 6


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
    made = plan_canvas(instruction, context, PLAN_DEPTH)
    sampled = sampler.sample(denoiser, [made.canvas], generator)
    describer = Describer(project, paths, context, holding, denoiser, sampler, generator, PLAN_DEPTH) if project else None
    which = describer.which if describer else nobody
    result = decode(made, sampled.canvases[0], related, lambda words: locate(words, paths), paths, which)
    return Understood(
        result=result,
        forward_passes=sampled.forward_passes + (describer.forward_passes if describer else 0),
        lexeme_passes=sampled.lexeme_passes + (describer.lexeme_passes if describer else 0),
    )
