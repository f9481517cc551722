"""ADD: a new parameter for a function, its overrides, overloads and stubs, and what its calls pass for it."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Sequence
from dataclasses import dataclass

from engine.actions.arguments import insert, of_call
from engine.actions.base import Asked, Refused, Rewritten
from engine.actions.calls import Site
from engine.actions.docstrings import add_entry
from engine.actions.functions import Definition, Definitions, Kind, Parameter, definitions
from engine.actions.signatures import Signatures, inner_scope
from engine.plan import Calls, Intent

_WHERE = {Calls.CODE: "outside the tests", Calls.TESTS: "in tests", Calls.RECURSIVE: "inside the function itself"}


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a parameter goes in one signature."""

    index: int
    """In front of this member of the list."""
    kind: Kind
    star: bool = False
    """Whether a bare `*` has to come before it."""
    position: int = -1
    """Its number among the positional parameters; -1 for keyword-only ones."""
    shifts: bool = False
    """Whether positional parameters follow it."""


def slot_in(signature: Sequence[Parameter], length: int, is_keyword: bool, has_default: bool) -> Slot:
    """Behind the other parameters where that is valid; length: members of the list, bare `*` and `/` included."""
    options = next((item.index for item in signature if item.kind is Kind.OPTIONS), length)
    plain = [item for item in signature if item.kind in (Kind.POSITIONAL, Kind.PLAIN)]
    if any(item.kind in (Kind.REST, Kind.KEYWORD) for item in signature):
        return Slot(options, Kind.KEYWORD)
    if is_keyword:
        return Slot(options, Kind.KEYWORD, star=True)
    first = next((i for i, item in enumerate(plain) if item.has_default), len(plain))
    if has_default or first == len(plain):
        return Slot(options, Kind.PLAIN, position=len(plain))
    return Slot(plain[first].index, plain[first].kind, position=first, shifts=True)


def problem_with(intent: Intent) -> str:
    """Why the request can't be carried out as it is said; empty where it can."""
    if not intent.new.isidentifier() or keyword.iskeyword(intent.new):
        return f"`{intent.new}` is no name for a parameter: choose another one."
    for code in (intent.type, intent.default, *intent.values.values()):
        try:
            ast.parse(code or "0", mode="eval")
        except SyntaxError:
            return f"`{code}` is no Python expression: say it as it has to stand in the code."
    return ""


