"""From a settled plan canvas to a plan, and every reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from engine.evidence import Entity, Kind
from engine.plan import Action, Calls, Concept, NotUnderstood, Order, Place, Plan, Why
from engine.plan_canvas import ALIAS_SLOT, KEYWORD_SLOT, plan_canvas
from engine.plan_fields import new_name
from engine.plan_reader import Reader
from engine.retrieval import Context
from engine.sampler import Denoised, Sampler
from engine.testing import ScriptedDenoiser
from engine.understanding import understand
from engine.values import DEFAULT, NEW, OLD, PARAM, SIZE, TARGET, TEST_VALUE, TO, TYPE, Value

LOAD = Entity(Kind.FUNCTION, "load", "pkg/store.py", start=4, end=8)
SAVE = Entity(Kind.METHOD, "save", "pkg/store.py", "Store", start=40, end=44)
OTHER_SAVE = Entity(Kind.METHOD, "save", "pkg/other.py", "Other", start=40, end=44)
ENTITIES = (LOAD, SAVE, OTHER_SAVE)
PATHS = ("pkg/store.py", "pkg/other.py", "pkg/io/read.py", "tests/test_store.py")


def read(
    instruction: str,
    words: Mapping[str, Value],
    targets: Mapping[int, Value],
    kind: Value = Value.RENAME,
    alias: Value = Value.NO_ALIAS,
    related: bool = False,
    later: tuple[Value, ...] = (),
    flag: Value = Value.ANYWHERE,
    order: Value = Value.WHOLE,
    entities: tuple[Entity, ...] = ENTITIES,
) -> Plan | NotUnderstood:
    """The plan of an instruction whose words (`load`, or `1. load` for one of several) and candidates hold the given values."""
    context = Context(entities)
    made = plan_canvas(instruction, context, 6)
    starts = {made.canvas.slots[made.entity_slot(j)].position: j for j in range(len(entities))}

    def script(lexemes: tuple[str, ...], at: int) -> Value:
        if at < 6:
            return (kind, *later, *[Value.NOTHING] * (3 - len(later)), alias, flag)[at]
        if at == len(lexemes) - 1:
            return order
        if at in starts:
            return targets.get(starts[at], Value.LEAVE)
        return words.get(f"{at - 5}. {lexemes[at]}", words.get(lexemes[at], Value.OTHER))

    denoiser, generator = ScriptedDenoiser(script), np.random.default_rng(0)
    return understand(instruction, context, denoiser, Sampler(), generator, lambda a, b: related, PATHS).result


LOAD_TO_FETCH = {"load": OLD[0], "fetch": NEW[0]}


def test_plan_has_target_name_places_and_alias() -> None:
    words = {**LOAD_TO_FETCH, "tests": Value.EXCEPT, "pkg": Value.ONLY, "/": Value.ONLY, "io": Value.ONLY}
    found = read("load to fetch in pkg/io not tests", words, {0: TARGET[0]}, alias=Value.ALIAS)
    assert isinstance(found, Plan) and found.keep_alias
    assert [(intent.target, intent.new) for intent in found.intents] == [(LOAD, "fetch")]
    assert found.only == (Place(path="pkg/io/"),) and found.exclude == (Place(concept=Concept.TESTS),)
    assert 0.99 < found.intents[0].confidence <= 1.0


def test_plan_of_several_intents_keeps_their_names_apart() -> None:
    words = {**LOAD_TO_FETCH, "save": OLD[1], "keep": NEW[1]}
    found = read("load to fetch and save to keep", words, {0: TARGET[0], 1: TARGET[1]})
    assert isinstance(found, Plan)
    assert [(intent.target.name, intent.new) for intent in found.intents] == [("load", "fetch"), ("save", "keep")]


def test_related_definitions_are_one_target() -> None:
    found = read("save to keep", {"save": OLD[0], "keep": NEW[0]}, {1: TARGET[0], 2: TARGET[0]}, related=True)
    assert isinstance(found, Plan) and found.intents[0].target == SAVE


REFUSALS = {
    Why.UNSUPPORTED: ("delete load", {}, {}, Value.UNSUPPORTED),
    Why.NO_TARGET: ("hello there", {}, {}, Value.RENAME),
    Why.NOTHING_MATCHES: ("nothere to fetch", {"nothere": OLD[0], "fetch": NEW[0]}, {}, Value.RENAME),
    Why.AMBIGUOUS: ("save to keep", {"save": OLD[0], "keep": NEW[0]}, {1: TARGET[0], 2: TARGET[0]}, Value.RENAME),
    Why.NO_NEW_NAME: ("rename load", {"load": OLD[0]}, {0: TARGET[0]}, Value.RENAME),
    Why.BAD_NAME: ("load to class", {"load": OLD[0], "class": NEW[0]}, {0: TARGET[0]}, Value.RENAME),
    Why.UNKNOWN_PLACE: ("load to fetch in nowhere", {**LOAD_TO_FETCH, "nowhere": Value.ONLY}, {0: TARGET[0]}, Value.RENAME),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_refusal_is_one_sentence_for_its_reason(why: Why) -> None:
    instruction, words, targets, kind = REFUSALS[why]
    found = read(instruction, words, targets, kind)
    assert isinstance(found, NotUnderstood) and found.why is why
    assert found.sentence.endswith((".", "?")) and "\n" not in found.sentence


def test_new_name_without_a_target_is_refused() -> None:
    found = read("call it fetch", {"fetch": NEW[0]}, {})
    assert isinstance(found, NotUnderstood) and found.why is Why.NO_TARGET and "fetch" in found.sentence


def test_name_it_already_has_is_refused() -> None:
    found = read("load must become load", {"1. load": OLD[0], "4. load": NEW[0]}, {0: TARGET[0]})
    assert isinstance(found, NotUnderstood) and found.why is Why.BAD_NAME


def test_ambiguous_refusal_lists_the_candidates() -> None:
    found = read(*REFUSALS[Why.AMBIGUOUS])
    assert isinstance(found, NotUnderstood)
    assert found.candidates == ("pkg/store.py::Store.save", "pkg/other.py::Other.save")


def test_unknown_place_of_an_exclusion_is_refused_too() -> None:
    found = read("load to fetch not nowhere", {**LOAD_TO_FETCH, "nowhere": Value.EXCEPT}, {0: TARGET[0]})
    assert isinstance(found, NotUnderstood) and found.why is Why.UNKNOWN_PLACE


@pytest.mark.parametrize(
    ("text", "target", "name"),
    [
        ("fetch_it", LOAD, "fetch_it"),
        ("fetch account", LOAD, "fetch_account"),
        ("Fetch Account", Entity(Kind.CLASS, "OldOne", "a.py"), "FetchAccount"),
        ("max size", Entity(Kind.CONSTANT, "MAX_OLD", "a.py"), "MAX_SIZE"),
    ],
)
def test_new_name_of_several_words_takes_the_style_of_the_old(text: str, target: Entity, name: str) -> None:
    assert new_name(text, target) == name


def test_words_of_a_name_are_read_together() -> None:
    found = read("load to fetch account", {"load": OLD[0], "fetch": NEW[0], "account": NEW[0]}, {0: TARGET[0]})
    assert isinstance(found, Plan) and found.intents[0].new == "fetch_account"


def test_empty_instruction_is_refused() -> None:
    found = read(" ", {}, {})
    assert isinstance(found, NotUnderstood) and found.why is Why.EMPTY


def test_alias_of_what_cannot_have_one_is_refused() -> None:
    module = Entity(Kind.MODULE, "load", "pkg/load.py")
    context, values = Context((module,)), {"load": OLD[0], "fetch": NEW[0]}
    start = plan_canvas("load to fetch", context, 6).canvas.slots[-2].position

    def script(lexemes: tuple[str, ...], at: int) -> Value:
        fixed = {0: Value.RENAME, ALIAS_SLOT: Value.ALIAS, start: TARGET[0]}
        return fixed.get(at) or values.get(lexemes[at], Value.OTHER if at > KEYWORD_SLOT else Value.NOTHING)

    generator = np.random.default_rng(0)
    found = understand("load to fetch", context, ScriptedDenoiser(script), Sampler(), generator, lambda a, b: False, ()).result
    assert isinstance(found, NotUnderstood) and found.why is Why.UNSUPPORTED and "module" in found.sentence


def test_each_action_is_read_with_its_fields() -> None:
    words = {"load": OLD[0], "pkg": TO[0], "/": TO[0], "other": TO[0], ".": TO[0], "py": TO[0]}
    moved = read("move load to pkg/other.py", words, {0: TARGET[0]}, Value.MOVE)
    assert isinstance(moved, Plan) and (moved.intents[0].action, moved.intents[0].to) == (Action.MOVE, "pkg/other.py")
    words = {"load": OLD[0], "retries": NEW[0], "int": TYPE[0], "3": DEFAULT[0], "5": TEST_VALUE[0]}
    added = read("load takes retries, an int, 3 unless given, 5 in tests", words, {0: TARGET[0]}, Value.ADD, flag=Value.KEYWORD_ONLY)
    assert isinstance(added, Plan)
    intent = added.intents[0]
    assert (intent.new, intent.type, intent.default, intent.keyword, intent.values) == ("retries", "int", "3", True, {Calls.TESTS: "5"})


def test_second_request_without_a_target_speaks_of_the_first_ones() -> None:
    words = {"load": OLD[0], "other": TO[0], "fetch": NEW[1]}
    found = read("move load to other and call it fetch", words, {0: TARGET[0]}, Value.MOVE, later=(Value.RENAME,))
    assert isinstance(found, Plan)
    assert [(intent.action, intent.target, intent.new) for intent in found.intents] == [(Action.MOVE, LOAD, ""), (Action.RENAME, LOAD, "fetch")]


def test_several_targets_of_one_request_stand_in_its_order() -> None:
    words = {"save": OLD[0], "load": OLD[0]}
    found = read("delete Store.save and load", words, {0: TARGET[0], 1: TARGET[0]}, Value.DELETE)
    assert isinstance(found, Plan) and found.intents[0].targets == (SAVE, LOAD)


MISSING = {
    Why.NO_DESTINATION: ("move load", Value.MOVE, {0: TARGET[0]}),
    Why.NO_NEW_NAME: ("load needs a parameter", Value.ADD, {0: TARGET[0]}),
    Why.NO_PARAMETERS: ("reorder load", Value.REORDER, {0: TARGET[0]}),
    Why.NOTHING_MATCHES: ("make load a property", Value.PROPERTY, {0: TARGET[0]}),
}


@pytest.mark.parametrize("why", MISSING)
def test_what_an_action_cannot_do_without_is_asked_for(why: Why) -> None:
    instruction, action, targets = MISSING[why]
    found = read(instruction, {"load": OLD[0]}, targets, action)
    assert isinstance(found, NotUnderstood) and found.why is why and "load" in found.sentence


def ordered(instruction: str, words: dict[str, Value], order: Value, kind: Value) -> Plan | NotUnderstood:
    """As `read`, with how an order is said."""
    return read(instruction, {"load": OLD[0], **words}, {0: TARGET[0]}, kind, order=order)


@pytest.mark.parametrize(
    ("order", "names", "wanted"),
    [
        (Value.SWAP, ("path", "mode"), (Order.SWAP, ("path", "mode"))),
        (Value.FIRST, ("mode",), (Order.FIRST, ("mode",))),
        (Value.AFTER, ("mode", "path"), (Order.AFTER, ("mode", "path"))),
        (Value.WHOLE, ("mode", "path"), (Order.WHOLE, ("mode", "path"))),
    ],
)
def test_an_order_is_read_with_the_parameters_that_it_speaks_of(order: Value, names: tuple[str, ...], wanted: tuple[Order, tuple[str, ...]]) -> None:
    found = ordered("load: " + " ".join(names), dict.fromkeys(names, PARAM[0]), order, Value.REORDER)
    assert isinstance(found, Plan) and (found.intents[0].order, found.intents[0].parameters) == wanted


@pytest.mark.parametrize("order", [Value.SWAP, Value.BEFORE, Value.AFTER])
def test_an_order_that_lacks_a_parameter_is_asked_about(order: Value) -> None:
    found = ordered("load: path", {"path": PARAM[0]}, order, Value.REORDER)
    assert isinstance(found, NotUnderstood) and found.why is Why.NO_PARAMETERS


def test_an_added_parameter_has_its_place() -> None:
    found = ordered("load takes mode after path", {"mode": NEW[0], "path": PARAM[0]}, Value.AFTER, Value.ADD)
    assert isinstance(found, Plan) and (found.intents[0].order, found.intents[0].parameters) == (Order.AFTER, ("path",))
    usual = ordered("load takes mode", {"mode": NEW[0]}, Value.AFTER, Value.ADD)
    assert isinstance(usual, Plan) and (usual.intents[0].order, usual.intents[0].parameters) == (Order.WHOLE, ())


def test_nothing_is_replaced_by_itself() -> None:
    found = read("use cache.load for load", {"load": OLD[0], "cache": TO[0]}, {0: TARGET[0]}, Value.SUBSTITUTE)
    assert isinstance(found, Plan) and found.intents[0].to == "cache.load"


def test_what_is_in_a_module_is_not_moved_there() -> None:
    found = read("move load into store", {"load": OLD[0], "store": TO[0]}, {0: TARGET[0]}, Value.MOVE)
    assert isinstance(found, NotUnderstood) and found.why is Why.NO_DESTINATION


def test_a_class_that_is_not_there_owns_nothing() -> None:
    found = read("rename Shelf.save to keep", {"save": OLD[0], "keep": NEW[0]}, {1: TARGET[0]})
    assert isinstance(found, NotUnderstood) and "Shelf" in found.sentence


def test_a_module_that_moves_to_another_name_beside_it_is_renamed() -> None:
    module = Entity(Kind.MODULE, "store", "pkg/store.py")
    words = {"store": OLD[0], "shelf": TO[0]}
    found = read("git mv store shelf", words, {0: TARGET[0]}, Value.MOVE, entities=(module,))
    assert isinstance(found, Plan) and (found.intents[0].action, found.intents[0].new, found.intents[0].to) == (Action.RENAME, "shelf", "")
    elsewhere = read("git mv store io/shelf", {**words, "io": TO[0], "/": TO[0]}, {0: TARGET[0]}, Value.MOVE, entities=(module,))
    assert isinstance(elsewhere, Plan) and (elsewhere.intents[0].action, elsewhere.intents[0].to) == (Action.MOVE, "pkg/io/shelf.py")


def test_parameters_that_are_named_tell_functions_apart() -> None:
    limit = Entity(Kind.PARAMETER, "limit", "pkg/other.py", "Other.save", start=50, end=55)
    words = {"save": OLD[0], "limit": PARAM[0]}
    found = read("save limit", words, {1: TARGET[0], 2: TARGET[0]}, Value.REORDER, order=Value.FIRST, entities=(*ENTITIES, limit))
    assert isinstance(found, Plan) and found.intents[0].target == OTHER_SAVE


def test_an_action_that_cannot_be_done_gives_way_to_the_likeliest_that_can() -> None:
    made = plan_canvas("make load static", Context(ENTITIES), 6)
    slots = made.canvas.slots
    values = [slot.domain[0] for slot in slots]
    values[0], values[made.word_slot(1)] = Value.STATIC, OLD[0]
    probabilities = np.full((len(slots), SIZE), 1e-4, np.float32)
    probabilities[0, [Value.STATIC, Value.METHOD, Value.MOVE]] = 0.6, 0.3, 0.1
    settled = Denoised(replace(made.canvas, slots=tuple(replace(slot, value=value) for slot, value in zip(slots, values, strict=True))), probabilities, 1)
    action, certain = Reader(made, settled).fitting_action(0, Action.STATIC, 0.6)
    assert action is Action.METHOD and 0.7 < certain < 0.75


def test_a_signature_that_is_only_repeated_says_no_order() -> None:
    words = dict.fromkeys(("path", "mode"), PARAM[0])
    found = ordered("load(path, mode): mode first", words, Value.FIRST, Value.REORDER)
    assert isinstance(found, Plan) and found.intents[0].parameters == ("mode",)


def test_a_keyword_is_no_new_name_where_there_is_another() -> None:
    spaced = read("and: load, keep", {"load": OLD[0], "and": NEW[0], "keep": NEW[0]}, {0: TARGET[0]})
    assert isinstance(spaced, Plan) and spaced.intents[0].new == "keep"



@pytest.mark.parametrize(
    "first, second, new, wanted",
    [("load_user", "load_group", "fetch_user", "fetch_group"), ("save", "save", "keep", "keep")],
)
def test_a_second_request_may_leave_out_what_the_first_one_says(first: str, second: str, new: str, wanted: str) -> None:
    one, two = replace(LOAD, name=first), replace(OTHER_SAVE, name=second)
    words = {f"1. {first}": OLD[0], new: NEW[0], f"5. {second}": OLD[1]}
    found = read(f"{first} to {new} , {second} likewise", words, {0: TARGET[0], 1: TARGET[1]}, later=(Value.RENAME,), entities=(one, two))
    assert isinstance(found, Plan) and [(intent.target, intent.new) for intent in found.intents] == [(one, new), (two, wanted)]


def test_a_second_move_goes_where_the_first_one_does() -> None:
    words = {"load": OLD[0], "pkg": TO[0], "/": TO[0], "io": TO[0], "read": TO[0], ".": TO[0], "py": TO[0], "save_all": OLD[1]}
    other = replace(LOAD, name="save_all")
    found = read("load to pkg/io/read.py and save_all too", words, {0: TARGET[0], 1: TARGET[1]}, Value.MOVE, later=(Value.MOVE,), entities=(LOAD, other))
    assert isinstance(found, Plan) and [intent.to for intent in found.intents] == ["pkg/io/read.py"] * 2


def test_what_another_action_says_is_not_taken_over() -> None:
    words = {**LOAD_TO_FETCH, "save": OLD[1]}
    found = read("load to fetch , save away", words, {0: TARGET[0], 1: TARGET[1]}, later=(Value.MOVE,))
    assert isinstance(found, NotUnderstood)
    other = read("load to fetch , save likewise", words, {0: TARGET[0], 1: TARGET[1]}, later=(Value.RENAME,))
    assert isinstance(other, NotUnderstood) and other.why is Why.NO_NEW_NAME, "its name does not change in the same words"


def test_an_instruction_that_does_not_fit_is_not_read_in_part() -> None:
    found = read("load to fetch" + ", please" * 80 + " but not in tests", LOAD_TO_FETCH, {0: TARGET[0]})
    assert isinstance(found, NotUnderstood) and found.why is Why.TOO_LONG and "more briefly" in found.sentence
