"""METHOD: a function goes into a class as a method, and its callers call it on what they passed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from engine.actions.arguments import Member, arrange, of_call, remove
from engine.actions.base import Asked, Refused, Rewritten
from engine.actions.calls import Site
from engine.actions.cycles import After
from engine.actions.docstrings import docstring_of, drop_entries
from engine.actions.functions import Definition, Definitions, Kind, definitions, last_word
from engine.actions.layout import indent_at, line_start, newline_of, unit_of
from engine.actions.mentions import Mention, mend_mentions
from engine.actions.move import move
from engine.actions.needed import is_visible
from engine.actions.onward import written_uses
from engine.actions.reindent import reindented
from engine.actions.signatures import Signatures, inner_scope, uses_of
from engine.actions.statements import cut, span_of
from engine.actions.to_function import clashing
from engine.actions.vanishing import mend_vanished
from engine.evidence import Entity, find, qualified
from engine.evidence import Kind as EntityKind
from engine.plan import Action, Intent

_ATOMS = (
    ast.Name,
    ast.Attribute,
    ast.Call,
    ast.Subscript,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.JoinedStr,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
)
_LITERALS = (ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


class ToMethod(Signatures):
    """One function on its way into a class of its module."""

    def __init__(self, asked: Asked, found: Definitions, item: Definition, owner: ast.ClassDef) -> None:
        super().__init__(asked, found)
        self.item = item
        self.owner = owner
        self.new = asked.intent.new or item.node.name
        self.first = self._instance()

    def _instance(self) -> str:
        """The parameter that becomes the instance: annotated with the class, else the first if it is not annotated; empty: none."""
        taken = [p for p in self.item.parameters() if p.kind not in (Kind.REST, Kind.OPTIONS)]
        for parameter in taken:
            annotation = parameter.node.annotation
            if isinstance(annotation, ast.Constant) and annotation.value == self.owner.name:
                return parameter.name
            if (
                annotation is not None
                and not isinstance(annotation, ast.Constant)
                and last_word(annotation) == self.owner.name
                and not isinstance(annotation, ast.Subscript)
            ):
                return parameter.name
        plain = taken[0] if taken and taken[0].kind is not Kind.KEYWORD else None
        if plain is None or plain.node.annotation is not None:
            return ""
        # Nothing says what it is; but a text, a number or a list that a call passes is no instance of the class.
        return "" if any(self._passes_literal(site, plain.name) for site in self.uses.sites) else plain.name

    def _passes_literal(self, site: Site, name: str) -> bool:
        word = site.keyword(name)
        filled = zip(site.arguments, site.filled(self.item.parameters()), strict=True)
        given = [node for node, parameter in filled if parameter is not None and parameter.name == name] + ([word.value] if word is not None else [])
        return any(isinstance(node, _LITERALS) and getattr(node, "value", 0) is not None for node in given)

    def check(self) -> str:
        """Why it can't be done; empty where it can."""
        item, owner = self.item, self.owner
        for other in self.found.functions:
            if other is not item:
                return f"{other.qualname} is also defined at {other.path}:{other.node.lineno}: say which one is meant, or join them first."
        inside = item.module.scopes(owner.name)
        if any(self.new in scope.bindings or self.new in scope.attributes for scope in inside):
            return f"{owner.name} already has a {self.new}: say another name for the method."
        for node in ast.walk(item.node):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name.startswith("__") and not name.endswith("__"):
                return (
                    f"{item.qualname} uses {name} ({item.path}:{getattr(node, 'lineno', 0)}), which would mean something else in a class."
                )
        outside = [*item.node.decorator_list, *item.node.args.defaults, *(node for node in item.node.args.kw_defaults if node is not None)]
        for node in (inner for part in outside for inner in ast.walk(part)):
            if isinstance(node, ast.Name) and any(node.id in scope.bindings for scope in inside):
                return f"{node.id} means something else in {owner.name} than at {item.path}:{node.lineno}."
        scope = inner_scope(item)
        if self.first and self.first != "self" and scope is not None and "self" in scope.bindings:
            return f"{item.qualname} already uses the name self: rename that first."
        if self.uses.unread:
            return f"A call inside an f-string can't be rewritten ({self.uses.unread[0]}): take it out of the string first."
        return self._check_time()

    def _check_time(self) -> str:
        """What runs while the module is loaded needs the class to be there."""
        end = self.owner.end_lineno or 0
        for site in self.uses.sites:
            if (
                site.path == self.item.path
                and not any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in site.around)
                and site.node.lineno <= end
            ):
                return f"{site.line} calls {site.name} before {self.owner.name} is there: move that call below the class first."
        return ""

    def rewrite(self) -> str:
        """The definition where it stands, and all uses; a sentence where one can't be written."""
        item, sheet = self.item, self.sheets[self.item.path]
        uses = uses_of(item, self.first) if self.first else []
        if all(isinstance(node.ctx, ast.Load) for node in uses):
            for node in uses:
                sheet.replace(*item.module.positions.span(node), "self")
        elif not self._bring(f"{self.first} = self"):
            return f"{item.qualname} sets {self.first} anew in its only line, which the instance can't be: use another name there first."
        for site in self.uses.inside_out:
            trouble = self._call(site)
            if trouble:
                return trouble
        for reference in self.uses.references:
            trouble = self._qualify(reference.module.path, reference.node, reference.scope)
            if trouble:
                return trouble
        if self.first:
            self._sign()
            drop_entries(sheet, item.module, item.node, {self.first})
        sheet.replace(item.name_start, item.name_start + len(item.node.name), self.new)
        return ""

    def _bring(self, line: str) -> bool:
        """Put a statement at the head of the body."""
        body, module = self.item.node.body, self.item.module
        first = body[1] if docstring_of(self.item.node) is not None and len(body) > 1 else body[0]
        if first.lineno == self.item.node.lineno:
            return False
        at = line_start(module.text, module.positions.span(first)[0])
        self.sheets[module.path].insert(at, f"{indent_at(module.text, at)}{line}{newline_of(module.text)}")
        return True

    def _sign(self) -> None:
        item, listing = self.item, self.item.listing
        parameter = next(parameter for parameter in item.parameters() if parameter.name == self.first)
        keywords = [p for p in item.parameters() if p.kind is Kind.KEYWORD and p is not parameter and p.name != self.first]
        members: list[Member] = ["self"]
        for i, element in enumerate(listing.elements):
            bare = element.node is None and item.module.text[element.start : element.end] == "*"
            if i != parameter.index and not (bare and not keywords):
                members.append(i)
        if parameter.index == 0 and members[1:] == list(range(1, len(listing.elements))):
            self.sheets[item.path].replace(listing.elements[0].start, listing.elements[0].end, "self")
        else:
            arrange(self.sheets[item.path], listing, members)

    def _call(self, site: Site) -> str:
        if not self.first:
            return self._qualify(site.path, site.callee, site.scope)
        sheet = self.sheets[site.path]
        filled = [parameter.name if parameter is not None else "" for parameter in site.filled(self.item.parameters())]
        listing = of_call(site.module, site.node)
        word = site.keyword(self.first)
        shift = site.shift
        at = (
            filled.index(self.first) + shift
            if self.first in filled
            else next((i for i, e in enumerate(listing.elements) if e.node is word and word), -1)
        )
        if at < 0 or listing.is_generator:
            return f"{site.line} passes no single {self.first} to call {self.new} on: change that call first."
        value = word.value if word is not None else site.node.args[at]
        if isinstance(value, ast.Constant) and value.value is None:
            return f"{site.line} passes None for {self.first}, on which nothing can be called: change that call first."
        element = listing.elements[at]
        text = (
            sheet.take(element.start, element.end) if word is None else sheet.take(site.module.positions.span(word.value)[0], element.end)
        )
        bracketed = (
            isinstance(value, _ATOMS)
            or (isinstance(value, ast.Constant) and isinstance(value.value, str))
            or (text[0] == "(" and text[-1] == ")")
        )
        receiver = text if bracketed else f"({text})"
        remove(sheet, listing, {at})
        span = site.module.positions.span(site.callee)
        sheet.take(*span)
        sheet.replace(*span, f"{receiver}.{self.new}")
        return ""

    def _qualify(self, path: str, node: ast.expr, scope: object) -> str:
        """`Class.method` in the place of the function."""
        module = self.asked.project.module(path)
        if module is None:
            return ""
        start, end = module.positions.span(node)
        if isinstance(node, ast.Attribute):
            self.sheets[path].replace(end - len(node.attr), end, f"{self.owner.name}.{self.new}")
            return ""
        self.sheets[path].replace(start, end, f"{self.owner.name}.{self.new}")
        use = next((use for use in self.uses.references if use.node is node), None) or next(
            (use for use in self.uses.sites if use.callee is node), None
        )
        if use is not None and path != self.item.path:
            if is_visible(use.scope, self.owner.name):
                return ""
            place = clashing(use.scope, self.owner.name, self.item.path)
            if place:
                return f"{self.owner.name} means something else at {place}: rename that first."
            self.needed.from_module(self.item.path, self.owner.name, path)
        return ""

    def land(self) -> None:
        """Take the written definition out of the module and put it at the end of the class."""
        item, sheet, module = self.item, self.sheets[self.item.path], self.item.module
        text, newline = module.text, newline_of(module.text)
        start, end = span_of(module, item.node)
        indent = indent_at(text, module.positions.span(self.owner.body[0])[0])
        if self.owner.body[0].lineno == self.owner.lineno:
            indent = indent_at(text, module.positions.span(self.owner)[0]) + unit_of(text)
        if not self.first:
            first = min([item.node.lineno, *(node.lineno for node in item.node.decorator_list)])
            sheet.insert(line_start(text, module.positions.offset(first, 0)), f"@staticmethod{newline}")
        moved = reindented(sheet.take(start, end), "", indent)
        moved += "" if moved.endswith("\n") else newline
        sheet.replace(*cut(text, start, end), "")
        class_end = span_of(module, self.owner)[1]
        lone = self.owner.body[0]
        if len(self.owner.body) == 1 and (
            isinstance(lone, ast.Pass) or (isinstance(lone, ast.Expr) and isinstance(lone.value, ast.Constant) and lone.value.value is ...)
        ):
            at, stop = module.positions.span(lone)
            same = self.owner.lineno == lone.lineno
            sheet.replace(at if same else line_start(text, at), stop, (newline if same else "") + moved.removesuffix(newline))
            return
        sheet.insert(class_end, ("" if text[:class_end].endswith("\n") else newline) + newline + moved)


