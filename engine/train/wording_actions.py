"""Instructions of every kind, as people would write them: one to four wishes, in whole requests written by hand or joined from several.

Knows no repository; the same state of the generator gives the same text. The labels of the marks are OLD, NEW, TO, TYPE, DEFAULT, VALUE,
TEST_VALUE, SELF_VALUE, PARAM and EFFECT with the number of the wish, and ONLY and EXCEPT.
"""
from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from engine.plan import Action, Order
from engine.train import wording_action_extras as extras
from engine.train import wording_clauses as clauses
from engine.train import wording_scope as scopes
from engine.train.wording_action_phrases import ESSENTIAL, Request, Wish, asking, without_optional
from engine.train.wording_action_slots import ActionRendering
from engine.train.wording_draft import Draft, Homonym, Others, Scope, Stated, Wording, begin
from engine.train.wording_grammar import Mark, expand, strip
from engine.train.wording_joining import joined
from engine.train.wording_mentions import Intent
from engine.train.wording_noise import capitals, surface

__all__ = ["Wish", "incomplete", "rendered", "request"]

BY_HAND = 0.55
"""Share of the joined instructions that follow a whole request written by hand, where one fits."""
_LABEL = re.compile(r"([A-Z_]+?)(?:_(\d+))?$")
_STEMS = {"tests": "test", "docs": "doc", "comments": "comment", "strings": "string"}
_GREETING = re.compile(r"(?:hi|hey|hello|dear|good|yo|ok|oh|so|right|wait|hmm?|mm|sorry|thank|as|ah|minor|story|background|also|and)\b|[-*#1\"]|\w+!?[:(]|.*\n", re.IGNORECASE)
_MANNERS = ("swap", "first", "last", "before", "after")
_IT = re.compile(r"\b(?:it|its|it's)\b", re.IGNORECASE)


@dataclass(slots=True)
class Text:
    """One instruction in the making: a draft over all targets, and which of them are whose."""

    wishes: Sequence[Wish]
    draft: Draft
    targets: Sequence[Sequence[int]]
    scope: Scope
    keep_alias: bool
    excluded: tuple[Homonym, ...] = ()
    manners: dict[int, str] = field(default_factory=dict)
    keywords: frozenset[int] = frozenset()

    @classmethod
    def of(cls, wishes: Sequence[Wish], scope: Scope, keep_alias: bool, others: Others, rng: random.Random) -> Text:
        """Wishes with the same targets share them."""
        flat: list[Intent] = []
        targets: list[tuple[int, ...]] = []
        for at, wish in enumerate(wishes):
            if at and wish.targets == wishes[at - 1].targets:
                targets.append(targets[-1])
                if wish.action is Action.RENAME:
                    flat[targets[-1][0]] = replace(flat[targets[-1][0]], new=wish.new)
                continue
            targets.append(tuple(range(len(flat), len(flat) + len(wish.targets))))
            flat.extend(replace(target, new=wish.new or target.new) for target in wish.targets)
        return cls(wishes, begin(flat, rng, others), targets, scope, keep_alias)

    def say(self, chosen: Request, numbers: Sequence[int], missing: frozenset[tuple[int, str]] = frozenset(), pronoun: bool = False) -> str:
        """A request with the wishes of these numbers put in, marks and guards included."""
        rng, wishes = self.draft.rng, [self.wishes[number] for number in numbers]
        available = frozenset((at, name) for at, wish in enumerate(wishes) for name in wish.fields)
        flat = without_optional(chosen.text, available)
        slots = frozenset(re.findall(r"\{(\w+)\}", flat))
        flat = expand(flat, {}, {slot: ("{" + slot + "}").__str__ for slot in slots}, rng)
        flat = re.sub(r" *\n *", "\n", flat)
        flat = self._detailed(flat, missing, len(wishes))
        said = next((way for way in _MANNERS if way in chosen.flags), "")
        self.manners.update({number: said or placed for number in numbers for placed in [self._placed(number)]})
        self.keywords |= {number for number in numbers if self.wishes[number].keyword}
        rendering = ActionRendering(
            self.draft, flat, frozenset(re.findall(r"\{(\w+)\}", flat)), self.scope, wishes=wishes, numbers=numbers, targets=[self.targets[n] for n in numbers],
            pronouns=frozenset({0}) if pronoun else frozenset(), flags=chosen.flags)
        text = rendering.text()
        rendering.settle()
        self.excluded += rendering.excluded()
        return text

    def _placed(self, number: int) -> str:
        order = self.wishes[number].order
        return "" if order is Order.WHOLE else order.value

    def _detailed(self, flat: str, missing: frozenset[tuple[int, str]], count: int) -> str:
        """The text, still with its slots, and a sentence for everything it lacks."""
        rng = self.draft.rng
        details = sorted(missing)
        rng.shuffle(details)
        for at, name in details:
            forms = extras.DETAILS[name]
            if count > 1 or "{n}" not in flat and name != "new":
                forms = tuple(form for form in forms if not _IT.search(form) or count == 1) or forms
            form = expand(rng.choice(forms), {}, {slot: ("{" + slot + (str(at + 1) if at else "") + "}").__str__ for slot in re.findall(r"\{(\w+)\}", "".join(forms))}, rng)
            flat = self.joined(flat, form)
        return flat

    def joined(self, text: str, more: str) -> str:
        """Another sentence at the end."""
        if "\n" in text:
            return text + "\n" + more
        return text + (" " if text.endswith((".", "?", "!", ")")) else self.draft.rng.choice((". ", ". ", "; ", " - ", ", "))) + more

    def finished(self, text: str) -> Wording:
        """Marks turned into offsets; wishes numbered by their first mention."""
        plain, marks = strip(text)
        owners = [[at for at, own in enumerate(self.targets) if index in own] for index in range(len(self.draft.speaker.targets))]
        order: list[int] = []
        found: list[tuple[Mark, int]] = []
        for mark in marks:
            label = _LABEL.match(mark.label)
            assert label
            if label[2] is None:
                found.append((mark, -1))
                continue
            alike = owners[int(label[2])] if label[1] == "OLD" else [int(label[2])]
            at = next((wish for wish in order if wish in alike), alike[0])
            if at not in order:
                order.append(at)
            found.append((Mark(mark.start, mark.end, label[1]), at))
        for at in range(len(self.wishes)):
            if at not in order:  # it says nothing but "make it static": then it follows the one that named its target
                alike = [place for place, other in enumerate(order) if self.targets[other] == self.targets[at]]
                order.insert(alike[-1] + 1 if alike else len(order), at)
        number = {at: place + 1 for place, at in enumerate(order)}
        named = tuple(Mark(mark.start, mark.end, f"{mark.label}_{number[at]}") if at >= 0 else mark for mark, at in found)
        pointed = {at for mark, at in found if mark.label == "OLD"}
        targets = tuple(tuple(self._stated(index) for index in self.targets[at]) for at in order)
        again = tuple(place > 0 and at not in pointed and self.targets[at] == self.targets[order[place - 1]] for place, at in enumerate(order))
        wishes = [self.wishes[at] for at in order]
        return Wording(
            plain, named, tuple(stated[0] for stated in targets), self.keep_alias, tuple(order), self.excluded, tuple(wish.action for wish in wishes), targets,
            again, tuple(at in self.keywords for at in order), tuple(self.manners.get(at, "") for at in order))

    def _stated(self, index: int) -> Stated:
        target = self.draft.speaker.targets[index]
        return Stated(target.by, *(fact in target.facts for fact in ("kind", "owner", "path")))


