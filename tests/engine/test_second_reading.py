"""A reading that cannot stand is blamed on a slot, and only another that the first one thought possible takes its place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from engine.canvas import Batch, Canvas, Floats
from engine.evidence import Entity, Project, entities
from engine.plan import Action, NotUnderstood, Order, Plan, Why
from engine.plan_canvas import plan_canvas
from engine.plan_reader import ORDER_VALUE
from engine.retrieval import Context
from engine.sampler import Sampler
from engine.understanding import ROUNDS, understand, without
from engine.values import NEW, OLD, PARAM, SIZE, TARGET, Value

PROJECT = Project(["store.py"], {"store.py": "def load(path, mode):\n    return path, mode\n"}.get)
LOAD = next(iter(entities(PROJECT, "store.py", {"load"})))
CONTEXT = Context((LOAD,))


@dataclass
class Torn:
    """Sure of its words, and not quite sure of the action or of the order: the values with their logits."""

    words: dict[str, Value]
    action: dict[Value, float]
    order: dict[Value, float]
    calls: int = 0

    def logits(self, batch: Batch) -> Floats:
        """[N, V]"""
        self.calls += 1
        out = np.zeros((len(batch.rows), SIZE), dtype=np.float32)
        for i, (row, at) in enumerate(zip(batch.rows, batch.positions, strict=True)):
            words = batch.lexemes[row]
            if at == 0:
                choices = self.action
            elif at == len(words) - 1:
                choices = self.order
            elif at < 4:
                choices = {Value.NOTHING: 12.0}
            elif at < 6:
                choices = {Value.NO_ALIAS: 12.0, Value.ANYWHERE: 12.0}
            else:
                is_entity = words[at] == LOAD.name and at > words.index(LOAD.name)
                choices = {TARGET[0] if is_entity else self.words.get(words[at], Value.OTHER): 12.0}
            for value, logit in choices.items():
                out[i, value] = logit
        return out


def read(instruction: str, denoiser: Torn) -> Plan | NotUnderstood:
    return understand(instruction, CONTEXT, denoiser, Sampler(), np.random.default_rng(0), lambda a, b: False, ("store.py",), PROJECT).result


def renaming(other: float) -> Torn:
    """Takes a rename for a move, and gives the rename this logit beside the 12 of the move."""
    return Torn({"load": OLD[0], "fetch": NEW[0]}, {Value.MOVE: 12.0, Value.RENAME: other}, {Value.WHOLE: 12.0})


def test_an_action_that_lacks_what_it_needs_gives_way_to_the_next_likely_one() -> None:
    found = read("load, over to fetch", renaming(10.5))
    assert isinstance(found, Plan) and (found.intents[0].action, found.intents[0].new) == (Action.RENAME, "fetch")


@pytest.mark.parametrize("other", [0.0, 8.0])
def test_what_was_not_thought_possible_never_takes_its_place(other: float) -> None:
    found = read("load, over to fetch", renaming(other))
    assert isinstance(found, NotUnderstood) and found.why is Why.NO_DESTINATION


def test_readings_end() -> None:
    denoiser = Torn({"load": OLD[0]}, {Value.MOVE: 12.0, Value.RENAME: 11.0, Value.REPLACE: 10.0, Value.GROUP: 9.0}, {Value.WHOLE: 12.0})
    found = read("load somewhere", denoiser)
    assert isinstance(found, NotUnderstood) and found.why is Why.NO_DESTINATION
    assert denoiser.calls <= ROUNDS * Sampler().schedule.steps


def test_an_order_that_changes_nothing_is_said_in_another_way() -> None:
    words = {"load": OLD[0], "path": PARAM[0], "mode": PARAM[0]}
    torn = Torn(words, {Value.REORDER: 12.0}, {Value.WHOLE: 12.0, ORDER_VALUE[Order.SWAP]: 11.5})
    found = read("turn path and mode of load round", torn)
    assert isinstance(found, Plan) and found.intents[0].order is Order.SWAP
    first = read("load: mode then path", torn)
    assert isinstance(first, Plan) and first.intents[0].order is Order.WHOLE


def test_a_parameter_may_be_said_in_part() -> None:
    project = Project(["store.py"], {"store.py": "def load(file_path, open_mode, max_size, min_size):\n    pass\n"}.get)
    target = next(iter(entities(project, "store.py", {"load"})))
    for said, wanted in (("path", "file_path"), ("size", "size"), ("max_size", "max_size"), ("speed", "speed")):
        torn = Torn({"load": OLD[0], said: PARAM[0]}, {Value.KEYWORD: 12.0}, {Value.WHOLE: 12.0})
        found = understand(f"only by keyword: {said} of load", Context((target,)), torn, Sampler(), np.random.default_rng(0), lambda a, b: False, ("store.py",), project).result
        assert isinstance(found, Plan) and found.intents[0].parameters == (wanted,)


def test_an_order_in_parts_of_names_changes_something() -> None:
    project = Project(["store.py"], {"store.py": "def load(file_path, open_mode):\n    pass\n"}.get)
    target = next(iter(entities(project, "store.py", {"load"})))
    torn = Torn({"load": OLD[0], "path": PARAM[0], "mode": PARAM[0]}, {Value.REORDER: 12.0}, {Value.WHOLE: 12.0, ORDER_VALUE[Order.SWAP]: 11.5})
    found = understand("load: mode then path", Context((target,)), torn, Sampler(), np.random.default_rng(0), lambda a, b: False, ("store.py",), project).result
    assert isinstance(found, Plan) and (found.intents[0].order, found.intents[0].parameters) == (Order.WHOLE, ("open_mode", "file_path"))


def test_a_slot_keeps_a_value() -> None:
    made: Canvas = plan_canvas("rename load", Context(tuple[Entity, ...]((LOAD,))), 6).canvas
    refused = tuple((0, value) for value in made.slots[0].domain)
    assert without(made, refused).slots[0].domain == made.slots[0].domain
    less = without(made, refused[:1]).slots
    assert less[0].domain == made.slots[0].domain[1:] and less[1:] == made.slots[1:]


@pytest.mark.parametrize(
    "words, action, second",
    [
        ({"load": OLD[0], "mode": NEW[0]}, Value.ADD, Value.RENAME),
        ({"load": OLD[0], "speed": PARAM[0], "opener": NEW[0]}, Value.KEYWORD, Value.RENAME),
    ],
)
def test_what_the_signature_rules_out_gives_way(words: dict[str, Value], action: Value, second: Value) -> None:
    text = "load: " + " and ".join(word for word in words if word != "load")
    found = read(text, Torn(words, {action: 12.0, second: 11.0}, {Value.WHOLE: 12.0}))
    assert isinstance(found, Plan) and found.intents[0].action is Action.RENAME
    alone = read(text, Torn(words, {action: 12.0}, {Value.WHOLE: 12.0}))
    assert isinstance(alone, Plan) and alone.intents[0].action is not Action.RENAME, "nothing else was thought possible"


def test_what_is_a_static_method_already_is_not_made_one() -> None:
    project = Project(["store.py"], {"store.py": "class Store:\n    @staticmethod\n    def load():\n        pass\n"}.get)
    target = next(iter(entities(project, "store.py", {"load"})))
    torn = Torn({"load": OLD[0]}, {Value.STATIC: 12.0, Value.CLASSMETHOD: 11.0}, {Value.WHOLE: 12.0})
    found = understand("load is of the class", Context((target,)), torn, Sampler(), np.random.default_rng(0), lambda a, b: False, ("store.py",), project).result
    assert isinstance(found, Plan) and found.intents[0].action is Action.CLASSMETHOD
