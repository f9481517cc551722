"""Where a parameter that is added goes in a signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.actions.functions import Definition, Kind, Parameter
from engine.plan import Intent, Order


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a parameter goes in one signature."""

    index: int
    """In front of this member of the list."""
    kind: Kind
    star: bool = False
    """Whether a bare `*` has to come before it."""
    position: int = -1
    """Its number among the positional parameters; -1 for keyword-only ones."""
    shifts: bool = False
    """Whether positional parameters follow it."""


def slot_in(
    signature: Sequence[Parameter], length: int, is_keyword: bool, has_default: bool, is_said: bool = False, wanted: int | None = None
) -> Slot:
    """Where it is wanted (before that parameter of the signature), else behind the others where that is valid.

    length: members of the list, bare `*` and `/` included.
    is_said: whether it can be passed by position was said, and is not to be chosen.
    """
    if wanted is not None:
        placed = _slot_at(signature, length, wanted, is_keyword)
        if placed is not None:
            return placed
    options = next((item.index for item in signature if item.kind is Kind.OPTIONS), length)
    plain = [item for item in signature if item.kind in (Kind.POSITIONAL, Kind.PLAIN)]
    if any(item.kind is Kind.KEYWORD for item in signature) and is_said and not is_keyword:
        # In front of what is keyword-only.
        options = plain[-1].index + 1 if plain else 0
    elif any(item.kind in (Kind.REST, Kind.KEYWORD) for item in signature):
        return Slot(options, Kind.KEYWORD)
    if is_keyword:
        return Slot(options, Kind.KEYWORD, star=True)
    first = next((i for i, item in enumerate(plain) if item.has_default), len(plain))
    if has_default or first == len(plain):
        return Slot(options, Kind.PLAIN, position=len(plain))
    return Slot(plain[first].index, plain[first].kind, position=first, shifts=True)


def _slot_at(signature: Sequence[Parameter], length: int, wanted: int, is_keyword: bool) -> Slot | None:
    """The slot before a parameter; None where one that goes by keyword alone can't stand there."""
    before, following = signature[:wanted], signature[wanted:]
    index = following[0].index if following else length
    starred = [item for item in before if item.kind in (Kind.REST, Kind.KEYWORD)]
    if starred or is_keyword and following and following[0].kind is Kind.KEYWORD:
        return Slot(index, Kind.KEYWORD)
    if is_keyword:
        return None
    follows = [item for item in following if item.kind in (Kind.POSITIONAL, Kind.PLAIN, Kind.REST)]
    if following and following[0].kind in (Kind.KEYWORD, Kind.OPTIONS):
        index = before[-1].index + 1 if before else 0
    kind = follows[0].kind if follows and follows[0].kind is Kind.POSITIONAL else Kind.PLAIN
    return Slot(index, kind, position=len(before), shifts=bool(follows))


def wanted_place(item: Definition, intent: Intent) -> int | str | None:
    """Before which parameter of a signature a new one is wanted; None: nothing is said; a sentence where it can't be there."""
    signature, bound = item.parameters(), len(item.parameters()) - len(item.asked_for())
    if intent.order is Order.FIRST:
        at = bound
    elif intent.order in (Order.BEFORE, Order.AFTER):
        at = next((i for i, parameter in enumerate(signature) if parameter.name in intent.parameters), -1)
        if at < 0:
            return f"{item.qualname} has no parameter {intent.parameters[0]}: say which one you mean."
        at = max(at, bound) if intent.order is Order.BEFORE else at + 1
    else:
        return None
    ahead, behind = signature[:at], [p for p in signature[at:] if p.kind in (Kind.POSITIONAL, Kind.PLAIN)]
    if not intent.keyword and any(parameter.kind is Kind.OPTIONS for parameter in ahead):
        return f"Nothing can follow {ahead[-1].name} in {item.qualname}: choose another place for {intent.new}."
    if intent.keyword or any(parameter.kind in (Kind.REST, Kind.KEYWORD) for parameter in ahead):
        return at
    given = next((parameter.name for parameter in ahead if parameter.has_default), "")
    if given and not intent.default:
        return f"{intent.new} has no default and can't follow {given} of {item.qualname}, which has one: give it one, or another place."
    bare = next((parameter.name for parameter in behind if not parameter.has_default), "")
    if bare and intent.default:
        return f"{intent.new} has a default and can't stand before {bare} of {item.qualname}, which has none: choose another place."
    return at
