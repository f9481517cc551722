"""The words of a scope, and what lies inside of it."""

from __future__ import annotations

import pytest

from engine.evidence import Role
from engine.features import Evidence
from engine.plan import Concept, Place, Plan
from engine.scope import Within, locate
from engine.sites import Candidate

PATHS = ("README.md", "pkg/__init__.py", "pkg/store.py", "pkg/io/store.py", "pkg/io/test_tools.py", "tests/test_store.py", "src/app/cli.py")


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("tests", "tests"),
        ("tests/", "tests/"),
        ("the tests", "tests"),
        ("pkg/", "pkg/"),
        ("`pkg/io`", "pkg/io/"),
        ("io", "pkg/io/"),
        ("store.py", "pkg/store.py"),
        ("store", "pkg/store.py"),
        ("io/store.py", "pkg/io/store.py"),
        ("./src/app", "src/app/"),
        ("cli", "src/app/cli.py"),
        ("documentation", "docs"),
        ("any comment", "comments"),
        ("string literals", "strings"),
        ("nowhere", None),
        ("tore.py", None),
    ],
)
def test_locate_finds_paths_before_kinds_of_places(words: str, place: str | None) -> None:
    found = locate(words, PATHS)
    assert (None if found is None else str(found)) == place


def test_tests_are_those_beside_the_code_too() -> None:
    place = locate("tests", PATHS)
    assert place == Place(concept=Concept.TESTS)
    assert Within(_plan(only=(place,)))(_candidate("pkg/io/test_tools.py"))


def _candidate(path: str, role: Role = Role.NAME) -> Candidate:
    return Candidate(path, 0, 1, "a", "b", role.value, 1, Evidence.YES, "")


def _plan(only: tuple[Place, ...] = (), exclude: tuple[Place, ...] = ()) -> Plan:
    return Plan((), only, exclude)


@pytest.mark.parametrize(
    ("place", "inside", "outside"),
    [
        (Place(path="pkg/io/"), _candidate("pkg/io/store.py"), _candidate("pkg/iota.py")),
        (Place(path="pkg/store.py"), _candidate("pkg/store.py"), _candidate("pkg/io/store.py")),
        (Place(concept=Concept.TESTS), _candidate("tests/test_store.py"), _candidate("pkg/store.py")),
        (Place(concept=Concept.DOCS), _candidate("README.md", Role.PROSE), _candidate("pkg/store.py")),
        (Place(concept=Concept.COMMENTS), _candidate("pkg/a.py", Role.COMMENT), _candidate("pkg/a.py", Role.DOCSTRING)),
        (Place(concept=Concept.STRINGS), _candidate("pkg/a.py", Role.STRING_PART), _candidate("pkg/a.py")),
    ],
)
def test_within_holds_inside_only_and_outside_exclude(place: Place, inside: Candidate, outside: Candidate) -> None:
    only, exclude = Within(_plan(only=(place,))), Within(_plan(exclude=(place,)))
    assert only(inside) and not only(outside)
    assert not exclude(inside) and exclude(outside)


def test_exclude_wins_over_only() -> None:
    within = Within(_plan(only=(Place(path="pkg/"),), exclude=(Place(path="pkg/io/"),)))
    assert within(_candidate("pkg/a.py")) and not within(_candidate("pkg/io/a.py"))
