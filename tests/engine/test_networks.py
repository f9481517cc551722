"""The two forward passes are one function."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.canvas import Batch, Floats, collate
from engine.checkpoint import Checkpoint
from engine.network_numpy import forward
from engine.network_torch import Networks
from engine.text_table import TextTable
from engine.values import SIZE
from tests.engine.tiny import CONFIG, VOCABULARY, checkpoint, many


def _batch(count: int, depth: int, seed: int = 0) -> Batch:
    generator = np.random.default_rng(seed)
    made = many(count, depth)
    return collate(made, [generator.random((len(c.slots), SIZE)).astype(np.float32) for c in made])


def _text(made: Checkpoint, batch: Batch) -> Floats:
    table = TextTable(made)
    rows = table.rows(batch.lexemes, batch.features.shape[1])
    return table.vectors[rows]


def _numpy(made: Checkpoint, batch: Batch) -> Floats:
    text = _text(made, batch)
    return forward(
        made.network(CONFIG.network(batch.depth)), CONFIG, text, batch.features, batch.lengths, batch.rows, batch.positions, batch.belief, batch.depth
    )


def _torch(made: Checkpoint, batch: Batch) -> Floats:
    network = Networks(CONFIG)
    network.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in made.tensors.items()})
    arrays = (_text(made, batch), batch.features, batch.lengths, batch.rows, batch.positions, batch.belief)
    with torch.no_grad():
        return np.asarray(network(*(torch.from_numpy(array) for array in arrays), batch.depth))


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("count", [1, 7])
def test_numpy_forward_equals_torch_forward(count: int, depth: int) -> None:
    made, batch = checkpoint(count), _batch(count, depth)
    np.testing.assert_allclose(_numpy(made, batch), _torch(made, batch), rtol=1e-4, atol=1e-4)


def test_padding_changes_nothing() -> None:
    made, batch = checkpoint(), _batch(6, 2)
    together = _numpy(made, batch)
    canvases = many(6, 2)
    for b, canvas in enumerate(canvases):
        own = batch.rows == b
        alone = _numpy(made, collate([canvas], [batch.belief[own]]))
        np.testing.assert_allclose(together[own], alone, rtol=1e-4, atol=1e-4)


def test_depth_feature_and_belief_are_heard() -> None:
    made, batch = checkpoint(), _batch(2, 2)
    shallow = _numpy(made, _batch(2, 1))
    assert not np.allclose(_numpy(made, batch), shallow, atol=1e-3)
    assert not np.allclose(_numpy(made, batch), _numpy(made, _batch(2, 2, seed=5)), atol=1e-4)


def test_text_table_pools_pieces_with_falling_weights() -> None:
    table = TextTable(checkpoint())
    one, two, same = table.embed(["load_user", "user_load", "LoadUser"])
    assert np.allclose(one, same) and not np.allclose(one, two)
    rows = table.rows([["load", "user"], ["load"]], 3)
    assert rows[0, 0] == rows[1, 0] and rows[1, 1] == 0 and not table.vectors[0].any()


def test_text_table_adds_only_what_is_new() -> None:
    table = TextTable(checkpoint())
    first = table.rows([["load", "user"]], 2).copy()
    table.rows([["store", "load"]], 2)
    assert (table.rows([["load", "user"]], 2) == first).all() and len(table.vectors) == 4
    assert len(VOCABULARY) == len(set(VOCABULARY))
