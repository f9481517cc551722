"""Two versions of one function: parameters renamed, added, removed, in another order."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from engine.begun.changes import Parameter, Renamed, Resigned, Signature
from engine.begun.outline import Function
from engine.begun.trees import align
from engine.evidence import Kind


def compared(before: Function, after: Function, path: str, now: str, owner: str, new_owner: str) -> Iterator[Renamed | Resigned]:
    """What became of the parameters.

    One that has gone and one that has come are the same if they stand at the same place of the signature, agree in type and default,
    and the body uses the new one where it used the old.
    """
    one, two = signature_of(before.args), signature_of(after.args)
    old, new = {item.name: item for item in one.parameters}, {item.name: item for item in two.parameters}
    gone, come = [name for name in old if name not in new], [name for name in new if name not in old]
    if one.names == two.names and not gone and not come:
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
    if one.rest and not two.rest or one.options and not two.options:
        # What went into `*args` or `**kwargs` is more than a list of parameters.
        return
    renamed = tuple(pairs.get(name, name) for name in one.names if pairs.get(name, name) in new)
    if added or removed or (renamed != two.names and not _is_traded(one.names, swapped)):
        yield Resigned(path, owner, added, removed, one, two, now)


def _is_traded(names: Sequence[str], swapped: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether the body trades its parameters' names, so that they stand for the same arguments as before."""
    return any(other != name and other in names and count > swapped.get(name, {}).get(name, 0) for name in names for other, count in swapped.get(name, {}).items())


def _is_bound(function: Function, name: str) -> bool:
    """Whether a function assigns a name before it first reads it."""
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name]
    read = min((node.lineno for node in names if isinstance(node.ctx, ast.Load)), default=None)
    return any(isinstance(node.ctx, ast.Store) and (read is None or node.lineno < read) for node in names)


def signature_of(args: ast.arguments) -> Signature:
    """What a list of parameters says."""
    plain = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults)) + list(args.defaults)
    found = [_parameter(arg, default, False, arg in args.posonlyargs) for arg, default in zip(plain, defaults, strict=True)]
    found += [_parameter(arg, default, True, False) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    return Signature(tuple(found), args.vararg is not None, args.kwarg is not None)


def _parameter(arg: ast.arg, default: ast.expr | None, keyword: bool, positional: bool) -> Parameter:
    type_, value = (ast.unparse(node) if node is not None else "" for node in (arg.annotation, default))
    return Parameter(arg.arg, type_, value, keyword, positional)


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
