"""Whole requests for every action, written by hand in `phrases/actions/`: what a line may say, and which lines fit some wishes.

A file is named after its action, up to the first underscore (`move_modules.txt`); `joined.txt` and `incomplete.txt` hold requests whose flags name
their actions. A line is `KINDS | FLAGS | TEXT`, as in `wording_people`. KINDS: which targets it suits, or `any`; in joined requests a list for every
wish, separated by `+`, where they differ. TEXT: `[a|b]` alternatives, ⏎ a line break, ‹...› a part that is said only where the wish has
everything that its slots name, and slots:
{o} the targets, pointed at in full     {b} their bare names     {u} {ub} the second target (flag `pair`; {o} is then the first)
{each} the targets as a list with bullets, on lines of its own     {k} the kind ({k}s its plural)     {O} owner     {F} file     {w} name in plain words
{n} what is new: a name, the parameter that is added, the class that is made     {nw} the same as plain words
{t} the destination as a noun phrase     {tp} its path     {td} dotted     {ts} the name of the module alone     {C} class it goes into     {Cf} the file of that class
{s} the substitute of a replacement
{type} {atype} type, without and with an article     {default} default, after "to" or "with"     {off} default, before "by default"
{v} {vt} {vs} what calls pass: all or the code's, the tests', recursive ones     {kw} nothing; the text around says keyword-only     {e} effect, a verb phrase without "to"
{p} parameters in a row     {pc} the same in code     {pa} {pb} the two that are swapped     {pm} the one that goes somewhere else     {pr} its new neighbour     {pl} where an added one goes: "right after x"
{d} {d2} {D} {x} {x2} names, a class and files in passing     {h} a namesake that stays     {P} places
2, 3 or 4 after a slot stands for that wish. FLAGS: `many` (several targets), `pair` (two), `both` (one or several); `fresh` and `existing` (the
destination is not there yet, or is), `merge` (a module into an existing one), `folder` (into a package); `swap`, `first`, `last`, `before`, `after` (how an order is said);
`same` (all wishes are about one thing), `its` (the second is about a parameter of the first's target); `alias`, `noalias`, `only`, `except`.
"""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from engine.evidence.entities import Kind
from engine.plan import Action, Calls, Order
from engine.train.wording_mentions import Intent

