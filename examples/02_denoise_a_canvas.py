"""Discrete diffusion over a canvas, step by step: all slots start as MASK, what is certain is accepted, the rest is re-noised.

The denoiser is scripted, so that no weights are needed; `engine.EmbeddedDenoiser.load()` takes its place in earnest.
"""

from __future__ import annotations

import numpy as np

from engine import Canvas, Sampler, Slot, StepEvent, renoise
from engine.canvas import Batch, Floats, feature_array
from engine.values import SIZE, Value

WORDS = ("from", "store", "import", "load", ";", "load", "(", "path", ")", ";", "cache", ".", "load", "(", ")")


class Careful:
    """Sure of the import; of a call it is sure once it sees that the import is replaced."""

    def logits(self, batch: Batch) -> Floats:
        """[N, V]"""
        out = np.zeros((len(batch.rows), SIZE), np.float32)
        import_is_replaced = (batch.values == Value.REPLACE).any()
        for i, position in enumerate(batch.positions):
            before = batch.lexemes[0][position - 1]
            value = Value.KEEP if before == "." else Value.REPLACE
            out[i, value] = 8.0 if before == "import" or import_is_replaced else 1.0
        return out


def show(event: StepEvent) -> None:
    print(f"step {event.step}: {event.slots} free slots, {event.settled} canvas settled, {event.revised} revised")


def main() -> None:
    slots = tuple(Slot(i, (Value.KEEP, Value.REPLACE)) for i, word in enumerate(WORDS) if word == "load")
    canvas = Canvas(WORDS, feature_array([(word, {}) for word in WORDS]), slots, depth=1)
    result = Sampler().sample(Careful(), [canvas], np.random.default_rng(0), show)
    settled = result.canvases[0].canvas
    for slot in settled.slots:
        print(" ".join(WORDS[max(0, slot.position - 2) : slot.position + 1]), "->", slot.value.name)
    # A diagnostic blames the last slot: it alone is masked again, the others are clamped.
    again = renoise(settled, [False, False, True])
    print([(slot.value.name, "clamped" if slot.clamped else "free") for slot in again.slots])


if __name__ == "__main__":
    main()
