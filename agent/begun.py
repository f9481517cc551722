"""Finishing what a user has begun: the plan comes from what they have done, the rest is denoised as for any request.

The sites are looked for in the tree as it would be had the change not been begun: the user's files as they are, with old names,
moved definitions and lists of parameters put back. There names resolve as they did, what is done is clamped on the canvas, and what
results is laid over the files on disk, which keep everything else that the user did to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.locator import Tree, definitions, texts_of
from agent.overlay import Overlay, marked
from editops import ChangeSet, Conflicted
from engine import (
    Action,
    Begun,
    Calls,
    Deleted,
    Entity,
    Intent,
    ModuleMoved,
    Moved,
    Part,
    Parts,
    Renamed,
    Resigned,
    Sides,
    Spot,
    Undone,
    Versions,
    asked_by,
    find,
    left_behind,
    misfits,
    names_of,
    parts_of,
    passed,
    place_before,
    spots,
    target_of,
    touched,
    undone,
)

Placed = frozenset[tuple[str, int]]
"""Paths and character offsets."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One change that was begun, and what is asked for to finish it."""

    change: Begun
    intents: tuple[Intent, ...]
    covers: tuple[Begun, ...]
    """All that it finishes: overrides whose signature was begun as well, definitions that went along."""


@dataclass(slots=True)
class Unbegun(Tree):
    """The user's tree without what they have done of a change."""

    now: Tree = field(kw_only=True)
    """The files as they are."""
    texts: Mapping[str, Undone] = field(kw_only=True)
    """By path before the change."""
    origin: Mapping[str, str] = field(kw_only=True)
    """Present path of each file whose moving is part of the change, by its path before."""
    lost: Mapping[str, str] = field(default_factory=dict)
    """Files that the user has deleted, as they were."""
    parts: Mapping[str, Parts] = field(default_factory=dict)
    """What was done to files besides names."""
    passed: Mapping[Resigned, Mapping[Calls, str]] = field(default_factory=dict)
    """What changed calls pass for an added parameter."""

    def data(self, path: str) -> bytes | None:
        """The bytes of a file as they were before the change."""
        if path not in self._bytes:
            data = None if path in self.origin.values() else self.now.data(self.origin.get(path, path))
            if path in self.lost:
                data = self.lost[path].encode()
            elif data is not None and path in self.texts:
                data = marked(data, self.texts[path].text)
            self._bytes[path] = data
        return self._bytes[path]

    def holding(self, names: Sequence[str]) -> dict[str, str]:
        """Texts of the files that hold any of the names before the change."""
        found = {path: text for path, text in self.now.holding(names).items() if path in self.project.paths and path not in self.texts}
        for path, text in [*((path, item.text) for path, item in self.texts.items()), *self.lost.items()]:
            if any(name in text for name in names):
                found[path] = text
        return dict(sorted(found.items()))

    def landed(self, change: ChangeSet, files: Mapping[str, bytes]) -> tuple[ChangeSet, Mapping[str, bytes]] | Conflicted | str:
        """The change set over the files as they are, what is done already left out; a sentence where it contradicts what is done."""
        before = {path: data for path in sorted({*files, *self.texts, *self.origin, *self.lost}) if (data := self.data(path)) is not None}
        overlay = Overlay(self.now, self.texts, self.origin, self.lost, self.parts)
        found = overlay.over(change, before)
        if not isinstance(found, ChangeSet):
            return found
        paths = sorted({self.origin.get(path, path) for path in before} | found.paths)
        present = {path: data for path in paths if path in found.paths and (data := self.now.data(path)) is not None}
        return self.now.landed(found, present)


def unbegun(tree: Tree, versions: Sequence[Versions], changes: Sequence[Begun]) -> Unbegun:
    """The tree before the changes. versions: everything that differs from their base, with the text that stands in `tree` now."""
    names = dict(said for change in changes if (said := names_of(change)) is not None)
    origin = _origins(tree.paths, changes)
    former = {now: path for path, now in origin.items()}
    present = [pair for pair in versions if pair.now is None or pair.after is not None and tree.text(pair.now) == pair.after]
    parts = _parts(present, changes)
    lost = _lost(present, changes, parts)
    texts: dict[str, Undone] = {}
    found: dict[str, list[Spot]] = {}
    defined = _definitions(tree, changes)
    for pair in present:
        if pair.now is not None and pair.after is not None:
            own = parts[pair.now].spots if pair.now in parts else []
            path = former.get(pair.now, pair.now)
            found[path] = [*own, *defined.pop(pair.now, ()), *spots(pair, names)]
            if found[path]:
                texts[path] = undone(pair.after, found[path])
    paths = tuple(sorted((set(tree.paths) - former.keys()) | origin.keys() | lost.keys()))
    before = Unbegun(tree.repository, paths, skipped=tree.skipped, begun=True, now=tree, texts=texts, origin=origin, lost=lost, parts=parts)
    before.done = _done(before, changes)
    before.kept, before.passed = _changed_calls(present, changes, found, former)
    return before


