"""Reading a recording: every line is checked against the class of its event, so the page meets no surprises."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cattrs import Converter
from cattrs.errors import BaseValidationError

from agent.errors import UnreadableFile, UserError
from agent.recording import NAMES, VERSION, Header, Recorded

MAX_FILE = 64 << 20
"""Bytes; a recording stops growing at a quarter of it."""
_CLASSES: Mapping[str, type[Recorded]] = {name: kind for kind, name in NAMES.items()}
_CONVERTER = Converter(detailed_validation=False)


class NoRecording(UserError):
    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source} is no recorded run: {reason}. Record one with `redraft edit --record FILE`.")


@dataclass(frozen=True, slots=True)
class Moment:
    """One event and the second at which it came."""

    at: float
    event: Recorded


@dataclass(frozen=True, slots=True)
class RecordedRun:
    header: Header
    moments: tuple[Moment, ...]


def read_run(path: Path) -> RecordedRun:
    """A recording; one whose last line was torn by a kill is read up to there."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        raise UnreadableFile(str(path), getattr(error, "strerror", None) or str(error)) from error
    if len(data) > MAX_FILE:
        raise NoRecording(path.name, f"it has more than {MAX_FILE >> 20} MB")
    lines = list(_objects(data, path.name))
    if not lines or "redraft-run" not in lines[0][1]:
        raise NoRecording(path.name, "it does not begin with a header")
    version = lines[0][1]["redraft-run"]
    if version != VERSION:
        raise NoRecording(path.name, f"its version is {version}, and this redraft reads version {VERSION}")
    return RecordedRun(_shaped(lines[0][1], Header, path.name, 1), tuple(_moment(known, path.name, number) for number, known in lines[1:]))


def _objects(data: bytes, source: str) -> Iterator[tuple[int, dict[str, object]]]:
    whole, _, _ = data.rpartition(b"\n")
    for number, line in enumerate(whole.split(b"\n") if whole else [], 1):
        try:
            known = json.loads(line, parse_constant=_finite, parse_float=_finite)
        except (ValueError, RecursionError) as error:
            raise NoRecording(source, f"line {number} is not JSON") from error
        if not isinstance(known, dict):
            raise NoRecording(source, f"line {number} is not an object")
        yield number, known


def _finite(text: str) -> float:
    """Python reads NaN, Infinity and 1e999, which are no JSON or no number of it."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _moment(known: dict[str, object], source: str, number: int) -> Moment:
    kind = _CLASSES.get(str(known.get("event")))
    at = known.get("at")
    if kind is None or not isinstance(at, int | float):
        raise NoRecording(source, f"line {number} is no event")
    return Moment(float(at), _shaped(known, kind, source, number))


_Shape = TypeVar("_Shape")


def _shaped(known: dict[str, object], kind: type[_Shape], source: str, number: int) -> _Shape:
    try:
        return _CONVERTER.structure(known, kind)
    except (BaseValidationError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoRecording(source, f"line {number} is not as its kind of event is") from error
