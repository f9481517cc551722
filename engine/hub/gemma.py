"""DiffusionGemma through `transformers`, with our own loop: the prefix is encoded once, its cache forked per canvas.

Uses the public forward of the model and of its encoder; `generate` is not called, as it can neither clamp nor seed a canvas.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

CHUNK = 2048
"""Tokens encoded at once. One canonical chunking: in bf16 another one gives other last bits, and flips decisions of the sampler."""


class GemmaModel:
    """A loaded `DiffusionGemmaForBlockDiffusion` as a token model."""

    def __init__(self, model: Any) -> None:
        self.model = model.eval()
        self._text = model.config.get_text_config(decoder=True)

    @property
    def vocabulary(self) -> int:
        return int(self._text.vocab_size)

    @property
    def is_causal(self) -> bool:
        return True

    @torch.no_grad()
    def prefill(self, ids: list[int]) -> DynamicCache:
        """The cache of a context."""
        return self._encoded(DynamicCache(config=self._text), ids)

    @torch.no_grad()
    def extend(self, cache: DynamicCache, ids: list[int], copies: int = 1) -> DynamicCache:
        """A fork with more context."""
        own = self._encoded(fork(cache), ids)
        if copies > 1:
            own.batch_repeat_interleave(copies)
        return own

    @torch.no_grad()
    def logits(self, cache: DynamicCache, canvas: Tensor, belief: Tensor | None) -> Tensor:
        """[B, L, V]"""
        found: Tensor = self.model(decoder_input_ids=canvas, past_key_values=cache, self_conditioning_logits=belief).logits
        return found

    @torch.no_grad()
    def likelihood(self, cache: DynamicCache, canvas: Tensor) -> Tensor:
        """[B, L] from the causal pass that commits a canvas; the first token has no predecessor in it and counts nothing."""
        hidden = self.model.model.encoder(input_ids=canvas, past_key_values=fork(cache)).last_hidden_state
        cap = self.model.final_logit_softcapping
        logits = torch.tanh(self.model.lm_head(hidden[:, :-1]).float() / cap) * cap
        found = logits.log_softmax(-1).gather(-1, canvas[:, 1:, None])[..., 0]
        return torch.nn.functional.pad(found, (1, 0))

    def noise(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Uniform over the vocabulary."""
        return torch.randint(self.vocabulary, shape, generator=generator)

    def _encoded(self, cache: DynamicCache, ids: list[int]) -> DynamicCache:
        for start in range(0, len(ids), CHUNK):
            part = torch.tensor([ids[start : start + CHUNK]], device=self.model.device)
            cache = self.model.model.encoder(input_ids=part, past_key_values=cache).past_key_values
        return cache


def fork(cache: DynamicCache) -> DynamicCache:
    """A snapshot without copying: updates bind new tensors and never write into the old ones."""
    own = copy.copy(cache)
    own.layers = [copy.copy(layer) for layer in cache.layers]
    return own
