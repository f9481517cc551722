"""The laws of change sets, over cases that are drawn from the fuzzer's bytes."""

from __future__ import annotations

from random import Random

from agent.hunks import select, split
from benchmarks.fuzz.target import BytesRandom
from benchmarks.laws import LAWS, drawn_change, drawn_files, drawn_modes, modes_after, tree_after

MAX_LENGTH = 512
SEEDS = [bytes([number]) + bytes((number * 37 + at * at * 11) % 256 for at in range(100)) for number in range(3 * len(LAWS))]
WORDS: list[bytes] = []


def hunks_stand_alone(random: Random) -> None:
    """Whatever a person takes of a change applies, and all of it is the change."""
    files = drawn_files(random)
    modes = drawn_modes(random, files)
    change = drawn_change(random, files, modes=modes)
    hunks = split(change, files)
    whole = select(change, files, hunks)
    assert tree_after(whole, files) == tree_after(change, files)
    assert modes_after(whole, files, modes) == modes_after(change, files, modes)
    tree_after(select(change, files, [hunk for hunk in hunks if random.randint(0, 1)]), files)


_LAWS = (*LAWS.values(), hunks_stand_alone)


def check(data: bytes) -> None:
    if data:
        _LAWS[data[0] % len(_LAWS)](BytesRandom(data[1:]))
