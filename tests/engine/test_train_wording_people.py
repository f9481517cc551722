"""Requests written by hand: every one can be filled, marks what it names and says what it is flagged with."""
from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import engine.train.wording_people as wording_people
from engine.evidence import Kind
from engine.naming import subwords
from engine.train.wording import Homonym, Intent, Others, Scope, Wording
from engine.train.wording_people import Template, people, rendered, templates

POOL = (
    Intent(Kind.FUNCTION, "load_user", "", "src/shop/accounts/users.py", "fetch_account"),
    Intent(Kind.METHOD, "send_all", "Client", "src/shop/net/client.py", "dispatch"),
    Intent(Kind.CLASS, "UserStore", "", "src/shop/stores.py", "AccountRepository"),
    Intent(Kind.CLASS, "ParseErr", "", "src/shop/errors.py", "ParseError", True),
    Intent(Kind.CONSTANT, "DEFAULT_TIMEOUT", "", "shop/conf.py", "CONNECT_TIMEOUT"),
    Intent(Kind.ATTRIBUTE, "_conn", "Pool", "src/shop/db/pool.py", "_connection"),
    Intent(Kind.PARAMETER, "time_limit", "Client.connect", "src/shop/net/client.py", "deadline"),
    Intent(Kind.PARAMETER, "size", "Pool.__init__", "src/shop/db/pool.py", "max_connections"),
    Intent(Kind.MODULE, "utils", "", "src/shop/utils.py", "helpers"),
    Intent(Kind.PACKAGE, "io", "", "src/shop/io", "files"),
)
PASSING = ("make_item", "read_rows", "checkout"), ("Basket", "OrderLine"), ("src/shop/cart.py", "src/shop/cli/main.py", "tests/test_cart.py")


def _others(intent: Intent) -> Others:
    return Others(*PASSING, (Homonym(Kind.METHOD, intent.name, "Reader", "src/shop/reader.py"), Homonym(Kind.FUNCTION, intent.name, "", "app/run.py")))


def _scope(template: Template) -> Scope:
    return Scope(("src/shop/legacy.py",) if "only" in template.flags else (), ("src/shop/old/",) if "except" in template.flags else ())


def _filled(template: Template, seed: int) -> tuple[list[Intent], Wording]:
    rng = random.Random(seed)
    first = rng.choice([intent for intent in POOL if template.suits(intent, 0)])
    intents = [first]
    if "two" in template.flags:
        intents.append(rng.choice([intent for intent in POOL if intent is not first and template.suits(intent, 1)] or _twin(first)))
    return intents, rendered(template, intents, _scope(template), "alias" in template.flags, _others(first), rng)


def _twin(intent: Intent) -> list[Intent]:
    new = "Second" if intent.kind is Kind.CLASS else "second"
    return [Intent(intent.kind, f"{new}_one", intent.owner and "Other", intent.path, f"{new}_two", intent.is_exception)]


@pytest.fixture(scope="module")
def filled() -> list[tuple[Template, list[Intent], Wording]]:
    return [(template, *_filled(template, seed)) for template in templates() for seed in range(3)]


def test_every_file_holds_requests() -> None:
    files = sorted((Path(wording_people.__file__).parent / "phrases").glob("*.txt"))
    assert len(files) >= 5 and all(sum(not line.startswith("#") for line in file.read_text("utf-8").splitlines()) > 50 for file in files)
    assert len({template.text for template in templates()}) == len(templates()) > 1_200


def test_nothing_of_the_notation_is_left(filled: list[tuple[Template, list[Intent], Wording]]) -> None:
    for template, _, wording in filled:
        assert not re.search("[\ue000-\uf8ff⏎\\[\\]{}]", wording.text), (template.text, wording.text)
        assert "file file" not in wording.text.lower() and "module module" not in wording.text.lower(), (template.text, wording.text)


