"""Requests of every kind, as people would write them, with the words that stand for each field of the plan.

A line of `phrases/actions/<action>.txt` is `FLAGS | TEXT`, with `[a|b]` for alternatives, ⏎ for a line break, and slots:
{o} what it is done to, pointed at     {b} its bare name, or names     {k} its kind     {F} its file     {O} its owner
{n} the new name     {t} where it goes, or what takes its place     {p} the parameters that are listed
{d} {D} {x} a name, a class and a file of the repository, in passing
FLAGS says when a line fits: `one` or `many` targets, `module` or `code`, `new`, `to`, `exception`, kinds of definitions.
What a request has besides (type, default, values at calls, keyword-only, effect) is added from `phrases/actions/tails.txt`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from engine.plan import Action, Calls
from engine.train import wording_clauses as clauses
from engine.train.wording_draft import Draft
from engine.train.wording_grammar import expand, guarded, marked
from engine.train.wording_mentions import Intent, noun, package_parts, plural

_FOLDER = Path(__file__).parent / "phrases" / "actions"
_SLOT = re.compile(r"\{(\w+)\}")
_SPOKEN_TYPES = {
    "int": ("an int", "an integer", "int", "an `int`"), "str": ("a str", "a string", "str", "text"), "bool": ("a bool", "a boolean", "bool", "boolean"),
    "float": ("a float", "float"), "dict": ("a dict", "a dictionary"), "list": ("a list",), "bytes": ("bytes",), "list[str]": ("a list of strings",),
}  # fmt: skip
_SPOKEN_VALUES = {
    "None": ("None", "nothing", "none"), "True": ("True", "true", "on"), "False": ("False", "false", "off"), "[]": ("an empty list", "[]"),
    "{}": ("an empty dict", "{}"), "''": ("''", "an empty string"), '""': ('""', "an empty string"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing to ask for."""

    action: Action
    targets: tuple[Intent, ...]
    new: str = ""
    to: str = ""
    """A path of a module, a class, or what takes the place of the target."""
    type: str = ""
    default: str = ""
    values: Mapping[Calls, str] = field(default_factory=dict)
    keyword: bool = False
    parameters: tuple[str, ...] = ()
    effect: str = ""
    described: tuple[str, str] | None = None
    """What stands for the targets instead of their names: `all the`, `private helpers`."""


@dataclass(frozen=True, slots=True)
class Line:
    flags: frozenset[str]
    text: str
    slots: frozenset[str]


@cache
def lines_of(name: str) -> tuple[Line, ...]:
    """The requests of one file."""
    found = []
    for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            flags, text = line.split("|", 1)
            text = text.strip()
            found.append(Line(frozenset(flags.replace(",", " ").split()), text, frozenset(_SLOT.findall(text))))
    return tuple(found)


def traits(wish: Wish) -> frozenset[str]:
    """What a line can ask of a wish."""
    kinds = {target.kind.value for target in wish.targets}
    is_file = bool(kinds & {"module", "package"})
    found = {"many" if len(wish.targets) > 1 else "one", "module" if is_file else "code", *kinds}
    found |= {"new"} if wish.new and wish.action in (Action.FUNCTION, Action.METHOD) else {"same"}
    found |= {"to"} if wish.to else {"nowhere"}
    found |= {"folder"} if wish.to.endswith("/") else set()
    found |= {"exception"} if all(target.is_exception for target in wish.targets) else set()
    found |= {"owned"} if all(target.owner for target in wish.targets) else set()
    return frozenset(found)


def fitting(wish: Wish) -> list[Line]:
    """The lines that can ask for a wish."""
    known = traits(wish)
    needed = set()
    if wish.to and wish.action not in (Action.MOVE, Action.METHOD, Action.REPLACE):
        needed.add("t")
    if wish.new and wish.action in (Action.FUNCTION, Action.METHOD):
        needed.add("n")
    name = wish.action.name.lower()
    return [line for line in lines_of(name) if line.flags <= known and needed <= line.slots and ("O" not in line.slots or "owned" in known)]


