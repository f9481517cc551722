"""Instructions to rename, as people would write them, with the words that stand for each field of the plan.

Training text only: builds openers, clauses, reasons, scope and aliases around mentions, then adds noise.
Knows no repository; the same state of the generator gives the same text.
"""
from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from engine.train import wording_clauses as clauses
from engine.train import wording_frames as frames
from engine.train import wording_scope as scopes
from engine.train import wording_several as several
from engine.train import wording_statements as statements
from engine.train.wording_grammar import Mark, expand, guarded, inflected, marked, strip
from engine.train.wording_mentions import QUOTES, Intent, Speaker, Target
from engine.train.wording_noise import surface
from engine.train.wording_unsupported import unsupported

__all__ = ["Intent", "Mark", "Scope", "Stated", "Wording", "question_without_new", "unsupported", "word"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the rename is wanted."""

    only: tuple[str, ...] = ()
    # Each is tests, docs, comments, strings or a path.
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stated:
    """How the target of one intent was mentioned."""

    by: str
    # "name", or "words" where the text spells the name in plain words.
    kind: bool
    owner: bool
    path: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """A text; `stated` and the numbers in the labels follow `order`, the first mentions in the text."""

    text: str
    marks: tuple[Mark, ...]
    stated: tuple[Stated, ...]
    keep_alias: bool
    order: tuple[int, ...]
    # For each number the place of its intent in what was asked for.


PLACE_WORDS = {
    "tests": ("tests", "tests", "tests", "test suite", "test files", "unit tests", "test code", "test cases", "test modules"),
    "docs": ("docs", "docs", "docs", "documentation", "documentation", "documentation files", "doc files", "doc pages", "manual"),
    "comments": ("comments", "comments", "comments", "code comments", "inline comments", "source comments"),
    "strings": ("strings", "strings", "string literals", "string literals", "string constants", "literals", "quoted strings"),
}
_FAKE_VERBS = ("get", "load", "make", "parse", "build", "read", "find", "send", "open", "fetch", "create", "check", "resolve", "emit")
_FAKE_NOUNS = ("config", "user", "item", "session", "record", "path", "token", "header", "cache", "node", "state", "index", "event", "result")


@dataclass(slots=True)
class _Draft:
    """One text in the making: its speaker and the slots of every clause."""

    speaker: Speaker
    rng: random.Random

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def other(self) -> str:
        """A name that has nothing to do with the request."""
        verb, thing = self.rng.choice(_FAKE_VERBS), self.rng.choice(_FAKE_NOUNS)
        return self.speaker.code(self.rng.choice((f"{verb}_{thing}", f"{verb}_{thing}", f"{thing}_{verb}er", f"{thing.title()}.{verb}", thing.title(), f"{verb}_{thing}()")))

    def say(self, form: str, **extra: Callable[[], str]) -> str:
        index = self.rng.randrange(len(self.speaker.targets))
        slots: dict[str, Callable[[], str]] = {"b": lambda: self.speaker.name(index), "n": lambda: self.speaker.new(index), "d": self.other, "d2": self.other}
        return expand(form, clauses.RULES, slots | extra, self.rng)

    def place(self, label: str, place: str) -> str:
        """A place to include or leave out; only the words that name it are marked."""
        rng = self.rng
        if place in PLACE_WORDS:
            words = marked(label, rng.choice(PLACE_WORDS[place]))
            return rng.choice((f"the {words}", f"the {words}", words, words, f"our {words}" if place in ("tests", "docs") else words))
        bare = place.strip("/")
        base = bare.rpartition("/")[2]
        if place.endswith(".py"):
            stem = base.removesuffix(".py")
            name = rng.choice((bare, bare, bare, base, base))
            if self.chance(0.15):
                return f"{rng.choice(('the', 'the', 'module'))} {self.speaker.quoted(marked(label, stem))} {rng.choice(('module', 'file'))}".replace("module module", "module")
            return rng.choice(("", "", "", "the file ", "file ")) + self.speaker.quoted(marked(label, name))
        name = rng.choice((bare, bare, base))
        slash = guarded("/") if self.chance(0.5) else ""
        if self.chance(0.35):
            return f"the {self.speaker.quoted(marked(label, name) + slash)} {rng.choice(('folder', 'package', 'directory', 'dir', 'subfolder', 'tree'))}"
        return rng.choice(("", "", "", "folder ", "everything in ") if label == "EXCEPT" else ("", "", "", "folder ")) + self.speaker.quoted(marked(label, name) + slash)

    def places(self, label: str, places: Sequence[str]) -> str:
        said = [self.place(label, place) for place in places]
        joint = self.rng.choice((" and ", " and ", ", ", " & ", " or ") if label == "EXCEPT" else (" and ", " and ", ", ", " & "))
        return said[0] if len(said) == 1 else ", ".join(said[:-1]) + joint + said[-1]


@dataclass(slots=True)
class _Parts:
    """The clauses of one text around its core."""

    lead: str = ""
    core: str = ""
    tails: str = ""
    end: str = "."


def _core(draft: _Draft, shared: frozenset[str]) -> _Parts:
    """The clause that asks for the rename, with the end it calls for."""
    rng, speaker = draft.rng, draft.speaker
    many = len(speaker.targets) > 1
    verbs = several.VERB_PHRASES_FOR_MANY if many else frames.VERB_PHRASES

    def say(form: str) -> str:
        return several.phrase(speaker, form, shared) if many else several.one(speaker, form, 0, shared)

    pick = rng.random()
    if pick < (0.5 if many else 0.3):
        if many:
            return _Parts(core=say(rng.choice(several.STATEMENTS_FOR_MANY)))
        return _Parts(core=say(rng.choice(statements.STATEMENTS)))
    if pick < 0.42 and not many:
        return _Parts(core=say(rng.choice(statements.NOTATIONS)), end="")
    wrappers, form, end = rng.choices(
        ((frames.SAY_BASE, "base", "."), (frames.ASK_BASE, "base", "?"), (frames.ASK_ING, "ing", "?"), (frames.SAY_ING, "ing", "."), (frames.SAY_THIRD, "third", ".")),
        (55, 26, 7, 9, 3))[0]
    if draft.chance(0.04):
        wrappers, form, end = ("{vp}",), rng.choice(("ing", "past", "third")), ""
    plain = rng.choice(verbs[:6]) if draft.chance(0.25) else rng.choice(verbs)
    wrapper = rng.choice(wrappers)
    return _Parts(core=expand(wrapper, {}, {"vp": lambda: inflected(say(plain), form)}, rng), end=end)


def _scope(draft: _Draft, scope: Scope, parts: _Parts) -> list[str]:
    """Scope inside the clause, in front of it, or as sentences, which are returned."""
    sentences: list[str] = []
    multiline = "\n" in parts.core
    for label, places, inline, alone, lead in (
        ("ONLY", scope.only, scopes.ONLY, scopes.ONLY_SENTENCES, scopes.ONLY_LEAD),
        ("EXCEPT", scope.exclude, scopes.EXCEPT, scopes.EXCEPT_SENTENCES, scopes.EXCEPT_LEAD),
    ):
        if not places:
            continue
        named = partial(draft.places, label, places)
        pick = draft.rng.random()
        if pick < 0.12 and not parts.lead:
            parts.lead = draft.say(draft.rng.choice(lead), P=named) + " "
        elif pick < 0.6 and not multiline:
            tail = draft.say(draft.rng.choice(inline), P=named)
            if label == "EXCEPT" and scope.only:
                tail = tail.replace("everywhere ", "")
            parts.tails += tail if tail.startswith(",") else " " + tail
        else:
            sentences.append(draft.say(draft.rng.choice(alone), P=named))
    return sentences


def _reason(draft: _Draft, parts: _Parts) -> list[str]:
    """A reason inside the clause, or as a sentence before it (then the first) or after."""
    rng = draft.rng
    pick = rng.random()
    if pick < 0.3 and "\n" not in parts.core:
        parts.tails += " " + draft.say(rng.choice(clauses.NOUN_REASONS))
    elif pick < 0.5 and "\n" not in parts.core:
        parts.tails += rng.choice((" ", ", ", " - ")) + rng.choice(clauses.BECAUSE) + " " + draft.say(rng.choice(clauses.REASONS))
    elif pick < 0.58 and not parts.lead:
        parts.lead = draft.say(rng.choice(clauses.NOUN_REASONS)) + ", "
    else:
        return [draft.say(rng.choice(clauses.REASONS))]
    return []


def _updates(draft: _Draft, scope: Scope, parts: _Parts) -> list[str]:
    """What should follow the rename; nothing that contradicts the scope."""
    if scope.only or "\n" in parts.core:
        return []
    if draft.chance(0.4):
        return [draft.say(draft.rng.choice(clauses.UPDATE_SENTENCES))]
    choices = clauses.UPDATES if scope.exclude or draft.chance(0.6) else clauses.UPDATE_WIDE
    parts.tails += draft.rng.choice((" ", " ", ", ")) + draft.say(draft.rng.choice(choices))
    return []


def _alias(draft: _Draft, keep: bool, parts: _Parts) -> list[str]:
    said = draft.say(draft.rng.choice(clauses.ALIAS if keep else clauses.NO_ALIAS))
    if len(draft.speaker.targets) > 1:
        said = said.replace("the old name ", "the old names ").replace("an alias", "aliases") if draft.chance(0.7) else said
    if draft.chance(0.5) and "\n" not in parts.core:
        parts.tails += f" ({said})" if draft.chance(0.12) else draft.rng.choice((", ", " and ", ", and ", ", but ", " but ", "; ", " - ")) + said
        return []
    return [said]


def _shared_lead(draft: _Draft) -> str:
    """Sometimes the owner or the file comes first and holds for everything after it."""
    rng, targets = draft.rng, draft.speaker.targets
    owners = {target.intent.owner for target in targets}
    paths = {target.intent.path for target in targets}
    many = len(targets) > 1
    if len(owners) == 1 and "" not in owners and draft.chance(0.3 if many else 0.12):
        for target in targets:
            target.facts.add("owner")
        return rng.choice(("in ", "in ", "on ", "inside ", "for ", "")) + draft.speaker.owner(targets[0].intent.owner)
    kinds = {target.intent.kind for target in targets}
    if len(paths) == 1 and not kinds & {"module", "package"} and draft.chance(0.25 if many else 0.1):
        for target in targets:
            target.facts.add("path")
        return rng.choice(("in ", "in ", "in ", "inside ", "from ", "")) + draft.speaker.place(targets[0].intent.path)
    return ""


def _sentence(draft: _Draft, parts: _Parts, shared: str) -> str:
    """The main sentence; what was shared stands first or last."""
    core, end = parts.core, parts.end
    if shared:
        first = not parts.lead and not shared.startswith("for ") and draft.chance(0.75)
        placed = shared.startswith(("in ", "inside ", "on ", "for ", "from "))
        if first or "\n" in core:
            core = shared + draft.rng.choice((", ", ", ", ": ", " ") if placed else (": ", ": ", " - ")) + core
        else:
            core += (" " if placed else " in ") + shared
    return parts.lead + core + parts.tails + end


def _assembled(draft: _Draft, before: list[str], main: str, after: list[str]) -> str:
    """Sentences in order, between an opener and a closer."""
    rng = draft.rng
    gap = rng.choice((". ", ". ", ". ", "; ", ", ", " - ", ".\n")) if not main.endswith(("?", "!")) else " "
    text = main.rstrip(".") if main.endswith(".") else main
    for extra in after:
        text += ("\n" if "\n" in text and gap != " " else gap) + extra
    for extra in before:
        text = extra + rng.choice((". ", ". ", "; ", ", so ", ": ", " - ", ", ", ".\n")) + text
    if draft.chance(0.22):
        text = draft.say(rng.choice(clauses.OPENERS)).strip() + " " + text
    if draft.chance(0.2):
        closer = draft.say(rng.choice(clauses.CLOSERS))
        text += (" " if text.endswith("?") else rng.choice((". ", ", ", ". ", " - ", "\n", " "))) + closer
    ends = text.endswith(("?", "!", ")", ":)")) or main.endswith("\n")
    if not ends and draft.chance(0.5):
        text += "." if main.endswith(".") else rng.choice(("", "", ".", "!"))
    elif text.endswith("?") and draft.chance(0.2):
        text = text[:-1] + rng.choice(("", ".", "??"))
    return text


def _finished(text: str, targets: Sequence[Target], keep_alias: bool, rng: random.Random) -> Wording:
    """Noise added, marks turned into offsets and numbered by first mention."""
    plain, marks = strip(surface(text.strip(), rng))
    order = tuple(dict.fromkeys(int(mark.label.rpartition("_")[2]) for mark in marks if "_" in mark.label))
    number = {index: at + 1 for at, index in enumerate(order)}
    relabelled = []
    for mark in marks:
        name, _, index = mark.label.partition("_")
        relabelled.append(Mark(mark.start, mark.end, f"{name}_{number[int(index)]}" if index else name))
    stated = tuple(Stated(targets[at].by, *(fact in targets[at].facts for fact in ("kind", "owner", "path"))) for at in order)
    return Wording(plain, tuple(relabelled), stated, keep_alias, order)


def _begin(intents: Sequence[Intent], rng: random.Random) -> _Draft:
    return _Draft(Speaker([Target(intent) for intent in intents], rng, rng.choice(QUOTES)), rng)


def word(intents: Sequence[Intent], scope: Scope, keep_alias: bool, rng: random.Random) -> Wording:
    """One instruction that asks for all intents, in the scope, with or without an alias."""
    places = list(range(len(intents)))
    if rng.random() < 0.3:
        rng.shuffle(places)
    draft = _begin([intents[at] for at in places], rng)
    shared = _shared_lead(draft)
    known = frozenset().union(*(target.facts for target in draft.speaker.targets))
    parts = _core(draft, known)
    before: list[str] = []
    after = _scope(draft, scope, parts)
    if not scope.only and not scope.exclude and draft.chance(0.2) and "\n" not in parts.core:
        parts.tails += " " + draft.say(rng.choice(scopes.WIDE))
    if draft.chance(0.17):
        after += _updates(draft, scope, parts)
    if draft.chance(0.3):
        reason = _reason(draft, parts)
        (before if draft.chance(0.4) else after).extend(reason)
    if keep_alias or draft.chance(0.05):
        after += _alias(draft, keep_alias, parts)
    if draft.chance(0.05):
        after.append(draft.say(rng.choice(clauses.NEAR)))
    rng.shuffle(after)
    text = _assembled(draft, before, _sentence(draft, parts, shared), after)
    wording = _finished(text, draft.speaker.targets, keep_alias, rng)
    return Wording(wording.text, wording.marks, wording.stated, keep_alias, tuple(places[at] for at in wording.order))


def question_without_new(intent: Intent, rng: random.Random) -> Wording:
    """A wish for another name that does not say which."""
    draft = _begin((intent,), rng)
    core = several.one(draft.speaker, rng.choice(frames.WITHOUT_NEW), 0, frozenset())
    after: list[str] = []
    if draft.chance(0.15):
        core += " " + draft.say(rng.choice(scopes.WIDE))
    if draft.chance(0.3):
        after.append(draft.say(rng.choice([form for form in clauses.REASONS if "{n}" not in form])))
    text = _assembled(draft, [], core, after)
    return _finished(text, draft.speaker.targets, False, rng)
