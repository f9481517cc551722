"""From a settled plan canvas to a plan, or to the reason why there is none."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Collection
from dataclasses import dataclass

from engine.destination import destination
from engine.evidence import Entity, Kind, qualified
from engine.expressions import default_of
from engine.naming import is_identifier, join, style_of
from engine.plan import Action, Calls, Intent, NotUnderstood, Order, Place, Plan, Why
from engine.plan_canvas import ALIAS_SLOT, KEYWORD_SLOT, PlanCanvas
from engine.plan_reader import DOUBTED, POSSIBLE, Chosen, Reader, Related, Run
from engine.retrieval import looks_like_code
from engine.sampler import Denoised
from engine.spoken import code_of
from engine.values import DEFAULT, EFFECT, MAX_INTENTS, NEW, OLD, PARAM, SELF_VALUE, TEST_VALUE, TO, TYPE, VALUE, Value

CAN_ALIAS = (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT, Kind.METHOD)
"""Kinds whose old name can be kept as an alias."""
LEAST_CONFIDENCE = 0.3
"""Probability of the least certain slot of an intent below which the plan is not acted upon; set by hand, not calibrated."""
LEAST_OF_ALIAS = 0.9
"""Probability below which the wish to keep the old name is not taken for one; chosen on held-out packages (docs/measurements.md)."""
Locate = Callable[[str], Place | None]
"""The place of the repository that some words name."""
LEAST_OF_MEMBER = 0.6
"""Probability below which a member of a described set is asked about; set by hand, not calibrated."""
Which = Callable[[Reader, Collection[int], Action], list[Chosen]]
"""The definitions that a description means: indices of its words in the instruction, and what is asked of them."""
_ALIASED = (Action.RENAME, Action.MOVE)
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


def nobody(reader: Reader, words: Collection[int], action: Action) -> list[Chosen]:
    """Where descriptions can't be followed."""
    return []


@dataclass(frozen=True, slots=True)
class _Fields:
    """Values of one number's fields, with the lowest probability among them."""

    new: str
    to: str
    code: dict[str, str]
    values: dict[Calls, str]
    parameters: tuple[str, ...]
    order: Order
    sure: float


def decode(
    made: PlanCanvas, settled: Denoised, related: Related, locate: Locate, paths: Collection[str], which: Which = nobody
) -> Plan | NotUnderstood:
    """Read the plan off the canvas; every refusal says in a sentence what is missing."""
    if not made.words:
        return NotUnderstood(Why.EMPTY, 'The instruction is empty: say what to change, such as "rename load_user to fetch_user".')
    reader = Reader(made, settled)
    complete = bool(reader.runs(OLD[0])) and bool(reader.runs(NEW[0]))
    if reader.value(0) is Value.UNSUPPORTED and not complete:
        return _unsupported(made)
    intents: list[Intent] = []
    for number in range(MAX_INTENTS):
        found = _intent(reader, number, related, paths, which, intents[-1] if intents else None)
        if isinstance(found, NotUnderstood):
            if intents and reader.is_vague(number, (NEW[number], TO[number], PARAM[number])):
                continue
            return found
        if found is not None:
            intents.append(found)
    if not intents:
        return NotUnderstood(Why.NO_TARGET, "No definition of this repository is named in the instruction: say which function, class or module.")
    only, exclude = _places(reader, Value.ONLY, locate), _places(reader, Value.EXCEPT, locate)
    if isinstance(only, NotUnderstood):
        return only
    if isinstance(exclude, NotUnderstood):
        return exclude
    keep_alias = reader.value(ALIAS_SLOT) is Value.ALIAS and settled.confidence(ALIAS_SLOT) >= LEAST_OF_ALIAS
    named = [intent for intent in intents if intent.action in _ALIASED]
    rigid = next((intent.target for intent in named if intent.target.kind not in CAN_ALIAS and intent.action is Action.RENAME), None)
    if keep_alias and rigid is not None:
        return NotUnderstood(Why.UNSUPPORTED, f"The old name of a {rigid.kind.value} can't be kept beside the new one: leave that out.")
    return Plan(tuple(intents), only, exclude, keep_alias and bool(named), reader.unread())


def _unsupported(made: PlanCanvas) -> NotUnderstood:
    """Not a refactoring; names the words that look like code and are defined nowhere here."""
    defined = {entity.name for entity in made.entities}
    strange = list(dict.fromkeys(word.text for word in made.words if looks_like_code(word.text) and word.text not in defined and word.is_word))
    unplaced = f" Not found here: {', '.join(strange)}." if strange else ""
    sentence = (
        "This does not read as a refactoring that the embedded engine can do (rename, move, delete or replace definitions, change parameters, "
        "functions to methods and back): say what should become what."
    )
    return NotUnderstood(Why.UNSUPPORTED, sentence + unplaced)


