"""ADD: a new parameter for a function, its overrides, overloads and stubs, and what its calls pass for it."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Sequence

from engine.actions.arguments import insert, of_call
from engine.actions.base import Asked, Refused, Rewritten
from engine.actions.calls import Site
from engine.actions.docstrings import add_entry
from engine.actions.fields import add_constructor, add_field, fields_of, scope_inside
from engine.actions.functions import ClassMeant, Definition, Definitions, Kind, Parameter, definitions, last_word
from engine.actions.needed import is_visible, names_in
from engine.actions.needs import postpones
from engine.actions.signatures import Signatures, inner_scope
from engine.actions.slots import Slot, slot_in, wanted_place
from engine.evidence import Module, Scope
from engine.evidence.expressions import strange_decorators
from engine.plan import Calls, Intent

_WHERE = {Calls.CODE: "outside the tests", Calls.TESTS: "in tests", Calls.RECURSIVE: "inside the function itself"}


def is_known(item: Definition, code: str) -> bool:
    """Whether all names of an annotation mean something where a function is defined."""
    return all(is_visible(item.scope, name.lstrip("'")) for name in names_in(code))


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

    def __init__(self, asked: Asked, found: Definitions, late: bool) -> None:
        super().__init__(asked, found)
        self.late = late
        """Whether modules are not to load each other for an annotation."""
        self.slots: dict[Definition, Slot] = {}
        self.classes: dict[str, Slot] = {}
        """Slots of classes whose constructor is made from fields."""
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
            if scope is not None and self.intent.new in scope.bindings and not self.asked.begun:
                return (
                    f"{item.qualname} ({item.path}:{item.node.lineno}) already has a local variable {self.intent.new}: choose another name."
                )
            if not self.asked.begun:
                self._note_captured(item)
            wanted = wanted_place(item, self.intent)
            if isinstance(wanted, str) and item not in self.primary:
                wanted = None
            trouble = wanted if isinstance(wanted, str) else self._provide(item.module, item.scope, typing_only=True)
            if trouble or isinstance(wanted, str):
                return trouble
            self._sign(item, signature, wanted)
        trouble = next((trouble for item in self.found.classes if not item.constructors and (trouble := self._extend(item))), "")
        if trouble:
            return trouble
        return "" if self.slots or self.classes else f"No signature among the places that are meant can take {self.intent.new}."

    def _provide(self, module: Module, scope: Scope, *, typing_only: bool) -> str:
        """Import what the annotation and the default are made of."""
        unknown = self.needed.use(module, scope, self.intent.type, typing_only=typing_only, late=self.late)
        unknown += self.needed.use(module, scope, self.intent.default)
        return f"{unknown[0]} is not known in {module.path} and nowhere in the project: say where it comes from." if unknown else ""

    def _extend(self, item: ClassMeant) -> str:
        """A class without a constructor of its own."""
        trouble = self._provide(item.module, scope_inside(item), typing_only=False)
        sheet = self.sheets[item.module.path]
        placed = add_field(sheet, self.needed, item, self.intent) if item.has_fields else add_constructor(sheet, item, self.intent)
        if trouble or isinstance(placed, str):
            return trouble or str(placed)
        kind = Kind.PLAIN if placed.position >= 0 else Kind.KEYWORD
        self.classes[item.node.name] = Slot(0, kind, position=placed.position, shifts=placed.shifts)
        order = [field.name for field in fields_of(item.node)]
        order.insert(placed.position - 1 if placed.shifts else len(order), self.intent.new)
        kind_name = self.intent.type or _kind_of(self.intent.default)
        add_entry(sheet, item.module, item.node, order, self.intent.new, kind_name, self.intent.default, self.intent.effect)
        return ""

    def _note_captured(self, item: Definition) -> None:
        for node in ast.walk(item.node):
            if isinstance(node, ast.Name) and node.id == self.intent.new:
                self.notes.append(
                    f"{item.qualname} used {self.intent.new} from outside itself ({item.path}:{node.lineno}); there it is the parameter now."
                )
                return

    def _sign(self, item: Definition, signature: Sequence[Parameter], wanted: int | None) -> None:
        listing, intent = item.listing, self.intent
        slot = slot_in(signature, len(listing.elements), intent.keyword, bool(intent.default), self.asked.begun, wanted)
        self.slots[item] = slot
        default = intent.default
        if default and item.is_sketch and "= ..." in item.module.text[listing.open : listing.close].replace("=...", "= ..."):
            default = "..."
        equals = " = " if intent.type else "="
        quotes = '"' if self.late and not postpones(item.module) and not is_known(item, intent.type) else ""
        text = intent.new + (f": {quotes}{intent.type}{quotes}" if intent.type else "") + (equals + default if default else "")
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
            value = self._value(site) or self._filler(site, slot)
            if not value:
                if not self.intent.default and not site.is_partial and not (self.passes_on(site) and self.uses.home(site) is None):
                    missing.setdefault(self.uses.scope_of(site), []).append(site)
                continue
            if self.passes_on(site) and self.uses.home(site) is None:
                self.notes.append(f"{site.line} passes on what it is given, and now {self.intent.new} too if its caller does.")
                continue
            trouble = self._pass(site, slot, value) or self._known(site, value)
            if trouble:
                return trouble
        for calls, sites in missing.items():
            count = f"{len(sites)} calls" if len(sites) > 1 else "a call"
            return (
                f"{self.intent.new} would have no default, and {count} {_WHERE[calls]} (first: {sites[0].line}) would pass nothing for it: "
                "say a default, or what these calls are to pass."
            )
        self._exemplify()
        return self._refer()

    def _exemplify(self) -> None:
        """Calls and signatures in documentation; examples pass what has no default."""
        for example in self.examples:
            slot = self._slot_for(example.site)
            if slot is None or example.site.keyword(self.intent.new) is not None:
                continue
            if example.is_directive:
                listing = of_call(example.site.module, example.site.node)
                text = self.intent.new + (f"={self.intent.default}" if self.intent.default else "")
                names = {element.node.arg for element in listing.elements if isinstance(element.node, ast.keyword)}
                if None not in names and not slot.shifts:
                    insert(self.sheets[example.site.path], listing, len(listing.elements), text)
            elif not self.intent.default and self.intent.values.get(Calls.CODE):
                self._pass(example.site, slot, self.intent.values[Calls.CODE])

    def _known(self, site: Site, value: str) -> str:
        """What a value is made of has to mean something where it is passed."""
        unknown = self.needed.use(site.module, site.scope, value, own={self.intent.new})
        return f"`{value}` means nothing at {site.line}, where {unknown[0]} is not known: say where it comes from." if unknown else ""

    def _slot_for(self, site: Site) -> Slot | None:
        """The new parameter of the function that a call reaches."""
        item = self.definition_for(site)
        return self.slots.get(item) if item is not None else self.classes.get(site.name)

    def _value(self, site: Site) -> str:
        """What a call passes, as code; empty for nothing."""
        home, values = self.uses.home(site), self.intent.values
        upward = site.is_super or site.is_of_base(home)
        if home is not None and home in self.slots and (upward or not values.get(Calls.RECURSIVE)):
            # An override hands it to what it overrides, and a function to itself where others pass a value too.
            needed = upward or not self.intent.default or bool(values.get(Calls.CODE))
            return self.intent.new if needed else ""
        return values.get(self.uses.scope_of(site), "")

    def _filler(self, site: Site, slot: Slot) -> str:
        """The default, where what a call passes by position would land in the new parameter."""
        is_reached = slot.shifts and (len(site.arguments) > slot.position - site.given or site.has_star)
        return self.intent.default if is_reached else ""

    def _pass(self, site: Site, slot: Slot, value: str) -> str:
        sheet, listing = self.sheets[site.path], of_call(site.module, site.node)
        shift = site.shift
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
        other = self.handed_on()
        if other is not None and not self.intent.default:
            how = "decorates with" if other.is_decorator else "hands on"
            return f"{other.line} {how} {other.name} without saying what is passed for {self.intent.new}: say a default."
        strange = [] if self.intent.default else [item for item in self.primary if strange_decorators(item.node)]
        if strange:
            return f"{strange[0].qualname} is decorated with {last_word(strange_decorators(strange[0].node)[0])}, which may call it without {self.intent.new}: say a default."
        self.note_unseen(f"there it gets no {self.intent.new}")
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
    done = _attempt(asked, found, late=False)
    if isinstance(done, Refused) and intent.type:
        # Modules may not be able to load each other for an annotation.
        again = _attempt(asked, found, late=True)
        return again if isinstance(again, Rewritten) else done
    return done


def _attempt(asked: Asked, found: Definitions, late: bool) -> Rewritten | Refused:
    adding = Adding(asked, found, late)
    trouble = ("" if asked.intent.default else adding.called_by_python()) or adding.sign() or adding.call()
    if trouble:
        return Refused(trouble)
    if asked.intent.effect:
        adding.notes.append(f"{asked.intent.new} is only passed through; what it is to do ({asked.intent.effect}) is not written.")
    return adding.rewritten()
