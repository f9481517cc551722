"""What every change of a signature needs: its definitions and uses, and which signature a call is made for."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from engine.actions.base import Asked, Refused, Rewritten, Sheets
from engine.actions.calls import Reference, Site, Uses
from engine.actions.cycles import new_cycles
from engine.actions.examples import examples, flush
from engine.actions.functions import CONSTRUCTORS, Definition, Definitions, Kind, last_word
from engine.actions.imports import imports_of
from engine.actions.leftovers import finish
from engine.actions.needed import Needed
from engine.actions.taking_along import taken_elsewhere
from engine.evidence import Entity, Project, Scope
from engine.evidence.expressions import strange_decorators
from engine.evidence.source import is_python, parse_module


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
        self.examples = list(examples(asked, found, self.sheets))
        self.needed = Needed(asked.project)
        self.notes: list[str] = []
        self.primary = found.primary(asked.intent.targets)

    def definition_for(self, site: Site) -> Definition | None:
        """The definition that a call is for: the one that is named before its overrides, a body before an overload."""
        known = self.found.of_name(site.name)
        primary = [item for item in self.primary if item in known]
        real = [item for item in (*primary, *known) if not item.is_sketch]
        return next(iter((*real, *primary, *known)), None)

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

    def handed_on(self) -> Reference | None:
        """A use that hands a function on without calling it, so that its calls can't be seen."""
        classes = {item.node.name for item in self.found.classes}
        return next((item for item in self.uses.references if item.name not in classes and not item.is_harmless), None)

    def called_by_python(self) -> str:
        """A sentence where Python itself calls a function that is meant: `__call__`, `__eq__` and the like."""
        for item in self.primary:
            name = item.node.name
            if item.owner is not None and name.startswith("__") and name.endswith("__") and name not in CONSTRUCTORS:
                return f"{item.qualname} is called by Python itself, with the arguments that it has now: it has to keep them."
        return ""

    def note_unseen(self, what: str) -> None:
        """Tell of uses that call nothing, of decorators that may stand between, and of calls that can't be read."""
        other = self.handed_on()
        if other is not None:
            self.notes.append(f"{other.line} hands {other.name} on without calling it; {what}.")
        for item in self.primary:
            strange = strange_decorators(item.node)
            if strange:
                self.notes.append(f"{item.qualname} is decorated with {last_word(strange[0])}, which may expect the signature that it had.")
        if self.uses.unread:
            self.notes.append(f"Calls inside f-strings were left as they are: {', '.join(self.uses.unread)}.")

    def rewritten(self, relocated: Mapping[Entity, Entity] | None = None) -> Rewritten | Refused:
        """What has come of it, with the imports that it needs and without those that it no longer does."""
        flush(self.examples, self.sheets)
        texts = finished(self.asked.project, self.sheets, self.needed)
        cycles = new_cycles(self.asked.project, texts, [path for path in texts if path.endswith(".py")])
        if cycles:
            return Refused(f"It would make modules import each other ({' -> '.join(cycles[0])}): move what they share first.")
        return Rewritten(texts, relocated or {}, tuple(dict.fromkeys(self.notes)))


def finished(project: Project, sheets: Sheets, needed: Needed) -> dict[str, str]:
    """The changed texts with their imports put right."""
    made = sheets.results({*sheets, *needed.wanted})
    out: dict[str, str] = {}
    for path, text in made.items():
        before = project.module(path) if is_python(path) else None
        if before is None:
            out[path] = text
            continue
        wanted = needed.wanted.get(path, ())
        done = finish(project, before, text, wanted)
        gone = {item.bound for item in imports_of(before)} - {item.bound for item in imports_of(parse_module(path, done))}
        taken = taken_elsewhere(project, path, gone) & gone if gone else set()
        out[path] = finish(project, before, text, wanted, taken) if taken else done
    return out