def _intent(
    reader: Reader, number: int, related: Related, paths: Collection[str], which: Which, previous: Intent | None
) -> Intent | NotUnderstood | None:
    action, certain = reader.action(number)
    olds = reader.runs(OLD[number])
    asked = bool(olds or reader.runs(NEW[number]) or reader.runs(TO[number]))
    if action is None and not asked:
        return None
    if action is None:
        # Words that belong to a request say that there is one.
        action, certain = reader.likeliest_action(number), 1.0
    if not olds and previous is None:
        new = reader.field(NEW[number])[0]
        sentence = f"It is not clear what should become {new}: say which definition." if new else "Say which function, class or module is meant."
        return NotUnderstood(Why.NO_TARGET, sentence)
    if not olds and not asked and certain < DOUBTED:
        return None
    targets = _same(previous, action) if not olds and previous else _targets(reader, number, action, related, which)
    if isinstance(targets, NotUnderstood):
        return targets
    fields = _fields(reader, number, targets[0].entity, action, paths)
    if isinstance(fields, NotUnderstood):
        return fields
    old_sure = max((run.sure for run in olds), default=1.0)
    confidence = min(certain, fields.sure, old_sure, *(target.sure for target in targets))
    target = targets[0].entity
    if confidence < LEAST_CONFIDENCE:
        wanted = f'"rename {target.name} to {fields.new}"' if action is Action.RENAME else "one request in one short sentence"
        return NotUnderstood(Why.UNSURE, f"It is not certain what should happen to {target.name}: say it more plainly, such as {wanted}.", (qualified(target),))
    return Intent(
        target,
        fields.new,
        confidence,
        action,
        tuple(chosen.entity for chosen in targets[1:]),
        fields.to,
        fields.code["type"],
        fields.code["default"],
        fields.values,
        reader.value(KEYWORD_SLOT) is Value.KEYWORD_ONLY and action is Action.ADD,
        fields.parameters,
        fields.order,
        reader.field(EFFECT[number])[0] if action is Action.ADD else "",
    )


def _same(previous: Intent, action: Action) -> list[Chosen] | NotUnderstood:
    """A request that names no target of its own speaks of what the one before it did."""
    possible = [entity for entity in previous.targets if entity.kind in POSSIBLE[action]]
    if not possible:
        sentence = f"A {previous.target.kind.value} can't become a {action.value}: say which definition is meant."
        return NotUnderstood(Why.NO_TARGET, sentence, (qualified(previous.target),))
    return [Chosen(entity, 1.0) for entity in possible]


def _targets(reader: Reader, number: int, action: Action, related: Related, which: Which) -> list[Chosen] | NotUnderstood:
    if reader.is_description(number, action):
        return _described(reader, number, action, which)
    groups = reader.target_groups(number, action)
    strange = [run for run in reader.unknown_words(number, action) if run.sure >= DOUBTED or looks_like_code(reader.text(run))]
    if not groups or (strange and action is not Action.RENAME):
        words = reader.text((strange or reader.runs(OLD[number]))[0])
        return NotUnderstood(Why.NOTHING_MATCHES, f"Nothing called {words} is defined in this repository{_for(action)}: check the spelling.")
    found: list[Chosen] = []
    for _, alike in groups:
        target = alike[0].entity
        others = [item.entity for item in alike[1:] if item.entity.name != target.name or not related(target, item.entity)]
        if others:
            candidates = tuple(qualified(entity) for entity in (target, *others))
            sentence = f"{target.name} could be any of {len(candidates)} definitions: name its class, function or file."
            return NotUnderstood(Why.AMBIGUOUS, sentence, candidates)
        foreign = reader.foreign_owner(number, target)
        if foreign:
            sentence = f"There is no class {foreign} in this repository that {target.name} could belong to: check the spelling."
            return NotUnderstood(Why.NOTHING_MATCHES, sentence, (qualified(target),))
        if all(item.entity != target for item in found):
            found.append(alike[0])
    return found


def _described(reader: Reader, number: int, action: Action, which: Which) -> list[Chosen] | NotUnderstood:
    """The set that a description means."""
    found = which(reader, reader.marked(number), action)
    words = reader.described_as(number)
    if not found and " " not in words:
        return NotUnderstood(Why.NOTHING_MATCHES, f"Nothing called {words} is defined in this repository{_for(action)}: check the spelling.")
    if not found:
        return NotUnderstood(Why.NOTHING_MATCHES, f"It is not clear which definitions are meant by “{words}”: name them, or their file.")
    doubtful = [qualified(item.entity) for item in found if item.sure < LEAST_OF_MEMBER]
    if doubtful:
        sentence = f"It is not certain that {'these are' if len(doubtful) > 1 else 'this is'} meant by “{words}”: name what is meant."
        return NotUnderstood(Why.UNSURE, sentence, tuple(doubtful))
    return found


