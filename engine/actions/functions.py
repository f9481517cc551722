"""The functions that a request means: their definitions, with overrides, overloads and stubs, and what their signatures say."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum

from engine.actions.arguments import FunctionNode, Listing, of_function
from engine.actions.base import Asked
from engine.evidence import Entity, Module, Role, Scope, ScopeKind

CONSTRUCTORS = ("__init__", "__new__")
_FIELD_DECORATORS = frozenset({"dataclass", "define", "frozen", "mutable", "attrs", "s", "attr_s"})


class Kind(Enum):
    """How a parameter takes its argument."""

    POSITIONAL = "positional"
    """By position alone."""
    PLAIN = "plain"
    REST = "rest"
    """`*args`"""
    KEYWORD = "keyword"
    """By keyword alone."""
    OPTIONS = "options"
    """`**kwargs`"""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a signature."""

    name: str
    kind: Kind
    index: int
    """Its place in the text of the list, where bare `*` and `/` count too."""
    has_default: bool
    node: ast.arg


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """One `def` of a function."""

    module: Module
    node: FunctionNode
    name_start: int
    scope: Scope
    """The scope that it stands in."""

    @property
    def path(self) -> str:
        """Its file."""
        return self.module.path

    @property
    def owner(self) -> ast.ClassDef | None:
        """Its class."""
        node = self.scope.node
        return node if self.scope.kind is ScopeKind.CLASS and isinstance(node, ast.ClassDef) else None

    @property
    def qualname(self) -> str:
        """Dotted, as the user would name it."""
        return f"{self.scope.qualname}.{self.node.name}" if self.scope.qualname else self.node.name

    @property
    def decorators(self) -> set[str]:
        """The last words of its decorators."""
        return {last_word(item) for item in self.node.decorator_list}

    @property
    def is_static(self) -> bool:
        """Whether a method takes neither instance nor class."""
        return self.owner is None or "staticmethod" in self.decorators

    @property
    def is_of_class(self) -> bool:
        """Whether its first parameter is the class, also where it is called on an instance."""
        own = self.node.name in ("__new__", "__init_subclass__", "__class_getitem__")
        return self.owner is not None and (own or "classmethod" in self.decorators)

    @property
    def is_sketch(self) -> bool:
        """A declaration without a body: in a stub, or an overload."""
        return self.path.endswith(".pyi") or "overload" in self.decorators

    @property
    def listing(self) -> Listing:
        """The text of its parameters."""
        return of_function(self.module, self.node, self.name_start + len(self.node.name))

    def parameters(self) -> list[Parameter]:
        """Its signature, in order, the first parameter of a method included."""
        args = self.node.args
        indexes = {item.node: i for i, item in enumerate(self.listing.elements)}
        plain = [*args.posonlyargs, *args.args]
        required = len(plain) - len(args.defaults)
        found = []
        for i, node in enumerate(plain):
            kind = Kind.POSITIONAL if node in args.posonlyargs else Kind.PLAIN
            found.append(Parameter(node.arg, kind, indexes[node], i >= required, node))
        if args.vararg is not None:
            found.append(Parameter(args.vararg.arg, Kind.REST, indexes[args.vararg], True, args.vararg))
        for node, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            found.append(Parameter(node.arg, Kind.KEYWORD, indexes[node], default is not None, node))
        if args.kwarg is not None:
            found.append(Parameter(args.kwarg.arg, Kind.OPTIONS, indexes[args.kwarg], True, args.kwarg))
        return found

    def asked_for(self) -> list[Parameter]:
        """The signature without the instance or class of a method."""
        return self.parameters()[0 if self.is_static else 1 :]


def last_word(node: ast.expr) -> str:
    """The last name of a dotted expression, of a call that of its callee, of a subscript that of its value."""
    while isinstance(node, (ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@dataclass(frozen=True, slots=True)
class ClassMeant:
    """A class that is a target: its constructor is what is asked about."""

    module: Module
    node: ast.ClassDef
    scope: Scope
    """The scope that it stands in."""

    @property
    def constructors(self) -> list[FunctionNode]:
        """Its own `__init__` (with overloads), else its own `__new__`."""
        for name in CONSTRUCTORS:
            found = [item for item in self.node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) and item.name == name]
            if found:
                return list(found)
        return []

    @property
    def has_fields(self) -> bool:
        """Whether its constructor is made from annotated attributes."""
        decorated = any(last_word(item) in _FIELD_DECORATORS for item in self.node.decorator_list)
        return decorated or any(last_word(base) == "NamedTuple" for base in self.node.bases)


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything that is defined under the meant names."""

    functions: tuple[Definition, ...]
    classes: tuple[ClassMeant, ...]

    def of_name(self, name: str) -> list[Definition]:
        """Functions with a name; of a class, its constructors."""
        made = {item.node.name for item in self.classes}
        if name in made:
            inside = {id(node) for item in self.classes if item.node.name == name for node in item.constructors}
            return [item for item in self.functions if id(item.node) in inside]
        return [item for item in self.functions if item.node.name == name]

    def primary(self, targets: tuple[Entity, ...]) -> list[Definition]:
        """Those that the request names, without their overrides; overloads come before what they describe."""
        return [item for item in self.functions if any(is_entity(item, target) for target in targets)]


def is_entity(item: Definition, target: Entity) -> bool:
    """Whether a definition is the one asked for, as a function, or as the constructor of a class, or as the owner of a parameter."""
    names = {target.qualname, f"{target.qualname}.__init__", f"{target.qualname}.__new__", target.owner}
    return item.path.removesuffix("i") == target.path.removesuffix("i") and item.qualname in names


def definitions(asked: Asked) -> Definitions:
    """What the meant places define; a parameter that is meant stands for its function."""
    functions: dict[tuple[str, int], Definition] = {}
    classes: list[ClassMeant] = []
    for place in asked.meant:
        declares = place.label in (Role.DEFINITION.value, Role.PARAMETER.value)
        module = asked.project.module(place.path) if declares else None
        for use in module.index.uses.get(place.before, []) if module is not None and module.index is not None else []:
            if use.role.value != place.label or module is None or module.positions.of_use(use, place.before) != place.start:
                continue
            node = use.scope.node if use.role is Role.PARAMETER else use.node
            made: list[Definition] = []
            if isinstance(node, ast.ClassDef):
                classes.append(ClassMeant(module, node, use.scope))
                made = [definition_of(module, constructor) for constructor in classes[-1].constructors]
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                made = [definition_of(module, node)]
            functions.update({(item.path, item.name_start): item for item in made})
    ordered = tuple(functions[key] for key in sorted(functions))
    return Definitions(ordered, tuple(classes))


def definition_of(module: Module, node: FunctionNode) -> Definition:
    """The definition that a `def` of the file is."""
    uses = module.index.uses.get(node.name, []) if module.index is not None else []
    use = next(use for use in uses if use.node is node and use.role is Role.DEFINITION)
    return Definition(module, node, module.positions.of_use(use, node.name), use.scope)
