"""Prepared shards: examples as flat arrays, so that training never parses. One .npz file per package, and its strings beside it."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.canvas import Canvas, Slot, domain_mask
from engine.evidence import Entity
from engine.train.corpus import Package
from engine.train.examples import Example, site_examples
from engine.train.plan_examples import plan_example
from engine.train.index import Index
from engine.train.teachers import Drawn, collide, constructor_pairs, draw, make_task, propose_name, shared_targets, targets
from engine.train.wish_examples import described_examples, wish_example
from engine.train.wishes import Wisher
from engine.train.written import written_examples
from engine.values import Value

PAIRS = 0.2
"""The same for attributes that have the name of a parameter of their constructor."""
DESCRIBED = 0.24
"""Share of the requests of every kind whose targets are described and not named."""
WISHES_FROM = 100_000
"""Tasks of requests of every kind are numbered from here."""
WRITTEN_FROM = 200_000
"""The same for requests that were written about a package."""
SHARED = 0.6
"""Tasks whose target's name has other definitions, as a share of those whose target's name is unique."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much to make of one package."""

    tasks: int = 90
    sites: bool = True
    """Without them a package is read once and no before-tree is made: ten times as fast."""
    plans: int = 6
    """Instructions to rename of a task."""
    wishes: int = 0
    """Requests of every kind."""
    written: int = 0
    """Copies of every request that was written about the package."""
    plan_depth: int = 6
    site_depth: int = 3


def examples_of(package: Package, names: Sequence[str], budget: Budget, seed: int) -> Iterator[Example]:
    """Plan and site examples of one package, deterministic for a seed."""
    rng = random.Random(zlib.crc32(f"{package.name}:{seed}".encode()))
    index = Index.of(package)
    chosen = targets(index, rng)
    locals_ = index.locals()
    shared = shared_targets(index, rng)[: int(SHARED * budget.tasks)]
    pairs = [] if budget.sites else constructor_pairs(index, rng)[: int(PAIRS * budget.tasks)]
    for number, target in enumerate([*chosen[: budget.tasks], *shared, *pairs]):
        collisions = () if target in shared or target in pairs else collide(index, target, chosen, locals_, rng)
        alpha = rng.random() < 0.5
        if budget.sites:
            task = make_task(index, target, names, rng, alpha=alpha, collisions=collisions)
            drawn = None if task is None else Drawn(task.changed, task.new)
            if task is not None:
                yield from (replace(example, task=number) for example in site_examples(task, budget.site_depth, rng))
        else:
            drawn = draw(index, target, names, rng, alpha=alpha, collisions=collisions)
        if drawn is None:
            continue
        for _ in range(budget.plans):
            intents = _with_others(index, target, drawn, chosen, names, rng)
            made = plan_example(index, drawn.changed, intents, budget.plan_depth, rng)
            if made is not None:
                yield replace(made, task=number)
    if budget.wishes:
        yield from _wishes(index, names, budget, rng)
    for number, item in enumerate(written_examples(index, names, budget.written, budget.plan_depth, rng)):
        yield replace(item, task=WRITTEN_FROM + number)


def _wishes(index: Index, names: Sequence[str], budget: Budget, rng: random.Random) -> Iterator[Example]:
    wisher = Wisher.of(index, names, rng)
    for number in range(budget.wishes):
        if rng.random() < DESCRIBED:
            made = described_examples(wisher, budget.plan_depth, rng)
        else:
            one = wish_example(wisher, budget.plan_depth, rng)
            made = [] if one is None else [one]
        yield from (replace(item, task=WISHES_FROM + number) for item in made)


def _with_others(
    index: Index, target: Entity, drawn: Drawn, chosen: Sequence[Entity], names: Sequence[str], rng: random.Random
) -> list[tuple[Entity, str]]:
    """The intents of one text: that of the task, and sometimes up to three more."""
    intents = [(target, drawn.new)]
    for other in rng.sample(chosen, min(len(chosen), rng.choice((0, 0, 0, 0, 0, 1, 1, 2, 3)))):
        new = propose_name(other, names, rng, index.files)
        if new is not None and other.name not in drawn.changed and all(other.name != e.name for e, _ in intents):
            intents.append((other, new))
    return intents


def write_shard(path: Path, examples: Sequence[Example]) -> None:
    """Flat arrays of all examples; strings are stored once."""
    strings: dict[str, int] = {}
    lexemes = [strings.setdefault(text, len(strings)) for e in examples for text in e.canvas.lexemes]
    slots = [slot for e in examples for slot in e.canvas.slots]
    np.savez(
        path,
        strings=np.frombuffer("\x00".join(strings).encode("utf-8", "replace"), dtype=np.uint8),
        lexemes=np.array(lexemes, dtype=np.int32),
        features=np.concatenate([e.canvas.features for e in examples]).astype(np.uint8),
        lengths=np.array([len(e.canvas.lexemes) for e in examples], dtype=np.int32),
        slot_counts=np.array([len(e.canvas.slots) for e in examples], dtype=np.int32),
        positions=np.array([slot.position for slot in slots], dtype=np.int16),
        domains=domain_mask(slots),
        clean=np.array([value for e in examples for value in e.clean], dtype=np.int8),
        depths=np.array([e.canvas.depth for e in examples], dtype=np.int8),
        weights=np.array([e.weight for e in examples], dtype=np.float32),
        tasks=np.array([e.task for e in examples], dtype=np.int32),
    )


def read_shard(path: Path) -> list[Example]:
    """The examples of a shard, as they were written."""
    with np.load(path) as file:
        part = {name: file[name] for name in file.files}
    strings = part["strings"].tobytes().decode("utf-8").split("\x00")
    examples, at, slot_at = [], 0, 0
    columns = (part[name].tolist() for name in ("lengths", "slot_counts", "depths", "weights", "tasks"))
    for length, count, depth, weight, task in zip(*columns, strict=True):
        lexemes = tuple(strings[i] for i in part["lexemes"][at : at + length])
        own = range(slot_at, slot_at + count)
        slots = tuple(Slot(int(part["positions"][i]), tuple(Value(int(v)) for v in np.flatnonzero(part["domains"][i]))) for i in own)
        canvas = Canvas(lexemes, part["features"][at : at + length].astype(np.int64), slots, depth)
        examples.append(Example(canvas, tuple(Value(int(part["clean"][i])) for i in own), weight, task))
        at, slot_at = at + length, slot_at + count
    return examples
