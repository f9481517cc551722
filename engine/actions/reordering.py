"""REORDER and KEYWORD: parameters in another order, or by keyword alone, with the calls that pass them by position."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from engine.actions.arguments import Member, arrange, of_call
from engine.actions.base import Asked, Refused, Rewritten
from engine.actions.calls import Site
from engine.actions.docstrings import reorder_entries
from engine.actions.functions import Definition, Kind, Parameter, definitions
from engine.actions.signatures import Signatures
from engine.plan import Order

_BY_POSITION = (Kind.POSITIONAL, Kind.PLAIN)


def permuted(names: Sequence[str], wanted: Sequence[str], order: Order = Order.WHOLE, bound: int = 0) -> list[str]:
    """Names in the order wanted; those that are not mentioned keep theirs, the first `bound` of them their place."""
    mentioned = [name for name in wanted if name in names]
    rest = [name for name in names if name not in mentioned]
    if order is Order.FIRST:
        held = [name for name in names[:bound] if name in rest]
        return [*held, *mentioned, *rest[len(held) :]]
    if order is Order.LAST:
        return [*rest, *mentioned]
    if order in (Order.BEFORE, Order.AFTER):
        if len(mentioned) < 2:
            return list(names)
        moved, anchor = mentioned[:2]
        others = [name for name in names if name != moved]
        at = others.index(anchor) + (order is Order.AFTER)
        return [*others[:at], moved, *others[at:]]
    if order is Order.SWAP:
        mentioned = [name for name in reversed(names) if name in mentioned]
    following = iter(mentioned)
    return [next(following) if name in mentioned else name for name in names]


class Rearranging(Signatures):
    """Calls follow signatures whose positional parameters are `after(signature)` now, and whose others go by keyword."""

    def after(self, item: Definition) -> list[Parameter]:
        """The positional parameters of a definition in their new order; those that are left out become keyword-only."""
        raise NotImplementedError

    def check(self) -> str:
        """Why it can't be done; empty where it can."""
        for item in self.primary:
            missing = [name for name in self.intent.parameters if name not in {parameter.name for parameter in item.parameters()}]
            if missing:
                return f"{item.qualname} has no parameter {missing[0]}: say which one you mean."
        return ""

    def changed(self, item: Definition) -> bool:
        """Whether a signature has to change."""
        return [parameter.name for parameter in self.after(item)] != [p.name for p in item.parameters() if p.kind in _BY_POSITION]

    def is_exposed(self) -> bool:
        """Whether callers that can't be seen would go wrong: they pass what has no default."""
        positional = [parameter for item in self.primary for parameter in item.asked_for() if parameter.kind in _BY_POSITION]
        return any(not parameter.has_default and parameter.name in self.intent.parameters for parameter in positional)

    def call_all(self) -> str:
        """All calls; a sentence where one can't be told."""
        for site in self.uses.inside_out:
            item = self.definition_for(site)
            trouble = self._call(site, item) if item is not None and self.changed(item) else ""
            if trouble:
                return trouble
        for example in self.examples:
            item = self.definition_for(example.site)
            if item is not None and self.changed(item) and not example.is_directive:
                # What can't be read as a call of it stays as it is.
                self._call(example.site, item)
        return ""

    def _call(self, site: Site, item: Definition) -> str:
        old = [parameter for parameter in item.parameters() if parameter.kind in _BY_POSITION][site.given :]
        new = self.after(item)[site.given :]
        if site.has_star:
            return self._spread(site, old, new)
        filled = site.filled(item.parameters())
        shift = site.shift
        given = {parameter.name: i + shift for i, parameter in enumerate(filled) if parameter is not None}
        beyond = [i + shift for i, parameter in enumerate(filled) if parameter is None]
        front: list[int] = []
        for parameter in new:
            if parameter.name not in given:
                break
            front.append(given.pop(parameter.name))
        trouble = next((name for name in given if any(p.name == name and p.kind is Kind.POSITIONAL for p in new)), "")
        if trouble or (beyond and given and self._loses_rest(new, given)):
            return f"{site.line} passes {trouble or next(iter(given))} by position, and it can't be passed by name there: change that call first."
        words = [(f"{p.name}=", given[p.name]) for p in old if p.name in given]
        listing = of_call(site.module, site.node)
        behind = [i for i, element in enumerate(listing.elements) if isinstance(element.node, ast.keyword)]
        members: list[Member] = [*range(shift), *front, *beyond, *words, *behind]
        if members != list(range(len(listing.elements))):
            arrange(self.sheets[site.path], listing, members)
        return ""

    @staticmethod
    def _loses_rest(new: Sequence[Parameter], given: dict[str, int]) -> bool:
        """Whether what goes into `*args` would land in a positional parameter that is passed by name."""
        return any(parameter.name in given for parameter in new)

    def _spread(self, site: Site, old: Sequence[Parameter], new: Sequence[Parameter]) -> str:
        first = next(i for i, item in enumerate(site.arguments) if isinstance(item, ast.Starred))
        if [parameter.name for parameter in old] == [parameter.name for parameter in new]:
            return ""
        if self.passes_on(site):
            self.notes.append(f"{site.line} hands on the arguments that it is given by position; look at its callers.")
            return ""
        return f"{site.line} spreads out its arguments (argument {first + 1}), whose order can't be changed there: pass them by name first."


