"""Noise schedule of the reverse process: the entropy budget at each step."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import CanvasError


@dataclass(frozen=True, slots=True)
class Schedule:
    """Linear in the step, from the first step to the last (DiffusionGemma's sampler has the same form)."""

    steps: int = 2
    entropy_start: float = 0.15
    """Nats that the accepted slots of a canvas may sum up to at the first step."""
    entropy_end: float = 0.7
    """What the budget rises towards; at the last step every slot still open is accepted whatever its entropy."""

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise CanvasError(f"a schedule needs at least one step, not {self.steps}")

    def budget(self, step: int) -> float:
        """Entropy budget in nats at a step counted from 0; infinite at the last one."""
        if step >= self.steps - 1:
            return float("inf")
        share = step / max(1, self.steps - 1)
        return self.entropy_start + (self.entropy_end - self.entropy_start) * share
