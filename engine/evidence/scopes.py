"""The vocabulary of one parsed file: scopes, what binds a name in them, and where each name is used.

Plain records filled by the single walk in `walk.py`. Named tuples, because hundreds of thousands are made per
repository. Knows nothing of other files, nor of what a name refers to.
"""
from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_ALWAYS_ON_CLASS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})


class Role(str, Enum):
    """What an occurrence is in its file, by syntax alone."""

    DEFINITION = "definition"
    IMPORT_NAME = "import_name"
    IMPORT_ALIAS = "import_alias"
    IMPORT_MODULE = "import_module"
    NAME = "name"
    CALL = "call"
    STORE = "store"
    ATTRIBUTE = "attribute"
    ATTRIBUTE_CALL = "attribute_call"
    ATTRIBUTE_STORE = "attribute_store"
    KEYWORD = "keyword"
    PARAMETER = "parameter"
    DECORATOR = "decorator"
    BASE = "base"
    ANNOTATION = "annotation"
    EXCEPT = "except"
    GLOBAL = "global"
    STRING = "string"
    STRING_PART = "string_part"
    FSTRING = "fstring"
    DOCSTRING = "docstring"
    COMMENT = "comment"
    PROSE = "prose"
    CONFIG = "config"
    OTHER = "other"


class ScopeKind(Enum):
    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    LAMBDA = "lambda"
    COMPREHENSION = "comprehension"


class Bind(Enum):
    """How a name came to be bound; for variables, how the bound value relates to `Binding.value`."""

    IMPORT = "import"
    FROM = "from"
    FUNCTION = "function"
    CLASS = "class"
    PARAMETER = "parameter"
    ASSIGN = "assign"
    WITH = "with"
    ELEMENT = "element"
    OPAQUE = "opaque"


@dataclass(slots=True, eq=False)
class Scope:
    """A namespace. Mutable only while the walk fills it."""

    kind: ScopeKind
    name: str
    qualname: str
    path: str
    parent: Scope | None
    node: ast.AST | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[str, list[Binding]] = field(default_factory=dict)
    # For a class: what its methods assign through their first parameter.
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    self_name: str = ""
    # For a method: its first parameter, unless it is a staticmethod.
    on_class: bool = False
    # For a method: the first parameter is the class (classmethod, __new__, metaclass style `cls`).

    @property
    def is_named(self) -> bool:
        """Lambdas and comprehensions share their qualname with the scope around them."""
        return self.kind is not ScopeKind.LAMBDA and self.kind is not ScopeKind.COMPREHENSION

    @property
    def enclosing_class(self) -> Scope | None:
        scope: Scope | None = self
        while scope is not None and scope.kind is not ScopeKind.CLASS:
            scope = scope.parent
        return scope


class Binding(NamedTuple):
    kind: Bind
    name: str
    scope: Scope
    node: ast.AST
    value: ast.expr | None = None
    annotation: ast.expr | None = None
    module: str = ""
    level: int = 0
    member: str = ""
    inner: Scope | None = None


class Use(NamedTuple):
    """One identifier of the syntax tree. Its text offset is computed only when somebody asks for that name."""

    role: Role
    node: ast.AST
    scope: Scope
    word: int = 0
    # Which word of an import or global statement.
    holder: ast.AST | None = None
    # The call of a keyword, the statement of an import.
    joined: ast.JoinedStr | None = None


class Literal(NamedTuple):
    """A string or bytes constant, or an f-string."""

    node: ast.Constant | ast.JoinedStr
    scope: Scope
    docstring: bool = False
    annotation: bool = False
    exported: bool = False
    # Stands in `__all__`.
    receiver: ast.expr | None = None
    # `o` of getattr(o, "name") and its like.


class StarImport(NamedTuple):
    module: str
    level: int


@dataclass(frozen=True, slots=True)
class Index:
    """All that one walk over one syntax tree finds."""

    root: Scope
    uses: dict[str, list[Use]]
    literals: list[Literal]
    scopes: dict[str, list[Scope]]
    # Named scopes by qualname; several where a definition is conditional or overloaded.
    stars: list[StarImport]
    exports: frozenset[str] | None


def parameters(args: ast.arguments) -> Iterator[ast.arg]:
    yield from args.posonlyargs
    yield from args.args
    if args.vararg is not None:
        yield args.vararg
    yield from args.kwonlyargs
    if args.kwarg is not None:
        yield args.kwarg


def mark_first_parameter(node: FunctionNode, method: Scope) -> None:
    decorators = {item.id for item in node.decorator_list if isinstance(item, ast.Name)}
    first = next(iter(node.args.posonlyargs + node.args.args), None)
    if first is None or "staticmethod" in decorators:
        return
    method.self_name = first.arg
    method.on_class = "classmethod" in decorators or node.name in _ALWAYS_ON_CLASS


def owner_of_self(scope: Scope, name: str) -> Scope | None:
    """The class whose method, around this scope, calls its own instance (or class) `name`."""
    here: Scope | None = scope
    while here is not None and here.kind is not ScopeKind.CLASS:
        if here.self_name:
            return here.parent if here.self_name == name else None
        if name in here.bindings:
            return None
        here = here.parent
    return None


def rehome(scope: Scope, root: Scope) -> None:
    """Move what a function binds under `global` or `nonlocal` to the scope that owns the name."""
    for name in scope.globals | scope.nonlocals:
        moved = scope.bindings.pop(name, None)
        home: Scope | None = root
        if name in scope.nonlocals:
            home = scope.parent
            while home is not None and (home.kind is ScopeKind.CLASS or name not in home.bindings):
                home = home.parent
        if moved and home is not None and home is not scope:
            home.bindings.setdefault(name, []).extend(item._replace(scope=home) for item in moved)


def strings_of(value: ast.expr) -> list[ast.Constant]:
    """The strings of a list that may be put together with `+`, as `__all__` often is."""
    found: list[ast.Constant] = []
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, (ast.List, ast.Tuple, ast.Set)):
            parts.extend(part.elts)
        elif isinstance(part, ast.BinOp):
            parts.extend((part.left, part.right))
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            found.append(part)
    return found
