"""The denoiser as a torch module: for training. One file, top to bottom.

Equal to `network_numpy.forward`; the parameter names of `Networks` are those of the weights file.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.checkpoint import Config
from engine.features import SIZES
from engine.values import SIZE


def _attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Scaled dot-product attention. q, k, v [B, H, S, D/H], mask [B, 1, 1, S] additive -> [B, H, S, D/H]"""
    if q.dtype is torch.bfloat16 and q.device.type == "cpu":
        # The fused kernel's backward pass is four times slower than two products here.
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2) + mask.to(q.dtype)
        return torch.matmul(scores.softmax(dim=-1), v)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask.to(q.dtype))


class Normed(nn.Module):
    """A linear layer and the layer norm that follows it."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs).normal_(std=0.02))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.norm = nn.LayerNorm(outputs, eps=1e-12)

    def linear(self, x: Tensor) -> Tensor:
        """[..., inputs] -> [..., outputs]"""
        return F.linear(x, self.weight, self.bias)


class Layer(nn.Module):
    """A post-norm transformer layer (Devlin et al. 2018)."""

    def __init__(self, config: Config, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads = config.heads
        self.dropout = nn.Dropout(dropout)
        self.qkv = nn.Linear(config.width, 3 * config.width)
        self.attention = Normed(config.width, config.width)
        self.inner = nn.Linear(config.width, config.inner)
        self.outer = Normed(config.inner, config.width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, S, D], mask [B, 1, 1, S] additive -> [B, S, D]"""
        b, s, d = x.shape
        q, k, v = self.qkv(x).view(b, s, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        attended = _attend(q, k, v, mask).transpose(1, 2).reshape(b, s, d)
        x = self.attention.norm(x + self.dropout(self.attention.linear(attended)))
        return self.outer.norm(x + self.dropout(self.outer.linear(F.gelu(self.inner(x), approximate="tanh"))))  # type: ignore[no-any-return]


class Network(nn.Module):
    """Bidirectional encoder over lexemes; a value distribution at every slot."""

    def __init__(self, config: Config, layers: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.position = nn.Parameter(torch.empty(config.positions, config.width).normal_(std=0.02))
        self.segment = nn.Parameter(torch.zeros(config.width))
        self.feature = nn.ParameterDict(
            {channel.name.lower(): nn.Parameter(torch.empty(size, config.width).normal_(std=0.02)) for channel, size in SIZES.items()}
        )
        sizes = list(SIZES.values())
        self.offsets = torch.tensor([sum(sizes[:i]) for i in range(len(sizes))])
        """First row of each channel in the concatenated tables, which one pooled look-up reads."""
        self.belief = nn.Parameter(torch.zeros(SIZE, config.width))
        self.embed = nn.ModuleDict({"norm": nn.LayerNorm(config.width, eps=1e-12)})
        self.layer = nn.ModuleList(Layer(config, dropout) for _ in range(layers))
        self.head = nn.ModuleDict(
            {
                "dense": nn.Linear(config.width, config.width),
                "norm": nn.LayerNorm(config.width, eps=1e-12),
                "out": nn.Linear(config.width, SIZE),
            }
        )

    def forward(
        self, text: Tensor, features: Tensor, lengths: Tensor, rows: Tensor, positions: Tensor, belief: Tensor
    ) -> Tensor:
        """[N, V] logits. text [B, S, D], features [B, S, C], lengths [B], rows and positions [N], belief [N, V]."""
        b, s, d = text.shape
        tables = torch.cat([self.feature[channel.name.lower()] for channel in SIZES])
        shifted = (features + self.offsets.to(features.device)).view(b * s, -1)
        x = text + self.position[:s] + self.segment + F.embedding_bag(shifted, tables, mode="sum").view(b, s, d)
        x = x.reshape(b * s, d).index_add(0, rows * s + positions, (belief @ self.belief).to(x.dtype)).view(b, s, d)
        x = self.dropout(self.embed["norm"](x))
        mask = torch.where(torch.arange(s, device=text.device) < lengths[:, None], 0.0, -1e9)[:, None, None, :].to(x.dtype)
        for layer in self.layer:
            x = layer(x, mask)
        slots = x.reshape(b * s, d)[rows * s + positions]
        hidden = self.head["norm"](F.gelu(self.head["dense"](slots), approximate="tanh"))
        return self.head["out"](hidden)  # type: ignore[no-any-return]


class Networks(nn.Module):
    """The two networks of a weights file; a canvas's depth says which reads it."""

    def __init__(self, config: Config, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        self.site = Network(config, config.site_depth, dropout)
        self.plan = Network(config, config.layers, dropout)

    def forward(
        self, text: Tensor, features: Tensor, lengths: Tensor, rows: Tensor, positions: Tensor, belief: Tensor, depth: int
    ) -> Tensor:
        """[N, V] logits; shapes as in `Network`."""
        network = self.site if self.config.network(depth) == "site" else self.plan
        return network(text, features, lengths, rows, positions, belief)  # type: ignore[no-any-return]
