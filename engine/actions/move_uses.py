"""The places that stand for a moved definition, made to lead to its new home: imports, `module.name`, text."""

from __future__ import annotations

import ast

from engine.actions.dotted import retargeted
from engine.actions.import_text import Spec
from engine.actions.imports import Context, Imported, leads_to, source_of
from engine.actions.module_names import ModuleName, parts_of
from engine.actions.moving import Cannot, Home, Moving
from engine.actions.needs import Need, When, needs, run_at_load, spans_of
from engine.actions.statements import Definition
from engine.evidence import Module, Role, Scope
from engine.evidence.occurrences import inference_of
from engine.evidence.scopes import Use
from engine.evidence.source import is_python
from engine.evidence.values import ValueKind
from engine.sites import Candidate

_TEXT = frozenset({Role.STRING.value, Role.STRING_PART.value, Role.DOCSTRING.value, Role.COMMENT.value, Role.PROSE.value, Role.CONFIG.value, Role.OTHER.value})
_ATTRIBUTES = frozenset({Role.ATTRIBUTE.value, Role.ATTRIBUTE_CALL.value, Role.ATTRIBUTE_STORE.value})


def mend_uses(moving: Moving) -> None:
    """Every place that is meant, outside of what the old homes keep for themselves."""
    for path in sorted({place.path for place in moving.asked.meant if place.start >= 0}):
        uses: dict[str, dict[int, Use]] = {}
        for place in moving.asked.of(path):
            home = _home(moving, place)
            if home is None:
                continue
            module = moving.asked.project.module(path) if is_python(path) else None
            if module is None or module.index is None or place.label in _TEXT:
                _mend_text(moving, home, place, module)
                continue
            if place.label == Role.IMPORT_NAME.value:
                _mend_import(moving, home, place)
                continue
            if place.before not in uses:
                found = module.index.uses.get(place.before, [])
                uses[place.before] = {module.positions.of_use(use, place.before): use for use in found}
            use = uses[place.before].get(place.start)
            if use is not None and isinstance(use.node, ast.Attribute):
                _mend_attribute(moving, home, module, use, place)
            elif place.label == Role.ANNOTATION.value and use is None:
                _mend_text(moving, home, place, module)
            elif use is not None and not moving.arrives(path, place.start):
                _mend_starred(moving, module, use, place.before)


def _home(moving: Moving, place: Candidate) -> Home | None:
    path = moving.moved.get(place.before)
    return moving.homes[path] if path is not None else None


def _mend_import(moving: Moving, home: Home, place: Candidate) -> None:
    edits = moving.imports(place.path)
    item = edits.at(place.start)
    if item is None or not isinstance(item.node, ast.ImportFrom):
        return
    source = source_of(moving.project, place.path, item)
    if not isinstance(source, str) or moving.home_of(source) is not home:
        # Taken from a module that passes it on, which is mended itself.
        return
    if moving.arrives(place.path, place.start):
        edits.drop(item)
        if item.alias.asname and item.alias.asname != place.before:
            _rename(moving, place.path, item, place.before)
        return
    spec = Spec(moving.naming.instead(moving.to, place.path, item.node, source), place.before, item.alias.asname or "")
    module = moving.asked.project.module(place.path)
    if place.path in moving.choices.lazy and item.context is Context.TOP and module is not None:
        edits.drop(item)
        import_late(moving, module, spec, [need for need in needs(module, lambda _: True) if need.name == spec.bound])
        return
    edits.replace(item, spec)


def import_late(moving: Moving, module: Module, spec: Spec, uses: list[Need]) -> None:
    """Import a name inside the functions that need it, or for typing alone, so that no cycle closes."""
    edits, at_once = moving.imports(module.path), run_at_load(module)
    tops = {id(inner): node.name for node in (module.tree.body if module.tree is not None else []) if isinstance(node, Definition) for inner in ast.walk(node)}
    for need in uses:
        if need.when is When.CALLED and tops.get(id(need.function), "") in at_once:
            raise Cannot(f"{module.path} needs {spec.bound} as soon as it is loaded, and {moving.to} needs {module.path}: they would import each other.")
        if need.when is When.TYPING:
            edits.add(spec, Context.TYPING)
        elif need.when is When.CALLED and need.function is not None and need.function.body[0].lineno > need.function.lineno:
            edits.add_inside(need.function, spec)
        else:
            raise Cannot(f"{module.path} needs {spec.bound} as soon as it is loaded, and {moving.to} would import {module.path}: they would import each other.")


def _rename(moving: Moving, path: str, item: Imported, name: str) -> None:
    """Uses of an alias that is no longer needed."""
    module = moving.asked.project.module(path)
    alias = item.alias.asname or ""
    if module is None or module.index is None:
        return
    if any(name in scope.bindings for scopes in module.index.scopes.values() for scope in scopes if scope.parent is not None):
        raise Cannot(f"{path} knows {name} as {alias} and uses the name {name} for something else: rename that first.")
    for start, end in spans_of(module, alias):
        moving.change(path, start, end, name)


def _mend_attribute(moving: Moving, home: Home, module: Module, use: Use, place: Candidate) -> None:
    """`module.name`, where `module` is the old home itself."""
    node = use.node
    assert isinstance(node, ast.Attribute)
    values = inference_of(moving.asked.project).infer(node.value, use.scope)
    if not any(value.kind is ValueKind.MODULE and moving.home_of(value.path) is home for value in values):
        return
    start, end = module.positions.span(node.value)
    if use.joined is not None:
        # Older parsers misplace what stands inside an f-string.
        end = place.start - 1
        start = end - len(ast.unparse(node.value))
        if module.text[start:end] != ast.unparse(node.value):
            raise Cannot(f"{place.path} spreads {ast.unparse(node)} inside an f-string: take it out of the string first.")
    if moving.arrives(place.path, place.start):
        moving.change(place.path, start, place.start, "")
        return
    receiver = receiver_for(moving, home, module, node.value, use.scope, place.before)
    if receiver is None:
        moving.notes.append(f"{place.path}:{node.lineno} reaches {place.before} through a value, not through an import; look at it.")
    elif receiver:
        moving.change(place.path, start, end, receiver)
    else:
        moving.change(place.path, start, place.start, "")


