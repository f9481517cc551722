"""The uses of the meant functions: calls, with what their arguments are for, and references that call nothing.

What a name stands for was decided before (`meant`); here it is only found what the syntax around it does with it. An import under another name and the
constructor calls that name no class (`cls(...)`, `type(self)(...)`, `super().__init__(...)` of a subclass) follow from what is meant.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from engine.actions.base import Asked
from engine.actions.functions import CONSTRUCTORS, ClassMeant, Definition, Definitions, Kind, Parameter, last_word
from engine.evidence import Binding, Module, Role, Scope, ScopeKind
from engine.evidence.occurrences import inference_of
from engine.evidence.scopes import Use
from engine.evidence.values import ValueKind
from engine.features import Zone, zone_of
from engine.plan import Calls

_APPLYING = {
    "partial": 0, "partialmethod": 0, "submit": 0, "to_thread": 0, "deprecated_call": 0, "call_soon": 0, "call_soon_threadsafe": 0,
    "raises": 1, "assertRaises": 1, "warns": 1, "assertWarns": 1, "run_in_executor": 1, "call_later": 1, "call_at": 1,
}  # fmt: skip
"""Callees that hand the arguments behind a function on to it, and which argument the function is."""
_DECLARING = frozenset(
    {Role.DEFINITION, Role.IMPORT_NAME, Role.IMPORT_ALIAS, Role.IMPORT_MODULE, Role.KEYWORD, Role.PARAMETER, Role.STORE, Role.GLOBAL}
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One call of a meant function."""

    module: Module
    node: ast.Call
    callee: ast.expr
    """The function, which for `partial(f, ...)` is the first argument."""
    name: str
    """The meant name that it is called by."""
    scope: Scope
    given: int
    """So many first parameters are filled by what stands before the dot."""
    around: tuple[ast.AST, ...]
    """The functions and classes that it stands in, from the inside."""

    @property
    def path(self) -> str:
        """Its file."""
        return self.module.path

    @property
    def is_partial(self) -> bool:
        """Whether it hands arguments to another callee, which calls the function."""
        return self.node.func is not self.callee

    @property
    def shift(self) -> int:
        """So many arguments stand before those that are for the function."""
        return self.node.args.index(self.callee) + 1 if self.is_partial else 0

    @property
    def is_super(self) -> bool:
        """Whether it calls what its own method overrides."""
        return isinstance(self.callee, ast.Attribute) and is_super(self.callee.value)

    def is_of_base(self, home: Definition | None) -> bool:
        """`Base.method(self, ...)` in an override."""
        if home is None or home.is_static or self.given or not isinstance(self.callee, ast.Attribute) or not self.arguments:
            return False
        first = self.arguments[0]
        return isinstance(first, ast.Name) and first.id == home.parameters()[0].name

    @property
    def arguments(self) -> list[ast.expr]:
        """Positional arguments for the function."""
        return self.node.args[self.shift :]

    @property
    def has_star(self) -> bool:
        """Whether a sequence of unknown length is spread out in it."""
        return any(isinstance(item, ast.Starred) for item in self.arguments)

    @property
    def has_options(self) -> bool:
        """Whether keywords are spread out in it."""
        return any(item.arg is None for item in self.node.keywords)

    @property
    def line(self) -> str:
        """Where it stands, for the user."""
        return f"{self.path}:{self.node.lineno}"

    def keyword(self, name: str) -> ast.keyword | None:
        """The argument that is passed by this keyword."""
        return next((item for item in self.node.keywords if item.arg == name), None)

    def filled(self, signature: list[Parameter]) -> list[Parameter | None]:
        """The parameter of every positional argument, in order; None for what goes into `*args` or can't be told."""
        slots = [item for item in signature if item.kind in (Kind.POSITIONAL, Kind.PLAIN)][self.given :]
        spread = next((i for i, item in enumerate(self.arguments) if isinstance(item, ast.Starred)), len(self.arguments))
        return [slots[i] if i < min(len(slots), spread) else None for i in range(len(self.arguments))]


