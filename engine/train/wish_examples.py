"""Plan canvases of requests of every kind: drawn over a package, put into words, with the truth of every slot."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from engine.evidence import Kind
from engine.plan import Action
from engine.train.examples import Example
from engine.train.plan_examples import Key, Truth, asked_for, example, meant, scope_of
from engine.train.surroundings import others_of, renamed
from engine.train.teachers import propose_name
from engine.train.wishes import Drawn, Wisher
from engine.train.wording import Stated
from engine.train.wording_actions import Wish, incomplete, request
from engine.values import ACTIONS

INCOMPLETE = 0.06
"""Share of the requests that leave a field out."""
_ALIASED = (Action.RENAME, Action.MOVE)
_VALUE_OF = dict(zip(Action, ACTIONS, strict=True))


def wish_example(wisher: Wisher, depth: int, rng: random.Random) -> Example | None:
    """One drawn request; None where the draw or the wording fits nothing."""
    drawn = wisher.draw()
    if not drawn:
        return None
    index = wisher.index
    changed = _shown_names(drawn, wisher, rng)
    wishes = [_wish(item, changed) for item in drawn]
    keep_alias = any(item.action in _ALIASED for item in drawn) and rng.random() < 0.1
    targets = [(target, item.new or target.name) for item in drawn for target in item.targets]
    others = others_of(index, changed, targets, rng)
    scope = scope_of(index, rng, 0.85)
    said = incomplete(wishes, rng) if rng.random() < INCOMPLETE else request(wishes, scope, keep_alias, others, rng)
    if said is None:
        return None
    wanted, at = {}, {}
    for number, original in enumerate(said.order):
        item = drawn[original]
        found: set[Key] = set()
        for target in item.targets:
            found |= meant(said.stated[number], target, index, changed, said.excluded, action=item.action)
        wanted[number] = frozenset(found)
        if item.at is not None:
            at[number] = meant(Stated("name", True, False, False), item.at, index, changed)
    actions = tuple(_VALUE_OF[action] for action in said.actions)
    truth = Truth(said.text, said.marks, actions, wanted, said.keep_alias, at, said.keyword)
    return example(index, changed, truth, depth, rng)


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


def _wish(item: Drawn, changed: Mapping[str, str]) -> Wish:
    to = item.to if item.at is None else renamed(item.at, changed).name
    return Wish(
        action=item.action,
        targets=tuple(asked_for(target, item.new, changed) for target in item.targets),
        new=item.new,
        to=to,
        type=item.type,
        default=item.default,
        values=item.values or {},
        keyword=item.keyword,
        parameters=item.parameters,
        effect=item.effect,
    )
