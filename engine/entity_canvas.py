"""Entity canvases: which definitions a description means ("the private helpers in utils.py"), one slot each, take or leave.

A canvas holds the instruction, with the words of the description marked, and some of the candidates: name, kind, bases, decorators,
owner and file, of what sort it is (async, deprecated, ...), which words of the description its docstring or comments have, and how it is tied
to what the description names: uses it, is used by it, takes it as a parameter, raises it. All canvases of one description are denoised together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.canvas import Canvas, Row, Slot, feature_array
from engine.entity_facts import Facts, facts_by_line
from engine.evidence import Entity, Kind, Project, entities
from engine.features import Channel, Evidence, Region, Relation, count_id, kind_id, zone_of
from engine.globs import fits, patterns
from engine.lexemes import Lexeme
from engine.values import TARGET, Value

PER_CANVAS = 20
"""Candidates of one canvas, at most."""
MAX_LEXEMES = 500
"""Of one canvas, which has no more positions than 512."""
MAX_CANDIDATES = 400
"""Of one description."""
MOST_SAID = 3
"""Words of the description that a candidate's canvas repeats from its docstring and comments."""
LEAST_SAID = 3
"""Letters of a word that is too short to tell definitions apart."""
_DOMAIN = (Value.LEAVE, TARGET[0])
_KINDS = (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT, Kind.METHOD)


@dataclass(frozen=True, slots=True)
class Described:
    """A candidate and what a description may speak of besides its name."""

    entity: Entity
    facts: Facts = field(default_factory=Facts)


@dataclass(frozen=True, slots=True)
class EntityCanvas:
    """A canvas; slot i belongs to candidate i."""

    canvas: Canvas
    candidates: tuple[Described, ...]


def described(project: Project, paths: Iterable[str]) -> list[Described]:
    """The definitions of some files that a description can speak of, nested functions left out."""
    found: list[Described] = []
    for path in paths:
        module = project.module(path)
        if module is None or module.tree is None:
            continue
        facts = facts_by_line(module.tree, module.text)
        seen: set[tuple[str, str]] = set()
        for entity in entities(project, path):
            nested = bool(entity.owner) and entity.kind is not Kind.METHOD
            if entity.kind in _KINDS and not nested and (entity.owner, entity.name) not in seen:
                seen.add((entity.owner, entity.name))
                found.append(Described(entity, facts.get(entity.line, Facts())))
    return found[:MAX_CANDIDATES]


