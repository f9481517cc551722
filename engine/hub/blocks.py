"""A diffusion model writing a whole draft stream, canvas after canvas: for new files and for requests that name no place.

Each canvas is denoised under the stream's grammar: at every step the allowed tokens of a position are those that may follow the likeliest
legal tokens before it, so the argmax of a canvas is always a piece of a stream. A canvas that did not converge is rolled again, and if
that does not help, nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from llguidance import LLMatcher
from torch import Tensor

from engine.hub.causal import Constraints, allowed, prompt_ids
from engine.hub.denoising import Allow, Rules, TokenModel, refine
from engine.hub.grammar import gbnf
from engine.hub.stream import BadLine, DraftOp, DraftReader
from engine.hub.task import Drafted, NotDrafted, Task

MOST = 32
"""Canvases of one draft."""
ROLLS = 3


@dataclass(slots=True)
class BlockDrafter:
    """A loaded model."""

    model: TokenModel
    tokenizer: Any
    rules: Rules
    canvas: int
    place: Any = "cpu"
    """Device of the canvases."""

    def draft(self, task: Task, read: Callable[[DraftOp], None]) -> Drafted | NotDrafted:
        """Write canvases until the stream's last line."""
        generator = torch.Generator().manual_seed(task.seed)
        matcher = Constraints(self.tokenizer).matcher(gbnf(task.paths))
        cache = self.model.prefill(prompt_ids(self.tokenizer, task))
        reader, written, shown, passes = DraftReader(), list[int](), "", 1
        for _ in range(MOST):
            ids, spent = self._block(cache, matcher, generator)
            passes += spent
            if ids is None:
                return NotDrafted(f"A part of the draft did not settle in {ROLLS} tries.", passes=passes, tokens=len(written))
            kept = taken(matcher, ids, self.tokenizer.eos_token_id)
            written += kept
            text = self.tokenizer.decode(written, skip_special_tokens=True)
            for op in reader.push(text[len(shown) :]):
                read(op)
            shown = text
            if reader.is_over or len(kept) < len(ids):
                break
            cache = self.model.extend(cache, kept)
        found = reader.finish()
        if isinstance(found, BadLine):
            return NotDrafted(f"The draft was not finished within {MOST} canvases.", again=True, passes=passes, tokens=len(written))
        return Drafted(found, passes=passes, tokens=len(written))

    def _block(self, cache: Any, matcher: LLMatcher, generator: torch.Generator) -> tuple[list[int] | None, int]:
        """One settled canvas, and the forward passes."""
        start, spent = torch.zeros((1, self.canvas), dtype=torch.long, device=self.place), 0
        free = torch.ones_like(start, dtype=torch.bool)
        for _ in range(ROLLS):
            found = refine(self.model, cache, start, free, legal(matcher, self.tokenizer.eos_token_id), self.rules, generator, seeded=False)
            spent += found.passes
            if float(found.entropy) <= self.rules.unsettled:
                return found.ids[0].tolist(), spent
        return None, spent


def legal(matcher: LLMatcher, end: int) -> Allow:
    """The mask of a step: a walk along the likeliest legal tokens; behind the end of the stream nothing but `end` is legal."""

    def allow(logits: Tensor) -> Tensor:
        mask = torch.zeros(logits.shape, dtype=torch.bool)
        state, over = matcher.deep_copy(), False
        scores = logits[0].cpu()
        for at in range(logits.shape[1]):
            now = torch.zeros(logits.shape[-1], dtype=torch.bool) if over else torch.from_numpy(allowed(state, logits.shape[-1]))
            if over or not now.any():
                over = True
                now[end] = True
            mask[0, at] = now
            token = int(scores[at].masked_fill(~now, float("-inf")).argmax())
            over = over or token == end or not state.consume_token(token) or state.is_stopped()
        return mask.to(logits.device)

    return allow


def taken(matcher: LLMatcher, ids: list[int], end: int) -> list[int]:
    """The tokens of a canvas before its end, taken into the grammar's state."""
    kept: list[int] = []
    for token in ids:
        if token == end or not matcher.consume_token(token):
            break
        kept.append(token)
        if matcher.is_stopped():
            break
    return kept


@dataclass(slots=True)
class DiffusionDrafter:
    """Holes where the request speaks of places, a stream where it does not, or where the holes come to nothing."""

    filler: Any
    blocks: BlockDrafter | None

    def draft(self, task: Task, read: Callable[[DraftOp], None]) -> Drafted | NotDrafted:
        """Try the holes first."""
        found: Drafted | NotDrafted = self.filler.draft(task, read)
        if self.blocks is None or (isinstance(found, Drafted) and found.ops):
            return found
        again = self.blocks.draft(task, read)
        return replace(again, passes=again.passes + found.passes)