@dataclass(frozen=True, slots=True)
class Reference:
    """A use that calls nothing: passed on, assigned, decorating."""

    module: Module
    node: ast.expr
    name: str
    parent: ast.AST | None
    scope: Scope
    given: int
    """So many first parameters are filled by what stands before the dot."""

    @property
    def line(self) -> str:
        """Where it stands, for the user."""
        return f"{self.module.path}:{getattr(self.node, 'lineno', 0)}"

    @property
    def is_harmless(self) -> bool:
        """Whether it only looks at the function: `f.attribute`, `f is g`, `isinstance(x, f)`."""
        if isinstance(self.parent, ast.Call):
            return last_word(self.parent.func) in ("isinstance", "issubclass", "hasattr", "getattr", "cast")
        return isinstance(self.parent, (ast.Attribute, ast.Compare, ast.ExceptHandler, ast.Subscript, ast.Raise))

    @property
    def is_decorator(self) -> bool:
        """`@f` without brackets."""
        return self.node in getattr(self.parent, "decorator_list", ())


def is_super(node: ast.expr) -> bool:
    """`super()` in any form."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


class Surroundings:
    """The parents of the nodes of one file."""

    def __init__(self, module: Module) -> None:
        self.module = module

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """Node to the one that holds it."""
        tree = self.module.tree
        return {} if tree is None else {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}

    def holders(self, node: ast.AST) -> Iterator[ast.AST]:
        """All nodes around one, from the inside."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def functions(self, node: ast.AST) -> tuple[ast.AST, ...]:
        """The functions and classes around a node, from the inside."""
        return tuple(item for item in self.holders(node) if isinstance(item, (*_FUNCTIONS, ast.ClassDef)))


