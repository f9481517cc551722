"""Names that a stretch of code takes from its module, and when it takes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from engine.evidence import Module, Role, Scope, ScopeKind
from engine.evidence.scopes import Use

_NO_USES = frozenset({Role.IMPORT_NAME, Role.IMPORT_ALIAS, Role.IMPORT_MODULE, Role.KEYWORD, Role.PARAMETER, Role.ATTRIBUTE_STORE})


class When(IntEnum):
    """The moment at which a name has to be there; the dearest last."""

    TYPING = 0
    """Never at run time: an annotation that is not evaluated."""
    CALLED = 1
    """When a function runs."""
    LOADED = 2
    """When the module is loaded."""


@dataclass(frozen=True, slots=True)
class Need:
    """One use of a name of the module."""

    name: str
    when: When
    offset: int
    function: ast.FunctionDef | ast.AsyncFunctionDef | None
    """The outermost function around it, in which a local import could stand."""
    rebinds: bool = False
    """Whether it is assigned, under a `global` declaration or by the module itself."""
    called: bool = False
    """Whether it is called there, or decorates something."""


def postpones(module: Module) -> bool:
    """Whether annotations are not evaluated: `from __future__ import annotations`, or a stub."""
    body = module.tree.body if module.tree is not None else []
    return module.path.endswith(".pyi") or any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" and any(alias.name == "annotations" for alias in node.names) for node in body
    )


def needs(module: Module, within: Callable[[int], bool]) -> list[Need]:
    """Every use of a module-level (or builtin) name at the places that `within` holds, in order."""
    return sorted((need for need in _all(module) if within(need.offset)), key=lambda need: need.offset)


def _all(module: Module) -> Iterator[Need]:
    if module.index is None:
        return
    late = postpones(module)
    for name, uses in module.index.uses.items():
        for use in uses:
            if use.role in _NO_USES or isinstance(use.node, (ast.Attribute, ast.alias, ast.keyword)) or not _is_of_module(use.scope, name, use):
                continue
            offset = _offset(module, use, name)
            if offset >= 0:
                # The definition itself is no use of it.
                stored = use.role in (Role.STORE, Role.GLOBAL, Role.EXCEPT) or use.role is Role.DEFINITION
                if not stored or use.scope.kind is not ScopeKind.MODULE:
                    yield Need(name, _when(use, late), offset, outermost(use.scope), stored, use.role in (Role.CALL, Role.DECORATOR))
    for literal in module.index.literals:
        if literal.annotation and isinstance(literal.node, ast.Constant) and isinstance(literal.node.value, str):
            start = module.positions.span(literal.node)[0]
            for name in _quoted(literal.node.value):
                if _is_of_module(literal.scope, name, None):
                    yield Need(name, When.TYPING, start, outermost(literal.scope))


def _offset(module: Module, use: Use, name: str) -> int:
    """Where it stands; inside an f-string, where that begins: older parsers misplace what it holds."""
    if use.joined is not None:
        return module.positions.span(use.joined)[0]
    return module.positions.of_use(use, name)


def run_at_load(module: Module) -> set[str]:
    """Definitions of a module that may run while it is loaded: called there, and all that these reach."""
    body = module.tree.body if module.tree is not None else []
    starts = [(module.positions.offset(min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))]), 0), node) for node in body]
    inside: dict[str, set[str]] = {}
    found: set[str] = set()
    for need in needs(module, lambda _: True):
        owner = next((node for start, node in reversed(starts) if start <= need.offset), None)
        name = getattr(owner, "name", "")
        if need.when is When.LOADED and need.called:
            found.add(need.name)
        if name:
            inside.setdefault(name, set()).add(need.name)
    waiting = list(found)
    for name in waiting:
        new = inside.get(name, set()) - found
        found |= new
        waiting += sorted(new)
    return found


def spans_of(module: Module, name: str) -> list[tuple[int, int]]:
    """Where a name is used as a name, in quoted annotations and f-strings too; its import left out."""
    found: set[int] = set()
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
    index = module.index
    for use in index.uses.get(name, ()) if index is not None else ():
        if not isinstance(use.node, ast.Name):
            continue
        if use.joined is not None:
            # Older parsers misplace what stands inside an f-string.
            found.update(match.start() for match in word.finditer(module.text, *module.positions.span(use.joined)))
        else:
            found.add(module.positions.of_use(use, name))
    for literal in index.literals if index is not None else ():
        if literal.annotation and isinstance(literal.node.value if isinstance(literal.node, ast.Constant) else None, str):
            found.update(match.start() for match in word.finditer(module.text, *module.positions.span(literal.node)))
    return [(at, at + len(name)) for at in sorted(found) if at >= 0]


def _quoted(text: str) -> list[str]:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return []
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


def _is_of_module(scope: Scope, name: str, use: Use | None) -> bool:
    """Whether a name, seen from a scope, is none of the scopes around it below the module."""
    if use is not None and use.role is Role.GLOBAL:
        return isinstance(use.node, ast.Global)
    here: Scope | None = scope
    through = False
    while here is not None and here.kind is not ScopeKind.MODULE:
        if name in here.globals:
            return True
        if name in here.bindings and (here.kind is not ScopeKind.CLASS or not through and not _is_read_before(here, name, use)):
            return False
        through = True
        here = here.parent
    return True


def _is_read_before(scope: Scope, name: str, use: Use | None) -> bool:
    """Whether a class body reads a name that it has not bound yet: `name = name` reads the module's."""
    if use is None or not isinstance(use.node, ast.Name) or not isinstance(use.node.ctx, ast.Load):
        return False
    bound = [binding.value or binding.node for binding in scope.bindings[name]]
    ends = [(getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0)) for node in bound]
    return all((use.node.lineno, use.node.col_offset) < end for end in ends)


def outermost(scope: Scope) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The outermost function around a scope."""
    found: ast.FunctionDef | ast.AsyncFunctionDef | None = None
    here: Scope | None = scope
    while here is not None:
        if isinstance(here.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found = here.node
        here = here.parent
    return found


def _when(use: Use, late: bool) -> When:
    here: Scope | None = use.scope
    inside = False
    while here is not None:
        inside = inside or here.kind in (ScopeKind.FUNCTION, ScopeKind.LAMBDA)
        here = here.parent
    if use.role is Role.ANNOTATION and late:
        return When.TYPING
    return When.CALLED if inside else When.LOADED
