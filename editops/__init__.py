"""editops: edits of a repository as values.

Text in, text out: a change set is built against a mapping of paths to bytes,
applied to it, inverted, joined with others, carried over to changed files,
written down and read in several formats. Knows nothing of disks, git or Python
semantics. What needs the protocol library is loaded when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from .apply import Applied, Invalid, Stale, apply
from .changeset import ChangeSet, Safety, digest
from .compose import compose
from .diff import text_edits, unified_diff
from .difference import difference
from .errors import ChangeSetError, EditError, OpError, PathError, SpanError
from .foreign import Unfit
from .formats import Format, recognise
from .invert import invert
from .merge import Clash, Conflict, Conflicted, Merged, merge
from .ops import BOM, ChangeMode, CreateFile, DeleteFile, EditKind, Op, RenameFile, SpanMove, TextEdit
from .patch import Patch, read_patch
from .patch_resolve import resolve_patch
from .patch_reverse import reverse_patch
from .paths import MAX_PATH, check_path
from .rebase import rebase
from .spans import LineIndex, Span
from .stream import Broken, Opened, OpRead, Partial, StreamEvent, StreamReader
from .wire import Malformed, parse, serialise

if TYPE_CHECKING:
    from .lsp_document import Document, NoSuchPlace
    from .lsp import resolve_workspace_edit
    from .lsp_json import read_workspace_edit, write_workspace_edit
    from .lsp_write import plain_workspace_edit, workspace_edit

_LATER = {
    "Document": "lsp_document",
    "NoSuchPlace": "lsp_document",
    "plain_workspace_edit": "lsp_write",
    "read_workspace_edit": "lsp_json",
    "resolve_workspace_edit": "lsp",
    "workspace_edit": "lsp_write",
    "write_workspace_edit": "lsp_json",
}

__all__ = [  # grouped by subject, the map of the package
    # Places in a text
    "LineIndex",
    "Span",
    # Operations
    "BOM",
    "ChangeMode",
    "CreateFile",
    "DeleteFile",
    "EditKind",
    "MAX_PATH",
    "Op",
    "RenameFile",
    "SpanMove",
    "TextEdit",
    "check_path",
    # Change sets
    "ChangeSet",
    "Safety",
    "digest",
    # Applying and taking back
    "Applied",
    "Invalid",
    "Stale",
    "apply",
    "invert",
    # Joining, carrying over, comparing
    "Clash",
    "Conflict",
    "Conflicted",
    "Merged",
    "compose",
    "difference",
    "merge",
    "rebase",
    "text_edits",
    # The change stream
    "Broken",
    "Malformed",
    "OpRead",
    "Opened",
    "Partial",
    "StreamEvent",
    "StreamReader",
    "parse",
    "serialise",
    # Formats from elsewhere
    "Document",
    "Format",
    "NoSuchPlace",
    "Patch",
    "Unfit",
    "plain_workspace_edit",
    "read_patch",
    "read_workspace_edit",
    "recognise",
    "resolve_patch",
    "reverse_patch",
    "resolve_workspace_edit",
    "unified_diff",
    "workspace_edit",
    "write_workspace_edit",
    # Misuse
    "ChangeSetError",
    "EditError",
    "OpError",
    "PathError",
    "SpanError",
]


def __getattr__(name: str) -> object:
    """A public name that is loaded when first used (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module 'editops' has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
