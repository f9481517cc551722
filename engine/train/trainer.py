"""The training loop: plain, checkpointed every few minutes, and resumed exactly."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader

from engine.canvas import Ints
from engine.checkpoint import Checkpoint, save
from engine.features import Channel
from engine.network_torch import Networks
from engine.train.dataset import BATCH_LEXEMES, NATURAL, Dataset, Noise, TrainingBatch, make_batch
from engine.values import SIZE


@dataclass(frozen=True, slots=True)
class Options:
    """One run."""

    steps: int
    rate: float = 2e-4
    new_rate: float = 1e-3
    """Learning rate of the structural tables and the head."""
    warmup: int = 100
    decay: int = 250
    """Last steps, over which the rates fall to zero linearly; until then they are constant, so that a run can be made longer or shorter."""
    weight_decay: float = 0.01
    natural: int = 600
    """Last steps, in which evidence is as the resolver gives it."""
    self_conditioning: float = 0.35
    """Share of steps that first make a belief to feed back."""
    seed: int = 0
    save_seconds: float = 180.0
    threads: int = 2
    bf16: bool = False
    """Mixed precision: master weights stay fp32. Twice as fast on processors with bf16 products (AVX-512 BF16, AMX), slower on others."""
    device: str = "cpu"
    workers: int = 0
    """Processes that make batches beside the one that trains: a GPU waits for one alone."""
    lexemes: int = BATCH_LEXEMES
    """The most of a batch."""
    dropout: float = 0.0


def to_network(checkpoint: Checkpoint, dropout: float = 0.0) -> Networks:
    """The torch module with a checkpoint's tensors."""
    network = Networks(checkpoint.config, dropout)
    network.load_state_dict({name: torch.from_numpy(np.array(tensor)) for name, tensor in checkpoint.tensors.items()})
    return network


def to_checkpoint(network: Networks, base: Checkpoint, calibration: dict[str, float] | None = None) -> Checkpoint:
    """A checkpoint with the module's tensors; word pieces and vocabulary are those of the base."""
    tensors = {name: tensor.detach().cpu().numpy() for name, tensor in network.state_dict().items()}
    kept = dict(base.calibration) if calibration is None else calibration
    return Checkpoint(base.config, tensors, base.pieces, base.piece_scale, base.vocabulary, kept)


@dataclass(frozen=True, slots=True)
class Tensors:
    """A batch on the device of a network."""

    text: Tensor
    """[B, S, D]"""
    features: Tensor
    lengths: Tensor
    rows: Tensor
    positions: Tensor
    domains: Tensor
    clean: Tensor
    weights: Tensor
    is_forced: Tensor
    depth: int

    @classmethod
    def of(cls, batch: TrainingBatch, vectors: Tensor) -> Tensors:
        """A batch of arrays or tensors as the network reads it; vectors: those of the dataset, on the device."""
        *arrays, depth = batch
        text, features, lengths, rows, positions, domains, clean, weights, forced = (torch.as_tensor(x).to(vectors.device, non_blocking=True) for x in arrays)
        return cls(vectors[text].float(), features.long(), lengths, rows, positions, domains, clean, weights.float(), forced, int(depth))


def run_batch(network: Networks, batch: Tensors, belief: Tensor | None = None, *, bf16: bool = False) -> Tensor:
    """[N, V] logits over each slot's domain; what is impossible is minus infinity."""
    none = torch.zeros(len(batch.rows), SIZE, device=batch.text.device) if belief is None else belief
    with torch.autocast(batch.text.device.type, torch.bfloat16, enabled=bf16):
        logits: Tensor = network(batch.text, batch.features, batch.lengths, batch.rows, batch.positions, none, batch.depth)
    return logits.float().masked_fill(~batch.domains, float("-inf"))


def loss_of(logits: Tensor, batch: Tensors) -> Tensor:
    """Weighted cross-entropy of x0 over all slots, the visible ones too."""
    safe = torch.where(batch.weights > 0, batch.clean, batch.domains.int().argmax(dim=1))
    return (F.cross_entropy(logits, safe, reduction="none") * batch.weights).sum() / batch.weights.sum().clamp(min=1.0)


def own_mistakes(batch: Tensors, belief: Tensor, generator: np.random.Generator) -> None:
    """Some visible values become what the model itself believed: the wrong values that it will meet at run time."""
    chance = torch.from_numpy(generator.random(len(belief)) < 0.5).to(belief.device)
    take = chance & (batch.weights > 0) & ~batch.is_forced
    state = batch.features[batch.rows, batch.positions, Channel.STATE]
    batch.features[batch.rows, batch.positions, Channel.STATE] = torch.where(take, belief.argmax(dim=-1) + 1, state)


