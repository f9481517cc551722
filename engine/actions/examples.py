"""Calls written down in docstrings, comments and documentation: read as code where they can be, and changed as the calls in code are.

A directive that documents a signature (`.. function:: f(a, b=1)`) is told apart, for it is no call.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.actions.base import Asked, Sheet, Sheets
from engine.actions.calls import Site
from engine.actions.functions import Definitions
from engine.actions.layout import line_start
from engine.evidence import Role
from engine.evidence.source import parse_module
from engine.features import Zone, zone_of

_TEXTS = frozenset({Role.DOCSTRING.value, Role.COMMENT.value, Role.PROSE.value})
_DIRECTIVE = re.compile(r"[ \t]*\.\. (?:py:)?(?:auto)?(function|method|class|exception|classmethod|staticmethod)::[ \t]+[\w.]*\Z")
_BEFORE = re.compile(r"(\w+)\.\Z")
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Example:
    """One call in a text."""

    site: Site
    path: str
    start: int
    end: int
    is_directive: bool


def examples(asked: Asked, found: Definitions, sheets: Sheets) -> Iterator[Example]:
    """Calls of the meant functions in texts, each with a sheet of its own; old changelogs are left alone."""
    for place in asked.meant:
        text = asked.project.text(place.path) or ""
        if place.label not in _TEXTS or place.start < 0 or text[place.end : place.end + 1] != "(" or zone_of(place.path) is Zone.HISTORY:
            continue
        end = _closing(text, place.end)
        module = parse_module(f"{place.path}:{place.start}.py", text[place.start : end]) if end else None
        body = module.tree.body if module is not None and module.tree is not None else []
        call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
        if module is None or module.root is None or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        directive = _DIRECTIVE.match(text, line_start(text, place.start), place.start) is not None
        prefix = _BEFORE.search(text, 0, place.start)
        given = _given(found, place.before, "" if directive or prefix is None else prefix.group(1))
        sheets[module.path] = Sheet(module.text)
        yield Example(Site(module, call, call.func, place.before, module.root, given, ()), place.path, place.start, end, directive)


def _closing(text: str, opening: int) -> int:
    """Behind the bracket that closes one; 0 where none does."""
    depth, quote, at = 0, "", opening
    while at < min(len(text), opening + _LONGEST):
        mark = text[at]
        if quote:
            at += 1 if mark == "\\" else 0
            quote = "" if mark == quote else quote
        elif mark in "'\"":
            quote = mark
        elif mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return 0


def _given(found: Definitions, name: str, receiver: str) -> int:
    if any(item.node.name == name for item in found.classes):
        return 1
    known = found.of_name(name)
    if not known or all(item.is_static for item in known):
        return 0
    through_class = any(item.owner is not None and item.owner.name == receiver for item in known)
    return 0 if through_class and not any(item.is_of_class for item in known) else 1


def flush(written: list[Example], sheets: Sheets) -> None:
    """Put the changed calls into the texts that they stand in, where nothing else has changed."""
    for example in written:
        after = sheets.pop(example.site.path).result()
        sheet = sheets[example.path]
        if after != example.site.module.text and sheet.is_free(example.start, example.end):
            sheet.replace(example.start, example.end, after)
