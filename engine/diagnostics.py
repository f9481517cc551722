"""A normalised failure: what a validator says about a staged change set, in one form for every validator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Source(str, Enum):
    """Which check found it."""

    PARSER = "parser"
    NAMES = "names"
    IMPORTS = "imports"
    CYCLES = "cycles"
    TESTS = "tests"
    CALLS = "calls"
    PUBLIC = "public"
    ORACLES = "oracles"
    COMPLEXITY = "complexity"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One failure in the staged tree."""

    path: str
    """Path in the staged (after) tree; empty when the failure has no place."""
    line: int
    """1-based line in the staged tree; 0 when unknown."""
    code: str
    """Short stable name, such as `undefined-name` or `stale-import`."""
    message: str
    source: Source
    name: str = ""
    """The identifier that the failure is about, when there is one."""
