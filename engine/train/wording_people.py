"""Whole requests, written by hand in `phrases/`, with the names of one request put in.

A line of these files is `KINDS | FLAGS | TEXT`. KINDS: which kinds of things it can rename, or `any`. FLAGS: `alias` or `noalias` where the
text says whether the old name stays, `only` or `except` where it names a place {P}, `two` where it renames two things. TEXT: with
`[a|b]` for alternatives, ⏎ for a line break, and slots:
{o} the old thing, pointed at in full     {b} its bare name     {k} its kind     {O} its owner     {F} its file     {n} the new name
{w} {nw} the old and the new name as plain words     {h} another thing of the same name, which stays
{d} {d2} {D} {x} {x2} names, a class and files of the repository, in passing     {P} the places of the scope
A 2 after o, b, k, O and n stands for the second thing.
"""
from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from engine.evidence.entities import Kind
from engine.train import wording_clauses as clauses
from engine.train import wording_scope as scopes
from engine.train.wording_draft import Draft, Others, Scope, Wording, begin, finished
from engine.train.wording_grammar import expand
from engine.train.wording_mentions import Intent
from engine.train.wording_noise import capitals, surface
from engine.train.wording_slots import Rendering

_FOLDER = Path(__file__).parent / "phrases"
_SLOT = re.compile(r"\{(\w+)\}")
_FEW = 6
"""Fitting requests below which others are taken and what they lack is added as a sentence."""
_KIND_SAID = {
    "function": r"functions?", "method": r"methods?", "class": r"class(?:es)?", "exception": r"exceptions?", "constant": r"constants?",
    "attribute": r"attributes?|fields?|property|self\.|instance variable", "parameter": r"parameters?|arguments?|keywords?|kwargs?|signature|\{O2?\}\(.*\{b2?\}",
    "module": r"module|file|\{b\}\.py|git mv", "package": r"package|pkg|folder|director(?:y|ies)|\{b\}/",
}
_OF_A_KIND = re.compile("|".join((*_KIND_SAID.values(), r"exports?|errors?|import|catch|raise|value|move|return|call(?!ed)|\\.py|overrid|inherit|subclass|type|ignore")), re.IGNORECASE)
# Words that tie a request for two things to the kinds it was written for.
_GREETING = re.compile(r"(?:hi|hey|hello|dear|good|yo|ok|oh|so|right|wait|hmm?|mm|sorry|thank|as|ah|minor|story|background)\b|[-*#1\"]|\w+!?[:(]|.*\n", re.IGNORECASE)
_STEMS = {"tests": "test", "docs": "doc", "comments": "comment", "strings": "string"}


@dataclass(frozen=True, slots=True)
class Template:
    """One request written by hand."""

    kinds: frozenset[str]
    # With "exception" beside the kinds of code; or just "any".
    flags: frozenset[str]
    text: str
    slots: frozenset[str]

    def suits(self, intent: Intent, number: int) -> bool:
        """Whether the thing has all that the text says of it."""
        kind = "exception" if intent.is_exception else intent.kind.value
        second = "2" if number else ""
        if "any" not in self.kinds and kind not in self.kinds:
            return False
        if "O" + second in self.slots and not intent.owner:
            return False
        if "{b" + second + "}.py" in self.text and not intent.path.endswith(".py"):
            return False
        return number > 0 or "F" not in self.slots or intent.kind not in (Kind.MODULE, Kind.PACKAGE)

    def says_kind(self, kind: str) -> bool:
        """Whether the text itself calls the thing by its only kind."""
        said = _KIND_SAID.get(kind, "")
        return self.kinds == {kind} and re.search(rf"(?<!\w)(?:{said})(?!\w)" if not said.startswith("{") else said, self.text, re.IGNORECASE) is not None


def parsed(line: str) -> Template:
    """One line of a file of phrases."""
    kinds, flags, text = (part.strip() for part in line.split("|", 2))
    slots = frozenset(_SLOT.findall(text))
    neutral = "two" in flags and not slots & {"O", "O2", "F", "k", "k2", "w", "nw"} and not _OF_A_KIND.search(text)
    return Template(frozenset({"any"} if neutral else (kind.strip() for kind in kinds.split(","))), frozenset(flags.split()), text, slots)


@cache
def templates() -> tuple[Template, ...]:
    """All requests, in the order of their files."""
    lines = [line for path in sorted(_FOLDER.glob("*.txt")) for line in path.read_text(encoding="utf-8").splitlines()]
    return tuple(parsed(line) for line in lines if line and not line.startswith("#"))


