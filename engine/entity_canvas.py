"""Entity canvases: which definitions a description means ("the private helpers in utils.py"), one slot each, take or leave.

A canvas holds the instruction, with the words of the description marked, and some of the candidates: name, kind, bases, decorators,
owner and file. All canvases of one description are denoised together.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from engine.canvas import Canvas, Row, Slot, feature_array
from engine.evidence import Entity, Kind, Project, entities
from engine.features import Channel, Evidence, Region, Relation, kind_id, zone_of
from engine.lexemes import Lexeme
from engine.values import TARGET, Value

PER_CANVAS = 20
"""Candidates of one canvas."""
MAX_CANDIDATES = 400
"""Of one description."""
_DOMAIN = (Value.LEAVE, TARGET[0])
_KINDS = (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT, Kind.METHOD)


@dataclass(frozen=True, slots=True)
class Described:
    """A candidate and what a description may speak of besides its name."""

    entity: Entity
    decorators: tuple[str, ...] = ()


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
        decorators = {
            node.lineno: tuple(_last_name(item) for item in node.decorator_list)
            for node in ast.walk(module.tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        }  # fmt: skip
        seen: set[tuple[str, str]] = set()
        for entity in entities(project, path):
            nested = bool(entity.owner) and entity.kind is not Kind.METHOD
            if entity.kind in _KINDS and not nested and (entity.owner, entity.name) not in seen:
                seen.add((entity.owner, entity.name))
                found.append(Described(entity, decorators.get(entity.line, ())))
    return found[:MAX_CANDIDATES]


def _last_name(node: ast.expr) -> str:
    while isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def entity_canvases(
    words: Sequence[Lexeme], marked: Collection[int], candidates: Sequence[Described], action: str, depth: int
) -> list[EntityCanvas]:
    """All canvases of a description. marked: indices of its words in the instruction; action: what is asked, in a word."""
    spoken = {word.text for i, word in enumerate(words) if i in marked}
    return [
        _canvas(words, marked, candidates[start : start + PER_CANVAS], action, spoken, depth) for start in range(0, len(candidates), PER_CANVAS)
    ]


def _canvas(
    words: Sequence[Lexeme], marked: Collection[int], candidates: Sequence[Described], action: str, spoken: Collection[str], depth: int
) -> EntityCanvas:
    rows: list[Row] = [("which", {Channel.REGION: Region.GLOBAL}), (action, {Channel.REGION: Region.GLOBAL})]
    for i, word in enumerate(words):
        said = Evidence.YES if i in marked else Evidence.NO
        rows.append((word.text, {Channel.REGION: Region.INSTRUCTION, Channel.EVIDENCE: said}))
    slots = []
    for candidate in candidates:
        slots.append(Slot(len(rows), _DOMAIN))
        rows.extend(_rows(candidate, spoken))
    return EntityCanvas(Canvas(tuple(text for text, _ in rows), feature_array(rows), tuple(slots), depth), tuple(candidates))


def _rows(candidate: Described, spoken: Collection[str]) -> list[Row]:
    entity = candidate.entity
    base = {Channel.REGION: int(Region.ENTITY), Channel.ZONE: int(zone_of(entity.path))}
    private = Relation.CONTAINS_OLD if entity.name.startswith("_") else Relation.NONE
    named = Evidence.YES if entity.name in spoken else Evidence.NONE
    rows: list[Row] = [(entity.name, {**base, Channel.ROLE: kind_id(entity.kind), Channel.RELATION: private, Channel.EVIDENCE: named})]
    for part in entity.owner.split(".")[-1:]:
        if part:
            rows.append((part, {**base, Channel.RELATION: Relation.IS_OWNER, Channel.EVIDENCE: _said(part, spoken)}))
    for name in [plain_base(parent) for parent in entity.bases][:2]:
        if name:
            rows.append((name, {**base, Channel.RELATION: Relation.LIKE_OWNER, Channel.EVIDENCE: _said(name, spoken)}))
    for name in [name for name in candidate.decorators if name][:2]:
        rows.append((name, {**base, Channel.RELATION: Relation.OTHER_OWNER, Channel.EVIDENCE: _said(name, spoken)}))
    stem = entity.path.rpartition("/")[2].partition(".")[0]
    rows.append((stem, {**base, Channel.RELATION: Relation.IS_MODULE, Channel.EVIDENCE: _said(stem, spoken)}))
    return rows


def plain_base(base: str) -> str:
    """A base class without its module and type arguments."""
    return base.partition("[")[0].rpartition(".")[2]


def _said(name: str, spoken: Collection[str]) -> Evidence:
    return Evidence.YES if name in spoken else Evidence.NO
