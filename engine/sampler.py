"""The reverse process: denoise all canvases in parallel, accept what is certain, re-noise the rest, stop when settled.

The sampler owns the loop and no mathematics; what to accept and when to stop are its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.accept import entropy_bounded
from engine.canvas import Batch, Canvas, Floats, Ints, collate
from engine.denoiser import Denoiser, entropy, probabilities
from engine.schedule import Schedule
from engine.stop import StableAndConfident
from engine.values import SIZE, Value

BATCH_LEXEMES = 2048
"""Padded lexemes of one forward call: enough for the matrix product, small enough for the cache."""
FIRST_LEXEMES = 512
"""Of the first call of a step, so that whoever looks on soon sees something."""


@dataclass(frozen=True, slots=True)
class StepEvent:
    """What one denoising step did."""

    step: int
    slots: int
    """Free slots of the canvases still at work."""
    settled: int
    """Canvases that left the batch."""
    revised: int
    """Slots accepted earlier whose value changed."""


@dataclass(frozen=True, slots=True)
class Denoised:
    """A settled canvas."""

    canvas: Canvas
    probabilities: Floats
    """[K, V] the denoiser's last distribution of every slot."""
    steps: int

    def confidence(self, index: int) -> float:
        """Probability of the value that slot `index` holds; 1 where it was clamped."""
        slot = self.canvas.slots[index]
        return float(self.probabilities[index, slot.value]) if slot.is_free else 1.0


Watch = Callable[[int, Mapping[int, Denoised]], None]
"""(step, the canvases that a forward pass was about, by their number): what the sampler shows to whoever looks on."""


@dataclass(frozen=True, slots=True)
class SampleResult:
    """All canvases, in the order they came, and what it cost."""

    canvases: tuple[Denoised, ...]
    forward_passes: int
    lexeme_passes: int
    revised: int


@dataclass(slots=True)
class _Work:
    """Loop state of one canvas."""

    number: int
    canvas: Canvas
    belief: Floats
    argmax: Ints
    settled: bool = False
    steps: int = 0

    @property
    def seen(self) -> Denoised:
        return Denoised(self.canvas, self.belief, self.steps)


@dataclass(frozen=True, slots=True)
class Sampler:
    """Reverse diffusion over a set of canvases."""

    schedule: Schedule = field(default_factory=Schedule)
    stop: StableAndConfident = field(default_factory=StableAndConfident)
    temperature: float = 0.0
    """0 takes the argmax; above it values are drawn, with the generator handed to `sample`."""

    def sample(
        self,
        denoiser: Denoiser,
        canvases: Sequence[Canvas],
        generator: np.random.Generator,
        emit: Callable[[StepEvent], None] = lambda event: None,
        watch: Watch | None = None,
    ) -> SampleResult:
        """Denoise until every canvas is settled or the schedule ends; deterministic for a seed, whoever watches."""
        work = [_Work(i, c, np.zeros((len(c.slots), SIZE), np.float32), np.full(len(c.slots), -1)) for i, c in enumerate(canvases)]
        passes = lexemes = revised = 0
        for step in range(self.schedule.steps):
            active = [w for w in work if not w.settled]
            if not active:
                break
            changed = 0
            for group in _batches(active):
                batch = collate([w.canvas for w in group], [w.belief for w in group])
                p = probabilities(denoiser.logits(batch), batch.domains)
                changed += self._advance(group, batch, p, step, generator)
                if watch is not None:
                    watch(step, {w.number: w.seen for w in group})
                passes += 1
                lexemes += batch.work
            revised += changed
            free = sum(slot.is_free for w in active for slot in w.canvas.slots)
            emit(StepEvent(step, free, sum(w.settled for w in active), changed))
        done = tuple(w.seen for w in work)
        return SampleResult(done, passes, lexemes, revised)

    def _advance(self, group: list[_Work], batch: Batch, p: Floats, step: int, generator: np.random.Generator) -> int:
        """One reverse step of a batch; returns how many visible values were revised."""
        slots = [slot for w in group for slot in w.canvas.slots]
        free = np.array([slot.is_free for slot in slots], dtype=np.bool_)
        chosen = self._choose(p, generator)
        h = entropy(p)
        accepted = entropy_bounded(h, batch.rows, free, self.schedule.budget(step))
        revised = int(np.sum(accepted & (batch.values != Value.MASK) & (batch.values != chosen)))
        start = 0
        for w in group:
            span = slice(start, start + len(w.canvas.slots))
            start = span.stop
            values = [
                Value(int(v)) if take or not loose and slot.value is Value.MASK else slot.value if not loose else Value.MASK
                for slot, v, take, loose in zip(w.canvas.slots, chosen[span], accepted[span], free[span], strict=True)
            ]
            everything_held = bool(accepted[span][free[span]].all())
            w.settled = everything_held and (
                self.stop.settled(argmax=chosen[span], previous=w.argmax, entropies=h[span], free=free[span])
                or self._certain(h[span], step)
            )
            w.canvas = w.canvas.with_values(values)
            w.argmax, w.belief, w.steps = chosen[span], p[span], step + 1
        return revised

    def _certain(self, entropies: Floats, step: int) -> bool:
        """A canvas whose slots are near zero entropy in sum needs no verifying pass; at the last step there is none left."""
        return bool(entropies.sum() < self.stop.mean_entropy) or step == self.schedule.steps - 1

    def _choose(self, p: Floats, generator: np.random.Generator) -> Ints:
        if self.temperature == 0.0:
            return np.asarray(p.argmax(axis=-1))
        noise = generator.gumbel(size=p.shape)
        return np.asarray((np.log(np.maximum(p, 1e-12)) / self.temperature + np.where(p > 0, noise, -np.inf)).argmax(axis=-1))


def _batches(work: Sequence[_Work]) -> list[list[_Work]]:
    """Canvases of one depth and similar length together, about BATCH_LEXEMES padded lexemes each; the first batch is smaller."""
    ordered = sorted(work, key=lambda w: (w.canvas.depth, len(w.canvas.lexemes)))
    groups: list[list[_Work]] = []
    for w in ordered:
        group = groups[-1] if groups else []
        fits = (len(group) + 1) * len(w.canvas.lexemes) <= (BATCH_LEXEMES if len(groups) > 1 else FIRST_LEXEMES)
        if group and fits and group[0].canvas.depth == w.canvas.depth:
            group.append(w)
        else:
            groups.append([w])
    return groups
