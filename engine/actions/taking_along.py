"""What belongs to a definition alone and goes where it goes; what other files take from a module."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence

from engine.actions.base import Asked
from engine.actions.imports import imports_of, source_of
from engine.actions.module_names import parts_of
from engine.actions.needs import needs
from engine.actions.statements import bound_by, pieces
from engine.evidence import Entity, Module, Project
from engine.evidence.occurrences import inference_of
from engine.evidence.source import is_python, stem
from engine.evidence.values import ValueKind

_TYPES = ("TypeVar", "ParamSpec", "TypeVarTuple", "NewType")


def belongings(asked: Asked, targets: Sequence[Entity], *, widely: bool) -> frozenset[tuple[str, str]]:
    """(path, name) of private definitions that nothing but the targets uses; widely: of constants and type variables too."""
    found: set[tuple[str, str]] = set()
    for path in dict.fromkeys(target.path for target in targets):
        module = asked.project.module(path)
        if module is not None and module.tree is not None:
            names = {target.name for target in targets if target.path == path}
            found |= {(path, name) for name in _of_module(asked.project, module, names, widely)}
    return frozenset(found)


def _of_module(project: Project, module: Module, names: set[str], widely: bool) -> set[str]:
    along: set[str] = set()
    defined = {name: node for node in module.tree.body if not isinstance(node, (ast.Import, ast.ImportFrom)) for name in bound_by(node)} if module.tree else {}
    every = needs(module, lambda _: True)
    exports = module.index.exports or frozenset() if module.index is not None else frozenset()
    while True:
        parts = pieces(module, names | along)
        if isinstance(parts, str):
            return along
        outside = {need.name for need in every if not any(piece.holds(need.offset) for piece in parts)}
        inside = {need.name for need in every if any(piece.holds(need.offset) for piece in parts)}
        new = {
            name for name in (inside & defined.keys()) - outside - names - along - exports
            if _is_own(name, defined[name], widely) and not isinstance(pieces(module, names | along | {name}), str) and not _is_known(project, module, name)
        }  # fmt: skip
        # Two helpers that use each other would each be used from outside: they stay.
        if not new:
            return along
        along |= new


def _is_own(name: str, node: ast.stmt, widely: bool) -> bool:
    if name.startswith("_") and not name.endswith("__"):
        return True
    if not widely or not isinstance(node, (ast.Assign, ast.AnnAssign)):
        return False
    called = node.value.func if isinstance(node.value, ast.Call) else None
    return name.isupper() or (called is not None and ast.unparse(called).rpartition(".")[2] in _TYPES)


def _is_known(project: Project, module: Module, name: str) -> bool:
    """Whether another file has the name from this module: by an import, or by `module.name`, in a string too."""
    own = parts_of(module.path)[-1]
    word, dotted = re.compile(rf"\b{re.escape(name)}\b"), re.compile(rf"\b{re.escape(own)}\.{re.escape(name)}\b")
    for path in project.paths:
        if stem(path) != stem(module.path) and is_python(path):
            text = project.text(path)
            if text is None or name not in text or own not in text or not word.search(text):
                continue
            other = None if dotted.search(text) else project.module(path)
            # A file that can't be read may mean it.
            if other is None or other.tree is None or {name, "*"} & _taken(project, other, module.path):
                return True
    return False


def taken_elsewhere(project: Project, path: str, only: Collection[str] | None = None) -> set[str]:
    """Names that other files take from a module, '*' for all of them and '' for the module itself."""
    own, folder = parts_of(path)[-1], path.rpartition("/")[0]
    found: set[str] = set()
    for other in project.paths:
        if stem(other) == stem(path) or not is_python(other):
            continue
        text = project.text(other)
        if text is None or (own not in text and not other.startswith(f"{folder}/")):
            continue
        if only is not None and not any(name in text for name in only):
            continue
        module = project.module(other)
        if module is not None:
            found |= _taken(project, module, path)
    return found


def _taken(project: Project, module: Module, path: str) -> set[str]:
    found: set[str] = set()
    whole = False
    for item in imports_of(module):
        source = source_of(project, module.path, item)
        if isinstance(source, str) and stem(source) == stem(path):
            if isinstance(item.node, ast.ImportFrom):
                found.add(item.alias.name)
            else:
                whole = True
        elif isinstance(source, str) and isinstance(item.node, ast.ImportFrom):
            whole = whole or stem(project.submodule(source, item.alias.name) or "") == stem(path)
    if whole:
        found.add("")
        inference = inference_of(project)
        for name, uses in module.index.uses.items() if module.index is not None else ():
            for use in uses:
                if isinstance(use.node, ast.Attribute):
                    values = inference.infer(use.node.value, use.scope)
                    if any(value.kind is ValueKind.MODULE and stem(value.path) == stem(path) for value in values):
                        found.add(name)
    return found
