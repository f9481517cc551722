"""The draft stream: the change stream as a language model can write it, one JSON object a line.

It leaves out what a machine knows better, digests and byte offsets: an edit names the line that its old text begins in. A line
`{"op":"done"}` ends it. Reading is strict; resolving against the files gives operations of a change set, or says what does not fit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from editops import BOM, ChangeSet, CreateFile, DeleteFile, EditError, Op, RenameFile, Span, TextEdit, Unfit

MAX_LINE = 1 << 20
MAX_OPS = 10_000
DONE = '{"op":"done"}'
MAX_SEARCHED = 4 << 30
"""Bytes that are searched for the old texts of one draft."""


@dataclass(frozen=True, slots=True)
class DraftEdit:
    """Replace `before`, which begins in line `line` (1-based), by `after`."""

    path: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DraftCreate:
    path: str
    content: str


@dataclass(frozen=True, slots=True)
class DraftDelete:
    path: str


@dataclass(frozen=True, slots=True)
class DraftRename:
    src: str
    dst: str


DraftOp = DraftEdit | DraftCreate | DraftDelete | DraftRename
_FIELDS: Mapping[str, tuple[type[DraftOp], Mapping[str, type]]] = {
    "text": (DraftEdit, {"path": str, "line": int, "before": str, "after": str}),
    "create": (DraftCreate, {"path": str, "content": str}),
    "delete": (DraftDelete, {"path": str}),
    "rename": (DraftRename, {"src": str, "dst": str}),
}
_NAMES = {kind: name for name, (kind, _) in _FIELDS.items()}


@dataclass(frozen=True, slots=True)
class BadLine:
    """The first line, from 1, that is not of a draft stream, and why."""

    line: int
    reason: str


def written(ops: Iterable[DraftOp]) -> str:
    """The stream of some operations, as a model would write it."""
    lines = [json.dumps({"op": _NAMES[type(op)]} | {key: getattr(op, key) for key in _FIELDS[_NAMES[type(op)]][1]}, ensure_ascii=False, separators=(",", ":")) for op in ops]
    return "".join(line + "\n" for line in [*lines, DONE])


class DraftReader:
    """Reads a stream while it is still being written; a fenced block around it is taken off."""

    __slots__ = ("_number", "_rest", "done", "ops", "problem")

    def __init__(self) -> None:
        self.ops: list[DraftOp] = []
        self.problem: BadLine | None = None
        self.done = False
        self._rest = ""
        self._number = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more is read."""
        return self.done or self.problem is not None

    def push(self, chunk: str) -> list[DraftOp]:
        """Take the next characters; the operations that they complete."""
        before = len(self.ops)
        *lines, self._rest = (self._rest + chunk).split("\n")
        for line in lines:
            self._take(line)
        if len(self._rest) > MAX_LINE:
            self.problem = self.problem or BadLine(self._number + 1, f"longer than {MAX_LINE} characters")
        return self.ops[before:]

    def finish(self) -> tuple[DraftOp, ...] | BadLine:
        """The end of the text."""
        self._take(self._rest)
        self._rest = ""
        if self.problem is None and not self.done:
            self.problem = BadLine(self._number + 1, "the stream breaks off before its last line")
        return self.problem or tuple(self.ops)

    def _take(self, line: str) -> None:
        bare = line.strip()
        self._number += 1
        if self.is_over or not bare or bare.startswith("```"):
            return
        found = _read(bare)
        if found is None:
            self.done = True
        elif isinstance(found, str):
            self.problem = BadLine(self._number, found)
        elif len(self.ops) == MAX_OPS:
            self.problem = BadLine(self._number, f"more than {MAX_OPS} operations")
        else:
            self.ops.append(found)


