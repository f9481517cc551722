"""The seam between the sampler and any model: a batch of canvases in, a distribution for every slot out."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from engine.canvas import Batch, Bools, Floats


class Denoiser(Protocol):
    """p(x0 | context, canvas) for all slots at once."""

    def logits(self, batch: Batch) -> Floats:
        """[N, V] unnormalised log-probabilities of the clean value of every slot of the batch."""
        ...


def probabilities(logits: Floats, domains: Bools) -> Floats:
    """[N, V] softmax over each slot's domain; what is impossible has probability zero exactly."""
    masked = np.where(domains, logits, -np.inf)
    masked = masked - masked.max(axis=-1, keepdims=True)
    exp: Floats = np.exp(masked, dtype=np.float32)
    total: Floats = exp / exp.sum(axis=-1, keepdims=True)
    return total


def entropy(p: Floats) -> Floats:
    """[N] entropy of each slot in nats."""
    h: Floats = -(p * np.log(np.maximum(p, 1e-12))).sum(axis=-1)
    return h
