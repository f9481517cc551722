"""What moved code needs at its new home, and what the old home still needs of it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from engine.actions.import_text import Spec
from engine.actions.imports import Context, Imported, imports_of, leads_to
from engine.actions.module_names import ModuleName
from engine.actions.move_uses import import_late
from engine.actions.moving import Cannot, Home, Moving
from engine.actions.needs import Need, When, needs, spans_of
from engine.actions.reconcile import reconciled
from engine.actions.statements import Piece, bound_by, span_of
from engine.evidence import Module
from engine.evidence.occurrences import inference_of
from engine.evidence.source import is_python

_OF_THE_MODULE = frozenset({"__file__", "__path__", "__package__", "__spec__"})
_TYPES = ("TypeVar", "ParamSpec", "TypeVarTuple", "NewType")


def copies_for(moving_to: Module, module: Module, within: Sequence[Piece], lazy: bool) -> list[Piece]:
    """Statements that the new home gets as well: guarded imports, loggers of the module's own name, type variables in a cycle."""
    found: list[Piece] = []
    bound = moving_to.root.bindings if moving_to.root is not None else {}
    waiting = list(within)
    body = module.tree.body if module.tree is not None else []
    for piece in waiting:
        for name in sorted({need.name for need in needs(module, piece.holds)} - bound.keys()):
            for node in body:
                if name in bound_by(node) and _is_copied(node, lazy) and not any(node in other.nodes for other in waiting):
                    copy = Piece(*span_of(module, node), (node,), frozenset(bound_by(node)))
                    found.append(copy)
                    waiting.append(copy)
    return sorted(found, key=lambda piece: piece.start)


def _is_copied(node: ast.stmt, lazy: bool) -> bool:
    if isinstance(node, (ast.Try, ast.If)):
        own = [item for item in ast.walk(node) if isinstance(item, (ast.Import, ast.ImportFrom))]
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        return bool(own) and not typing
    if not isinstance(node, ast.Assign):
        return False
    names = {item.id for item in ast.walk(node.value) if isinstance(item, ast.Name)}
    return "__name__" in names or (lazy and bool(names & set(_TYPES)))


def provide(moving: Moving, home: Home) -> None:
    """Imports at the new home for everything that the pieces take from their module."""
    module, root = home.module, home.module.root
    if root is None:
        return
    imported: dict[str, list[Imported]] = {}
    for item in imports_of(module):
        if item.context is not Context.LOCAL:
            imported.setdefault(item.bound, []).append(item)
    by_name: dict[str, list[Need]] = {}
    for need in needs(module, lambda at: home.inside(at) or any(copy.holds(at) for copy in home.copies)):
        by_name.setdefault(need.name, []).append(need)
    given = home.names | {name for copy in home.copies for name in copy.names}
    for name, uses in by_name.items():
        if name in given:
            continue
        if name in _OF_THE_MODULE:
            moving.notes.append(f"The moved code uses {name}, which is another one in {moving.to}.")
        items = imported.get(name, [])
        if items:
            for item in _reached(module, items, home):
                _carry(moving, home, item, uses)
        elif name in root.bindings:
            _from_home(moving, home, name, uses)
        elif module.index is not None and module.index.stars and name not in _OF_THE_MODULE:
            _from_star(moving, home, name)
    _rebase_inside(moving, home)


def _reached(module: Module, items: list[Imported], home: Home) -> list[Imported]:
    """Of `import a.b` and `import a.c`, which both bind `a`, those that the moved code reaches into."""
    if all(isinstance(item.node, ast.ImportFrom) or item.alias.asname or "." not in item.alias.name for item in items):
        return items
    chains = set()
    for node in ast.walk(module.tree) if module.tree is not None else ():
        if isinstance(node, ast.Attribute) and home.inside(module.positions.span(node)[0]):
            chains.add(ast.unparse(node))
    found = [item for item in items if any(f"{chain}.".startswith(f"{item.alias.name}.") for chain in chains)]
    return found or items


def carried(moving: Moving, home: Home, item: Imported) -> Spec:
    """An import of the old home as the new one writes it."""
    if isinstance(item.node, ast.Import):
        return Spec(ModuleName(item.alias.name), "", item.alias.asname or "")
    return Spec(moving.naming.carried(item.node, home.path, moving.to), item.alias.name, item.alias.asname or "")


def _carry(moving: Moving, home: Home, item: Imported, uses: list[Need]) -> None:
    """An import that the moved code uses."""
    source, member = leads_to(moving.project, home.path, item)
    defined = _defined_at(moving, home, item)
    if defined is not None and (defined[0] == moving.to or moving.to in moving.choices.lazy):
        # Not through a package that passes it on: that would load the new home again.
        source, member = defined
    if source == moving.to and not member:
        _own_module(moving, home, item.bound)
        return
    if (source == moving.to and member) or moving.moved.get(member, "") == source != "":
        if item.bound != member:
            _renamed_inside(moving, home, item.bound, member)
        return
    direct = defined is not None and defined == (source, member)
    spec = Spec(moving.naming.of(source, moving.to), member, "" if item.bound == member else item.bound) if direct else carried(moving, home, item)
    needed = max(need.when for need in uses)
    destination = moving.destination
    there = [other for other in imports_of(destination) if other.bound == item.bound and other.context is not Context.LOCAL]
    same = [other for other in there if leads_to(moving.project, moving.to, other) == (source, member)]
    if same:
        if all(other.context is Context.TYPING for other in same) and item.context is not Context.TYPING and needed is not When.TYPING:
            moving.imports(moving.to).drop(same[0])
            moving.want(moving.to, spec)
        elif not isinstance(item.node, ast.Import) or any(other.alias.name == item.alias.name for other in same):
            return
    elif destination.root is not None and item.bound in destination.root.bindings:
        if reconciled(moving, home, item):
            return
        raise Cannot(f"{item.bound} means something else in {moving.to} than in {home.path}: rename one of them first.")
    moving.want(moving.to, spec, Context.TYPING if item.context is Context.TYPING else Context.TOP)