_FOLDER = Path(__file__).parent / "phrases" / "actions"
_SLOT = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"‹([^‹›]*)›")
ACTIONS = {
    "rename": Action.RENAME, "move": Action.MOVE, "delete": Action.DELETE, "replace": Action.REPLACE, "add": Action.ADD, "reorder": Action.REORDER,
    "keyword": Action.KEYWORD, "bundle": Action.BUNDLE, "function": Action.FUNCTION, "method": Action.METHOD, "group": Action.GROUP,
    "static": Action.STATIC, "classmethod": Action.CLASSMETHOD, "property": Action.PROPERTY,
}
ESSENTIAL: dict[Action, frozenset[str]] = {
    Action.RENAME: frozenset({"new"}), Action.MOVE: frozenset({"to"}), Action.REPLACE: frozenset({"to"}), Action.ADD: frozenset({"new"}),
    Action.REORDER: frozenset({"parameters"}), Action.KEYWORD: frozenset({"parameters"}), Action.BUNDLE: frozenset({"new", "parameters"}),
    Action.METHOD: frozenset({"to"}), Action.GROUP: frozenset({"new"}),
}
"""What a request must say itself; the rest can follow in a sentence of its own."""
_FIELD = {
    **dict.fromkeys(("n", "nw"), "new"), **dict.fromkeys(("t", "tp", "td", "ts", "C", "Cf", "s"), "to"), **dict.fromkeys(("type", "atype"), "type"),
    **dict.fromkeys(("default", "off"), "default"), "v": "code", "vt": "tests", "vs": "recursive", "kw": "keyword", "e": "effect",
    **dict.fromkeys(("p", "pc", "pa", "pb", "pm", "pr"), "parameters"),
    "pl": "place",
}
_NAMING = frozenset({"each", "u", "ub", "w", "k", "O", "F"})
"""Slots that a set which is only described has nothing for."""
_WISH = re.compile(r"([A-Za-z]+?)([2-4]?)$")


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that is asked for, as `engine.plan.Intent` has it, before it is put into words."""

    action: Action
    targets: tuple[Intent, ...]
    new: str = ""
    to: str = ""
    type: str = ""
    default: str = ""
    values: Mapping[Calls, str] = field(default_factory=dict)
    keyword: bool = False
    parameters: tuple[str, ...] = ()
    effect: str = ""
    fresh: bool = False
    """Whether the module `to` is not there yet."""
    signature: tuple[str, ...] = ()
    """All parameters as they stand (REORDER); without it a new order is said in full."""
    described: tuple[str, str] | None = None
    """What stands for the targets instead of their names: `all the`, `private helpers`."""
    order: Order = Order.WHOLE
    """Where an added parameter goes; `parameters` then has the one beside it."""

    @property
    def fields(self) -> frozenset[str]:
        """What there is to say about it."""
        said = {name for name in ("new", "to", "type", "default", "keyword", "parameters", "effect") if getattr(self, name)}
        if self.order is not Order.WHOLE:
            said = said - {"parameters"} | {"place"}
        return frozenset(said | {calls.value for calls, value in self.values.items() if value})

    def manner(self) -> frozenset[str]:
        """The short ways to say a new order."""
        old, new = self.signature, self.parameters
        if sorted(old) != sorted(new) or old == new:
            return frozenset()
        moved = [at for at, name in enumerate(new) if old[at] != name]
        ways = {"swap"} if len(moved) == 2 else set()
        ways |= {"first"} if new[1:] == tuple(name for name in old if name != new[0]) else set()
        ways |= {"last"} if new[:-1] == tuple(name for name in old if name != new[-1]) else set()
        return frozenset(ways | ({"before", "after"} if self.moved else set()))

    @property
    def moved(self) -> str:
        """The one parameter that a new order puts elsewhere; empty where it is more than one."""
        old, new = self.signature, self.parameters
        for name in new:
            if [other for other in old if other != name] == [other for other in new if other != name]:
                return name
        return ""


@dataclass(frozen=True, slots=True)
class Request:
    """One line of a file."""

    actions: tuple[Action, ...]
    kinds: tuple[frozenset[str], ...]
    flags: frozenset[str]
    text: str
    slots: frozenset[str]
    needs: frozenset[tuple[int, str]]
    """(wish, field) of every slot outside of optional parts."""
    says: frozenset[tuple[int, str]]
    """The same for all slots."""

    def fits(self, wishes: Sequence[Wish]) -> bool:
        """Whether it can be filled with the wishes, in their order, and leaves nothing essential out."""
        if self.actions != tuple(wish.action for wish in wishes):
            return False
        there = {(at, name) for at, wish in enumerate(wishes) for name in wish.fields}
        essential = {(at, name) for at, wish in enumerate(wishes) for name in ESSENTIAL.get(wish.action, ())}
        return self.needs <= there and essential <= self.says and self.suits(wishes)

    def suits(self, wishes: Sequence[Wish]) -> bool:
        """Whether what it says of targets and destinations holds."""
        first = wishes[0]
        if "same" in self.flags and any(wish.targets != first.targets for wish in wishes):
            return False
        if "its" in self.flags and not _owns(first, wishes[1]):
            return False
        if ("same" in self.flags or "its" in self.flags) is not (len(wishes) > 1 and (wishes[0].targets == wishes[1].targets or _owns(*wishes[:2]))):
            return False
        return all(self._suits(at, wish) for at, wish in enumerate(wishes)) and self._place_suits(first)

    def _suits(self, at: int, wish: Wish) -> bool:
        kinds = self.kinds[min(at, len(self.kinds) - 1)]
        count = len(wish.targets)
        wanted = count == 2 if "pair" in self.flags else count > 1 if "many" in self.flags else count >= 1 if "both" in self.flags else count == 1
        number = str(at + 1) if at else ""
        said = {kind_of(target) for target in wish.targets}
        if wish.described is not None and (_NAMING & {slot.rstrip("234") for slot in self.slots} or "pair" in self.flags):
            return False
        if not wanted or not ("any" in kinds or said <= kinds):
            return False
        if "O" + number in self.slots and len({target.owner for target in wish.targets} | {""}) != 2:
            return False
        if "k" + number in self.slots and len(said) > 1:
            return False
        if "{b" + number + "}.py" in self.text and not all(target.path.endswith(".py") for target in wish.targets):
            return False
        modules = any(target.kind in (Kind.MODULE, Kind.PACKAGE) for target in wish.targets)
        if "F" + number in self.slots and (modules or len({target.path for target in wish.targets}) > 1):
            return False
        return not any(slot + number in self.slots for slot in ("ts", "td")) or not wish.to or wish.to.endswith((".py", "/")) and not wish.to.endswith("__init__.py")

    def _place_suits(self, wish: Wish) -> bool:
        flags = self.flags
        folder, modules = wish.to.endswith("/"), any(target.kind in (Kind.MODULE, Kind.PACKAGE) for target in wish.targets)
        if wish.action is Action.MOVE and (("folder" in flags) is not folder or folder and wish.fresh and "existing" in flags):
            return False
        if "fresh" in flags and not wish.fresh or "existing" in flags and wish.fresh:
            return False
        if "merge" in flags and (wish.fresh or not modules):
            return False
        if wish.action is Action.MOVE and wish.to and modules and not folder and not wish.fresh and "merge" not in flags and len(self.actions) == 1:
            return False
        short = flags & {"swap", "first", "last", "before", "after"}
        if short & {"before", "after"} and (wish.parameters[-1] == wish.moved and "before" in short or wish.parameters[0] == wish.moved and "after" in short):
            return False
        return short <= wish.manner() if short else True


def kind_of(target: Intent) -> str:
    """The kind that files of requests know it by."""
    return "exception" if target.is_exception else target.kind.value


def _owns(wish: Wish, other: Wish) -> bool:
    """Whether the other wish is about a parameter of this one's only target."""
    target = wish.targets[0]
    name = f"{target.owner}.{target.name}" if target.owner else target.name
    return len(wish.targets) == 1 and all(t.kind is Kind.PARAMETER and t.owner == name and t.path == target.path for t in other.targets)