def make_method(asked: Asked) -> Rewritten | Refused:
    """A function into a method of `path::Class`."""
    path, _, name = asked.intent.to.partition("::")
    item = next((item for item in definitions(asked).primary(asked.intent.targets) if item.owner is None), None)
    if item is None or item.module.tree is None or item.node not in item.module.tree.body:
        return Refused(f"No function {asked.intent.target.qualname} at the top of a module is among the places that are meant.")
    if path and path != item.path:
        return _over(asked, path)
    owner = (
        next((node for node in item.module.tree.body if isinstance(node, ast.ClassDef) and node.name == name), None)
        if item.module.tree
        else None
    )
    if owner is None:
        return Refused(f"There is no class {name} at the top of {path or item.path}: say which class is meant.")
    return _inside(asked, item, owner)


def _inside(asked: Asked, item: Definition, owner: ast.ClassDef) -> Rewritten | Refused:
    work = ToMethod(asked, definitions(asked), item, owner)
    item = work.item = next(other for other in work.found.functions if other.name_start == item.name_start and other.path == item.path)
    mend_mentions(asked, work.sheets, Mention(item.node.name, work.new, within=owner.name, role="meth"))
    trouble = work.check() or work.rewrite()
    if trouble:
        return Refused(trouble)
    work.land()
    target = asked.intent.target
    made = replace(target, kind=EntityKind.METHOD, name=work.new, owner=owner.name, line=0, start=-1, end=-1)
    done = work.rewritten({target: made})
    if isinstance(done, Refused):
        return done
    return replace(done, texts=mend_vanished(asked, done.texts, {item.node.name}, item.path, owner.name))


def _over(asked: Asked, path: str) -> Rewritten | Refused:
    """First to the module of the class, then into it."""
    target = asked.intent.target
    moved = move(replace(asked, intent=Intent(target, action=Action.MOVE, to=path)))
    if isinstance(moved, Refused):
        return moved
    project = After(asked.project, moved.texts)
    entity = find(project, qualified(moved.relocated.get(target, replace(target, path=path))))
    if entity is None:
        return Refused(f"{target.name} could not be followed to {path}.")
    done = make_method(Asked(replace(asked.intent, target=entity), project, written_uses(project, entity, moved.texts)))
    if isinstance(done, Refused):
        return done
    made: Mapping[Entity, Entity] = {target: done.relocated[entity]}
    return Rewritten({**moved.texts, **done.texts}, made, (*moved.notes, *done.notes))
