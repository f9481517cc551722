"""Several change sets, one after the other, gathered into one.

A draft holds, for every file that was touched, where it came from and the pieces
of its base text that are different now. Each further change set is carried back
to base offsets; what touches an earlier change melts into it, everything else,
moves included, stays the operation it was.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from .apply import Applied, Invalid, Stale, apply
from .changeset import ChangeSet, Safety
from .diff import text_edits
from .errors import ChangeSetError, OpError
from .layers import Piece, layered
from .ops import BOM, ChangeMode, CreateFile, DeleteFile, Op, RenameFile, SpanMove, TextEdit
from .spans import splice
from .splices import Splice, splices_by_path

MAX_WORK = 10_000_000
"""Pieces looked at, all steps together: many steps over one text of many changes end here."""
_BYTES_PER_PIECE = 64


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file as it is now."""

    origin: str | None
    """Its path in the base; None for a created file."""
    base: bytes
    """The text its pieces count in."""
    pieces: tuple[Piece, ...]
    text: bytes
    executable: bool = False
    """Of a created file."""
    mode: bool | None = None
    """Whether a base file is executable now; None: as it was."""

    @property
    def is_changed(self) -> bool:
        return bool(self.pieces)


class _Tree(Mapping[str, bytes]):
    """The files as the draft leaves them."""

    def __init__(self, draft: "Draft") -> None:
        self._draft = draft

    def __getitem__(self, path: str) -> bytes:
        entry = self._draft.entries.get(path)
        if entry is not None:
            return entry.text
        if path in self._draft.taken:
            raise KeyError(path)
        return self._draft.files[path]

    def __iter__(self) -> Iterator[str]:
        yield from self._draft.entries
        for path in self._draft.files:
            if path not in self._draft.taken and path not in self._draft.entries:
                yield path

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, path: object) -> bool:
        if path in self._draft.entries:
            return True
        return path not in self._draft.taken and path in self._draft.files


@dataclass(slots=True)
class Draft:
    files: Mapping[str, bytes]
    entries: dict[str, _Entry] = field(default_factory=dict)
    """Every file that was ever touched and still exists, by its path now."""
    taken: set[str] = field(default_factory=set)
    """Base paths that were ever touched."""
    _deleted: dict[str, DeleteFile] = field(default_factory=dict)
    """Base files that are gone."""
    _moves: list[SpanMove] = field(default_factory=list)
    _work: int = 0

    @property
    def tree(self) -> Mapping[str, bytes]:
        """The files after all steps so far."""
        return _Tree(self)

    def then(self, change: ChangeSet) -> Applied | Stale | Invalid:
        """One more step, made against `tree`; nothing is done unless it applies."""
        outcome = apply(self.tree, change)
        if not isinstance(outcome, Applied):
            return outcome
        pieces = self._numbered(change)
        renamed, deleted = change.renamed, change.deleted
        taken = {path: self._take(path) for path in change.base}
        for path, entry in taken.items():
            if path in deleted:
                self._forget(entry, deleted[path].executable)
            else:
                edited = self._edited(entry, pieces.get(path, ()))
                self.entries[renamed.get(path, path)] = _in_mode(edited, change.modes.get(path))
        for path, op in change.created.items():
            fresh = _Entry(None, op.content, (), op.content, op.executable)
            # An edit of a path that is both renamed away and created is of the base file.
            own = () if path in taken else pieces.get(path, ())
            self.entries[path] = self._edited(fresh, own)
        return outcome

    def change(self, safety: Safety) -> ChangeSet:
        """All steps as one change set against `files`."""
        deleted = dict(self._deleted)
        kept = self._kept_moves()
        ops: list[Op] = list(kept.values())
        for path, entry in self.entries.items():
            if entry.origin is not None:
                ops += _file_ops(path, entry, kept)
            elif path in deleted:
                former = deleted.pop(path)
                ops += text_edits(path, former.before, entry.text)
                ops += [ChangeMode(path, entry.executable)] if former.executable is not entry.executable else []
            else:
                whole = any(_number(piece) not in kept for piece in entry.pieces)
                content = entry.text if whole else entry.base
                ops.append(CreateFile(path, content, entry.executable))
        ops += deleted.values()
        return ChangeSet.of(ops, self.files, safety)

    def _take(self, path: str) -> _Entry:
        entry = self.entries.pop(path, None)
        if entry is None:
            data = self.files[path]
            entry = _Entry(path, data, (), data)
        if entry.origin is not None:
            self.taken.add(entry.origin)
        return entry

    def _forget(self, entry: _Entry, executable: bool) -> None:
        if entry.origin is not None:
            before = executable if entry.mode is None else not entry.mode
            self._deleted[entry.origin] = DeleteFile(entry.origin, entry.base, before)

    def _edited(self, entry: _Entry, pieces: tuple[Piece, ...]) -> _Entry:
        if not pieces:
            return entry
        self._work += len(entry.pieces) + len(pieces) + len(entry.text) // _BYTES_PER_PIECE
        if self._work > MAX_WORK and entry.is_changed:
            raise ChangeSetError("too many steps over the same texts: apply them one by one")
        text = splice(entry.text, ((piece.span, piece.after) for piece in pieces))
        return replace(entry, pieces=layered(entry.base, entry.pieces, entry.text, pieces), text=text)

    def _numbered(self, change: ChangeSet) -> dict[str, tuple[Piece, ...]]:
        """The pieces of every text that changes; those of a move know its number."""
        numbers: dict[tuple[str, int], int] = {}
        for op in change.ops:
            if isinstance(op, SpanMove):
                numbers[op.src, op.span.start] = len(self._moves)
                self._moves.append(op)

        def piece(found: Splice) -> Piece:
            if found.origin is not None:
                return Piece(found.span, found.after, numbers[found.origin])
            number = numbers.get((found.path, found.span.start))
            if number is None or self._moves[number].span != found.span:
                return Piece(found.span, found.after)
            return Piece(found.span, b"", number, is_cut=True)

        lowered = splices_by_path(change.ops)
        return {path: tuple(map(piece, found)) for path, found in lowered.items()}

    def _kept_moves(self) -> dict[int, SpanMove]:
        """The moves whose two ends are still as they were, by number, in base terms."""
        kept = {
            number: move
            for number, ends in self._ends().items()
            if (move := self._rebuilt(number, ends)) is not None
        }
        while lost := {n for entry in self.entries.items() for n in _unordered(entry, kept)}:
            kept = {number: move for number, move in kept.items() if number not in lost}
        return kept

    def _ends(self) -> dict[int, dict[bool, tuple[str, Piece]]]:
        ends: dict[int, dict[bool, tuple[str, Piece]]] = {}
        for path, entry in self.entries.items():
            for piece in entry.pieces:
                if piece.move is not None:
                    ends.setdefault(piece.move, {})[piece.is_cut] = (path, piece)
        return ends

    def _rebuilt(self, number: int, ends: dict[bool, tuple[str, Piece]]) -> SpanMove | None:
        if len(ends) < 2:
            return None
        (src, cut), (dst, arrival) = ends[True], ends[False]
        source, target = self.entries[src], self.entries[dst]
        home = target.origin
        if home is None and dst not in self.taken:
            home = dst
        if source.origin is None or home is None or _before_mark(target.base, arrival):
            return None
        old = self._moves[number]
        inner = tuple(replace(edit, path=source.origin) for edit in old.inner)
        before = cut.span.cut(source.base)
        try:
            move = SpanMove(
                source.origin, cut.span, before, home, arrival.span.start, old.indent, inner
            )
        except OpError:
            # The file was renamed from one language to another: as plain edits, then.
            return None
        return move if move.moved == old.moved else None


