"""Batches for training: corruption, hidden and flipped evidence, blamed slots."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.corrupt import corrupt
from engine.features import Blame, Channel, Evidence
from engine.train.dataset import BATCH_LEXEMES, BLAMED, Dataset, Noise, _noisy, make_batch
from engine.train.shards import Budget, examples_of, write_shard
from engine.values import Value
from tests.engine.package import NAMES, PACKAGE
from tests.engine.tiny import checkpoint


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path: Path = tmp_path_factory.mktemp("shards") / "s.npz"
    write_shard(path, list(examples_of(PACKAGE, NAMES, Budget(tasks=8, plan_depth=2, site_depth=1), 0)))
    return Dataset.load([path, path], checkpoint())


def test_epoch_visits_every_example_once_in_batches_of_one_depth(data: Dataset) -> None:
    batches = list(data.epoch(np.random.default_rng(0)))
    assert sorted(int(i) for batch in batches for i in batch) == list(range(len(data.lengths)))
    for batch in batches:
        assert len(set(data.depths[batch])) == 1
        assert len(batch) == 1 or len(batch) * data.lengths[batch].max() <= BATCH_LEXEMES


def test_epoch_is_the_same_for_a_seed_and_another_for_another(data: Dataset) -> None:
    one, two, other = ([b.tolist() for b in data.epoch(np.random.default_rng(seed))] for seed in (1, 1, 2))
    assert one == two and one != other


def test_epoch_of_a_part_keeps_to_it(data: Dataset) -> None:
    keep = np.arange(0, len(data.lengths), 3)
    assert sorted(int(i) for batch in data.epoch(np.random.default_rng(0), keep) for i in batch) == keep.tolist()


def test_batch_without_noise_is_all_mask_with_the_evidence_as_it_is(data: Dataset) -> None:
    for chosen in data.epoch(np.random.default_rng(0)):
        batch = make_batch(data, chosen, np.random.default_rng(0), None)
        assert (batch.features[batch.rows, batch.positions, Channel.STATE] == 1).all()
        assert not (batch.features[:, :, Channel.EVIDENCE] == Evidence.HIDDEN).any()
        assert not batch.features[:, :, Channel.DIAGNOSTIC].any() and not batch.is_forced.any()


def test_noisy_states_are_legal_and_only_known_slots_count(data: Dataset) -> None:
    for seed, chosen in enumerate(data.epoch(np.random.default_rng(0))):
        batch = make_batch(data, chosen, np.random.default_rng(seed))
        state = batch.features[batch.rows, batch.positions, Channel.STATE] - 1
        assert all(value == Value.MASK or batch.domains[i, value] for i, value in enumerate(state))
        known = (batch.clean != Value.MASK) & (batch.domains.sum(axis=1) > 1)
        assert ((batch.weights > 0) == known).all()
        unknown = batch.clean == Value.MASK
        assert (state[unknown] == Value.MASK).all()


def _rates(data: Dataset) -> tuple[float, float, float]:
    """Shares of canvases with hidden evidence, of slots with another evidence than theirs, of blamed site canvases."""
    hidden, flipped, blamed = [], [], []
    for seed in range(60):
        chosen = next(batch for batch in data.epoch(np.random.default_rng(seed)) if data.depths[batch[0]] == 1)
        clean = make_batch(data, chosen, np.random.default_rng(seed), None)
        noisy = make_batch(data, chosen, np.random.default_rng(seed))
        before = clean.features[clean.rows, clean.positions, Channel.EVIDENCE]
        after = noisy.features[noisy.rows, noisy.positions, Channel.EVIDENCE]
        assert (after[before == Evidence.NONE] == Evidence.NONE).all()
        told = before != Evidence.NONE
        for row in np.unique(clean.rows[told]):
            own = after[told & (clean.rows == row)] == Evidence.HIDDEN
            assert own.all() or not own.any()
            hidden.append(own.all())
        seen = told & (after != Evidence.HIDDEN)
        flipped += (after[seen] != before[seen]).tolist()
        marks = noisy.features[:, :, Channel.DIAGNOSTIC] != Blame.NONE
        assert (marks.sum(axis=1) <= 1).all()
        blamed += marks.any(axis=1).tolist()
    return float(np.mean(hidden)), float(np.mean(flipped)), float(np.mean(blamed))


def test_evidence_is_hidden_flipped_and_blamed_at_the_stated_rates(data: Dataset) -> None:
    hidden, flipped, blamed = _rates(data)
    assert hidden == pytest.approx(Noise().hidden, abs=0.04)
    # A third of the drawn values is what stood there already.
    assert flipped == pytest.approx(Noise().flipped * 2 / 3, abs=0.006)
    assert 0.5 * BLAMED < blamed < 1.2 * BLAMED


def test_blamed_slot_is_masked_among_slots_that_stand_as_they_should(data: Dataset) -> None:
    seen = 0
    for seed, chosen in enumerate(data.epoch(np.random.default_rng(0))):
        batch = make_batch(data, chosen, np.random.default_rng(seed))
        marks = batch.features[batch.rows, batch.positions, Channel.DIAGNOSTIC] != Blame.NONE
        state = batch.features[batch.rows, batch.positions, Channel.STATE] - 1
        assert (state[marks] == Value.MASK).all() and (state[batch.is_forced & ~marks] == batch.clean[batch.is_forced & ~marks]).all()
        seen += int(marks.sum())
    assert seen


def test_noise_over_arrays_has_the_rates_of_the_forward_process() -> None:
    domain = (Value.KEEP, Value.REPLACE, Value.BOTH)
    domains = np.zeros((6000 * 4, len(Value)), np.bool_)
    domains[:, list(domain)] = True
    clean = np.full(len(domains), int(Value.REPLACE))
    fast = _noisy(clean, domains, np.full(6000, 4), np.random.default_rng(0))
    generator = np.random.default_rng(1)
    plain = np.array([corrupt([Value.REPLACE] * 4, [domain] * 4, generator) for _ in range(6000)]).ravel()
    for value in (Value.MASK, Value.REPLACE, Value.KEEP, Value.BOTH):
        assert np.mean(fast == value) == pytest.approx(np.mean(plain == value), abs=0.015), value.name