@cache
def _flagged(flags: frozenset[str], with_homonym: bool) -> tuple[Template, ...]:
    """Requests that ask for just this; those that refuse an alias ask for nothing else."""
    return tuple(t for t in templates() if t.flags - {"noalias"} == flags and ("h" in t.slots) is with_homonym)


def people(intents: Sequence[Intent], scope: Scope, keep_alias: bool, others: Others, rng: random.Random) -> Wording | None:
    """The intents in the words of a request written by hand, or nothing where none fits."""
    if not 1 <= len(intents) <= 2 or scope.only and scope.exclude:
        return None
    needs = {flag for flag, asked in (("alias", keep_alias), ("only", scope.only), ("except", scope.exclude)) if asked}
    base = frozenset({"two"} if len(intents) == 2 else ())
    homonym = bool(others.homonyms) and rng.random() < 0.5
    fitting = _fitting(intents, scope, base | needs, homonym)
    if not fitting and homonym:
        homonym = False
        fitting = _fitting(intents, scope, base | needs, homonym)
    missing: set[str] = set()
    if needs and (len(fitting) < _FEW or rng.random() < 0.15):
        plain = [t for t in _fitting(intents, scope, base, homonym) if not (keep_alias and "noalias" in t.flags)]
        if plain and (len(fitting) < _FEW and rng.random() < len(plain) / (len(plain) + 4 * len(fitting)) or rng.random() < 0.5):
            fitting, missing = plain, needs
    if not fitting:
        return None
    return rendered(rng.choice(fitting), intents, scope, keep_alias, others, rng, frozenset(missing))


def _fitting(intents: Sequence[Intent], scope: Scope, flags: frozenset[str], homonym: bool) -> list[Template]:
    stems = [_STEMS[place] for place in (*scope.only, *scope.exclude) if place in _STEMS]
    return [
        t for t in _flagged(flags, homonym)
        if all(t.suits(intent, number) for number, intent in enumerate(intents)) and not any(stem in t.text.lower() for stem in stems)
    ]


def rendered(
    template: Template, intents: Sequence[Intent], scope: Scope, keep_alias: bool, others: Others, rng: random.Random,
    missing: frozenset[str] = frozenset(),
) -> Wording:
    """One request with the names put in; what it doesn't say itself is added in a sentence."""
    draft = begin(intents, rng, others)
    for target in draft.speaker.targets:
        if template.says_kind("exception" if target.intent.is_exception else target.intent.kind.value):
            target.facts.add("kind")
    flat = expand(template.text, {}, {slot: ("{" + slot + "}").__str__ for slot in template.slots}, rng)
    flat = re.sub(r" *\n *", "\n", flat)
    rendering = Rendering(draft, flat, template.slots, scope)
    text = rendering.text()
    rendering.settle()
    text = _added(draft, text, scope, missing)
    text = _framed(draft, flat, text, bool(missing))
    if draft.chance(0.5):
        text = surface(text, rng)
    elif not flat[:1].islower() or draft.chance(0.2):
        text = capitals(text)
    return replace(finished(text, draft.speaker.targets, keep_alias), excluded=rendering.excluded())


def _joined(text: str, more: str, rng: random.Random) -> str:
    if "\n" in text:
        return text + "\n" + more
    return text + (" " if text.endswith((".", "?", "!", ")")) else rng.choice((". ", ". ", "; ", " - ", ", "))) + more


def _added(draft: Draft, text: str, scope: Scope, missing: frozenset[str]) -> str:
    """The text with a sentence for everything that is missing in it."""
    rng = draft.rng
    sentences = []
    if "only" in missing:
        sentences.append(draft.say(rng.choice(scopes.ONLY_SENTENCES), P=lambda: draft.places("ONLY", scope.only)))
    if "except" in missing:
        sentences.append(draft.say(rng.choice(scopes.EXCEPT_SENTENCES), P=lambda: draft.places("EXCEPT", scope.exclude)))
    if "alias" in missing:
        sentences.append(draft.say(rng.choice(clauses.ALIAS)))
    rng.shuffle(sentences)
    for sentence in sentences:
        text = _joined(text, sentence, rng)
    return text


def _framed(draft: Draft, flat: str, text: str, longer: bool) -> str:
    """Sometimes with a greeting or with thanks."""
    rng = draft.rng
    if draft.chance(0.12) and not _GREETING.match(flat) and not longer:
        first = text[:1].lower() + text[1:] if re.match(r"[A-Z][a-z]", flat) else text
        text = draft.say(rng.choice(clauses.OPENERS)).strip().replace(" ,", ",") + " " + first
    if draft.chance(0.13) and not re.search(r"thank|thx|cheers|\n|sorry|regards", text, re.IGNORECASE):
        text = _joined(text, draft.say(rng.choice(clauses.CLOSERS)), rng)
    return text
