"""The plan canvas: instruction and candidate definitions as lexemes, one slot per word and per candidate.

Layout: the global slots (what each request asks for, the alias, keyword-only), the instruction (a slot per lexeme), then every candidate as
name, owner, folder and file, and last how an order of parameters is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.canvas import Canvas, Row, Slot, feature_array
from engine.evidence import Entity, Kind
from engine.features import SEVERAL_KINDS, Channel, Evidence, Region, Relation, count_id, kind_id, zone_of
from engine.lexemes import Lexeme, lex
from engine.retrieval import MAX_INSTRUCTION_LEXEMES, Context
from engine.values import ACTIONS, AT, DEFAULT, EFFECT, NEW, OLD, ORDERS, PARAM, SELF_VALUE, TARGET, TEST_VALUE, TO, TYPE, VALUE, Value

_TOKEN = re.compile(r"\w[\w./:#(\\-]*\w")
ACTION_SLOTS = (0, 1, 2, 3)
"""What request i asks for."""
ALIAS_SLOT, KEYWORD_SLOT = 4, 5
_GLOBALS = ("rename", "second", "third", "fourth", "alias", "keyword")
_CODE = (*TYPE, *DEFAULT, *VALUE, *TEST_VALUE, *SELF_VALUE, *EFFECT)
"""Fields that hold code or free words: any lexeme can be part of one."""
_WORD_DOMAIN = (Value.OTHER, *OLD, *NEW, Value.ONLY, Value.EXCEPT, *TO, *PARAM, *_CODE)
_PATH_DOMAIN = (Value.OTHER, Value.ONLY, Value.EXCEPT, *TO, *_CODE)
_MARK_DOMAIN = (Value.OTHER, *_CODE)
_ENDINGS = frozenset({"py", "pyi", "rst", "md", "txt", "toml", "cfg", "ini", "yaml", "yml", "json"})
_ENTITY_DOMAIN = (Value.LEAVE, *TARGET, *AT)


@dataclass(frozen=True, slots=True)
class PlanCanvas:
    """A plan canvas and where its parts are."""

    canvas: Canvas
    instruction: str
    words: tuple[Lexeme, ...]
    """Lexeme i of the instruction has slot 6 + i."""
    entities: tuple[Entity, ...]
    """Candidate j has slot 6 + len(words) + j."""

    def word_slot(self, index: int) -> int:
        """Slot of a lexeme of the instruction."""
        return len(_GLOBALS) + index

    def entity_slot(self, index: int) -> int:
        """Slot of a candidate."""
        return len(_GLOBALS) + len(self.words) + index

    @property
    def order_slot(self) -> int:
        """Slot of how an order is said."""
        return self.entity_slot(len(self.entities))


def instruction_lexemes(instruction: str) -> tuple[Lexeme, ...]:
    """The lexemes of an instruction that fit on the canvas."""
    return tuple(lex(instruction)[:MAX_INSTRUCTION_LEXEMES])


def excess_of(instruction: str) -> int:
    """How many of its lexemes don't fit."""
    return max(0, len(lex(instruction)) - MAX_INSTRUCTION_LEXEMES)


def plan_canvas(instruction: str, context: Context, depth: int) -> PlanCanvas:
    """The canvas of an instruction, every slot masked."""
    words = instruction_lexemes(instruction)
    rows: list[Row] = [(text, {Channel.REGION: Region.GLOBAL}) for text in _GLOBALS]
    slots = [Slot(at, (Value.UNSUPPORTED if at == 0 else Value.NOTHING, *ACTIONS)) for at in ACTION_SLOTS]
    slots += [Slot(ALIAS_SLOT, (Value.NO_ALIAS, Value.ALIAS)), Slot(KEYWORD_SLOT, (Value.ANYWHERE, Value.KEYWORD_ONLY))]
    for i, word in enumerate(words):
        slots.append(Slot(len(rows), _domain(words, i)))
        rows.append((word.text, _word_features(word.text, context)))
    said = _Said.of(instruction, words)
    ruled_out = said.ruled_out(context.entities)
    for entity in context.entities:
        slots.append(Slot(len(rows), (Value.LEAVE,) if entity in ruled_out else _ENTITY_DOMAIN))
        rows.extend(_entity_rows(entity, context, said))
    slots.append(Slot(len(rows), ORDERS))
    rows.append(("order", {Channel.REGION: Region.GLOBAL}))
    lexemes = tuple(text for text, _ in rows)
    canvas = Canvas(lexemes, feature_array(rows), tuple(slots), depth)
    return PlanCanvas(canvas, instruction, words, context.entities)


def _domain(words: Sequence[Lexeme], index: int) -> tuple[Value, ...]:
    """What a lexeme of the instruction can be.

    Only a word can be (part of) a name, unless it qualifies the one that follows (`Client` in `Client.send`, `io` in `io/load.py`) or is one
    of Python's own (`__all__`); path punctuation may belong to a place; other punctuation only to code.
    """
    text = words[index].text
    if text[0].isalpha() or text[0] == "_":
        reserved = text.startswith("__") and text.endswith("__")
        return _PATH_DOMAIN if reserved or _is_qualifier(words, index) else _WORD_DOMAIN
    return _PATH_DOMAIN if text[0] in "/.-*" or text[0].isdigit() else _MARK_DOMAIN