def _read(line: str) -> DraftOp | str | None:
    """An operation; None for the last line; what is wrong."""
    try:
        item: object = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    if not isinstance(item, dict):
        return "not an object"
    name = item.pop("op", None)
    if name == "done" and not item:
        return None
    if not isinstance(name, str) or name not in _FIELDS:
        return f"op is one of {', '.join(_FIELDS)}, done"
    kind, fields = _FIELDS[name]
    if item.keys() != fields.keys():
        return f"{name} has the keys {', '.join(fields)}"
    wrong = [key for key, wanted in fields.items() if type(item[key]) is not wanted]
    if wrong:
        return f"{wrong[0]} of {name} is no {fields[wrong[0]].__name__}"
    broken = [key for key, wanted in fields.items() if wanted is str and not _is_text(item[key])]
    return f"{broken[0]} of {name} holds half a character" if broken else kind(**item)


def _is_text(value: str) -> bool:
    """JSON can spell surrogates that no file holds."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def resolve(ops: Iterable[DraftOp], read: Callable[[str], bytes | None]) -> ChangeSet | Unfit:
    """The change set of a draft against the files; `read` gives a file's bytes, None where there is none."""
    files: dict[str, bytes] = {}
    found: list[Op] = []
    searched = 0
    try:
        for op in dict.fromkeys(ops):
            searched += len(files.get(op.path, b"")) if isinstance(op, DraftEdit) else 0
            if searched > MAX_SEARCHED:
                return Unfit("", f"too many edits of large files: more than {MAX_SEARCHED >> 30} GB to search")
            made = _resolved(op, read, files)
            if isinstance(made, Unfit):
                return made
            found += made
        return ChangeSet.of(found, files)
    except EditError as error:
        return Unfit("", str(error))


def _resolved(op: DraftOp, read: Callable[[str], bytes | None], files: dict[str, bytes]) -> list[Op] | Unfit:
    path = op.src if isinstance(op, DraftRename) else op.path
    data = read(path)
    if isinstance(op, DraftCreate):
        return Unfit(path, "already there") if data is not None else [CreateFile(path, op.content.encode())]
    if data is None:
        return Unfit(path, "there is no such file, or it can't be read")
    files[path] = data
    match op:
        case DraftDelete():
            return [DeleteFile(path, data)]
        case DraftRename():
            return [RenameFile(path, op.dst)]
        case DraftEdit():
            return _edit(op, data)


def _edit(op: DraftEdit, data: bytes) -> list[Op] | Unfit:
    if op.before == op.after:
        return []
    windows = b"\r\n" in data
    before, after = (text.encode().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n" if windows else b"\n") for text in (op.before, op.after))
    if not before:
        return [TextEdit.on(op.path, data, Span.at(len(BOM) if data.startswith(BOM) else 0), after)] if not data.strip() else Unfit(
            op.path, "an edit of a file that is not empty needs the old text"
        )
    starts = _places(data, before, 0, len(data))
    if len(starts) > 1:
        begins, ends = _line(data, op.line)
        starts = _places(data, before, begins, ends) or starts
    if len(starts) != 1:
        many = "stands there more than once" if starts else "does not stand there"
        return Unfit(op.path, f"line {op.line}: the old text {op.before[:60]!r} {many}")
    start = starts[0]
    return [TextEdit.on(op.path, data, Span(start, start + len(before)), after)]


def _places(data: bytes, wanted: bytes, begins: int, ends: int) -> list[int]:
    """The first two places that begin there: more need not be told apart."""
    first = data.find(wanted, begins, ends + len(wanted))
    second = data.find(wanted, first + 1, ends + len(wanted)) if first >= 0 else -1
    return [place for place in (first, second) if place >= 0]


def _line(data: bytes, number: int) -> tuple[int, int]:
    """Where a line, from 1, begins, and its line feed, or the end, where a text of it begins at last; nothing for one that is not there."""
    lines = data.split(b"\n", number) if 0 < number <= len(data) + 1 else []
    if not 0 < number <= len(lines):
        return 0, -1
    begins = sum(map(len, lines[: number - 1])) + number - 1
    return begins, begins + len(lines[number - 1])
