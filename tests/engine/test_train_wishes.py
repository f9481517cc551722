"""Requests of every kind over a package: what is drawn, how it is said, and the truth of its plan canvas."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from engine.plan import Action
from engine.plan_reader import POSSIBLE
from engine.train.index import Index
from engine.train.wish_examples import described_examples, wish_example
from engine.train.wishes import Drawn, Wisher
from engine.values import AT, TARGET, Value
from tests.engine.package import NAMES, PACKAGE

INDEX = Index.of(PACKAGE)


def wisher(seed: int) -> Wisher:
    return Wisher.of(INDEX, NAMES, random.Random(seed))


def drawn(action: Action, count: int = 200) -> list[Drawn]:
    made = wisher(1)
    return [item for item in (made.one(action) for _ in range(count)) if item is not None]


@pytest.mark.parametrize("action", [action for action in Action if action not in (Action.RENAME, Action.GROUP)])
def test_drawn_request_is_one_that_can_be_done_to_its_targets(action: Action) -> None:
    found = drawn(action)
    assert found
    for item in found:
        assert item.action is action and all(target.kind in POSSIBLE[action] for target in item.targets)
        if action is Action.MOVE:
            assert item.to and item.to != item.targets[0].path
        if action in (Action.REORDER, Action.KEYWORD, Action.BUNDLE):
            assert item.parameters and not {"self", "cls"} & set(item.parameters)


def test_draws_are_the_same_for_a_seed() -> None:
    one, two = wisher(7), wisher(7)
    assert [one.draw() for _ in range(60)] == [two.draw() for _ in range(60)]


def test_examples_point_at_what_is_asked_for() -> None:
    made, seen = wisher(3), Counter[Value]()
    rng = random.Random(0)
    for _ in range(150):
        found = wish_example(made, 2, rng)
        if found is not None:
            assert all(value in slot.domain or value is Value.MASK for slot, value in zip(found.canvas.slots, found.clean, strict=True))
            seen.update(found.clean)
    assert {Value.MOVE, Value.ADD, Value.DELETE, TARGET[0], AT[0], Value.NOTHING} <= set(seen)


def test_described_set_is_marked_and_its_members_are_taken() -> None:
    made, rng, taken = wisher(5), random.Random(2), 0
    for _ in range(120):
        for found in described_examples(made, 2, rng)[1:]:
            assert set(found.clean) <= {TARGET[0], Value.LEAVE} and found.canvas.lexemes[0] == "which"
            taken += TARGET[0] in found.clean
    assert taken > 5
