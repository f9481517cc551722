"""Sets of definitions that a description means, drawn from a package: by kind, place, base class, decorator, name, or privacy."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.entity_canvas import Described, ancestors
from engine.evidence import Kind
from engine.naming import subwords

MOST = 14
"""Members of a drawn set."""
_NOUNS = {
    Kind.FUNCTION: ("functions", "functions", "helpers", "helper functions", "free functions"),
    Kind.CLASS: ("classes", "classes", "types"),
    Kind.CONSTANT: ("constants", "constants", "module constants", "settings"),
    Kind.METHOD: ("methods", "methods", "member functions"),
}
_EMPTY = frozenset({"with", "from", "that", "this", "test", "into", "self", "none"})
_ALL = ("all ", "all ", "all the ", "the ", "the ", "every one of the ", "all of the ")


@dataclass(frozen=True, slots=True)
class DrawnSet:
    """A description and what it means."""

    before: str
    """Words in front of the description that are no part of it: `all the`."""
    words: str
    """The description itself."""
    members: tuple[Described, ...]
    owner: str = ""
    """The class that is named as their place."""


def draw_set(candidates: Sequence[Described], kinds: frozenset[Kind], rng: random.Random) -> DrawnSet | None:
    """A description of some of the candidates, of kinds that the action can be done to; None where none fits."""
    top = [item for item in candidates if item.entity.kind in kinds]
    makers: list[Callable[[Sequence[Described], random.Random], DrawnSet | None]] = [
        _by_kind, _by_kind, _by_base, _by_family, _by_decorator, _by_prefix, _by_suffix, _by_word, _by_word, _by_privacy, _exceptions, _of_class,
    ]  # fmt: skip
    found = rng.choice(makers)(top, rng)
    return found if found is not None and 2 <= len(found.members) <= MOST else None


def _lead(rng: random.Random) -> str:
    return rng.choice(_ALL)


def _of(kind: Kind, top: Sequence[Described]) -> tuple[Described, ...]:
    return tuple(item for item in top if item.entity.kind is kind)


def _by_kind(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    kinds = sorted({item.entity.kind for item in top if item.entity.kind is not Kind.METHOD})
    if not kinds:
        return None
    kind = rng.choice(kinds)
    if len(kinds) > 1 and rng.random() < 0.2:
        return DrawnSet("", rng.choice(("everything", "everything", "all definitions", "all of it")), tuple(i for i in top if i.entity.kind is not Kind.METHOD))
    return DrawnSet(_lead(rng), rng.choice(_NOUNS[kind]), _of(kind, top))


def _by_base(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    above = ancestors(top)
    bases = Counter(base for item in top if item.entity.kind is Kind.CLASS for base in above[item.entity.name])
    pool = [base for base, count in bases.items() if count > 1 and base not in ("object", "Generic", "Protocol", "")]
    if not pool:
        return None
    base = rng.choice(pool)
    form = rng.choice(("subclasses of {b}", "{b} subclasses", "classes that inherit from {b}", "classes derived from {b}", "children of {b}", "everything that extends {b}", "classes based on {b}", "everything derived from {b}",
                       "descendants of {b}", "classes below {b}", "everything that subclasses {b}", "classes that extend {b}", "{b} family without {b} itself"))
    lead = "" if form.startswith("everything") else _lead(rng)
    return DrawnSet(lead, form.format(b=base), tuple(i for i in top if i.entity.kind is Kind.CLASS and base in above[i.entity.name]))


def _by_decorator(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    names = Counter(name for item in top for name in item.decorators)
    pool = [name for name, count in names.items() if count > 1 and name]
    if not pool:
        return None
    name = rng.choice(pool)
    members = tuple(item for item in top if name in item.decorators)
    nouns = _noun(members, rng)
    form = rng.choice(("everything decorated with @{d}", "{n} decorated with {d}", "{n} with the {d} decorator", "{n} that carry @{d}", "@{d} {n}", "{n} under @{d}"))
    return DrawnSet("" if form.startswith("everything") else _lead(rng), form.format(d=name, n=nouns), members)


def _noun(members: Sequence[Described], rng: random.Random) -> str:
    kinds = {item.entity.kind for item in members}
    return rng.choice(_NOUNS[kinds.pop()]) if len(kinds) == 1 else "definitions"


def _by_prefix(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    heads = Counter(item.entity.name.partition("_")[0] + "_" for item in top if "_" in item.entity.name.strip("_") and item.entity.name[0] != "_")
    pool = [head for head, count in heads.items() if count > 1]
    if not pool:
        return None
    head = rng.choice(pool)
    members = tuple(item for item in top if item.entity.name.startswith(head))
    form = rng.choice(("{n} starting with {h}", "{h}* {n}", "{n} that start with {h}", "{n} whose name starts with {h}", "{h} {n}", "{n} called {h}something", "{n} named {h}*", "{h}*", "{h}* {n}", "{n} {h}*",
                       "{n} matching {h}*"))
    return DrawnSet(_lead(rng), form.format(n=_noun(members, rng), h=head), members)


def _by_suffix(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    tails = Counter("_" + item.entity.name.rpartition("_")[2] for item in top if "_" in item.entity.name.strip("_") and item.entity.name[-1] != "_")
    pool = [tail for tail, count in tails.items() if count > 1]
    if not pool:
        return None
    tail = rng.choice(pool)
    members = tuple(item for item in top if item.entity.name.endswith(tail))
    form = rng.choice(("*{t}", "*{t} {n}", "{n} ending in {t}", "{n} that end with {t}", "{n} whose name ends in {t}", "{n} with the suffix {t}", "{n} called something{t}", "{n} named *{t}"))
    return DrawnSet(_lead(rng), form.format(n=_noun(members, rng), t=tail), members)


def _by_family(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    """A class together with what inherits from it."""
    above = ancestors(top)
    bases = Counter(base for name in above for base in above[name] if base in above)
    if not bases:
        return None
    base = rng.choice(sorted(bases))
    form = rng.choice(("{b} and its subclasses", "{b} and everything derived from it", "{b} and all its subclasses", "{b} family", "{b} hierarchy", "{b} and what inherits from it",
                       "{b} with all its subclasses", "{b} and its children", "{b} plus subclasses", "{b} and whatever extends it"))
    lead = rng.choice(("the ", "the whole ")) if form.endswith(("family", "hierarchy")) else ""
    return DrawnSet(lead, form.format(b=base), tuple(i for i in top if i.entity.kind is Kind.CLASS and (i.entity.name == base or base in above[i.entity.name])))


def _by_word(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    words = Counter(word for item in top for word in set(subwords(item.entity.name)) if len(word) > 3 and word not in _EMPTY)
    pool = [word for word, count in words.items() if 1 < count < 0.8 * len(top)]
    if not pool:
        return None
    word = rng.choice(pool)
    members = tuple(item for item in top if word in subwords(item.entity.name))
    form = rng.choice(("{w} {n}", "{w} {n}", "{w}-related {n}", "{n} that have to do with {w}", "{n} about {w}", "{n} with {w} in their name", "{n} dealing with {w}", "{w} stuff"))
    return DrawnSet(_lead(rng), form.format(n=_noun(members, rng), w=word), members)


def _by_privacy(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    kinds = sorted({item.entity.kind for item in top})
    if not kinds:
        return None
    kind, private = rng.choice(kinds), rng.random() < 0.7
    members = tuple(item for item in _of(kind, top) if item.entity.name.startswith("_") is private and not item.entity.name.startswith("__"))
    noun = rng.choice(_NOUNS[kind])
    form = rng.choice(("private {n}", "private {n}", "{n} that start with an underscore", "internal {n}", "underscore {n}") if private else ("public {n}", "public {n}", "non-private {n}", "{n} without a leading underscore"))
    return DrawnSet(_lead(rng), form.format(n=noun), members)


def _exceptions(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    members = tuple(item for item in _of(Kind.CLASS, top) if item.entity.name.endswith(("Error", "Exception", "Warning")))
    return DrawnSet(_lead(rng), rng.choice(("exceptions", "exceptions", "exception classes", "error classes", "errors", "exception types")), members)


def _of_class(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    owners = Counter(item.entity.owner for item in top if item.entity.kind is Kind.METHOD)
    pool = [owner for owner, count in owners.items() if count > 1]
    if not pool:
        return None
    owner = rng.choice(pool)
    members = tuple(item for item in top if item.entity.owner == owner and not item.entity.name.startswith("__"))
    if rng.random() < 0.5:
        chosen = _by_word(members, rng) or _by_privacy(members, rng)
        return None if chosen is None else DrawnSet(chosen.before, f"{chosen.words} of {owner.rpartition('.')[2]}", chosen.members, owner)
    return DrawnSet(_lead(rng), f"{rng.choice(_NOUNS[Kind.METHOD])} of {owner.rpartition('.')[2]}", members, owner)
