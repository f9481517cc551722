"""Site canvases: windows of code around the candidates of a rename, one slot per candidate.

A window holds the plan in a few lexemes, the file's path, the enclosing scopes, the line that an untold receiver came from, and the lines
around its slots.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.canvas import Canvas, Row, Slot, feature_array
from engine.evidence import Kind
from engine.features import FAMILY_ROLE, GAP_ROLE, Channel, Region, Relation, count_id, kind_id, zone_of
from engine.lexemes import Lexeme, lex
from engine.naming import subwords
from engine.paths import module_stem
from engine.sites import Candidate, Rename

MAX_LEXEMES = 56
"""Lexemes of code in a window; a line that is longer is cut around its slot."""
FILL_TO = 44
MAX_ORIGIN = 16
"""Lexemes of the line that a receiver came from."""
_BOUND = re.compile(r"(?P<self>self\.)?(?P<name>[^\W\d]\w*)")


@dataclass(frozen=True, slots=True)
class Window:
    """A site canvas; slot i belongs to candidate i."""

    canvas: Canvas
    candidates: tuple[Candidate, ...]


def windows(
    texts: Mapping[str, str], rename: Rename, candidates: Iterable[Candidate], depth: int, allowed: Callable[[Candidate], bool]
) -> list[Window]:
    """All windows of an intent. A candidate that is not allowed (outside the scope the user named) can only be kept."""
    by_path: dict[str, list[Candidate]] = {}
    alone: list[Candidate] = []
    for candidate in candidates:
        if candidate.start < 0 or candidate.start == candidate.end or candidate.role == FAMILY_ROLE:
            alone.append(candidate)
        else:
            by_path.setdefault(candidate.path, []).append(candidate)
    relations = _Relations(rename)
    out: list[Window] = []
    for path, group in sorted(by_path.items()):
        text = texts[path]
        for lexemes, members in _group(text, sorted(group, key=lambda c: c.start)):
            out.append(_window(lexemes, members, rename, relations, depth, allowed, _origin(text, members)))
    for candidate in alone:
        lexemes = lex(candidate.path) if candidate.start < 0 else _lines(texts[candidate.path], candidate.start, candidate.end)
        out.append(_window(lexemes, [candidate], rename, relations, depth, allowed))
    return out


def _group(text: str, candidates: Sequence[Candidate]) -> list[tuple[list[Lexeme], list[Candidate]]]:
    """Neighbouring candidates share a window while its lines stay within MAX_LEXEMES."""
    groups: list[list[Candidate]] = []
    for candidate in candidates:
        if groups:
            start = text.rfind("\n", 0, groups[-1][0].start) + 1
            near = candidate.end - start < 12 * MAX_LEXEMES
            if near and len(lex(text, start, _line_end(text, candidate.end))) <= MAX_LEXEMES:
                groups[-1].append(candidate)
                continue
        groups.append([candidate])
    return [(_lines(text, group[0].start, group[-1].end), group) for group in groups]


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _lines(text: str, start: int, end: int) -> list[Lexeme]:
    """Lexemes of the lines of text[start:end], filled up with the lines after and before, or cut around it when too long."""
    first, last = text.rfind("\n", 0, start) + 1, _line_end(text, end)
    lexemes = lex(text, max(0, first - 1), last)
    if len(lexemes) > MAX_LEXEMES:
        inside = [i for i, lexeme in enumerate(lexemes) if lexeme.end > start and lexeme.start < max(end, start + 1)]
        low = max(0, (inside[0] if inside else 0) - MAX_LEXEMES // 3)
        high = max(low + MAX_LEXEMES, (inside[-1] if inside else 0) + 8)
        return lexemes[low:high]
    above_open, below_open = True, True
    while (above_open or below_open) and len(lexemes) < FILL_TO:
        if below_open:
            line = lex(text, last, _line_end(text, last + 1)) if last < len(text) else []
            below_open = bool(line) and len(lexemes) + len(line) <= MAX_LEXEMES
            if below_open:
                lexemes, last = lexemes + line, _line_end(text, last + 1)
        if above_open:
            previous = text.rfind("\n", 0, max(0, first - 1)) + 1
            line = lex(text, max(0, previous - 1), max(0, first - 1)) if first > 0 else []
            above_open = bool(line) and len(lexemes) + len(line) <= MAX_LEXEMES
            if above_open:
                lexemes, first = line + lexemes, previous
    return lexemes


def _origin(text: str, members: Sequence[Candidate]) -> list[Lexeme]:
    """The line that binds the receiver of a candidate whose receiver can't be told, where it stands outside the window.

    `self.x` is bound anywhere in the file, a plain name above the use; a parameter's line is its `def`.
    """
    for candidate in members:
        match = _BOUND.fullmatch(candidate.receiver)
        if match is None:
            continue
        name = re.escape(match["name"])
        if match["self"]:
            found = re.search(rf"\bself\.{name}[ \t]*(?::[^=\n]+)?=[^=]", text)
            at = found.start() if found is not None else -1
        else:
            spots = re.compile(rf"\b{name}[ \t]*(?::[^=\n]+)?=[^=]|\b(?:as|for)[ \t]+{name}\b|\bdef \w+\([^)]*\b{name}\b").finditer(text, 0, candidate.start)
            at = max((spot.start() for spot in spots), default=-1)
        if at >= 0:
            return lex(text, text.rfind("\n", 0, at) + 1, _line_end(text, at))[:MAX_ORIGIN]
    return []


class _Relations:
    """Exact relation of a lexeme to the plan's names, remembered per text."""

    def __init__(self, rename: Rename) -> None:
        target = rename.target
        self._old, self._new = target.name, rename.new
        self._words = subwords(target.name), subwords(rename.new)
        self._owner = set(target.owner.split(".")) - {""}
        self._owner_words = subwords(target.owner.rpartition(".")[2])
        others = {entity.owner.rpartition(".")[2] for entity in rename.homonyms} - self._owner
        self._other_owners = {subwords(owner) for owner in others if owner}
        self._module = module_stem(target)
        self._known: dict[str, Relation] = {}

    def of(self, text: str) -> Relation:
        """Relation of one lexeme."""
        if text not in self._known:
            self._known[text] = self._compare(text)
        return self._known[text]

    def _compare(self, text: str) -> Relation:
        if text == self._old:
            return Relation.IS_OLD
        if text == self._new:
            return Relation.IS_NEW
        words = subwords(text)
        for own, same, inside in (
            (self._words[0], Relation.OTHER_CASE_OF_OLD, Relation.CONTAINS_OLD),
            (self._words[1], Relation.NONE, Relation.CONTAINS_NEW),
        ):
            if own and len(words) >= len(own) and any(words[i : i + len(own)] == own for i in range(len(words) - len(own) + 1)):
                relation = same if len(words) == len(own) else inside
                if relation is Relation.CONTAINS_OLD and words[0] == "test" and words[1 : 1 + len(own)] == own:
                    relation = Relation.TEST_OF_OLD
                if relation is not Relation.NONE:
                    return relation
        if text in self._owner:
            return Relation.IS_OWNER
        if text == self._module:
            return Relation.IS_MODULE
        if words and any(own[-len(words) :] == words for own in self._other_owners):
            return Relation.OTHER_OWNER
        return Relation.LIKE_OWNER if words and self._owner_words[-len(words) :] == words else Relation.NONE


