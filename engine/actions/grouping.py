"""GROUP: functions of one module become static methods of a new class, and whoever uses them names the class."""

from __future__ import annotations

import ast
from dataclasses import replace

from engine.actions.base import Asked, Refused, Rewritten
from engine.actions.calls import Reference, Site
from engine.actions.functions import Definition, Definitions, definitions
from engine.actions.landing import loaded_by
from engine.actions.layout import line_start, newline_of, unit_of
from engine.actions.mentions import Mention, mend_mentions
from engine.actions.onward import onward
from engine.actions.reindent import reindented
from engine.actions.signatures import Signatures
from engine.actions.statements import bound_by, cut, span_of
from engine.actions.to_function import clashing
from engine.actions.vanishing import mend_vanished
from engine.evidence import Kind, Module, Scope


class Grouping(Signatures):
    """Functions on their way into a class."""

    def __init__(self, asked: Asked, found: Definitions) -> None:
        super().__init__(asked, found)
        self.items = [item for item in self.primary if item.module.tree is not None and item.node in item.module.tree.body]
        self.name = asked.intent.new

    @property
    def module(self) -> Module:
        """Theirs."""
        return self.items[0].module

    def check(self) -> str:
        """Why it can't be done; empty where it can."""
        if not self.name.isidentifier():
            return "Say what the new class is to be called."
        missing = [target.name for target in self.intent.targets if not any(item.node.name == target.name for item in self.items)]
        if missing:
            return f"No function {missing[0]} at the top of a module is among the places that are meant."
        other = next((item for item in self.found.functions if item.path != self.module.path or item not in self.items), None)
        if other is not None:
            return f"{other.qualname} is defined in {other.path}, not with the others: move it there first."
        root = self.module.root
        if root is not None and self.name in root.bindings:
            return f"{self.name} already means something in {self.module.path}: say another name for the class."
        if self.uses.unread:
            return f"A call inside an f-string can't be rewritten ({self.uses.unread[0]}): take it out of the string first."
        for item in self.items:
            for node in ast.walk(item.node):
                name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
                if name.startswith("__") and not name.endswith("__"):
                    return f"{item.qualname} uses {name} ({item.path}:{getattr(node, 'lineno', 0)}), which would mean something else in a class."
        return ""

    def place(self) -> Definition | str:
        """The function in whose place the class comes: the first before which all is there that they need when they are defined."""
        body = self.module.tree.body if self.module.tree is not None else []
        nodes = {item.node for item in self.items}
        needed: set[str] = set()
        for item in self.items:
            needed |= loaded_by(self.module, item.node)
        own = needed & {item.node.name for item in self.items}
        if own:
            return f"{sorted(own)[0]} is used while the functions are defined, which it can't be inside the class: change that first."
        lower = max((i for i, node in enumerate(body) if node not in nodes and needed & set(bound_by(node))), default=-1)
        place = next((item for item in self.items if body.index(item.node) > lower), None)
        if place is None:
            return f"{', '.join(sorted(needed))} is defined below the functions: move it above them first."
        for use in self._all():
            loading = (
                not any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in use.around)
                if isinstance(use, Site)
                else use.is_decorator
            )
            line = use.node.lineno
            if loading and use.module is self.module and line < place.node.lineno:
                return f"{use.line} uses {use.name} before the class can be there: move that below {place.node.name} first."
        return place

    def _all(self) -> list[Site | Reference]:
        return [*self.uses.sites, *self.uses.references]

    def rewrite_uses(self) -> str:
        """`f` becomes `Class.f`; a sentence where the class would mean something else."""
        for use in self._all():
            node = use.callee if isinstance(use, Site) else use.node
            trouble = self._qualify(use.module, node, use.scope, use.name)
            if trouble:
                return trouble
        return ""

    def _qualify(self, module: Module, node: ast.expr, scope: Scope, name: str) -> str:
        start, end = module.positions.span(node)
        sheet = self.sheets[module.path]
        if isinstance(node, ast.Attribute):
            sheet.insert(end - len(node.attr), f"{self.name}.")
            return ""
        place = clashing(scope, self.name, self.module.path)
        if place:
            return f"{self.name} means something else ({place}) where it would be used: say another name for the class."
        sheet.replace(start, end, f"{self.name}.{name}")
        if module is not self.module and not (module.index is not None and module.index.stars):
            self.needed.from_module(self.module.path, self.name, module.path)
        return ""

    def land(self, place: Definition) -> None:
        """The class in the place of one function; the others go there."""
        module, sheet = self.module, self.sheets[self.module.path]
        text, newline, unit = module.text, newline_of(module.text), unit_of(module.text)
        made: list[str] = []
        for item in self.items:
            start, end = span_of(module, item.node)
            overloaded = [node for node in item.node.decorator_list if ast.unparse(node).endswith("overload")]
            first = min([item.node.lineno, *(node.lineno for node in item.node.decorator_list if node not in overloaded)])
            sheet.insert(line_start(text, module.positions.offset(first, 0)), f"@staticmethod{newline}")
            piece = reindented(sheet.take(start, end), "", unit)
            made.append(piece if piece.endswith("\n") else piece + newline)
        for item in self.items:
            start, end = span_of(module, item.node)
            if item is place:
                sheet.replace(start, end, f"class {self.name}:{newline}" + newline.join(made))
            else:
                sheet.replace(*cut(text, start, end), "")


def group(asked: Asked) -> Rewritten | Refused:
    """Functions into a new class."""
    work = Grouping(asked, definitions(asked))
    if not work.items:
        return Refused(f"No function {asked.intent.target.name} at the top of a module is among the places that are meant.")
    trouble = work.check()
    place = trouble or work.place()
    trouble = place if isinstance(place, str) else work.rewrite_uses()
    if trouble or isinstance(place, str):
        return Refused(trouble)
    for item in work.items:
        mend_mentions(asked, work.sheets, Mention(item.node.name, item.node.name, within=work.name, role="meth"))
    work.land(place)
    home = work.module.path
    relocated = {
        target: replace(target, kind=Kind.METHOD, owner=work.name, line=0, start=-1, end=-1) for target in asked.intent.targets
    }  # fmt: skip
    done = work.rewritten(relocated)
    if isinstance(done, Refused):
        return done
    names = {item.node.name for item in work.items}
    done = replace(done, texts=mend_vanished(asked, done.texts, names, home, work.name))
    made = replace(asked.intent.target, kind=Kind.CLASS, name=work.name, owner="", line=0, start=-1, end=-1)
    return onward(asked, done, made)
