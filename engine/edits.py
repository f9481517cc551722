"""From settled site canvases to operations: the only bridge between slots and edits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from editops import BOM, Op, RenameFile, Span, TextEdit
from engine.sites import Candidate
from engine.values import Value

_CHANGING = (Value.REPLACE, Value.BOTH, Value.INSERT)


@dataclass(frozen=True, slots=True)
class Decided:
    """A candidate and what the denoiser made of it."""

    candidate: Candidate
    value: Value
    confidence: float

    @property
    def is_change(self) -> bool:
        """Whether it becomes an operation."""
        return self.value in _CHANGING

    @property
    def after(self) -> str:
        """Its text afterwards."""
        candidate = self.candidate
        if self.value is Value.BOTH:
            return candidate.both
        return candidate.after if self.is_change else candidate.before


def operations(decided: Iterable[Decided], texts: Mapping[str, str], files: Mapping[str, bytes], paths: Iterable[str]) -> list[Op]:
    """Text edits and file renames of all decisions that change something.

    texts: decoded files without their byte-order mark, to which the candidates' offsets refer; files: their bytes; paths: every
    file of the repository, since a renamed folder takes all of its files along.
    """
    ops: list[Op] = []
    moved: dict[str, str] = {}
    for item in decided:
        if not item.is_change:
            continue
        if item.candidate.start < 0:
            moved[item.candidate.path] = _renamed(item.candidate)
        else:
            ops.append(_text_edit(item, texts[item.candidate.path], files[item.candidate.path]))
    ops.extend(RenameFile(src, dst) for src, dst in _file_renames(moved, paths))
    return ops


def _renamed(candidate: Candidate) -> str:
    """The path with its last part renamed; folders keep their '/'."""
    folder, slash, last = candidate.path.rstrip("/").rpartition("/")
    tail = "/" if candidate.path.endswith("/") else ""
    return folder + slash + candidate.after + last[len(candidate.before) :] + tail


def _text_edit(item: Decided, text: str, data: bytes) -> TextEdit:
    candidate = item.candidate
    shift = len(BOM) if data.startswith(BOM) else 0
    start = shift + _bytes_before(text, candidate.start)
    before = text[candidate.start : candidate.end].encode()
    return TextEdit(candidate.path, Span(start, start + len(before)), before, item.after.encode())


def _bytes_before(text: str, offset: int) -> int:
    return offset if text.isascii() else len(text[:offset].encode())


def _file_renames(moved: Mapping[str, str], paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every file whose path changes, with nested renames applied from the outside in."""
    for path in paths:
        parts = path.split("/")
        renamed = list(parts)
        for i in range(len(parts)):
            prefix = "/".join(parts[: i + 1]) + ("/" if i + 1 < len(parts) else "")
            if prefix in moved:
                renamed[i] = moved[prefix].rstrip("/").rsplit("/", 1)[-1]
        after = "/".join(renamed)
        if after != path:
            yield path, after
