"""The grammar of the draft stream, in the notations that servers and constrained decoders read.

The files that exist are spelled out: an edit of a path that is none cannot be written. One source, `gbnf`; the schema says the same of a
single object for servers that know nothing but JSON schema.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

MAX_PATHS = 400
"""Beyond that any path may be written, and is checked later."""


def gbnf(paths: Sequence[str]) -> str:
    """A draft stream in the notation of llama.cpp (also read by xgrammar, and by llguidance after conversion)."""
    known = " | ".join(_literal(json.dumps(path, ensure_ascii=False)) for path in paths) if 0 < len(paths) <= MAX_PATHS else "string"
    return "\n".join([
        f"root ::= op* {_literal(_DONE)}",
        "op ::= text | create | delete | rename",
        f'text ::= {_field("op", "text")} path {_key("line")} line {_key("before")} string {_key("after")} string {_literal("}" + _END)}',
        f'create ::= {_field("op", "create")} string {_key("content")} string {_literal("}" + _END)}',
        f'delete ::= {_field("op", "delete")} path {_literal("}" + _END)}',
        f'rename ::= {_literal("{" + _pair("op", "rename") + ",") } {_literal(_quoted("src") + ":")} path {_key("dst")} string {_literal("}" + _END)}',
        f"path ::= {known}",
        "line ::= [1-9] [0-9]{0,6}",
        r'string ::= "\"" char* "\""',
        r'char ::= [^"\\\x00-\x1f\x7f] | "\\" (["\\/bfnrt])',
    ]) + "\n"  # fmt: skip


_END = "\n"
_DONE = '{"op":"done"}' + _END


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _quoted(text: str) -> str:
    return json.dumps(text)


def _pair(key: str, value: str) -> str:
    return f"{_quoted(key)}:{_quoted(value)}"


def _field(key: str, value: str) -> str:
    return _literal("{" + _pair(key, value) + "," + _quoted("path") + ":")


def _key(key: str) -> str:
    return _literal("," + _quoted(key) + ":")


def json_schema(paths: Sequence[str]) -> dict[str, object]:
    """`{"ops": [...]}`: the lines of a draft stream as one object."""
    known: dict[str, object] = {"type": "string", "enum": list(paths)} if 0 < len(paths) <= MAX_PATHS else {"type": "string"}
    text: dict[str, object] = {"type": "string"}
    kinds: dict[str, dict[str, object]] = {
        "text": {"path": known, "line": {"type": "integer"}, "before": text, "after": text},
        "create": {"path": text, "content": text},
        "delete": {"path": known},
        "rename": {"src": known, "dst": text},
    }
    return {
        "type": "object",
        "properties": {"ops": {"type": "array", "items": {"anyOf": [_object({"op": {"type": "string", "enum": [name]}} | fields) for name, fields in kinds.items()]}}},
        "required": ["ops"],
        "additionalProperties": False,
    }


def _object(properties: dict[str, object]) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def lines_of(text: str) -> str:
    """A draft stream, from one in lines or from the object of `json_schema`."""
    try:
        item: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(item, dict) and item.keys() == {"ops"} and isinstance(item["ops"], list):
        return "".join(json.dumps(op, ensure_ascii=False) + "\n" for op in item["ops"]) + _DONE
    return text