def _in_mode(entry: _Entry, executable: bool | None) -> _Entry:
    """The file made executable or no longer; a mode that changes twice is as it was."""
    if executable is None:
        return entry
    if entry.origin is None:
        return replace(entry, executable=executable)
    return replace(entry, mode=executable if entry.mode in (None, executable) else None)


def _number(piece: Piece) -> int:
    return -1 if piece.move is None else piece.move


def _unordered(named: tuple[str, _Entry], kept: Mapping[int, SpanMove]) -> Iterator[int]:
    """Moves that cannot stay, since what arrives with them has no order of its own."""
    _, entry = named
    mixed = entry.origin is None and any(_number(piece) not in kept for piece in entry.pieces)
    for span, group in groupby(entry.pieces, key=lambda piece: piece.span):
        pieces = list(group)
        moves = [kept[_number(piece)] for piece in pieces if _number(piece) in kept]
        order = [(move.src, move.span.start) for move in moves]
        alone = len(pieces) == 1 or span.length > 0
        if mixed or not (alone or (len(moves) == len(pieces) and order == sorted(order))):
            yield from (_number(piece) for piece in pieces if _number(piece) in kept)


def _before_mark(base: bytes, piece: Piece) -> bool:
    """An edit may arrive in front of a byte order mark, a move may not."""
    return base.startswith(BOM) and piece.span.start < len(BOM)


def _file_ops(path: str, entry: _Entry, kept: Mapping[int, SpanMove]) -> Iterator[Op]:
    origin = entry.origin or path
    if origin != path:
        yield RenameFile(origin, path)
    if entry.mode is not None:
        yield ChangeMode(origin, entry.mode)
    plain = [piece for piece in entry.pieces if _number(piece) not in kept]
    for span, group in groupby(plain, key=lambda piece: piece.span):
        # Several arrivals at one point have their order only as one edit.
        after = b"".join(piece.after for piece in group)
        if after != span.cut(entry.base):
            yield TextEdit.on(origin, entry.base, span, after)
