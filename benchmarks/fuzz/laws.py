"""The laws of change sets, over cases that are drawn from the fuzzer's bytes."""

from __future__ import annotations

from benchmarks.fuzz.target import BytesRandom
from benchmarks.laws import LAWS

MAX_LENGTH = 512
SEEDS = [bytes([number]) + bytes((number * 37 + at * at * 11) % 256 for at in range(100)) for number in range(3 * len(LAWS))]
WORDS: list[bytes] = []
_LAWS = tuple(LAWS.values())


def check(data: bytes) -> None:
    if data:
        _LAWS[data[0] % len(_LAWS)](BytesRandom(data[1:]))
