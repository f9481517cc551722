"""The forward process, and re-noising."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.corrupt import confusable, corrupt, renoise
from engine.values import Value
from tests.engine.tiny import SITE, canvas

DOMAINS = (SITE, (Value.KEEP, Value.REPLACE, Value.BOTH), (Value.EMPTY, Value.INSERT), (Value.KEEP,))


@settings(max_examples=80)
@given(st.integers(0, 2**32), st.integers(0, 12))
def test_noisy_values_are_legal_or_mask(seed: int, length: int) -> None:
    generator = np.random.default_rng(seed)
    domains = [DOMAINS[i % len(DOMAINS)] for i in range(length)]
    clean = [domain[int(generator.integers(len(domain)))] for domain in domains]
    noisy = corrupt(clean, domains, generator)
    assert len(noisy) == length
    assert all(value is Value.MASK or value in domain for value, domain in zip(noisy, domains, strict=True))


def test_half_are_all_mask_a_quarter_partly_masked_a_quarter_visibly_wrong() -> None:
    generator = np.random.default_rng(1)
    clean = [Value.KEEP] * 24
    drawn = [corrupt(clean, [SITE] * 24, generator) for _ in range(3000)]
    wrong = sum(Value.REPLACE in noisy for noisy in drawn) / len(drawn)
    masked = sum(set(noisy) == {Value.MASK} for noisy in drawn) / len(drawn)
    # Rates near 0 or 1 leave few canvases of the other quarters untouched or wholly masked.
    assert 0.48 < masked < 0.55
    assert 0.18 < wrong < 0.26
    assert 0.20 < 1 - masked - wrong < 0.32


def test_same_generator_state_gives_the_same_noise() -> None:
    clean, domains = [Value.KEEP] * 9, [SITE] * 9
    assert all(
        corrupt(clean, domains, np.random.default_rng(seed)) == corrupt(clean, domains, np.random.default_rng(seed)) for seed in range(20)
    )


def test_confusable_is_another_legal_value_where_there_is_one() -> None:
    generator = np.random.default_rng(0)
    assert {confusable(Value.KEEP, DOMAINS[1], generator) for _ in range(40)} == {Value.REPLACE, Value.BOTH}
    assert confusable(Value.KEEP, (Value.KEEP,), generator) is Value.KEEP


def test_renoise_masks_the_blamed_and_clamps_the_others() -> None:
    held = canvas("a b c", {0: SITE, 1: SITE, 2: SITE}).with_values([Value.KEEP, Value.REPLACE, Value.KEEP])
    again = renoise(held, [False, True, False])
    assert again.values == (Value.KEEP, Value.MASK, Value.KEEP)
    assert [slot.clamped for slot in again.slots] == [True, False, True]
    assert renoise(held, [False] * 3).values == held.values


def test_renoise_leaves_open_slots_open() -> None:
    again = renoise(canvas("a b", {0: SITE, 1: SITE}), [False, False])
    assert [slot.is_free for slot in again.slots] == [True, True]