class Adding(Signatures):
    """One parameter added."""

    def __init__(self, asked: Asked, found: Definitions) -> None:
        super().__init__(asked, found)
        self.slots: dict[Definition, Slot] = {}
        sites = [site for site in self.uses.sites if not site.is_super and not site.is_partial]
        self.is_positional = any(site.arguments for site in sites) and not any(site.node.keywords or site.has_star for site in sites)

    def sign(self) -> str:
        """All signatures; a sentence where one can't take it."""
        for item in self.found.functions:
            signature = item.parameters()
            if any(parameter.name == self.intent.new for parameter in signature):
                if item in self.primary:
                    return f"{item.qualname} already has a parameter {self.intent.new}: choose another name."
                continue
            if item not in self.primary and self.hands_on(item):
                self.notes.append(f"{item.qualname} ({item.path}) hands {self.intent.new} on through **kwargs and stays as it is.")
                continue
            scope = inner_scope(item)
            if scope is not None and self.intent.new in scope.bindings:
                return (
                    f"{item.qualname} ({item.path}:{item.node.lineno}) already has a local variable {self.intent.new}: choose another name."
                )
            self._note_captured(item)
            self._sign(item, signature)
        return "" if self.slots else f"No signature among the places that are meant can take {self.intent.new}."

    def _note_captured(self, item: Definition) -> None:
        for node in ast.walk(item.node):
            if isinstance(node, ast.Name) and node.id == self.intent.new:
                self.notes.append(
                    f"{item.qualname} used {self.intent.new} from outside itself ({item.path}:{node.lineno}); there it is the parameter now."
                )
                return

    def _sign(self, item: Definition, signature: Sequence[Parameter]) -> None:
        listing, intent = item.listing, self.intent
        slot = slot_in(signature, len(listing.elements), intent.keyword, bool(intent.default))
        self.slots[item] = slot
        default = intent.default
        if default and item.is_sketch and "= ..." in item.module.text[listing.open : listing.close].replace("=...", "= ..."):
            default = "..."
        equals = " = " if intent.type else "="
        text = intent.new + (f": {intent.type}" if intent.type else "") + (equals + default if default else "")
        insert(self.sheets[item.path], listing, slot.index, *(["*"] if slot.star else []), text)
        self._document(item, signature, slot)

    def _document(self, item: Definition, signature: Sequence[Parameter], slot: Slot) -> None:
        order = [parameter.name for parameter in signature if parameter.index < slot.index]
        order = [*order, self.intent.new, *(parameter.name for parameter in signature if parameter.index >= slot.index)]
        kind = self.intent.type or _kind_of(self.intent.default)
        for node in (item.node, item.owner if item.node.name in ("__init__", "__new__") else None):
            if node is None:
                continue
            sheet = self.sheets[item.path]
            if add_entry(sheet, item.module, node, order, self.intent.new, kind, self.intent.default, self.intent.effect):
                return

    def call(self) -> str:
        """All calls; a sentence where one would be left without a value."""
        missing: dict[Calls, list[Site]] = {}
        for site in self.uses.sites:
            slot = self._slot_for(site)
            if slot is None or site.keyword(self.intent.new) is not None:
                continue
            value = self._value(site)
            if not value:
                if not self.intent.default and not site.is_partial and not (self.passes_on(site) and self.uses.home(site) is None):
                    missing.setdefault(self.uses.scope_of(site), []).append(site)
                continue
            if self.passes_on(site) and self.uses.home(site) is None:
                self.notes.append(f"{site.line} passes on what it is given, and now {self.intent.new} too if its caller does.")
                continue
            trouble = self._pass(site, slot, value)
            if trouble:
                return trouble
        for calls, sites in missing.items():
            count = f"{len(sites)} calls" if len(sites) > 1 else "a call"
            return (
                f"{self.intent.new} would have no default, and {count} {_WHERE[calls]} (first: {sites[0].line}) would pass nothing for it: "
                "say a default, or what these calls are to pass."
            )
        return self._refer()

    def _slot_for(self, site: Site) -> Slot | None:
        """The new parameter of the function that a call reaches."""
        item = self.definition_for(site)
        return self.slots.get(item) if item is not None else None

    def _value(self, site: Site) -> str:
        """What a call passes, as code; empty for nothing."""
        home, values = self.uses.home(site), self.intent.values
        upward = site.is_super or site.is_of_base(home)
        if home is not None and home in self.slots and (upward or not values.get(Calls.RECURSIVE)):
            # An override hands it to what it overrides, and a function to itself where others pass a value too.
            needed = upward or not self.intent.default or bool(values.get(Calls.CODE))
            return self.intent.new if needed else ""
        return values.get(self.uses.scope_of(site), "")

    def _pass(self, site: Site, slot: Slot, value: str) -> str:
        sheet, listing = self.sheets[site.path], of_call(site.module, site.node)
        shift = 1 if site.is_partial else 0
        at = slot.position - site.given
        count = len(site.arguments)
        if slot.shifts and site.has_star:
            return f"{site.line} spreads out its arguments, so that {self.intent.new} can't be put among them: say a default, or make it keyword-only."
        if slot.shifts and at < count:
            insert(sheet, listing, at + shift, value)
            return ""
        next_one = slot.position >= 0 and at == count and not site.node.keywords and not site.has_star and not site.is_partial
        if next_one and (self.is_positional or slot.kind is Kind.POSITIONAL):
            insert(sheet, listing, len(listing.elements), value)
            return ""
        spread = [i for i, item in enumerate(listing.elements) if isinstance(item.node, ast.keyword) and item.node.arg is None]
        insert(sheet, listing, spread[0] if spread else len(listing.elements), f"{self.intent.new}={value}")
        return ""

    def _refer(self) -> str:
        """Uses that call nothing."""
        classes = {item.node.name for item in self.found.classes}
        others = [item for item in self.uses.references if item.name not in classes]
        if self.intent.default:
            return ""
        for item in others:
            if item.is_decorator:
                return f"{item.line} decorates with {item.name}, which passes no {self.intent.new}: say a default."
        self.note_references(f"whoever calls it there has to pass {self.intent.new}")
        return ""


def _kind_of(default: str) -> str:
    """The type of a literal, for documentation."""
    try:
        value = ast.literal_eval(default)
    except (ValueError, SyntaxError):
        return ""
    return "" if value is None else type(value).__name__


def add(asked: Asked) -> Rewritten | Refused:
    """Add one parameter."""
    intent = asked.intent
    trouble = problem_with(intent)
    if trouble:
        return Refused(trouble)
    found = definitions(asked)
    if not found.functions and not found.classes:
        return Refused(f"No definition of {intent.target.name} is among the places that are meant, so nothing can take {intent.new}.")
    adding = Adding(asked, found)
    trouble = adding.sign() or adding.call()
    if trouble:
        return Refused(trouble)
    if intent.effect:
        adding.notes.append(f"{intent.new} is only passed through; what it is to do ({intent.effect}) is not written.")
    return adding.rewritten()
