"""Texts that ask for one to four wishes: clauses joined, sentences around them, and the marks of the finished text."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from engine.plan import Action
from engine.train import wording_clauses as clauses
from engine.train import wording_scope as scopes
from engine.train.wording_draft import Others, Scope, Stated, begin
from engine.train.wording_grammar import Mark, strip
from engine.train.wording_mentions import Intent
from engine.train.wording_noise import surface
from engine.train.wording_wishes import Speech, Wish, fitting, lines_of, traits

__all__ = ["Request", "Wish", "incomplete", "request"]
_FIELDS = {"TESTVALUE": "TEST_VALUE", "SELFVALUE": "SELF_VALUE"}


@dataclass(frozen=True, slots=True)
class Request:
    """A text with its marks; numbers follow the first mention."""

    text: str
    marks: tuple[Mark, ...]
    actions: tuple[Action, ...]
    order: tuple[int, ...]
    """For each number the place of its wish."""
    stated: tuple[tuple[Stated, ...], ...]
    """How the targets of each were mentioned, by number and target; empty where a pronoun stands for those before."""
    keep_alias: bool = False
    keyword: bool = False


_JOINTS = (
    " and ", " and ", ", and ", ", then ", "; ", ". Then ", ". Also, ", ". After that, ", " and then ", ". Also ", ".\n", "; also ", ". While you're at it, ",
    ", plus ", " - also ", ". In the same go, ", ". Second: ", ". And ", " + ", ". Besides, ",
)  # fmt: skip


def request(wishes: Sequence[Wish], scope: Scope, keep_alias: bool, others: Others, rng: random.Random) -> Request | None:
    """One text that asks for all wishes; None where no line fits one of them."""
    chosen = []
    for wish in wishes:
        lines = fitting(wish)
        if not lines:
            return None
        chosen.append(rng.choice(lines))
    speech = _begin(wishes, others, rng)
    parts = []
    for number, (wish, line) in enumerate(zip(wishes, chosen, strict=True)):
        same = number > 0 and wish.targets == wishes[number - 1].targets
        pronoun = same and rng.random() < 0.6
        if pronoun:
            short = [option for option in fitting(wish) if "o" in option.slots and not {"b", "k", "F", "O"} & option.slots]
            line = rng.choice(short) if short else line
            pronoun = "o" in line.slots
        parts.append(speech.clause(number, line, pronoun) + speech.tails(number))
    text = _joined(parts, rng)
    draft = speech.draft
    for label, places, sentences in (("ONLY", scope.only, scopes.ONLY_SENTENCES), ("EXCEPT", scope.exclude, scopes.EXCEPT_SENTENCES)):
        if places:
            text = _more(text, speech.say(sentences, P=partial(draft.places, label, places)), rng)
    if keep_alias:
        text = _more(text, speech.say((*clauses.ALIAS, *_OLD_PATH)), rng)
    text = _framed(speech, text)
    return _finished(speech, surface(text, rng), keep_alias, any(wish.keyword for wish in wishes))


_OLD_PATH = (
    "the old import path has to keep working", "importing it from the old place must still work", "keep the old import working", "leave a re-export behind",
    "re-export it from the old module", "old imports should not break", "with a backwards compatible re-export",
)  # fmt: skip


def incomplete(wishes: Sequence[Wish], rng: random.Random) -> Request | None:
    """A wish that leaves out what nobody can guess."""
    wish = wishes[0]
    name = {Action.MOVE: "t", Action.ADD: "n", Action.METHOD: "t", Action.REPLACE: "t", Action.GROUP: "n", Action.BUNDLE: "n"}.get(wish.action)
    if name is None:
        return None
    known = traits(wish)
    lines = [line for line in lines_of("incomplete") if wish.action.name.lower() in line.flags and line.flags - {wish.action.name.lower()} <= known]
    if not lines:
        return None
    bare = replace(wish, new="", to="", type="", default="", values={}, keyword=False, effect="")
    speech = _begin((bare,), Others(), rng)
    text = _framed(speech, speech.clause(0, rng.choice(lines), False))
    return _finished(speech, surface(text, rng), False, False)


def _begin(wishes: Sequence[Wish], others: Others, rng: random.Random) -> Speech:
    first: dict[int, int] = {}
    flat: list[Intent] = []
    for number, wish in enumerate(wishes):
        first[number] = len(flat)
        flat.extend(wish.targets)
    return Speech(begin(flat, rng, others), wishes, rng, first)


def _joined(parts: list[str], rng: random.Random) -> str:
    if len(parts) > 1 and rng.random() < 0.25:
        marks = rng.choice((("1. ", "2. ", "3. ", "4. "), ("- ",) * 4, ("(1) ", "(2) ", "(3) ", "(4) "), ("* ",) * 4, ("a) ", "b) ", "c) ", "d) ")))
        lead = rng.choice(("", "", "Two things:", "Please:", "To do:", "A few changes:", "In one commit:")) if len(parts) == 2 else rng.choice(("", "Please:", "To do:"))
        gap = rng.choice(("\n", "\n", "; ", " "))
        return (lead + "\n" if lead else "") + gap.join(mark + part.rstrip(".") for mark, part in zip(marks, parts, strict=False))
    text = parts[0]
    for part in parts[1:]:
        joint = rng.choice(_JOINTS)
        text = text.rstrip(".?!") + joint + part
    return text


def _more(text: str, extra: str, rng: random.Random) -> str:
    return text.rstrip(".") + ("\n" if "\n" in text else rng.choice((". ", ". ", "; ", ", ", " - "))) + extra


def _framed(speech: Speech, text: str) -> str:
    rng = speech.rng
    if rng.random() < 0.15:
        text = speech.say(clauses.OPENERS).strip().replace(" ,", ",") + " " + text
    if rng.random() < 0.12:
        text = _more(text, speech.say([form for form in clauses.REASONS if "{" not in form]), rng)
    if rng.random() < 0.1:
        text = _more(text, speech.say(clauses.CLOSERS), rng)
    if not text.endswith((".", "?", "!", ")", "\n")) and rng.random() < 0.45:
        text += "."
    return text


def _finished(speech: Speech, text: str, keep_alias: bool, keyword: bool) -> Request:
    plain, marks = strip(text)
    flat = {speech.first[number] + i: number for number, wish in enumerate(speech.wishes) for i in range(len(wish.targets))}
    spans: list[tuple[Mark, str, int]] = []
    order: dict[int, int] = {}
    for mark in marks:
        name, _, index = mark.label.rpartition("_")
        if not name:
            spans.append((mark, mark.label, -1))
            continue
        number = flat[int(index)] if name == "OLD" else int(index)
        order.setdefault(number, len(order))
        if name != "ACT":
            spans.append((mark, _FIELDS.get(name, name), number))
    relabelled = tuple(Mark(mark.start, mark.end, f"{name}_{order[number] + 1}" if number >= 0 else name) for mark, name, number in spans)
    numbers = tuple(order)
    stated = tuple(
        tuple(
            Stated(target.by or "name", *(fact in target.facts for fact in ("kind", "owner", "path")))
            for target in speech.draft.speaker.targets[speech.first[n] : speech.first[n] + len(speech.wishes[n].targets)]
        )
        if n in speech.said else ()
        for n in numbers
    )
    return Request(plain, relabelled, tuple(speech.wishes[n].action for n in numbers), numbers, stated, keep_alias, keyword)
