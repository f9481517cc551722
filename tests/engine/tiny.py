"""Tiny values for the tests of the engine: canvases, weights and projects, and a denoiser with a mind of its own."""

from __future__ import annotations

import string
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.canvas import Batch, Canvas, Floats, Slot, feature_array
from engine.checkpoint import Checkpoint, Config, quantise
from engine.checkpoint_shape import shapes
from engine.evidence import Entity, Project, find
from engine.features import Channel
from engine.values import SIZE, Value

WORDS = ("load", "user", "get", "test", "store", "fetch", "account", "name", "import", "from", "def", "class", "return")
VOCABULARY = ("[PAD]", "[UNK]", "[SEP]", *WORDS, *string.ascii_lowercase, *(f"##{c}" for c in string.ascii_lowercase), "##er", ".", "(")
CONFIG = Config(layers=2, width=64, heads=2, inner=128, positions=512, site_depth=1)
SITE = (Value.KEEP, Value.REPLACE)


def canvas(text: str, domains: Mapping[int, Sequence[Value]], depth: int = 1) -> Canvas:
    """The words of a text as lexemes, with free slots at the given positions."""
    words = text.split()
    features = feature_array([(word, {}) for word in words])
    return Canvas(tuple(words), features, tuple(Slot(at, tuple(domain)) for at, domain in sorted(domains.items())), depth)


def many(count: int, depth: int = 1) -> list[Canvas]:
    """Unlike canvases of different lengths, two or three slots each."""
    made = []
    for i in range(count):
        text = " ".join(WORDS[(i + j) % len(WORDS)] + str(i) for j in range(3 + i % 5))
        made.append(canvas(text, {0: SITE, 1: (Value.EMPTY, Value.INSERT), 2: (Value.KEEP, Value.REPLACE, Value.BOTH)}, depth))
    return made


def checkpoint(seed: int = 0) -> Checkpoint:
    """Random weights in the shape of CONFIG."""
    generator = np.random.default_rng(seed)

    def drawn(*shape: int) -> Floats:
        return generator.normal(0.0, 0.2, shape).astype(np.float32)

    tensors = {name: drawn(*shape) + name.endswith("norm.weight") for name, shape in shapes(CONFIG)}
    pieces, scale = quantise(drawn(len(VOCABULARY), CONFIG.width))
    return Checkpoint(CONFIG, tensors, pieces, scale, VOCABULARY, {"temperature": 1.5})


@dataclass(frozen=True, slots=True)
class Opinionated:
    """Logits drawn from what stands at a slot and what it holds, whatever batch it is in; the illegal values get the highest."""

    scale: float = 1.0
    tempting: float = 1e4

    def logits(self, batch: Batch) -> Floats:
        """[N, V]"""
        out = np.zeros((len(batch.rows), SIZE), np.float32)
        for i, (row, position) in enumerate(zip(batch.rows, batch.positions, strict=True)):
            state = int(batch.features[row, position, Channel.STATE])
            seed = zlib.crc32(repr((batch.lexemes[row], int(position), state)).encode())
            out[i] = np.random.default_rng(seed).normal(0.0, self.scale, SIZE)
        return np.where(batch.domains, out, out + np.float32(self.tempting))


def project(texts: Mapping[str, str]) -> Project:
    """A project whose files are given."""
    return Project(texts.keys(), texts.get)


def entity(made: Project, name: str) -> Entity:
    """The definition that `qualified` prints as `name`."""
    found = find(made, name)
    assert found is not None, name
    return found
