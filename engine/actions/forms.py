"""STATIC, CLASSMETHOD and PROPERTY: what a method is called on, with the calls that give it the instance by hand."""

from __future__ import annotations

import ast
from collections.abc import Collection

from engine.actions.arguments import of_call, remove
from engine.actions.base import Asked, Refused, Rewritten
from engine.actions.calls import is_super
from engine.actions.functions import Definition, Definitions, Kind, definitions, last_word
from engine.actions.layout import indent_at, line_start, newline_of
from engine.actions.signatures import Signatures, inner_scope, uses_of
from engine.evidence import Role, ScopeKind
from engine.plan import Action

_TEXTS = frozenset({role.value for role in (Role.DOCSTRING, Role.COMMENT, Role.PROSE, Role.STRING_PART)})
_WORDS = {Action.STATIC: "staticmethod", Action.CLASSMETHOD: "classmethod", Action.PROPERTY: "property"}


class Forming(Signatures):
    """Methods made into another kind of method."""

    def __init__(self, asked: Asked, found: Definitions) -> None:
        super().__init__(asked, found)
        self.word = _WORDS[asked.intent.action]
        self.changing = [item for item in found.functions if self.word not in item.decorators]

    def problem(self) -> str:
        """Why it can't be done; empty where it can."""
        for item in self.found.functions:
            if item.owner is None:
                return f"{item.qualname} ({item.path}:{item.node.lineno}) is no method, so it can't be made a {self.word}."
            if item.node.name.startswith("__") and item.node.name.endswith("__"):
                return f"{item.qualname} is called by Python itself and has to stay as it is."
            other = item.decorators & {"property", "cached_property", "setter"}
            if other:
                return f"{item.qualname} already is a {other.pop()}: say what is to become of it."
        if not self.changing:
            return f"{self.intent.target.name} already is a {self.word}, or is not among the places that are meant."
        if self.uses.unread:
            return f"A call inside an f-string can't be rewritten ({self.uses.unread[0]}): take it out of the string first."
        return ""

    def decorate(self, item: Definition) -> None:
        """Put the decorator in the place of one that it replaces, else on top, or below `@overload`."""
        sheet, text = self.sheets[item.path], item.module.text
        for node in item.node.decorator_list:
            if last_word(node) in ("staticmethod", "classmethod") and isinstance(node, ast.Name):
                sheet.replace(*item.module.positions.span(node), self.word)
                return
        below = [node for node in item.node.decorator_list if last_word(node) != "overload"]
        first = min([item.node.lineno, *(node.lineno for node in below)])
        at = line_start(text, item.module.positions.offset(first, 0))
        sheet.insert(at, f"{indent_at(text, at)}@{self.word}{newline_of(text)}")

    def drop_first(self, item: Definition) -> None:
        """Take the instance or class out of a signature."""
        listing = item.listing
        only = [parameter for parameter in item.parameters()[1:] if parameter.kind is Kind.POSITIONAL]
        marks = {i for i, element in enumerate(listing.elements) if element.node is None and item.module.text[element.start] == "/"}
        remove(self.sheets[item.path], listing, {0} | (set() if only else marks))

    def free_calls(self) -> None:
        """`Class.method(obj, ...)` no longer gets the instance."""
        for site in self.uses.inside_out:
            item = self.definition_for(site)
            if item not in self.changing or item.is_static or item.is_of_class or site.given or not isinstance(site.callee, ast.Attribute):
                continue
            if site.arguments and not isinstance(site.arguments[0], ast.Starred):
                remove(self.sheets[site.path], of_call(site.module, site.node), {site.shift})

    def left(self, item: Definition, allowed: Collection[ast.AST]) -> str:
        """The first use of the instance in a body that is not among those that can be rewritten; empty where there is none."""
        first = item.parameters()[0].name if item.parameters() else ""
        found = [node for node in uses_of(item, first) if node not in allowed]
        found += [node for node in ast.walk(item.node) if isinstance(node, ast.Name) and node.id == "__class__"]
        return f"{item.path}:{found[0].lineno}" if found else ""

    def own_calls(self, item: Definition) -> list[ast.Name]:
        """`self` in `self.method(...)` where the method is one of those that are meant."""
        callees = [site.callee for site in self.uses.sites if item.node in site.around]
        callees += [reference.node for reference in self.uses.references if isinstance(reference.node, ast.expr)]
        return [node.value for node in callees if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]

    def owner_named(self, node: ast.expr) -> bool:
        """Whether an expression names a class that has one of the methods."""
        return last_word(node) in {item.owner.name for item in self.changing if item.owner is not None} and not isinstance(node, ast.Call)