def entity_canvases(
    instruction: str, words: Sequence[Lexeme], marked: Collection[int], candidates: Sequence[Described], action: str, depth: int
) -> list[EntityCanvas]:
    """All canvases of a description. marked: indices of its words in the instruction; action: what is asked, in a word."""
    named = frozenset(word.text for i, word in enumerate(words) if i in marked)
    spoken = _Spoken(named, patterns(instruction, words, marked), ancestors(candidates), users(candidates), _told(named, candidates))
    head = _head(words, marked, action)
    groups: list[list[tuple[Described, list[Row]]]] = []
    length = 0
    for candidate in candidates:
        rows = _rows(candidate, spoken)
        if not groups or len(groups[-1]) == PER_CANVAS or length + len(rows) > MAX_LEXEMES:
            groups.append([])
            length = len(head)
        groups[-1].append((candidate, rows))
        length += len(rows)
    return [_canvas(head, group, depth) for group in groups]


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What a description says, for all its candidates."""

    words: frozenset[str]
    patterns: frozenset[str]
    ancestors: Mapping[str, frozenset[str]]
    users: Mapping[str, frozenset[str]]
    told: Mapping[str, int]

    def named(self, name: str) -> Evidence:
        """Whether it gives the name of a candidate, or a pattern that the name is of."""
        if name in self.words or fits(name, self.patterns):
            return Evidence.YES
        return Evidence.NO if self.patterns else Evidence.NONE

    def said(self, name: str) -> Evidence:
        return Evidence.YES if name in self.words else Evidence.NO

    def inherited(self, name: str) -> Evidence:
        """Whether it names a base class, or one that this inherits from."""
        return Evidence.YES if name in self.words or self.ancestors.get(name, frozenset()) & self.words else Evidence.NO

    def ties(self, candidate: Described) -> Iterator[tuple[str, Relation, int]]:
        """(name, how, how many in all are tied that way) for the names of the description that a candidate has to do with."""
        users = self.users.get(candidate.entity.name, frozenset())
        facts, own = candidate.facts, {candidate.entity.name}
        for relation, names in ((Relation.RAISES, facts.raises), (Relation.TAKES, facts.takes), (Relation.USES, facts.uses - facts.raises - facts.takes - own), (Relation.USED_BY, users)):
            for name in sorted(self.words & names)[:2]:
                yield name, relation, len(names)
        for word in [word for word in self.told if word in facts.says][:MOST_SAID]:
            yield word, Relation.SAYS, self.told[word]


def _told(words: Collection[str], candidates: Sequence[Described]) -> dict[str, int]:
    """Words of the description that stand in the texts of some of the candidates and not of all -> of how many; the rarest first."""
    plain = {word.lower() for word in words}
    plain |= {word.removesuffix("s") for word in plain}
    counts = {word: sum(word in item.facts.says for item in candidates) for word in plain if len(word) > LEAST_SAID}
    return {word: count for count, word in sorted((count, word) for word, count in counts.items()) if 0 < count < max(2, len(candidates))}


def users(candidates: Sequence[Described]) -> dict[str, frozenset[str]]:
    """For the name of every candidate those of the others that hold it; what a class does with its own members is no use of them."""
    names = {item.entity.name for item in candidates}
    members: dict[str, set[str]] = {}
    for item in candidates:
        members.setdefault(item.entity.owner, set()).add(item.entity.name)
    found: dict[str, set[str]] = {}
    for item in candidates:
        own = members.get(item.entity.qualname, set()) if item.entity.kind is Kind.CLASS else set()
        for name in item.facts.uses & names - {item.entity.name} - own:
            found.setdefault(name, set()).add(item.entity.name)
    return {name: frozenset(using) for name, using in found.items()}


def ancestors(candidates: Sequence[Described]) -> dict[str, frozenset[str]]:
    """For every class among the candidates the names of all that it inherits from, as far as they are candidates themselves."""
    direct = {item.entity.name: {plain_base(base) for base in item.entity.bases} - {""} for item in candidates if item.entity.kind is Kind.CLASS}
    found: dict[str, frozenset[str]] = {}
    for name in direct:
        known: set[str] = set()
        waiting = [name]
        while waiting:
            fresh = direct.get(waiting.pop(), set()) - known
            known |= fresh
            waiting.extend(fresh)
        found[name] = frozenset(known)
    return found


def _head(words: Sequence[Lexeme], marked: Collection[int], action: str) -> list[Row]:
    """What all canvases of a description begin with."""
    rows: list[Row] = [("which", {Channel.REGION: Region.GLOBAL}), (action, {Channel.REGION: Region.GLOBAL})]
    for i, word in enumerate(words):
        said = Evidence.YES if i in marked else Evidence.NO
        rows.append((word.text, {Channel.REGION: Region.INSTRUCTION, Channel.EVIDENCE: said}))
    return rows


def _canvas(head: Sequence[Row], group: Sequence[tuple[Described, Sequence[Row]]], depth: int) -> EntityCanvas:
    rows, slots = list(head), []
    for _, own in group:
        slots.append(Slot(len(rows), _DOMAIN))
        rows.extend(own)
    return EntityCanvas(Canvas(tuple(text for text, _ in rows), feature_array(rows), tuple(slots), depth), tuple(candidate for candidate, _ in group))


def _rows(candidate: Described, spoken: _Spoken) -> list[Row]:
    entity = candidate.entity
    base = {Channel.REGION: int(Region.ENTITY), Channel.ZONE: int(zone_of(entity.path))}
    private = Relation.CONTAINS_OLD if entity.name.startswith("_") else Relation.NONE
    rows: list[Row] = [(entity.name, {**base, Channel.ROLE: kind_id(entity.kind), Channel.RELATION: private, Channel.EVIDENCE: spoken.named(entity.name)})]
    for part in entity.owner.split(".")[-1:]:
        if part:
            rows.append((part, {**base, Channel.RELATION: Relation.IS_OWNER, Channel.EVIDENCE: spoken.said(part)}))
    for name in [plain_base(parent) for parent in entity.bases][:2]:
        if name:
            rows.append((name, {**base, Channel.RELATION: Relation.LIKE_OWNER, Channel.EVIDENCE: spoken.inherited(name)}))
    for name in [name for name in candidate.facts.decorators if name][:2]:
        rows.append((name, {**base, Channel.RELATION: Relation.OTHER_OWNER, Channel.EVIDENCE: spoken.said(name)}))
    rows.extend((sort, {**base, Channel.RELATION: Relation.SORT, Channel.EVIDENCE: spoken.said(sort)}) for sort in candidate.facts.sorts)
    for name, relation, count in spoken.ties(candidate):
        rows.append((name, {**base, Channel.RELATION: relation, Channel.EVIDENCE: Evidence.YES, Channel.COUNT: count_id(count)}))
    file = entity.path.rpartition("/")[2]
    stem = file.partition(".")[0] or file
    rows.append((stem, {**base, Channel.RELATION: Relation.IS_MODULE, Channel.EVIDENCE: spoken.said(stem)}))
    return rows


def plain_base(base: str) -> str:
    """A base class without its module and type arguments."""
    return base.partition("[")[0].rpartition(".")[2]