def _plan_rows(rename: Rename) -> list[Row]:
    target = rename.target
    base = {Channel.REGION: int(Region.PLAN)}
    rows: list[Row] = [
        (target.kind.value, {**base, Channel.ROLE: kind_id(target.kind)}),
        (target.name, {**base, Channel.RELATION: Relation.IS_OLD, Channel.COUNT: count_id(len(rename.homonyms))}),
        (rename.new, {**base, Channel.RELATION: Relation.IS_NEW}) if rename.new else (rename.action.value.split()[0], dict(base)),
    ]
    if rename.keep_alias:
        rows.append(("alias", dict(base)))
    rows.extend((part, {**base, Channel.RELATION: Relation.IS_OWNER}) for part in target.owner.split(".")[-2:] if part)
    stem = module_stem(target)
    if target.kind not in (Kind.MODULE, Kind.PACKAGE) and stem:
        rows.append((stem, {**base, Channel.RELATION: Relation.IS_MODULE}))
    return rows


def _window(
    lexemes: Sequence[Lexeme],
    candidates: Sequence[Candidate],
    rename: Rename,
    relations: _Relations,
    depth: int,
    allowed: Callable[[Candidate], bool],
    origin: Sequence[Lexeme] = (),
) -> Window:
    first = candidates[0]
    zone = int(zone_of(first.path))
    rows = _plan_rows(rename)
    for part in lex(first.path)[-7:] if first.start >= 0 else []:
        rows.append((part.text, {Channel.REGION: Region.PATH, Channel.ZONE: zone, Channel.RELATION: relations.of(part.text)}))
    for name in first.scope.split(".")[-2:] if first.scope else []:
        rows.append((name, {Channel.REGION: Region.SCOPE, Channel.RELATION: relations.of(name)}))
    rows.extend((x.text, {Channel.REGION: Region.ORIGIN, Channel.RELATION: relations.of(x.text)}) for x in origin)
    if first.start == first.end and first.start >= 0:
        lexemes = [lexeme for lexeme in lexemes if lexeme.end <= first.start][-FILL_TO // 2 :]
    offset = len(rows)
    rows.extend((x.text, {Channel.REGION: Region.WINDOW, Channel.RELATION: relations.of(x.text)}) for x in lexemes)
    slots, placed = [], []
    for candidate in candidates:
        position = _position(candidate, lexemes, offset)
        if position is None and candidate.role == GAP_ROLE:
            position = len(rows)
            rows.append(("\n", {Channel.REGION: Region.WINDOW}))
        if position is None:
            continue
        domain = candidate.domain if allowed(candidate) else (candidate.domain[0],)
        slots.append(Slot(position, domain))
        placed.append(candidate)
        rows[position][1].update(
            {
                Channel.ROLE: candidate.role,
                Channel.EVIDENCE: int(candidate.evidence),
                Channel.COUNT: count_id(len(rename.homonyms)),
                Channel.CAUSE: candidate.cause,
                Channel.ZONE: zone,
            }
        )
    return Window(Canvas(tuple(t for t, _ in rows), feature_array(rows), tuple(slots), depth), tuple(placed))


def _position(candidate: Candidate, lexemes: Sequence[Lexeme], offset: int) -> int | None:
    if candidate.role == GAP_ROLE:
        return None
    if candidate.start < 0:
        hits = [i for i, lexeme in enumerate(lexemes) if lexeme.text == candidate.before]
        return offset + hits[-1] if hits else None
    for i, lexeme in enumerate(lexemes):
        if lexeme.start <= candidate.start < lexeme.end:
            return offset + i
    return None
