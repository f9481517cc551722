"""Training examples of the plan canvas: generated wording over a task's repository, with the truth of every word and candidate."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.evidence import Entity, Kind
from engine.features import Zone, zone_of
from engine.lexemes import Lexeme
from engine.plan_canvas import ACTION_SLOTS, instruction_lexemes, plan_canvas
from engine.plan import Action, Order
from engine.plan_decode import CAN_ALIAS
from engine.plan_reader import ORDER_VALUE, POSSIBLE
from engine.retrieval import Context, rank, spellings
from engine.train.examples import UNKNOWN, Example
from engine.train.surroundings import others_of, renamed
from engine.train.index import Index
from engine.train.wording import Homonym, Intent, Mark, Scope, Stated, question_without_new, unsupported, word
from engine.values import AT, TARGET, Value

MAX_LENGTH = 380
"""Lexemes of a plan canvas that is trained on."""
UNSUPPORTED, NO_NEW_NAME = 0.07, 0.03
"""Shares of the texts about renames that ask for something else, and that leave the new name out."""
Key = tuple[Kind, str, str, str]
"""Kind, name, owner and path of a definition."""

_TIERS = (
    frozenset({Kind.CLASS, Kind.FUNCTION, Kind.METHOD, Kind.CONSTANT}),
    frozenset({Kind.MODULE, Kind.PACKAGE, Kind.ATTRIBUTE}),
    frozenset({Kind.PARAMETER}),
)


def plan_example(
    index: Index,
    changed: Mapping[str, str],
    intents: Sequence[tuple[Entity, str]],
    depth: int,
    rng: random.Random,
) -> Example | None:
    """One instruction for the given renames; `changed` are the names that the before-tree substitutes."""
    asked = [asked_for(entity, new, changed) for entity, new in intents]
    scope = scope_of(index, rng)
    alias = rng.random() < 0.12 and all(entity.kind in CAN_ALIAS for entity, _ in intents)
    pick = rng.random()
    if pick < UNSUPPORTED:
        text = unsupported([entity.name for entity, _ in intents], rng)
        return example(index, changed, Truth(text), depth, rng)
    others = others_of(index, changed, intents, rng)
    said = question_without_new(asked[0], rng) if pick < UNSUPPORTED + NO_NEW_NAME else word(asked, scope, alias, rng, others)
    wanted = {
        number: meant(said.stated[number], intents[original][0], index, changed, said.excluded) for number, original in enumerate(said.order)
    }
    return example(index, changed, Truth(said.text, said.marks, (Value.RENAME,) * len(said.order), wanted, said.keep_alias), depth, rng)


def asked_for(entity: Entity, new: str, changed: Mapping[str, str]) -> Intent:
    """What the wording has to know of a definition, as the before-tree shows it."""
    entity = renamed(entity, changed)
    path = entity.path.rpartition("/")[0] if entity.kind is Kind.PACKAGE else entity.path
    is_exception = entity.kind is Kind.CLASS and entity.name.endswith(("Error", "Exception", "Warning"))
    return Intent(entity.kind, entity.name, entity.owner, path, new, is_exception)


def scope_of(index: Index, rng: random.Random, nowhere: float = 0.72) -> Scope:
    """Places that a text names. nowhere: how often it names none."""
    if rng.random() < nowhere:
        return Scope()
    paths = sorted(index.package.texts)
    path = rng.choice(paths)
    folder = path.rpartition("/")[0]
    place = rng.choice(("tests", "tests", "docs", "comments", "strings", path, folder + "/" if folder else path))
    second = (rng.choice(("tests", "docs")),) if rng.random() < 0.15 else ()
    if rng.random() < 0.35:
        return Scope(only=(place,))
    return Scope(exclude=(place, *(s for s in second if s != place)))


def context_of(index: Index, changed: Mapping[str, str], instruction: str) -> Context:
    """What the before-tree says about the words of an instruction."""
    shown: dict[str, list[str]] = {}
    for original, name in changed.items():
        shown.setdefault(name, []).append(original)
    lexemes = instruction_lexemes(instruction)
    found: list[Entity] = []
    counts: dict[str, int] = {}
    for name in spellings(lexemes):
        originals = shown.get(name, []) + ([] if name in changed and changed[name] != name else [name])
        defined = {e for original in originals for e in index.by_name.get(original, ())}
        if defined:
            counts[name] = len(defined)
            found.extend(renamed(entity, changed) for entity in defined)
    paths = index.package.texts
    words = {lexeme.text for lexeme in lexemes}
    files = frozenset(words & {path.rsplit("/", 1)[-1].split(".", 1)[0] for path in paths})
    folders = frozenset(words & {part for path in paths for part in path.split("/")[:-1]})
    return Context(rank(found, instruction, lexemes), counts, files, folders)


def meant(
    stated: Stated,
    target: Entity,
    index: Index,
    changed: Mapping[str, str],
    excluded: Sequence[Homonym] = (),
    action: Action = Action.RENAME,
) -> frozenset[Key]:
    """Keys of every definition that the mention fits; more than one when the words don't tell them apart.

    What the action can't be done to at all is not meant.
    """
    shown = changed.get(target.name, target.name) if target.kind not in (Kind.MODULE, Kind.PACKAGE) else target.name
    names = {shown, *(original for original, name in changed.items() if name == shown)}
    fits = [e for name in names for e in index.by_name.get(name, ()) if changed.get(e.name, e.name) == shown or e == target]
    fits = [renamed(e, changed) for e in fits]
    own = renamed(target, changed)
    refused = {(thing.kind, thing.name, thing.owner, thing.path) for thing in excluded}
    fits = [e for e in fits if key_of(e) not in refused]
    fits = [e for e in fits if e.kind in POSSIBLE[action]]
    if stated.kind:
        fits = [e for e in fits if e.kind is own.kind]
    if stated.owner and own.owner:
        fits = [e for e in fits if _said_owner(e) == _said_owner(own)]
    if stated.path:
        fits = [e for e in fits if e.path == own.path]
    if not stated.kind:
        own_tier = next(tier for tier in _TIERS if own.kind in tier)
        best = next((tier for tier in _TIERS if any(e.kind in tier for e in fits)), own_tier)
        tier = best if not stated.owner and not stated.path else own_tier
        fits = [e for e in fits if e.kind in tier]
    if zone_of(own.path) is not Zone.TEST:
        fits = [e for e in fits if zone_of(e.path) is not Zone.TEST]
    return frozenset(key_of(e) for e in fits) | ({key_of(own)} if not fits else frozenset())


def _said_owner(entity: Entity) -> str:
    """What people call the owner: the last part of its name, of a constructor its class."""
    return entity.owner.removesuffix(".__init__").rpartition(".")[2]


def key_of(entity: Entity) -> Key:
    """What tells definitions apart."""
    return entity.kind, entity.name, entity.owner, entity.path


@dataclass(frozen=True, slots=True)
class Truth:
    """An instruction and what its plan canvas holds; no actions: nothing that this engine can do."""

    text: str
    marks: Sequence[Mark] = ()
    actions: tuple[Value, ...] = ()
    wanted: Mapping[int, frozenset[Key]] = field(default_factory=dict)
    """Targets by number of the request."""
    keep_alias: bool = False
    at: Mapping[int, frozenset[Key]] = field(default_factory=dict)
    """What a target goes into, or what takes its place, by number of the request."""
    keyword: bool = False
    order: Order = Order.WHOLE


def example(index: Index, changed: Mapping[str, str], truth: Truth, depth: int, rng: random.Random) -> Example | None:
    """The plan canvas of an instruction over the before-tree, with its clean values; None where it is too long."""
    context = context_of(index, changed, truth.text)
    entities = list(context.entities)
    rng.shuffle(entities)
    made = plan_canvas(truth.text, replace(context, entities=tuple(entities)), depth)
    if len(made.canvas.lexemes) > MAX_LENGTH:
        return None
    actions = truth.actions or (Value.UNSUPPORTED,)
    is_asked = bool(truth.actions)
    can_alias = bool({Value.RENAME, Value.MOVE} & set(actions))
    clean = [
        *actions,
        *[Value.NOTHING] * (len(ACTION_SLOTS) - len(actions)),
        (Value.ALIAS if truth.keep_alias else Value.NO_ALIAS) if is_asked and can_alias else UNKNOWN,
        (Value.KEYWORD_ONLY if truth.keyword else Value.ANYWHERE) if Value.ADD in actions else UNKNOWN,
    ]
    slots = made.canvas.slots[len(clean) :]
    clean += [_word_value(word_, truth.marks, slot.domain) for word_, slot in zip(made.words, slots, strict=False)]
    clean += [_entity_value(entity, truth, slot.domain) for entity, slot in zip(made.entities, slots[len(made.words) : -1], strict=True)]
    clean.append(ORDER_VALUE[truth.order] if {Value.ADD, Value.REORDER} & set(actions) else UNKNOWN)
    return Example(made.canvas, tuple(clean), 3.0)


def _word_value(lexeme: Lexeme, marks: Sequence[Mark], domain: tuple[Value, ...]) -> Value:
    for mark in marks:
        if mark.start < lexeme.end and lexeme.start < mark.end:
            value = Value[mark.label]
            return value if value in domain else Value.OTHER
    return Value.OTHER


def _entity_value(entity: Entity, truth: Truth, domain: tuple[Value, ...]) -> Value:
    for places, values in ((truth.wanted, TARGET), (truth.at, AT)):
        for number, keys in places.items():
            if key_of(entity) in keys and values[number] in domain:
                return values[number]
    return Value.LEAVE
