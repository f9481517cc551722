"""FUNCTION: a method becomes a function beside its class, and its callers pass what they called it on."""

from __future__ import annotations

import ast
import builtins
import keyword
from dataclasses import replace

from engine.actions.arguments import insert, of_call
from engine.actions.base import Asked, Refused, Rewritten
from engine.actions.calls import Reference, Site, is_super
from engine.actions.functions import Definition, Definitions, definitions, last_word
from engine.actions.import_text import Spec
from engine.actions.layout import indent_at, line_after, line_end, line_start, newline_of
from engine.actions.mentions import Mention, mend_mentions
from engine.actions.module_names import ModuleName
from engine.actions.needed import is_visible
from engine.actions.onward import onward
from engine.actions.reindent import reindented
from engine.actions.signatures import Signatures, inner_scope, uses_of
from engine.actions.statements import cut, span_of
from engine.evidence import Bind, Kind, Module, Scope, ScopeKind
from engine.naming import Style, join, subwords

_BOUND_TO_CLASSES = frozenset(
    {
        "property",
        "cached_property",
        "setter",
        "getter",
        "deleter",
        "abstractmethod",
        "override",
        "overload",
        "singledispatchmethod",
        "partialmethod",
    }
)


def clashing(scope: Scope, name: str, own: str = "") -> str:
    """Where a name means something else between a scope and its module; own: the path in which it is to be defined."""
    here: Scope | None = scope
    while here is not None:
        if (
            name in here.bindings
            and (here.kind is not ScopeKind.CLASS or here is scope)
            and (here.kind is not ScopeKind.MODULE or here.path != own)
        ):
            node = here.bindings[name][0].node
            return f"{here.path}:{getattr(node, 'lineno', 1)}"
        here = here.parent
    return ""


def within(scope: Scope | None, home: Scope, name: str) -> bool:
    """Whether a name that is used in one scope is bound in another one around it."""
    while scope is not None and scope is not home and name not in scope.bindings:
        scope = scope.parent
    return scope is home


def snake(name: str) -> str:
    """A class name as the name of a variable."""
    made = join(subwords(name), Style.SNAKE) or name.lower()
    return f"{made}_" if keyword.iskeyword(made) or made in dir(builtins) else made


