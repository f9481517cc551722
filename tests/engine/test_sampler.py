"""The reverse process: its laws, whatever the denoiser says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.canvas import Batch, Canvas, Floats
from engine.denoiser import entropy, probabilities
from engine.embedded import EmbeddedDenoiser
from engine.sampler import Sampler, SampleResult, StepEvent
from engine.schedule import Schedule
from engine.testing import ScriptedDenoiser
from engine.values import SIZE, Value
from tests.engine.tiny import SITE, Opinionated, canvas, checkpoint, many

FLAT = Opinionated(scale=0.3)


def _sample(canvases: list[Canvas], temperature: float = 0.0, seed: int = 0, steps: int = 4) -> SampleResult:
    sampler = Sampler(Schedule(steps=steps), temperature=temperature)
    return sampler.sample(FLAT, canvases, np.random.default_rng(seed))


def _values(result: SampleResult) -> list[tuple[Value, ...]]:
    return [done.canvas.values for done in result.canvases]


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.floats(0.1, 1e4))
def test_impossible_values_have_probability_zero_exactly(seed: int, size: float) -> None:
    generator = np.random.default_rng(seed)
    domains = generator.random((20, SIZE)) < 0.3
    domains[:, 21] = True
    p = probabilities(generator.normal(0, size, (20, SIZE)).astype(np.float32), domains)
    assert (p[~domains] == 0.0).all() and np.allclose(p.sum(axis=1), 1.0, atol=1e-5)
    assert np.isfinite(entropy(p)).all()


@pytest.mark.parametrize("temperature", [0.0, 1.0, 50.0])
def test_sampled_values_are_legal_under_adversarial_logits(temperature: float) -> None:
    for seed in range(20):
        for done in _sample(many(6), temperature, seed).canvases:
            assert all(slot.value in slot.domain for slot in done.canvas.slots)
            assert all(0.0 < done.confidence(i) <= 1.0 for i in range(len(done.canvas.slots)))


@pytest.mark.parametrize("temperature", [0.0, 2.0])
def test_clamped_slots_never_change(temperature: float) -> None:
    held = [c.with_values([Value.KEEP, Value.EMPTY, Value.MASK], [True, True, False]) for c in many(8)]
    for done in _sample(held, temperature).canvases:
        assert done.canvas.values[:2] == (Value.KEEP, Value.EMPTY) and done.confidence(0) == 1.0


def test_slot_with_one_legal_value_holds_it() -> None:
    assert _values(_sample([canvas("a b", {0: (Value.KEEP,), 1: SITE})]))[0][0] is Value.KEEP


def test_same_seed_gives_the_same_result_and_another_seed_another() -> None:
    one, two, other = (_values(_sample(many(12), 3.0, seed)) for seed in (7, 7, 8))
    assert one == two and one != other


def test_argmax_does_not_depend_on_the_seed() -> None:
    assert _values(_sample(many(12), 0.0, 1)) == _values(_sample(many(12), 0.0, 2))


def test_batch_gives_what_each_canvas_gives_alone() -> None:
    made = many(12)
    assert _values(_sample(made)) == [_values(_sample([one]))[0] for one in made]


def test_batch_of_the_embedded_denoiser_gives_what_each_canvas_gives_alone() -> None:
    denoiser, sampler, made = EmbeddedDenoiser(checkpoint()), Sampler(), many(9)
    together = sampler.sample(denoiser, made, np.random.default_rng(0))
    alone = [sampler.sample(denoiser, [one], np.random.default_rng(0)).canvases[0] for one in made]
    assert _values(together) == [done.canvas.values for done in alone]
    for one, two in zip(together.canvases, alone, strict=True):
        np.testing.assert_allclose(one.probabilities, two.probabilities, rtol=1e-4, atol=1e-6)


def test_settled_canvases_leave_the_batch() -> None:
    sure, unsure = canvas("sure", {0: SITE}), canvas("unsure of it", {0: SITE, 1: SITE, 2: SITE})
    denoiser = _HalfSure()
    events: list[StepEvent] = []
    result = Sampler(Schedule(steps=4)).sample(denoiser, [sure, unsure], np.random.default_rng(0), events.append)
    assert [done.steps for done in result.canvases] == [1, 4]
    assert result.lexeme_passes == 1 + 4 * 3 and events[0].settled == 1 and [e.slots for e in events] == [4, 3, 3, 3]


class _HalfSure:
    """Certain of canvases that begin with `sure`, of others never."""

    def logits(self, batch: Batch) -> Floats:
        out = np.zeros((len(batch.rows), SIZE), np.float32)
        for i, row in enumerate(batch.rows):
            out[i, Value.KEEP] = 12.0 if batch.lexemes[row][0] == "sure" else 0.0
        return out


def test_canvases_of_two_depths_go_through_separate_calls_in_their_order() -> None:
    made = [*many(2, depth=2), *many(2, depth=1)]
    denoiser = ScriptedDenoiser(lambda lexemes, at: (Value.KEEP, Value.INSERT, Value.BOTH)[at])
    result = Sampler().sample(denoiser, made, np.random.default_rng(0))
    assert denoiser.calls == 2 == result.forward_passes
    assert [done.canvas.lexemes for done in result.canvases] == [c.lexemes for c in made]
    assert set(_values(result)) == {(Value.KEEP, Value.INSERT, Value.BOTH)}


def test_values_accepted_early_can_be_revised() -> None:
    class ChangesItsMind:
        def logits(self, batch: Batch) -> Floats:
            out = np.zeros((len(batch.rows), SIZE), np.float32)
            held = (batch.values != Value.MASK).any()
            out[:, Value.REPLACE if held else Value.KEEP] = 2.0
            return out

    result = Sampler().sample(ChangesItsMind(), [canvas("a b", {0: SITE, 1: SITE})], np.random.default_rng(0))
    assert result.revised > 0 and result.canvases[0].canvas.values == (Value.REPLACE, Value.REPLACE)


def test_nothing_to_denoise_costs_nothing() -> None:
    assert Sampler().sample(FLAT, [], np.random.default_rng(0)).forward_passes == 0
