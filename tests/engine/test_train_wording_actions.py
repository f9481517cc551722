"""Requests of every action: all can be filled, and marks cover exactly what stands for each field."""
from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from engine.naming import subwords
from engine.plan import Action, Calls
from engine.spoken import code_of
from engine.train.wording import Scope, Wording
from engine.train.wording_action_phrases import ESSENTIAL, Request, Wish, requests
from engine.train.wording_actions import incomplete, rendered, request
from tests.engine.wishes import OTHERS, others, scope, wishes

WHOLE = (*requests(), *requests("joined"))
Filled = tuple[Request, list[Wish], Wording]
VALUES = {"VALUE": Calls.CODE, "TEST_VALUE": Calls.TESTS, "SELF_VALUE": Calls.RECURSIVE}


def _filled(line: Request, seed: int) -> Filled:
    rng = random.Random(seed)
    asked = wishes(line, rng, seed % 2 == 0)
    assert line.fits(asked), (line.text, asked)
    return line, asked, rendered(line, asked, scope(line), "alias" in line.flags, others(asked[0].targets[0]), rng)


@pytest.fixture(scope="module")
def filled() -> list[Filled]:
    return [_filled(line, seed) for line in WHOLE for seed in range(2)]


def _skeleton(text: str) -> str:
    return re.sub(r"[\s.,]+", " ", re.sub(r"\{(?:[obdDxwkOF]|ub?|each)\d?\}", "X", re.sub("[‹›]", "", text))).strip().lower()


def test_requests_are_many_and_no_two_have_one_skeleton() -> None:
    count = Counter(line.actions for line in WHOLE)
    for action, least in ((Action.MOVE, 90), (Action.ADD, 90), (Action.DELETE, 90), (Action.REPLACE, 90), (Action.RENAME, 20)):
        assert count[action,] >= least, action
    assert set(Action) == {line.actions[0] for line in requests()}
    skeletons = Counter((line.actions, _skeleton(line.text)) for line in (*WHOLE, *requests("incomplete")))
    assert [skeleton for skeleton, times in skeletons.items() if times > 1] == []


def test_nothing_of_the_notation_is_left(filled: list[Filled]) -> None:
    for line, _, wording in filled:
        assert not re.search("[\ue000-\uf8ff⏎\\[\\]{}‹›]", wording.text.replace("[str]", "").replace("[]", "")), (line.text, wording.text)
        assert "file file" not in wording.text.lower() and "module module" not in wording.text.lower(), (line.text, wording.text)


def _covers(said: str, label: str, number: int, asked: list[Wish], wording: Wording) -> bool:
    wish = asked[wording.order[number - 1]]
    match label:
        case "OLD":
            group = [wish, *(asked[wording.order[at]] for at in range(number, len(asked)) if wording.again[at])]
            return any(said == target.name or said.lower() == " ".join(subwords(target.name)) for each in group for target in each.targets)
        case "NEW":
            return said == wish.new or said.lower() == " ".join(subwords(wish.new))
        case "TO":
            path = wish.to.partition("::")
            dotted = path[0].removesuffix(".py").replace("/", ".").strip(".")
            return said == path[2] or bool(said) and (wish.to.strip("/").partition("::")[0].endswith(said.strip("/")) or f"{dotted}.{path[2]}".strip(".").endswith(said)
                                                      or dotted.endswith(said))
        case "PARAM":
            return said in wish.parameters
        case "EFFECT":
            return said == wish.effect
        case "TYPE":
            return code_of(said) == wish.type
        case "DEFAULT":
            return code_of(said) == wish.default
    return said == wish.values[VALUES[label]]


def test_marks_cover_what_they_stand_for(filled: list[Filled]) -> None:
    for line, asked, wording in filled:
        assert all(before.end <= after.start for before, after in zip(wording.marks, wording.marks[1:], strict=False))
        for mark in wording.marks:
            label, _, number = mark.label.rpartition("_")
            if label:
                assert _covers(wording.text[mark.start:mark.end], label, int(number), asked, wording), (line.text, wording.text, mark)


def _labels(wish: Wish, again: bool) -> set[str]:
    named = {"new": "NEW", "to": "TO", "type": "TYPE", "default": "DEFAULT", "effect": "EFFECT", "code": "VALUE", "tests": "TEST_VALUE", "recursive": "SELF_VALUE",
             "parameters": "PARAM"}
    beside = {"PARAM"} if "place" in wish.fields and wish.parameters else set()
    return {named[name] for name in wish.fields - {"keyword", "place"}} | beside | (set() if again else {"OLD"})


