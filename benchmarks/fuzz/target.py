"""What a target is, and the helpers that several of them share.

A target is a module with SEEDS, WORDS, MAX_LENGTH and `check`, which takes any bytes at all and may raise nothing: what the
code under test is meant to raise or return for bad input, `check` expects; anything else is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from random import Random

NAMES = (
    "stream",
    "patch",
    "workspace_edit",
    "laws",
    "names",
    "guard",
    "checkpoint",
    "journal",
    "settings",
    "evidence",
    "lexemes",
    "instruction",
    "tests",
    "outputs",
    "replies",
    "recipe",
    "recordings",
    "editor",
    "caller",
)
"""Every target, the most foreign input first."""


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    check: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]
    """For the fuzzer's dictionary."""
    max_length: int
    """Bytes of an input; time limits are meant for inputs of this size."""


def load(name: str) -> Target:
    """The target of this name; imports the code that it is about."""
    module = import_module(f"benchmarks.fuzz.{name}")
    return Target(name, module.check, tuple(module.SEEDS), tuple(module.WORDS), module.MAX_LENGTH)


class BytesRandom(Random):
    """Draws from given bytes, so that a fuzzer steers what is drawn; zeros once they are used up."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self._data = data
        self._at = 0

    def getrandbits(self, k: int) -> int:
        size = (k + 7) // 8
        piece = self._data[self._at : self._at + size]
        self._at += size
        return int.from_bytes(piece.ljust(size, b"\0"), "big") >> (8 * size - k)

    def random(self) -> float:
        return self.getrandbits(16) / 65536.0


def cut(data: bytes, mark: bytes = b"\0\0") -> list[bytes]:
    """An input of several parts."""
    return data.split(mark)


def numbered(parts: list[bytes], names: tuple[str, ...]) -> dict[str, bytes]:
    """Parts as files."""
    return dict(zip(names, parts, strict=False))


def strings(value: object) -> Iterator[str]:
    """Every text inside a nested value, for seeds out of the scenarios."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from strings(key)
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
