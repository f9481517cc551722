"""Training of a hub model on windows: causal loss of the encoder and denoising loss of the decoder, on the same weights.

The forward process is that of DiffusionGemma, uniform noise at a rate drawn per example, over the hole; a quarter of the holes start from
the draft that the sampler starts from, so that visible wrong tokens are revised. A few tokens around the hole are noised as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import DynamicCache

from engine.hub.layout import Codec, drafted
from engine.train.hub_windows import Window


@dataclass(frozen=True, slots=True)
class Encoded:
    """N windows as tokens."""

    prompts: Tensor
    """[N, P] request and window"""
    clean: Tensor
    """[N, L] the canvas as it has to come out"""
    draft: Tensor
    """[N, L] the canvas as the sampler starts it"""
    hole: Tensor
    """[N, L]"""
    chain: Tensor
    """[N, C] the same text for the causal mode"""
    ended: Tensor
    """[N, C] hole and closing mark in it"""

    def __len__(self) -> int:
        return len(self.prompts)

    def rows(self, rows: Tensor) -> Encoded:
        """Some of them."""
        return Encoded(*(getattr(self, field.name)[rows] for field in fields(self)))

    def to(self, device: Any) -> Encoded:
        """The same on a device."""
        return Encoded(*(getattr(self, field.name).to(device) for field in fields(self)))


def encode(codec: Codec, windows: Sequence[Window]) -> Encoded:
    """Those windows whose holes fit on the canvas."""
    rows = [_row(codec, window) for window in windows]
    kept = [row for row in rows if row is not None]
    return Encoded(*(torch.tensor(np.array(column)) for column in zip(*kept, strict=True)))


def _row(codec: Codec, window: Window) -> tuple[list[int], list[int], list[int], list[bool], list[int], list[bool]] | None:
    new = codec.encode(window.new)
    old = codec.encode(window.hole.old)
    if not codec.fits(window.hole) or not 0 < len(new) <= codec.layout.most:
        return None
    prompt = [*codec.request(window.instruction), *codec.window(window.hole)]
    clean, inside = codec.canvas(window.hole, new)
    draft, _ = codec.canvas(window.hole, drafted(old, len(new), codec.layout.padding))
    hole = [inside.start <= i < inside.stop for i in range(len(clean))]
    chain, ended = codec.chain(window.hole, new)
    return prompt, clean, draft, hole, chain, [ended.start <= i < ended.stop for i in range(len(chain))]


@dataclass(frozen=True, slots=True)
class Options:
    """How long and how."""

    steps: int = 1000
    batch: int = 32
    rate: float = 2e-3
    warm: int = 50
    causal: float = 0.5
    """Weight of the encoder's causal loss."""
    seed: int = 0


def train(model: Any, data: Encoded, options: Options, said: Callable[[int, float, float], None]) -> None:
    """Train what of the model wants a gradient; `said(step, denoising loss, causal loss)`."""
    generator = torch.Generator().manual_seed(options.seed)
    wanted = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(wanted, lr=options.rate, betas=(0.9, 0.98), weight_decay=0.01)
    model.train()
    for step, batch in enumerate(_batches(data, options, generator)):
        share = step / options.steps
        for group in optimizer.param_groups:
            group["lr"] = options.rate * min(1.0, (step + 1) / options.warm) * min(1.0, (1.0 - share) / 0.4)
        denoising, causal = losses(model, batch, generator)
        optimizer.zero_grad()
        (denoising + options.causal * causal).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(wanted, 1.0)
        optimizer.step()
        said(step, denoising.item(), causal.item())
    model.eval()


def _batches(data: Encoded, options: Options, generator: torch.Generator) -> Iterator[Encoded]:
    for _ in range(options.steps):
        rows = torch.randint(len(data), (options.batch,), generator=generator)
        yield data.rows(rows)


def corrupt(batch: Encoded, vocabulary: int, generator: torch.Generator) -> Tensor:
    """[N, L] canvases of the forward process."""
    n, length = batch.clean.shape
    from_draft = torch.rand((n, 1), generator=generator) < 0.25
    start = torch.where(from_draft, batch.draft, batch.clean)
    # A quarter of the holes are all noise: there every trajectory begins.
    rate = torch.where(torch.rand((n, 1), generator=generator) < 0.25, 1.0, torch.rand((n, 1), generator=generator))
    rate = torch.where(from_draft, rate * 0.3, rate)
    around = 0.3 * torch.rand((n, 1), generator=generator) * (torch.rand((n, 1), generator=generator) < 0.5)
    hit = torch.rand((n, length), generator=generator) < torch.where(batch.hole, rate, around)
    noise = torch.randint(vocabulary, (n, length), generator=generator)
    return torch.where(hit, noise, start)


def losses(model: Any, batch: Encoded, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Denoising and causal cross-entropy in nats per token."""
    config = model.config.get_text_config(decoder=True)
    noisy = corrupt(batch, config.vocab_size, generator).to(model.device)
    some = (torch.rand(batch.chain.shape, generator=generator) < 0.1).to(model.device)
    batch = batch.to(model.device)
    encoded = model.model.encoder(input_ids=batch.prompts, past_key_values=DynamicCache(config=config))
    cache, last = encoded.past_key_values, encoded.last_hidden_state[:, -1:]
    belief = None
    if torch.rand((), generator=generator) < 0.3:
        with torch.no_grad():
            belief = model(decoder_input_ids=noisy, past_key_values=cache).logits
    denoised = model.model(decoder_input_ids=noisy, past_key_values=cache, self_conditioning_logits=belief).last_hidden_state
    weight = torch.where(batch.hole, 1.0, 0.3) * (batch.hole | (noisy != batch.clean))
    denoising = _cross_entropy(model, denoised, batch.clean, weight)
    hidden = model.model.encoder(input_ids=batch.chain, past_key_values=cache).last_hidden_state
    # The closing mark is the hole's end, and has to be learned with it; of the rest, a few tokens.
    weight = torch.where(batch.ended, 1.0, 0.3 * some)
    return denoising, _cross_entropy(model, torch.cat([last, hidden[:, :-1]], 1), batch.chain, weight)


def _cross_entropy(model: Any, hidden: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    """Mean over the positions of some weight alone: the vocabulary is the dearest product. hidden [N, L, D], the rest [N, L]."""
    where = weight > 0
    cap = model.final_logit_softcapping
    logits = torch.tanh(model.lm_head(hidden[where]).float() / cap) * cap
    each = F.cross_entropy(logits, wanted[where], reduction="none")
    return (each * weight[where]).sum() / weight.sum()


def train_causal(
    model: Any, data: Sequence[tuple[list[int], list[int]]], options: Options, said: Callable[[int, float, float], None]
) -> None:
    """Train a causal model on prompts and their continuations, of which alone there is a loss."""
    rng = np.random.default_rng(options.seed)
    wanted = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(wanted, lr=options.rate, weight_decay=0.01)
    model.train()
    for step in range(options.steps):
        total = torch.zeros(())
        for row in rng.integers(len(data), size=options.batch):
            prompt, answer = data[row]
            ids = torch.tensor([[*prompt, *answer]], device=model.device)
            labels = torch.tensor([[*[-100] * len(prompt), *answer]], device=model.device)
            loss = model(input_ids=ids, labels=labels).loss / options.batch
            loss.backward()
            total += loss.detach().cpu()
        torch.nn.utils.clip_grad_norm_(wanted, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        said(step, 0.0, total.item())
    model.eval()
