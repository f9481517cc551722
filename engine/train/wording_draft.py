"""One instruction in the making: who speaks, what stands in the repository around it, and the finished text with its marks."""
from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.evidence.entities import Kind
from engine.plan import Action
from engine.train import wording_clauses as clauses
from engine.train.wording_grammar import Mark, expand, guarded, marked, strip
from engine.train.wording_mentions import QUOTES, Intent, Speaker, Target


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the rename is wanted."""

    only: tuple[str, ...] = ()
    # Each is tests, docs, comments, strings or a path.
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Homonym:
    """Another thing of the repository that is called like the first target, and is not meant."""

    kind: Kind
    name: str
    owner: str
    path: str


@dataclass(frozen=True, slots=True)
class Others:
    """What else the repository holds, to be mentioned in passing; nothing of it has an old or a new name."""

    names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    homonyms: tuple[Homonym, ...] = ()


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
    excluded: tuple[Homonym, ...] = ()
    # Homonyms that the text says are not meant.
    actions: tuple[Action, ...] = ()
    # What is asked for, by number; nothing for a text that only renames.
    targets: tuple[tuple[Stated, ...], ...] = ()
    # By number: how each target of the wish was mentioned, in the order of the wish.
    again: tuple[bool, ...] = ()
    # By number: whether its targets are those of the number before, without marks of their own.
    keyword: tuple[bool, ...] = ()
    # By number: whether the text says that the parameter is keyword-only.
    manner: tuple[str, ...] = ()
    # By number: how a new order is said: "" in full, "swap", "first" or "last" where only parameters that change places are named.


PLACE_WORDS = {
    "tests": ("tests", "tests", "tests", "test suite", "test files", "unit tests", "test code", "test cases", "test modules"),
    "docs": ("docs", "docs", "docs", "documentation", "documentation", "documentation files", "doc files", "doc pages", "manual"),
    "comments": ("comments", "comments", "comments", "code comments", "inline comments", "source comments"),
    "strings": ("strings", "strings", "string literals", "string literals", "string constants", "literals", "quoted strings"),
}
_FAKE_VERBS = ("get", "load", "make", "parse", "build", "read", "find", "send", "open", "fetch", "create", "check", "resolve", "emit")
_FAKE_NOUNS = ("config", "user", "item", "session", "record", "path", "token", "header", "cache", "node", "state", "index", "event", "result")


@dataclass(slots=True)
class Draft:
    """One text in the making: its speaker and the slots of every clause."""

    speaker: Speaker
    rng: random.Random
    others: Others = Others()

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def other(self) -> str:
        """A name that has nothing to do with the request: one of the repository, or an invented one."""
        if self.others.names and self.chance(0.6):
            return self.speaker.code(self.rng.choice(self.others.names))
        return self.speaker.code(self.invented())

    def invented(self) -> str:
        verb, thing = self.rng.choice(_FAKE_VERBS), self.rng.choice(_FAKE_NOUNS)
        return self.rng.choice((f"{verb}_{thing}", f"{verb}_{thing}", f"{thing}_{verb}er", f"{thing.title()}.{verb}", thing.title(), f"{verb}_{thing}()"))

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
                said = self.speaker.quoted(marked(label, stem))
                return rng.choice((f"the {said} module", f"the {said} file", f"module {said}"))
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


def finished(text: str, targets: Sequence[Target], keep_alias: bool) -> Wording:
    """Marks turned into offsets and numbered by first mention."""
    plain, marks = strip(text)
    order = tuple(dict.fromkeys(int(mark.label.rpartition("_")[2]) for mark in marks if "_" in mark.label))
    number = {index: at + 1 for at, index in enumerate(order)}
    relabelled = []
    for mark in marks:
        name, _, index = mark.label.partition("_")
        relabelled.append(Mark(mark.start, mark.end, f"{name}_{number[int(index)]}" if index else name))
    stated = tuple(Stated(targets[at].by, *(fact in targets[at].facts for fact in ("kind", "owner", "path"))) for at in order)
    return Wording(plain, tuple(relabelled), stated, keep_alias, order)


def begin(intents: Sequence[Intent], rng: random.Random, others: Others | None = None) -> Draft:
    return Draft(Speaker([Target(intent) for intent in intents], rng, rng.choice(QUOTES)), rng, others or Others())
