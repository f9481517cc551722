"""Rename tasks with known labels, made from real packages.

The truth comes from uniqueness, not from the resolver that makes the evidence: a name that is defined once means one thing wherever it
stands. Homonyms are made by *collisions*: other unique symbols are given the target's name in the before-tree, so that equal names
with exactly known meanings stand side by side. Half of the targets are renamed to drawn names first, so that none can be memorised.
"""

from __future__ import annotations

import builtins
import keyword
import random
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from engine.evidence import Cause, Entity, Kind, Module, Occurrence, Project, Resolution, Role, homonyms, occurrences
from engine.features import Zone, zone_of
from engine.naming import join, replaced_inside, style_of, subwords
from engine.train.index import Index
from engine.train.truth import in_changelog, prose_is_reference, string_is_reference

_OUTSIDE = frozenset(
    name
    for thing in (str, bytes, list, dict, set, tuple, int, float, object, Exception, type, re.Pattern, re.Match, random.Random)
    for name in dir(thing)
) | frozenset(dir(builtins)) | frozenset(
    ["join", "split", "exists", "open", "read", "write", "close", "run", "name", "path", "value", "key", "args", "kwargs", "id", "type", "data", "text", "line", "start", "stop", "wait", "send", "recv", "get", "set", "put", "next", "info", "debug", "warning", "error", "exception", "log", "group", "match", "search", "sub", "commit", "execute", "cursor", "connect", "load", "dump", "loads", "dumps", "parse", "main", "test", "setup", "setUp", "tearDown", "assertEqual", "now", "time", "date", "year", "month", "day", "hour", "minute", "second", "environ", "mean", "sum", "max", "min", "shape", "dtype", "size", "ndim", "astype", "reshape", "register", "flush", "seek", "tell", "readline", "readlines", "resolve", "parent", "stem", "suffix", "is_file", "mkdir", "result", "cancel", "done", "submit", "acquire", "release", "locked", "fileno", "status", "reason", "headers", "body", "url", "method", "host", "port", "query", "params", "json", "content"]
)
"""Names that objects from outside of any package carry as well: an unresolved `.name` may be theirs."""


class _BeforeTree(Project):
    """The before-tree of a task: files that it leaves alone are parsed once for all tasks of a package."""

    def __init__(self, texts: Mapping[str, str], base: Project, touched: Collection[str]) -> None:
        super().__init__(texts.keys(), texts.get)
        self._base, self._touched = base, touched

    def module(self, path: str) -> Module | None:
        """The parsed file."""
        return super().module(path) if path in self._touched else self._base.module(path)


@dataclass(frozen=True, slots=True)
class Labelled:
    """An occurrence of the (possibly drawn) old name, with its truth; None where it isn't known for certain."""

    occurrence: Occurrence
    replace: bool | None


@dataclass(frozen=True, slots=True)
class RenameTask:
    """A before-tree, a target in it, and the truth about every occurrence."""

    package: str
    texts: Mapping[str, str]
    """All texts of the before-tree."""
    changed: Mapping[str, str]
    """old name -> drawn name for every substituted name (the target's first)"""
    target: Entity
    new: str
    homonyms: tuple[Entity, ...]
    labelled: tuple[Labelled, ...]


def propose_name(entity: Entity, names: Sequence[str], rng: random.Random, taken: Mapping[str, object]) -> str | None:
    """A new name in the style of the entity: drawn from another package, or a variation of its own words."""
    own = list(subwords(entity.name))
    drawn = [word for word in subwords(rng.choice(names)) if word.isascii() and word[0].isalpha()]
    if not own or not drawn:
        return None
    words = drawn
    if rng.random() < 0.55:
        words = list(own)
        at = rng.randrange(len(words))
        action = rng.random()
        if action < 0.45:
            words[at] = rng.choice(drawn)
        elif action < 0.75:
            words.insert(rng.choice((0, len(words))), rng.choice(drawn))
        elif len(words) > 1:
            words.pop(at)
    prefix = entity.name[: len(entity.name) - len(entity.name.lstrip("_"))]
    if rng.random() < 0.08:
        prefix = "" if prefix else "_"
    style = style_of(entity.name)
    if entity.kind is Kind.CLASS and style.value == "snake" and rng.random() < 0.8:
        return None
    new = prefix + join(words[:4], style)
    return None if new == entity.name or new in taken or not new.isidentifier() or keyword.iskeyword(new) or len(new) < 3 else new


