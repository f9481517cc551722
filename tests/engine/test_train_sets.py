"""Drawn sets: a description means what the facts say."""

from __future__ import annotations

import random

import pytest

from engine.entity_canvas import users
from engine.evidence import Kind
from engine.train.set_words import DrawnSet
from engine.train.sets import MOST, draw_set
from tests.engine.test_entity_facts import POOL

KINDS = frozenset({Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT, Kind.METHOD})


@pytest.fixture(scope="module")
def drawn() -> list[DrawnSet]:
    found = [draw_set(POOL, KINDS, random.Random(seed)) for seed in range(600)]
    return [item for item in found if item is not None]


def names(found: DrawnSet) -> set[str]:
    return {item.entity.name for item in found.members}


def test_sets_are_small_and_said(drawn: list[DrawnSet]) -> None:
    assert len(drawn) > 300
    assert all(1 <= len(item.members) <= MOST and item.words and "{" not in item.words and "|" not in item.words for item in drawn)
    assert len({item.words for item in drawn}) > 100


def test_callers_are_those_that_use_the_name(drawn: list[DrawnSet]) -> None:
    callers = [item for item in drawn if item.words == "callers of pages"]
    assert callers and all(names(item) == users(POOL)["pages"] for item in callers)


def test_what_is_left_out_by_name_is_no_member(drawn: list[DrawnSet]) -> None:
    less = [item for item in drawn if " except " in item.words]
    assert less
    for item in less:
        left = set(item.words.rpartition("except")[2].replace("for ", "").replace(",", " ").split()) - {"and", "or"}
        assert left and not left & names(item)


def test_one_function_is_described_by_what_it_does() -> None:
    found = [draw_set(POOL, frozenset({Kind.FUNCTION}), random.Random(seed)) for seed in range(200)]
    assert all(item is None or len(item.members) > 1 or item.before == "the " for item in found)
