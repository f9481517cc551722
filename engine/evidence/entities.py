"""What a repository defines: the entities an instruction may name.

An entity is a value: path, owner and name say which, the offsets say where. Knows nothing of uses.
"""
from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from engine.evidence.scopes import Bind, Binding, Role, Scope, ScopeKind, Use
from engine.evidence.source import Module, Project, is_python


class Kind(str, Enum):
    MODULE = "module"
    PACKAGE = "package"
    FUNCTION = "function"
    CLASS = "class"
    METHOD = "method"
    CONSTANT = "constant"
    ATTRIBUTE = "attribute"
    PARAMETER = "parameter"


@dataclass(frozen=True, slots=True)
class Entity:
    kind: Kind
    name: str
    path: str
    # For a package, its `__init__.py`.
    owner: str = ""
    # Dotted qualname of the enclosing class or function; for a parameter, of its function.
    line: int = 0
    start: int = -1
    end: int = -1
    # Character offsets of the name; -1 for modules and packages.
    bases: tuple[str, ...] = ()

    @property
    def qualname(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name


def entities(project: Project, path: str, names: Collection[str] | None = None) -> list[Entity]:
    """Everything one file defines, in order of appearance, the file itself first."""
    found = [item for item in (_module(path),) if item is not None and (names is None or item.name in names)]
    module = project.module(path)
    if module is None or module.index is None:
        return found
    inside: list[Entity] = []
    for scopes in module.index.scopes.values():
        # Scopes of one qualname (overloads, conditional definitions) define each name once.
        inside.extend(_of_scopes(module, scopes, names))
    return found + sorted(inside, key=lambda item: (item.start, item.kind))


def qualified(entity: Entity) -> str:
    """`path::Class.name`, `path::Class.method(param)`, the path of a module, `folder/` of a package."""
    if entity.kind is Kind.MODULE:
        return entity.path
    if entity.kind is Kind.PACKAGE:
        return entity.path.rpartition("/")[0] + "/"
    if entity.kind is Kind.PARAMETER:
        return f"{entity.path}::{entity.owner}({entity.name})"
    return f"{entity.path}::{entity.qualname}"


def find(project: Project, name: str) -> Entity | None:
    """The entity that `qualified` prints as `name`."""
    path, _, rest = name.partition("::")
    if not rest:
        paths = [f"{path}__init__.py", f"{path}__init__.pyi"] if path.endswith("/") else [path]
        return next((_module(item) for item in paths if item in project.paths), None)
    last = rest.rstrip(")").replace("(", ".").rpartition(".")[2]
    return next((item for item in entities(project, path, {last}) if qualified(item) == name), None)


def _module(path: str) -> Entity | None:
    if not is_python(path):
        return None
    folder, _, last = path.rpartition("/")
    name = last.rpartition(".")[0]
    if name != "__init__":
        return Entity(Kind.MODULE, name, path)
    return Entity(Kind.PACKAGE, folder.rpartition("/")[2], path) if folder else None


def _of_scopes(module: Module, scopes: list[Scope], names: Collection[str] | None) -> Iterator[Entity]:
    bound: dict[str, list[Binding]] = {}
    for scope in scopes:
        for table in (scope.bindings, scope.attributes):
            for name in table if names is None else names & table.keys() if isinstance(names, (set, frozenset)) else [
                    item for item in names if item in table]:
                bound.setdefault(name, []).extend(table[name])
    for bindings in bound.values():
        ranked = sorted(bindings, key=lambda item: (_rank(item), _place(item)))
        kind = _kind(ranked[0], scopes[0])
        if kind is not None:
            yield _entity(module, kind, ranked[0], scopes[0])


def _rank(binding: Binding) -> int:
    """A definition outranks an assignment of the same name, and both outrank an import."""
    return 0 if binding.inner is not None else 2 if binding.kind in (Bind.IMPORT, Bind.FROM) else 1


def _place(binding: Binding) -> tuple[int, int]:
    return getattr(binding.node, "lineno", 0), getattr(binding.node, "col_offset", 0)


def _kind(binding: Binding, owner: Scope) -> Kind | None:
    """Imports and the local variables of functions are no entities."""
    if binding.kind is Bind.CLASS:
        return Kind.CLASS
    if binding.kind is Bind.FUNCTION:
        return Kind.METHOD if owner.kind is ScopeKind.CLASS else Kind.FUNCTION
    if binding.kind is Bind.PARAMETER:
        return Kind.PARAMETER
    if binding.kind in (Bind.IMPORT, Bind.FROM):
        return None
    return {ScopeKind.MODULE: Kind.CONSTANT, ScopeKind.CLASS: Kind.ATTRIBUTE}.get(owner.kind)


def _entity(module: Module, kind: Kind, binding: Binding, owner: Scope) -> Entity:
    node = binding.node
    start = module.positions.of_use(Use(Role.DEFINITION, node, owner), binding.name)
    end = start + len(binding.name) if start >= 0 else -1
    bases = tuple(_dotted(base) for base in node.bases) if isinstance(node, ast.ClassDef) else ()
    return Entity(kind, binding.name, module.path, owner.qualname, _place(binding)[0], start, end, bases)


def _dotted(node: ast.expr) -> str:
    """A base class as written, without subscripts; empty for calls."""
    if isinstance(node, ast.Subscript):
        return _dotted(node.value)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
