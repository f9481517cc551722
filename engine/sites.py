"""Site canvases: windows of code around every place that may have to change, one slot per candidate.

A window holds the plan in a few lexemes, the file's path, the enclosing scopes and the lines around its slots. Which slots are replaced
is the denoiser's decision; name resolution enters as a feature.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.canvas import Canvas, Row, Slot, feature_array
from engine.evidence import Entity, Kind, Occurrence, Resolution, Role
from engine.features import (
    FAMILY_ROLE,
    GAP_ROLE,
    PATH_ROLE,
    Channel,
    Evidence,
    Region,
    Relation,
    cause_id,
    count_id,
    kind_id,
    role_id,
    zone_of,
)
from engine.lexemes import Lexeme, lex
from engine.naming import replaced_inside, subwords
from engine.paths import module_stem
from engine.values import Value

MAX_LEXEMES = 56
"""Lexemes of code in a window; a line that is longer is cut around its slot."""
FILL_TO = 44
MAX_ORIGIN = 16
"""Lexemes of the line that a receiver came from."""
_MEMBERS = frozenset({Role.ATTRIBUTE, Role.ATTRIBUTE_CALL, Role.ATTRIBUTE_STORE})
_EVIDENCE = {Resolution.YES: Evidence.YES, Resolution.NO: Evidence.NO, Resolution.UNKNOWN: Evidence.UNKNOWN}


_BOUND = re.compile(r"(?P<self>self\.)?(?P<name>[^\W\d]\w*)")


@dataclass(frozen=True, slots=True)
class Rename:
    """What the windows of one intent are conditioned on."""

    target: Entity
    new: str
    homonyms: tuple[Entity, ...] = ()
    """Other definitions of the old name in the repository."""
    keep_alias: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may have to change."""

    path: str
    start: int
    """Character offset; -1 where the place is the file's own path."""
    end: int
    before: str
    after: str
    """Its text when it is replaced."""
    label: str
    """Role, for the receipt."""
    role: int
    """Role channel."""
    evidence: Evidence
    reason: str
    scope: str = ""
    domain: tuple[Value, ...] = (Value.KEEP, Value.REPLACE)
    both: str = ""
    """Its text when the new name joins the old one."""
    cause: int = 0
    """Cause channel."""
    receiver: str = ""
    """What stands before the dot, in code."""


@dataclass(frozen=True, slots=True)
class Window:
    """A site canvas; slot i belongs to candidate i."""

    canvas: Canvas
    candidates: tuple[Candidate, ...]


def from_occurrence(occurrence: Occurrence, rename: Rename, text: str) -> Candidate:
    """The candidate of an occurrence of the old name itself."""
    both = _both(occurrence, rename, text) if rename.keep_alias else ""
    domain = (Value.KEEP, Value.REPLACE, Value.BOTH) if both else (Value.KEEP, Value.REPLACE)
    return Candidate(
        path=occurrence.path,
        start=occurrence.start,
        end=occurrence.end,
        before=rename.target.name,
        after=rename.new,
        label=occurrence.role.value,
        role=role_id(occurrence.role),
        evidence=_EVIDENCE[occurrence.resolution],
        reason=occurrence.reason,
        scope=occurrence.scope,
        domain=domain,
        both=both,
        cause=cause_id(occurrence.cause),
        receiver=occurrence.receiver if occurrence.role in _MEMBERS and occurrence.resolution is Resolution.UNKNOWN else "",
    )


def _both(occurrence: Occurrence, rename: Rename, text: str) -> str:
    """The text that exports both names: in a package's imports and in `__all__`; empty where that can't be written."""
    old, new = rename.target.name, rename.new
    if occurrence.role is Role.IMPORT_NAME and occurrence.path.endswith("__init__.py"):
        following = text[occurrence.end : occurrence.end + 4]
        return "" if following.lstrip(" ").startswith("as") else f"{new}, {old}"
    if occurrence.role is Role.STRING and occurrence.scope == "" and occurrence.start > 0:
        quote = text[occurrence.start - 1]
        return f"{new}{quote}, {quote}{old}" if quote in "'\"" else ""
    return ""


def from_family(name: str, spot: tuple[str, int, int], rename: Rename, inside: Resolution | None) -> Candidate:
    """The candidate of a longer name, shown at one of its places. inside: what the old name means in the block that it names."""
    path, start, end = spot
    after = replaced_inside(name, rename.target.name, rename.new) or name
    evidence = Evidence.NONE if inside is None else _EVIDENCE[inside]
    reason = f"contains {rename.target.name}" + (", and uses it" if inside is Resolution.YES else "")
    return Candidate(path, start, end, name, after, "longer name", FAMILY_ROLE, evidence, reason)


def from_path(path: str, rename: Rename, is_target: bool) -> Candidate | None:
    """The candidate of a file or folder (trailing '/') whose own name is, or contains, the old one."""
    last = path.rstrip("/").rsplit("/", 1)[-1]
    stem = last.split(".", 1)[0]
    old = rename.target.name
    after = rename.new if stem == old else replaced_inside(stem, old, rename.new)
    if after is None:
        return None
    evidence = Evidence.YES if is_target else Evidence.NO
    reason = "the file of the target" if is_target else "a file of a like name"
    return Candidate(path, -1, -1, stem, after, "path", PATH_ROLE, evidence, reason)


def alias_gap(text: str, at: int, rename: Rename, statement: str) -> Candidate:
    """The gap behind the definition, where an alias of the old name can stand."""
    target = rename.target
    domain = (Value.EMPTY, Value.INSERT)
    return Candidate(target.path, at, at, "", statement, "alias", GAP_ROLE, Evidence.NONE, "behind the definition", target.owner, domain)


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
            spots = re.finditer(rf"\b{name}[ \t]*(?::[^=\n]+)?=[^=]|\b(?:as|for)[ \t]+{name}\b|\bdef \w+\([^)]*\b{name}\b", text[: candidate.start])
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
        (rename.new, {**base, Channel.RELATION: Relation.IS_NEW}),
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
