"""Shards in memory and batches from them: corruption, hidden and flipped evidence, blamed slots. Every draw comes from one generator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.canvas import Bools, Floats, Ints
from engine.checkpoint import Checkpoint
from engine.features import IDENTITIES, SIZES, Blame, Channel, Evidence
from engine.text_table import TextTable
from engine.values import SIZE, Value

BATCH_LEXEMES = 4096
_MULTIPLE = 8
"""Of a padded length: the fused attention kernels of GPUs want their masks so."""
BLAMED = 0.12
_QUIET = (Value.OTHER, Value.LEAVE)


@dataclass(frozen=True, slots=True)
class Noise:
    """How far evidence is disturbed, so that it is read and not copied."""

    hidden: float = 0.25
    """Share of canvases without any."""
    flipped: float = 0.02
    """Share of slots with a wrong one."""


NATURAL = Noise(hidden=0.04, flipped=0.0)
"""Near to what the resolver really gives: for the last steps, after which confidence has to mean something."""


@dataclass(slots=True)
class Dataset:
    """All examples of some shards as flat arrays; row 0 of `vectors` is the padding."""

    vectors: npt.NDArray[np.float16]
    lexemes: npt.NDArray[np.int32]
    features: npt.NDArray[np.uint8]
    starts: Ints
    lengths: Ints
    slot_starts: Ints
    slot_counts: Ints
    positions: Ints
    domains: Bools
    clean: Ints
    depths: Ints
    weights: Floats

    @classmethod
    def load(cls, paths: Sequence[Path], checkpoint: Checkpoint) -> Dataset:
        """Read the shards and embed every distinct lexeme once."""
        numbers: dict[str, int] = {}
        parts = []
        for path in paths:
            with np.load(path) as file:
                part = {name: file[name] for name in file.files}
            strings = part["strings"].tobytes().decode("utf-8").split("\x00")
            mapping = np.array([numbers.setdefault(text, len(numbers) + 1) for text in strings], np.int32)
            part["lexemes"] = mapping[part["lexemes"]]
            # Values are only ever added at the end: shards from before can still be read.
            part["domains"] = np.pad(part["domains"], ((0, 0), (0, SIZE - part["domains"].shape[1])))
            parts.append(part)
        joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0] if name != "strings"}
        table = TextTable(checkpoint).embed(list(numbers))
        lengths, counts = joined["lengths"].astype(np.int64), joined["slot_counts"].astype(np.int64)
        return cls(
            vectors=np.concatenate([np.zeros((1, table.shape[1]), np.float32), table]).astype(np.float16),
            lexemes=joined["lexemes"],
            features=joined["features"],
            starts=np.concatenate([[0], np.cumsum(lengths)[:-1]]),
            lengths=lengths,
            slot_starts=np.concatenate([[0], np.cumsum(counts)[:-1]]),
            slot_counts=counts,
            positions=joined["positions"].astype(np.int64),
            domains=joined["domains"],
            clean=joined["clean"].astype(np.int64),
            depths=joined["depths"].astype(np.int64),
            weights=joined["weights"],
        )

    def epoch(self, generator: np.random.Generator, keep: Ints | None = None, lexemes: int = BATCH_LEXEMES) -> Iterator[Ints]:
        """Index batches of one pass in random order: one depth and like lengths in each batch; lexemes: the most of one, padding counted."""
        rows = np.arange(len(self.lengths)) if keep is None else keep
        key = self.lengths[rows] + generator.uniform(-6, 6, len(rows)) + 10_000 * self.depths[rows]
        ordered = rows[np.argsort(key)]
        depths, lengths = self.depths[ordered].tolist(), self.lengths[ordered].tolist()
        batches: list[Ints] = []
        start = longest = 0
        for end in range(len(ordered)):
            longest = max(longest, lengths[end])
            if end > start and (depths[end] != depths[start] or (end - start + 1) * longest > lexemes):
                batches.append(ordered[start:end])
                start, longest = end, lengths[end]
        if len(ordered):
            batches.append(ordered[start:])
        for i in generator.permutation(len(batches)):
            yield batches[i]


class TrainingBatch(NamedTuple):
    """What one optimiser step reads; shapes as in `engine.canvas.Batch`. A named tuple, whose arrays torch's loader makes tensors of."""

    text: Ints
    """[B, S] rows of `Dataset.vectors`"""
    features: Ints
    lengths: Ints
    rows: Ints
    positions: Ints
    domains: Bools
    clean: Ints
    weights: Floats
    """[N]; 0 where the truth isn't known or the slot has one legal value"""
    is_forced: Bools
    """[N] slots whose value was set by a diagnostic and must not be replaced by the model's own belief"""
    depth: int