def _for(action: Action) -> str:
    kinds = POSSIBLE[action]
    return "" if len(kinds) > 5 else " as a " + " or ".join(sorted(kind.value for kind in kinds))


def _fields(reader: Reader, number: int, target: Entity, action: Action, paths: Collection[str]) -> _Fields | NotUnderstood:
    """The fields that an action reads; those that it can't do without are asked for."""
    words, sure = reader.field(NEW[number]) if action is not Action.RENAME else _surest(reader, number)
    new = new_name(words, target, action) if words else ""
    if not new and action in _NEEDS_NEW:
        return _asking(Why.NO_NEW_NAME, _NEEDS_NEW[action], target)
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
    if not to and action in _NEEDS_TO:
        return _asking(Why.NO_DESTINATION, _NEEDS_TO[action], target)
    order, parameters = _order(reader, number, action)
    if action in _NEEDS_PARAMETERS and len(parameters) < _LEAST_PARAMETERS.get(order, 1):
        return _asking(Why.NO_PARAMETERS, _NEEDS_PARAMETERS[action], target)
    kind = code_of(reader.code_field(TYPE[number])[0])
    default = default_of(reader.code_field(DEFAULT[number])[0], kind)
    at_calls = {calls: reader.code_field(values[number]) for calls, values in ((Calls.CODE, VALUE), (Calls.TESTS, TEST_VALUE), (Calls.RECURSIVE, SELF_VALUE))}
    reads = action is Action.ADD
    return _Fields(
        new,
        to,
        {"type": kind if reads else "", "default": default if reads else ""},
        {calls: code_of(said) for calls, (said, _) in at_calls.items() if said and reads},
        parameters,
        order,
        min(sure if new else 1.0, sure_to),
    )


def _order(reader: Reader, number: int, action: Action) -> tuple[Order, tuple[str, ...]]:
    """How an order is said, and the parameters that are named for it."""
    names = tuple(dict.fromkeys(name.strip("`'\"") for run in reader.runs(PARAM[number]) for name in reader.text(run).split()))
    if action is Action.ADD:
        order = reader.order()
        is_placed = order is Order.FIRST or order in (Order.BEFORE, Order.AFTER) and names
        return (order, names[:1]) if is_placed else (Order.WHOLE, ())
    return (reader.order() if action is Action.REORDER else Order.WHOLE), names


def _asking(why: Why, sentence: str, target: Entity) -> NotUnderstood:
    return NotUnderstood(why, sentence.format(name=target.name), (qualified(target),))


def _surest(reader: Reader, number: int) -> tuple[str, float]:
    """The new name of a rename: the surest of the runs that hold one."""
    runs = reader.runs(NEW[number])
    best = max(runs, key=lambda run: run.sure, default=Run(0, 0, 1.0))
    return reader.text(best), best.sure


def _to(reader: Reader, number: int, target: Entity, action: Action, paths: Collection[str]) -> tuple[str | NotUnderstood, float]:
    """Where it goes, or what takes its place."""
    words, sure = reader.path_field(TO[number])
    if not words:
        return "", 1.0
    if action in (Action.MOVE, Action.BUNDLE, Action.FUNCTION):
        to = destination(_split(words, target, paths)[0] if action is not Action.BUNDLE else words, target.path, paths)
        if to == target.path and action is Action.MOVE:
            return NotUnderstood(Why.NO_DESTINATION, f"{target.name} is in {to} as it is: name the module that it should go to.", (qualified(target),)), sure
        return to, sure
    if action is Action.METHOD:
        return _entity_at(reader, number, words, (Kind.CLASS,), target, sure)
    if action is Action.REPLACE:
        same = (Kind.FUNCTION, Kind.METHOD) if target.kind in (Kind.FUNCTION, Kind.METHOD) else (target.kind,)
        known = _entity_at(reader, number, words, same, target, sure)
        outside = isinstance(known[0], NotUnderstood) and known[0].why is Why.NOTHING_MATCHES
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


def _places(reader: Reader, value: Value, locate: Locate) -> tuple[Place, ...] | NotUnderstood:
    places: list[Place] = []
    for text, doubted in reader.paths(value):
        place = locate(text)
        if place is None and doubted:
            continue
        if place is None:
            return NotUnderstood(Why.UNKNOWN_PLACE, f"There is no file or folder {text} in this repository: check the path.")
        places.append(place)
    return tuple(dict.fromkeys(places))
