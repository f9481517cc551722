"""Operations lowered to what they do to bytes: one list of splices a file.

A text edit is one splice; a span move is two, a cut and an insertion. File
operations have none. Everything that applies, inverts or checks text works on
this form, so each rule is written once.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .ops import ChangeMode, CreateFile, DeleteFile, Op, RenameFile, SpanMove, TextEdit
from .spans import Span


@dataclass(frozen=True, slots=True)
class Splice:
    """Replace `before` at `span` of the base text of `path` by `after`."""

    path: str
    span: Span
    before: bytes
    after: bytes
    origin: tuple[str, int] | None = None
    """Where arriving text was cut: definitions moved to one point keep their source order."""


def lower(op: Op) -> tuple[Splice, ...]:
    match op:
        case TextEdit(path, span, before, after):
            return (Splice(path, span, before, after),)
        case SpanMove(src, span, before, dst, at):
            cut = Splice(src, span, before, b"")
            return cut, Splice(dst, Span.at(at), b"", op.moved, (src, span.start))
        case CreateFile() | DeleteFile() | RenameFile() | ChangeMode():
            return ()


def splices_by_path(ops: Iterable[Op]) -> dict[str, list[Splice]]:
    """The splices of every text that changes, in the order of the text."""
    found: dict[str, list[Splice]] = {}
    for op in ops:
        for piece in lower(op):
            found.setdefault(piece.path, []).append(piece)
    for pieces in found.values():
        pieces.sort(key=lambda piece: (piece.span, piece.origin or ("", 0)))
    return found


def collide(one: Splice, two: Splice) -> bool:
    """Whether two splices, neighbours in text order, claim one place.

    Two insertions at one point have no order of their own, unless both are moves.
    """
    if one.span == two.span and one.span.length == 0:
        return one.origin is None or two.origin is None
    return one.span.end > two.span.start
