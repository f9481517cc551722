"""What else a package holds, to be mentioned in passing by the instructions of a rename."""
from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from engine.evidence import Entity, Kind
from engine.features import Zone, zone_of
from engine.train.index import Index
from engine.train.wording import Homonym, Others

_NAMED = frozenset({Kind.FUNCTION, Kind.METHOD, Kind.CLASS, Kind.CONSTANT})
_TRIES = 40


def renamed(entity: Entity, changed: Mapping[str, str]) -> Entity:
    """The entity as the before-tree shows it."""
    owner = ".".join(changed.get(part, part) for part in entity.owner.split(".")) if entity.owner else ""
    if entity.kind in (Kind.MODULE, Kind.PACKAGE):
        return entity
    return replace(entity, name=changed.get(entity.name, entity.name), owner=owner)


def others_of(index: Index, changed: Mapping[str, str], intents: Sequence[tuple[Entity, str]], rng: random.Random) -> Others:
    """Names, classes and files that have nothing to do with the intents, and namesakes of the first one's target."""
    taken = {renamed(entity, changed).name for entity, _ in intents} | {new for _, new in intents}
    taken |= {part for entity, _ in intents for part in renamed(entity, changed).owner.split(".")}
    names, classes = _names(index, changed, taken, rng)
    return Others(names, classes, _files(index, intents, rng), _homonyms(index, changed, intents[0][0]))


def _names(index: Index, changed: Mapping[str, str], taken: Collection[str], rng: random.Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known = list(index.by_name)
    names: list[str] = []
    classes: list[str] = []
    for _ in range(_TRIES):
        original = rng.choice(known)
        entity = rng.choice(index.by_name[original])
        shown = renamed(entity, changed).name
        if entity.kind not in _NAMED or shown in taken or len(shown) < 3 or shown.startswith("__"):
            continue
        pool = classes if entity.kind is Kind.CLASS and len(classes) < 3 else names
        if shown not in names and shown not in classes and zone_of(entity.path) is not Zone.TEST:
            pool.append(shown)
    return tuple(names[:6]), tuple(classes)


def _files(index: Index, intents: Sequence[tuple[Entity, str]], rng: random.Random) -> tuple[str, ...]:
    """Files with uses of the first target, then any."""
    own = {entity.path for entity, _ in intents}
    users = sorted(index.files.get(intents[0][0].name, ()))
    code = sorted(index.package.texts)
    drawn = rng.sample(users, min(3, len(users))) + rng.sample(code, min(4, len(code)))
    return tuple(dict.fromkeys(path for path in drawn if path not in own and path.endswith(".py") and not path.endswith("__init__.py")))[:4]


def _homonyms(index: Index, changed: Mapping[str, str], target: Entity) -> tuple[Homonym, ...]:
    """Definitions that the before-tree shows under the target's name and that the target has nothing to do with."""
    own = renamed(target, changed)
    originals = {own.name, *(original for original, name in changed.items() if name == own.name)}
    found = []
    for original in sorted(originals):
        for entity in index.by_name.get(original, ()):
            shown = renamed(entity, changed)
            if shown.name != own.name or (shown.owner, shown.path) == (own.owner, own.path):
                continue
            if entity.name == target.name and (entity.kind is not Kind.METHOD or _related(index, entity, target)):
                continue
            found.append(Homonym(shown.kind, shown.name, shown.owner, shown.path))
    return tuple(dict.fromkeys(found))


def _related(index: Index, one: Entity, other: Entity) -> bool:
    """Whether the classes of two methods have an ancestor of the package in common, or may have one."""
    return bool(_ancestors(index, one.owner) & _ancestors(index, other.owner))


def _ancestors(index: Index, owner: str) -> set[str]:
    found: set[str] = set()
    waiting = [owner.rpartition(".")[2]]
    while waiting:
        name = waiting.pop()
        if name in found or name == "object":
            continue
        found.add(name)
        waiting += [base.rpartition(".")[2] for entity in index.by_name.get(name, ()) for base in entity.bases]
    return found
