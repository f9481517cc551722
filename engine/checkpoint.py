"""The weights file: one safetensors file, matrices int8 per row, everything the embedded denoiser needs inside.

Format `redraft-denoiser` version 4: `site.<name>` and `plan.<name>`, the tensors of two networks, over one table of word pieces; `<name>`
int8 [rows, columns] with `<name>.scale` float32 [rows], vectors float32, `vocabulary` uint8 (UTF-8 lines), configuration in the metadata.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from engine.canvas import Floats
from engine.errors import CheckpointError

FORMAT = "redraft-denoiser"
VERSION = "4"
Tensor = npt.NDArray[np.generic]
NETWORKS = ("site", "plan")
"""What they read: the places of one target, or a request and the entities that it may mean. Apart, so that no training for the one costs the other."""


@dataclass(frozen=True, slots=True)
class Config:
    """Shape of the embedded denoiser; its encoders are MiniLM's (Wang et al. 2020; sentence-transformers/all-MiniLM-L6-v2)."""

    layers: int = 6
    """Of the network that reads plan canvases."""
    width: int = 384
    heads: int = 12
    inner: int = 1536
    positions: int = 512
    site_depth: int = 3
    """Layers of the network that reads site canvases; fewer, because there are many of those."""

    @property
    def depths(self) -> dict[str, int]:
        """Layers of each of `NETWORKS`."""
        return dict(zip(NETWORKS, (self.site_depth, self.layers), strict=True))

    def network(self, depth: int) -> str:
        """Which of `NETWORKS` reads canvases of a depth."""
        return "site" if depth == self.site_depth else "plan"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Configuration, float32 tensors of both networks by name, still quantised word-piece rows, and the vocabulary."""

    config: Config
    tensors: Mapping[str, Floats]
    pieces: npt.NDArray[np.int8]
    """[pieces, width]"""
    piece_scale: Floats
    """[pieces]"""
    vocabulary: tuple[str, ...]
    calibration: Mapping[str, float]
    """Temperatures and thresholds measured on held-out packages."""

    def network(self, name: str) -> dict[str, Floats]:
        """The tensors of one of `NETWORKS` by their names within it."""
        return {key.removeprefix(f"{name}."): tensor for key, tensor in self.tensors.items() if key.startswith(f"{name}.")}

    def piece_rows(self, ids: npt.NDArray[np.int64]) -> Floats:
        """[n, width] float32 rows of the word-piece table."""
        rows: Floats = self.pieces[ids].astype(np.float32) * self.piece_scale[ids, None]
        return rows


def quantise(matrix: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Symmetric int8 per row: ([rows, columns], [rows])."""
    scale = np.maximum(np.abs(matrix).max(axis=1), 1e-8) / 127.0
    return np.round(matrix / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write the one file; matrices are quantised here."""
    out: dict[str, Tensor] = {"pieces": checkpoint.pieces, "pieces.scale": checkpoint.piece_scale}
    for name, tensor in checkpoint.tensors.items():
        if tensor.ndim == 2 and tensor.shape[1] >= 64:
            out[name], out[f"{name}.scale"] = quantise(tensor)
        else:
            out[name] = tensor.astype(np.float32)
    out["vocabulary"] = np.frombuffer("\n".join(checkpoint.vocabulary).encode(), dtype=np.uint8)
    metadata = {
        "format": FORMAT,
        "version": VERSION,
        "config": json.dumps(asdict(checkpoint.config)),
        "calibration": json.dumps(dict(checkpoint.calibration)),
    }
    save_file({name: np.ascontiguousarray(t) for name, t in out.items()}, str(path), metadata)


def load(path: Path) -> Checkpoint:
    """Read and dequantise; raises CheckpointError with what is wrong with the file."""
    if not path.is_file():
        raise CheckpointError(f"the weights file {path} is missing; reinstall redraft or train with `redraft train`")
    try:
        with safe_open(str(path), framework="numpy") as file:
            metadata = file.metadata() or {}
            raw = {name: file.get_tensor(name) for name in file.keys()}
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is not a readable safetensors file: {error}") from error
    if metadata.get("format") != FORMAT or metadata.get("version") != VERSION:
        raise CheckpointError(f"{path} is not a {FORMAT} file of version {VERSION}")
    try:
        return _decode(metadata, raw)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is damaged: {error}") from error


def _decode(metadata: Mapping[str, str], raw: dict[str, Tensor]) -> Checkpoint:
    vocabulary = raw.pop("vocabulary").tobytes().decode().split("\n")
    pieces, piece_scale = raw.pop("pieces").astype(np.int8), raw.pop("pieces.scale").astype(np.float32)
    tensors: dict[str, Floats] = {}
    for name, tensor in raw.items():
        if name.endswith(".scale"):
            continue
        scale = raw.get(f"{name}.scale")
        tensors[name] = tensor.astype(np.float32) if scale is None else tensor.astype(np.float32) * scale.astype(np.float32)[:, None]
    return Checkpoint(
        config=Config(**json.loads(metadata["config"])),
        tensors=tensors,
        pieces=pieces,
        piece_scale=piece_scale,
        vocabulary=tuple(vocabulary),
        calibration=json.loads(metadata["calibration"]),
    )
