"""Which definitions an instruction could speak of: the pointer targets of the plan canvas.

The names are spelled out of the instruction's words, alone and joined; the ranking only decides which of too many fit on the canvas.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from engine.evidence import Entity, Kind
from engine.features import Zone, zone_of
from engine.lexemes import Lexeme
from engine.naming import Style, join

MAX_CANDIDATES = 32
MAX_INSTRUCTION_LEXEMES = 160
_LONGEST_RUN = 4
_MOST_OF_PLAIN = 6


@dataclass(frozen=True, slots=True)
class Context:
    """What the repository says about the words of one instruction."""

    entities: tuple[Entity, ...]
    """Pointer targets, in the order of the canvas."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Definitions of each name in the repository, tests included."""
    files: frozenset[str] = frozenset()
    """Words that are file stems here."""
    folders: frozenset[str] = frozenset()
    """Words that are folder names here."""


def spellings(lexemes: Sequence[Lexeme]) -> tuple[str, ...]:
    """Every name that the words of an instruction may spell: each word, and runs of two to four plain words joined."""
    names: dict[str, None] = {}
    for lexeme in lexemes:
        if lexeme.is_word:
            names[lexeme.text] = None
    for i in range(len(lexemes)):
        for length in range(2, _LONGEST_RUN + 1):
            run = lexemes[i : i + length]
            if len(run) < length or not all(lexeme.text.isalpha() for lexeme in run):
                break
            words = [lexeme.text.lower() for lexeme in run]
            for style in (Style.SNAKE, Style.CAMEL, Style.UPPER, Style.MIXED):
                names[join(words, style)] = None
    return tuple(names)


def looks_like_code(name: str) -> bool:
    """Whether a word is written as no English word is."""
    return "_" in name or any(c.isdigit() for c in name) or (not name.islower() and not name.istitle())


def rank(entities: Collection[Entity], instruction: str, lexemes: Sequence[Lexeme]) -> tuple[Entity, ...]:
    """The candidates that fit on the canvas: those that the instruction's words point at most."""
    words = {lexeme.text for lexeme in lexemes}
    lowered = {word.lower() for word in words}
    quoted = set(re.findall(r"[`'\"]([^\W\d]\w*)", instruction)) | set(re.findall(r"([^\W\d]\w*)(?:\(|\.py\b)", instruction))

    shared = Counter(entity.name for entity in set(entities))

    def score(entity: Entity) -> tuple[float, str, int]:
        owners = entity.owner.split(".") if entity.owner else []
        parts = entity.path.removesuffix("/").removesuffix(".py").split("/")
        points = 3.0 * (looks_like_code(entity.name) or entity.name in quoted) + 1.0 * (entity.name in words)
        points += 2.0 * any(owner in words for owner in owners) + 1.0 * (parts[-1] in words)
        points += 0.5 * any(part in words for part in parts[:-1]) + 0.8 * (entity.kind.value in lowered)
        # A name that few things have is a name; one that many have may be plain English.
        points += 1.0 / shared[entity.name]
        points -= 1.0 * (zone_of(entity.path) is Zone.TEST) + _TIER[entity.kind]
        return (-points, entity.path, entity.start)

    best: list[Entity] = []
    room: dict[str, int] = {}
    for entity in sorted(set(entities), key=score):
        # `name` or `get`, said as plain English, are defined in hundreds of places: a few of them stand for all.
        plain = not looks_like_code(entity.name) and entity.name not in quoted
        room[entity.name] = room.get(entity.name, _MOST_OF_PLAIN if plain else MAX_CANDIDATES) - 1
        if room[entity.name] >= 0:
            best.append(entity)
    return tuple(best[:MAX_CANDIDATES])


_TIER = {
    Kind.CLASS: 0.0,
    Kind.FUNCTION: 0.0,
    Kind.METHOD: 0.1,
    Kind.CONSTANT: 0.2,
    Kind.MODULE: 0.3,
    Kind.PACKAGE: 0.4,
    Kind.ATTRIBUTE: 0.5,
    Kind.PARAMETER: 0.9,
}
