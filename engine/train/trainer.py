"""The training loop: plain, checkpointed every few minutes, and resumed exactly."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from engine.checkpoint import Checkpoint, save
from engine.features import Channel
from engine.network_torch import Networks
from engine.train.dataset import NATURAL, Dataset, Noise, TrainingBatch, make_batch
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


def to_network(checkpoint: Checkpoint) -> Networks:
    """The torch module with a checkpoint's tensors."""
    network = Networks(checkpoint.config)
    network.load_state_dict({name: torch.from_numpy(np.array(tensor)) for name, tensor in checkpoint.tensors.items()})
    return network


def to_checkpoint(network: Networks, base: Checkpoint, calibration: dict[str, float] | None = None) -> Checkpoint:
    """A checkpoint with the module's tensors; word pieces and vocabulary are those of the base."""
    tensors = {name: tensor.detach().cpu().numpy() for name, tensor in network.state_dict().items()}
    kept = dict(base.calibration) if calibration is None else calibration
    return Checkpoint(base.config, tensors, base.pieces, base.piece_scale, base.vocabulary, kept)


def run_batch(network: Networks, batch: TrainingBatch, belief: torch.Tensor | None = None, *, bf16: bool = False) -> torch.Tensor:
    """[N, V] logits over each slot's domain; what is impossible is minus infinity."""
    n = len(batch.rows)
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        logits: torch.Tensor = network(
            torch.from_numpy(batch.text),
            torch.from_numpy(batch.features),
            torch.from_numpy(batch.lengths),
            torch.from_numpy(batch.rows),
            torch.from_numpy(batch.positions),
            torch.zeros(n, SIZE) if belief is None else belief,
            batch.depth,
        )
    return logits.float().masked_fill(~torch.from_numpy(batch.domains), float("-inf"))


def loss_of(logits: torch.Tensor, batch: TrainingBatch) -> torch.Tensor:
    """Weighted cross-entropy of x0 over all slots, the visible ones too."""
    weights = torch.from_numpy(batch.weights).float()
    safe = torch.from_numpy(np.where(batch.weights > 0, batch.clean, batch.domains.argmax(axis=1)))
    return (F.cross_entropy(logits, safe, reduction="none") * weights).sum() / weights.sum().clamp(min=1.0)


def own_mistakes(batch: TrainingBatch, belief: torch.Tensor, generator: np.random.Generator) -> None:
    """Some visible values become what the model itself believed: the wrong values that it will meet at run time."""
    chosen = belief.argmax(dim=-1).numpy()
    take = (generator.random(len(chosen)) < 0.5) & (batch.weights > 0) & ~batch.is_forced
    state = batch.features[batch.rows, batch.positions, Channel.STATE]
    batch.features[batch.rows, batch.positions, Channel.STATE] = np.where(take, chosen + 1, state)


def train(data: Dataset, start: Checkpoint, out: Path, options: Options) -> Checkpoint:
    """Train for `options.steps` optimiser steps; `out` holds the state, from which a stopped run goes on exactly."""
    torch.set_num_threads(options.threads)
    out.mkdir(parents=True, exist_ok=True)
    network = to_network(start)
    named = [(name.split(".")[1] in ("feature", "belief", "head"), parameter) for name, parameter in network.named_parameters()]
    fresh, old = ([parameter for is_fresh, parameter in named if is_fresh is wanted] for wanted in (True, False))
    groups = [{"params": old, "lr": options.rate, "peak": options.rate}, {"params": fresh, "lr": options.new_rate, "peak": options.new_rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=options.weight_decay)
    state = out / "state.pt"
    step, losses = 0, {3: 0.0, 6: 0.0}
    if state.exists():
        saved = torch.load(state, weights_only=True)
        network.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
        step = int(saved["step"])
    last_saved = time.monotonic()
    epoch, at = _position(data, options, step)
    while step < options.steps:
        for chosen in list(data.epoch(np.random.default_rng((options.seed, epoch))))[at:]:
            generator = np.random.default_rng((options.seed, 1, step))
            natural = step >= options.steps - options.natural
            batch = make_batch(data, chosen, generator, NATURAL if natural else Noise())
            _step(network, optimiser, batch, options, step, generator, losses)
            step += 1
            if step % 20 == 0:
                line = {"step": step, "epoch": epoch, "loss": {d: round(v, 4) for d, v in losses.items()}, "time": round(time.time())}
                with (out / "log.jsonl").open("a") as log:
                    log.write(json.dumps(line) + "\n")
            if time.monotonic() - last_saved > options.save_seconds or step == options.steps:
                _save(state, network, optimiser, step)
                save(out / "denoiser.safetensors", to_checkpoint(network, start))
                last_saved = time.monotonic()
            if step == options.steps:
                break
        epoch, at = epoch + 1, 0
    return to_checkpoint(network, start)


def _position(data: Dataset, options: Options, step: int) -> tuple[int, int]:
    """Epoch and batch within it that a step count stands at."""
    epoch = 0
    while True:
        size = sum(1 for _ in data.epoch(np.random.default_rng((options.seed, epoch))))
        if step < size:
            return epoch, step
        step, epoch = step - size, epoch + 1


def _step(
    network: Networks,
    optimiser: torch.optim.Optimizer,
    batch: TrainingBatch,
    options: Options,
    step: int,
    generator: np.random.Generator,
    losses: dict[int, float],
) -> None:
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
    previous = losses.get(batch.depth) or loss.item()
    losses[batch.depth] = 0.98 * previous + 0.02 * loss.item()


def _save(path: Path, network: Networks, optimiser: torch.optim.Optimizer, step: int) -> None:
    partial = path.with_suffix(".partial")
    torch.save({"network": network.state_dict(), "optimiser": optimiser.state_dict(), "step": step}, partial)
    partial.rename(path)