def receiver_for(moving: Moving, home: Home, module: Module, node: ast.expr, scope: Scope, name: str) -> str | None:
    """What stands for the new home where `node` stands for the old one, imported beside it.

    Empty: the definition itself is imported under its name, which only happens where one is given.
    """
    root, chain = node, []
    while isinstance(root, ast.Attribute):
        chain.append(root.attr)
        root = root.value
    if not isinstance(root, ast.Name):
        return None
    edits = moving.imports(module.path)
    items = [item for item in edits.items if item.bound == root.id]
    if not items:
        return None
    item = _nearest(items, node)
    if chain and isinstance(item.node, ast.Import) and not item.alias.asname:
        own = [other for other in items if isinstance(other.node, ast.Import) and _is_home(moving, home, module, other)]
        dotted = moving.naming.absolute(moving.to, (home.path, ".".join([root.id, *reversed(chain)])))
        edits.beside((own or [item])[0], Spec(ModuleName(dotted)))
        return dotted
    return _imported_beside(moving, module, item, name, node)


def _is_home(moving: Moving, home: Home, module: Module, item: Imported) -> bool:
    source = source_of(moving.project, module.path, item)
    return isinstance(source, str) and moving.home_of(source) is home


def _nearest(items: list[Imported], node: ast.expr) -> Imported:
    """The import in whose function a use stands, else that of the module."""
    for item in items:
        holder = item.holders[-1] if item.holders else None
        if isinstance(holder, (ast.FunctionDef, ast.AsyncFunctionDef)) and holder.lineno <= node.lineno <= (holder.end_lineno or 0):
            return item
    return next((item for item in items if not item.holders), items[0])


def _imported_beside(moving: Moving, module: Module, item: Imported, name: str, node: ast.expr) -> str:
    """Import the new home as a module under a name that is free here, or the definition itself."""
    edits, parts = moving.imports(module.path), parts_of(moving.to)
    parent = ModuleName("")
    if isinstance(item.node, ast.ImportFrom) and item.node.level:
        parent = moving.naming.relative(parts[:-1], module.path) or parent
    if not parent.level:
        parent = ModuleName(moving.naming.absolute(moving.to).rpartition(".")[0])
    own = parts[-1]
    alike = next((other.bound for other in edits.items if leads_to(moving.project, module.path, other) == (moving.to, "") and not other.holders), "")
    if alike:
        return alike
    if not str(parent):
        spec = Spec(ModuleName(own)) if _is_free(module, own) else None
        if spec is not None:
            edits.beside(item, spec)
            return own
    elif _is_free(module, own):
        edits.beside(item, Spec(parent, own))
        return own
    if name and _is_free(module, name):
        edits.beside(item, Spec(moving.naming.of(moving.to, module.path), name))
        return ""
    alias = f"{own}_module"
    edits.beside(item, Spec(parent, own, alias))
    return alias


def _is_free(module: Module, name: str) -> bool:
    """Whether no scope of a file binds a name."""
    scopes = module.index.scopes.values() if module.index is not None else ()
    return not any(name in scope.bindings for group in scopes for scope in group)


def _mend_starred(moving: Moving, module: Module, use: Use, name: str) -> None:
    """A name that came through a star import."""
    if not inference_of(moving.asked.project).names.lookup(use.scope, name):
        moving.want(module.path, Spec(moving.naming.of(moving.to, module.path), name))


def _mend_text(moving: Moving, home: Home, place: Candidate, module: Module | None) -> None:
    text = moving.asked.project.text(place.path) or ""
    if module is not None and place.label == Role.STRING.value and _patched(moving, home, module, place):
        return
    names = {name for name, path in moving.moved.items() if path == home.path}
    change = retargeted(moving.naming, text, place.start, names, home.path, moving.to)
    if change is not None:
        moving.change(place.path, *change)


def _patched(moving: Moving, home: Home, module: Module, place: Candidate) -> bool:
    """`monkeypatch.setattr(module, "name", ...)`, `patch.object(module, "name")`, `getattr(module, "name")`."""
    if module.tree is None:
        return False
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and len(node.args) > 1 and isinstance(node.args[1], ast.Constant) and node.args[1].value == place.before:
            start, end = module.positions.span(node.args[1])
            if start <= place.start < end:
                scope = _scope_of(module, node)
                values = inference_of(moving.asked.project).infer(node.args[0], scope)
                if any(value.kind is ValueKind.MODULE and moving.home_of(value.path) is home for value in values):
                    receiver = receiver_for(moving, home, module, node.args[0], scope, "")
                    if receiver:
                        moving.change(place.path, *module.positions.span(node.args[0]), receiver)
                    return True
    return False


def _scope_of(module: Module, node: ast.Call) -> Scope:
    """The innermost function around a call."""
    assert module.index is not None and module.root is not None
    best, begin = module.root, 0
    for scopes in module.index.scopes.values():
        for scope in scopes:
            first = getattr(scope.node, "lineno", 0)
            if begin < first <= node.lineno <= (getattr(scope.node, "end_lineno", 0) or 0):
                best, begin = scope, first
    return best
