"""Packages that pass on what a module offers by `from module import *`: what moves away is passed on from its new home."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from engine.actions.cycles import Graph
from engine.actions.exports import exported
from engine.actions.import_text import Spec, width_of
from engine.actions.imports import imports_of, source_of
from engine.actions.landing import Landed
from engine.actions.module_names import parts_of
from engine.actions.moving import Home, Moving
from engine.evidence import Module


def passed_on(moving: Moving, home: Home, kept: Collection[str]) -> list[str]:
    """Have packages pass on the names that leave a home; the names that a new module is to list for that, in their order.

    kept: names that the home goes on offering itself.
    """
    listed = [str(item.value) for item in exported(home.module)]
    offered = home.module.index.exports if home.module.index is not None else None
    names = [name for name in listed or sorted(home.names) if name in home.names and name not in kept]
    names = [name for name in names if name in offered] if offered is not None else [name for name in names if not name.startswith("_")]
    is_new = moving.asked.project.text(moving.to) is None
    stars = False
    own, project = parts_of(home.path)[-1], moving.asked.project
    for path in sorted(project.paths) if names else ():
        if not path.endswith("__init__.py") or path in (home.path, moving.to):
            continue
        text = project.text(path) or ""
        # Parsed only where it may say so.
        module = project.module(path) if own in text and "*" in text else None
        if module is not None and _pass(moving, home, module, names, is_new and bool(listed), set(listed) <= set(names)):
            moving.passing.add(path)
            stars = True
    return names if stars and is_new and listed else []


def is_as_before(moving: Moving, chain: Sequence[str]) -> bool:
    """Whether a circle of imports is one that an old home had, entered at the same place of the same package.

    The new home loads nothing that the old one did not, and in the same moment.
    """
    edges = list(zip(chain, chain[1:], strict=False))
    if any(there == moving.to and here not in moving.passing for here, there in edges):
        return False
    old = Graph(moving.asked.project)
    return any(all(_was_edge(old, moving.to, home, here, there) for here, there in edges) for home in moving.homes)


def _was_edge(old: Graph, to: str, home: str, here: str, there: str) -> bool:
    here, there = (home if path == to else path for path in (here, there))
    return here == there or there in old.edges(here)


def _pass(moving: Moving, home: Home, module: Module, names: Collection[str], whole: bool, emptied: bool) -> bool:
    """One package; whether it takes all that the old home offers. whole: by a star again; emptied: nothing else is left to pass on."""
    items = imports_of(module)
    star = next((item for item in items if item.alias.name == "*" and source_of(moving.project, module.path, item) == home.path), None)
    if star is None or not isinstance(star.node, ast.ImportFrom):
        return False
    edits, known = moving.imports(module.path), {item.bound for item in items}
    naming = moving.naming.instead(moving.to, module.path, star.node, home.path)
    if whole and emptied:
        edits.replace(star, Spec(naming, "*"))
    elif whole:
        edits.beside(star, Spec(naming, "*"))
    else:
        for name in names:
            if name not in known:
                edits.beside(star, Spec(naming, name))
    return True


def listing(home: Home, names: Collection[str]) -> Landed:
    """`__all__` of a new module, written like that of the old one."""
    text, quote = home.module.text, '"'
    first = next(iter(exported(home.module)), None)
    if first is not None:
        quote = text[home.module.positions.span(first)[0]]
    line = f"__all__ = [{', '.join(f'{quote}{name}{quote}' for name in names)}]\n"
    if len(line) > width_of(text) or (first is not None and len(names) > 1 and text[: home.module.positions.span(first)[0]].rstrip(" ").endswith("\n")):
        line = "__all__ = [\n" + "".join(f"    {quote}{name}{quote},\n" for name in names) + "]\n"
    return Landed(line, frozenset({"__all__"}), True, frozenset())
