"""Added cognitive complexity against what a request warrants."""

from __future__ import annotations

from agent.complexity import added, budget, excess
from editops import Applied
from engine import Action, Entity, Intent, Kind, Plan

PLAIN = b"def f(a):\n    return a\n"
BRANCHED = b"def f(a):\n    if a:\n        for b in a:\n            if b:\n                return b\n    return a\n"
TARGET = Entity(Kind.FUNCTION, "f", "a.py")


def _applied(files: dict[str, bytes], removed: frozenset[str] = frozenset()) -> Applied:
    return Applied(files, removed, {})


def test_new_branches_count_nested_ones_more() -> None:
    assert added({"a.py": PLAIN}, _applied({"a.py": BRANCHED})) == 1 + 2 + 3
    assert added({"a.py": BRANCHED}, _applied({"a.py": PLAIN})) == -6


def test_what_moves_to_another_file_adds_nothing() -> None:
    files = {"a.py": BRANCHED + PLAIN.replace(b"f(", b"g("), "b.py": b""}
    assert added(files, _applied({"a.py": PLAIN.replace(b"f(", b"g("), "b.py": BRANCHED})) == 0
    assert added({"a.py": BRANCHED}, _applied({"c.py": BRANCHED}, frozenset({"a.py"}))) == 0


def test_a_file_that_does_not_parse_and_other_languages_count_nothing() -> None:
    assert added({"a.py": b"def ("}, _applied({"a.py": b"def (", "b.md": BRANCHED})) == 0


def test_an_effect_warrants_one_guarded_statement() -> None:
    threaded = Plan((Intent(TARGET, "quiet", action=Action.ADD),))
    useful = Plan((Intent(TARGET, "quiet", action=Action.ADD, effect="print nothing"),))
    guarded = b"def f(a, quiet=False):\n    if quiet:\n        print(a)\n    return a\n"
    assert (budget(threaded), budget(useful)) == (0, 2)
    assert excess(useful, {"a.py": PLAIN}, _applied({"a.py": guarded})) is None
    found = excess(threaded, {"a.py": PLAIN}, _applied({"a.py": guarded}))
    assert found is not None and "1 point of" in found.message
