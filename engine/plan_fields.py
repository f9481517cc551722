"""The fields of one request of a settled plan canvas: new name, destination, parameters, types and values."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Collection
from dataclasses import dataclass, replace

from engine.destination import destination
from engine.evidence import Entity, Kind, qualified
from engine.expressions import default_of
from engine.naming import analogous, is_identifier, join, style_of
from engine.plan import Action, Blamed, Calls, Intent, NotUnderstood, Order, Why
from engine.plan_canvas import ACTION_SLOTS
from engine.plan_reader import Reader, Run
from engine.spoken import code_of
from engine.values import DEFAULT, NEW, SELF_VALUE, TEST_VALUE, TO, TYPE, VALUE

_NEEDS_NEW = {
    Action.RENAME: "What should {name} be called? The instruction gives no new name.",
    Action.ADD: "What should the new parameter of {name} be called? The instruction gives no name.",
    Action.GROUP: "What should the new class be called? The instruction gives no name.",
    Action.BUNDLE: "What should the dataclass for the parameters of {name} be called? The instruction gives no name.",
}
_NEEDS_TO = {
    Action.MOVE: "Where should {name} go? Name a module, such as pkg/helpers.py.",
    Action.METHOD: "Which class should {name} become a method of? Name it.",
    Action.REPLACE: "What should be used instead of {name}? Name it.",
}
_NEEDS_PARAMETERS = {
    Action.REORDER: "In which order should the parameters of {name} stand? Name all of them.",
    Action.KEYWORD: "Which parameters of {name} should be keyword-only? Name them.",
    Action.BUNDLE: "Which parameters of {name} should go into the dataclass? Name them.",
}


_LEAST_PARAMETERS = {Order.WHOLE: 1, Order.SWAP: 2, Order.BEFORE: 2, Order.AFTER: 2}


@dataclass(frozen=True, slots=True)
class Fields:
    """Values of one number's fields, with the lowest probability among them."""

    new: str
    to: str
    code: dict[str, str]
    values: dict[Calls, str]
    parameters: tuple[str, ...]
    order: Order
    sure: float


def fields_of(
    reader: Reader, number: int, target: Entity, action: Action, paths: Collection[str], alike: Intent | None = None
) -> Fields | NotUnderstood:
    """The fields that an action reads; those that it can't do without are asked for.

    alike: the request before, where it asks for the same action: what this one leaves out ("and load_group likewise") is as there.
    """
    said = _said(reader, number, target, action, paths)
    if isinstance(said, NotUnderstood):
        return said
    fields = said if alike is None else _completed(said, alike, target)
    if not fields.new and action in _NEEDS_NEW:
        return _asking(Why.NO_NEW_NAME, _NEEDS_NEW[action], target, reader, number)
    if not fields.to and action in _NEEDS_TO:
        return _asking(Why.NO_DESTINATION, _NEEDS_TO[action], target, reader, number)
    if action in _NEEDS_PARAMETERS and len(fields.parameters) < _LEAST_PARAMETERS.get(fields.order, 1):
        return _asking(Why.NO_PARAMETERS, _NEEDS_PARAMETERS[action], target, reader, number)
    return fields


def _said(reader: Reader, number: int, target: Entity, action: Action, paths: Collection[str]) -> Fields | NotUnderstood:
    """The fields that a request says itself; a name that can't be one is refused."""
    words, sure = _new(reader, number) if action is not Action.RENAME else _surest(reader, number)
    new = new_name(words, target, action) if words else ""
    if new:
        if not is_identifier(new) or keyword.iskeyword(new) or not new.isascii() and not new.isidentifier():
            return NotUnderstood(Why.BAD_NAME, f"{new} cannot be a name in Python: choose another one.")
        if new == target.name and action is Action.RENAME:
            return NotUnderstood(Why.BAD_NAME, f"{target.name} is already called that.")
    to, sure_to = _to(reader, number, target, action, paths)
    if isinstance(to, NotUnderstood):
        return to
    if action is Action.FUNCTION and not new:
        new = _split(reader.path_field(TO[number])[0], target, paths)[1]
    order, parameters = _order(reader, number, action)
    kind = code_of(reader.code_field(TYPE[number])[0])
    default = default_of(reader.code_field(DEFAULT[number])[0], kind)
    at_calls = {calls: reader.code_field(values[number]) for calls, values in ((Calls.CODE, VALUE), (Calls.TESTS, TEST_VALUE), (Calls.RECURSIVE, SELF_VALUE))}
    reads = action is Action.ADD
    return Fields(
        new,
        to,
        {"type": kind if reads else "", "default": default if reads else ""},
        {calls: code_of(said) for calls, (said, _) in at_calls.items() if said and reads},
        parameters,
        order,
        min(sure if new else 1.0, sure_to),
    )


def _completed(fields: Fields, alike: Intent, target: Entity) -> Fields:
    """The fields of a request with what it leaves out as the one before has it."""
    if not fields.new and alike.action is Action.ADD:
        code = {name: fields.code[name] or known for name, known in (("type", alike.type), ("default", alike.default))}
        fields = replace(fields, new=alike.new, code=code, values={**alike.values, **fields.values})
    if not fields.new and alike.action is Action.RENAME:
        same = alike.target.name == target.name
        fields = replace(fields, new=alike.new if same else analogous(target.name, alike.target.name, alike.new) or "")
    if not fields.to and alike.to != target.path:
        fields = replace(fields, to=alike.to)
    if not fields.parameters:
        fields = replace(fields, parameters=alike.parameters, order=alike.order)
    return fields