@dataclass(frozen=True, slots=True)
class Drawn:
    """A rename before anything of it is read."""

    changed: Mapping[str, str]
    """old name -> drawn name for every name that the before-tree substitutes (the target's first)"""
    new: str


def draw(
    index: Index, target: Entity, names: Sequence[str], rng: random.Random, *, alpha: bool, collisions: Sequence[str]
) -> Drawn | None:
    """The names of a task; alpha: the target gets a drawn name first, so that none can be memorised.

    For methods and attributes that is often a name that objects from outside have too: equal names which surely mean something else.
    """
    alpha = alpha and target.kind not in (Kind.MODULE, Kind.PACKAGE)
    shown = propose_name(target, names, rng, index.files) if alpha else target.name
    like = [name for name in index.outside if style_of(name) is style_of(target.name)]
    if alpha and like and target.kind in (Kind.METHOD, Kind.ATTRIBUTE) and rng.random() < FROM_OUTSIDE:
        shown = rng.choice(like)
    new = propose_name(target, names, rng, index.files)
    if shown is None or new is None or new == shown:
        return None
    return Drawn({target.name: shown, **dict.fromkeys(collisions, shown)}, new)


FROM_OUTSIDE = 0.6
"""Share of the drawn names of methods and attributes."""


def make_task(
    index: Index, target: Entity, names: Sequence[str], rng: random.Random, *, alpha: bool, collisions: Sequence[str]
) -> RenameTask | None:
    """A task from a target; None where the truth is not certain enough.

    Where the target's name is unique in the package, so is its meaning; where it isn't, only what can be followed is labelled.
    """
    drawn = draw(index, target, names, rng, alpha=alpha, collisions=collisions)
    if drawn is None:
        return None
    old, substitutions = target.name, drawn.changed
    shown = substitutions[old]
    truths = _truths(index, target, _is_unique(index.by_name[old]))
    texts, origins = _substitute(index, substitutions, old, shown)
    moved = _moved(target, substitutions, shown, origins)
    touched = {path for path, text in texts.items() if text is not index.package.texts[path]}
    project = _BeforeTree(texts, index.project, touched)
    met = shown if shown in index.outside else ""
    paths = sorted({path for name in (*substitutions, met) for path in index.files.get(name, ())})
    paths = [path for path in paths if shown in texts[path]]
    labelled = []
    for occurrence in occurrences(project, moved, paths):
        origin = origins.get((occurrence.path, occurrence.start))
        if origin is None:
            labelled.append(Labelled(occurrence, _met(occurrence) if met else None))
        elif origin[0] != old:
            # Nobody could tell which of two equal names a sentence of the documentation means.
            unknowable = (occurrence.role in _TEXTUAL and zone_of(occurrence.path) in (Zone.DOCS, Zone.OTHER)) or (
                # Two equal names met in one scope: which of them is meant can't be told any more.
                occurrence.resolution is Resolution.YES and not in_changelog(occurrence.path)
            )
            labelled.append(Labelled(occurrence, None if unknowable else False))
        else:
            labelled.append(Labelled(occurrence, truths.get((occurrence.path, origin[1]))))
    if not any(item.replace for item in labelled):
        return None
    return RenameTask(
        index.package.name, texts, substitutions, moved, drawn.new, tuple(homonyms(project, moved, paths)), tuple(labelled)
    )


def _truths(index: Index, target: Entity, is_unique: bool) -> dict[tuple[str, int], bool | None]:
    """(path, start) -> whether it refers to the target; None where that isn't known."""
    truths: dict[tuple[str, int], bool | None] = {}
    for occurrence in occurrences(index.project, target, sorted(index.files.get(target.name, ()))):
        text = index.package.texts[occurrence.path]
        truths[occurrence.path, occurrence.start] = _truth(occurrence, target, text) if is_unique else _followed(occurrence, target, text)
    return truths


_TEXTUAL = frozenset({Role.DOCSTRING, Role.COMMENT, Role.PROSE, Role.CONFIG, Role.OTHER, Role.STRING_PART})
_CODE_MEMBERS = frozenset({Role.ATTRIBUTE, Role.ATTRIBUTE_CALL, Role.ATTRIBUTE_STORE})