def _defined_at(moving: Moving, home: Home, item: Imported) -> tuple[str, str] | None:
    """Where an imported name is defined, if it is imported from a module that only passes it on."""
    root = home.module.root
    if root is None or not isinstance(item.node, ast.ImportFrom):
        return None
    for value in inference_of(moving.asked.project).names.definitions(root, item.bound):
        binding = value.binding
        if binding is not None and binding.scope.path != leads_to(moving.project, home.path, item)[0]:
            return binding.scope.path, binding.name
    return None


def _own_module(moving: Moving, home: Home, name: str) -> None:
    """The moved code reaches into its new home by `module.name`, which is `name` there."""
    module = home.module
    for node in ast.walk(module.tree) if module.tree is not None else ():
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name:
            start, end = module.positions.span(node.value)
            if home.inside(start):
                moving.change(home.path, start, module.positions.span(node)[1] - len(node.attr), "")


def _renamed_inside(moving: Moving, home: Home, alias: str, name: str) -> None:
    for start, end in spans_of(home.module, alias):
        if home.inside(start):
            moving.change(home.path, start, end, name)


def _from_home(moving: Moving, home: Home, name: str, uses: list[Need]) -> None:
    """The moved code uses something that stays."""
    module, destination = home.module, moving.destination
    if any(need.rebinds and need.name == name for need in needs(module, lambda _: True)):
        raise Cannot(f"A function of {home.path} sets the global {name}, which the moved code uses: move both, or pass it as an argument first.")
    spec = Spec(moving.naming.of(home.path, moving.to), name)
    passed_on = destination.root is not None and any(
        value.binding is not None and value.binding.scope.path == home.path
        for value in inference_of(moving.asked.project).names.definitions(destination.root, name)
    )  # fmt: skip
    there = [item for item in imports_of(destination) if item.bound == name and item.context is not Context.LOCAL and passed_on]
    if any(item.context is not Context.TYPING for item in there):
        return
    if destination.root is not None and name in destination.root.bindings and not there:
        if _same_definition(module, destination, name):
            return
        raise Cannot(f"{name} is defined in {home.path} and in {moving.to}, and the moved code uses the first: rename one of them first.")
    if moving.to in moving.choices.lazy:
        for need in uses:
            if need.when is When.TYPING:
                moving.want(moving.to, spec, Context.TYPING)
            else:
                import_late(moving, module, spec, [need])
        return
    typing = all(need.when is When.TYPING for need in uses) and bool(there)
    moving.want(moving.to, spec, Context.TYPING if typing else Context.TOP)


def _same_definition(one: Module, two: Module, name: str) -> bool:
    """Whether both modules define a name by the same statement, as they do a logger or a type variable."""
    texts = []
    for module in (one, two):
        body = module.tree.body if module.tree is not None else []
        texts.append([ast.unparse(node) for node in body if name in bound_by(node)])
    return texts[0] == texts[1]


def _from_star(moving: Moving, home: Home, name: str) -> None:
    """A name that came through `from module import *`."""
    index = home.module.index
    for star in index.stars if index is not None else ():
        found = moving.project.resolve_import(star.module, star.level, home.path)
        other = moving.project.module(found) if isinstance(found, str) and is_python(found) else None
        if other is not None and other.root is not None and name in other.root.bindings and isinstance(found, str):
            if found != moving.to:
                moving.want(moving.to, Spec(moving.naming.of(found, moving.to), name))
            return


def _rebase_inside(moving: Moving, home: Home) -> None:
    """Imports inside moved functions that start from the old folder."""
    for item in imports_of(home.module):
        at = home.module.positions.span(item.node)[0]
        if not home.inside(at) or not isinstance(item.node, ast.ImportFrom):
            continue
        source, member = leads_to(moving.project, home.path, item)
        if source == moving.to and member and item.alias.asname in (None, member):
            moving.imports(home.path).drop(item)
        elif item.node.level and home.path.rpartition("/")[0] != moving.to.rpartition("/")[0]:
            moving.imports(home.path).replace(item, carried(moving, home, item))


def keep_for_home(moving: Moving, home: Home) -> list[str]:
    """Have the old home import what it still uses; the names that it still has for others alone."""
    outside = [place for place in moving.asked.of(home.path) if not home.inside(place.start) and place.before in home.names]
    meant = {place.before for place in outside if place.label not in ("definition", "import_name", "comment", "docstring", "string", "string_part")}
    remaining = [need for need in needs(home.module, lambda at: not home.inside(at)) if need.name in meant]
    for need in remaining:
        if need.rebinds:
            raise Cannot(f"{home.path} sets the global {need.name} in a function that stays there: move that function too.")
    public = []
    for name in sorted(home.names):
        uses = [need for need in remaining if need.name == name]
        spec = Spec(moving.naming.of(moving.to, home.path), name)
        exported = home.module.index is not None and name in (home.module.index.exports or ())
        passed_on = any(target.name == name for target in home.targets) and (moving.asked.keep_alias or (exported and home.path.endswith("__init__.py")))
        if passed_on:
            moving.want(home.path, spec)
            public.append(name)
        elif uses and home.path in moving.choices.lazy:
            import_late(moving, home.module, spec, uses)
        elif uses:
            moving.want(home.path, spec)
    return public
