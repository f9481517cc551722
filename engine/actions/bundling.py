"""BUNDLE: parameters of a function become the fields of a new dataclass, which its calls build and its body reads."""

from __future__ import annotations

import ast
import builtins
from dataclasses import replace

from engine.actions.arguments import Listing, arrange, of_call
from engine.actions.arguments import Member as Part
from engine.actions.base import Asked, Refused, Rewritten, Sheet
from engine.actions.bundle_class import default_of, members_of, written
from engine.actions.calls import Site
from engine.actions.docstrings import add_entry, docstring_of, drop_entries
from engine.actions.exports import add_export
from engine.actions.functions import Definition, Definitions, Kind, Parameter, definitions
from engine.actions.layout import indent_at, line_end, line_start, newline_of, unit_of, width_of
from engine.actions.needs import postpones
from engine.actions.onward import onward
from engine.actions.signatures import Signatures, inner_scope, uses_of
from engine.actions.statements import bound_by, span_of
from engine.actions.to_function import clashing, snake
from engine.evidence import Kind as EntityKind

_BY_POSITION = (Kind.POSITIONAL, Kind.PLAIN)


class Bundling(Signatures):
    """Parameters on their way into a class."""

    def __init__(self, asked: Asked, found: Definitions) -> None:
        super().__init__(asked, found)
        self.name = asked.intent.new
        self.variable = snake(self.name)
        self.names = asked.intent.parameters
        self.target = next((item for item in self.primary if not item.is_sketch), None)
        self.items = [item for item in found.functions if set(self.names) & {parameter.name for parameter in item.parameters()}]

    def check(self) -> str:
        """Why it can't be done; empty where it can."""
        target = self.target
        if not self.name.isidentifier():
            return "Say what the new class is to be called."
        if target is None:
            return f"No definition of {self.intent.target.qualname} is among the places that are meant."
        root = target.module.root
        if root is not None and self.name in root.bindings:
            return f"{self.name} already means something in {target.path}: say another name for the class."
        for item in self.items:
            signature = {parameter.name: parameter for parameter in item.parameters()}
            missing = [name for name in self.names if name not in signature or signature[name].kind in (Kind.REST, Kind.OPTIONS)]
            if missing:
                return f"{item.qualname} ({item.path}:{item.node.lineno}) has no parameter {missing[0]} that could go into {self.name}."
            if not item.is_static and item.parameters()[0].name in self.names:
                return f"{item.parameters()[0].name} of {item.qualname} is what it is called on and can't go into {self.name}."
            scope = inner_scope(item)
            taken = {node.id for node in ast.walk(item.node) if isinstance(node, ast.Name)} | set(
                scope.bindings if scope is not None else ()
            )
            if self.variable in taken - set(self.names):
                return f"{item.qualname} already uses the name {self.variable}: say another name for the class."
            trouble = self._of_class_body(item)
            if trouble:
                return trouble
        if not self.names or target not in self.items:
            return f"Say which parameters of {self.intent.target.qualname} are to go into {self.name}."
        return self._check_place()

    def _of_class_body(self, item: Definition) -> str:
        if item.owner is None:
            return ""
        for parameter in self.bundled(item):
            for part in (default_of(item, parameter), parameter.node.annotation):
                for node in ast.walk(part) if part is not None else ():
                    if isinstance(node, ast.Name) and node.id in item.scope.bindings:
                        return f"{parameter.name} takes {node.id} from the body of its class ({item.path}:{node.lineno}), which {self.name} can't."
        return ""

    def bundled(self, item: Definition) -> list[Parameter]:
        """The parameters that go, in the order of the signature."""
        return [parameter for parameter in item.parameters() if parameter.name in self.names]

    def kept(self, item: Definition) -> list[Parameter]:
        """Those that can be passed by position and stay."""
        return [parameter for parameter in item.parameters() if parameter.kind in _BY_POSITION and parameter.name not in self.names]

    def is_optional(self, item: Definition) -> bool:
        """Whether all that go have a default."""
        return all(parameter.has_default for parameter in self.bundled(item))

    def position(self, item: Definition) -> int:
        """The number of the new parameter among those passed by position; -1 by keyword alone."""
        first = self.bundled(item)[0]
        if first.kind is Kind.KEYWORD:
            return -1
        before = [parameter for parameter in self.kept(item) if parameter.index < first.index]
        if self.is_optional(item):
            return len(before)
        return next((i for i, parameter in enumerate(before) if parameter.has_default), len(before))

    def sign(self, item: Definition) -> None:
        """One signature with its docstring."""
        listing, position, bundled = item.listing, self.position(item), self.bundled(item)
        signature = item.parameters()
        new = f"{self.variable}: {self.name}"
        if self.is_optional(item):
            new += " = ..." if item.is_sketch else f" = {self.name}()"
        marks = {i: item.module.text[e.start : e.end] for i, e in enumerate(listing.elements) if e.node is None}
        gone = {parameter.index for parameter in bundled}
        stay = [parameter for parameter in signature if parameter.name not in self.names]
        if position >= 0 and not any(parameter.kind is Kind.KEYWORD for parameter in stay):
            gone |= {i for i, mark in marks.items() if mark == "*"}
        if not any(parameter.kind is Kind.POSITIONAL for parameter in stay):
            gone |= {i for i, mark in marks.items() if mark == "/"}
        kept = self.kept(item)
        at = bundled[0].index if position < 0 or position >= len([p for p in kept if p.index < bundled[0].index]) else kept[position].index
        members: list[Part] = []
        for i in range(len(listing.elements)):
            if i == at:
                members.append(new)
            if i not in gone:
                members.append(i)
        arrange(self.sheets[item.path], listing, members)
        self._document(item)

    def read(self, item: Definition) -> None:
        """The body reads fields; what it sets anew, or what a string hides, is read into a variable first."""
        sheet, module = self.sheets[item.path], item.module
        unpacked: list[str] = []
        for name in (parameter.name for parameter in self.bundled(item)):
            uses = uses_of(item, name)
            spans = [module.positions.span(node) for node in uses]
            shown = all(module.text[start:end] == name for start, end in spans)
            if shown and all(isinstance(node.ctx, ast.Load) for node in uses):
                for start, end in spans:
                    sheet.replace(start, end, f"{self.variable}.{name}")
            else:
                unpacked.append(f"{name} = {self.variable}.{name}")
        if not unpacked:
            return
        body = item.node.body
        first = body[1] if docstring_of(item.node) is not None and len(body) > 1 else body[0]
        start = module.positions.span(first)[0]
        newline, indent = newline_of(module.text), indent_at(module.text, start)
        if first.lineno == item.node.lineno:
            sheet.insert(start, "; ".join(unpacked) + "; ")
        else:
            at = line_start(module.text, start)
            sheet.insert(at, "".join(f"{indent}{line}{newline}" for line in unpacked))

    def _document(self, item: Definition) -> None:
        sheet = self.sheets[item.path]
        names = [parameter.name for parameter in self.bundled(item)]
        order = [parameter.name for parameter in item.parameters()]
        order.insert(order.index(names[0]), self.variable)
        for node in (item.node, item.owner if item.node.name == "__init__" else None):
            if node is not None:
                drop_entries(sheet, item.module, node, names, keep_heading=True)
                add_entry(sheet, item.module, node, order, self.variable, self.name, "", "")

    def call(self, site: Site) -> str:
        """One call; a sentence where it can't be told what it passes."""
        item = self.definition_for(site)
        if item is None or item not in self.items:
            return ""
        if site.has_star or site.has_options:
            if self._holds_all(site, item):
                return self._wrap(site, item)
            if not self.passes_on(site):
                return f"{site.line} spreads out its arguments, so that {self.name} can't be built there: write them out first."
            self.notes.append(f"{site.line} hands on the arguments that it is given; its callers have to pass {self.variable} now.")
            return ""
        listing = of_call(site.module, site.node)
        shift = site.shift
        filled = site.filled(item.parameters())
        given = {parameter.name: i + shift for i, parameter in enumerate(filled) if parameter is not None and parameter.name in self.names}
        words = {i: e.node for i, e in enumerate(listing.elements) if isinstance(e.node, ast.keyword)}
        given.update({word.arg: i for i, word in words.items() if word.arg in self.names})
        if not given:
            return ""
        if site.is_partial:
            return f"{site.line} binds some of the parameters only, so that {self.name} can't be built there: change that first."
        clash = self._clash(site, item)
        if clash:
            return clash
        new = self._built(site, item, listing, given)
        front = [i for i in range(len(filled)) if i not in given.values()]
        at = self.position(item) - site.given
        behind = [i for i in words if i not in given.values()]
        among = 0 <= at <= len(front)
        members: list[Part] = [*front[:at], new, *front[at:], *behind] if among else [*front, *behind, f"{self.variable}={new}"]
        arrange(self.sheets[site.path], listing, members)
        if self.target is not None and site.path != self.target.path and not self._hands_over(site, given):
            self.needed.from_module(self.target.path, self.name, site.path)
        return ""

    def _holds_all(self, site: Site, item: Definition) -> bool:
        """Whether whatever a call passes goes into the class, by position and in its order."""
        rest = item.parameters()[site.given :]
        defaults = [parameter.has_default for parameter in rest]
        return not site.is_partial and not self.passes_on(site) and defaults == sorted(defaults) and all(
            parameter.name in self.names and parameter.kind in (*_BY_POSITION, Kind.KEYWORD) for parameter in rest
        )  # fmt: skip

    def _wrap(self, site: Site, item: Definition) -> str:
        """All arguments, as they are, build the class."""
        clash = self._clash(site, item)
        if clash:
            return clash
        elements, sheet = of_call(site.module, site.node).elements, self.sheets[site.path]
        start, end = elements[0].start, elements[-1].end
        sheet.replace(start, end, f"{self.name}({sheet.take(start, end)})")
        if self.target is not None and site.path != self.target.path:
            self.needed.from_module(self.target.path, self.name, site.path)
        return ""

    def _clash(self, site: Site, item: Definition) -> str:
        """Why the class can't be built at a call because of its name; empty where it can."""
        place = clashing(site.scope, self.name, item.path if self.target is None else self.target.path)
        if not place:
            return ""
        return f"{self.name} means something else ({place}) where it would be built ({site.line}): say another name for the class."

    def _hands_over(self, site: Site, given: dict[str, int]) -> bool:
        """Whether a call in an override or in the function itself passes on all fields as they are."""
        home = self.uses.home(site)
        if home is None or home not in self.items or set(given) != {parameter.name for parameter in self.bundled(home)}:
            return False
        listing = of_call(site.module, site.node)
        values = {name: listing.elements[i].node for name, i in given.items()}
        plain = {name: value.value if isinstance(value, ast.keyword) else value for name, value in values.items()}
        stored = any(not isinstance(node.ctx, ast.Load) for name in given for node in uses_of(home, name))
        return not stored and all(isinstance(value, ast.Name) and value.id == name for name, value in plain.items())

    def _built(self, site: Site, item: Definition, listing: Listing, given: dict[str, int]) -> str:
        """The expression that makes an instance."""
        sheet = self.sheets[site.path]
        taken: dict[str, str] = {}
        for name, i in given.items():
            element = listing.elements[i]
            start = site.module.positions.span(element.node.value)[0] if isinstance(element.node, ast.keyword) else element.start
            taken[name] = sheet.take(start, element.end).lstrip("=")
        if self._hands_over(site, given):
            return self.variable
        parts = [f"{parameter.name}={taken[parameter.name]}" for parameter in self.bundled(item) if parameter.name in taken]
        line = f"{self.name}({', '.join(parts)})"
        start, end = listing.open, listing.close
        text = site.module.text
        rest = line_end(text, start) - line_start(text, start) if "\n" not in text[start:end] else 0
        if rest + len(line) - sum(len(piece) for piece in taken.values()) <= max(width_of(text), 79):
            return line
        return _broken(sheet, start, self.name, parts)

    @property
    def holder(self) -> ast.stmt:
        """The statement of the module in front of which the class comes."""
        target = self.target
        assert target is not None and target.module.tree is not None
        lines = [item.node.lineno for item in self.items if item.path == target.path]
        return next(node for node in target.module.tree.body if any(node.lineno <= line <= (node.end_lineno or 0) for line in lines))

    def _check_place(self) -> str:
        """What the fields are made of has to be there before the class."""
        target = self.target
        if target is None or target.module.tree is None:
            return ""
        body = target.module.tree.body
        there = {name for node in body[: body.index(self.holder)] for name in bound_by(node)} | set(dir(builtins))
        for parameter in self.bundled(target):
            parts = [default_of(target, parameter), None if postpones(target.module) else parameter.node.annotation]
            for node in (inner for part in parts if part is not None for inner in ast.walk(part)):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in there:
                    return f"{parameter.name} takes {node.id} ({target.path}:{node.lineno}), which is not there yet where {self.name} would be defined."
        return ""

    def land(self) -> None:
        """The class in front of the first definition that needs it."""
        target = self.target
        assert target is not None
        members = members_of(target, self.bundled(target), self.needed)
        sheet = self.sheets[target.path]
        sheet.insert(span_of(target.module, self.holder)[0], written(target, self.name, members))
        exports = target.module.index.exports if target.module.index is not None else None
        top = target.qualname.partition(".")[0]
        if exports is not None and top in exports:
            add_export(target.module, sheet, self.name)
        for item in self.items:
            if item.path != target.path:
                self.needed.from_module(target.path, self.name, item.path)


