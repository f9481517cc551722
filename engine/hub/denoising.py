"""The reverse process over token canvases: the sampler rules of the engine, for a vocabulary of any size.

Only free positions count: they alone are sampled, accepted and asked for their entropy. What is clamped is never touched, and a token that
is not allowed has probability zero. What is committed is the argmax, as in DiffusionGemma, not the sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from engine.accept import entropy_bounded
from engine.stop import StableAndConfident


class TokenModel(Protocol):
    """A bidirectional model over tokens whose context is encoded once. A cache is whatever the model makes of it."""

    @property
    def vocabulary(self) -> int: ...

    @property
    def is_causal(self) -> bool:
        """Whether likelihoods are those of a chain, whose sum is that of the text; if not, only their mean says something."""
        ...

    def prefill(self, ids: list[int]) -> Any:
        """The cache of a context."""
        ...

    def extend(self, cache: Any, ids: list[int], copies: int = 1) -> Any:
        """A fork of a cache with more context, for a batch of `copies`; the cache itself stays as it was."""
        ...

    def logits(self, cache: Any, canvas: Tensor, belief: Tensor | None) -> Tensor:
        """[B, L, V] for a canvas [B, L]; belief [B, L, V] are the logits of the step before."""
        ...

    def likelihood(self, cache: Any, canvas: Tensor) -> Tensor:
        """[B, L] log-probability of every token of a canvas, by which candidates are ranked."""
        ...

    def noise(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """What a free position holds that is not accepted."""
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """How a canvas is sampled."""

    steps: int = 48
    bound: float = 0.1
    """Nats that the positions accepted in one step may sum up to."""
    hot: float = 0.8
    cold: float = 0.4
    """Temperature of the first and of the last step."""
    stop: StableAndConfident = StableAndConfident(0.005)
    unsettled: float = 0.2
    """Mean entropy in nats at the end above which a canvas did not converge."""


@dataclass(frozen=True, slots=True)
class Refined:
    """B canvases after the reverse process."""

    ids: Tensor
    """[B, L]"""
    entropy: Tensor
    """[B] mean over the free positions, in nats"""
    certainty: Tensor
    """[B] the lowest probability of a free position's token"""
    passes: int


Allow = Callable[[Tensor], Tensor]
"""Logits [B, L, V] of a step to the tokens that are legal there, bool [B, L, V] or what broadcasts to it."""


def refine(
    model: TokenModel, cache: Any, start: Tensor, free: Tensor, allow: Allow, rules: Rules, generator: torch.Generator, *, seeded: bool
) -> Refined:
    """Denoise the free positions of a canvas. start [B, L], free [B, L]; seeded: begin from what `start` holds there, else from noise."""
    canvas = start if seeded else torch.where(free, model.noise(tuple(start.shape), generator).to(start.device), start)
    rows = free.nonzero()[:, 0].cpu().numpy()
    belief: Tensor | None = None
    previous = np.full(len(rows), -1)
    for step in range(rules.steps):
        raw = model.logits(cache, canvas, belief)
        raw = raw.masked_fill(~allow(raw), float("-inf"))
        temperature = rules.hot + (rules.cold - rules.hot) * step / max(1, rules.steps - 1)
        logits = raw[free] / temperature
        p = logits.softmax(-1)
        h = -(p * logits.log_softmax(-1).masked_fill(p == 0, 0.0)).sum(-1)
        best = logits.argmax(-1)
        drawn = torch.multinomial(p.cpu(), 1, generator=generator)[:, 0].to(best.device)
        entropies, argmax = h.cpu().numpy(), best.cpu().numpy()
        accepted = torch.from_numpy(entropy_bounded(entropies, rows, np.ones(len(rows), np.bool_), rules.bound)).to(best.device)
        if _settled(rules, rows, argmax, previous, entropies):
            break
        fresh = model.noise((len(rows),), generator).to(best.device)
        canvas = canvas.masked_scatter(free, torch.where(accepted, drawn, fresh))
        belief, previous = clamped(raw / temperature, canvas, free), argmax
    out = start.masked_scatter(free, best)
    counts = free.sum(1).clamp(min=1)
    mean = torch.zeros(len(start), device=h.device).index_add(0, free.nonzero()[:, 0], h) / counts
    least = torch.ones(len(start), device=p.device).scatter_reduce(0, free.nonzero()[:, 0], p.max(-1).values, "amin")
    return Refined(out, mean, least, step + 1)


def clamped(logits: Tensor, canvas: Tensor, free: Tensor) -> Tensor:
    """[B, L, V] with all belief in what stands at the clamped positions."""
    sure = torch.full_like(logits, float("-inf")).scatter_(2, canvas[..., None], 0.0)
    return torch.where(free[..., None], logits, sure)


def _settled(rules: Rules, rows: Any, argmax: Any, previous: Any, entropies: Any) -> bool:
    """Whether another step is of use to no canvas of the batch."""
    return all(
        rules.stop.settled(argmax=argmax[own], previous=previous[own], entropies=entropies[own], free=np.ones(int(own.sum()), np.bool_))
        for own in (rows == row for row in np.unique(rows))
    )
