"""Seeds out of the tests' own material: scenarios of the algebra, hostile scenarios, drawn change sets, the project's sources."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.fuzz.target import strings
from benchmarks.laws import TEXT_LINES, drawn_change, drawn_files
from editops import ChangeSet

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "tests" / "scenarios"
SMALL = 3_000
"""Bytes of a source file that still makes a seed."""


@cache
def hostile() -> tuple[dict[str, Any], ...]:
    """The specifications of all hostile scenarios."""
    return tuple(tomllib.loads(place.read_text(encoding="utf-8")) for place in sorted((SCENARIOS / "hostile").glob("*/scenario.toml")))


def hostile_texts() -> tuple[str, ...]:
    """Every text that a hostile scenario holds, each once."""
    return tuple(dict.fromkeys(text for spec in hostile() for text in strings(spec) if 2 < len(text) < SMALL))


def hostile_paths() -> tuple[str, ...]:
    return tuple(text for text in hostile_texts() if "\n" not in text and " " not in text and len(text) < 200)


def drawn(count: int) -> Iterator[tuple[ChangeSet, dict[str, bytes]]]:
    """Change sets over small trees of UTF-8 text, and the trees."""
    for seed in range(count):
        random = Random(seed)
        files = drawn_files(random, TEXT_LINES)
        change = drawn_change(random, files, TEXT_LINES)
        if not change.is_empty:
            yield change, files


def sources() -> Iterator[bytes]:
    """Small Python files: of the tests' made-up repositories, of the scenarios, and the project's own."""
    yield from (text.encode("utf-8", "surrogateescape") for text in hostile_texts() if "\n" in text and ("def " in text or "import " in text))
    for folder in ("tests", "agent", "engine", "editops", "examples"):
        for place in sorted((ROOT / folder).rglob("*.py")):
            data = place.read_bytes()
            if len(data) <= SMALL:
                yield data
