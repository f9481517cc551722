"""Calls of a function whose signature has changed: those that go wrong with the new one, and those that the user has changed."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import SequenceMatcher

from engine.actions.base import Asked
from engine.actions.calls import Site
from engine.actions.functions import definitions
from engine.actions.seen import seen_of
from engine.actions.signatures import Signatures
from engine.begun.changes import Resigned, Versions
from engine.begun.fitting import bound, is_misfit
from engine.begun.outline import parsed
from engine.evidence import Project, Resolution, find, occurrences
from engine.evidence.positions import Positions
from engine.features import Zone, zone_of
from engine.plan import Action, Calls, Intent
from engine.sites import Rename, from_occurrence

MAX_CALLS = 2_000
"""Calls of one name in a file; more are data."""


def misfits(project: Project, change: Resigned, paths: Iterable[str]) -> list[tuple[str, int]]:
    """Path and offset of the names of calls that mean the function for certain and go wrong now.

    project: the tree as it was before the change was begun; paths: the files that may hold a call.
    """
    function = find(project, f"{change.path}::{change.owner}")
    if function is None:
        return []
    intent = Intent(function, action=Action.REORDER)
    sure = []
    for target in seen_of(project, intent):
        for item in occurrences(project, target, list(paths)):
            if item.resolution is Resolution.YES:
                sure.append(from_occurrence(item, Rename(target, "", action=Action.REORDER), project.text(item.path) or ""))
    asked = Asked(intent, project, sure)
    work = Signatures(asked, definitions(asked))
    found = []
    for site in work.uses.sites:
        item_ = work.definition_for(site)
        if item_ in work.primary and not site.is_partial and is_misfit(site.node, site.arguments, site.given, change.before, change.after):
            found.append((site.path, _name_of(site)))
    return found


def _name_of(site: Site) -> int:
    """Offset of the name that is called."""
    start, end = site.module.positions.span(site.callee)
    return end - len(site.callee.attr) if isinstance(site.callee, ast.Attribute) else start


def touched(pair: Versions, name: str) -> Iterator[tuple[int, ast.Call]]:
    """Calls of a name that are not as they were: the offset of the name in the later text, and the call."""
    before, after = (parsed(text) if text is not None else None for text in (pair.before or "", pair.after))
    if after is None or pair.after is None or name not in pair.after:
        return
    old, new = _calls(before, name) if before is not None else [], _calls(after, name)
    if len(old) + len(new) > MAX_CALLS:
        return
    matcher = SequenceMatcher(None, [_written(call, name) for call in old], [_written(call, name) for call in new], autojunk=False)
    same = {j + k for _, j, size in matcher.get_matching_blocks() for k in range(size)}
    positions = Positions(pair.after)
    for number, call in enumerate(new):
        if number not in same:
            start, end = positions.span(call.func)
            yield (end - len(call.func.attr) if isinstance(call.func, ast.Attribute) else start), call


def _calls(tree: ast.Module, name: str) -> list[ast.Call]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == name]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset, -(node.end_lineno or 0), -(node.end_col_offset or 0)))


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _written(call: ast.Call, name: str) -> str:
    """A call as text; calls of the same name inside it are judged by themselves."""
    arguments = [_plain(item, name) for item in call.args] + [f"{item.arg}={_plain(item.value, name)}" for item in call.keywords]
    return f"{ast.unparse(call.func)}({', '.join(arguments)})"


def _plain(node: ast.expr, name: str) -> str:
    inner = next((item for item in ast.walk(node) if isinstance(item, ast.Call) and _called(item) == name), None)
    return "..." if inner is not None else ast.unparse(node)


def passed(change: Resigned, calls: Mapping[str, Collection[ast.Call]]) -> dict[Calls, str]:
    """What calls that are changed already pass for the parameter that was added, where they agree. calls: by path."""
    found: dict[Calls, set[str]] = {}
    for path, own in calls.items():
        where = Calls.TESTS if zone_of(path) is Zone.TEST else Calls.CODE
        for call in own:
            for item in change.added:
                found.setdefault(where, set()).update(_values(change, call, item.name))
    agreed = {where: next(iter(values)) for where, values in found.items() if len(values) == 1}
    if len(found) == 1 and agreed:
        # Shown in one of the two alone, it holds for both.
        (value,) = agreed.values()
        return {Calls.CODE: value, Calls.TESTS: value}
    return agreed


def _values(change: Resigned, call: ast.Call, name: str) -> Iterator[str]:
    if any(isinstance(item, ast.Starred) for item in call.args) or any(item.arg is None for item in call.keywords):
        return
    for given in (1, 0) if "." in change.owner else (0,):
        taken = bound(len(call.args), [item.arg or "" for item in call.keywords], given, change.after)
        for place, parameter in (taken or {}).items():
            if parameter == name:
                value = call.args[place] if isinstance(place, int) else next(item.value for item in call.keywords if item.arg == place)
                yield ast.unparse(value)
                return
