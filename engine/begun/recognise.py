"""From pairs of versions to what was begun: what vanished from a scope is laid beside what appeared there, by structure alone.

No list of words or shapes: a definition was renamed if one of its kind that appeared in the same scope has (nearly) the same tree;
it was moved if the one that appeared has its name and stands in another file, and deleted if none did.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from engine.begun.changes import Begun, Deleted, ModuleMoved, Moved, Renamed, Versions
from engine.begun.outline import Definition, Function, Scope, is_open, parsed, scope_of, segment
from engine.begun.signature import compared
from engine.begun.successors import successor
from engine.begun.trees import likeness, words

SAME = 0.75
"""Likeness from which on a definition of some size that appeared is one that vanished."""
SAME_IN_PLACE = 0.6
"""The same for one that stands between the same neighbours."""
SMALL = 14
"""Trees of fewer words (`LIMIT = 3`, `def f(self): pass`) have nothing to be told by but their place."""
CLEARLY = 0.05
"""By how much the best must be ahead of the second."""
MAX_PAIRS = 400
"""Pairs of vanished and appeared definitions of one scope; more are a rewrite."""


@dataclass(slots=True)
class _Loose:
    """Top-level definitions that nothing in their own file explains."""

    vanished: list[tuple[str, Definition]] = field(default_factory=list)
    appeared: list[tuple[str, Definition]] = field(default_factory=list)


def recognise(versions: Sequence[Versions]) -> list[Begun]:
    """Everything that the pairs show to have been begun, modules first."""
    found: list[Begun] = list(_modules(versions))
    loose = _Loose()
    for pair in versions:
        if pair.is_python and pair.before != pair.after:
            found.extend(_of_file(pair, loose))
    return found + list(_gone(loose, versions))


def _modules(versions: Sequence[Versions]) -> Iterator[ModuleMoved]:
    """Files that have another path; a folder whose files all went to one other folder counts once, as a package."""
    moved = {pair.path: pair.now for pair in versions if pair.path and pair.now and pair.path != pair.now and pair.is_python}
    packages = {}
    for old, new in moved.items():
        if old.endswith("/__init__.py") and new.endswith("/__init__.py"):
            packages[old.rpartition("/")[0] + "/"] = new.rpartition("/")[0] + "/"
    outer = {old: new for old, new in packages.items() if not _inside(old, new, packages)}
    yield from (ModuleMoved(old, new) for old, new in sorted(outer.items()))
    for old, new in sorted(moved.items()):
        if not _inside(old, new, packages) and not old.endswith("/__init__.py"):
            yield ModuleMoved(old, new)


def _inside(old: str, new: str, packages: dict[str, str]) -> bool:
    """Whether a path only went along with a package around it."""
    return any(old != before and old.startswith(before) and new == after + old[len(before) :] for before, after in packages.items())


def _of_file(pair: Versions, loose: _Loose) -> Iterator[Begun]:
    old, new = (parsed(text) if text is not None else ast.Module([], []) for text in (pair.before, pair.after))
    if old is None or new is None:
        return
    lines = (pair.before or "").split("\n"), (pair.after or "").split("\n")
    path, now = pair.path or pair.now or "", pair.now or pair.path or ""
    vanished = len(loose.vanished)
    yield from _Comparison(path, now, lines, loose).of_scopes(scope_of(old), scope_of(new), "", "")
    if pair.path != pair.now and pair.now is not None or is_open(new):
        # A file that went elsewhere is told as a module; one that takes names from anywhere may still have them.
        del loose.vanished[vanished:]


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two versions of one file."""

    path: str
    now: str
    lines: tuple[list[str], list[str]]
    loose: _Loose

    def of_scopes(self, old: Scope, new: Scope, owner: str, new_owner: str) -> Iterator[Begun]:
        """What was begun in a scope and below it."""
        vanished = [item for name, item in old.definitions.items() if name not in new.bound]
        appeared = [item for name, item in new.definitions.items() if name not in old.bound]
        # An attribute is bound wherever a method assigns it: what has gone is the first of them.
        vanished += [item for name, item in old.definitions.items() if name in new.bound and _is_redefined(item, new.definitions.get(name))]
        few = len(vanished) * len(appeared) <= MAX_PAIRS
        pairs = list(matched(vanished, appeared, old, new)) if few else []
        vanished = [item for item in vanished if item.name not in new.bound]
        for gone, come in pairs:
            yield Renamed(gone.kind, gone.name, come.name, self.path, self.now, owner, new_owner)
        if not owner:
            told = {id(item) for pair in pairs for item in pair}
            self.loose.vanished += [(self.path, item) for item in vanished if id(item) not in told]
            self.loose.appeared += [(self.now, item) for item in appeared if id(item) not in told]
            # Where a definition moves to is often where it was imported.
            self.loose.appeared += [(self.now, item) for name, item in new.definitions.items() if name in old.bound - old.definitions.keys()]
        renamed = {gone.name for gone, _ in pairs}
        kept = [(item, new.definitions[name]) for name, item in old.definitions.items() if name in new.definitions and name not in renamed]
        for before, after in kept + pairs:
            yield from self._below(before, after, owner, new_owner)

    def _below(self, before: Definition, after: Definition, owner: str, new_owner: str) -> Iterator[Begun]:
        if before.kind is not after.kind or segment(before.node, self.lines[0]) == segment(after.node, self.lines[1]):
            return
        inner, new_inner = (f"{scope}.{item.name}".lstrip(".") for scope, item in ((owner, before), (new_owner, after)))
        if isinstance(before.node, ast.ClassDef) and isinstance(after.node, ast.ClassDef):
            yield from self.of_scopes(scope_of(before.node), scope_of(after.node), inner, new_inner)
        elif isinstance(before.node, Function) and isinstance(after.node, Function):
            yield from compared(before.node, after.node, self.path, self.now, inner, new_inner)