def _met(occurrence: Occurrence) -> bool | None:
    """The truth about a name that stood there before the target got it: in code it means something from outside."""
    is_code = occurrence.role not in _TEXTUAL and occurrence.role is not Role.STRING
    return False if is_code and occurrence.resolution is not Resolution.YES or in_changelog(occurrence.path) else None


def _followed(occurrence: Occurrence, target: Entity, text: str) -> bool | None:
    """The truth about one of several equal names: only what can be followed, and the text that documents the target itself."""
    if in_changelog(occurrence.path):
        return False
    if occurrence.resolution is not Resolution.UNKNOWN:
        return occurrence.resolution is Resolution.YES
    around = target.owner.removesuffix(".__init__") if target.kind is Kind.PARAMETER else target.owner
    is_own_text = occurrence.role in _TEXTUAL and occurrence.path == target.path and bool(around) and occurrence.scope.startswith(around)
    return True if is_own_text and prose_is_reference(text, occurrence, target) else None


def _truth(occurrence: Occurrence, target: Entity, text: str) -> bool | None:
    if in_changelog(occurrence.path):
        return False
    if occurrence.resolution is not Resolution.UNKNOWN:
        return occurrence.resolution is Resolution.YES
    if occurrence.role in _TEXTUAL:
        return prose_is_reference(text, occurrence, target)
    if occurrence.role is Role.STRING:
        return string_is_reference(text, occurrence, target)
    is_member = target.kind in (Kind.METHOD, Kind.ATTRIBUTE)
    if occurrence.role in _CODE_MEMBERS:
        if occurrence.cause is Cause.RECEIVER_OUTSIDE:
            return None
        # The name is defined once in the package: an unresolved receiver has it, unless objects from outside carry it as well.
        return True if is_member and target.name not in _OUTSIDE else None
    if occurrence.role is Role.FSTRING:
        return None if is_member and target.name in _OUTSIDE else target.kind is not Kind.PARAMETER or None
    if target.kind is Kind.PARAMETER:
        return None
    return None if is_member else True


def _substitute(
    index: Index, substitutions: Mapping[str, str], old: str, shown: str
) -> tuple[dict[str, str], dict[tuple[str, int], tuple[str, int]]]:
    """The before-tree, and for each place of the shown name its original name and offset. Longer names go along."""
    texts = dict(index.package.texts)
    origins: dict[tuple[str, int], tuple[str, int]] = {}
    alternatives = "|".join(re.escape(name) for name in sorted(substitutions, key=len, reverse=True))
    pattern = re.compile(rf"(?<![A-Za-z0-9_])(?:{alternatives})(?![A-Za-z0-9_])")
    longer = re.compile(r"(?<![A-Za-z0-9_])\w+(?![A-Za-z0-9_])")
    touched = {path for name in substitutions for path in index.files.get(name, ())}
    if shown != old:
        touched |= {path for name in index.files if len(name) > len(old) and replaced_inside(name, old, shown) for path in index.files[name]}
        pattern = longer
    for path in touched:
        pieces, last, size = [], 0, 0
        text = texts[path]
        for match in pattern.finditer(text):
            word = match.group()
            after = substitutions.get(word) or (replaced_inside(word, old, shown) if pattern is longer and len(word) > len(old) else None)
            if after is None:
                continue
            pieces += [text[last : match.start()], after]
            size += match.start() - last
            if word in substitutions:
                origins[path, size] = (word, match.start())
            size += len(after)
            last = match.end()
        texts[path] = "".join(pieces) + text[last:]
    return texts, origins


def _moved(
    target: Entity, substitutions: Mapping[str, str], shown: str, origins: Mapping[tuple[str, int], tuple[str, int]]
) -> Entity:
    """The target as it is called and placed in the before-tree."""
    if target.start < 0:
        return target
    wanted = (target.name, target.start)
    start = next((start for (path, start), origin in origins.items() if path == target.path and origin == wanted), target.start)
    owner = ".".join(substitutions.get(part, part) for part in target.owner.split("."))
    return Entity(target.kind, shown, target.path, owner, target.line, start, start + len(shown), target.bases)


