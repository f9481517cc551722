"""What took the place of a definition that is gone: the one name that stands where it was used, as far as uses have changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from engine.begun.changes import Versions
from engine.begun.outline import parsed
from engine.begun.trees import align


def successor(name: str, versions: Sequence[Versions]) -> str:
    """The name that the changed uses of a name have now; empty where none has changed, or not all to the same."""
    found: set[str] = set()
    for pair in versions:
        if pair.is_python and pair.before and pair.after and name in pair.before and pair.before != pair.after:
            before, after = parsed(pair.before), parsed(pair.after)
            if before is not None and after is not None:
                found |= {now for was, now in _uses(before, after) if was == name != now}
    return found.pop() if len(found) == 1 else ""


def _uses(before: ast.Module, after: ast.Module) -> Iterator[tuple[str, str]]:
    """Names that are called, in both versions."""
    for left, right in align(before, after):
        if isinstance(left, ast.Call) and isinstance(right, ast.Call):
            one, other = _called(left.func), _called(right.func)
            if one and other:
                yield one, other


def _called(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
