"""The parts of the sampler: what a step accepts, how much it may, and when a canvas is settled."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.accept import entropy_bounded
from engine.errors import CanvasError
from engine.schedule import Schedule
from engine.stop import StableAndConfident

SLOTS = st.lists(st.tuples(st.floats(0, 3, width=32), st.integers(0, 3), st.booleans()), min_size=1, max_size=14)


@settings(max_examples=120)
@given(SLOTS, st.floats(0, 4))
def test_acceptance_is_bounded_by_the_entropy_of_each_canvas(slots: list[tuple[float, int, bool]], budget: float) -> None:
    entropies, rows, free = (np.array(column) for column in zip(*slots, strict=True))
    accepted = entropy_bounded(entropies.astype(np.float32), rows, free, budget)
    assert not accepted[~free].any()
    for row in set(rows[free]):
        own = np.sort(entropies[accepted & (rows == row)])
        left = entropies[free & ~accepted & (rows == row)]
        assert len(own) and own[:-1].sum() <= budget + 1e-4
        assert not len(left) or (own[-1] <= left.min() and own.sum() > budget - 1e-4)


def test_acceptance_of_a_canvas_ignores_the_others() -> None:
    entropies = np.array([0.1, 0.5, 0.6, 0.2], np.float32)
    free = np.ones(4, np.bool_)
    together = entropy_bounded(entropies, np.array([0, 1, 1, 0]), free, 0.15)
    assert together.tolist() == [True, True, False, True]
    assert entropy_bounded(entropies[[0, 3]], np.array([0, 0]), free[:2], 0.15).tolist() == [True, True]


def test_infinite_budget_accepts_every_free_slot() -> None:
    free = np.array([True, False, True])
    assert entropy_bounded(np.array([9.0, 0.0, 9.0], np.float32), np.zeros(3, np.int64), free, float("inf")).tolist() == free.tolist()


def test_schedule_rises_to_the_last_step_which_takes_all() -> None:
    schedule = Schedule(steps=5, entropy_start=0.1, entropy_end=0.9)
    budgets = [schedule.budget(step) for step in range(5)]
    assert budgets[0] == pytest.approx(0.1) and budgets[-1] == float("inf")
    assert budgets == sorted(budgets) and budgets[2] == pytest.approx(0.5)
    assert Schedule(steps=1).budget(0) == float("inf")


def test_schedule_without_steps_is_refused() -> None:
    with pytest.raises(CanvasError, match="at least one step"):
        Schedule(steps=0)


@pytest.mark.parametrize(
    ("previous", "entropies", "free", "settled"),
    [
        ([1, 2], [0.01, 0.01], [True, True], True),
        ([1, 3], [0.01, 0.01], [True, True], False),
        ([1, 2], [0.01, 0.30], [True, True], False),
        ([1, 2], [0.01, 0.30], [True, False], True),
        ([9, 9], [2.00, 2.00], [False, False], True),
    ],
)
def test_canvas_is_settled_when_stable_and_confident(previous: list[int], entropies: list[float], free: list[bool], settled: bool) -> None:
    rule = StableAndConfident()
    found = rule.settled(
        argmax=np.array([1, 2]), previous=np.array(previous), entropies=np.array(entropies, np.float32), free=np.array(free)
    )
    assert found is settled
