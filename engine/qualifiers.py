"""Which of several equally named definitions an instruction can mean: what its own qualifiers leave possible.

The denoiser says which definitions are meant; where it names several of one name, a qualified mention (`Client.send`, `pkg.io.load`,
`src/io.py`) or a named owner or file rules out those that it cannot point to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.evidence import Entity, Kind

_TOKEN = re.compile(r"[\w./:\\-]*\w")


def narrow(instruction: str, mentions: Sequence[tuple[int, int]], candidates: Sequence[Entity]) -> list[Entity]:
    """The candidates that the text leaves possible; all of them where it says nothing that tells them apart.

    mentions: where the old name stands in the instruction.
    """
    start, end = mentions[0] if mentions else (0, 0)
    parts = _qualified(instruction, start, end)
    fits = [entity for entity in candidates if len(parts) > 1 and _ends_with(_full_name(entity), parts)]
    if fits:
        return fits
    rated = [(_rate(instruction, start, entity), entity) for entity in candidates]
    best = max((rate for rate, _ in rated), default=(0, 0))
    return [entity for rate, entity in rated if rate == best]


def _rate(instruction: str, mention: int, entity: Entity) -> tuple[int, int]:
    """In how many ways the text names where a definition stands, then how near to the first mention it does."""
    spots = [span for span in (_owner_named(instruction, entity), _file_named(instruction, entity), _folder_named(instruction, entity)) if span >= 0]
    is_kind = re.search(rf"\b{entity.kind.value}s?\b", instruction) is not None
    return len(spots) + is_kind, -min((abs(spot - mention) for spot in spots), default=len(instruction))


def _qualified(instruction: str, start: int, end: int) -> list[str]:
    """The parts of the dotted name or path that a mention is the last part of."""
    for token in _TOKEN.finditer(instruction):
        if token.start() <= start and end <= token.end():
            head = instruction[token.start() : start]
            parts = [part for part in re.split(r"[./:\\]+", head) if part]
            return [*parts, instruction[start:end]]
    return []


def _full_name(entity: Entity) -> list[str]:
    """Folders, module, owners and name of a definition; a parameter's owner includes its function."""
    path = entity.path.rpartition(".")[0] or entity.path
    parts = [part for part in path.removesuffix("/__init__").split("/") if part]
    if entity.kind in (Kind.MODULE, Kind.PACKAGE):
        return parts
    return [*parts, *(part for part in entity.owner.split(".") if part), entity.name]


def _ends_with(full: Sequence[str], parts: Sequence[str]) -> bool:
    return list(full[-len(parts) :]) == list(parts)


def _owner_named(instruction: str, entity: Entity) -> int:
    """Where the text names the class or function around a definition; -1 nowhere."""
    owners = [part for part in entity.owner.split(".") if part and part != "__init__"]
    return _first(instruction, rf"(?<!\w){re.escape(owners[-1])}(?!\w)") if owners else -1


def _file_named(instruction: str, entity: Entity) -> int:
    """Where the text names the file or module of a definition, by path or dotted; -1 nowhere."""
    parts = _full_name(Entity(Kind.MODULE, "", entity.path))
    last = entity.path.rpartition("/")[2]
    for count in range(len(parts), 0, -1):
        path, dotted = "/".join([*parts[-count:-1], last]), ".".join(parts[-count:])
        found = _first(instruction, rf"(?<![\w./]){re.escape(path)}(?!\w)")
        if found < 0 and count > 1:
            found = _first(instruction, rf"(?<![\w./]){re.escape(dotted)}(?!\w)")
        if found >= 0:
            return found
    return -1


def _folder_named(instruction: str, entity: Entity) -> int:
    """Where the text names a folder around a definition, by a path of at least two parts; -1 nowhere."""
    folders = entity.path.split("/")[:-1]
    for end in range(len(folders), 1, -1):
        found = _first(instruction, rf"(?<![\w/]){re.escape('/'.join(folders[:end]))}(?![\w/]*\.)")
        if found >= 0:
            return found
    return -1


def _first(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    return found.start() if found else -1
