"""Forward process: a clean canvas becomes a noisy one.

Half of the canvases are all mask, a quarter partly masked, a quarter visibly wrong: mask-only training teaches that what is visible is
right, and then nothing is ever revised (Seed Diffusion 2025; GIDD, von Ruette et al. 2025).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.canvas import Canvas
from engine.values import Value


def corrupt(clean: Sequence[Value], domains: Sequence[tuple[Value, ...]], generator: np.random.Generator) -> list[Value]:
    """Noisy values of one canvas, drawn with the given generator; every result lies in its domain or is MASK."""
    draw = generator.random()
    if draw < 0.5:
        return [Value.MASK] * len(clean)
    rate = generator.random()
    noisy: list[Value] = []
    for value, domain in zip(clean, domains, strict=True):
        hit = generator.random() < rate
        if draw < 0.75:
            noisy.append(Value.MASK if hit else value)
        else:
            wrong = confusable(value, domain, generator) if generator.random() < 0.5 * rate else value
            noisy.append(Value.MASK if hit and wrong is value and generator.random() < 0.3 else wrong)
    return noisy


def confusable(value: Value, domain: Sequence[Value], generator: np.random.Generator) -> Value:
    """A visible wrong value from the same domain; the value itself where it is the only one."""
    others = [other for other in domain if other is not value]
    return others[int(generator.integers(len(others)))] if others else value


def renoise(canvas: Canvas, blamed: Sequence[bool]) -> Canvas:
    """The canvas with the blamed slots masked and every other slot clamped to what it holds."""
    values = [Value.MASK if bad else slot.value for slot, bad in zip(canvas.slots, blamed, strict=True)]
    clamped = [not bad and slot.value is not Value.MASK for slot, bad in zip(canvas.slots, blamed, strict=True)]
    return canvas.with_values(values, clamped)
