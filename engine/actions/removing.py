"""DELETE of parameters: from signatures and their overrides, from calls and from docstrings.

A body that does more with the parameter than hand it on to where it goes too reads its default from then on, if that is a literal
and no call passes anything else; otherwise it is not touched: that is the user's to decide.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from engine.actions.arguments import of_call, remove
from engine.actions.base import Asked, Refused, Rewritten
from engine.actions.bundle_class import default_of
from engine.actions.calls import Site
from engine.actions.docstrings import drop_entries
from engine.actions.functions import Definition, Kind, definitions
from engine.actions.signatures import Signatures, inner_scope, uses_of
from engine.evidence import Role
from engine.evidence.scopes import Bind
from engine.evidence.source import Module

_EFFECTS = (ast.Call, ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)


class Removing(Signatures):
    """Parameters taken out."""

    def gone_from(self, item: Definition) -> set[str]:
        """The parameters that a definition loses: those of the target with its name."""
        asked = {target.name for target in self.intent.targets if target.owner.rpartition(".")[2] == item.node.name}
        return asked & {parameter.name for parameter in item.parameters()}

    def calls(self) -> str:
        """All calls; a sentence where it can't be told what one passes."""
        for site in self.uses.inside_out:
            item = self.definition_for(site)
            trouble = self._call(site, item, self.gone_from(item)) if item is not None else ""
            if trouble:
                return trouble
        self._lone_keywords()
        for example in self.examples:
            item = self.definition_for(example.site)
            if item is not None and example.is_directive:
                self._directive(example.site, self.gone_from(item))
            elif item is not None:
                self._call(example.site, item, self.gone_from(item))
        return ""

    def _directive(self, site: Site, gone: Collection[str]) -> None:
        """A documented signature."""
        listing = of_call(site.module, site.node)
        nodes = [element.node for element in listing.elements]
        names = [node.arg if isinstance(node, ast.keyword) else node.id if isinstance(node, ast.Name) else "" for node in nodes]
        drop = {i for i, name in enumerate(names) if name in gone}
        if drop:
            remove(self.sheets[site.path], listing, drop)

    def _call(self, site: Site, item: Definition, gone: Collection[str]) -> str:
        filled = site.filled(item.parameters())
        shift = site.shift
        drop = {i + shift for i, parameter in enumerate(filled) if parameter is not None and parameter.name in gone}
        named = {parameter.name for parameter in filled if parameter is not None}
        listing = of_call(site.module, site.node)
        words = {i: element.node.arg for i, element in enumerate(listing.elements) if isinstance(element.node, ast.keyword)}
        drop |= {i for i, word in words.items() if word in gone}
        open_ones = [
            parameter
            for parameter in item.parameters()
            if parameter.name in gone and parameter.name not in {*named, *words.values()} and parameter.kind is not Kind.KEYWORD
        ]
        if open_ones and site.has_star:
            if not self.passes_on(site):
                return f"{site.line} spreads out its arguments, and {open_ones[0].name} may be among them: write them out there first."
            self.notes.append(f"{site.line} hands on the arguments that it is given; its callers may still pass {open_ones[0].name}.")
        for i in drop:
            node = listing.elements[i].node
            if node is not None and any(isinstance(inner, _EFFECTS) for inner in ast.walk(node)):
                self.notes.append(f"{site.line} no longer evaluates `{ast.unparse(node)}`.")
        if drop:
            remove(self.sheets[site.path], listing, drop)
        return ""

    def _lone(self) -> Iterator[tuple[Module, ast.Call, ast.keyword]]:
        """Keyword arguments that are meant, of calls whose callee could not be told."""
        known = {site.node for site in self.uses.sites}
        for place in self.asked.meant:
            module = self.asked.project.module(place.path) if place.label == Role.KEYWORD.value else None
            if module is None or module.index is None:
                continue
            for use in module.index.uses.get(place.before, []):
                call, word = use.holder, use.node
                here = module.positions.of_use(use, place.before) == place.start
                if here and isinstance(call, ast.Call) and isinstance(word, ast.keyword) and call not in known:
                    yield module, call, word

    def _lone_keywords(self) -> None:
        """Take them out."""
        for module, call, word in self._lone():
            listing = of_call(module, call)
            remove(self.sheets[module.path], listing, {i for i, item in enumerate(listing.elements) if item.node is word})

    def sign(self) -> str:
        """All signatures; a sentence where a body still needs a parameter."""
        for item in self.found.functions:
            gone = self.gone_from(item)
            if not gone:
                continue
            for name in sorted(gone):
                trouble = self._read_default(item, name)
                if trouble:
                    return trouble
            signature = item.parameters()
            drop = {parameter.index for parameter in signature if parameter.name in gone}
            kept = {parameter.kind for parameter in signature if parameter.name not in gone}
            for i, element in enumerate(item.listing.elements):
                mark = item.module.text[element.start : element.end] if element.node is None else ""
                if (mark == "*" and Kind.KEYWORD not in kept) or (mark == "/" and Kind.POSITIONAL not in kept):
                    drop.add(i)
            sheet = self.sheets[item.path]
            remove(sheet, item.listing, drop)
            drop_entries(sheet, item.module, item.node, gone)
            if item.node.name in ("__init__", "__new__") and item.owner is not None:
                drop_entries(sheet, item.module, item.owner, gone)
        return ""

    def _read_default(self, item: Definition, name: str) -> str:
        """Have a body read the default where it reads the parameter; a sentence where it can't."""
        left = self._needed(item, name)
        if not left:
            return ""
        parameter = next(parameter for parameter in item.parameters() if parameter.name == name)
        default, module = default_of(item, parameter), item.module
        still = (
            f"{item.qualname} still uses {name} ({item.path}:{left[0].lineno}): take it out of the body first, or say what to use instead."
        )
        if default is None or not _is_literal(default) or _is_bound_again(item, name) or not all(_can_be(node, item) for node in left):
            return still
        other = self._passes_otherwise(item, name, default)
        if other:
            return f"{other} passes something else for {name} than its default, and {still}"
        written = module.text[slice(*module.positions.span(default))]
        for node in left:
            start, end = module.positions.span(node)
            attribute = isinstance(getattr(default, "value", None), (int, float)) and module.text[end : end + 1] == "."
            bare = isinstance(default, ast.Constant) and not attribute and "\n" not in written
            self.sheets[item.path].replace(start, end, written if bare else f"({written})")
        return ""

    def _passes_otherwise(self, item: Definition, name: str, default: ast.expr) -> str:
        """Where a value other than the default is passed; what a definition with this default hands on is the same."""
        same = [other for other in self.found.functions if name in self.gone_from(other) and _has_default(other, name, default)]
        own = {node for other in same for node in uses_of(other, name)}
        for site in self.uses.sites:
            callee = self.definition_for(site)
            if callee is None or name not in self.gone_from(callee):
                continue
            filled = site.filled(callee.parameters())
            given = [node for node, to in zip(site.arguments, filled, strict=True) if to is not None and to.name == name]
            given += [word.value for word in site.node.keywords if word.arg == name]
            if any(node not in own and ast.dump(node) != ast.dump(default) for node in given):
                return site.line
        lone = ((module, word) for module, _, word in self._lone() if word.arg == name and ast.dump(word.value) != ast.dump(default))
        return next((f"{module.path}:{word.lineno}" for module, word in lone), "")

    def _needed(self, item: Definition, name: str) -> list[ast.Name]:
        """Where a body does more with a parameter than hand it to where it goes too, in order."""
        handed: set[ast.AST] = set()
        for site in self.uses.sites:
            callee = self.definition_for(site)
            if callee is None:
                continue
            gone = self.gone_from(callee)
            filled = site.filled(callee.parameters())
            handed |= {node for node, to in zip(site.arguments, filled, strict=True) if to is not None and to.name in gone}
            handed |= {word.value for word in site.node.keywords if word.arg in gone}
        return [node for node in uses_of(item, name) if node not in handed]


