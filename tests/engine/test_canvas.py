"""Slots with closed domains, canvases and padded batches."""

from __future__ import annotations

import numpy as np
import pytest

from engine.canvas import Canvas, Slot, collate, domain_mask, feature_array, identities
from engine.errors import CanvasError
from engine.features import IDENTITIES, SIZES, Channel
from engine.values import SIZE, Value
from tests.engine.tiny import SITE, canvas, many


@pytest.mark.parametrize(
    ("domain", "value", "clamped"),
    [
        ((), Value.MASK, False),
        ((Value.MASK, Value.KEEP), Value.MASK, False),
        (SITE, Value.INSERT, False),
        (SITE, Value.MASK, True),
    ],
)
def test_slot_that_cannot_exist_is_refused(domain: tuple[Value, ...], value: Value, clamped: bool) -> None:
    with pytest.raises(CanvasError):
        Slot(0, domain, value, clamped)


def test_slot_is_free_when_the_denoiser_has_a_choice() -> None:
    assert Slot(0, SITE).is_free
    assert not Slot(0, (Value.KEEP,)).is_free
    assert not Slot(0, SITE, Value.KEEP, clamped=True).is_free


def test_canvas_refuses_features_of_another_length() -> None:
    with pytest.raises(CanvasError, match="do not fit"):
        Canvas(("a", "b"), feature_array([("a", {})]), (), 1)


def test_domain_mask_marks_exactly_the_legal_values() -> None:
    mask = domain_mask([Slot(0, SITE), Slot(1, (Value.EMPTY,))])
    assert mask.shape == (2, SIZE)
    assert [tuple(np.flatnonzero(row)) for row in mask] == [SITE, (Value.EMPTY,)]


def test_collate_pads_and_writes_the_state_of_every_slot() -> None:
    made = many(4)
    made[1] = made[1].with_values([Value.REPLACE, Value.MASK, Value.KEEP])
    batch = collate(made, [np.zeros((len(c.slots), SIZE), np.float32) for c in made])
    longest = max(len(c.lexemes) for c in made)
    assert batch.features.shape == (4, longest, len(SIZES))
    states = batch.features[batch.rows, batch.positions, Channel.STATE].reshape(4, 3)
    assert states[0].tolist() == [1, 1, 1] and states[1].tolist() == [Value.REPLACE + 1, 1, Value.KEEP + 1]
    assert not batch.features[0, len(made[0].lexemes) :].any()
    assert batch.work == sum(len(c.lexemes) for c in made) and not made[1].features[:, Channel.STATE].any()


def test_collate_refuses_canvases_of_two_depths() -> None:
    with pytest.raises(CanvasError, match="one depth"):
        collate([canvas("a", {}, 1), canvas("a", {}, 2)], [np.zeros((0, SIZE), np.float32)] * 2)


def test_identity_is_shared_by_equal_words_alone() -> None:
    assert identities(["a", ".", "b", "a", ".", "c", "b"]) == [1, 0, 2, 1, 0, 0, 2]
    crowd = identities([f"w{i}" for i in range(100)] * 2)
    assert crowd[:100] == crowd[100:] and set(crowd) == set(range(1, IDENTITIES))


def test_features_stay_inside_their_tables() -> None:
    rows = feature_array([(text, {}) for text in ("load_user", "Load", "MAX", "\n" + " " * 80, "9", "_x", "((", "été")])
    assert all((rows[:, channel] < size).all() and (rows[:, channel] >= 0).all() for channel, size in SIZES.items())
