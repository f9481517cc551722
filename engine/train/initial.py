"""The start of the first training: the public MiniLM encoder (all-MiniLM-L6-v2, Apache-2.0), read from its safetensors file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from engine.canvas import Floats
from engine.checkpoint import NETWORKS, Checkpoint, Config, quantise
from engine.features import SIZES
from engine.values import SIZE


def from_minilm(folder: Path, seed: int) -> Checkpoint:
    """Encoder layers of both networks and word pieces from `model.safetensors` and `vocab.txt`; every new table small and random."""
    raw = load_file(str(folder / "model.safetensors"))
    config = Config()
    generator = np.random.default_rng(seed)
    pieces, scale = quantise(raw["embeddings.word_embeddings.weight"])
    tensors: dict[str, Floats] = {}
    for network, layers in config.depths.items():
        own: dict[str, Floats] = {
            "position": raw["embeddings.position_embeddings.weight"],
            "segment": raw["embeddings.token_type_embeddings.weight"][0],
            "embed.norm.weight": raw["embeddings.LayerNorm.weight"],
            "embed.norm.bias": raw["embeddings.LayerNorm.bias"],
        }
        for i in range(layers):
            own.update(_layer(raw, f"encoder.layer.{i}.", f"layer.{i}."))
        own.update(new_tables(config, generator))
        tensors.update({f"{network}.{name}": tensor for name, tensor in own.items()})
    vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return Checkpoint(config, tensors, pieces, scale, tuple(vocabulary), {})


def fitted(checkpoint: Checkpoint, seed: int) -> Checkpoint:
    """A checkpoint whose tables have a row for every value that channels and slots have now; new rows are small and random."""
    generator = np.random.default_rng(seed)
    tensors = dict(checkpoint.tensors)
    sizes = {f"feature.{channel.name.lower()}": size for channel, size in SIZES.items()} | {"belief": SIZE, "head.out.weight": SIZE}
    for name, size in ((f"{network}.{name}", size) for network in NETWORKS for name, size in sizes.items()):
        known = tensors.get(name, np.zeros((0, checkpoint.config.width), np.float32))
        fresh = generator.normal(0.0, 0.02, (max(0, size - len(known)), checkpoint.config.width)).astype(np.float32)
        tensors[name] = np.concatenate([known, fresh])
    for name in (f"{network}.head.out.bias" for network in NETWORKS):
        tensors[name] = np.concatenate([tensors[name], np.zeros(max(0, SIZE - len(tensors[name])), np.float32)])
    return replace(checkpoint, tensors=tensors)


def new_tables(config: Config, generator: np.random.Generator) -> dict[str, Floats]:
    """Structural embeddings and the head."""

    def small(*shape: int) -> Floats:
        return generator.normal(0.0, 0.02, shape).astype(np.float32)

    tables = {f"feature.{channel.name.lower()}": small(size, config.width) for channel, size in SIZES.items()}
    return tables | {
        "belief": np.zeros((SIZE, config.width), np.float32),
        "head.dense.weight": small(config.width, config.width),
        "head.dense.bias": np.zeros(config.width, np.float32),
        "head.norm.weight": np.ones(config.width, np.float32),
        "head.norm.bias": np.zeros(config.width, np.float32),
        "head.out.weight": small(SIZE, config.width),
        "head.out.bias": np.zeros(SIZE, np.float32),
    }


def _layer(raw: dict[str, Floats], source: str, name: str) -> dict[str, Floats]:
    qkv = [f"{source}attention.self.{part}" for part in ("query", "key", "value")]
    out = {
        f"{name}qkv.weight": np.concatenate([raw[f"{part}.weight"] for part in qkv]),
        f"{name}qkv.bias": np.concatenate([raw[f"{part}.bias"] for part in qkv]),
        f"{name}inner.weight": raw[f"{source}intermediate.dense.weight"],
        f"{name}inner.bias": raw[f"{source}intermediate.dense.bias"],
    }
    for own, theirs in (("attention", "attention.output"), ("outer", "output")):
        for part in ("weight", "bias"):
            out[f"{name}{own}.{part}"] = raw[f"{source}{theirs}.dense.{part}"]
            out[f"{name}{own}.norm.{part}"] = raw[f"{source}{theirs}.LayerNorm.{part}"]
    return out
