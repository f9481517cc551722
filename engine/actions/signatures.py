"""What every change of a signature needs: its definitions and uses, and which signature a call is made for."""

from __future__ import annotations

import ast

from engine.actions.base import Asked, Rewritten, Sheets
from engine.actions.calls import Site, Uses
from engine.actions.functions import Definition, Definitions, Kind, Parameter
from engine.evidence import Scope


def inner_scope(item: Definition) -> Scope | None:
    """The scope of a function's own names."""
    return next((scope for scope in item.module.scopes(item.qualname) if scope.node is item.node), None)


def uses_of(item: Definition, name: str) -> list[ast.Name]:
    """Where the body of a function uses one of its own names, in order."""
    own = inner_scope(item)
    found = []
    for use in item.module.index.uses.get(name, []) if item.module.index is not None else []:
        here: Scope | None = use.scope
        while here is not None and here is not own and name not in here.bindings:
            here = here.parent
        if here is own and own is not None and isinstance(use.node, ast.Name):
            found.append(use.node)
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


class Signatures:
    """One change of the signatures that are meant."""

    def __init__(self, asked: Asked, found: Definitions) -> None:
        self.asked = asked
        self.intent = asked.intent
        self.found = found
        self.uses = Uses(asked, found)
        self.sheets = Sheets(asked.project)
        self.notes: list[str] = []
        self.primary = found.primary(asked.intent.targets)

    def definition_for(self, site: Site) -> Definition | None:
        """The definition that a call is for: the one that is named before its overrides, a body before an overload."""
        known = self.found.of_name(site.name)
        primary = [item for item in self.primary if item in known]
        real = [item for item in (*primary, *known) if not item.is_sketch]
        return next(iter((*real, *primary, *known)), None)

    def signature_for(self, site: Site) -> list[Parameter]:
        """Its parameters, the instance included."""
        item = self.definition_for(site)
        return item.parameters() if item is not None else []

    def passes_on(self, site: Site) -> bool:
        """Whether a call only hands on the `*args` and `**kwargs` of the function around it."""
        outer = next((node for node in site.around if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))), None)
        rest = {item.arg for item in (outer.args.vararg, outer.args.kwarg) if item is not None} if outer is not None else set()
        spread = [item.value for item in site.arguments if isinstance(item, ast.Starred)]
        spread += [item.value for item in site.node.keywords if item.arg is None]
        return bool(spread) and all(isinstance(item, ast.Name) and item.id in rest for item in spread)

    def hands_on(self, item: Definition) -> bool:
        """Whether an override gives all the keywords that it does not know to what it overrides."""
        options = next((parameter.name for parameter in item.parameters() if parameter.kind is Kind.OPTIONS), None)
        inside = [site for site in self.uses.sites if site.is_super and item.node in site.around]
        words = [word for site in inside for word in site.node.keywords if word.arg is None]
        return options is not None and any(isinstance(word.value, ast.Name) and word.value.id == options for word in words)

    def note_references(self, what: str) -> None:
        """Tell of uses that call nothing, and of calls that can't be seen."""
        classes = {item.node.name for item in self.found.classes}
        others = [item for item in self.uses.references if item.name not in classes]
        if others:
            self.notes.append(f"{others[0].line} hands {others[0].name} on without calling it; {what}.")
        if self.uses.unread:
            self.notes.append(f"Calls inside f-strings were left as they are: {', '.join(self.uses.unread)}.")

    def rewritten(self) -> Rewritten:
        """What has come of it."""
        return Rewritten(self.sheets.results(), notes=tuple(dict.fromkeys(self.notes)))