def collide(index: Index, target: Entity, entities_: Sequence[Entity], locals_: Sequence[str], rng: random.Random) -> list[str]:
    """Names to be given the target's name: other definitions where the two could stand side by side, and local variables."""
    chosen: list[str] = []
    for _ in range(rng.choice((0, 0, 1, 2, 3, 4))):
        if locals_ and rng.random() < 0.4:
            chosen.append(rng.choice(locals_))
            continue
        other = rng.choice(entities_)
        top_level = not other.owner and not target.owner
        exported = any(path.endswith("__init__.py") for path in index.files.get(other.name, ()))
        same_scope = other.path == target.path and other.owner == target.owner
        if other.name != target.name and not same_scope and not (top_level and exported) and other.kind not in (Kind.MODULE, Kind.PACKAGE):
            chosen.append(other.name)
    return [name for name in chosen if style_of(name) is style_of(target.name) or rng.random() < 0.3]


_WEIGHTS = {
    Kind.FUNCTION: 1.0,
    Kind.METHOD: 0.8,
    Kind.CLASS: 1.2,
    Kind.CONSTANT: 0.9,
    Kind.ATTRIBUTE: 0.7,
    Kind.PARAMETER: 0.35,
    Kind.MODULE: 2.0,
    Kind.PACKAGE: 4.0,
}
"""How often a kind is drawn, as people rename them."""
_SHARED_WEIGHTS = {Kind.FUNCTION: 0.7, Kind.METHOD: 1.0, Kind.CLASS: 0.7, Kind.CONSTANT: 0.4, Kind.ATTRIBUTE: 1.2, Kind.PARAMETER: 0.8}
"""The same among names that several definitions share."""
MOST_SHARED = 40


def targets(index: Index, rng: random.Random) -> list[Entity]:
    """Entities with names of their own, weighted by kind as people rename them, in random order."""
    found = []
    for name, defined in index.by_name.items():
        if _is_unique(defined) and _is_suitable(index, name, defined[0], rng):
            uses = len(index.files.get(name, ()))
            found.append((rng.random() ** (1.0 / (_WEIGHTS[defined[0].kind] * (1.0 if uses > 1 else 0.4))), defined[0]))
    return [entity for _, entity in sorted(found, key=lambda pair: -pair[0])]


def shared_targets(index: Index, rng: random.Random) -> list[Entity]:
    """Entities whose name other definitions have as well, one of each name, in random order."""
    found = []
    for name, defined in index.by_name.items():
        if _is_unique(defined) or len(defined) > MOST_SHARED:
            continue
        entity = rng.choices(defined, [_SHARED_WEIGHTS.get(e.kind, 0.01) for e in defined])[0]
        if entity.kind in _SHARED_WEIGHTS and _is_suitable(index, name, entity, rng):
            found.append((rng.random() ** (1.0 / _SHARED_WEIGHTS[entity.kind]), entity))
    return [entity for _, entity in sorted(found, key=lambda pair: -pair[0])]


def _is_unique(defined: Sequence[Entity]) -> bool:
    """Whether definitions of one name are one thing: there is a single one, or a method and its overrides."""
    return len(defined) == 1 or len(defined) <= 6 and all(entity.kind is Kind.METHOD for entity in defined)


def _is_suitable(index: Index, name: str, entity: Entity, rng: random.Random) -> bool:
    if len(name) < (2 if entity.kind is Kind.PARAMETER else 3) or name.startswith("__") or not name.isascii() or name in ("self", "cls"):
        return False
    in_tests = zone_of(entity.path) is Zone.TEST
    return not (in_tests and rng.random() < 0.85) and len(index.files.get(name, ())) <= 60


def constructor_pairs(index: Index, rng: random.Random) -> list[Entity]:
    """Attributes and the constructor's parameters of the same name, in random order: only the words around the name tell which is meant."""
    parameters = {
        (entity.path, entity.owner.removesuffix(".__init__"), entity.name): entity
        for defined in index.by_name.values() for entity in defined
        if entity.kind is Kind.PARAMETER and entity.owner.endswith(".__init__") and zone_of(entity.path) is not Zone.TEST
    }  # fmt: skip
    found = []
    for (path, owner, name), parameter in parameters.items():
        attribute = next((e for e in index.by_name[name] if e.kind is Kind.ATTRIBUTE and (e.path, e.owner) == (path, owner)), None)
        if attribute is not None:
            found.append(rng.choice((parameter, attribute)))
    found.sort(key=lambda e: (e.path, e.start))
    rng.shuffle(found)
    return found