def _parts(versions: Iterable[Versions], changes: Iterable[Begun]) -> dict[str, Parts]:
    sides = {}
    for pair in versions:
        # A definition that moved inside a module that moved as well is followed with the module.
        if pair.is_python and (pair.path is None or pair.now is None or pair.path == pair.now):
            path = pair.path or pair.now or ""
            sides[path] = Sides(path, pair.before or "", pair.after)
    return parts_of([change for change in changes if isinstance(change, (Moved, Deleted, Resigned))], sides)


def _lost(versions: Iterable[Versions], changes: Iterable[Begun], parts: Mapping[str, Parts]) -> dict[str, str]:
    """Files from which a definition went and that are gone themselves."""
    homes = {change.path for change in changes if isinstance(change, Moved) and change.to in parts and change.name in parts[change.to].arrived}
    return {pair.path: pair.before for pair in versions if pair.path in homes and pair.now is None and pair.path and pair.before is not None}


def _origins(paths: Iterable[str], changes: Iterable[Begun]) -> dict[str, str]:
    """Present path by former one, of the files whose moving is to be finished."""
    found: dict[str, str] = {}
    for change in changes:
        if isinstance(change, ModuleMoved):
            for path in paths:
                if path == change.to or change.to.endswith("/") and path.startswith(change.to):
                    found[change.path + path[len(change.to) :]] = path
    return found


def _definitions(tree: Tree, changes: Iterable[Begun]) -> dict[str, list[Spot]]:
    """Where the new names are defined now: done by all means, whatever else happened to their lines."""
    found: dict[str, list[Spot]] = {}
    for change in changes:
        if isinstance(change, Renamed):
            entity = find(tree.project, _qualified_now(change))
            if entity is not None and entity.start >= 0:
                found.setdefault(entity.path, []).append(Spot(entity.start, entity.end, change.old, change.new))
    return found


def _qualified_now(change: Renamed) -> str:
    after = replace(change, path=change.now, owner=change.new_owner, old=change.new)
    return target_of(after)


def _done(tree: Unbegun, changes: Iterable[Begun]) -> dict[str, frozenset[int]]:
    """Places that are done: names, and what was put back."""
    found = {path: frozenset(spot.start for spot in item.spots if spot.part is None) for path, item in tree.texts.items()}
    for change in changes:
        if isinstance(change, ModuleMoved):
            found[change.path] = found.get(change.path, frozenset()) | {-1}
        elif not isinstance(change, Renamed):
            own = [target_of(change)]
            own += [f"{own[0]}({item.name})" for item in change.removed] if isinstance(change, Resigned) else []
            for entity in (find(tree.project, name) for name in own):
                if entity is not None:
                    found[entity.path] = found.get(entity.path, frozenset()) | {entity.start}
    return found


def _changed_calls(
    versions: Sequence[Versions], changes: Iterable[Begun], found: Mapping[str, Sequence[Spot]], former: Mapping[str, str]
) -> tuple[dict[str, frozenset[int]], dict[Resigned, Mapping[Calls, str]]]:
    """Calls that the user has changed to fit a new signature (or otherwise): theirs to decide; and what they pass."""
    kept: dict[str, set[int]] = {}
    values: dict[Resigned, Mapping[Calls, str]] = {}
    for change in changes:
        if isinstance(change, Resigned):
            calls = {}
            for pair in versions:
                own = list(touched(pair, change.called)) if pair.is_python and pair.now is not None else []
                path = former.get(pair.now or "", pair.now or "")
                calls[path] = [call for _, call in own]
                places = (place_before(found.get(path, ()), at) for at, _ in own)
                kept.setdefault(path, set()).update(at for at in places if at is not None)
            values[change] = passed(change, calls)
    return {path: frozenset(places) for path, places in kept.items() if places}, values


