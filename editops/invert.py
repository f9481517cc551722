"""The change set that takes another one back.

Its base is the tree after the first, and its text operations are plain edits:
a move goes back as one deletion and one insertion, so that nothing has to be
guessed about indentation.
"""

from collections.abc import Iterator, Mapping

from .apply import apply_or_raise
from .changeset import ChangeSet
from .ops import ChangeMode, CreateFile, DeleteFile, Op, RenameFile, TextEdit
from .spans import Span
from .splices import Splice, splices_by_path


def invert(change: ChangeSet, files: Mapping[str, bytes]) -> ChangeSet:
    """Undo `change`, which applies to `files`: after both, every byte is as before."""
    applied = apply_or_raise(files, change)
    renamed = change.renamed
    ops: list[Op] = [RenameFile(dst, src) for src, dst in renamed.items()]
    ops += [CreateFile(op.path, op.before, op.executable) for op in change.deleted.values()]
    ops += [
        DeleteFile(path, applied.files[path], op.executable) for path, op in change.created.items()
    ]
    ops += [ChangeMode(path, not executable) for path, executable in applied.modes.items()]
    for path, pieces in splices_by_path(change.ops).items():
        if path in change.base:
            ops += _reversed_edits(renamed.get(path, path), pieces)
    return ChangeSet.of(ops, applied.tree(files), change.safety)


def _reversed_edits(path: str, pieces: list[Splice]) -> Iterator[TextEdit]:
    """Edits of the text afterwards; neighbours that touch go back as one.

    Two deletions side by side leave two insertions at one point, whose order only
    their union can tell.
    """
    shift = 0
    for group in _touching(pieces):
        span = Span(group[0].span.start, group[-1].span.end)
        after = b"".join(piece.after for piece in group)
        before = b"".join(piece.before for piece in group)
        start = span.start + shift
        shift += len(after) - len(before)
        if after != before:
            yield TextEdit(path, Span(start, start + len(after)), after, before)


def _touching(pieces: list[Splice]) -> Iterator[list[Splice]]:
    group: list[Splice] = []
    for piece in pieces:
        if group and group[-1].span.end != piece.span.start:
            yield group
            group = []
        group.append(piece)
    if group:
        yield group
