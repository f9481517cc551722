"""Two versions of one function: parameters renamed, added, removed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from engine.begun.changes import Parameter, Renamed, Resigned
from engine.begun.outline import Function
from engine.begun.trees import align
from engine.evidence import Kind


def compared(before: Function, after: Function, path: str, now: str, owner: str, new_owner: str) -> Iterator[Renamed | Resigned]:
    """What became of the parameters.

    One that has gone and one that has come are the same if they stand at the same place of the signature, agree in type and default,
    and the body uses the new one where it used the old.
    """
    old, new = _parameters(before.args), _parameters(after.args)
    gone, come = [name for name in old if name not in new], [name for name in new if name not in old]
    if not gone and not come:
        return
    swapped = _swapped(before, after)
    for name in gone:
        # The body may wait for its turn: there the old name is left, though nothing binds it before it is used.
        if name in swapped and not _is_bound(after, name):
            swapped[name].pop(name, None)
    pairs: dict[str, str] = {}
    for name in gone:
        same = [other for other in come if other not in pairs.values() and _is_same(old, new, name, other, swapped)]
        if len(same) == 1:
            pairs[name] = same[0]
            yield Renamed(Kind.PARAMETER, name, same[0], path, now, owner, new_owner)
    added = tuple(new[name] for name in come if name not in pairs.values())
    removed = tuple(old[name] for name in gone if name not in pairs)
    if added or removed:
        yield Resigned(path, owner, added, removed)


def _is_bound(function: Function, name: str) -> bool:
    """Whether a function assigns a name before it first reads it."""
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name]
    read = min((node.lineno for node in names if isinstance(node.ctx, ast.Load)), default=None)
    return any(isinstance(node.ctx, ast.Store) and (read is None or node.lineno < read) for node in names)


def _parameters(args: ast.arguments) -> dict[str, Parameter]:
    positional = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
    found = [_parameter(arg, default, False) for arg, default in zip(positional, defaults, strict=True)]
    found += [_parameter(arg, default, True) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    return {parameter.name: parameter for parameter in found}


def _parameter(arg: ast.arg, default: ast.expr | None, keyword: bool) -> Parameter:
    return Parameter(arg.arg, ast.unparse(arg.annotation) if arg.annotation else "", ast.unparse(default) if default else "", keyword)


def _swapped(before: Function, after: Function) -> dict[str, dict[str, int]]:
    """Names of the old body, with the names that stand in their places in the new one and how often."""
    found: dict[str, dict[str, int]] = {}
    for left, right in align(before, after):
        if isinstance(left, ast.Name) and isinstance(right, ast.Name):
            counts = found.setdefault(left.id, {})
            counts[right.id] = counts.get(right.id, 0) + 1
    return found


def _is_same(
    old: Mapping[str, Parameter], new: Mapping[str, Parameter], name: str, other: str, swapped: Mapping[str, Mapping[str, int]]
) -> bool:
    one, two = old[name], new[other]
    if one.keyword != two.keyword:
        return False
    places = _neighbours(name, old, new) == _neighbours(other, new, old)
    uses = swapped.get(name, {})
    mostly = uses.get(other, 0) * 2 > sum(uses.values())
    if one.type == two.type and one.default == two.default:
        return places and (mostly or not uses)
    return places and mostly and (one.type == two.type or one.default == two.default)


def _neighbours(name: str, own: Mapping[str, Parameter], other: Mapping[str, Parameter]) -> tuple[str, str]:
    names = list(own)
    at = names.index(name)
    before = next((item for item in reversed(names[:at]) if item in other), "")
    return before, next((item for item in names[at + 1 :] if item in other), "")