def matched(vanished: Sequence[Definition], appeared: Sequence[Definition], old: Scope, new: Scope) -> Iterator[tuple[Definition, Definition]]:
    """Definitions of one scope that are the same thing under another name: each the other's best match, clearly."""
    scores = {}
    shared = (old.definitions.keys() & new.definitions.keys()) - {item.name for item in (*vanished, *appeared)}
    for gone in vanished:
        for come in appeared:
            if gone.kind is come.kind and _is_dunder(gone.name) == _is_dunder(come.name):
                scores[gone.name, come.name] = _score(gone, come, _between(gone, old, shared) == _between(come, new, shared))
                if gone.name in new.bound and scores[gone.name, come.name] < 1.0:
                    del scores[gone.name, come.name]
    for gone in vanished:
        for come in appeared:
            score = scores.get((gone.name, come.name), 0.0)
            rivals = [other for pair, other in scores.items() if pair != (gone.name, come.name) and (pair[0] == gone.name or pair[1] == come.name)]
            if score > 0.0 and all(score >= rival + CLEARLY for rival in rivals):
                yield gone, come


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _score(gone: Definition, come: Definition, in_place: bool) -> float:
    """Likeness of two definitions, their own names aside; 0 where it is not enough to call them one."""
    one, other = words(gone.node), words(come.node, come.name, gone.name)
    if min(len(one), len(other)) < SMALL:
        return 1.0 if in_place and one == other else 0.0
    score = likeness(one, other)
    return score if score >= (SAME_IN_PLACE if in_place else SAME) else 0.0


def _is_redefined(before: Definition, after: Definition | None) -> bool:
    """Whether an attribute that there still is was defined in another method, so that its definition has gone."""
    return after is not None and "" != before.method != after.method != ""


def _between(item: Definition, own: Scope, shared: Collection[str]) -> tuple[str, str]:
    """The nearest definitions before and behind that both versions have."""
    names = list(own.definitions)
    at = names.index(item.name)
    before = next((name for name in reversed(names[:at]) if name in shared), "")
    return before, next((name for name in names[at + 1 :] if name in shared), "")


def _gone(loose: _Loose, versions: Sequence[Versions]) -> Iterator[Moved | Deleted]:
    """What went to another file, and what went altogether."""
    for path, gone in loose.vanished:
        alike = [(to, come) for to, come in loose.appeared if to != path and come.name == gone.name]
        same = [to for to, come in alike if come.kind is gone.kind and likeness(words(gone.node), words(come.node)) >= SAME]
        if len(same) == 1 and len(alike) == 1:
            yield Moved(gone.kind, gone.name, path, same[0])
        elif not alike and any(pair.path == pair.now == path for pair in versions):
            yield Deleted(gone.kind, gone.name, path, successor(gone.name, versions))
