"""Imports that an edit leaves without a use, and imports that it needs: the last pass over a changed file.

What was unused before stays, for it is there for its effect or for others.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from engine.actions.base import Sheet
from engine.actions.import_edits import ImportEdits
from engine.actions.import_text import Spec, remark_behind
from engine.actions.imports import Context, Imported, imports_of
from engine.actions.needs import needs
from engine.evidence import Module, Project
from engine.evidence.source import parse_module

_TYPE_COMMENT = re.compile(r"#\s*type:\s*([^\n]*)")
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Used:
    """The names that a file uses: bare, and as dotted chains from a bare name."""

    names: frozenset[str]
    chains: frozenset[str]
    local: Mapping[str, tuple[int, ...]]
    """Lines in which a bare name stands."""


def used_in(module: Module) -> Used:
    """What a file uses of the names it binds or imports."""
    names = {need.name for need in needs(module, lambda _: True)}
    chains: set[str] = set()
    local: dict[str, list[int]] = {}
    for node in ast.walk(module.tree) if module.tree is not None else ():
        if isinstance(node, ast.Attribute):
            dotted = _chain(node)
            if dotted:
                chains.add(dotted)
        elif isinstance(node, ast.Name):
            local.setdefault(node.id, []).append(node.lineno)
    if module.index is not None:
        names |= module.index.exports or frozenset()
        for literal in module.index.literals:
            if literal.annotation and isinstance(literal.node, ast.Constant) and isinstance(literal.node.value, str):
                for found in re.findall(r"[A-Za-z_][\w.]*", literal.node.value):
                    chains.add(found)
                    local.setdefault(found.partition(".")[0], []).append(literal.node.lineno)
    for found in _TYPE_COMMENT.findall(module.text):
        names.update(re.findall(r"[A-Za-z_]\w*", found))
    return Used(frozenset(names), frozenset(chains), {name: tuple(lines) for name, lines in local.items()})


def _chain(node: ast.Attribute) -> str:
    parts = [node.attr]
    inner: ast.expr = node.value
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    return ".".join([inner.id, *reversed(parts)]) if isinstance(inner, ast.Name) else ""


def _is_used(item: Imported, used: Used) -> bool:
    if item.context is Context.LOCAL and item.holders:
        holder = item.holders[-1]
        first, last = getattr(holder, "lineno", 0), getattr(holder, "end_lineno", 0) or 0
        return any(first <= line <= last for line in used.local.get(item.bound, ()))
    if isinstance(item.node, ast.Import) and not item.alias.asname and "." in item.alias.name:
        return any(f"{chain}.".startswith(f"{item.alias.name}.") for chain in used.chains)
    return item.bound in used.names


def unused(before: Module, after: Module, kept: Collection[str]) -> list[Imported]:
    """Imports that the first text used and the second one does not. kept: names that others take from this file."""
    was, now = used_in(before), used_in(after)
    items = imports_of(after)
    known = {_key(item) for item in imports_of(before) if _is_used(item, was)}
    found = []
    for item in items:
        if item.bound in kept or item.alias.name == "*" or item.context is Context.GUARDED or _is_future(item):
            continue
        if _key(item) in known and not _is_used(item, now) and "F401" not in remark_behind(after, item.node):
            found.append(item)
    return _but_the_last_of_a_package(found, items, now)


def _key(item: Imported) -> tuple[Context, str, str]:
    """The same import before and after, wherever its module lies."""
    name = item.alias.name if isinstance(item.node, ast.Import) and not item.alias.asname else item.bound
    return item.context, name, getattr(item.holders[-1], "name", "") if item.holders else ""


def _is_future(item: Imported) -> bool:
    return isinstance(item.node, ast.ImportFrom) and item.node.module == "__future__"


def _but_the_last_of_a_package(found: list[Imported], items: Iterable[Imported], now: Used) -> list[Imported]:
    """`import a.b` stays while `a` is used and nothing else binds it."""
    out = []
    for item in found:
        dotted = isinstance(item.node, ast.Import) and not item.alias.asname and "." in item.alias.name
        others = any(other.bound == item.bound and other not in found for other in items)
        if not (dotted and item.bound in now.names and not others):
            out.append(item)
    return out


def finish(
    project: Project,
    before: Module,
    text: str,
    wanted: Iterable[tuple[Spec, Context]] = (),
    kept: Collection[str] = (),
) -> str:
    """A changed text with the imports that it needs added, and those that it no longer needs taken out."""
    after = parse_module(before.path, text)
    if after.tree is None:
        return text
    edits = ImportEdits(project, after)
    for spec, context in wanted:
        edits.add(spec, context)
    for item in unused(before, after, kept):
        edits.drop(item)
    sheet = Sheet(text)
    edits.write(sheet)
    text = sheet.result()
    for _ in range(_ROUNDS):
        after = parse_module(before.path, text)
        edits = ImportEdits(project, after)
        gone = unused(before, after, kept)
        if not gone or after.tree is None:
            break
        for item in gone:
            edits.drop(item)
        sheet = Sheet(text)
        edits.write(sheet)
        text = sheet.result()
    return text