def _fields(text: str) -> frozenset[tuple[int, str]]:
    found = (_WISH.match(slot) for slot in _SLOT.findall(text))
    return frozenset((int(match[2] or 1) - 1, _FIELD[match[1]]) for match in found if match and match[1] in _FIELD)


def parsed(line: str, stem: str) -> Request:
    """One line of the file of that name."""
    kinds, flags, text = (part.strip() for part in line.split("|", 2))
    words = flags.split()
    listed = tuple(ACTIONS[word] for word in words if word in ACTIONS)
    actions = listed if stem in ("joined", "incomplete") else (ACTIONS[stem],)
    rest = frozenset(word for word in words if word not in ACTIONS)
    groups = tuple(frozenset(kind.strip() for kind in group.split(",")) for group in kinds.split("+"))
    return Request(actions, groups, rest, text, frozenset(_SLOT.findall(text)), _fields(_OPTIONAL.sub("", text)), _fields(text))


@cache
def requests(stem: str = "") -> tuple[Request, ...]:
    """All requests that ask for something in full, in the order of their files; or those of the file `incomplete` or `joined`."""
    out: list[Request] = []
    for path in sorted(_FOLDER.glob("*.txt")):
        own = path.stem.partition("_")[0]
        if own == stem or not stem and own not in ("incomplete", "joined"):
            out.extend(parsed(line, own) for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return tuple(out)


@cache
def asking(actions: tuple[Action, ...], stem: str = "") -> tuple[Request, ...]:
    """Those that ask for these actions."""
    return tuple(found for found in requests(stem) if found.actions == actions)


def without_optional(text: str, available: frozenset[tuple[int, str]]) -> str:
    """The text with its optional parts said or left out."""
    return _OPTIONAL.sub(lambda part: part[1] if _fields(part[1]) <= available else "", text)
