"""Plan canvases of requests of every kind: drawn over a package, put into words, with the truth of every slot."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from engine.entity_canvas import Described, described, entity_canvases
from engine.evidence import Entity, Kind
from engine.plan import Action, Order
from engine.plan_canvas import instruction_lexemes
from engine.plan_reader import ACTION_VALUE, POSSIBLE
from engine.train.examples import Example
from engine.train.index import Index
from engine.train.plan_examples import MAX_LENGTH, Key, Truth, asked_for, example, meant, scope_of
from engine.train.sets import draw_set
from engine.train.surroundings import others_of, renamed
from engine.train.teachers import propose_name
from engine.train.wishes import Drawn, Wisher
from engine.train.signatures import Signatures
from engine.train.wording import Intent, Scope, Stated, Wording, unsupported
from engine.train.wording_actions import Wish, incomplete, request
from engine.values import TARGET, Value

_OF_SETS = (Action.MOVE, Action.MOVE, Action.MOVE, Action.DELETE, Action.DELETE, Action.ADD, Action.GROUP, Action.STATIC, Action.PROPERTY)
OTHER_WORK = 0.09
"""Share of the instructions that ask for something else."""
INCOMPLETE = 0.09
"""Share of the requests that leave a field out."""
_ALIASED = (Action.RENAME, Action.MOVE)


def described_examples(wisher: Wisher, depth: int, rng: random.Random) -> list[Example]:
    """A request for a set that is described: its plan canvas, and canvases of the definitions it may mean; none where nothing fits."""
    action = rng.choice(_OF_SETS)
    path = rng.choice(wisher.pool).path
    candidates = [item for item in described(wisher.index.project, [path]) if item.entity.kind in POSSIBLE[action]]
    found = draw_set(candidates, POSSIBLE[action], rng)
    plain = wisher.one(action, found.members[0].entity) if found else None
    if found is None or plain is None:
        return []
    members = tuple(item.entity for item in found.members)
    wish = replace(_wish(replace(plain, targets=members), {}, wisher.index, wisher.signatures), described=(found.before, found.words))
    said = request([wish], Scope(), rng.random() < 0.05 and action is Action.MOVE, others_of(wisher.index, {}, [(members[0], "")], rng), rng)
    if said is None:
        return []
    truth = Truth(said.text, said.marks, (ACTION_VALUE[action],), {0: frozenset()}, said.keep_alias, {}, any(said.keyword))
    made = example(wisher.index, {}, truth, depth, rng)
    return [] if made is None else [made, *entity_examples(truth, candidates, members, action, depth, rng)]


def entity_examples(
    truth: Truth, candidates: Sequence[Described], members: Collection[Entity], action: Action, depth: int, rng: random.Random, number: int = 0
) -> Iterator[Example]:
    """At most two canvases of the description that stands for the targets of a request, of those that hold a member first."""
    words = instruction_lexemes(truth.text)
    spans = [(mark.start, mark.end) for mark in truth.marks if mark.label == f"OLD_{number + 1}"]
    marked = {i for i, word in enumerate(words) if any(start < word.end and word.start < end for start, end in spans)}
    meant_ones = set(members)
    shuffled = rng.sample(list(candidates), len(candidates))
    made = entity_canvases(truth.text, words, marked, shuffled, action.value.split()[0], depth)
    made.sort(key=lambda item: not any(candidate.entity in meant_ones for candidate in item.candidates))
    for item in made[:2]:
        clean = tuple(TARGET[0] if candidate.entity in meant_ones else Value.LEAVE for candidate in item.candidates)
        if len(item.canvas.lexemes) <= MAX_LENGTH:
            yield Example(item.canvas, clean, 2.0)


def wish_example(wisher: Wisher, depth: int, rng: random.Random) -> Example | None:
    """One drawn request; None where the draw or the wording fits nothing."""
    drawn = wisher.draw()
    if not drawn:
        return None
    index = wisher.index
    if rng.random() < OTHER_WORK:
        return example(index, {}, Truth(unsupported([target.name for item in drawn for target in item.targets], rng)), depth, rng)
    changed = _shown_names(drawn, wisher, rng)
    wishes = [_wish(item, changed, index, wisher.signatures) for item in drawn]
    keep_alias = any(item.action in _ALIASED for item in drawn) and rng.random() < 0.1
    targets = [(target, item.new or target.name) for item in drawn for target in item.targets]
    others = others_of(index, changed, targets, rng)
    scope = scope_of(index, rng, 0.85)
    said = incomplete(wishes[:1], rng) if rng.random() < INCOMPLETE else request(wishes, scope, keep_alias, others, rng)
    if said is None:
        return None
    wanted, at = {}, {}
    for number, original in enumerate(said.order):
        item = drawn[original]
        found: set[Key] = set()
        # Where a pronoun stands for the targets, the request that named them points at them.
        for target, stated in zip(item.targets, () if said.again[number] else said.targets[number], strict=False):
            found |= meant(stated, target, index, changed, said.excluded, item.action)
        wanted[number] = frozenset(found)
        if item.at is not None:
            at[number] = meant(Stated("name", item.at.kind is Kind.CLASS, False, False), item.at, index, changed)
    actions = tuple(ACTION_VALUE[action] for action in said.actions)
    truth = Truth(said.text, said.marks, actions, wanted, said.keep_alias, at, any(said.keyword), _order(said))
    return example(index, changed, truth, depth, rng)


def _order(said: Wording) -> Order:
    """How the first of its orders is said; what a request says nothing of counts as the usual."""
    return next((Order(manner) for manner in said.manner if manner), Order.WHOLE)


def _shown_names(drawn: Sequence[Drawn], wisher: Wisher, rng: random.Random) -> dict[str, str]:
    """Drawn names for some of the targets, so that none can be memorised."""
    changed: dict[str, str] = {}
    for target in (target for item in drawn for target in item.targets):
        if target.kind in (Kind.MODULE, Kind.PACKAGE) or target.name in changed or rng.random() < 0.5:
            continue
        shown = propose_name(target, wisher.names, rng, wisher.index.files)
        if shown is not None and shown not in changed.values():
            changed[target.name] = shown
    return changed


def _asked_for(target: Entity, new: str, changed: Mapping[str, str], signatures: Signatures) -> Intent:
    names = signatures.of_function(target) if target.kind in (Kind.FUNCTION, Kind.METHOD) else None
    shown = tuple(changed.get(name, name) for name in names or ())
    return replace(asked_for(target, new, changed), parameters=shown if len(shown) < 6 else ())


def _wish(item: Drawn, changed: Mapping[str, str], index: Index, signatures: Signatures) -> Wish:
    return wish_of(item, [_asked_for(target, item.new, changed, signatures) for target in item.targets], changed, index)


def wish_of(item: Drawn, targets: Sequence[Intent], changed: Mapping[str, str], index: Index) -> Wish:
    """A drawn request before it is put into words; targets: its targets as the wording knows them."""
    to = item.to if item.at is None else renamed(item.at, changed).name
    return Wish(
        action=item.action,
        targets=tuple(targets),
        new=item.new,
        to=to,
        type=item.type,
        default=item.default,
        values=item.values or {},
        keyword=item.keyword,
        parameters=item.parameters,
        order=item.order,
        signature=item.signature,
        effect=item.effect,
        fresh=bool(item.to) and not item.to.endswith("/") and item.to not in index.package.texts,
    )