def test_everything_that_is_asked_for_has_its_mark_and_number(filled: list[Filled]) -> None:
    for line, asked, wording in filled:
        assert sorted(wording.order) == list(range(len(asked))) and wording.actions == tuple(asked[at].action for at in wording.order)
        first = list(dict.fromkeys(int(mark.label.rpartition("_")[2]) for mark in wording.marks if mark.label not in ("ONLY", "EXCEPT")))
        assert first == sorted(first), (line.text, wording.text)
        for number, at in enumerate(wording.order):
            labels = {mark.label.rpartition("_")[0] for mark in wording.marks if mark.label.endswith(f"_{number + 1}")}
            assert labels == _labels(asked[at], wording.again[number]), (line.text, wording.text)
            assert wording.keyword[number] is asked[at].keyword
            assert len(wording.targets[number]) == len(asked[at].targets)


def test_several_targets_all_have_a_mark(filled: list[Filled]) -> None:
    for line, asked, wording in filled:
        for number, at in enumerate(wording.order):
            if not wording.again[number]:
                said = {wording.text[mark.start:mark.end].lower() for mark in wording.marks if mark.label == f"OLD_{number + 1}"}
                assert all(said & {target.name.lower(), " ".join(subwords(target.name))} for target in asked[at].targets), (line.text, wording.text)


def test_places_are_marked_where_the_text_is_flagged(filled: list[Filled]) -> None:
    for line, _, wording in filled:
        for flag in ("only", "except"):
            assert sum(mark.label == flag.upper() for mark in wording.marks) == (flag in line.flags), wording.text


def test_short_orders_name_only_what_moves(filled: list[Filled]) -> None:
    seen = set()
    for line, asked, wording in filled:
        if asked[0].action is Action.REORDER and len(asked) == 1:
            said = list(dict.fromkeys(wording.text[mark.start:mark.end] for mark in wording.marks if mark.label == "PARAM_1"))
            seen.add(wording.manner[0])
            beside = [asked[0].moved, *(set(said) - {asked[0].moved})]
            expected = {
                "": list(asked[0].parameters), "swap": ["path", "mode"], "first": ["strict"], "last": ["path"], "before": beside, "after": beside,
            }[wording.manner[0]]
            assert said == expected or wording.manner[0] == "swap" and sorted(said) == sorted(expected), (line.text, wording.text)
    assert seen == {"", "swap", "first", "last", "before", "after"}


def _random_wishes(rng: random.Random) -> list[Wish]:
    return [wish for line in rng.sample(requests(), rng.choice((1, 1, 2, 2, 3, 4))) for wish in wishes(line, rng, rng.random() < 0.5)]


def test_joined_requests_say_everything() -> None:
    made = 0
    for seed in range(700):
        rng = random.Random(seed)
        line = rng.choice(requests("joined"))
        asked = wishes(line, rng) if seed % 2 else _random_wishes(rng)
        place = rng.choice((Scope(), Scope(), Scope(only=("src/shop/net/",)), Scope(exclude=("tests",))))
        wording = request(asked, place, rng.random() < 0.1, OTHERS, random.Random(seed))
        if wording is None:
            continue
        made += 1
        assert sum(mark.label == "ONLY" for mark in wording.marks) == len(place.only) and sum(mark.label == "EXCEPT" for mark in wording.marks) == len(place.exclude)
        for number, at in enumerate(wording.order):
            labels = {mark.label.rpartition("_")[0] for mark in wording.marks if mark.label.endswith(f"_{number + 1}")}
            assert labels == _labels(asked[at], wording.again[number]), wording.text
        for mark in wording.marks:
            label, _, digit = mark.label.rpartition("_")
            assert not label or _covers(wording.text[mark.start:mark.end], label, int(digit), asked, wording), (wording.text, mark)
    assert made > 600


def test_incomplete_requests_lack_something_essential() -> None:
    actions = Counter()
    for line in requests("incomplete"):
        for seed in range(3):
            asked = wishes(line, random.Random(seed))
            wording = incomplete(asked, random.Random(seed))
            assert wording is not None, line.text
            labels = {mark.label.rpartition("_")[0] for mark in wording.marks}
            named = {"new": "NEW", "to": "TO", "parameters": "PARAM"}
            assert not {named[name] for name in ESSENTIAL.get(asked[0].action, ())} <= labels or "OLD" not in labels, wording.text
            actions[asked[0].action] += 1
    assert len(actions) >= 9


def test_same_state_gives_the_same_text() -> None:
    for seed in range(200):
        asked = _random_wishes(random.Random(seed))
        assert request(asked, Scope(), False, OTHERS, random.Random(seed)) == request(asked, Scope(), False, OTHERS, random.Random(seed))
