"""The embedded denoiser: the small model that is shipped, over numpy, so that nothing heavy has to start."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine import checkpoint as files
from engine.canvas import Batch, Floats
from engine.checkpoint import NETWORKS, Checkpoint
from engine.checkpoint_shape import misfit
from engine.errors import CheckpointError
from engine.network_numpy import forward
from engine.text_table import TextTable

WEIGHTS = Path(__file__).parent / "weights" / "denoiser.safetensors"
LICENCE = "Apache-2.0"


class EmbeddedDenoiser:
    """The shipped model behind the `Denoiser` protocol, on the CPU, without torch."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.config = checkpoint.config
        self.calibration = checkpoint.calibration
        self._networks = {name: checkpoint.network(name) for name in NETWORKS}
        self._table = TextTable(checkpoint)

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> EmbeddedDenoiser:
        """From a weights file; raises CheckpointError."""
        checkpoint = files.load(path)
        problem = misfit(checkpoint)
        if problem:
            raise CheckpointError(f"{path} is damaged: {problem}")
        return cls(checkpoint)

    def logits(self, batch: Batch) -> Floats:
        """[N, V]"""
        rows = self._table.rows(batch.lexemes, batch.features.shape[1])
        return forward(
            self._networks[self.config.network(batch.depth)],
            self.config,
            self._table.vectors[rows],
            batch.features,
            batch.lengths,
            batch.rows,
            batch.positions,
            batch.belief,
            batch.depth,
        )


def randomised(checkpoint: Checkpoint, seed: int) -> Checkpoint:
    """The same shape with random weights: what the score must collapse with (`redraft eval --ablate weights`)."""
    generator = np.random.default_rng(seed)
    tensors: Mapping[str, Floats] = {
        name: np.ones_like(t) if name.endswith("norm.weight") else generator.normal(0.0, 0.05, t.shape).astype(np.float32)
        for name, t in checkpoint.tensors.items()
    }
    return Checkpoint(
        checkpoint.config, tensors, checkpoint.pieces, checkpoint.piece_scale, checkpoint.vocabulary, checkpoint.calibration
    )


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """One line of `redraft engines`."""

    name: str
    path: Path
    size: int
    """bytes; 0 when absent"""
    sha256: str
    licence: str
    present: bool


def available(path: Path = WEIGHTS) -> list[EngineInfo]:
    """The engines that this installation can drive."""
    present = path.is_file()
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest() if present else ""
    return [EngineInfo("embedded", path, path.stat().st_size if present else 0, sha256, LICENCE, present)]