class ToFunction(Signatures):
    """One method on its way out of its class."""

    def __init__(self, asked: Asked, found: Definitions, item: Definition) -> None:
        super().__init__(asked, found)
        self.item = item
        self.new = asked.intent.new or item.node.name
        self._renamed: set[ast.AST] = set()
        self.first = "" if item.is_static else item.parameters()[0].name
        own_calls = [site.callee for site in self.uses.sites if item.node in site.around]
        receivers = [node.value for node in own_calls if isinstance(node, ast.Attribute)]
        self.keeps_first = bool(self.first) and not item.is_of_class and any(node not in receivers for node in uses_of(item, self.first))

    def check(self) -> str:
        """Why it can't be done; empty where it can."""
        item, owner = self.item, self.item.owner
        if owner is None or item.module.tree is None or owner not in item.module.tree.body:
            return f"{item.qualname} is no method of a class at the top of a module."
        for other in self.found.functions:
            if other is not item:
                return f"{other.qualname} ({other.path}:{other.node.lineno}) has the same name and is meant too; without its class it could not be told from {item.qualname}."
        name = item.node.name
        if name.startswith("__") and name.endswith("__"):
            return f"{item.qualname} is called by Python itself and has to stay in its class."
        bound = sorted(item.decorators & _BOUND_TO_CLASSES)
        if bound:
            return f"{item.qualname} is decorated with {bound[0]}, which only works in a class: take that away first."
        if self.new.startswith("__"):
            return f"Inside a class Python reads {self.new} as a name private to that class: say another name for the function."
        if hasattr(builtins, self.new) and any(isinstance(node, ast.Name) and node.id == self.new for node in ast.walk(item.module.tree)):
            return f"{self.new} is a builtin, which {item.path} uses and the function would hide: say another name for it."
        root = item.module.root
        if root is not None and self.new in root.bindings:
            return f"{self.new} already means something in {item.path}: say another name for the function."
        return self._check_body(owner) or self._check_uses()

    def _check_body(self, owner: ast.ClassDef) -> str:
        item = self.item
        for node in ast.walk(item.node):
            line = f"{item.path}:{getattr(node, 'lineno', 0)}"
            if (isinstance(node, ast.Call) and is_super(node)) or (isinstance(node, ast.Name) and node.id == "__class__"):
                return f"{item.qualname} calls super() ({line}), which only works in a class."
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name.startswith("__") and not name.endswith("__"):
                return f"{item.qualname} uses {name} ({line}), which is private to {owner.name}: rename that first."
        outside = [*item.node.decorator_list, *item.node.args.defaults, *(node for node in item.node.args.kw_defaults if node is not None)]
        for node in (inner for part in outside for inner in ast.walk(part)):
            if isinstance(node, ast.Name) and node.id in item.scope.bindings:
                return f"{item.qualname} takes {node.id} from the body of its class ({item.path}:{node.lineno}): qualify it with {owner.name} first."
        return ""

    def _check_uses(self) -> str:
        if self.uses.unread:
            return f"A call inside an f-string can't be rewritten ({self.uses.unread[0]}): take it out of the string first."
        uses: list[Site | Reference] = [*self.uses.sites, *self.uses.references]
        for use in uses:
            node = use.callee if isinstance(use, Site) else use.node
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                return f"{use.line} sets {use.name} on its class or an instance: change that first."
            if isinstance(node, ast.Name) and use.scope is self.item.scope:
                return f"{use.line} uses {use.name} in the body of its class: change that first."
            place = clashing(use.scope, self.new, self.item.path)
            if place and not self._give_way(use.scope):
                return (
                    f"{self.new} means something else ({place}) where it would be called ({use.line}): say another name for the function."
                )
        return ""

    def _give_way(self, scope: Scope) -> bool:
        """A local variable that has the name of the function gets another one; False where it can't."""
        here: Scope | None = scope
        while here is not None and self.new not in here.bindings:
            here = here.parent
        other = f"{self.new}_"
        if (
            here is None
            or here.kind is not ScopeKind.FUNCTION
            or other in here.bindings
            or clashing(here.parent or here, self.new, self.item.path)
        ):
            return False
        if any(binding.kind is Bind.PARAMETER for binding in here.bindings[self.new]):
            return False
        module = self.asked.project.module(here.path)
        every = module.index.uses.get(self.new, []) if module is not None and module.index is not None else []
        found = [use for use in every if within(use.scope, here, self.new) and not isinstance(use.node, (ast.Attribute, ast.keyword))]
        if module is None or not all(isinstance(use.node, ast.Name) and use.joined is None for use in found):
            return False
        for use in found:
            if isinstance(use.node, ast.Name) and use.node not in self._renamed:
                self._renamed.add(use.node)
                self.sheets[here.path].replace(*module.positions.span(use.node), other)
        self.notes.append(
            f"The variable {self.new} of {here.qualname} ({here.path}) is called {other} now, to leave its name to the function."
        )
        return True

    def rewrite_body(self) -> str:
        """The signature and the instance; gives the name that the instance gets."""
        item, sheet = self.item, self.sheets[self.item.path]
        assert item.owner is not None
        name = item.owner.name if item.is_of_class else self._instance_name(item.owner.name)
        for node in uses_of(item, self.first) if self.first else ():
            sheet.replace(*item.module.positions.span(node), name)
        if self.first:
            listing = item.listing
            start, _ = item.module.positions.span(item.parameters()[0].node)
            if self.keeps_first:
                typed = any(parameter.node.annotation is not None for parameter in item.parameters()[1:]) or item.node.returns is not None
                annotated = item.parameters()[0].node.annotation is not None
                sheet.replace(start, start + len(self.first), name + (f": {item.owner.name}" if typed and not annotated else ""))
            else:
                self._drop_first(listing.elements[0].start)
        sheet.replace(item.name_start, item.name_start + len(item.node.name), self.new)
        return name

    def _drop_first(self, start: int) -> None:
        item = self.item
        elements, sheet = item.listing.elements, self.sheets[item.path]
        sheet.replace(start, elements[1].start if len(elements) > 1 else item.listing.close, "")
        if not item.is_of_class:
            self.notes.append(f"{self.new} does not use what it was called on, and no longer takes it.")

    def _instance_name(self, owner: str) -> str:
        item = self.item
        taken = {node.id for node in ast.walk(item.node) if isinstance(node, ast.Name)} | {self.new}
        scope = inner_scope(item)
        taken |= set(scope.bindings) if scope is not None else set()
        return next((name for name in (snake(owner), f"{snake(owner)}_") if name not in taken), self.first)

    def rewrite_uses(self) -> str:
        """Calls and references, the inner ones first; a sentence where one can't be written."""
        for site in self.uses.inside_out:
            trouble = self._call(site)
            if trouble:
                return trouble
        for reference in self.uses.references:
            self._refer(reference)
        return ""

    def _call(self, site: Site) -> str:
        sheet, positions = self.sheets[site.path], site.module.positions
        receiver = ""
        if self.first and site.given and not self.item.is_of_class:
            receiver = self._receiver(site)
            if not receiver:
                return f"{site.line} calls super() outside a method, so that there is nothing to pass: change that call first."
        elif (
            isinstance(site.callee, ast.Attribute)
            and any(isinstance(node, ast.Call) for node in ast.walk(site.callee.value))
            and not site.is_super
        ):
            self.notes.append(f"{site.line} no longer evaluates `{ast.unparse(site.callee.value)}`.")
        span = positions.span(site.callee)
        sheet.take(*span)
        sheet.replace(*span, self.new)
        listing = of_call(site.module, site.node)
        shift = site.shift
        if self.keeps_first and receiver:
            insert(sheet, listing, shift, receiver)
        elif not self.keeps_first and self.first and not site.given and not self.item.is_of_class and site.arguments:
            first = listing.elements[shift]
            end = listing.elements[shift + 1].start if len(listing.elements) > shift + 1 else first.end
            sheet.take(first.start, end)
            sheet.replace(first.start, end, "")
        self._import(site.module, site.path)
        return ""

    def _receiver(self, site: Site) -> str:
        callee = site.callee
        if not isinstance(callee, ast.Attribute):
            return ""
        if site.is_super:
            outer = next((node for node in site.around if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))), None)
            return next((arg.arg for arg in (*outer.args.posonlyargs, *outer.args.args)), "") if outer is not None else ""
        text = self.sheets[site.path].take(*site.module.positions.span(callee.value))
        return (
            f"({text})"
            if isinstance(callee.value, (ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.GeneratorExp)) and not text.startswith("(")
            else text
        )

    def _refer(self, reference: Reference) -> None:
        node, sheet = reference.node, self.sheets[reference.module.path]
        span = reference.module.positions.span(node)
        text = self.new
        if self.keeps_first and reference.given and isinstance(node, ast.Attribute):
            receiver = sheet.take(*reference.module.positions.span(node.value))
            short = is_visible(reference.scope, "partial")
            text = f"{'partial' if short else 'functools.partial'}({self.new}, {receiver})"
            if not short and not is_visible(reference.scope, "functools"):
                self.needed.want(reference.module.path, Spec(ModuleName("functools")))
        sheet.take(*span)
        sheet.replace(*span, text)
        self._import(reference.module, reference.module.path)

    def _import(self, module: Module, path: str) -> None:
        if path != self.item.path:
            self.needed.from_module(self.item.path, self.new, module.path)

    def land(self) -> None:
        """Take the written definition out of its class and put it behind it."""
        item, sheet, module = self.item, self.sheets[self.item.path], self.item.module
        assert item.owner is not None
        text, newline = module.text, newline_of(module.text)
        start, end = span_of(module, item.node)
        indent = indent_at(text, module.positions.span(item.node)[0])
        for word in item.node.decorator_list:
            if last_word(word) in ("staticmethod", "classmethod"):
                at = line_start(text, module.positions.span(word)[0])
                sheet.replace(at, line_after(text, at), "")
        moved = reindented(sheet.take(start, end), indent, "")
        class_end = span_of(module, item.owner)[1]
        body = item.owner.body
        if len(body) == 1:
            sheet.replace(start, end, f"{indent}pass{newline}")
        elif item.node is body[-1] or item.node is body[0]:
            sheet.replace(*_with_blanks(text, start, end, above=item.node is body[-1]), "")
        else:
            sheet.replace(*cut(text, start, end), "")
        lead = newline * 2 if text[:class_end].endswith("\n") or item.node is body[-1] else newline * 3
        sheet.insert(class_end, lead + moved + ("" if moved.endswith("\n") else newline))


