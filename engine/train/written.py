"""Whole requests written by hand about the packages of the corpus, with their plans: what no phrase with slots can say, such as "every logger factory".

A line of `phrases/requests.jsonl` has `package`, `text` and `asks`. In the text the words that hold a field are marked, `[[OLD:name]]`, with the
number of the request behind the label where it is not the first: `[[NEW2:name]]`; the labels are those of `wording_actions`. An ask has an
`action`, its `targets` as `path::Class.name`, a parameter as `path::function(name)`, and where it applies `described` (the words describe the
targets and don't name them), `at` (the class it goes into, or the definition that takes its place), `keyword`, and `order`. `alias`: old names stay
importable. Without asks nothing is wanted that the engine can do.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from engine.entity_canvas import described
from engine.evidence import Entity, Kind, find
from engine.plan import Action, Order
from engine.plan_reader import ACTION_VALUE, POSSIBLE
from engine.train.examples import Example
from engine.train.index import Index
from engine.train.plan_examples import Key, Truth, example, key_of
from engine.train.surroundings import renamed
from engine.train.teachers import propose_name
from engine.train.wish_examples import entity_examples
from engine.train.wording import Mark

FILE = Path(__file__).parent / "phrases" / "requests.jsonl"
OTHER_NAMES = 0.5
"""Share of the copies that bear drawn names in place of the package's own, so that none is memorised."""
_MARK = re.compile(r"\[\[([A-Z_]+?)([2-4]?):(.*?)\]\]", re.DOTALL)
_PLACES = frozenset({"ONLY", "EXCEPT"})


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that a text asks for."""

    action: Action
    targets: tuple[str, ...]
    described: bool = False
    at: str = ""
    keyword: bool = False
    order: Order = Order.WHOLE


@dataclass(frozen=True, slots=True)
class Written:
    """A text with its marks still in it, and what it asks for."""

    package: str
    text: str
    asks: tuple[Ask, ...] = ()
    alias: bool = False
    shown: Mapping[str, str] = field(default_factory=dict)
    """What the words of some marks say instead."""

    @classmethod
    def parsed(cls, line: str) -> Written:
        """One line of the file. ValueError, KeyError: it is not as the module says."""
        raw = json.loads(line)
        return cls(raw["package"], raw["text"], tuple(_ask(item) for item in raw["asks"]), bool(raw.get("alias")))

    def said(self) -> tuple[str, tuple[Mark, ...]]:
        """The text and its marks."""
        parts: list[str] = []
        marks: list[Mark] = []
        at = 0
        for match in _MARK.finditer(self.text):
            parts.append(self.text[at : match.start()])
            start = sum(map(len, parts))
            parts.append(self.shown.get(match[3], match[3]))
            marks.append(Mark(start, start + len(parts[-1]), match[1] if match[1] in _PLACES else f"{match[1]}_{match[2] or 1}"))
            at = match.end()
        parts.append(self.text[at:])
        return "".join(parts), tuple(marks)

    def marked(self) -> frozenset[str]:
        """The words of all marks."""
        return frozenset(match[3] for match in _MARK.finditer(self.text))


def _ask(raw: Mapping[str, Any]) -> Ask:
    order = Order(raw.get("order", Order.WHOLE.value))
    return Ask(Action(raw["action"]), tuple(raw["targets"]), bool(raw.get("described")), raw.get("at", ""), bool(raw.get("keyword")), order)


@cache
def written(package: str) -> tuple[Written, ...]:
    """All that is written about a package."""
    lines = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
    return tuple(item for item in map(Written.parsed, lines) if item.package == package)


def written_examples(index: Index, names: Sequence[str], copies: int, depth: int, rng: random.Random) -> Iterator[Example]:
    """The canvases of all requests about a package, each as often as asked for, in other surroundings and some with other names.

    KeyError: a target is not in the package.
    """
    for item in written(index.package.name):
        for _ in range(copies):
            changed = _other_names(item, index, names, rng) if rng.random() < OTHER_NAMES else {}
            yield from examples_of_request(item, index, changed, depth, rng)


def examples_of_request(item: Written, index: Index, changed: Mapping[str, str], depth: int, rng: random.Random) -> list[Example]:
    """The plan canvas of a request, and the entity canvases of what it describes; changed: names under which the tree and the text show definitions."""
    text, marks = Written(item.package, item.text, shown=changed).said()
    wanted: dict[int, frozenset[Key]] = {}
    at: dict[int, frozenset[Key]] = {}
    for number, ask in enumerate(item.asks):
        spoken = any(mark.label == f"OLD_{number + 1}" for mark in marks) and not ask.described
        wanted[number] = frozenset(key_of(renamed(entity, changed)) for entity in _found(ask.targets, index)) if spoken else frozenset()
        if ask.at:
            at[number] = frozenset(key_of(renamed(entity, changed)) for entity in _found((ask.at,), index))
    order = next((ask.order for ask in item.asks if ask.order is not Order.WHOLE), Order.WHOLE)
    actions = tuple(ACTION_VALUE[ask.action] for ask in item.asks)
    truth = Truth(text, marks, actions, wanted, item.alias, at, any(ask.keyword for ask in item.asks), order)
    made = example(index, changed, truth, depth, rng)
    if made is None:
        return []
    out = [made]
    for number, ask in enumerate(item.asks):
        if ask.described:
            pool = [c for c in described(index.project, dict.fromkeys(name.partition("::")[0] for name in ask.targets)) if c.entity.kind in POSSIBLE[ask.action]]
            out.extend(entity_examples(truth, pool, _found(ask.targets, index), ask.action, depth, rng, number))
    return out


def _found(targets: Sequence[str], index: Index) -> list[Entity]:
    found = {name: find(index.project, name) for name in targets}
    missing = [name for name, entity in found.items() if entity is None]
    if missing:
        raise KeyError(f"{missing[0]} is not in {index.package.name}")
    return [entity for entity in found.values() if entity is not None]


def _other_names(item: Written, index: Index, names: Sequence[str], rng: random.Random) -> dict[str, str]:
    """Drawn names for targets that the text only names in marks of their own."""
    if any(ask.described for ask in item.asks):
        return {}
    changed: dict[str, str] = {}
    outside, marked = _MARK.sub(" ", item.text), item.marked()
    for entity in _found([name for ask in item.asks for name in ask.targets], index):
        fits = entity.kind not in (Kind.MODULE, Kind.PACKAGE) and entity.name in marked and not re.search(rf"\b{re.escape(entity.name)}\b", outside)
        shown = propose_name(entity, names, rng, index.files) if fits else None
        if shown is not None and shown not in changed.values():
            changed[entity.name] = shown
    return changed