def make_static(asked: Asked) -> Rewritten | Refused:
    """Methods that need neither instance nor class."""
    work = Forming(asked, definitions(asked))
    trouble = work.problem()
    if trouble:
        return Refused(trouble)
    for item in work.changing:
        own = work.own_calls(item)
        place = work.left(item, own) or _supers(item)
        if place:
            return Refused(f"{item.qualname} uses what it is called on ({place}), so it can't be static: take that out first.")
        assert item.owner is not None
        for node in uses_of(item, item.parameters()[0].name):
            if item.scope.parent is not None and item.scope.parent.kind is not ScopeKind.MODULE:
                return Refused(f"{item.qualname} calls itself, and its class has no name that can be used there.")
            work.sheets[item.path].replace(*item.module.positions.span(node), item.owner.name)
        work.decorate(item)
        work.drop_first(item)
    work.free_calls()
    _note_unbound(work)
    return work.rewritten()


def make_classmethod(asked: Asked) -> Rewritten | Refused:
    """Methods that need the class alone."""
    work = Forming(asked, definitions(asked))
    trouble = work.problem()
    if trouble:
        return Refused(trouble)
    for item in work.changing:
        scope = inner_scope(item)
        if scope is not None and "cls" in scope.bindings:
            return Refused(f"{item.qualname} already uses the name cls: rename that first.")
        trouble = _from_static(work, item) if "staticmethod" in item.decorators else _from_instance(work, item)
        if trouble:
            return Refused(trouble)
        work.decorate(item)
    work.free_calls()
    _note_unbound(work)
    return work.rewritten()


def _from_static(work: Forming, item: Definition) -> str:
    assert item.owner is not None
    sheet, listing = work.sheets[item.path], item.listing
    sheet.insert(listing.open, "cls, " if listing.elements else "cls")
    for node in ast.walk(item.node):
        # What named the class by hand was the reason to ask.
        if isinstance(node, ast.Name) and node.id == item.owner.name and any(node in ast.walk(part) for part in item.node.body):
            sheet.replace(*item.module.positions.span(node), "cls")
    return ""


def _from_instance(work: Forming, item: Definition) -> str:
    sheet, module = work.sheets[item.path], item.module
    first = item.parameters()[0]
    spans = _class_uses(work, item, first.name)
    place = work.left(item, spans.keys()) or _supers(item, {site.node for site in work.uses.sites})
    if place:
        return f"{item.qualname} uses the instance ({place}), so it can't be a class method: take that out first."
    for start, end in spans.values():
        sheet.replace(start, end, "cls")
    start, _ = module.positions.span(first.node)
    sheet.replace(start, start + len(first.name), "cls")
    return ""


def _class_uses(work: Forming, item: Definition, first: str) -> dict[ast.AST, tuple[int, int]]:
    """Uses of the instance that only reach its class, and what of the text becomes `cls`."""
    spans: dict[ast.AST, tuple[int, int]] = {node: item.module.positions.span(node) for node in work.own_calls(item)}
    for node in ast.walk(item.node):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == first:
            if node.attr == "__class__":
                spans[node.value] = item.module.positions.span(node)
            elif isinstance(node.ctx, ast.Load) and _is_of_class(item, node.attr):
                spans[node.value] = item.module.positions.span(node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node) == f"type({first})" and isinstance(node.args[0], ast.Name):
            spans[node.args[0]] = item.module.positions.span(node)
    return spans


