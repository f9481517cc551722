"""A change set carried over to files that have changed since it was made.

What was done to the files meanwhile is found by comparing their texts, line by
line, and merged with the change; what cannot be carried is a conflict.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from .apply import Invalid, apply
from .changeset import ChangeSet
from .claims import is_inside
from .difference import difference
from .errors import OpError
from .merge import Clash, Conflict, Conflicted, Merged, reconcile
from .ops import ChangeMode, CreateFile, DeleteFile, Op, RenameFile, SpanMove, TextEdit
from .spans import Span
from .splices import Splice, splices_by_path


def rebase(
    change: ChangeSet,
    files: Mapping[str, bytes],
    present: Mapping[str, bytes],
    meanwhile: ChangeSet | None = None,
) -> Merged | Conflicted:
    """`change`, made against `files`, as a change set against `present`.

    Only the files that `change` names are looked at. What `present` already has of it is left out, but for modes, which
    it does not know.
    `meanwhile` is what turns `files` into `present`, where that is known better than by comparing
    lines.
    """
    before = {path: files[path] for path in {*change.base, *(meanwhile.base if meanwhile else ())}}
    now = {path: present[path] for path in sorted(change.paths) if path in present}
    theirs = difference(before, now) if meanwhile is None else meanwhile
    woven = reconcile(change, theirs, before)
    if isinstance(woven, Conflicted):
        return woven
    carrier = _Carrier(theirs, present)
    ops: list[Op] = []
    for op in woven.own:
        try:
            ops.append(carrier.carried(op))
        except OpError:
            # What a move takes along has become text that cannot be moved so.
            path = op.src if isinstance(op, SpanMove | RenameFile) else op.path
            return Conflicted((Conflict(path, Clash.TEXT),))
    carried = ChangeSet.of(ops, present, change.safety)
    applied = apply(present, carried)
    if isinstance(applied, Invalid):
        return Conflicted((Conflict(applied.path, Clash.FOLDER),))
    return Merged(carried)


class _Carrier:
    """Operations from the base of another change set to the files after it."""

    def __init__(self, other: ChangeSet, present: Mapping[str, bytes]) -> None:
        self._renamed = other.renamed
        self._present = present
        self._texts = {
            path: _Shifts(pieces) for path, pieces in splices_by_path(other.ops).items()
        }

    def carried(self, op: Op) -> Op:
        match op:
            case CreateFile():
                return op
            case DeleteFile(path) | ChangeMode(path):
                return replace(op, path=self._path(path))
            case RenameFile(src, dst):
                return RenameFile(self._path(src), dst)
            case TextEdit(path, span):
                return replace(op, path=self._path(path), span=self._span(path, span))
            case SpanMove():
                return self._move(op)

    def _path(self, path: str) -> str:
        return self._renamed.get(path, path)

    def _span(self, path: str, span: Span) -> Span:
        shifts = self._texts.get(path)
        return span if shifts is None else Span(shifts.start(span.start), shifts.end(span))

    def _move(self, move: SpanMove) -> SpanMove:
        """The move with whatever the text that it moves has become."""
        span = self._span(move.src, move.span)
        src = self._path(move.src)
        done = self._texts[move.src].pieces if move.src in self._texts else ()
        # The same insertion at an edge of the moved text is another one: it does not go along.
        made = {(piece.span, piece.before, piece.after) for piece in done if is_inside(piece.span, move.span)}
        inner = []
        for edit in move.inner:
            place = edit.span.shift(move.span.start)
            if (place, edit.before, edit.after) not in made:
                here = self._span(move.src, place)
                # What stands behind the moved text stays behind.
                here = Span(min(here.start, span.end), min(here.end, span.end))
                inner.append(replace(edit, path=src, span=here.shift(-span.start)))
        dst_shifts = self._texts.get(move.dst)
        at = move.at if dst_shifts is None else dst_shifts.start(move.at)
        return SpanMove(
            src, span, span.cut(self._present[src]), self._path(move.dst), at, move.indent, tuple(inner)
        )


class _Shifts:
    """How far the pieces of one text push what stands behind them."""

    def __init__(self, pieces: Sequence[Splice]) -> None:
        self.pieces = pieces
        self._ends = [piece.span.end for piece in pieces]
        grown = (len(piece.after) - piece.span.length for piece in pieces)
        self._shifts = list(accumulate(grown, initial=0))

    def start(self, offset: int) -> int:
        """Behind whatever was inserted at the offset itself."""
        return offset + self._shifts[bisect_right(self._ends, offset)]

    def end(self, span: Span) -> int:
        """In front of what was inserted at the end of the span, behind what changed inside it."""
        if not span.length:
            return self.start(span.end)
        count = bisect_left(self._ends, span.end)
        if count < len(self.pieces) and span.contains(self.pieces[count].span):
            if self.pieces[count].span.length and self._ends[count] == span.end:
                count += 1
        return span.end + self._shifts[count]
