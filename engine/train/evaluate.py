"""`redraft eval`: how well a checkpoint denoises held-out packages, through the very sampler that edits use.

Exact means: every slot of the canvas whose truth is known is right. Ablations take the weights or the evidence away.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.checkpoint import load
from engine.embedded import WEIGHTS, EmbeddedDenoiser, randomised
from engine.features import Channel, Evidence
from engine.sampler import Sampler
from engine.schedule import Schedule
from engine.train.examples import UNKNOWN, Example
from engine.train.shards import read_shard
from engine.values import Value

_REAL = frozenset({Value.OTHER, Value.LEAVE})


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares between 0 and 1, and counts."""

    canvases: int
    exact: float
    tasks: int
    task_exact: float
    """Renames all of whose canvases are exact."""
    slots: int
    slot_accuracy: float
    decided: float
    """Accuracy on slots whose truth is not the quiet value (a word that means nothing, a candidate to leave)."""
    revised: int
    """Slots whose accepted value changed in a later pass."""
    lexeme_passes: int


def evaluate(examples: Sequence[Example], denoiser: EmbeddedDenoiser, passes: int, seed: int = 0) -> Scores:
    """Denoise all examples from pure noise and compare."""
    sampler = Sampler(Schedule(steps=passes))
    result = sampler.sample(denoiser, [example.canvas for example in examples], np.random.default_rng(seed))
    exact = right = known = loud = loud_right = 0
    whole: dict[tuple[str, int], bool] = {}
    for example, settled in zip(examples, result.canvases, strict=True):
        hits = [
            (truth, value is truth)
            for truth, value, slot in zip(example.clean, settled.canvas.values, settled.canvas.slots, strict=True)
            if truth is not UNKNOWN and len(slot.domain) > 1
        ]
        exact += all(hit for _, hit in hits)
        whole[example.package, example.task] = whole.get((example.package, example.task), True) and all(hit for _, hit in hits)
        right, known = right + sum(hit for _, hit in hits), known + len(hits)
        loud += sum(truth not in _REAL for truth, _ in hits)
        loud_right += sum(hit for truth, hit in hits if truth not in _REAL)
    return Scores(
        len(examples), exact / max(1, len(examples)), len(whole), sum(whole.values()) / max(1, len(whole)), known, right / max(1, known), loud_right / max(1, loud), result.revised,
        result.lexeme_passes,
    )


def without_evidence(example: Example) -> Example:
    """The example with name resolution hidden."""
    features = example.canvas.features.copy()
    column = features[:, Channel.EVIDENCE]
    features[:, Channel.EVIDENCE] = np.where(column != Evidence.NONE, Evidence.HIDDEN, column)
    features[:, Channel.CAUSE] = 0
    return replace(example, canvas=replace(example.canvas, features=features))


def choices(examples: Sequence[Example]) -> float:
    """Share of slots with more than one legal value."""
    slots = [slot for example in examples for slot in example.canvas.slots]
    return sum(len(slot.domain) > 1 for slot in slots) / max(1, len(slots))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one JSON line per kind of canvas and number of passes."""
    parser = argparse.ArgumentParser(prog="redraft eval", description=__doc__)
    parser.add_argument("--shards", type=Path, required=True, help="folder of prepared shards (redraft train prepare)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--split", default="held-out")
    parser.add_argument("--passes", default="4", help="comma-separated numbers of denoising passes")
    parser.add_argument("--ablate", choices=("weights", "evidence"), action="append", default=[])
    parser.add_argument("--limit", type=int, default=2000, help="canvases of each kind")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    checkpoint = load(options.weights)
    denoiser = EmbeddedDenoiser(randomised(checkpoint, options.seed) if "weights" in options.ablate else checkpoint)
    paths = sorted(options.shards.glob(f"{options.split}-*.npz"))
    examples = [replace(example, package=path.stem) for path in paths for example in read_shard(path)]
    if "evidence" in options.ablate:
        examples = [without_evidence(example) for example in examples]
    # Whole renames in random order, so that a limit cuts few of them.
    keys = sorted({(example.package, example.task) for example in examples})
    place = dict(zip(keys, np.random.default_rng(options.seed).permutation(len(keys)).tolist(), strict=True))
    examples.sort(key=lambda example: place[example.package, example.task])
    for name, depth in (("sites", checkpoint.config.site_depth), ("plans", checkpoint.config.layers)):
        chosen = [example for example in examples if example.canvas.depth == depth][: options.limit]
        for passes in (int(number) for number in options.passes.split(",")):
            scores = evaluate(chosen, denoiser, passes, options.seed)
            line = {"canvases": name, "passes": passes, "ablate": options.ablate, "more_than_one_value": round(choices(chosen), 4)}
            print(json.dumps({**line, **{field: getattr(scores, field) for field in Scores.__slots__}}), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
