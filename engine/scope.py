"""Where an edit may change things: the places that an instruction names, as a test on candidates."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from engine.evidence import Role
from engine.features import Zone, zone_of
from engine.plan import Concept, Place, Plan
from engine.sites import Candidate

_WORDS = {
    Concept.TESTS: {"test", "tests", "testing", "unittests", "testcases"},
    Concept.DOCS: {"doc", "docs", "documentation", "manual", "guide"},
    Concept.COMMENTS: {"comment", "comments"},
    Concept.STRINGS: {"string", "strings", "literal", "literals"},
}
_COMMENTS = frozenset({Role.COMMENT.value})
_STRINGS = frozenset({Role.STRING.value, Role.STRING_PART.value})


def locate(text: str, paths: Collection[str]) -> Place | None:
    """The place that some words name: a path of the repository, the end of one, or a kind of place."""
    bare = text.strip(" `'\"").removeprefix("./").rstrip("/.")
    if text.strip(" `'\"") in ("test", "tests"):
        # Tests may stand beside the code as well as in a folder of that name.
        return Place(concept=Concept.TESTS)
    folders = {path.rsplit("/", i)[0] for path in paths for i in range(1, path.count("/") + 1)}
    for wanted, is_folder in ((bare, True), (bare, False), (bare + ".py", False)):
        pool = folders if is_folder else paths
        whole = sorted((path for path in pool if path == wanted or path.endswith("/" + wanted)), key=lambda p: (p.count("/"), p))
        if whole:
            return Place(path=whole[0] + "/" if is_folder else whole[0])
    said = bare.lower().replace(" ", "")
    stems = sorted((p for p in paths if p.rsplit("/", 1)[-1].partition(".")[0].lower() in (said, said + "s")), key=lambda p: (p.count("/"), p))
    if stems and said not in ("doc", "docs"):
        return Place(path=stems[0])
    words = set(re.findall(r"[a-z]+", text.lower()))
    return next((Place(concept=concept) for concept, known in _WORDS.items() if words & known), None)


@dataclass(frozen=True, slots=True)
class Within:
    """Whether a candidate may change under a plan."""

    plan: Plan

    def __call__(self, candidate: Candidate) -> bool:
        """True inside every wanted place and outside every forbidden one."""
        wanted = not self.plan.only or any(_holds(place, candidate) for place in self.plan.only)
        return wanted and not any(_holds(place, candidate) for place in self.plan.exclude)


def _holds(place: Place, candidate: Candidate) -> bool:
    if place.concept is None:
        return candidate.path == place.path or (place.path.endswith("/") and candidate.path.startswith(place.path))
    zone = zone_of(candidate.path)
    if place.concept is Concept.TESTS:
        return zone is Zone.TEST
    if place.concept is Concept.DOCS:
        return zone in (Zone.DOCS, Zone.HISTORY)
    return candidate.label in (_COMMENTS if place.concept is Concept.COMMENTS else _STRINGS)