def test_marks_cover_the_names_of_every_intent(filled: list[tuple[Template, list[Intent], Wording]]) -> None:
    for template, intents, wording in filled:
        labels = [mark.label for mark in wording.marks]
        assert sorted(wording.order) == list(range(len(intents)))
        for number in range(1, len(intents) + 1):
            assert f"OLD_{number}" in labels and f"NEW_{number}" in labels, (template.text, wording.text)
        for mark in wording.marks:
            said = wording.text[mark.start:mark.end]
            if mark.label.startswith(("OLD", "NEW")):
                intent = intents[wording.order[int(mark.label[4:]) - 1]]
                name = intent.name if mark.label.startswith("OLD") else intent.new
                assert said == name or said.lower() == " ".join(subwords(name)), (template.text, wording.text)
        assert all(before.end <= after.start for before, after in zip(wording.marks, wording.marks[1:], strict=False))


def test_places_are_marked_where_the_text_is_flagged(filled: list[tuple[Template, list[Intent], Wording]]) -> None:
    for template, _, wording in filled:
        for flag in ("only", "except"):
            assert sum(mark.label == flag.upper() for mark in wording.marks) == (flag in template.flags), wording.text


def test_namesakes_that_are_not_meant_carry_no_mark(filled: list[tuple[Template, list[Intent], Wording]]) -> None:
    for template, intents, wording in filled:
        assert len(wording.excluded) == ("h" in template.slots)
        for dotted in re.finditer(rf"(?:Reader|run)\.{intents[0].name}\b", wording.text):
            assert not any(mark.start < dotted.end() and dotted.start() < mark.end for mark in wording.marks), wording.text


def _asked() -> Iterator[tuple[list[Intent], Scope, bool, Others, int]]:
    rng = random.Random(1)
    for seed in range(1_500):
        intents = rng.sample(POOL, rng.choice((1, 1, 2)))
        place = (rng.choice(("tests", "docs", "src/shop/net/")),)
        scope = rng.choice((Scope(), Scope(), Scope(only=place), Scope(exclude=place)))
        yield intents, scope, rng.random() < 0.2, rng.choice((Others(), _others(intents[0]))), seed


def test_what_is_asked_for_is_said() -> None:
    kept = []
    for intents, scope, keep, others, seed in _asked():
        wording = people(intents, scope, keep, others, random.Random(seed))
        if wording is None:
            continue
        labels = [mark.label for mark in wording.marks]
        assert wording.keep_alias is keep and labels.count("ONLY") == len(scope.only) and labels.count("EXCEPT") == len(scope.exclude), wording.text
        assert others.homonyms or not wording.excluded
        kept.append(not keep or re.search(r"alias|old|previous|former|compat|deprecat|keep|still|remain|both|work|stay|live|accept", wording.text, re.IGNORECASE))
    assert len(kept) > 1_300 and sum(map(bool, kept)) > 0.97 * len(kept)


def test_same_state_gives_the_same_text() -> None:
    for intents, scope, keep, others, seed in _asked():
        if seed < 200:
            assert people(intents, scope, keep, others, random.Random(seed)) == people(intents, scope, keep, others, random.Random(seed))


def test_facts_follow_from_what_the_text_says() -> None:
    (method,) = (intent for intent in POOL if intent.kind is Kind.METHOD)
    line = wording_people.parsed("method | | {O}.{b} in {F} is {n}")
    stated = rendered(line, [method], Scope(), False, Others(), random.Random(0)).stated[0]
    assert (stated.by, stated.kind, stated.owner, stated.path) == ("name", False, True, True)
    line = wording_people.parsed("method | | the {w} {k} is {n}")
    stated = rendered(line, [method], Scope(), False, Others(), random.Random(0)).stated[0]
    assert (stated.by, stated.kind, stated.owner, stated.path) == ("words", True, False, False)
    line = wording_people.parsed("module | | {b}.py is {n}.py")
    assert rendered(line, [POOL[8]], Scope(), False, Others(), random.Random(0)).stated[0].kind
