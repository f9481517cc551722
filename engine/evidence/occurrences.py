"""Every textual occurrence of an entity's name: what it is, and whether it refers to the entity.

Exactly one occurrence per match, in order; in prose a name may stand between letters of other scripts, in code it is then part of
another name. Files without a match are never parsed, odd input never raises: what
cannot be read as Python is OTHER and UNKNOWN.
"""
from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.evidence.entities import Entity, entities
from engine.evidence.fragments import Fragments, Part
from engine.evidence.infer import Inference
from engine.evidence.literals import dotted_prefix, verdict_of_literal, verdict_of_text
from engine.evidence.rules import verdict_of_use
from engine.evidence.scopes import Literal, Role, Scope, Use
from engine.evidence.source import Module, Project, is_python
from engine.evidence.target import Cause, Resolution, Target, Verdict, unknown

_PROSE = (".md", ".rst", ".txt", ".adoc")
_CONFIG = (".toml", ".cfg", ".ini", ".yaml", ".yml", ".json")
_RECEIVER = 60


@dataclass(frozen=True, slots=True)
class Occurrence:
    path: str
    start: int
    end: int
    # Character offsets.
    text: str
    role: Role
    resolution: Resolution
    reason: str
    scope: str = ""
    # Dotted qualname of the enclosing class or function.
    receiver: str = ""
    # What stands before the dot, cut to sixty characters.
    cause: Cause = Cause.OTHER
    # Why the resolution is what it is, for machines.


def occurrences(project: Project, target: Entity, paths: Iterable[str]) -> list[Occurrence]:
    wanted = Target(project, target, inference_of(project))
    found: list[Occurrence] = []
    for path in paths:
        text = project.text(path)
        if text is None or target.name not in text:
            continue
        starts = [match.start() for match in _word(target.name).finditer(text)]
        module = project.module(path) if starts and is_python(path) else None
        if module is not None and module.index is not None:
            found.extend(_InPython(wanted, module).classify(starts))
        else:
            found.extend(_in_text(wanted, path, text, starts))
    return found


def homonyms(project: Project, target: Entity, paths: Iterable[str]) -> list[Entity]:
    """The other definitions in these files that have the target's name without being of its family."""
    wanted = Target(project, target, inference_of(project))
    found: list[Entity] = []
    for path in paths:
        text = project.text(path)
        if not is_python(path) or text is None or (target.name not in text and target.name not in path):
            continue
        found.extend(item for item in entities(project, path, {target.name}) if not wanted.is_family(item))
    return found


def inference_of(project: Project) -> Inference:
    """One inference per project, so that all questions about it share what has been found out."""
    if not isinstance(project.memory, Inference):
        project.memory = Inference(project)
    return project.memory


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])")


def _in_text(target: Target, path: str, text: str, starts: list[int]) -> list[Occurrence]:
    role = Role.PROSE if path.endswith(_PROSE) else Role.CONFIG if path.endswith(_CONFIG) else Role.OTHER
    found: list[Occurrence] = []
    for start in starts:
        end = start + len(target.name)
        verdict = unknown("not readable as Python", Cause.OTHER) if is_python(path) else verdict_of_text(
            target, text, start, end, path, None)
        found.append(Occurrence(path, start, end, target.name, role, verdict.resolution, verdict.reason,
                                receiver=dotted_prefix(text, start)[:-1][-_RECEIVER:], cause=verdict.cause))
    return found


