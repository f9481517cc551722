"""A name that two modules import differently: `import datetime` in one, `from datetime import datetime` in the other.

Moved code is then written as its new home would write it, so that neither import has to change.
"""

from __future__ import annotations

import ast
import re

from engine.actions.import_text import Spec
from engine.actions.imports import Context, Imported, imports_of, leads_to
from engine.actions.module_names import ModuleName
from engine.actions.moving import Home, Moving
from engine.actions.needs import needs, spans_of

_MEMBER = re.compile(r"\.([^\W\d]\w*)")


def reconciled(moving: Moving, home: Home, item: Imported) -> bool:
    """Rewrite the moved code's uses of an import whose name means something else at the new home; False where that can't be."""
    if _is_bound_inside(home, {item.bound}):
        return False
    if isinstance(item.node, ast.Import):
        return ("." not in item.alias.name or bool(item.alias.asname)) and _by_members(moving, home, item)
    return _by_module(moving, home, item)


def _by_members(moving: Moving, home: Home, item: Imported) -> bool:
    """`module.member` of the moved code becomes `member`, which the new home imports."""
    text = home.module.text
    uses = [(start, _MEMBER.match(text, end)) for start, end in spans_of(home.module, item.bound) if home.inside(start)]
    members = {found.group(1) for _, found in uses if found is not None}
    if any(found is None for _, found in uses) or _is_set(home, item.bound) or _is_bound_inside(home, members):
        return False
    source, _ = leads_to(moving.project, home.path, item)
    own = {need.name for need in needs(home.module, home.inside)} - {item.bound}
    there = moving.destination.root.bindings if moving.destination.root is not None else {}
    known = {other.bound for other in imports_of(moving.destination) if leads_to(moving.project, moving.to, other) == (source, other.bound)}
    if members & own or any(member in there and member not in known for member in members):
        return False
    for start, found in uses:
        assert found is not None
        moving.change(home.path, start, found.start(1), "")
    for member in sorted(members):
        context = Context.TYPING if item.context is Context.TYPING else Context.TOP
        moving.want(moving.to, Spec(ModuleName(item.alias.name), member), context)
    return True


def _by_module(moving: Moving, home: Home, item: Imported) -> bool:
    """`member` of the moved code becomes `module.member` where the new home has imported the module under that name."""
    source, member = leads_to(moving.project, home.path, item)
    whole = [other for other in imports_of(moving.destination) if other.bound == item.bound and other.context is Context.TOP]
    if not member or len(whole) != 1 or leads_to(moving.project, moving.to, whole[0]) != (source, ""):
        return False
    for start, end in spans_of(home.module, item.bound):
        if home.inside(start):
            moving.change(home.path, start, end, f"{item.bound}.{member}")
    return True


def _is_bound_inside(home: Home, names: set[str]) -> bool:
    """Whether the moved code gives any of the names a meaning of its own."""
    for piece in home.pieces:
        for statement in piece.nodes:
            for node in ast.walk(statement):
                bound = node.id if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) else node.arg if isinstance(node, ast.arg) else ""
                if (bound or getattr(node, "name", "") or getattr(node, "asname", "")) in names:
                    return True
    return False


def _is_set(home: Home, name: str) -> bool:
    """Whether the moved code sets an attribute of what the name stands for."""
    return any(
        isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name) and node.value.id == name
        for piece in home.pieces for statement in piece.nodes for node in ast.walk(statement)
    )  # fmt: skip