def _is_of_class(item: Definition, name: str) -> bool:
    """Whether a class itself has a name, as a value or as a method of the class; what is set on instances is not."""
    bindings = item.scope.bindings.get(name, [])
    if not bindings or name in item.scope.attributes:
        return False
    for binding in bindings:
        node = binding.node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not {last_word(word) for word in node.decorator_list} & {"classmethod", "staticmethod"}:
                return False
        elif binding.value is None:
            return False
    return True


def _supers(item: Definition, known: Collection[ast.AST] = ()) -> str:
    """Where a body calls `super()` for something that is not meant."""
    allowed = {node.func.value for node in known if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    found = [node for node in ast.walk(item.node) if isinstance(node, ast.Call) and is_super(node) and node not in allowed]
    return f"{item.path}:{found[0].lineno}" if found else ""


def _note_unbound(work: Forming) -> None:
    """`Class.method` without a call took the instance first."""
    for reference in work.uses.references:
        node = reference.node
        if isinstance(node, ast.Attribute) and work.owner_named(node.value):
            work.notes.append(
                f"{reference.line} hands {reference.name} on through its class; whoever calls it there must not pass an instance."
            )


def make_property(asked: Asked) -> Rewritten | Refused:
    """Methods that are read like an attribute."""
    work = Forming(asked, definitions(asked))
    trouble = work.problem() or _not_readable(work)
    if trouble:
        return Refused(trouble)
    for item in work.changing:
        work.decorate(item)
    for site in work.uses.inside_out:
        start, end = site.module.positions.span(site.node)
        sheet = work.sheets[site.path]
        if site.is_of_base(work.uses.home(site)):
            sheet.replace(start, end, f"super().{site.name}")
        elif site.given:
            # Brackets around the callee stay with it.
            listing = of_call(site.module, site.node)
            sheet.replace(listing.open - 1, end, "")
        else:
            receiver = sheet.take(*site.module.positions.span(site.arguments[0]))
            sheet.take(start, end)
            sheet.replace(start, end, f"{receiver}.{site.name}")
    _mend_texts(work)
    return work.rewritten()


def _not_readable(work: Forming) -> str:
    for item in work.changing:
        if item.is_static or item.is_of_class:
            return f"{item.qualname} is no method of an instance, so it can't be read like an attribute."
        more = [parameter.name for parameter in item.parameters()[1:]]
        if more:
            return (
                f"{item.qualname} takes {more[0]} ({item.path}:{item.node.lineno}), so it can't be a property: remove the parameter first."
            )
    for reference in work.uses.references:
        return f"{reference.line} uses {reference.name} without calling it; as a property it would be read there: change that first."
    for site in work.uses.sites:
        count = len(site.arguments) + len(site.node.keywords)
        simple = site.given or (count == 1 and site.arguments and isinstance(site.arguments[0], (ast.Name, ast.Attribute, ast.Call)))
        if site.is_partial or count != 1 - site.given or not simple:
            return f"{site.line} passes arguments to {site.name}, so it can't become a property: change that call first."
    return ""


def _mend_texts(work: Forming) -> None:
    """`name()` in documentation and comments loses its brackets, `:meth:` becomes `:attr:`."""
    for place in work.asked.meant:
        if place.label not in _TEXTS or place.start < 0:
            continue
        sheet = work.sheets[place.path]
        if sheet.text[place.end : place.end + 2] == "()":
            sheet.replace(place.end, place.end + 2, "")
        role = sheet.text.rfind(":meth:`", line_start(sheet.text, place.start), place.start)
        if role >= 0 and "`" not in sheet.text[role + len(":meth:`") : place.start]:
            sheet.replace(role, role + len(":meth:"), ":attr:")
