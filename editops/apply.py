"""Files and a change set in; the files afterwards out.

All or nothing, one pass over each text, exact to the byte. Holds mappings of
paths to bytes only: reading and writing them is the caller's work.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from .changeset import ChangeSet, digest
from .errors import ChangeSetError
from .ops import BOM, SpanMove
from .spans import Span, splice
from .splices import Splice, splices_by_path


@dataclass(frozen=True, slots=True)
class Applied:
    files: Mapping[str, bytes]
    """The written files only, by their path afterwards."""
    removed: frozenset[str]
    """Base paths with no file afterwards."""
    renamed: Mapping[str, str]
    """New path of every renamed base file."""
    executable: frozenset[str] = frozenset()
    """Created files to be marked executable."""
    modes: Mapping[str, bool] = field(default_factory=dict)
    """Whether each other file whose mode changes is executable afterwards; the rest keep the mode they have."""

    def tree(self, base: Mapping[str, bytes]) -> dict[str, bytes]:
        """Every file afterwards, given every file before."""
        kept = {path: data for path, data in base.items() if path not in self.removed}
        return kept | dict(self.files)

    def executables(self, base: Collection[str]) -> frozenset[str]:
        """Every executable file afterwards, given every one before."""
        arrived = frozenset(self.renamed.values())
        kept = {self.renamed.get(path, path) for path in base if path in self.renamed or path not in arrived | self.removed}
        changed = {path for path, executable in self.modes.items() if executable}
        return (frozenset(kept) - self.modes.keys()) | changed | self.executable


@dataclass(frozen=True, slots=True)
class Stale:
    """These files are gone, or no longer what the change set was made against."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invalid:
    """The change set does not fit the very files it was made against."""

    reason: str
    path: str


def apply(files: Mapping[str, bytes], change: ChangeSet) -> Applied | Stale | Invalid:
    """Apply `change` to `files`, or say why not; `files` is left as it is."""
    stale = tuple(
        path
        for path, value in change.base.items()
        if path not in files or digest(files[path]) != value
    )
    if stale:
        return Stale(stale)
    created, renamed = change.created, change.renamed
    leaving = renamed.keys() | change.deleted.keys()
    for path in sorted(created.keys() | set(renamed.values())):
        if path in files and path not in leaving:
            return Invalid("a file of this name already exists", path)
    texts = {path: op.content for path, op in created.items()}
    # A base file of the same path is on its way elsewhere, and is what the edits address.
    texts |= {path: files[path] for path in change.base}
    pieces = splices_by_path(change.ops)
    misfit = _misfit(change, texts, pieces)
    if misfit:
        return misfit
    after = {path: _spliced(data, pieces.get(path, [])) for path, data in texts.items()}
    written = {
        path: op.content if path in change.base else after[path] for path, op in created.items()
    }
    written |= {
        renamed.get(path, path): after[path] for path in change.base if path not in change.deleted
    }
    applied = Applied(
        files=written,
        removed=frozenset(leaving - written.keys()),
        renamed=renamed,
        executable=frozenset(path for path, op in created.items() if op.executable),
        modes={renamed.get(path, path): executable for path, executable in change.modes.items()},
    )
    return _folder_clash(applied, files) or applied


def apply_or_raise(files: Mapping[str, bytes], change: ChangeSet) -> Applied:
    """For callers that hold the base of `change`, where failing to apply is misuse."""
    return applied_or_raise(apply(files, change))


def applied_or_raise(outcome: Applied | Stale | Invalid) -> Applied:
    match outcome:
        case Applied():
            return outcome
        case Stale(paths):
            raise ChangeSetError(
                f"{', '.join(paths)}: not the base of this change set: rebase it first"
            )
        case Invalid(reason, path):
            raise ChangeSetError(
                f"{path}: {reason}: only a change set that applies can be used here"
            )


def _spliced(data: bytes, pieces: list[Splice]) -> bytes:
    return splice(data, ((piece.span, piece.after) for piece in pieces))


def _misfit(
    change: ChangeSet, texts: Mapping[str, bytes], pieces: Mapping[str, list[Splice]]
) -> Invalid | None:
    for path, deletion in change.deleted.items():
        if texts[path] != deletion.before:
            return Invalid("the deleted content is not what the file holds", path)
    for path, found in pieces.items():
        data = texts[path]
        for piece in found:
            if piece.span.end > len(data):
                return Invalid(f"byte {piece.span.end} lies after the end of the file", path)
            if piece.span.cut(data) != piece.before:
                return Invalid(
                    f"the bytes at {piece.span.start} are not those to be replaced", path
                )
            if piece.origin and data.startswith(BOM) and piece.span.start < len(BOM):
                return Invalid("text cannot move in front of the byte order mark", path)
    for op in change.ops:
        if isinstance(op, SpanMove) and op.indent and not _starts_line(texts[op.src], op.span):
            return Invalid("text moved with an indent must begin at the start of a line", op.src)
    return None


def _starts_line(data: bytes, span: Span) -> bool:
    return data[: span.start].endswith(b"\n") or data[: span.start] in (b"", BOM)


def _folder_clash(applied: Applied, files: Mapping[str, bytes]) -> Invalid | None:
    """A path cannot be a file and a folder at once."""
    arrived = applied.files.keys() - (files.keys() - applied.removed)
    if not arrived:
        return None
    paths = (files.keys() - applied.removed) | applied.files.keys()
    # With the slash, whatever lies under a path follows it in the order at once.
    for above, below in pairwise(sorted(path + "/" for path in paths)):
        if below.startswith(above):
            path = above if above[:-1] in arrived else below
            return Invalid("a file and a folder would share this name", path[:-1])
    return None
