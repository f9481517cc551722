"""Finishing what a user has begun: the plan comes from what they have done, the rest is denoised as for any request.

The sites are looked for in the tree as it would be had the change not been begun: the user's files as they are, with the old
names put back where the new ones already stand. There names resolve as they did, what is done is clamped on the canvas, and the
change set that results is carried over to the files on disk, which keep everything else that the user did to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.locator import Tree, texts_of
from editops import ChangeSet, Conflicted, Merged, Op, RenameFile, Span, TextEdit, rebase
from engine import (
    Action,
    Begun,
    Entity,
    Intent,
    ModuleMoved,
    Renamed,
    Spot,
    Undone,
    Versions,
    find,
    intent_of,
    left_behind,
    names_of,
    spots,
    target_of,
    undone,
)

_BOM = b"\xef\xbb\xbf"
CARRIED_OUT = frozenset({Action.RENAME})
"""What the loop can do with a plan."""


@dataclass(slots=True)
class Unbegun(Tree):
    """The user's tree without what they have done of a change."""

    now: Tree = field(kw_only=True)
    """The files as they are."""
    texts: Mapping[str, Undone] = field(kw_only=True)
    """By path before the change."""
    origin: Mapping[str, str] = field(kw_only=True)
    """Present path of each file whose renaming is part of the change, by its path before."""

    def data(self, path: str) -> bytes | None:
        """The bytes of a file with the old names in it."""
        if path not in self._bytes:
            data = None if path in self.origin.values() else self.now.data(self.origin.get(path, path))
            if data is not None and path in self.texts:
                data = _marked(data, self.texts[path].text)
            self._bytes[path] = data
        return self._bytes[path]

    def holding(self, names: Sequence[str]) -> dict[str, str]:
        """Texts of the files that hold any of the names before the change."""
        found = {path: text for path, text in self.now.holding(names).items() if path in self.project.paths and path not in self.texts}
        for path, item in self.texts.items():
            if any(name in item.text for name in names):
                found[path] = item.text
        return dict(sorted(found.items()))

    def landed(self, change: ChangeSet, files: Mapping[str, bytes]) -> tuple[ChangeSet, Mapping[str, bytes]] | Conflicted:
        """The change set over the files as they are; what is done already is left out."""
        before = {path: data for path in sorted({*files, *self.texts, *self.origin}) if (data := self.data(path)) is not None}
        there = {self.origin.get(path, path) for path in before} | change.paths
        present = {path: data for path in sorted(there) if (data := self.now.data(path)) is not None}
        match rebase(change, before, present, ChangeSet.of(self._done(), before)):
            case Conflicted() as conflict:
                return conflict
            case Merged(carried):
                return self.now.landed(carried, {path: data for path, data in present.items() if path in carried.paths})

    def _done(self) -> Iterable[Op]:
        yield from (RenameFile(path, now) for path, now in self.origin.items())
        for path, item in self.texts.items():
            data = self.data(path) or b""
            shift = len(_BOM) if data.startswith(_BOM) else 0
            for spot in item.spots:
                start = shift + len(item.text[: spot.start].encode())
                yield TextEdit(path, Span(start, start + len(spot.old.encode())), spot.old.encode(), spot.new.encode())


def _marked(data: bytes, text: str) -> bytes:
    return (_BOM if data.startswith(_BOM) else b"") + text.encode()


def unbegun(tree: Tree, versions: Sequence[Versions], changes: Sequence[Begun]) -> Unbegun:
    """The tree before the changes. versions: everything that differs from their base, with the text that stands in `tree` now."""
    names = dict(said for change in changes if (said := names_of(change)) is not None)
    origin = _origins(tree.paths, changes)
    former = {now: path for path, now in origin.items()}
    texts: dict[str, Undone] = {}
    defined = _definitions(tree, changes)
    for pair in versions:
        if pair.now is not None and pair.after is not None and tree.text(pair.now) == pair.after:
            found = [*defined.pop(pair.now, ()), *spots(pair, names)]
            if found:
                texts[former.get(pair.now, pair.now)] = undone(pair.after, found)
    paths = tuple(sorted((set(tree.paths) - former.keys()) | origin.keys()))
    done = {path: frozenset(spot.start for spot in item.spots) for path, item in texts.items()}
    for change in changes:
        if isinstance(change, ModuleMoved) and change.is_rename:
            done[change.path] = done.get(change.path, frozenset()) | {-1}
    return Unbegun(tree.repository, paths, skipped=tree.skipped, done=done, now=tree, texts=texts, origin=origin)


def _origins(paths: Iterable[str], changes: Iterable[Begun]) -> dict[str, str]:
    """Present path by former one, of the files whose renaming is to be finished."""
    found: dict[str, str] = {}
    for change in changes:
        if isinstance(change, ModuleMoved) and change.is_rename:
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


def intents_of(tree: Unbegun, changes: Iterable[Begun]) -> list[Intent]:
    """What is left to ask for: each definition once, though its overrides and stubs were begun as well."""
    former = {now: path for path, now in tree.origin.items()}
    intents: list[Intent] = []
    for change in changes:
        here = change if isinstance(change, ModuleMoved) else replace(change, path=former.get(_now(change), _now(change)))
        intent = intent_of(here, tree.project)
        if intent is not None and intent.action in CARRIED_OUT and not any(_is_part(tree, intent, other) for other in intents):
            intents.append(intent)
    return intents


def _now(change: Begun) -> str:
    return change.now if isinstance(change, Renamed) else change.path


def _is_part(tree: Tree, intent: Intent, other: Intent) -> bool:
    same = intent.target.name == other.target.name and intent.new == other.new and intent.target.kind is other.target.kind
    return same and (intent.target == other.target or tree.related(other.target, intent.target))


def left(tree: Unbegun, target: Entity, wants: Callable[[str], bool]) -> frozenset[tuple[str, int]]:
    """Places (path and offset) that certainly mean the target and still hold its old name."""
    holding = [path for path, text in texts_of(tree, target).items() if target.name in text and wants(path)]
    return frozenset((item.path, item.start) for item in left_behind(tree.project, target, holding, tree.done))
