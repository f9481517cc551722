"""The targets of the fuzzer hold for their own seeds, and for damaged ones, without the fuzzer."""

from __future__ import annotations

import signal
import time
from random import Random

import pytest

from benchmarks.fuzz.limit import NeverEnds, computing_at_most
from benchmarks.fuzz.target import NAMES, BytesRandom, Target, load

MOST = 40
"""Seeds of a target in the quick suite."""


@pytest.fixture(scope="module", params=NAMES)
def target(request: pytest.FixtureRequest) -> Target:
    return load(request.param)


def test_target_accepts_its_own_seeds(target: Target) -> None:
    assert target.seeds
    for seed in target.seeds[:: max(1, len(target.seeds) // MOST)]:
        target.check(seed)


def test_target_accepts_damaged_seeds(target: Target) -> None:
    random = Random(1)
    for _ in range(MOST):
        data = bytearray(random.choice(target.seeds)[: target.max_length])
        for _ in range(random.randint(1, 4)):
            at = random.randrange(len(data) + 1)
            piece = random.choice([*target.words, bytes([random.randrange(256)])])
            data[at : at + random.choice((0, 1, len(piece)))] = piece
        target.check(bytes(data))


def test_drawing_from_bytes_ends_when_they_are_used_up() -> None:
    random = BytesRandom(b"\xff" * 9)
    assert len({tuple(random.sample(range(9), 9)) for _ in range(9)}) >= 1
    assert random.randint(3, 8) == 3 and random.random() == 0.0


def test_input_is_ended_by_what_it_computes_and_not_by_the_clock() -> None:
    with computing_at_most(0.05):
        time.sleep(0.3)
    with pytest.raises(NeverEnds, match=r"0\.05 s"), computing_at_most(0.05):
        while True:
            pass
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