def _broken(sheet: Sheet, start: int, name: str, parts: list[str]) -> str:
    """A construction over several lines."""
    newline, indent, unit = newline_of(sheet.text), indent_at(sheet.text, start), unit_of(sheet.text)
    inner = f"{newline}{indent}{unit}"
    joined = ", ".join(parts)
    if len(indent) + len(unit) + len(joined) <= max(width_of(sheet.text), 79):
        return f"{name}({inner}{joined}{newline}{indent})"
    return f"{name}({''.join(f'{inner}{part},' for part in parts)}{newline}{indent})"


def bundle(asked: Asked) -> Rewritten | Refused:
    """Parameters into a dataclass."""
    work = Bundling(asked, definitions(asked))
    trouble = work.called_by_python() or work.check()
    for item in [] if trouble else work.items:
        # Before the calls in it, which move what it reads.
        work.read(item)
    for site in [] if trouble else work.uses.inside_out:
        trouble = trouble or work.call(site)
    if trouble or work.target is None:
        return Refused(trouble)
    for item in work.items:
        work.sign(item)
    work.land()
    other = work.handed_on()
    if other is not None:
        return Refused(
            f"{other.line} hands {other.name} on without calling it, so that {work.name} can't be built there: change that first."
        )
    work.note_unseen("")
    made = replace(asked.intent.target, kind=EntityKind.CLASS, name=work.name, path=work.target.path, owner="", line=0, start=-1, end=-1)
    return onward(asked, work.rewritten(), made)
