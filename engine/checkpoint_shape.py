"""Whether a weights file holds the denoiser that its configuration speaks of: every tensor there, of the right shape, with numbers in it.

A file that lies about this would be noticed in the middle of a run otherwise, by whatever product of matrices fails first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from engine.checkpoint import Checkpoint, Config, Tensor
from engine.features import SIZES
from engine.values import SIZE

Shape = tuple[int, ...]
NEEDED_PIECES = ("[UNK]", "[SEP]")
_MOST = 1 << 20
"""Of any number of the configuration."""


def misfit(checkpoint: Checkpoint) -> str | None:
    """What is wrong with a checkpoint; None if it can be run."""
    config = checkpoint.config
    for name, number in asdict(config).items():
        if type(number) is not int or not 0 < number <= _MOST:
            return f"its {name} is {number!r}"
    if config.width % config.heads or config.site_depth >= config.layers:
        return "its configuration contradicts itself"
    tables: dict[str, Tensor] = {"pieces": checkpoint.pieces, "pieces.scale": checkpoint.piece_scale}
    wanted: dict[str, Shape] = {"pieces": (len(checkpoint.vocabulary), config.width), "pieces.scale": (len(checkpoint.vocabulary),)}
    for name, shape in (*wanted.items(), *shapes(config)):
        found: Tensor | None = tables[name] if name in tables else checkpoint.tensors.get(name)
        if found is None:
            return f"{name} is missing"
        if found.shape != shape:
            return f"{name} has the shape {list(found.shape)} and not {list(shape)}"
        if not np.isfinite(found.sum()):
            return f"{name} holds what is no number"
    for piece in NEEDED_PIECES:
        if piece not in checkpoint.vocabulary:
            return f"its vocabulary lacks {piece}"
    return None


def shapes(config: Config) -> Iterator[tuple[str, Shape]]:
    """The tensors that a denoiser of this configuration reads."""
    for network, layers in config.depths.items():
        yield from ((f"{network}.{name}", shape) for name, shape in _network(config, layers))


def _network(config: Config, layers: int) -> Iterator[tuple[str, Shape]]:
    d = config.width
    yield from {"position": (config.positions, d), "segment": (d,), "belief": (SIZE, d)}.items()
    yield from ((f"feature.{channel.name.lower()}", (size, d)) for channel, size in SIZES.items())
    yield from _norm("embed", d)
    for number in range(layers):
        layer = f"layer.{number}"
        yield from _linear(f"{layer}.qkv", 3 * d, d)
        yield from (*_linear(f"{layer}.attention", d, d), *_norm(f"{layer}.attention", d))
        yield from _linear(f"{layer}.inner", config.inner, d)
        yield from (*_linear(f"{layer}.outer", d, config.inner), *_norm(f"{layer}.outer", d))
    yield from (*_linear("head.dense", d, d), *_norm("head", d), *_linear("head.out", SIZE, d))


def _linear(name: str, outputs: int, inputs: int) -> tuple[tuple[str, Shape], ...]:
    return (f"{name}.weight", (outputs, inputs)), (f"{name}.bias", (outputs,))


def _norm(name: str, width: int) -> tuple[tuple[str, Shape], ...]:
    return (f"{name}.norm.weight", (width,)), (f"{name}.norm.bias", (width,))
