"""The change stream: a change set as versioned JSON lines.

One header line, then one line an operation, so that a stream can be read while
it is still being written. Bytes travel as text when they are UTF-8, as base64
otherwise. Reading is strict: what is not understood is reported, never skipped.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from .changeset import ChangeSet, Safety
from .errors import EditError
from .ops import ChangeMode, CreateFile, DeleteFile, Op, RenameFile, SpanMove, TextEdit
from .spans import Span

VERSION = 1
MAX_LINE = 64 * 1024 * 1024
"""Characters in one line; a bigger file is not source code."""
MAX_OPS = 1_000_000
MAX_STREAM = 512 * 1024 * 1024
"""Characters of a whole stream."""
_MAX_INT = 2**53


@dataclass(frozen=True, slots=True)
class Malformed:
    """The first line, from 1, that is not of a change stream, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line says: the base, and how far the change set may go by itself."""

    base: Mapping[str, str]
    safety: Safety


class _Refused(Exception):
    """Carries the reason from a field to its line, where it becomes Malformed."""


def serialise(change: ChangeSet) -> str:
    header = {
        "redraft": VERSION,
        "base": dict(change.base),
        "safety": change.safety.name.lower(),
    }
    return "".join(_dump(item) + "\n" for item in (header, *map(_encode, change.ops)))


def parse(text: str) -> ChangeSet | Malformed:
    """Read what `serialise` wrote; `parse(serialise(x)) == x`."""
    if len(text) > MAX_STREAM:
        return Malformed(1, f"longer than {MAX_STREAM} characters")
    lines = text.removesuffix("\n").split("\n")
    header = read_header(lines[0])
    if isinstance(header, Malformed):
        return header
    ops: list[Op] = []
    for number, line in enumerate(lines[1:], 2):
        op = read_op(line, number)
        if isinstance(op, Malformed):
            return op
        ops.append(op)
    return gathered(header, ops)


def read_header(line: str) -> Header | Malformed:
    """The first line of a stream."""
    try:
        return _header(_load(line))
    except _Refused as error:
        return Malformed(1, str(error))


def read_op(line: str, number: int) -> Op | Malformed:
    """A later line, the `number`th of its stream."""
    if number > MAX_OPS + 1:
        return Malformed(number, f"more than {MAX_OPS} operations")
    try:
        return _decode(_load(line))
    except (_Refused, EditError) as error:
        return Malformed(number, str(error))


def gathered(header: Header, ops: Sequence[Op]) -> ChangeSet | Malformed:
    """The lines of a whole stream as the change set that they are."""
    try:
        return ChangeSet(tuple(ops), header.base, header.safety)
    except EditError as error:
        return Malformed(1, str(error))


def _dump(item: object) -> str:
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"))


def _encode(op: Op) -> dict[str, object]:
    match op:
        case TextEdit():
            return {"op": "text", "path": op.path, **_encode_edit(op)}
        case SpanMove():
            return {
                "op": "move",
                "src": op.src,
                "span": [op.span.start, op.span.end],
                "before": _encode_bytes(op.before),
                "dst": op.dst,
                "at": op.at,
                "indent": op.indent,
                "inner": [_encode_edit(edit) for edit in op.inner],
            }
        case CreateFile(path, content, executable):
            return {
                "op": "create",
                "path": path,
                "content": _encode_bytes(content),
                "executable": executable,
            }
        case DeleteFile(path, before, executable):
            return {
                "op": "delete",
                "path": path,
                "before": _encode_bytes(before),
                "executable": executable,
            }
        case RenameFile(src, dst):
            return {"op": "rename", "src": src, "dst": dst}
        case ChangeMode(path, executable):
            return {"op": "mode", "path": path, "executable": executable}


def _encode_edit(edit: TextEdit) -> dict[str, object]:
    return {
        "span": [edit.span.start, edit.span.end],
        "before": _encode_bytes(edit.before),
        "after": _encode_bytes(edit.after),
    }


def _encode_bytes(data: bytes) -> str | dict[str, str]:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def _load(line: str) -> dict[str, object]:
    if len(line) > MAX_LINE:
        raise _Refused(f"longer than {MAX_LINE} characters")
    try:
        item: object = json.loads(line, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise _Refused(f"not JSON: {error}") from error
    return _object(item)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("a key occurs twice")
    return found


def _header(item: Mapping[str, object]) -> Header:
    version = item.get("redraft")
    if not _is_int(version) or version != VERSION:
        raise _Refused(f"not a change stream of version {VERSION}")
    _keys(item, "redraft", "base", "safety")
    names = {level.name.lower(): level for level in Safety}
    safety = _text(item["safety"])
    if safety not in names:
        raise _Refused(f"safety is one of {', '.join(names)}")
    base = {path: _text(value) for path, value in _object(item["base"]).items()}
    return Header(base, names[safety])


def _decode(item: Mapping[str, object]) -> Op:
    kind = item.get("op")
    if not isinstance(kind, str) or kind not in _DECODERS:
        raise _Refused(f"op is one of {', '.join(_DECODERS)}")
    return _DECODERS[kind](item)


def _decode_text(item: Mapping[str, object]) -> Op:
    _keys(item, "op", "path", "span", "before", "after")
    return _edit(_text(item["path"]), item)


def _decode_move(item: Mapping[str, object]) -> Op:
    _keys(item, "op", "src", "span", "before", "dst", "at", "indent", "inner")
    src = _text(item["src"])
    inner = [_object(edit) for edit in _list(item["inner"])]
    for edit in inner:
        _keys(edit, "span", "before", "after")
    return SpanMove(
        src=src,
        span=_span(item["span"]),
        before=_bytes(item["before"]),
        dst=_text(item["dst"]),
        at=_int(item["at"]),
        indent=_int(item["indent"]),
        inner=tuple(_edit(src, edit) for edit in inner),
    )


def _decode_create(item: Mapping[str, object]) -> Op:
    _keys(item, "op", "path", "content", "executable")
    return CreateFile(_text(item["path"]), _bytes(item["content"]), _flag(item["executable"]))


def _decode_delete(item: Mapping[str, object]) -> Op:
    _keys(item, "op", "path", "before", "executable")
    return DeleteFile(_text(item["path"]), _bytes(item["before"]), _flag(item["executable"]))


def _decode_rename(item: Mapping[str, object]) -> Op:
    _keys(item, "op", "src", "dst")
    return RenameFile(_text(item["src"]), _text(item["dst"]))


def _decode_mode(item: Mapping[str, object]) -> Op:
    _keys(item, "op", "path", "executable")
    return ChangeMode(_text(item["path"]), _flag(item["executable"]))


_DECODERS: dict[str, Callable[[Mapping[str, object]], Op]] = {
    "text": _decode_text,
    "move": _decode_move,
    "create": _decode_create,
    "delete": _decode_delete,
    "rename": _decode_rename,
    "mode": _decode_mode,
}


def _edit(path: str, item: Mapping[str, object]) -> TextEdit:
    return TextEdit(path, _span(item["span"]), _bytes(item["before"]), _bytes(item["after"]))


def _keys(item: Mapping[str, object], *wanted: str) -> None:
    odd = item.keys() ^ set(wanted)
    if odd:
        raise _Refused(f"unknown or missing key: {', '.join(sorted(odd))}")


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _Refused("expected an object")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise _Refused("expected a list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Refused("expected a string")
    return value


def _int(value: object) -> int:
    if not _is_int(value) or abs(value) > _MAX_INT:
        raise _Refused("expected an integer")
    return value


def _is_int(value: object) -> TypeGuard[int]:
    # A bool is an int to Python, not to the format.
    return isinstance(value, int) and not isinstance(value, bool)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Refused("expected true or false")
    return value


def _span(value: object) -> Span:
    ends = _list(value)
    if len(ends) != 2:
        raise _Refused("a span is [start, end]")
    return Span(_int(ends[0]), _int(ends[1]))


def _bytes(value: object) -> bytes:
    if isinstance(value, dict):
        _keys(value, "base64")
        try:
            return base64.b64decode(_text(value["base64"]), validate=True)
        except ValueError as error:
            raise _Refused(f"not base64: {error}") from error
    try:
        return _text(value).encode()
    except UnicodeEncodeError as error:
        raise _Refused("text holds a lone surrogate") from error