@dataclass(frozen=True, slots=True)
class _Batches:
    """What a loader's processes run: the batch of a step, drawn from the seed and the step alone."""

    data: Dataset
    options: Options

    def __getitem__(self, item: tuple[int, Ints]) -> TrainingBatch:
        step, chosen = item
        natural = step >= self.options.steps - self.options.natural
        return make_batch(self.data, chosen, np.random.default_rng((self.options.seed, 1, step)), NATURAL if natural else Noise())


@dataclass(frozen=True, slots=True)
class _Steps:
    """The examples of every step from one on, over as many epochs as it takes."""

    data: Dataset
    options: Options
    first: int

    def __iter__(self) -> Iterator[tuple[int, Ints]]:
        step = epoch = 0
        while step < self.options.steps:
            for chosen in self.data.epoch(np.random.default_rng((self.options.seed, epoch)), lexemes=self.options.lexemes):
                if self.first <= step < self.options.steps:
                    yield step, chosen
                step += 1
            epoch += 1


def train(data: Dataset, start: Checkpoint, out: Path, options: Options) -> Checkpoint:
    """Train for `options.steps` optimiser steps; `out` holds the state, from which a stopped run goes on exactly."""
    torch.set_num_threads(options.threads)
    out.mkdir(parents=True, exist_ok=True)
    network = to_network(start, options.dropout).to(options.device).train()
    vectors = torch.from_numpy(data.vectors).to(options.device)
    named = [(name.split(".")[1] in ("feature", "belief", "head"), parameter) for name, parameter in network.named_parameters()]
    fresh, old = ([parameter for is_fresh, parameter in named if is_fresh is wanted] for wanted in (True, False))
    groups = [{"params": old, "lr": options.rate, "peak": options.rate}, {"params": fresh, "lr": options.new_rate, "peak": options.new_rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=options.weight_decay, fused=options.device != "cpu")
    state = out / "state.pt"
    step, losses = 0, {3: 0.0, 6: 0.0}
    if state.exists():
        saved = torch.load(state, weights_only=True)
        network.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
        step = int(saved["step"])
    last_saved = time.monotonic()
    steps = _Steps(data, options, step)
    for batch in DataLoader(_Batches(data, options), batch_size=None, sampler=steps, num_workers=options.workers, pin_memory=options.device != "cpu"):  # type: ignore[arg-type]
        loss = _step(network, optimiser, Tensors.of(batch, vectors), options, step)
        step += 1
        if step % 20 == 0:
            previous = losses.get(batch.depth) or loss.item()
            losses[int(batch.depth)] = 0.7 * previous + 0.3 * loss.item()
            line = {"step": step, "loss": {d: round(v, 4) for d, v in losses.items()}, "time": round(time.time())}
            with (out / "log.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
        if time.monotonic() - last_saved > options.save_seconds or step == options.steps:
            _save(state, network, optimiser, step)
            save(out / "denoiser.safetensors", to_checkpoint(network, start))
            last_saved = time.monotonic()
    return to_checkpoint(network, start)


def _step(network: Networks, optimiser: torch.optim.Optimizer, batch: Tensors, options: Options, step: int) -> Tensor:
    """One optimiser step. Returns its loss, still on the device: to read it would make a GPU wait."""
    generator = np.random.default_rng((options.seed, 2, step))
    torch.manual_seed(int(generator.integers(1 << 62)))
    belief = None
    if generator.random() < options.self_conditioning:
        with torch.no_grad():
            belief = run_batch(network, batch, bf16=options.bf16).softmax(dim=-1)
        own_mistakes(batch, belief, generator)
    loss = loss_of(run_batch(network, batch, belief, bf16=options.bf16), batch)
    scale = min(1.0, (step + 1) / options.warmup, (options.steps - step) / options.decay)
    for group in optimiser.param_groups:
        group["lr"] = group["peak"] * scale
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    return loss.detach()


def _save(path: Path, network: Networks, optimiser: torch.optim.Optimizer, step: int) -> None:
    partial = path.with_suffix(".partial")
    torch.save({"network": network.state_dict(), "optimiser": optimiser.state_dict(), "step": step}, partial)
    partial.rename(path)
