"""editops: edits of a repository as values.

Text in, text out: a change set is built against a mapping of paths to bytes,
applied to it, inverted, written down and printed as a patch. Knows nothing of
disks, git or Python semantics.
"""

from .apply import Applied, Invalid, Stale, apply
from .changeset import ChangeSet, Safety, digest
from .diff import text_edits, unified_diff
from .errors import ChangeSetError, EditError, OpError, PathError, SpanError
from .invert import invert
from .ops import CreateFile, DeleteFile, EditKind, Op, RenameFile, SpanMove, TextEdit
from .paths import check_path
from .spans import LineIndex, Span
from .wire import Malformed, parse, serialise

__all__ = [  # noqa: RUF022 - grouped by subject, the map of the package
    # Places in a text
    "LineIndex",
    "Span",
    # Operations
    "CreateFile",
    "DeleteFile",
    "EditKind",
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
    # Writing down and showing
    "Malformed",
    "parse",
    "serialise",
    "text_edits",
    "unified_diff",
    # Misuse
    "ChangeSetError",
    "EditError",
    "OpError",
    "PathError",
    "SpanError",
]
