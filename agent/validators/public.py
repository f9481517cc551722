"""Public names that a change takes away: of `__all__`, and of what a package's `__init__` re-exports.

A name that gives way to a new one is renamed, and not missed, and neither is one that was asked to go; whether the uses followed is the import check's affair.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from agent.validators.base import ValidationContext
from engine import Diagnostic, Source


class PublicValidator:
    def check(self, context: ValidationContext) -> list[Diagnostic]:
        return [found for path, data in sorted(context.after.items()) if path.endswith((".py", ".pyi"))
                for found in _vanished(path, context.before.get(context.origin(path)), data, context.leaving)]  # fmt: skip


def _vanished(path: str, before: bytes | None, after: bytes, leaving: frozenset[str]) -> Iterator[Diagnostic]:
    then = _public(path, before) if before is not None and before != after else None
    now = _public(path, after) if then is not None else None
    if then is None or now is None:
        return
    lost, gained = sorted(then.keys() - now.keys() - leaving), now.keys() - then.keys()
    if len(lost) > len(gained):
        for name in lost:
            yield Diagnostic(path, 0, "vanished-name", f"{name!r} was public here ({then[name]}) and nothing took its place",
                             Source.PUBLIC, name)  # fmt: skip


def _public(path: str, data: bytes) -> dict[str, str] | None:
    """What a module offers, each name with where that is said; None when it cannot be read off the text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return None
    listed = [name for node in tree.body for name in _listed(node)]
    if listed:
        return dict.fromkeys(listed, "in __all__")
    if not path.rpartition("/")[2].startswith("__init__."):
        return {}
    return {alias.asname or alias.name: "re-exported" for node in tree.body if isinstance(node, ast.ImportFrom) and node.level
            for alias in node.names if not (alias.asname or alias.name).startswith(("_", "*"))}  # fmt: skip


def _listed(node: ast.stmt) -> Iterator[str]:
    """Texts in what is put into `__all__`."""
    match node:
        case ast.Assign(targets=[ast.Name(id="__all__")], value=value) | ast.AugAssign(target=ast.Name(id="__all__"), value=value):
            pass
        case ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value):
            pass
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="__all__")), args=[value])):
            pass
        case _:
            return
    yield from (part.value for part in ast.walk(value) if isinstance(part, ast.Constant) and isinstance(part.value, str))
