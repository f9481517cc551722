"""The text operations of two sides, laid over each other.

Decides for every place whether one side claims it, both in the same way, or both
in different ways. Knows nothing of whole files.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .errors import OpError
from .ops import Op, SpanMove, TextEdit
from .spans import Span, splice
from .splices import Splice, collide, lower


@dataclass(frozen=True, slots=True)
class Dispute:
    """A place that both sides change, differently."""

    path: str
    span: Span
    base: bytes
    ours: bytes
    theirs: bytes


@dataclass(frozen=True, slots=True)
class Weave:
    """Where every operation of the two sides went."""

    ops: tuple[Op, ...]
    """All of them, each change once: what the sides make together."""
    own: tuple[Op, ...]
    """Those of our side whose effect theirs does not already have, as they came."""
    disputes: tuple[Dispute, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    piece: Splice
    op: Op
    is_ours: bool


_Order = tuple[int, int, tuple[str, int]]


def weave(ours: Sequence[Op], theirs: Sequence[Op], files: Mapping[str, bytes]) -> Weave:
    both = set(ours) & set(theirs)
    mine = [op for op in ours if op not in both]
    yours = [op for op in theirs if op not in both]
    grown_mine, taken_yours, odd_yours = _absorbed(mine, yours)
    grown_yours, taken_mine, odd_mine = _absorbed(yours, mine)
    disputes = [_in_move(edit, files, edit_is_ours=False) for edit in odd_yours]
    disputes += [_in_move(edit, files, edit_is_ours=True) for edit in odd_mine]
    mine_left = [op for op in mine if op not in taken_mine]
    yours_left = [op for op in yours if op not in taken_yours]
    known: set[Op] = set()
    dropped: set[Op] = set()
    for path, claims in sorted(_by_path(mine_left, yours_left).items()):
        for cluster in _clusters(claims):
            dispute = _dispute(path, files.get(path, b""), cluster)
            if dispute is not None:
                disputes.append(dispute)
                continue
            known.update(claim.op for claim in cluster if claim.is_ours)
            # Of two ways to write one change, the same is kept whichever side it is on.
            drop_ours = _spelling(cluster, True) > _spelling(cluster, False)
            dropped.update(claim.op for claim in cluster if claim.is_ours is drop_ours)
    ops = [*both, *(grown_mine.get(op, op) for op in mine_left if op not in dropped)]
    ops += [grown_yours.get(op, op) for op in yours_left if op not in dropped]
    return Weave(tuple(ops), tuple(op for op in mine if op not in known), tuple(disputes))


def _absorbed(
    moving: Iterable[Op], editing: Iterable[Op]
) -> tuple[dict[Op, Op], set[Op], list[TextEdit]]:
    """Edits of one side inside what the other moves: the moves with them, those edits, misfits."""
    edits: dict[str, list[TextEdit]] = {}
    for op in editing:
        if isinstance(op, TextEdit):
            edits.setdefault(op.path, []).append(op)
    grown: dict[Op, Op] = {}
    taken: set[Op] = set()
    odd: list[TextEdit] = []
    for move in moving:
        if not isinstance(move, SpanMove):
            continue
        inside = [edit for edit in edits.get(move.src, ()) if is_inside(edit.span, move.span)]
        if inside:
            taken.update(inside)
            try:
                grown[move] = with_inner(move, inside)
            except OpError:
                odd += inside
    return grown, taken, odd


def is_inside(place: Span, moved: Span) -> bool:
    """Whether a change of `place` by the other side goes along; an insertion at an edge of `moved` stays where it is."""
    strictly = place.length > 0 or place.overlaps(moved)
    return strictly and moved.contains(place)


def with_inner(move: SpanMove, edits: Iterable[TextEdit]) -> SpanMove:
    """The move with further edits of its source; OpError when they do not fit its own."""
    shifted = [replace(edit, span=edit.span.shift(-move.span.start)) for edit in edits]
    if not splice(move.before, ((edit.span, edit.after) for edit in shifted)):
        raise OpError(f"text moved from {move.src} is deleted by the other side")
    return replace(move, inner=tuple(dict.fromkeys([*move.inner, *shifted])))


def _in_move(edit: TextEdit, files: Mapping[str, bytes], *, edit_is_ours: bool) -> Dispute:
    base = edit.span.cut(files[edit.path])
    ours, theirs = (edit.after, base) if edit_is_ours else (base, edit.after)
    return Dispute(edit.path, edit.span, base, ours, theirs)


def _by_path(mine: Iterable[Op], yours: Iterable[Op]) -> dict[str, list[_Claim]]:
    found: dict[str, list[_Claim]] = {}
    for ops, is_ours in ((mine, True), (yours, False)):
        for op in ops:
            for piece in lower(op):
                found.setdefault(piece.path, []).append(_Claim(piece, op, is_ours))
    return found


def _order(claim: _Claim) -> _Order:
    span = claim.piece.span
    return span.start, span.end, claim.piece.origin or ("", 0)


class _Cluster:
    """Claims that collide, those of one side by way of the other."""

    __slots__ = ("claims", "last")

    def __init__(self, claim: _Claim) -> None:
        self.claims = [claim]
        self.last: dict[bool, _Claim] = {claim.is_ours: claim}

    def collides(self, claim: _Claim) -> bool:
        other = self.last.get(not claim.is_ours)
        return other is not None and collide(other.piece, claim.piece)

    def join(self, later: "_Cluster") -> None:
        self.claims += later.claims
        self.last |= later.last


def _clusters(claims: Iterable[_Claim]) -> Iterator[list[_Claim]]:
    """The groups in which both sides claim one place."""
    found: list[_Cluster] = []
    for claim in sorted(claims, key=_order):
        cluster = _Cluster(claim)
        touching: list[_Cluster] = []
        while found and found[-1].collides(claim):
            touching.append(found.pop())
        if touching:
            whole = touching.pop()
            for part in [*reversed(touching), cluster]:
                whole.join(part)
            cluster = whole
        found.append(cluster)
    return (cluster.claims for cluster in found if len(cluster.last) == 2)


def _dispute(path: str, data: bytes, claims: Sequence[_Claim]) -> Dispute | None:
    """What each side makes of the place; None when it is the same."""
    start = min(claim.piece.span.start for claim in claims)
    end = max(claim.piece.span.end for claim in claims)
    base = data[start:end]

    def side(is_ours: bool) -> bytes:
        pieces = [claim.piece for claim in claims if claim.is_ours is is_ours]
        return splice(base, ((piece.span.shift(-start), piece.after) for piece in pieces))

    ours, theirs = side(True), side(False)
    if ours == theirs and not any(isinstance(claim.op, SpanMove) for claim in claims):
        return None
    return Dispute(path, Span(start, end), base, ours, theirs)


def _spelling(claims: Sequence[_Claim], is_ours: bool) -> list[tuple[int, int, bytes]]:
    pieces = [claim.piece for claim in claims if claim.is_ours is is_ours]
    return [(piece.span.start, piece.span.end, piece.after) for piece in pieces]
