"""The training loop on a tiny network: it learns, and a stopped run goes on exactly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.checkpoint import Checkpoint, load
from engine.features import Channel
from engine.train.dataset import Dataset, TrainingBatch, make_batch
from engine.train.shards import Budget, examples_of, write_shard
from engine.train.trainer import Options, Tensors, loss_of, own_mistakes, run_batch, to_checkpoint, to_network, train
from engine.values import Value
from tests.engine.package import NAMES, PACKAGE
from tests.engine.tiny import checkpoint


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path: Path = tmp_path_factory.mktemp("shards") / "s.npz"
    write_shard(path, list(examples_of(PACKAGE, NAMES, Budget(tasks=3, plan_depth=2, site_depth=1), 0)))
    return Dataset.load([path], checkpoint())


def _options(steps: int) -> Options:
    # The decay lies beyond the end, so that the rate of a step does not depend on how long the run is.
    return Options(steps=steps, warmup=2, decay=1, natural=0, threads=1, self_conditioning=0.5, dropout=0.1)


def _tensors(data: Dataset, batch: TrainingBatch) -> Tensors:
    return Tensors.of(batch, torch.from_numpy(data.vectors))


def _loss(trained: Checkpoint, data: Dataset) -> float:
    network, total = to_network(trained), 0.0
    for chosen in data.epoch(np.random.default_rng(0)):
        batch = _tensors(data, make_batch(data, chosen, np.random.default_rng(0), None))
        with torch.no_grad():
            total += float(loss_of(run_batch(network, batch), batch))
    return total


def test_resumed_run_equals_the_uninterrupted_one_exactly(data: Dataset, tmp_path: Path) -> None:
    whole = train(data, checkpoint(), tmp_path / "whole", _options(8))
    train(data, checkpoint(), tmp_path / "parts", _options(4))
    resumed = train(data, checkpoint(), tmp_path / "parts", _options(8))
    assert all(np.array_equal(tensor, resumed.tensors[name]) for name, tensor in whole.tensors.items())
    assert not np.array_equal(whole.tensors["site.head.out.weight"], checkpoint().tensors["site.head.out.weight"])


def test_processes_that_make_batches_change_nothing(data: Dataset, tmp_path: Path) -> None:
    alone = train(data, checkpoint(), tmp_path / "alone", _options(4))
    helped = train(data, checkpoint(), tmp_path / "helped", replace(_options(4), workers=2))
    assert all(np.array_equal(tensor, helped.tensors[name]) for name, tensor in alone.tensors.items())


def test_dropout_is_for_training_alone(data: Dataset) -> None:
    batch = _tensors(data, make_batch(data, next(data.epoch(np.random.default_rng(0))), np.random.default_rng(0), None))
    network, plain = to_network(checkpoint(), dropout=0.5), to_network(checkpoint())
    assert not torch.equal(run_batch(network.train(), batch), run_batch(plain, batch))
    assert torch.equal(run_batch(network.eval(), batch), run_batch(plain, batch))


def test_finished_run_is_not_trained_further(data: Dataset, tmp_path: Path) -> None:
    one = train(data, checkpoint(), tmp_path, _options(2))
    two = train(data, checkpoint(), tmp_path, _options(2))
    assert all(np.array_equal(tensor, two.tensors[name]) for name, tensor in one.tensors.items())


def test_loss_falls_on_a_tiny_set(data: Dataset, tmp_path: Path) -> None:
    trained = train(data, checkpoint(), tmp_path, _options(40))
    assert _loss(trained, data) < 0.5 * _loss(checkpoint(), data)
    assert (tmp_path / "log.jsonl").read_text().count("\n") == 2
    saved = load(tmp_path / "denoiser.safetensors")
    assert _loss(saved, data) == pytest.approx(_loss(trained, data), rel=0.2)


def test_network_and_checkpoint_hold_the_same_tensors() -> None:
    made = checkpoint()
    again = to_checkpoint(to_network(made), made)
    assert again.tensors.keys() == made.tensors.keys()
    assert all(np.array_equal(again.tensors[name], tensor) for name, tensor in made.tensors.items())


def test_loss_counts_known_slots_alone(data: Dataset) -> None:
    chosen = next(data.epoch(np.random.default_rng(0)))
    batch = _tensors(data, make_batch(data, chosen, np.random.default_rng(0)))
    logits = run_batch(to_network(checkpoint()), batch)
    assert torch.isinf(logits[~batch.domains]).all()
    batch.weights[:] = 0.0
    assert float(loss_of(logits, batch).detach()) == 0.0


def test_own_mistakes_are_legal_and_spare_forced_slots(data: Dataset) -> None:
    batch = _tensors(data, make_batch(data, next(data.epoch(np.random.default_rng(3))), np.random.default_rng(3)))
    before = batch.features[batch.rows, batch.positions, Channel.STATE].clone()
    own_mistakes(batch, run_batch(to_network(checkpoint()), batch).softmax(dim=-1), np.random.default_rng(0))
    after = batch.features[batch.rows, batch.positions, Channel.STATE]
    assert (after != before).any() and (after[batch.is_forced] == before[batch.is_forced]).all()
    assert all(value - 1 == Value.MASK or batch.domains[i, value - 1] for i, value in enumerate(after.tolist()))