def make_batch(data: Dataset, chosen: Ints, generator: np.random.Generator, noise: Noise | None = Noise()) -> TrainingBatch:
    """Gather and corrupt; without noise everything is masked and the evidence is as it is."""
    lengths, counts = data.lengths[chosen], data.slot_counts[chosen]
    size = -(-int(lengths.max()) // _MULTIPLE) * _MULTIPLE
    index = np.zeros((len(chosen), size), np.int64)
    features = np.zeros((len(chosen), size, len(SIZES)), np.int64)
    for b, i in enumerate(chosen):
        span = slice(data.starts[i], data.starts[i] + data.lengths[i])
        index[b, : lengths[b]] = data.lexemes[span]
        features[b, : lengths[b]] = data.features[span]
    slots = np.concatenate([np.arange(data.slot_starts[i], data.slot_starts[i] + data.slot_counts[i]) for i in chosen])
    rows = np.repeat(np.arange(len(chosen)), counts)
    positions, domains, clean = data.positions[slots], data.domains[slots], data.clean[slots]
    forced = np.zeros(len(slots), np.bool_)
    state = np.zeros(len(slots), np.int64)
    if noise is not None:
        shuffled = np.concatenate([[0], 1 + generator.permutation(IDENTITIES - 1)])
        features[:, :, Channel.IDENTITY] = shuffled[features[:, :, Channel.IDENTITY]]
        _disturb_evidence(features, rows, positions, len(chosen), noise, generator)
        state = _noisy(clean, domains, counts, generator)
        _blame(features, state, forced, rows, positions, domains, clean, len(chosen), generator)
    features[rows, positions, Channel.STATE] = state + 1
    quiet = np.isin(clean, _QUIET)
    known = (clean != Value.MASK) & (domains.sum(axis=1) > 1)
    weights = data.weights[chosen][rows] * np.where(quiet, 0.3, 1.0) * known
    return TrainingBatch(index, features.astype(np.uint8), lengths, rows, positions, domains, clean, weights, forced, int(data.depths[chosen[0]]))


def _noisy(clean: Ints, domains: Bools, counts: Ints, generator: np.random.Generator) -> Ints:
    """[N] noisy values of all canvases of a batch: `engine.corrupt.corrupt` over arrays (a test holds their rates together)."""
    rows = np.repeat(np.arange(len(counts)), counts)
    n = len(clean)
    draw, rate = generator.random(len(counts))[rows], generator.random(len(counts))[rows]
    hit = generator.random(n) < rate
    partly = np.where(hit, int(Value.MASK), clean)
    chance = np.where(domains, generator.random(domains.shape), -1.0)
    chance[np.arange(n), clean] = -1.0
    others = chance.argmax(axis=1)
    has_other = (chance.max(axis=1) >= 0.0) & (clean != Value.MASK)
    wrong = (generator.random(n) < 0.5 * rate) & has_other
    visible = np.where(wrong, others, np.where(hit & (generator.random(n) < 0.3), int(Value.MASK), clean))
    return np.where(draw < 0.5, int(Value.MASK), np.where(draw < 0.75, partly, visible))


def _disturb_evidence(
    features: Ints, rows: Ints, positions: Ints, size: int, noise: Noise, generator: np.random.Generator
) -> None:
    """Hidden for some canvases, wrong for a few slots; a cause goes where its evidence goes."""
    evidence = features[rows, positions, Channel.EVIDENCE]
    flip = generator.random(len(rows)) < noise.flipped
    wrong = generator.integers(Evidence.YES, Evidence.UNKNOWN + 1, len(rows))
    known = evidence != Evidence.NONE
    hide = (generator.random(size) < noise.hidden)[rows]
    evidence = np.where(known & flip, wrong, evidence)
    features[rows, positions, Channel.EVIDENCE] = np.where(known & hide, Evidence.HIDDEN, evidence)
    features[rows, positions, Channel.CAUSE] *= ~(known & (hide | flip))


def _blame(
    features: Ints,
    state: Ints,
    forced: Bools,
    rows: Ints,
    positions: Ints,
    domains: Bools,
    clean: Ints,
    size: int,
    generator: np.random.Generator,
) -> None:
    """A diagnostic blames one slot of some site canvases, mostly for what is really wrong; the other slots stand as they should."""
    site = domains[:, Value.KEEP] & (clean != Value.MASK)
    for row in np.flatnonzero(generator.random(size) < BLAMED):
        own = np.flatnonzero((rows == row) & site)
        if not len(own):
            continue
        state[rows == row] = clean[rows == row]
        slot = own[generator.integers(len(own))]
        fair = generator.random() < 0.92
        kept = (clean[slot] != Value.KEEP) == fair
        features[rows[slot], positions[slot], Channel.DIAGNOSTIC] = Blame.WHILE_KEPT if kept else Blame.WHILE_REPLACED
        state[slot] = Value.MASK
        forced[rows == row] = True
