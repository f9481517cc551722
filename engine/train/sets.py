"""Sets of definitions that a description means, drawn from a package: by kind, place, base class, decorator, name, privacy, sort, what their texts say, and by what they have to do with others."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from engine.entity_canvas import LEAST_SAID, Described, ancestors, users
from engine.entity_facts import EXCEPTION
from engine.evidence import Kind
from engine.naming import subwords
from engine.train import set_words as words
from engine.train.set_words import DrawnSet, said

MOST = 14
"""Members of a drawn set."""
_EMPTY = frozenset({"with", "from", "that", "this", "test", "into", "self", "none"})
_VERBS = frozenset(
    ["get", "set", "make", "build", "create", "load", "save", "read", "write", "parse", "format", "check", "find", "add", "remove", "delete", "update", "convert", "validate", "compute", "render", "encode", "decode", "open", "close", "resolve", "extract", "merge", "split", "normalize", "fetch", "send", "handle", "register", "collect", "generate", "apply", "iterate", "iter", "print", "dump", "join", "copy", "clean", "clear", "strip", "run", "start", "stop", "match", "wrap", "escape", "quote", "sort", "filter", "group", "list", "count", "hash", "sign", "verify", "compile", "invoke", "call", "import", "export", "map", "walk", "visit", "select", "insert", "init", "setup", "show", "hide", "log", "raise", "warn", "expand", "shorten", "truncate", "pad", "fill", "flatten", "dispatch", "process", "transform", "download", "upload", "store", "cache", "lookup", "ensure", "guess", "detect", "infer"]
)
"""First words of names that say what a function does."""
_COMMON = frozenset(
    ["this", "that", "with", "from", "return", "returns", "given", "used", "function", "class", "method", "when", "which", "have", "will", "should", "value", "values", "into", "each", "more", "than", "only", "also", "other", "their", "true", "false", "none", "name", "type", "must", "using", "same", "there", "they", "these", "those", "some", "such", "then", "them", "what", "where", "would", "your", "called", "instead", "does", "like", "make", "note", "otherwise", "whether", "after", "before", "because", "between", "could", "every", "first", "here", "just", "last", "most", "over", "since", "very", "while", "without", "param", "args", "noqa", "pragma", "itself", "being", "both", "been", "were", "about", "object", "result", "current", "provided", "optional", "default", "specified"]
)
"""Words of any docstring, which describe nothing."""
_PREPOSITIONS = frozenset(["as", "at", "by", "for", "from", "if", "in", "into", "of", "off", "on", "or", "out", "over", "to", "up", "with", "before", "after", "and", "not"])
_Maker = Callable[[Sequence[Described], random.Random], DrawnSet | None]


def draw_set(candidates: Sequence[Described], kinds: frozenset[Kind], rng: random.Random) -> DrawnSet | None:
    """A description of some of the candidates, of kinds that the action can be done to; None where none fits."""
    top = [item for item in candidates if item.entity.kind in kinds]
    for maker in rng.sample(_MAKERS, 3):
        found = maker(top, rng)
        if found is not None and (len(found.members) == 1 and maker is _one or 2 <= len(found.members) <= MOST):
            return _less(found, rng) if len(found.members) > 2 and rng.random() < 0.1 else found
    return None


def _less(found: DrawnSet, rng: random.Random) -> DrawnSet:
    """The same set without one or two that are named."""
    count = 2 if len(found.members) > 4 and rng.random() < 0.3 else 1
    left = rng.sample(found.members, count)
    named = rng.choice((" and ", " or ", ", ")).join(item.entity.name for item in left)
    text = rng.choice(words.LESS).format(s=found.words, m=named)
    return replace(found, words=text, members=tuple(item for item in found.members if item not in left))


def _of(kind: Kind, top: Sequence[Described]) -> tuple[Described, ...]:
    return tuple(item for item in top if item.entity.kind is kind)


def _picked(counts: Counter[str], rng: random.Random, most: float = float("inf")) -> str | None:
    """A name that at least two and not too many have."""
    pool = sorted(name for name, count in counts.items() if 1 < count < most and name)
    return rng.choice(pool) if pool else None


def _by_kind(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    kinds = sorted({item.entity.kind for item in top if item.entity.kind is not Kind.METHOD})
    if not kinds:
        return None
    if len(kinds) > 1 and rng.random() < 0.2:
        return DrawnSet("", rng.choice(words.EVERYTHING_HERE), tuple(item for item in top if item.entity.kind is not Kind.METHOD))
    return said(words.KIND, _of(rng.choice(kinds), top), rng, of_a_kind=True)


def _by_base(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    above = ancestors(top)
    bases = Counter(base for item in top if item.entity.kind is Kind.CLASS for base in above[item.entity.name] - {"object", "Generic", "Protocol"})
    base = _picked(bases, rng)
    if base is None:
        return None
    return said(words.SUBCLASSES, [item for item in _of(Kind.CLASS, top) if base in above[item.entity.name]], rng, b=base)


def _by_family(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    """A class together with what inherits from it."""
    above = ancestors(top)
    bases = sorted({base for name in above for base in above[name] if base in above})
    if not bases:
        return None
    base = rng.choice(bases)
    members = [item for item in _of(Kind.CLASS, top) if item.entity.name == base or base in above[item.entity.name]]
    return said(words.FAMILY, members, rng, b=base)


def _by_decorator(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    name = _picked(Counter(name for item in top for name in item.facts.decorators), rng)
    return None if name is None else said(words.DECORATED, [item for item in top if name in item.facts.decorators], rng, d=name)


def _by_prefix(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    named = [item for item in top if "_" in item.entity.name.strip("_") and item.entity.name[0] != "_"]
    head = _picked(Counter(item.entity.name.partition("_")[0] + "_" for item in named), rng)
    return None if head is None else said(words.PREFIX, [item for item in top if item.entity.name.startswith(head)], rng, h=head)


def _by_suffix(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    named = [item for item in top if "_" in item.entity.name.strip("_") and item.entity.name[-1] != "_"]
    tail = _picked(Counter("_" + item.entity.name.rpartition("_")[2] for item in named), rng)
    return None if tail is None else said(words.SUFFIX, [item for item in top if item.entity.name.endswith(tail)], rng, t=tail)


def _by_word(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    word = _picked(Counter(word for item in top for word in set(subwords(item.entity.name)) if len(word) > 3 and word not in _EMPTY), rng, 0.8 * len(top))
    return None if word is None else said(words.WORD, [item for item in top if word in subwords(item.entity.name)], rng, w=word)


def _by_privacy(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    kinds = sorted({item.entity.kind for item in top})
    if not kinds:
        return None
    kind, private = rng.choice(kinds), rng.random() < 0.7
    members = [item for item in _of(kind, top) if item.entity.name.startswith("_") is private and not item.entity.name.startswith("__")]
    return said(words.PRIVATE if private else words.PUBLIC, members, rng, of_a_kind=True) if members else None


def _exceptions(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    members = [item for item in _of(Kind.CLASS, top) if EXCEPTION in item.facts.sorts]
    return said(words.EXCEPTIONS, members, rng) if members else None


def _of_class(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    owner = _picked(Counter(item.entity.owner for item in top if item.entity.kind is Kind.METHOD), rng)
    if owner is None:
        return None
    members = [item for item in top if item.entity.owner == owner and not item.entity.name.startswith("__")]
    last = owner.rpartition(".")[2]
    if rng.random() < 0.5:
        chosen = (_by_word(members, rng) or _by_privacy(members, rng)) if rng.random() < 0.7 else _by_sort(members, rng)
        return None if chosen is None else replace(chosen, words=f"{chosen.words} {rng.choice(('of', 'of', 'on', 'in'))} {last}", owner=owner)
    return replace(said(words.OF_CLASS, members, rng, o=last), owner=owner) if members else None


def _by_sort(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    kinds = rng.choice(((Kind.FUNCTION, Kind.METHOD), (Kind.CONSTANT,), (Kind.CLASS,)))
    members = [item for item in top if item.entity.kind in kinds]
    sort = _picked(Counter(sort for item in members for sort in item.facts.sorts if sort != EXCEPTION), rng, 0.9 * len(top))
    return None if sort is None else said(words.SORTS[sort], [item for item in members if sort in item.facts.sorts], rng)


def _by_what_is_said(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    """By a word of docstrings and comments, those included whose names have it."""
    texts = {item: item.facts.says | set(subwords(item.entity.name)) for item in top}
    counts = Counter(word for item in top for word in item.facts.says if len(word) > LEAST_SAID and word not in _COMMON)
    word = _picked(counts, rng, min(9, 0.5 * len(top)))
    if word is None:
        return None
    kind = rng.choice(sorted({item.entity.kind for item in top if word in texts[item]}))
    members = [item for item in top if item.entity.kind is kind and word in texts[item]]
    return said(words.SAYING, members, rng, of_a_kind=True, w=word) if len(members) > 1 else None


def _callers(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    using = users(top)
    name = _picked(Counter({name: len(found) for name, found in using.items()}), rng, 0.7 * len(top))
    return None if name is None else said(words.CALLERS, [item for item in top if item.entity.name in using[name]], rng, x=name)


def _called(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    """What one of them uses, alone or not, or together with it."""
    using = users(top)
    user = _picked(Counter(user for found in using.values() for user in found), rng)
    if user is None:
        return None
    members = [item for item in top if user in using.get(item.entity.name, ())]
    if rng.random() < 0.4:
        itself = [item for item in top if item.entity.name == user]
        return said(words.WITH_HELPERS, itself + members, rng, x=user)
    # A noun means only one kind, whatever else is used too.
    of_a_kind = _of(rng.choice(sorted({item.entity.kind for item in members})), members)
    alone = [item for item in of_a_kind if len(using[item.entity.name]) == 1]
    return said(words.CALLED_ONLY, alone, rng, True, x=user) if len(alone) > 1 and rng.random() < 0.5 else said(words.CALLED, of_a_kind, rng, True, x=user)


def _by_parameter(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    name = _picked(Counter(name for item in top for name in item.facts.takes), rng, 0.7 * len(top))
    return None if name is None else said(words.TAKING, [item for item in top if name in item.facts.takes], rng, p=name)


def _by_raise(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    name = _picked(Counter(name for item in top for name in item.facts.raises), rng, 0.7 * len(top))
    return None if name is None else said(words.RAISING, [item for item in top if name in item.facts.raises], rng, x=name)


def _one(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    """A single function, by what it does."""
    pool = list(_doing(top))
    if not pool:
        return None
    item, parts = rng.choice(pool)
    alike = [other for other in top if set(parts) <= set(subwords(other.entity.name))]
    return words.one(item, parts, rng) if len(alike) == 1 else None


def _narrowed(top: Sequence[Described], rng: random.Random) -> DrawnSet | None:
    """A description with one more adjective, which rules some of its members out."""
    found = rng.choice((_by_word, _by_base, _callers, _called, _by_parameter, _by_raise, _by_what_is_said))(top, rng)
    head = found.words.partition(" ")[0] if found else ""
    if found is None or found.before == "" or not (head.isalpha() and head.islower()) or head in words.EVERYTHING:
        return None
    sort = rng.choice(sorted(words.NARROWER))
    members = tuple(item for item in found.members if _is(item, sort))
    named = replace(found, words=f"{rng.choice(words.NARROWER[sort])} {found.words}", members=members)
    return named if 1 < len(members) < len(found.members) else None


def _is(item: Described, sort: str) -> bool:
    """Whether an adjective is true of a definition."""
    name = item.entity.name
    if sort in ("private", "public"):
        return name.startswith("_") is (sort == "private") and not name.startswith("__")
    return sort in item.facts.sorts


def _doing(top: Iterable[Described]) -> Iterable[tuple[Described, list[str]]]:
    for item in top:
        parts = list(subwords(item.entity.name))
        if item.entity.kind in (Kind.FUNCTION, Kind.METHOD) and 2 <= len(parts) <= 4 and parts[0] in _VERBS and parts[-1] not in _PREPOSITIONS:
            yield item, parts


_MAKERS: list[_Maker] = [
    _by_kind, _by_kind, _by_base, _by_base, _by_family, _by_decorator, _by_prefix, _by_suffix, _by_word, _by_word, _by_word, _by_privacy, _by_privacy, _exceptions,
    _of_class, _by_sort, _by_sort, _by_what_is_said, _by_what_is_said, _callers, _callers, _called, _called, _by_parameter, _by_raise, _one, _one, _narrowed, _narrowed,
]  # fmt: skip