@dataclass(slots=True)
class Speech:
    """One text in the making."""

    draft: Draft
    wishes: Sequence[Wish]
    rng: random.Random
    first: dict[int, int]
    """Flat number of the first target of each wish."""
    said: set[int] = field(default_factory=set)
    """Wishes whose targets were mentioned."""

    def clause(self, number: int, line: Line, pronoun: bool) -> str:
        """One request; its action is marked where it begins."""
        wish = self.wishes[number]
        if pronoun:
            self.said.discard(number)

        def target(bare: bool) -> str:
            if pronoun and "o" in line.slots:
                return self.rng.choice(("it", "it", "it", "that one", f"the {noun(wish.targets[0], self.rng)}", "the same one", "this"))
            return self.targets(number, bare)

        slots: dict[str, Callable[[], str]] = {
            "o": lambda: target(False),
            "b": lambda: target(True),
            "k": lambda: self.kind(number),
            "F": lambda: self.draft.speaker.place(wish.targets[0].path),
            "O": lambda: self.draft.speaker.owner(wish.targets[0].owner),
            "n": lambda: self.draft.speaker.quoted(marked(f"NEW_{number}", wish.new)),
            "t": lambda: self.destination(number),
            "p": lambda: self.listed([marked(f"PARAM_{number}", name) for name in wish.parameters]),
            "d": self.draft.other,
            "D": self.draft.other,
            "x": lambda: self.draft.speaker.code(self.rng.choice(self.draft.others.files or ("core.py",))),
        }
        text = expand(line.text, clauses.RULES, slots, self.rng)
        for fact, slot in (("kind", "k"), ("owner", "O"), ("path", "F")):
            if slot in line.slots and len(wish.targets) == 1:
                self.draft.speaker.targets[self.first[number]].facts.add(fact)
        return marked(f"ACT_{number}", "") + re.sub(r" *⏎ *", "\n", text)

    def say(self, forms: Sequence[str], **extra: Callable[[], str]) -> str:
        """One of some sentences around the requests; one with a new name only where there is one."""
        named = [number for number, wish in enumerate(self.wishes) if wish.new]
        fitting = [form for form in forms if named or "{n}" not in form]
        number = self.rng.choice(named) if named else 0
        new = self.draft.speaker.quoted(marked(f"NEW_{number}", self.wishes[number].new)) if named else ""
        return self.draft.say(self.rng.choice(fitting), n=new.__str__, **extra)

    def targets(self, number: int, bare: bool) -> str:
        """The targets of a wish: one is pointed at, several are listed."""
        self.said.add(number)
        start, count = self.first[number], len(self.wishes[number].targets)
        described = self.wishes[number].described
        if described is not None:
            return self.description(number, *described)
        if count == 1:
            return self.draft.speaker.name(start) if bare and self.draft.speaker.targets[start].by else self.draft.speaker.old(start, bare=bare)
        owners = {target.owner for target in self.wishes[number].targets}
        drop = frozenset({"owner", "path", "kind"}) if len(owners) == 1 else frozenset({"path", "kind"})
        for at in range(start, start + count):
            self.draft.speaker.targets[at].by = ""
        text = self.listed([self.draft.speaker.old(at, bare=True, drop=drop) for at in range(start, start + count)])
        shared = self.wishes[number].targets[0]
        if bare or self.rng.random() < 0.5:
            return text
        if shared.owner and len(owners) == 1 and self.rng.random() < 0.7:
            for at in range(start, start + count):
                self.draft.speaker.targets[at].facts.add("owner")
            return f"{text} {self.rng.choice(('of', 'in', 'on'))} {self.draft.speaker.owner(shared.owner)}"
        for at in range(start, start + count):
            self.draft.speaker.targets[at].facts.add("path")
        head = self.rng.choice(("", "", f"the {plural(noun(shared, self.rng))} ", "both " if count == 2 else ""))
        if head.startswith("the") and len({target.kind for target in self.wishes[number].targets}) > 1:
            head = ""
        return f"{head}{text} {self.rng.choice(('from', 'in', 'of', 'out of'))} {self.draft.speaker.place(shared.path)}"

    def description(self, number: int, before: str, words: str) -> str:
        """A set that is described, mostly with its place."""
        said = before + marked(f"OLD_{self.first[number]}", words)
        if self.rng.random() < 0.12:
            return said
        return f"{said} {self.rng.choice(('in', 'in', 'from', 'of', 'out of'))} {self.draft.speaker.place(self.wishes[number].targets[0].path)}"

    def listed(self, items: list[str]) -> str:
        """Items with commas and a last joint."""
        quoted = [self.draft.speaker.quoted(item) if "_" in item[:12] and item.startswith("\ue001PARAM") else item for item in items]
        if len(quoted) == 1:
            return quoted[0]
        joint = self.rng.choice((" and ", " and ", " and ", ", ", " & ", ", and ", " plus "))
        return ", ".join(quoted[:-1]) + joint + quoted[-1]

    def kind(self, number: int) -> str:
        wish = self.wishes[number]
        said = noun(wish.targets[0], self.rng)
        if len(wish.targets) == 1:
            self.draft.speaker.targets[self.first[number]].facts.add("kind")
        return plural(said) if len(wish.targets) > 1 else said

    def destination(self, number: int) -> str:
        """Where it goes; only the words that name it are marked."""
        wish, rng = self.wishes[number], self.rng

        def mark(text: str) -> str:
            return marked(f"TO_{number}", text)

        if wish.action is Action.METHOD:
            name = self.draft.speaker.quoted(mark(wish.to))
            return rng.choice((name, name, f"the {name} class", f"class {name}", f"the class {name}"))
        if wish.action is Action.REPLACE:
            return self.draft.speaker.quoted(mark(wish.to) + (guarded("()") if wish.to.islower() and rng.random() < 0.1 else ""))
        return self.module(wish.to, mark)

    def module(self, path: str, mark: Callable[[str], str]) -> str:
        """A module or a folder, as people write it."""
        rng, quoted = self.rng, self.draft.speaker.quoted
        if path.endswith("/"):
            bare = path.strip("/")
            last = bare.rpartition("/")[2]
            return rng.choice((quoted(mark(path)), quoted(mark(bare)) , f"the {quoted(mark(last))} folder", f"the {quoted(mark(last))} package", quoted(mark(path))))
        base = path.rpartition("/")[2]
        stem = base.removesuffix(".py")
        dotted = ".".join(package_parts(path))
        if stem == "__init__":
            return rng.choice((quoted(mark(path)), quoted(mark(path))))
        form, name = rng.choice((*((("{}", path),) * 3), *((("{}", base),) * 2), *((("{}", dotted),) * 2), *(
            ("the {} module", stem), ("a module called {}", stem), ("a new module {}", base), ("the file {}", path), ("module {}", dotted), ("{}", stem),
            ("its own module {}", base), ("a file of its own, {}", path), ("a separate module, {}", base),
        )))  # fmt: skip
        return form.format(quoted(mark(name)))

    def tails(self, number: int) -> str:
        """What an added parameter has besides its name."""
        wish, rng = self.wishes[number], self.rng
        if wish.action is not Action.ADD:
            return ""
        said: list[tuple[str, str, str]] = []
        if wish.type:
            said.append(("type", "TYPE", self.spoken(wish.type, _SPOKEN_TYPES)))
        if wish.default:
            said.append(("default", "DEFAULT", self.spoken(wish.default, _SPOKEN_VALUES)))
        for calls, name, label in ((Calls.CODE, "value", "VALUE"), (Calls.TESTS, "tests", "TESTVALUE"), (Calls.RECURSIVE, "self", "SELFVALUE")):
            if calls in wish.values:
                said.append((name, label, self.spoken(wish.values[calls], _SPOKEN_VALUES)))
        if wish.keyword:
            said.append(("keyword", "", ""))
        if wish.effect:
            said.append(("effect", "EFFECT", wish.effect))
        parts = []
        both = {name: (label, text) for name, label, text in said if name in ("type", "default")}
        if len(both) == 2 and rng.random() < 0.6:
            parts.append(self._tail({"type", "default"}, ty=partial(self.field, number, *both["type"]), de=partial(self.field, number, *both["default"])))
            said = [item for item in said if item[0] not in both]
        parts += [self._tail({name}, v=partial(self.field, number, label, text)) for name, label, text in said]
        out = ""
        for part in parts:
            out += part if part[0] in ",:;(" or part.startswith(" -") else rng.choice((", ", ", ", " ", "; ", ". ", " - ")) + part
        return out

    def _tail(self, flags: set[str], **slots: Callable[[], str]) -> str:
        line = self.rng.choice([line for line in lines_of("tails") if line.flags == flags])
        return expand(line.text, clauses.RULES, slots, self.rng)

    def field(self, number: int, label: str, text: str) -> str:
        """A value as code or in words; an article stays outside of the mark."""
        article, _, rest = text.partition(" ")
        if article in ("a", "an") and rest:
            core = rest.strip("`")
            return f"{article} {self.draft.speaker.quoted(marked(f'{label}_{number}', core)) if '`' in rest else marked(f'{label}_{number}', core)}"
        if label == "EFFECT":
            return marked(f"{label}_{number}", text)
        return self.draft.speaker.quoted(marked(f"{label}_{number}", text))

    def spoken(self, code: str, words: Mapping[str, tuple[str, ...]]) -> str:
        return self.rng.choice(words[code]) if code in words and self.rng.random() < 0.6 else code
