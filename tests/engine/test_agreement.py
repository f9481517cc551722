"""Places that share one fate get one decision."""

from __future__ import annotations

import random

import pytest

from engine.agreement import agreed
from engine.edits import Decided
from engine.features import Evidence
from engine.sites import Candidate
from engine.values import Value

R, K = Value.REPLACE, Value.KEEP


def _place(start: int, receiver: str, value: Value, sure: float, scope: str = "f", path: str = "m.py") -> Decided:
    candidate = Candidate(path, start, start + 3, "env", "environ", "attribute", 0, Evidence.UNKNOWN, "", scope, receiver=receiver)
    return Decided(candidate, value, sure)


def _values(*places: Decided) -> list[Value]:
    return [item.value for item in agreed(places)]


def test_attribute_of_one_variable_in_one_function_is_one_thing() -> None:
    found = agreed([_place(1, "state", R, 0.9), _place(9, "state", K, 0.6), _place(20, "state", R, 0.7)])
    assert [item.value for item in found] == [R, R, R]
    assert 0.6 < found[0].confidence == found[1].confidence < 0.9


def test_single_reading_does_not_outvote_all_others() -> None:
    assert _values(_place(1, "state", R, 1.0), *(_place(at, "state", K, 0.99) for at in range(2, 9))) == [K] * 8


@pytest.mark.parametrize(
    "other",
    [
        _place(9, "other", K, 0.6),
        _place(9, "state", K, 0.6, scope="g"),
        _place(9, "state", K, 0.6, path="n.py"),
        _place(9, "", K, 0.6),
        _place(9, "state.inner", K, 0.6),
    ],
)
def test_what_may_be_another_thing_keeps_its_own_decision(other: Decided) -> None:
    assert _values(_place(1, "state", R, 0.9), other) == [R, K]


def test_value_of_a_call_may_be_another_one_each_time() -> None:
    assert _values(_place(1, "make()", R, 0.9), _place(9, "make()", K, 0.6)) == [R, K]


def test_attribute_of_self_is_one_thing_in_all_methods_of_a_class() -> None:
    assert _values(_place(1, "self.state", R, 0.9, scope="A.f"), _place(9, "self.state", K, 0.6, scope="A.g")) == [R, R]
    assert _values(_place(1, "self.state", R, 0.9, scope="A.f"), _place(9, "self.state", K, 0.6, scope="B.f")) == [R, K]


def test_places_that_agree_already_keep_their_confidence() -> None:
    found = [_place(1, "state", R, 0.9), _place(9, "state", R, 0.6)]
    assert agreed(found) == found


@pytest.mark.parametrize("seed", range(20))
def test_order_of_the_places_does_not_matter(seed: int) -> None:
    rng = random.Random(seed)
    places = [_place(at, rng.choice(["a", "b"]), rng.choice([R, K]), rng.uniform(0.5, 1.0), rng.choice(["f", "g"])) for at in range(12)]
    shuffled = rng.sample(places, len(places))
    one = {item.candidate.start: item.value for item in agreed(places)}
    assert one == {item.candidate.start: item.value for item in agreed(shuffled)}
    for receiver in "ab":
        for scope in "fg":
            assert len({one[p.candidate.start] for p in places if (p.candidate.receiver, p.candidate.scope) == (receiver, scope)}) <= 1
