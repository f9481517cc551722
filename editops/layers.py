"""Changes of a changed text, carried back to the first text.

Two layers of pieces in, one out. Pieces of the two layers that touch become one;
all others keep their identity, so that a move stays a move.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from .spans import Span, splice


@dataclass(frozen=True, slots=True)
class Piece:
    """What one span of a text became."""

    span: Span
    after: bytes
    move: int | None = None
    """Number of the move it is an end of."""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Claim:
    """A piece and its place in the middle text."""

    start: int
    end: int
    piece: Piece
    is_late: bool


class _Cluster:
    """Claims that touch, those of one layer by way of the other."""

    __slots__ = ("claims", "ends")

    def __init__(self, claim: _Claim) -> None:
        self.claims = [claim]
        self.ends = {claim.is_late: claim.end}

    def touches(self, claim: _Claim) -> bool:
        return self.ends.get(not claim.is_late, -1) >= claim.start

    def join(self, other: "_Cluster") -> None:
        self.claims += other.claims
        for layer, end in other.ends.items():
            self.ends[layer] = max(end, self.ends.get(layer, -1))


def layered(
    base: bytes, early: Sequence[Piece], middle: bytes, late: Sequence[Piece]
) -> tuple[Piece, ...]:
    """The pieces of `base` that `late`, on `middle`, and `early` before it amount to."""
    first = list(_in_middle(early))
    second = [_Claim(piece.span.start, piece.span.end, piece, True) for piece in late]
    carry = _BaseOffsets(first)
    clusters = _clusters(sorted(first + second, key=lambda claim: (claim.start, claim.end)))
    found = (_joined(cluster.claims, base, middle, carry) for cluster in clusters)
    return tuple(piece for piece in found if piece is not None)


def _in_middle(early: Sequence[Piece]) -> Iterator[_Claim]:
    shift = 0
    for piece in early:
        start = piece.span.start + shift
        shift += len(piece.after) - piece.span.length
        yield _Claim(start, start + len(piece.after), piece, False)


class _BaseOffsets:
    """From offsets of the middle text, outside of what changed, to those of the base."""

    def __init__(self, first: Sequence[_Claim]) -> None:
        self._ends = [claim.end for claim in first]
        grown = (claim.end - claim.start - claim.piece.span.length for claim in first)
        self._shifts = list(accumulate(grown, initial=0))

    def __getitem__(self, offset: int) -> int:
        return offset - self._shifts[bisect_left(self._ends, offset)]


def _clusters(claims: Sequence[_Claim]) -> list[_Cluster]:
    found: list[_Cluster] = []
    for claim in claims:
        cluster = _Cluster(claim)
        # Ends grow within a layer, so whatever touches the claim stands at the end of the list.
        touching: list[_Cluster] = []
        while found and found[-1].touches(claim):
            touching.append(found.pop())
        if touching:
            whole = touching.pop()
            for part in [*reversed(touching), cluster]:
                whole.join(part)
            cluster = whole
        found.append(cluster)
    return found


def _joined(
    claims: list[_Claim], base: bytes, middle: bytes, carry: _BaseOffsets
) -> Piece | None:
    first = [claim for claim in claims if not claim.is_late]
    second = [claim for claim in claims if claim.is_late]
    if not second:
        return first[0].piece
    start, end = second[0].start, second[-1].end
    if not first:
        return replace(second[0].piece, span=Span(carry[start], carry[end]))
    lowest, highest = min(start, first[0].start), max(end, first[-1].end)
    span = Span(
        carry[start] if start < first[0].start else first[0].piece.span.start,
        carry[end] if end > first[-1].end else first[-1].piece.span.end,
    )
    pieces = ((claim.piece.span.shift(-lowest), claim.piece.after) for claim in second)
    after = splice(middle[lowest:highest], pieces)
    return Piece(span, after) if after != span.cut(base) else None