class Uses:
    """Every use of the meant functions."""

    def __init__(self, asked: Asked, found: Definitions) -> None:
        self.asked = asked
        self.definitions = found
        self.sites: list[Site] = []
        self.references: list[Reference] = []
        self.unread: list[str] = []
        """Places that the parser does not show where they stand: inside f-strings of old Pythons."""
        self._surroundings: dict[str, Surroundings] = {}
        self._seen: set[ast.AST] = set()
        for path in dict.fromkeys(place.path for place in asked.meant):
            self._read(path)
        for item in found.classes:
            self._nameless(item)
        self.sites.sort(key=lambda site: (site.path, site.node.lineno, site.node.col_offset))

    @property
    def inside_out(self) -> list[Site]:
        """Calls in the arguments of others come first, so that what moves an argument finds it written."""

        def length(site: Site) -> int:
            start, end = site.module.positions.span(site.node)
            return end - start

        return sorted(self.sites, key=length)

    def surroundings(self, module: Module) -> Surroundings:
        """Parents in a file, found once."""
        return self._surroundings.setdefault(module.path, Surroundings(module))

    def scope_of(self, site: Site) -> Calls:
        """Which calls it belongs to."""
        own = {id(item.node) for item in self.definitions.functions}
        if any(id(node) in own for node in site.around):
            return Calls.RECURSIVE
        return Calls.TESTS if zone_of(site.path) is Zone.TEST else Calls.CODE

    def home(self, site: Site) -> Definition | None:
        """The meant definition that a call stands in."""
        for node in site.around:
            for item in self.definitions.functions:
                if item.node is node:
                    return item
        return None

    def _read(self, path: str) -> None:
        module = self.asked.project.module(path)
        if module is None or module.index is None:
            return
        by_place: dict[str, dict[int, Use]] = {}
        for place in self.asked.of(path):
            if place.before not in by_place:
                uses = module.index.uses.get(place.before, [])
                by_place[place.before] = {module.positions.of_use(use, place.before): use for use in uses}
            use = by_place[place.before].get(place.start)
            if use is None:
                if place.label == Role.FSTRING.value:
                    self.unread.append(f"{path}:{module.text.count(chr(10), 0, place.start) + 1}")
            elif use.role is Role.IMPORT_NAME:
                self._aliased(module, use, place.before)
            elif use.role not in _DECLARING and isinstance(use.node, ast.expr):
                self._add(module, use.node, use.scope, place.before)

    def _aliased(self, module: Module, use: Use, name: str) -> None:
        """`from m import f as g`: what `g` does in its scope."""
        alias = use.node
        if not isinstance(alias, ast.alias) or not alias.asname or alias.asname == name or module.index is None:
            return
        for other in module.index.uses.get(alias.asname, []):
            if other.role in _DECLARING or not isinstance(other.node, ast.Name):
                continue
            if any(binding.node is alias for binding in _bound(other.scope, alias.asname)):
                self._add(module, other.node, other.scope, name)

    def _add(self, module: Module, node: ast.expr, scope: Scope, name: str) -> None:
        if node in self._seen:
            return
        self._seen.add(node)
        around = self.surroundings(module)
        parent = around.parents.get(node)
        given = self._given(node, scope, name)
        if isinstance(parent, ast.Call) and (parent.func is node or self._is_partial(parent, node)):
            if last_word(parent.func) == "partialmethod" and parent.func is not node:
                given = 1
            self.sites.append(Site(module, parent, node, name, scope, given, around.functions(node)))
        else:
            self.references.append(Reference(module, node, name, parent, scope, given))

    @staticmethod
    def _is_partial(call: ast.Call, node: ast.expr) -> bool:
        at = _APPLYING.get(last_word(call.func), len(call.args))
        return at < len(call.args) and call.args[at] is node

    def _given(self, callee: ast.expr, scope: Scope, name: str) -> int:
        """How many parameters the receiver fills."""
        if any(item.node.name == name for item in self.definitions.classes):
            return 1
        known = self.definitions.of_name(name)
        if all(item.is_static for item in known) or not known:
            return 0
        if not isinstance(callee, ast.Attribute):
            # A method called by its bare name stands in the body of its class.
            return 0
        if any(item.is_of_class for item in known) and known[0].node.name != "__new__":
            return 1
        if is_super(callee.value):
            return 0 if name == "__new__" else 1
        kinds = {value.kind for value in inference_of(self.asked.project).infer(callee.value, scope)}
        return 0 if kinds & {ValueKind.CLASS, ValueKind.MODULE} and ValueKind.INSTANCE not in kinds else 1

    def _nameless(self, item: ClassMeant) -> None:
        """Constructor calls inside a class and by the constructors of those that name it as a base."""
        around = self.surroundings(item.module)
        for method in (node for node in item.node.body if isinstance(node, _FUNCTIONS)):
            first = next((arg.arg for arg in (*method.args.posonlyargs, *method.args.args)), "")
            of_class = {last_word(node) for node in method.decorator_list} & {"classmethod"} or method.name == "__new__"
            for call in (node for node in ast.walk(method) if isinstance(node, ast.Call)):
                if _constructs(call.func, first, bool(of_class)) and call.func not in self._seen:
                    self._seen.add(call.func)
                    scope = item.scope
                    self.sites.append(Site(item.module, call, call.func, item.node.name, scope, 1, around.functions(call)))
        for reference in list(self.references):
            heir = reference.parent
            if isinstance(heir, ast.ClassDef) and reference.node in heir.bases and reference.name == item.node.name:
                self.references.remove(reference)
                self._of_heir(reference.module, heir, item)

    def _of_heir(self, module: Module, heir: ast.ClassDef, item: ClassMeant) -> None:
        around = self.surroundings(module)
        constructors = {node.name for node in item.constructors} or {"__init__"}
        for method in (node for node in heir.body if isinstance(node, _FUNCTIONS) and node.name in CONSTRUCTORS):
            for call in (node for node in ast.walk(method) if isinstance(node, ast.Call)):
                func = call.func
                if not isinstance(func, ast.Attribute) or func.attr not in constructors or func in self._seen:
                    continue
                own = is_super(func.value) or last_word(func.value) == item.node.name
                if own:
                    self._seen.add(func)
                    given = 1 if is_super(func.value) and func.attr != "__new__" else 0
                    self.sites.append(Site(module, call, func, item.node.name, item.scope, given, around.functions(call)))


def _bound(scope: Scope, name: str) -> list[Binding]:
    """What binds a name where a scope sees it."""
    here: Scope | None = scope
    while here is not None:
        if name in here.bindings and (here is scope or here.kind is not ScopeKind.CLASS):
            return here.bindings[name]
        here = here.parent
    return []


def _constructs(func: ast.expr, first: str, of_class: bool) -> bool:
    """`cls(...)` in a class method, `type(self)(...)`, `self.__class__(...)`."""
    if isinstance(func, ast.Name):
        return of_class and func.id == first
    if isinstance(func, ast.Attribute):
        return func.attr == "__class__" and isinstance(func.value, ast.Name) and func.value.id == first
    return isinstance(func, ast.Call) and ast.unparse(func) == f"type({first})"