def _with_blanks(text: str, start: int, end: int, *, above: bool) -> tuple[int, int]:
    """A range of whole lines with the blank lines on one side of it."""
    while above and start and not text[line_start(text, start - 1) : start].strip():
        start = line_start(text, start - 1)
    while not above and end < len(text) and not text[end : line_end(text, end)].strip():
        end = line_after(text, end)
    return start, end


def make_function(asked: Asked) -> Rewritten | Refused:
    """A method into a top-level function, in its module or in another one."""
    found = definitions(asked)
    primary = [item for item in found.primary(asked.intent.targets) if item.owner is not None]
    if not primary:
        return Refused(f"No method {asked.intent.target.qualname} is among the places that are meant.")
    work = ToFunction(asked, found, primary[0])
    trouble = work.check()
    if trouble:
        return Refused(trouble)
    owner = primary[0].owner.name if primary[0].owner is not None else ""
    mend_mentions(asked, work.sheets, Mention(primary[0].node.name, work.new, without=owner, role="func", passes=work.keeps_first))
    work.rewrite_body()
    trouble = work.rewrite_uses()
    if trouble:
        return Refused(trouble)
    work.land()
    target = asked.intent.target
    made = replace(target, kind=Kind.FUNCTION, name=work.new, owner="", line=0, start=-1, end=-1)
    return onward(asked, work.rewritten({target: made}), made)
