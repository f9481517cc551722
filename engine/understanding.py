"""From an instruction to a plan: the plan canvas, denoised and read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from engine.denoiser import Denoiser
from engine.plan import NotUnderstood, Plan
from engine.plan_canvas import plan_canvas
from engine.plan_decode import decode
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
) -> Understood:
    """Denoise the plan canvas of an instruction and read the plan off it. paths: every file of the repository."""
    made = plan_canvas(instruction, context, PLAN_DEPTH)
    sampled = sampler.sample(denoiser, [made.canvas], generator)
    return Understood(
        result=decode(made, sampled.canvases[0], related, lambda words: locate(words, paths), paths),
        forward_passes=sampled.forward_passes,
        lexeme_passes=sampled.lexeme_passes,
    )