def _is_qualifier(words: Sequence[Lexeme], index: int) -> bool:
    if index + 2 >= len(words):
        return False
    word, joint, following = words[index : index + 3]
    close = word.end == joint.start and joint.end == following.start
    return close and joint.text in (".", "/", "::") and following.is_word and following.text not in _ENDINGS


def _word_features(text: str, context: Context) -> dict[Channel, int]:
    kinds = {entity.kind for entity in context.entities if entity.name == text}
    count = context.counts.get(text, 0)
    relation = Relation.DEFINED if count else Relation.ABSENT
    if not kinds and text in context.files:
        relation = Relation.FILE
    elif not kinds and text in context.folders:
        relation = Relation.FOLDER
    role = 0
    if kinds:
        role = kind_id(next(iter(kinds))) if len(kinds) == 1 else SEVERAL_KINDS
    return {
        Channel.REGION: Region.INSTRUCTION,
        Channel.ROLE: role,
        Channel.RELATION: relation if text[0].isalpha() or text[0] == "_" else Relation.NONE,
        Channel.COUNT: count_id(count),
    }


@dataclass(frozen=True, slots=True)
class _Said:
    """What an instruction says around names: its words, and which of them it joins to which."""

    words: frozenset[str]
    joined: frozenset[tuple[str, str]]
    """(qualifier, name) of `Client.send`, `io/load.py`, `src/app.py::load`, `connect(timeout)`: all pairs of one token."""
    text: str

    @classmethod
    def of(cls, instruction: str, words: Sequence[Lexeme]) -> _Said:
        """Read once for all candidates."""
        pairs: set[tuple[str, str]] = set()
        for token in _TOKEN.findall(instruction):
            parts = re.findall(r"\w+", token)
            pairs.update((before, after) for i, before in enumerate(parts) for after in parts[i + 1 :])
        return cls(frozenset(word.text for word in words), frozenset(pairs), instruction)

    def ruled_out(self, entities: Sequence[Entity]) -> frozenset[Entity]:
        """Candidates that can't be meant: the text qualifies every mention of their name, always by the owner or file of another."""
        out: set[Entity] = set()
        for name in {entity.name for entity in entities}:
            qualifiers = [self._qualifiers(start) for start in self._mentions(name)]
            alike = [entity for entity in entities if entity.name == name]
            fits = {entity: any(_parts(entity) & found for found in qualifiers) for entity in alike}
            if qualifiers and all(any(_parts(entity) & found for entity in alike) for found in qualifiers):
                out.update(entity for entity in alike if not fits[entity])
        return frozenset(out)

    def _mentions(self, name: str) -> list[int]:
        return [found.start() for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", self.text)]

    def _qualifiers(self, start: int) -> frozenset[str]:
        """The words that one token joins in front of an offset."""
        token = next((found for found in _TOKEN.finditer(self.text) if found.start() <= start < found.end()), None)
        return frozenset(re.findall(r"\w+", self.text[token.start() : start])) if token is not None else frozenset()

    def of_owner(self, part: str, name: str) -> Evidence:
        """Whether the text joins an owner or module to a name, has it somewhere, or not."""
        if (part, name) in self.joined:
            return Evidence.YES
        return Evidence.UNKNOWN if part in self.words else Evidence.NO

    def of_path(self, entity: Entity) -> Evidence:
        """The same for a whole path; one that is written out counts as joined."""
        parts = entity.path.split("/")
        tails = ["/".join(parts[i:]) for i in range(len(parts) - 1)] or [entity.path]
        dotted = [tail.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for tail in tails]
        written = any(tail in self.text for tail in tails) or any("." in path and path in self.text for path in dotted)
        return Evidence.YES if written else self.of_owner(parts[-1].split(".", 1)[0], entity.name)


def _parts(entity: Entity) -> frozenset[str]:
    """The words that can qualify a definition: its owners, file and folders."""
    parts = entity.path.removesuffix("/__init__.py").removesuffix(".py").strip("/").split("/")
    return frozenset((*(parts[:-1] if entity.kind in (Kind.MODULE, Kind.PACKAGE) else parts), *entity.owner.split("."))) - {""}


def _entity_rows(entity: Entity, context: Context, said: _Said) -> list[Row]:
    zone = int(zone_of(entity.path))
    base = {Channel.REGION: int(Region.ENTITY), Channel.ZONE: zone}
    name = {**base, Channel.ROLE: kind_id(entity.kind), Channel.COUNT: count_id(context.counts.get(entity.name, 1))}
    rows: list[Row] = [(entity.name, name)]
    for part in entity.owner.split(".")[-2:]:
        if part:
            rows.append((part, {**base, Channel.RELATION: Relation.IS_OWNER, Channel.EVIDENCE: said.of_owner(part, entity.name)}))
    parts = entity.path.strip("/").split("/")
    if entity.kind in (Kind.MODULE, Kind.PACKAGE):
        parts = parts[:-1]
    shown = [part for part in parts[-2:] if part]
    for i, part in enumerate(shown):
        stem = part.rsplit(".", 1)[0] or part
        is_file = i == len(shown) - 1 and entity.kind not in (Kind.MODULE, Kind.PACKAGE)
        evidence = said.of_path(entity) if is_file else said.of_owner(stem, entity.name)
        rows.append((stem, {**base, Channel.RELATION: Relation.IS_MODULE, Channel.EVIDENCE: evidence}))
    return rows