def _is_literal(node: ast.expr) -> bool:
    """Whether an expression is the same wherever and whenever it is evaluated."""
    unsigned = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)) else node
    return isinstance(unsigned, ast.Constant)


def _has_default(item: Definition, name: str, default: ast.expr) -> bool:
    """Whether a parameter of a definition has this very default."""
    own = next((default_of(item, parameter) for parameter in item.parameters() if parameter.name == name), None)
    return own is not None and ast.dump(own) == ast.dump(default)


def _is_bound_again(item: Definition, name: str) -> bool:
    """Whether a body gives a parameter another value: by an assignment, an import, an `except`, a definition."""
    scope = inner_scope(item)
    return scope is None or any(binding.kind is not Bind.PARAMETER for binding in scope.bindings.get(name, ()))


def _can_be(node: ast.Name, item: Definition) -> bool:
    """Whether a literal can stand where a name is: it is only read, and in no f-string, whose quotes it might end."""
    joined = {inner for outer in ast.walk(item.node) if isinstance(outer, ast.JoinedStr) for inner in ast.walk(outer)}
    start, end = item.module.positions.span(node)
    return isinstance(node.ctx, ast.Load) and node not in joined and item.module.text[start:end] == node.id


def remove_parameters(asked: Asked) -> Rewritten | Refused:
    """Take parameters out. `meant` holds the uses of the functions as well as those of the parameters."""
    work = Removing(asked, definitions(asked))
    if not any(work.gone_from(item) for item in work.found.functions):
        return Refused(f"No signature with {asked.intent.target.name} is among the places that are meant.")
    trouble = work.called_by_python() or work.sign() or work.calls()
    if trouble:
        return Refused(trouble)
    other = work.handed_on()
    needed = any(
        not parameter.has_default for item in work.primary for parameter in item.parameters() if parameter.name in work.gone_from(item)
    )
    if other is not None and needed:
        return Refused(
            f"{other.line} hands {other.name} on without calling it, and is called there with what would be gone: change that first."
        )
    work.note_unseen("who calls it there may still pass what is gone")
    return work.rewritten()
