"""The canvas: all slots of one denoising problem, with closed domains; and batches of canvases.

Shapes: S lexemes, K slots, C feature channels, V slot values, B canvases of a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.errors import CanvasError
from engine.features import IDENTITIES, SIZES, Channel, shape_id
from engine.values import SIZE, Value

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Row = tuple[str, dict[Channel, int]]
"""A lexeme and its channels, those of the text itself left out."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One unknown: where it stands, what it may hold, what it holds."""

    position: int
    """Index of its lexeme."""
    domain: tuple[Value, ...]
    """Legal values; one that is impossible is not among them."""
    value: Value = Value.MASK
    clamped: bool = False
    """A clamped slot keeps its value whatever the denoiser says."""

    def __post_init__(self) -> None:
        if not self.domain or Value.MASK in self.domain:
            raise CanvasError(f"slot at {self.position}: the domain must hold at least one value and never MASK")
        if self.value is not Value.MASK and self.value not in self.domain:
            raise CanvasError(f"slot at {self.position}: {self.value.name} is not in its domain")
        if self.clamped and self.value is Value.MASK:
            raise CanvasError(f"slot at {self.position}: clamped without a value")

    @property
    def is_free(self) -> bool:
        """Whether the denoiser decides: not clamped, and more than one legal value."""
        return not self.clamped and len(self.domain) > 1


@dataclass(frozen=True, slots=True)
class Canvas:
    """One denoising problem."""

    lexemes: tuple[str, ...]
    features: Ints
    """[S, C]; the STATE column is filled from the slots when a batch is made."""
    slots: tuple[Slot, ...]
    depth: int
    """Encoder layers that this kind of canvas runs through."""

    def __post_init__(self) -> None:
        if self.features.shape != (len(self.lexemes), len(SIZES)):
            raise CanvasError(f"features {self.features.shape} do not fit {len(self.lexemes)} lexemes, {len(SIZES)} channels")

    def with_values(self, values: Sequence[Value], clamped: Sequence[bool] | None = None) -> Canvas:
        """The same canvas holding other values (one per slot)."""
        kept = [slot.clamped for slot in self.slots] if clamped is None else clamped
        slots = (replace(s, value=v, clamped=c) for s, v, c in zip(self.slots, values, kept, strict=True))
        return replace(self, slots=tuple(slots))

    @property
    def values(self) -> tuple[Value, ...]:
        """Current value of every slot."""
        return tuple(slot.value for slot in self.slots)


@dataclass(frozen=True, slots=True)
class Batch:
    """Canvases of one depth, padded to the longest: what a denoiser sees."""

    lexemes: tuple[tuple[str, ...], ...]
    features: Ints
    """[B, S, C]"""
    lengths: Ints
    """[B] lexemes of each canvas; the rest of the row is padding."""
    rows: Ints
    """[N] row of every slot of the batch"""
    positions: Ints
    """[N] its position in the row"""
    domains: Bools
    """[N, V]"""
    values: Ints
    """[N] current values"""
    belief: Floats
    """[N, V] what the denoiser thought of each slot one step earlier; zeros at first (self-conditioning, Chen et al. 2022)."""
    depth: int

    @property
    def work(self) -> int:
        """Lexemes that one forward pass reads, padding left out."""
        return int(self.lengths.sum())


def domain_mask(slots: Sequence[Slot]) -> Bools:
    """[N, V] legal values of each slot."""
    mask = np.zeros((len(slots), SIZE), dtype=np.bool_)
    for i, slot in enumerate(slots):
        mask[i, list(slot.domain)] = True
    return mask


def collate(canvases: Sequence[Canvas], beliefs: Sequence[Floats]) -> Batch:
    """One batch from canvases of equal depth; `beliefs[i]` is [K_i, V]."""
    depths = {canvas.depth for canvas in canvases}
    if len(depths) != 1:
        raise CanvasError(f"a batch needs canvases of one depth, not of {sorted(depths)}")
    lengths = np.array([len(c.lexemes) for c in canvases], dtype=np.int64)
    features = np.zeros((len(canvases), int(lengths.max()), len(SIZES)), dtype=np.int64)
    rows: list[int] = []
    slots: list[Slot] = []
    for b, canvas in enumerate(canvases):
        features[b, : len(canvas.lexemes)] = canvas.features
        rows.extend([b] * len(canvas.slots))
        slots.extend(canvas.slots)
    positions = np.array([slot.position for slot in slots], dtype=np.int64)
    values = np.array([slot.value for slot in slots], dtype=np.int64)
    row_index = np.array(rows, dtype=np.int64)
    features[row_index, positions, Channel.STATE] = values + 1
    return Batch(
        lexemes=tuple(c.lexemes for c in canvases),
        features=features,
        lengths=lengths,
        rows=row_index,
        positions=positions,
        domains=domain_mask(slots),
        values=values,
        belief=np.concatenate([*beliefs]).astype(np.float32) if slots else np.zeros((0, SIZE), np.float32),
        depth=depths.pop(),
    )


def identities(lexemes: Sequence[str]) -> list[int]:
    """The identity channel: equal words that occur more than once share a number from 1, in order of appearance."""
    counts: dict[str, int] = {}
    for text in lexemes:
        if text[0].isalpha() or text[0] == "_":
            counts[text] = counts.get(text, 0) + 1
    repeated = [text for text, count in counts.items() if count > 1]
    numbers = {text: 1 + i % (IDENTITIES - 1) for i, text in enumerate(repeated)}
    return [numbers.get(text, 0) for text in lexemes]


def feature_array(rows: Sequence[Row]) -> Ints:
    """[S, C] channels of the lexemes; identity and shape are read off the text."""
    features = np.zeros((len(rows), len(SIZES)), dtype=np.int64)
    shared = identities([text for text, _ in rows])
    for i, (text, channels) in enumerate(rows):
        for channel, value in channels.items():
            features[i, channel] = value
        features[i, Channel.IDENTITY] = shared[i]
        features[i, Channel.SHAPE] = shape_id(text)
    return features
