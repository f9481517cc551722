"""Requests of every kind over a package: what is drawn, how it is said, and the truth of its plan canvas."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from engine.evidence.entities import Kind
from engine.plan import Action, Calls
from engine.plan_reader import POSSIBLE
from engine.spoken import code_of
from engine.train.index import Index
from engine.train.wish_examples import described_examples, wish_example
from engine.train.wishes import Drawn, Wisher
from engine.train.wording import Scope
from engine.train.wording_actions import Request, incomplete, request
from engine.train.wording_draft import Others
from engine.train.wording_mentions import Intent
from engine.train.wording_wishes import Wish, lines_of, traits
from engine.values import AT, TARGET, Value
from tests.engine.package import NAMES, PACKAGE

INDEX = Index.of(PACKAGE)


def wisher(seed: int) -> Wisher:
    return Wisher.of(INDEX, NAMES, random.Random(seed))


def drawn(action: Action, count: int = 200) -> list[Drawn]:
    made = wisher(1)
    return [item for item in (made.one(action) for _ in range(count)) if item is not None]


@pytest.mark.parametrize("action", [action for action in Action if action not in (Action.RENAME, Action.GROUP)])
def test_drawn_request_is_one_that_can_be_done_to_its_targets(action: Action) -> None:
    found = drawn(action)
    assert found
    for item in found:
        assert item.action is action and all(target.kind in POSSIBLE[action] for target in item.targets)
        if action is Action.MOVE:
            assert item.to and item.to != item.targets[0].path
        if action in (Action.REORDER, Action.KEYWORD, Action.BUNDLE):
            assert item.parameters and not {"self", "cls"} & set(item.parameters)


def test_draws_are_the_same_for_a_seed() -> None:
    one, two = wisher(7), wisher(7)
    assert [one.draw() for _ in range(60)] == [two.draw() for _ in range(60)]


THING = Intent(Kind.FUNCTION, "load_rows", "", "pkg/store.py", "")
METHOD = Intent(Kind.METHOD, "read", "Store", "pkg/store.py", "")
PARAMETER = Intent(Kind.PARAMETER, "limit", "load_rows", "pkg/store.py", "")
MODULE = Intent(Kind.MODULE, "store", "", "pkg/store.py", "")
ERROR = Intent(Kind.CLASS, "StoreError", "", "pkg/store.py", "", True)
CONSTANT = Intent(Kind.CONSTANT, "LIMIT", "", "pkg/store.py", "")
OTHER = Intent(Kind.FUNCTION, "save_rows", "", "pkg/store.py", "")
THINGS = (THING, METHOD, PARAMETER, MODULE, ERROR, CONSTANT)


def wishes_of(action: Action) -> list[Wish]:
    """Wishes with every combination of fields that a line can ask for."""
    made = []
    for thing in THINGS:
        for targets in ((thing,), (thing, OTHER)):
            for new in ("", "fresh_name"):
                for to in ("", "pkg/other.py", "pkg/sub/"):
                    made.append(Wish(action, targets, new or "fresh_name", to or "Store", parameters=("a", "b")))
                    made.append(Wish(action, targets, new, to, parameters=("a", "b")))
    return made


@pytest.mark.parametrize("action", [action for action in Action])
def test_every_line_fits_some_wish(action: Action) -> None:
    known = [traits(wish) for wish in wishes_of(action)]
    assert [line.text for line in lines_of(action.name.lower()) if not any(line.flags <= fits for fits in known)] == []


def said(wish: Wish, seed: int) -> Request:
    found = request([wish], Scope(), False, Others(), random.Random(seed))
    assert found is not None
    return found


FULL = Wish(
    Action.ADD, (THING,), "strict", type="bool", default="False", values={Calls.CODE: "True", Calls.TESTS: "None", Calls.RECURSIVE: "strict"}, keyword=True,
    effect="raise when a row is bad",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_marks_cover_the_words_that_stand_for_each_field(seed: int) -> None:
    found = said(FULL, seed)
    marks = {mark.label: found.text[mark.start : mark.end] for mark in found.marks}
    assert marks["NEW_1"] == "strict" and code_of(marks["TYPE_1"]) == "bool" and code_of(marks["DEFAULT_1"]) == "False"
    assert code_of(marks["VALUE_1"]) == "True" and code_of(marks["TEST_VALUE_1"]) == "None" and code_of(marks["SELF_VALUE_1"]) == "strict"
    assert found.keyword and found.actions == (Action.ADD,)
    moved = said(Wish(Action.MOVE, (THING, OTHER), to="pkg/rows.py"), seed)
    destination = next(moved.text[mark.start : mark.end] for mark in moved.marks if mark.label == "TO_1")
    assert destination.removesuffix(".py").replace("/", ".").rpartition(".")[2] == "rows"
    assert sum(mark.label == "OLD_1" for mark in moved.marks) >= 2 and "\ue001" not in moved.text


def test_joined_requests_are_numbered_by_first_mention_and_may_use_a_pronoun() -> None:
    pronouns = Counter[bool]()
    for seed in range(80):
        wishes = [Wish(Action.MOVE, (THING,), to="pkg/rows.py"), Wish(Action.RENAME, (THING,), "fetch_rows")]
        found = request(wishes, Scope(), False, Others(), random.Random(seed))
        assert found is not None and found.order == (0, 1) and found.actions == (Action.MOVE, Action.RENAME)
        labels = {mark.label for mark in found.marks}
        assert {"OLD_1", "TO_1", "NEW_2"} <= labels
        pronouns["OLD_2" in labels] += 1
    assert min(pronouns.values()) >= 10


def test_what_is_left_out_has_no_mark() -> None:
    made = [incomplete([Wish(Action.MOVE, (THING,), to="pkg/rows.py")], random.Random(seed)) for seed in range(40)]
    texts = [found for found in made if found is not None]
    assert texts and all(mark.label == "OLD_1" for found in texts for mark in found.marks)


def test_examples_point_at_what_is_asked_for() -> None:
    made, seen = wisher(3), Counter[Value]()
    rng = random.Random(0)
    for _ in range(150):
        found = wish_example(made, 2, rng)
        if found is not None:
            assert all(value in slot.domain or value is Value.MASK for slot, value in zip(found.canvas.slots, found.clean, strict=True))
            seen.update(found.clean)
    assert {Value.MOVE, Value.ADD, Value.DELETE, TARGET[0], AT[0], Value.NOTHING} <= set(seen)


def test_described_set_is_marked_and_its_members_are_taken() -> None:
    made, rng, taken = wisher(5), random.Random(2), 0
    for _ in range(120):
        for found in described_examples(made, 2, rng)[1:]:
            assert set(found.clean) <= {TARGET[0], Value.LEAVE} and found.canvas.lexemes[0] == "which"
            taken += TARGET[0] in found.clean
    assert taken > 5
