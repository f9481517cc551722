"""An instruction and its candidate definitions as one canvas."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.evidence import Entity, Kind
from engine.features import Channel, Region, Relation
from engine.plan_canvas import ACTION_SLOTS, ALIAS_SLOT, instruction_lexemes, plan_canvas
from engine.retrieval import MAX_CANDIDATES, MAX_INSTRUCTION_LEXEMES, Context, looks_like_code, rank, spellings
from engine.values import ORDERS, ACTIONS, NEW, OLD, PARAM, TO, Value

LOAD = Entity(Kind.FUNCTION, "load", "pkg/store.py", start=4, end=8)
SAVE = Entity(Kind.METHOD, "save", "pkg/store.py", "Store", start=40, end=44)
CONTEXT = Context((LOAD, SAVE), {"load": 1, "save": 2}, frozenset({"store"}), frozenset({"pkg"}))


def test_every_word_and_every_candidate_has_its_slot() -> None:
    made = plan_canvas("rename load in pkg/store.py, please", CONTEXT, 6)
    slots, lexemes = made.canvas.slots, made.canvas.lexemes
    assert [slots[at].domain[0] for at in ACTION_SLOTS] == [Value.UNSUPPORTED, *[Value.NOTHING] * 3]
    assert all(slots[at].domain[1:] == ACTIONS for at in ACTION_SLOTS)
    assert slots[ALIAS_SLOT].domain == (Value.NO_ALIAS, Value.ALIAS)
    assert [lexemes[slots[made.word_slot(i)].position] for i in range(len(made.words))] == [word.text for word in made.words]
    assert [lexemes[slots[made.entity_slot(j)].position] for j in range(2)] == ["load", "save"]
    assert len(slots) == 6 + len(made.words) + 2 + 1 and all(slot.value is Value.MASK for slot in slots)


def test_only_words_can_be_names() -> None:
    made = plan_canvas("load -> fetch ( ./pkg )", CONTEXT, 6)
    domains = {word.text: made.canvas.slots[made.word_slot(i)].domain for i, word in enumerate(made.words)}
    assert {OLD[0], NEW[3], Value.ONLY} <= set(domains["load"])
    names = {*OLD, *NEW, *PARAM}
    assert not names & set(domains["("]) and not {Value.ONLY, *TO} & set(domains["("])
    assert {Value.ONLY, Value.EXCEPT, *TO} <= set(domains["/"]) == set(domains["."]) and not names & set(domains["/"])


def test_repository_evidence_stands_on_the_words() -> None:
    made = plan_canvas("load store pkg fetch save", CONTEXT, 6)
    at = {word.text: made.canvas.slots[made.word_slot(i)].position for i, word in enumerate(made.words)}
    relation = {text: Relation(int(made.canvas.features[position, Channel.RELATION])) for text, position in at.items()}
    assert relation == {
        "load": Relation.DEFINED, "store": Relation.FILE, "pkg": Relation.FOLDER, "fetch": Relation.ABSENT, "save": Relation.DEFINED,
    }  # fmt: skip
    assert made.canvas.features[at["save"], Channel.COUNT] == 2


def test_candidates_carry_owner_folder_and_file() -> None:
    made = plan_canvas("save", CONTEXT, 6)
    start = made.canvas.slots[made.entity_slot(1)].position
    assert made.canvas.lexemes[start:] == ("save", "Store", "pkg", "store", "order")
    assert set(made.canvas.features[start:-1, Channel.REGION]) == {Region.ENTITY}
    assert made.canvas.slots[made.order_slot].domain == ORDERS and made.canvas.slots[made.order_slot].position == start + 4


def test_candidate_of_a_package_is_placed_by_its_parents_alone() -> None:
    package = Entity(Kind.PACKAGE, "io", "src/pkg/io/__init__.py")
    made = plan_canvas("io", Context((package,), {"io": 1}), 6)
    start = made.canvas.slots[made.entity_slot(0)].position
    assert made.canvas.lexemes[start] == "io" and "pkg" in made.canvas.lexemes[start:]


@settings(max_examples=40)
@given(st.text(alphabet="ab_/.'` \n-é", max_size=300))
def test_any_text_makes_a_canvas(text: str) -> None:
    made = plan_canvas(text, CONTEXT, 6)
    assert len(made.words) == len(instruction_lexemes(text)) <= MAX_INSTRUCTION_LEXEMES
    assert all(text[word.start : word.end] == word.text for word in made.words)


def test_spellings_join_plain_words_in_every_style() -> None:
    found = spellings(instruction_lexemes("the Load user function of x_y"))
    assert {"load_user", "LoadUser", "LOAD_USER", "loadUser", "the_load_user_function", "x_y", "Load"} <= set(found)
    assert not any("x_y" in name for name in found if name != "x_y")


def test_rank_keeps_what_the_words_point_at() -> None:
    plain = [Entity(Kind.PARAMETER, "name", f"pkg/m{i:02}.py", "f", start=i) for i in range(60)]
    text = "rename load and name"
    found = rank([*plain, LOAD], text, instruction_lexemes(text))
    assert found[0] == LOAD and len(found) == 7
    many = [Entity(Kind.FUNCTION, "load_it", f"pkg/m{i:02}.py") for i in range(60)]
    assert len(rank(many, "load_it", instruction_lexemes("load_it"))) == MAX_CANDIDATES


def test_rank_prefers_the_named_class_and_file() -> None:
    saves = [Entity(Kind.METHOD, "save", f"pkg/{path}.py", owner) for path, owner in (("a", "A"), ("b", "Store"), ("disk", "B"))]
    for text, owner in (("rename save of Store", "Store"), ("rename save in disk", "B")):
        assert rank(saves, text, instruction_lexemes(text))[0].owner == owner


def test_code_is_told_from_english() -> None:
    assert all(map(looks_like_code, ("load_user", "x2", "loadUser", "HTTP"))) and not any(map(looks_like_code, ("load", "Store")))
