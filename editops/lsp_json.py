"""The JSON of a `WorkspaceEdit`, in and out, with the types of lsprotocol."""

import json

from cattrs.errors import BaseValidationError, StructureHandlerNotFoundError
from lsprotocol.converters import get_converter
from lsprotocol.types import (
    AnnotatedTextEdit,
    CreateFile,
    DeleteFile,
    RenameFile,
    SnippetTextEdit,
    TextDocumentEdit,
    TextEdit,
    WorkspaceEdit,
)

from .wire import Malformed

MAX_WORKSPACE_EDIT = 64 * 1024 * 1024
"""Bytes of one edit."""
MAX_EDITS = 200_000
"""Changes of one edit, to texts and to files."""
_ENTRIES = (TextDocumentEdit, CreateFile, RenameFile, DeleteFile)
_TEXT_EDITS = (TextEdit, AnnotatedTextEdit, SnippetTextEdit)
_CONVERTER = get_converter()
_MISREAD = (
    BaseValidationError,
    StructureHandlerNotFoundError,
    AttributeError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
    OverflowError,
)
"""What the converter is known to raise over values of other shapes than the protocol's."""


class _Repeated(ValueError):
    """A key that occurs twice: readers disagree about which one counts."""


def read_workspace_edit(data: bytes) -> WorkspaceEdit | Malformed:
    """Keys that the protocol does not know are passed over, as it demands."""
    if len(data) > MAX_WORKSPACE_EDIT:
        return Malformed(1, f"longer than {MAX_WORKSPACE_EDIT} bytes")
    try:
        item: object = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        return Malformed(error.lineno, f"not JSON: {error.msg}")
    except (ValueError, RecursionError) as error:
        return Malformed(1, f"not JSON: {error}")
    if not isinstance(item, dict) or not item.keys() & {"changes", "documentChanges"}:
        return Malformed(1, "it has neither documentChanges nor changes")
    if _count(item) > MAX_EDITS:
        return Malformed(1, f"more than {MAX_EDITS} changes")
    try:
        edit = _CONVERTER.structure(item, WorkspaceEdit)
        written: object = _CONVERTER.unstructure(edit, WorkspaceEdit)
    except _MISREAD:
        return Malformed(1, "its values are not those of a WorkspaceEdit")
    if not (_agree(written, item) and _is_whole(edit)):
        return Malformed(1, "its values are not of the types of a WorkspaceEdit")
    return edit


def write_workspace_edit(edit: WorkspaceEdit) -> str:
    item: object = _CONVERTER.unstructure(edit, WorkspaceEdit)
    return json.dumps(item, ensure_ascii=False, separators=(",", ":")) + "\n"


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated("a key occurs twice")
    return found


def _count(item: dict[str, object]) -> int:
    """How many changes there are, as far as the shape lets one see."""
    changes, entries = item.get("changes"), item.get("documentChanges")
    lists = list(changes.values()) if isinstance(changes, dict) else []
    if isinstance(entries, list):
        lists += [entry.get("edits") for entry in entries if isinstance(entry, dict)]
        lists.append(entries)
    return sum(len(found) for found in lists if isinstance(found, list))


def _is_whole(edit: WorkspaceEdit) -> bool:
    """Whether no entry is null: the converter lets that pass."""
    entries = edit.document_changes or ()
    lists = [entry.edits for entry in entries if isinstance(entry, TextDocumentEdit)]
    lists += (edit.changes or {}).values()
    return all(isinstance(entry, _ENTRIES) for entry in entries) and all(
        isinstance(found, _TEXT_EDITS) for edits in lists for found in edits
    )


def _agree(read: object, given: object) -> bool:
    """Whether the converter kept the values as they were, instead of making them fit."""
    if isinstance(read, dict):
        return isinstance(given, dict) and all(
            key in given and _agree(value, given[key]) for key, value in read.items()
        )
    if isinstance(read, list | tuple):
        return (
            isinstance(given, list)
            and len(read) == len(given)
            and all(map(_agree, read, given))
        )
    return type(read) is type(given) and read == given
