"""Masked diffusion models (LLaDA, Dream, SDAR and their like) as token models: one adapter for all that give logits for a masked sequence.

They have no causal mode and no exact cache: context and canvas are read anew in every step, and the likelihood that ranks candidates is
that of the last step, each token given all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

MASKS: Mapping[str, int] = {"llada": 126336, "llada2_moe": 156895, "sdar": 151669, "sdar_moe": 151669}
"""Mask tokens of families whose tokenizers do not name one."""
SHIFTED = frozenset({"Dream", "dream"})
"""Families whose logits at a position speak of the next one, as those of the causal models that they were made from."""


@dataclass(frozen=True, slots=True)
class MaskedModel:
    """A loaded model that maps ids [B, S] to logits [B, S, V]."""

    model: Any
    mask: int
    shifted: bool = False

    @property
    def vocabulary(self) -> int:
        return int(self.model.get_output_embeddings().weight.shape[0])

    @property
    def is_causal(self) -> bool:
        return False

    def prefill(self, ids: list[int]) -> tuple[list[int], int]:
        """The context itself, for one canvas."""
        return list(ids), 1

    def extend(self, cache: tuple[list[int], int], ids: list[int], copies: int = 1) -> tuple[list[int], int]:
        """More context, for a batch of `copies`."""
        return [*cache[0], *ids], copies

    @torch.no_grad()
    def logits(self, cache: tuple[list[int], int], canvas: Tensor, belief: Tensor | None) -> Tensor:
        """[B, L, V]"""
        context = torch.tensor([cache[0]], dtype=torch.long, device=canvas.device).expand(len(canvas), -1)
        found: Tensor = self.model(input_ids=torch.cat([context, canvas], 1)).logits.float()
        if self.shifted:
            found = torch.cat([found[:, :1], found[:, :-1]], 1)
        found = found[:, len(cache[0]) :].clone()
        # A mask is no answer.
        found[..., self.mask] = float("-inf")
        return found

    def likelihood(self, cache: tuple[list[int], int], canvas: Tensor) -> Tensor:
        """[B, L] log-probability of every token, seeing all the others and itself."""
        return self.logits(cache, canvas, None).log_softmax(-1).gather(-1, canvas[..., None])[..., 0]

    def noise(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """The mask."""
        return torch.full(shape, self.mask)


def mask_token(family: str, tokenizer: Any, config: Any) -> int | None:
    """The mask of a model: what its tokenizer or configuration calls so, or what its family is known to use; None for other models."""
    for found in (getattr(config, "mask_token_id", None), getattr(tokenizer, "mask_token_id", None), MASKS.get(family)):
        if isinstance(found, int):
            return found
    return None
