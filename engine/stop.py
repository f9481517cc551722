"""When a canvas is settled: its argmax did not change and its free slots are certain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.canvas import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class StableAndConfident:
    """Stop rule of one canvas."""

    mean_entropy: float = 0.05
    """Nats; the mean over free slots must lie below it."""

    def settled(self, *, argmax: Ints, previous: Ints, entropies: Floats, free: Bools) -> bool:
        """Whether another step is not worth its cost. All arguments are [K], the slots of one canvas."""
        if not free.any():
            return True
        return bool(np.array_equal(argmax, previous)) and float(entropies[free].mean()) < self.mean_entropy
