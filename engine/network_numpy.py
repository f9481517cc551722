"""The denoiser's forward pass in plain numpy: importing it costs a tenth of importing torch, which most edits are too small to repay.

One of the two networks, with the names of its tensors; equal to `network_torch.Network` (a test holds them together). Shapes: B canvases, S lexemes, D width, H heads, N slots, V values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from engine.canvas import Floats, Ints
from engine.checkpoint import Config
from engine.features import SIZES

EPSILON = 1e-12


def forward(
    weights: Mapping[str, Floats],
    config: Config,
    text: Floats,
    features: Ints,
    lengths: Ints,
    rows: Ints,
    positions: Ints,
    belief: Floats,
    depth: int,
) -> Floats:
    """[N, V] logits. text [B, S, D], features [B, S, C], lengths [B], rows and positions [N], belief [N, V]."""
    batch, length, width = text.shape
    x = text + weights["position"][:length] + weights["segment"]
    for channel in SIZES:
        x += weights[f"feature.{channel.name.lower()}"][features[:, :, channel]]
    x[rows, positions] += belief @ weights["belief"]
    x = _norm(x, weights, "embed").reshape(batch * length, width)
    padding = np.where(np.arange(length) < lengths[:, None], 0.0, -1e9).astype(np.float32)[:, None, None, :]
    for layer in range(depth):
        x = _layer(x, weights, f"layer.{layer}", padding, (batch, length, config.heads))
    slots = x.reshape(batch, length, width)[rows, positions]
    hidden = _norm(_gelu(_linear(slots, weights, "head.dense")), weights, "head")
    return _linear(hidden, weights, "head.out")


def _layer(x: Floats, weights: Mapping[str, Floats], name: str, padding: Floats, shape: tuple[int, int, int]) -> Floats:
    batch, length, heads = shape
    width = x.shape[1]
    qkv = _linear(x, weights, f"{name}.qkv").reshape(batch, length, 3, heads, width // heads)
    q, k, v = (qkv[:, :, i].transpose(0, 2, 1, 3) for i in range(3))
    scores = np.matmul(q, k.transpose(0, 1, 3, 2)) * np.float32(1.0 / math.sqrt(width // heads))
    scores += padding
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    attended = np.matmul(scores, v).transpose(0, 2, 1, 3).reshape(batch * length, width)
    x = _norm(x + _linear(attended, weights, f"{name}.attention"), weights, f"{name}.attention")
    inner = _gelu(_linear(x, weights, f"{name}.inner"))
    return _norm(x + _linear(inner, weights, f"{name}.outer"), weights, f"{name}.outer")


def _linear(x: Floats, weights: Mapping[str, Floats], name: str) -> Floats:
    out: Floats = x @ weights[f"{name}.weight"].T
    out += weights[f"{name}.bias"]
    return out


def _norm(x: Floats, weights: Mapping[str, Floats], name: str) -> Floats:
    centred: Floats = x - x.mean(axis=-1, keepdims=True)
    variance: Floats = np.einsum("...i,...i->...", centred, centred)[..., None] / np.float32(x.shape[-1])
    centred /= np.sqrt(variance + np.float32(EPSILON))
    centred *= weights[f"{name}.norm.weight"]
    centred += weights[f"{name}.norm.bias"]
    return centred


def _gelu(x: Floats) -> Floats:
    """Tanh form of the Gaussian error linear unit (Hendrycks and Gimpel 2016)."""
    inner = x * x
    inner *= np.float32(0.044715)
    inner += np.float32(1.0)
    inner *= x
    inner *= np.float32(math.sqrt(2.0 / math.pi))
    np.tanh(inner, out=inner)
    inner += np.float32(1.0)
    inner *= x
    inner *= np.float32(0.5)
    return inner