def request(wishes: Sequence[Wish], scope: Scope, keep_alias: bool, others: Others, rng: random.Random) -> Wording | None:
    """One instruction that asks for all wishes (one to four), in the scope, with or without an alias; nothing where no request fits."""
    if scope.only and scope.exclude or not 1 <= len(wishes) <= 4:
        return None
    text = Text.of(wishes, scope, keep_alias, others, rng)
    whole = choose(wishes, text, asking(tuple(wish.action for wish in wishes), "joined" if len(wishes) > 1 else "")) if len(wishes) == 1 or rng.random() < BY_HAND else None
    if whole is not None:
        chosen, missing = whole
        said = text.say(chosen, range(len(wishes)), missing)
        return _ended(text, said, chosen.flags, "\n" in chosen.text or bool(missing))
    if len(wishes) == 1:
        return None
    parts = joined(text, choose)
    return None if parts is None else _ended(text, parts, frozenset(), True)


def rendered(chosen: Request, wishes: Sequence[Wish], scope: Scope, keep_alias: bool, others: Others, rng: random.Random) -> Wording:
    """The wishes in the words of one request, which has to fit them."""
    text = Text.of(wishes, scope, keep_alias, others, rng)
    return _ended(text, text.say(chosen, range(len(wishes)), _missing(chosen, wishes)), chosen.flags, True)


def incomplete(wishes: Sequence[Wish], rng: random.Random) -> Wording | None:
    """An instruction that leaves something essential out; nothing where none fits."""
    fitting = [found for found in asking(tuple(wish.action for wish in wishes), "incomplete") if _can_be_said(found, wishes)]
    if not fitting:
        return None
    chosen = rng.choice(fitting)
    text = Text.of(wishes, Scope(), "alias" in chosen.flags, Others(), rng)
    return _ended(text, text.say(chosen, range(len(wishes))), chosen.flags, False)