def _order(reader: Reader, number: int, action: Action) -> tuple[Order, tuple[str, ...]]:
    """How an order is said, and the parameters that are named for it."""
    order = reader.order() if action in (Action.ADD, Action.REORDER) else Order.WHOLE
    names = reader.parameters(number, order)
    if action is Action.ADD:
        is_placed = order is Order.FIRST or order in (Order.BEFORE, Order.AFTER) and names
        return (order, names[:1]) if is_placed else (Order.WHOLE, ())
    return order, names


def _asking(why: Why, sentence: str, target: Entity, reader: Reader, number: int) -> NotUnderstood:
    return NotUnderstood(why, sentence.format(name=target.name), (qualified(target),), _action_of(reader, number))


def _action_of(reader: Reader, number: int) -> Blamed:
    """The action of a request, which can't be meant as it is."""
    return ((ACTION_SLOTS[number], reader.value(ACTION_SLOTS[number])),)


def _new(reader: Reader, number: int) -> tuple[str, float]:
    """What is new; of several runs one that can be a name."""
    words, sure = reader.field(NEW[number])
    runs = [run for run in reader.runs(NEW[number]) if not keyword.iskeyword(reader.text(run))]
    if keyword.iskeyword(words) and runs:
        best = max(runs, key=lambda run: run.sure)
        return reader.text(best), best.sure
    return words, sure


def _surest(reader: Reader, number: int) -> tuple[str, float]:
    """The new name of a rename: the surest of the runs that hold one."""
    runs = [run for run in reader.runs(NEW[number]) if not keyword.iskeyword(reader.text(run))] or reader.runs(NEW[number])
    best = max(runs, key=lambda run: run.sure, default=Run(0, 0, 1.0))
    return reader.text(best), best.sure


def _to(reader: Reader, number: int, target: Entity, action: Action, paths: Collection[str]) -> tuple[str | NotUnderstood, float]:
    """Where it goes, or what takes its place."""
    said = reader.path_fields(TO[number])
    if not said:
        return "", 1.0
    words, sure = said[0]
    if action is Action.MOVE:
        places = [(destination(_split(text, target, paths)[0], target.path, paths), certain) for text, certain in said]
        elsewhere = [place for place in places if place[0] != target.path]
        if not elsewhere:
            sentence = f"{target.name} is in {target.path} as it is: name the module that it should go to."
            return NotUnderstood(Why.NO_DESTINATION, sentence, (qualified(target),)), sure
        return elsewhere[0]
    if action in (Action.BUNDLE, Action.FUNCTION):
        return destination(words if action is Action.BUNDLE else _split(words, target, paths)[0], target.path, paths), sure
    if action is Action.METHOD:
        return _entity_at(reader, number, words, (Kind.CLASS,), target, sure)
    if action is Action.REPLACE:
        same = (Kind.FUNCTION, Kind.METHOD) if target.kind in (Kind.FUNCTION, Kind.METHOD) else (target.kind,)
        known = _entity_at(reader, number, words, same, target, sure)
        outside = isinstance(known[0], NotUnderstood) and known[0].why is Why.NOTHING_MATCHES
        if outside and "." not in words and not hasattr(builtins, words):
            # The text may ask for a new name and not for another definition.
            sentence = f"{words} is neither defined in this repository nor built in: say where it comes from, such as package.{words}."
            return NotUnderstood(Why.NOTHING_MATCHES, sentence, (qualified(target),), _action_of(reader, number)), sure
        return (words, sure) if outside else known
    return "", 1.0


def _split(words: str, target: Entity, paths: Collection[str]) -> tuple[str, str]:
    """A destination and the name that it ends with, as in `pkg.helpers.load`; no name where all of it is a module's."""
    module, _, name = words.rpartition(".")
    is_dotted = "/" not in words and destination(words, "", paths) not in paths
    ends_so = is_dotted and destination(module, "", paths) in paths and name.strip("_") == target.name.strip("_")
    return (module, name) if ends_so else (words, "")


def _entity_at(
    reader: Reader, number: int, words: str, kinds: Collection[Kind], target: Entity, sure: float
) -> tuple[str | NotUnderstood, float]:
    found = reader.at(number, words, kinds, target)
    what = next(iter(kinds)).value
    if not found:
        return NotUnderstood(Why.NOTHING_MATCHES, f"There is no {what} {words} in this repository: check the spelling."), sure
    if len(found) > 1:
        candidates = tuple(qualified(item.entity) for item in found)
        return NotUnderstood(Why.AMBIGUOUS, f"{words} could be any of {len(found)} definitions: name its file.", candidates), sure
    return qualified(found[0].entity), sure


def new_name(text: str, target: Entity, action: Action = Action.RENAME) -> str:
    """A name as it was said: one word as it stands, several joined in the style of what they name."""
    words = text.strip("`'\" ").replace("-", " ").split()
    if len(words) == 1:
        return words[0]
    names_class = action in (Action.GROUP, Action.BUNDLE) or (action is Action.RENAME and target.kind is Kind.CLASS)
    if action in (Action.GROUP, Action.BUNDLE):
        return "".join(word[:1].upper() + word[1:] for word in words)
    return join([word if names_class else word.lower() for word in words], style_of(target.name))