def asks_of(tree: Unbegun, changes: Iterable[Begun]) -> list[Ask]:
    """What there is to ask for: each definition once, though its overrides and stubs were begun as well."""
    former = {now: path for path, now in tree.origin.items()}
    asks: list[Ask] = []
    for change in changes:
        here = change if isinstance(change, ModuleMoved) else replace(change, path=former.get(_now(change), _now(change)))
        intents = asked_by(here, tree.project, tree.passed.get(change) if isinstance(change, Resigned) else None)
        if isinstance(change, Deleted) and change.by and intents:
            intents = (*_replacing(tree, intents[0], change.by), *intents)
        if not intents or not _is_shown(tree, change):
            continue
        same = next((i for i, other in enumerate(asks) if _is_part(tree, intents[0], other.intents[0])), None)
        along = next((i for i, other in enumerate(asks) if isinstance(change, Moved) and _goes_along(intents[0], other)), None)
        if same is not None:
            asks[same] = replace(asks[same], covers=(*asks[same].covers, change))
        elif along is not None:
            first = asks[along].intents[0]
            both = replace(first, others=(*first.others, intents[0].target))
            asks[along] = replace(asks[along], intents=(both,), covers=(*asks[along].covers, change))
        else:
            asks.append(Ask(here, intents, (change,)))
    return asks


def unfinished(
    now: Tree, versions: Sequence[Versions], changes: Sequence[Begun], is_wanted: Callable[[Unbegun, Ask], bool] = lambda tree, ask: True
) -> tuple[Unbegun, list[Ask]]:
    """The tree before those of the changes that are wanted (and before all new names), and what is to be asked for in it.

    What is not asked for is not made again either, so it has to stay as the user has it.
    """
    kept = list(changes)
    while True:
        tree = unbegun(now, versions, kept)
        asks = [ask for ask in asks_of(tree, kept) if is_wanted(tree, ask)]
        covered = {change for ask in asks for change in ask.covers}
        needed = [change for change in kept if names_of(change) is not None or change in covered]
        if len(needed) == len(kept):
            return tree, asks
        kept = needed


def _now(change: Begun) -> str:
    return change.now if isinstance(change, Renamed) else change.path


def _is_shown(tree: Unbegun, change: Begun) -> bool:
    """Whether what was done could be put back."""
    match change:
        case Moved(name=name, path=path, to=to):
            there = to in tree.parts and name in tree.parts[to].arrived
            return there and (path in tree.lost or path in tree.parts and name in tree.parts[path].left)
        case Deleted(name=name, path=path):
            return path in tree.parts and name in tree.parts[path].left
        case Resigned(path=path, owner=owner):
            return path in tree.parts and owner in tree.parts[path].signed
        case _:
            return True


def _replacing(tree: Unbegun, intent: Intent, by: str) -> Iterator[Intent]:
    """Uses become those of what took its place, where that is one definition at the top of a module."""
    found = [entity for entity in definitions(tree, by) if not entity.owner and entity.start >= 0]
    if len(found) == 1:
        yield replace(intent, action=Action.REPLACE, to=f"{found[0].path}::{by}")


def _goes_along(intent: Intent, other: Ask) -> bool:
    first = other.intents[0]
    return isinstance(other.change, Moved) and first.to == intent.to and first.target.path == intent.target.path


def _is_part(tree: Tree, intent: Intent, other: Intent) -> bool:
    same = intent.target.name == other.target.name and intent.new == other.new and intent.target.kind is other.target.kind
    return same and intent.action is other.action and (intent.target == other.target or tree.related(other.target, intent.target))


def left(tree: Unbegun, ask: Ask, wants: Callable[[str], bool]) -> Placed:
    """Places that certainly mean the target and still are as they were."""
    if isinstance(ask.change, Resigned):
        function = find(tree.project, target_of(ask.change))
        paths = [path for path in tree.holding([ask.change.called]) if wants(path)] if function is not None else []
        places = misfits(tree.project, ask.change, paths)
        return frozenset((path, at) for path, at in places if at not in tree.kept.get(path, ()))
    found: set[tuple[str, int]] = set()
    for target in ask.intents[0].targets:
        found.update(_left_of(tree, target, wants, names_of(ask.change) is not None))
    return frozenset(found)


def _left_of(tree: Unbegun, target: Entity, wants: Callable[[str], bool], is_name: bool) -> Iterator[tuple[str, int]]:
    holding = [path for path, text in texts_of(tree, target).items() if target.name in text and wants(path) and path not in tree.lost]
    for item in left_behind(tree.project, target, holding, tree.done):
        put_back = tree.texts[item.path].spots if item.path in tree.texts else ()
        # A test takes a fixture by its name, wherever that is defined.
        by_name = not is_name and item.role.value == "parameter"
        if not by_name and not any(spot.part is Part.LEFT and spot.start <= item.start < spot.end for spot in put_back):
            yield item.path, item.start