class _InPython:
    """The matches of one name in one parsed file."""

    def __init__(self, target: Target, module: Module) -> None:
        self.target = target
        self.module = module
        self.name = target.name
        self.fragments = Fragments(module)
        uses = [] if module.index is None else module.index.uses.get(self.name, [])
        self.uses = {module.positions.of_use(use, self.name): use for use in uses if use.joined is None}
        self.joined: dict[ast.JoinedStr, list[Use]] = {}
        for use in uses:
            if use.joined is not None:
                self.joined.setdefault(use.joined, []).append(use)

    def classify(self, starts: list[int]) -> list[Occurrence]:
        formatted = self._formatted(starts) if self.joined else {}
        found = (self._one(start, formatted.get(start) or self.uses.get(start)) for start in starts)
        return [occurrence for occurrence in found if occurrence is not None]

    def _one(self, start: int, use: Use | None) -> Occurrence | None:
        if use is not None:
            role = Role.FSTRING if use.joined is not None else use.role
            return self._make(start, role, verdict_of_use(self.target, use), use.scope.qualname, self._receiver(use))
        literal = self.fragments.literal_at(start)
        if literal is not None:
            part = self.fragments.part_at(literal, start)
            if part is not Part.OUTSIDE:
                return self._in_literal(start, literal, part)
        scope = self.fragments.scope_at(start)
        if literal is not None or self.fragments.is_comment(start):
            return self._text(start, Role.COMMENT, scope)
        if self._is_part(start):
            return None
        return self._make(start, Role.NAME, unknown("not a name in the syntax tree", Cause.OTHER), scope.qualname, "")

    def _is_part(self, start: int) -> bool:
        """Whether the match is part of a longer name, which may go on with letters of any language."""
        text, end = self.module.text, start + len(self.name)
        around = text[max(0, start - 1):start] + text[end:end + 1]
        return any(char.isalnum() for char in around)

    def _in_literal(self, start: int, literal: Literal, part: Part) -> Occurrence:
        text, end = self.module.text, start + len(self.name)
        if part is Part.EXPRESSION:
            return self._make(start, Role.FSTRING, unknown("expression of an f-string", Cause.OTHER),
                              literal.scope.qualname, "")
        if isinstance(literal.node, ast.JoinedStr):
            whole = part is Part.NESTED and text[start - 1] == text[end:end + 1]
            return self._text(start, Role.STRING if whole else Role.STRING_PART, literal.scope)
        whole = literal.node.value == self.name
        role = (Role.DOCSTRING if literal.docstring else Role.ANNOTATION if literal.annotation
                else Role.STRING if whole else Role.STRING_PART)
        verdict = verdict_of_literal(self.target, literal, start, end, text)
        return self._make(start, role, verdict, literal.scope.qualname, dotted_prefix(text, start)[:-1])

    def _text(self, start: int, role: Role, scope: Scope) -> Occurrence:
        text = self.module.text
        verdict = verdict_of_text(self.target, text, start, start + len(self.name), self.module.path, scope)
        return self._make(start, role, verdict, scope.qualname, dotted_prefix(text, start)[:-1])

    def _make(self, start: int, role: Role, verdict: Verdict, scope: str, receiver: str) -> Occurrence:
        return Occurrence(self.module.path, start, start + len(self.name), self.name, role, verdict.resolution,
                          verdict.reason, scope, receiver[:_RECEIVER], verdict.cause)

    def _receiver(self, use: Use) -> str:
        node = use.node
        if not isinstance(node, ast.Attribute):
            return ""
        if use.joined is not None:
            return ast.unparse(node.value)
        start, end = self.module.positions.span(node.value)
        return self.module.text[start:end]

    def _formatted(self, starts: list[int]) -> dict[int, Use]:
        """Uses inside f-strings by order: before Python 3.12 the parser misplaces them."""
        found: dict[int, Use] = {}
        for node, uses in self.joined.items():
            start, end = self.module.positions.span(node)
            literal = self.fragments.literal_at(start)
            inside = [item for item in starts if start <= item < end and literal is not None
                      and self.fragments.part_at(literal, item) is Part.EXPRESSION]
            if len(inside) == len(uses):
                ordered = sorted(uses, key=_place)
                found.update(zip(inside, ordered, strict=True))
        return found


def _place(use: Use) -> tuple[int, int]:
    """By where the node ends, which orders `name.name` too."""
    return getattr(use.node, "end_lineno", 0), getattr(use.node, "end_col_offset", 0)
