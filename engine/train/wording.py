"""Instructions to rename, as people would write them, with the words that stand for each field of the plan.

Training text only: builds openers, clauses, reasons, scope and aliases around mentions, then adds noise.
Knows no repository; the same state of the generator gives the same text.
"""
from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from engine.train import wording_clauses as clauses
from engine.train import wording_frames as frames
from engine.train import wording_scope as scopes
from engine.train import wording_several as several
from engine.train import wording_statements as statements
from engine.train.wording_draft import Draft, Homonym, Others, Scope, Stated, Wording, begin, finished
from engine.train.wording_grammar import Mark, expand, inflected
from engine.train.wording_mentions import Intent
from engine.train.wording_noise import surface
from engine.train.wording_people import people
from engine.train.wording_unsupported import unsupported

__all__ = ["Homonym", "Intent", "Mark", "Others", "Scope", "Stated", "Wording", "question_without_new", "unsupported", "word"]

BY_HAND = 0.6
"""Share of the instructions that follow a request written by hand, where one fits."""


@dataclass(slots=True)
class _Parts:
    """The clauses of one text around its core."""

    lead: str = ""
    core: str = ""
    tails: str = ""
    end: str = "."


def _core(draft: Draft, shared: frozenset[str]) -> _Parts:
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


def _scope(draft: Draft, scope: Scope, parts: _Parts) -> list[str]:
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


def _reason(draft: Draft, parts: _Parts) -> list[str]:
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


def _updates(draft: Draft, scope: Scope, parts: _Parts) -> list[str]:
    """What should follow the rename; nothing that contradicts the scope."""
    if scope.only or "\n" in parts.core:
        return []
    if draft.chance(0.4):
        return [draft.say(draft.rng.choice(clauses.UPDATE_SENTENCES))]
    choices = clauses.UPDATES if scope.exclude or draft.chance(0.6) else clauses.UPDATE_WIDE
    parts.tails += draft.rng.choice((" ", " ", ", ")) + draft.say(draft.rng.choice(choices))
    return []


def _alias(draft: Draft, keep: bool, parts: _Parts) -> list[str]:
    said = draft.say(draft.rng.choice(clauses.ALIAS if keep else clauses.NO_ALIAS))
    if len(draft.speaker.targets) > 1:
        said = said.replace("the old name ", "the old names ").replace("an alias", "aliases") if draft.chance(0.7) else said
    if draft.chance(0.5) and "\n" not in parts.core:
        parts.tails += f" ({said})" if draft.chance(0.12) else draft.rng.choice((", ", " and ", ", and ", ", but ", " but ", "; ", " - ")) + said
        return []
    return [said]


def _shared_lead(draft: Draft) -> str:
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


def _sentence(draft: Draft, parts: _Parts, shared: str) -> str:
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


def _assembled(draft: Draft, before: list[str], main: str, after: list[str]) -> str:
    """Sentences in order, between an opener and a closer."""
    rng = draft.rng
    gap = rng.choice((". ", ". ", ". ", "; ", ", ", " - ", ".\n")) if not main.endswith(("?", "!")) else " "
    text = main.rstrip(".") if main.endswith(".") else main
    for extra in after:
        text += ("\n" if "\n" in text and gap != " " else gap) + extra
    for extra in before:
        text = extra + rng.choice((". ", ". ", "; ", ", so ", ": ", " - ", ", ", ".\n")) + text
    if draft.chance(0.22):
        text = draft.say(rng.choice(clauses.OPENERS)).strip().replace(" ,", ",") + " " + text
    if draft.chance(0.2):
        closer = draft.say(rng.choice(clauses.CLOSERS))
        text += (" " if text.endswith("?") else rng.choice((". ", ", ", ". ", " - ", "\n", " "))) + closer
    ends = text.endswith(("?", "!", ")", ":)")) or main.endswith("\n")
    if not ends and draft.chance(0.5):
        text += "." if main.endswith(".") else rng.choice(("", "", ".", "!"))
    elif text.endswith("?") and draft.chance(0.2):
        text = text[:-1] + rng.choice(("", ".", "??"))
    return text


def word(intents: Sequence[Intent], scope: Scope, keep_alias: bool, rng: random.Random, others: Others | None = None) -> Wording:
    """One instruction that asks for all intents, in the scope, with or without an alias."""
    others = others or Others()
    if rng.random() < BY_HAND:
        said = people(intents, scope, keep_alias, others, rng)
        if said is not None:
            return said
    places = list(range(len(intents)))
    if rng.random() < 0.3:
        rng.shuffle(places)
    draft = begin([intents[at] for at in places], rng, others)
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
    wording = finished(surface(text.strip(), rng), draft.speaker.targets, keep_alias)
    return Wording(wording.text, wording.marks, wording.stated, keep_alias, tuple(places[at] for at in wording.order))


def question_without_new(intent: Intent, rng: random.Random) -> Wording:
    """A wish for another name that does not say which."""
    draft = begin((intent,), rng)
    core = several.one(draft.speaker, rng.choice(frames.WITHOUT_NEW), 0, frozenset())
    after: list[str] = []
    if draft.chance(0.15):
        core += " " + draft.say(rng.choice(scopes.WIDE))
    if draft.chance(0.3):
        after.append(draft.say(rng.choice([form for form in clauses.REASONS if "{n}" not in form])))
    text = _assembled(draft, [], core, after)
    return finished(surface(text.strip(), rng), draft.speaker.targets, False)
