"""The wording generator: marks that cover what they claim, numbers by first mention, and breadth."""
from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from engine.evidence.entities import Kind
from engine.naming import subwords
from engine.train.wording import (
    Intent,
    Scope,
    Wording,
    question_without_new,
    unsupported,
    word,
)

POOL = (
    Intent(Kind.FUNCTION, "load_user", "", "src/shop/accounts/users.py", "fetch_account"),
    Intent(Kind.METHOD, "send", "Client", "src/shop/net/client.py", "dispatch"),
    Intent(Kind.CLASS, "UserStore", "", "src/shop/stores.py", "AccountRepository"),
    Intent(Kind.CLASS, "ParseErr", "", "src/shop/errors.py", "ParseError", True),
    Intent(Kind.CONSTANT, "DEFAULT_TIMEOUT", "", "shop/conf.py", "CONNECT_TIMEOUT"),
    Intent(Kind.ATTRIBUTE, "_conn", "Pool", "src/shop/db/pool.py", "_connection"),
    Intent(Kind.PARAMETER, "timeout", "Client.connect", "src/shop/net/client.py", "deadline"),
    Intent(Kind.MODULE, "utils", "", "src/shop/utils.py", "helpers"),
    Intent(Kind.PACKAGE, "io", "", "src/shop/io", "files"),
)
PLACES = ("tests", "docs", "comments", "strings", "src/shop/net/", "src/shop/utils.py")
Asked = tuple[list[Intent], Scope, bool]


def _asked(rng: random.Random) -> Asked:
    intents = rng.sample(POOL, rng.choices((1, 2, 3, 4), (60, 20, 12, 8))[0])
    only = tuple(rng.sample(PLACES, rng.choice((1, 2)))) if rng.random() < 0.15 else ()
    exclude = tuple(rng.sample(PLACES, rng.choice((1, 2)))) if not only and rng.random() < 0.15 else ()
    return intents, Scope(only, exclude), rng.random() < 0.15


def _samples(count: int, seed: int) -> list[tuple[Asked, Wording]]:
    rng = random.Random(seed)
    return [(asked, word(*asked, rng)) for asked in (_asked(rng) for _ in range(count))]


@pytest.fixture(scope="module")
def samples() -> list[tuple[Asked, Wording]]:
    return _samples(10_000, 7)


def test_marks_cover_the_names_they_claim(samples: list[tuple[Asked, Wording]]) -> None:
    for (intents, _, _), wording in samples:
        for mark in wording.marks:
            said = wording.text[mark.start:mark.end]
            if mark.label.startswith("OLD"):
                at = int(mark.label[4:]) - 1
                name = intents[wording.order[at]].name
                in_words = said.lower() == " ".join(subwords(name))
                assert in_words or said == name and wording.stated[at].by == "name", wording.text
            elif mark.label.startswith("NEW"):
                name = intents[wording.order[int(mark.label[4:]) - 1]].new
                assert said in (name, " ".join(subwords(name))), wording.text


def test_marks_never_overlap_and_every_intent_has_both(samples: list[tuple[Asked, Wording]]) -> None:
    for (intents, scope, _), wording in samples:
        assert all(before.end <= after.start for before, after in zip(wording.marks, wording.marks[1:], strict=False))
        labels = Counter(mark.label for mark in wording.marks)
        for number in range(1, len(intents) + 1):
            assert labels[f"OLD_{number}"] and labels[f"NEW_{number}"], wording.text
        assert labels["ONLY"] == len(scope.only) and labels["EXCEPT"] == len(scope.exclude), wording.text


def test_numbers_follow_the_first_mention(samples: list[tuple[Asked, Wording]]) -> None:
    for (intents, _, keep), wording in samples:
        first = list(dict.fromkeys(int(mark.label[4:]) for mark in wording.marks if mark.label[3] == "_"))
        assert first == list(range(1, len(intents) + 1))
        assert sorted(wording.order) == list(range(len(intents)))
        assert len(wording.stated) == len(intents) and wording.keep_alias is keep


def test_no_rule_or_control_character_is_left(samples: list[tuple[Asked, Wording]]) -> None:
    for _, wording in samples:
        assert not re.search("[\ue000-\uf8ff⟦⟧⏎⦃⦄‖]|@rename|\\{[a-z]+\\}", wording.text), wording.text


def test_texts_and_skeletons_are_many(samples: list[tuple[Asked, Wording]]) -> None:
    skeletons = set()
    for _, wording in samples:
        text = wording.text
        for mark in reversed(wording.marks):
            text = text[:mark.start] + mark.label + text[mark.end:]
        skeletons.add(text)
    assert len({wording.text for _, wording in samples}) > 9_500
    assert len(skeletons) > 3_000


def test_every_kind_label_and_fact_occurs(samples: list[tuple[Asked, Wording]]) -> None:
    labels = {mark.label for _, wording in samples for mark in wording.marks}
    assert labels == {"ONLY", "EXCEPT"} | {f"{name}_{number}" for name in ("OLD", "NEW") for number in range(1, 5)}
    facts: dict[str, set[tuple[str, str]]] = {intent.kind: set() for intent in POOL}
    for (intents, _, _), wording in samples:
        for at, stated in zip(wording.order, wording.stated, strict=True):
            facts[intents[at].kind] |= {(fact, str(getattr(stated, fact))) for fact in ("by", "kind", "owner", "path")}
    for kind, seen in facts.items():
        assert {("kind", "True"), ("kind", "False"), ("path", "True"), ("path", "False"), ("by", "name")} <= seen, kind
        assert (("owner", "True") in seen) == (kind in ("method", "attribute", "parameter"))


def test_same_state_gives_the_same_text() -> None:
    assert _samples(300, 3) == _samples(300, 3)
    assert [unsupported(["load_user"], random.Random(seed)) for seed in range(50)] == [unsupported(["load_user"], random.Random(seed)) for seed in range(50)]


def test_question_without_new_marks_only_the_old_name() -> None:
    rng = random.Random(5)
    for _ in range(1_000):
        intent = rng.choice(POOL)
        wording = question_without_new(intent, rng)
        assert {mark.label for mark in wording.marks} == {"OLD_1"}
        assert wording.order == (0,) and len(wording.stated) == 1


def test_unsupported_requests_vary_and_mention_names() -> None:
    rng = random.Random(6)
    texts = [unsupported(["load_user", "UserStore"], rng) for _ in range(2_000)]
    assert len(set(texts)) > 1_500
    assert sum("load_user" in text or "UserStore" in text for text in texts) > 1_000