class Reordering(Rearranging):
    """REORDER."""

    def after(self, item: Definition) -> list[Parameter]:
        """Positional-only parameters stay in front of the others."""
        signature = item.parameters()
        by_name = {parameter.name: parameter for parameter in signature}
        found: list[Parameter] = []
        for kind in _BY_POSITION:
            found += [by_name[name] for name in self._permuted(item, [p.name for p in signature if p.kind is kind])]
        return found

    def _permuted(self, item: Definition, names: Sequence[str]) -> list[str]:
        bound = {parameter.name for parameter in item.parameters()} - {parameter.name for parameter in item.asked_for()}
        return permuted(names, self.intent.parameters, self.intent.order, sum(name in bound for name in names))

    def sign(self) -> str:
        """All signatures; a sentence where the new order is not valid."""
        for item in self.found.functions:
            signature, after = item.parameters(), self.after(item)
            first = next((i for i, parameter in enumerate(after) if parameter.has_default), len(after))
            wrong = next((parameter.name for parameter in after[first:] if not parameter.has_default), "")
            if wrong:
                return f"{wrong} of {item.qualname} has no default and can't follow {after[first].name}, which has one: give it one, or make it keyword-only."
            positional = [p.name for p in signature if p.kind in _BY_POSITION]
            if item in self.primary and [p.name for p in after] != self._permuted(item, positional):
                return f"{item.qualname} takes some parameters by position alone, and these have to stay in front."
            words = self._permuted(item, [p.name for p in signature if p.kind is Kind.KEYWORD])
            by_name = {parameter.name: parameter.index for parameter in signature}
            old = [p.index for p in signature if p.kind in _BY_POSITION] + [p.index for p in signature if p.kind is Kind.KEYWORD]
            new = [parameter.index for parameter in after] + [by_name[name] for name in words]
            place = dict(zip(old, new, strict=True))
            listing = item.listing
            arrange(self.sheets[item.path], listing, [place.get(i, i) for i in range(len(listing.elements))])
            names = [parameter.name for parameter in after] + words
            holders = [item.node, *([item.owner] if item.node.name == "__init__" and item.owner is not None else [])]
            for node in holders:
                reorder_entries(self.sheets[item.path], item.module, node, [parameter.name for parameter in signature], names)
        return ""


class MakingKeyword(Rearranging):
    """KEYWORD."""

    def after(self, item: Definition) -> list[Parameter]:
        """What can still be passed by position."""
        return [p for p in item.parameters() if p.kind in _BY_POSITION and p.name not in self.intent.parameters]

    def sign(self) -> str:
        """All signatures."""
        for item in self.found.functions:
            if not self.changed(item):
                continue
            signature, listing = item.parameters(), item.listing
            if not item.is_static and signature and signature[0].name in self.intent.parameters:
                return f"{signature[0].name} of {item.qualname} is what it is called on and can't be passed by name."
            marks = {i: item.module.text[e.start : e.end] for i, e in enumerate(listing.elements) if e.node is None}
            moved = [p.index for p in signature if p.kind in _BY_POSITION and p.name in self.intent.parameters]
            kept = [parameter for parameter in self.after(item)]
            only = [parameter.index for parameter in kept if parameter.kind is Kind.POSITIONAL]
            members: list[Member] = [*only, *(i for i, mark in marks.items() if mark == "/" and only)]
            members += [parameter.index for parameter in kept if parameter.kind is Kind.PLAIN]
            stars = [p.index for p in signature if p.kind is Kind.REST] + [i for i, mark in marks.items() if mark == "*"]
            members += [*stars, *([] if stars else ["*"]), *moved]
            members += [parameter.index for parameter in signature if parameter.kind in (Kind.KEYWORD, Kind.OPTIONS)]
            arrange(self.sheets[item.path], listing, members)
        return ""


def _done(work: Reordering | MakingKeyword, remark: str) -> Rewritten | Refused:
    if not work.found.functions:
        return Refused(f"No signature of {work.intent.target.name} is among the places that are meant.")
    trouble = work.called_by_python() or work.check() or work.sign()
    if not trouble and not work.sheets.results():
        trouble = f"{work.intent.target.name} already is that way."
    trouble = trouble or work.call_all()
    if trouble:
        return Refused(trouble)
    other = work.handed_on()
    if other is not None and work.is_exposed():
        return Refused(
            f"{other.line} hands {other.name} on without calling it, so that its arguments can't be put right there: change that first."
        )
    work.note_unseen(remark)
    return work.rewritten()


def reorder(asked: Asked) -> Rewritten | Refused:
    """Parameters in another order."""
    return _done(Reordering(asked, definitions(asked)), "who calls it there may pass its arguments in the old order")


def make_keyword(asked: Asked) -> Rewritten | Refused:
    """Parameters by keyword alone."""
    return _done(MakingKeyword(asked, definitions(asked)), "who calls it there has to pass them by name")