def _can_be_said(chosen: Request, wishes: Sequence[Wish]) -> bool:
    there = {(at, name) for at, wish in enumerate(wishes) for name in wish.fields}
    return chosen.needs <= there and chosen.suits(wishes)


def _missing(chosen: Request, wishes: Sequence[Wish]) -> frozenset[tuple[int, str]]:
    return frozenset((at, name) for at, wish in enumerate(wishes) for name in wish.fields) - chosen.says


def choose(wishes: Sequence[Wish], text: Text, among: Sequence[Request]) -> tuple[Request, frozenset[tuple[int, str]]] | None:
    """A request that fits, rather one that says everything, and what it doesn't say."""
    rng, scope = text.draft.rng, text.scope
    asked = {flag for flag, wanted in (("alias", text.keep_alias), ("only", scope.only), ("except", scope.exclude)) if wanted}
    stems = [_STEMS[place] for place in (*scope.only, *scope.exclude) if place in _STEMS]
    fitting: list[tuple[Request, frozenset[tuple[int, str]]]] = []
    weights: list[float] = []
    for found in among:
        flags = found.flags & {"alias", "only", "except", "noalias"}
        if not flags <= (asked or {"noalias"}) or "h" in found.slots and not text.draft.others.homonyms or not found.fits(wishes):
            continue
        if stems and any(stem in found.text.lower() for stem in stems):
            continue
        missing = _missing(found, wishes)
        if any(name in ESSENTIAL.get(wishes[at].action, ()) for at, name in missing):
            continue
        fitting.append((found, missing))
        weights.append(0.25 ** min(len(missing) + len(asked - flags), 4))
    return rng.choices(fitting, weights)[0] if fitting else None


def _ended(text: Text, said: str, flags: frozenset[str], longer: bool) -> Wording:
    """The finished text: what is still missing, a greeting or thanks, and the surface of typed text."""
    draft, rng, scope = text.draft, text.draft.rng, text.scope
    sentences = []
    moved = any(wish.action is Action.MOVE for wish in text.wishes)
    if scope.only and "only" not in flags:
        sentences.append(draft.say(rng.choice([form for form in scopes.ONLY_SENTENCES if "rename" not in form]), P=lambda: draft.places("ONLY", scope.only)))
    if scope.exclude and "except" not in flags:
        sentences.append(draft.say(rng.choice([form for form in scopes.EXCEPT_SENTENCES if "rename" not in form]), P=lambda: draft.places("EXCEPT", scope.exclude)))
    if text.keep_alias and "alias" not in flags:
        sentences.append(draft.say(rng.choice(extras.ALIAS)))
    elif not text.keep_alias and not flags & {"alias", "noalias"} and draft.chance(0.05) and all(wish.action in (Action.MOVE, Action.RENAME) for wish in text.wishes):
        sentences.append(draft.say(rng.choice(extras.NO_ALIAS)))
    if draft.chance(0.12) and not scope.only and not scope.exclude:
        sentences.append(draft.say(rng.choice(extras.TAILS_OF_MOVES if moved and draft.chance(0.4) else extras.TAILS), **_passing(draft)))
    if draft.chance(0.06):
        sentences.append(draft.say(rng.choice(extras.REASONS), **_passing(draft)))
    rng.shuffle(sentences)
    whole = said
    for sentence in sentences:
        whole = text.joined(whole, sentence)
    plain = strip(said)[0]
    if draft.chance(0.1) and not _GREETING.match(plain) and not longer:
        opener = draft.say(rng.choice([form for form in clauses.OPENERS if "rename" not in form and "naming" not in form])).strip().replace(" ,", ",")
        whole = opener + " " + (whole[:1].lower() + whole[1:] if re.match(r"[A-Z][a-z]", whole) else whole)
    if draft.chance(0.1) and not re.search(r"thank|thx|cheers|\n|sorry|regards", whole, re.IGNORECASE):
        whole = text.joined(whole, draft.say(rng.choice([form for form in clauses.CLOSERS if "rename" not in form])))
    if draft.chance(0.5):
        whole = surface(whole, rng)
    elif not plain[:1].islower() or draft.chance(0.2):
        whole = capitals(whole)
    return text.finished(whole)


def _passing(draft: Draft) -> dict[str, Callable[[], str]]:
    files, classes = draft.others.files, draft.others.classes
    code, rng = draft.speaker.code, draft.rng
    return {
        "x": lambda: code(rng.choice(files)) if files else code(f"src/{draft.invented().split('.')[0].removesuffix('()').lower()}.py"),
        "x2": lambda: code(rng.choice(files).rpartition("/")[2]) if files else "the rest",
        "D": lambda: code(rng.choice(classes)) if classes else code("Registry"),
    }
