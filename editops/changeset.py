"""The unit that is applied, inverted and published: operations and their base.

Operations address the files of the base, by base path and base offset; they do
not overlap, so their order has no meaning and a canonical one is kept. Knows
the digests of the base, not its bytes.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from .errors import ChangeSetError
from .ops import ChangeMode, CreateFile, DeleteFile, Op, RenameFile, SpanMove, TextEdit
from .splices import collide, splices_by_path

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Safety(IntEnum):
    """How far a change set may go by itself; compare, never re-judge."""

    SHOW = 0
    """Only to be looked at."""
    ASK = 1
    """Right as far as known; a person decides."""
    ALWAYS = 2
    """Keeps the meaning of the program; may be applied unasked."""


def digest(data: bytes) -> str:
    """SHA-256 of a file's bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class ChangeSet:
    ops: tuple[Op, ...]
    base: Mapping[str, str]
    """Digest of every base file that an operation reads."""
    safety: Safety = Safety.ASK

    def __post_init__(self) -> None:
        object.__setattr__(self, "ops", tuple(sorted(self.ops, key=_order)))
        object.__setattr__(self, "base", dict(sorted(self.base.items())))
        _check_files(self.ops)
        _check_texts(self.ops)
        _check_base(self.ops, self.base)

    @classmethod
    def of(
        cls, ops: Iterable[Op], files: Mapping[str, bytes], safety: Safety = Safety.ASK
    ) -> "ChangeSet":
        """The change set of `ops`, made against `files`."""
        kept = tuple(ops)
        base = {path: digest(files[path]) for path in _addressed(kept) & files.keys()}
        return cls(kept, base, safety)

    @property
    def created(self) -> dict[str, CreateFile]:
        return {op.path: op for op in self.ops if isinstance(op, CreateFile)}

    @property
    def deleted(self) -> dict[str, DeleteFile]:
        return {op.path: op for op in self.ops if isinstance(op, DeleteFile)}

    @property
    def renamed(self) -> dict[str, str]:
        """New path of every renamed base file."""
        return {op.src: op.dst for op in self.ops if isinstance(op, RenameFile)}

    @property
    def modes(self) -> dict[str, bool]:
        """Whether each base file whose mode changes is executable afterwards, by base path."""
        return {op.path: op.executable for op in self.ops if isinstance(op, ChangeMode)}

    @property
    def paths(self) -> frozenset[str]:
        """Every path the set names, before or after."""
        return frozenset(self.base) | self.created.keys() | frozenset(self.renamed.values())

    @property
    def is_empty(self) -> bool:
        return not self.ops

    def without(self, dropped: Iterable[Op]) -> "ChangeSet":
        """The same without some of its operations, none of which another one needs."""
        gone = frozenset(dropped)
        ops = tuple(op for op in self.ops if op not in gone)
        read = _addressed(ops)
        return ChangeSet(ops, {path: value for path, value in self.base.items() if path in read}, self.safety)

    def touched(self) -> frozenset[str]:
        """The files that are written: paths of the after tree."""
        renamed = self.renamed
        kept = self.base.keys() - self.deleted.keys()
        return frozenset(renamed.get(path, path) for path in kept) | self.created.keys()


def _order(op: Op) -> tuple[str, int, int, int, str]:
    match op:
        case CreateFile(path):
            return path, 0, 0, 0, ""
        case DeleteFile(path):
            return path, 1, 0, 0, ""
        case RenameFile(src, dst):
            return src, 2, 0, 0, dst
        case ChangeMode(path):
            return path, 3, 0, 0, ""
        case TextEdit(path, span):
            return path, 4, span.start, span.end, ""
        case SpanMove(src, span, _, dst):
            return src, 5, span.start, span.end, dst


def _fresh(ops: Sequence[Op]) -> set[str]:
    """Paths that name a created file, and no file of the base."""
    renamed = {op.src for op in ops if isinstance(op, RenameFile)}
    return {op.path for op in ops if isinstance(op, CreateFile)} - renamed


def _addressed(ops: Sequence[Op]) -> set[str]:
    """The base files that the operations read. A move may also arrive in a created file."""
    fresh = _fresh(ops)
    found: set[str] = set()
    for op in ops:
        match op:
            case TextEdit(path) | DeleteFile(path) | ChangeMode(path):
                found.add(path)
            case SpanMove(src=src, dst=dst):
                found |= {src} | ({dst} - fresh)
            case RenameFile(src):
                found.add(src)
            case CreateFile():
                pass
    return found


def _check_files(ops: Sequence[Op]) -> None:
    renames = [op for op in ops if isinstance(op, RenameFile)]
    creations = [op.path for op in ops if isinstance(op, CreateFile)]
    deletions = [op.path for op in ops if isinstance(op, DeleteFile)]
    leaving = deletions + [op.src for op in renames]
    arriving = creations + [op.dst for op in renames]
    _refuse(_repeated(leaving), "deleted or renamed twice: keep one operation")
    _refuse(_repeated(arriving), "created or renamed to twice: keep one operation")
    _refuse(set(creations) & set(deletions), "deleted and created: edit its text instead")
    edited = {
        op.path if isinstance(op, TextEdit) else op.src
        for op in ops
        if isinstance(op, TextEdit | SpanMove)
    }
    _refuse(edited & _fresh(ops), "created and edited: create it with its final content")
    modes = [op.path for op in ops if isinstance(op, ChangeMode)]
    _refuse(_repeated(modes), "changed in mode twice: keep one operation")
    _refuse(set(modes) & _fresh(ops), "created and changed in mode: create it with its final mode")
    _refuse(set(modes) & set(deletions), "deleted and changed in mode: keep one operation")
    texts = splices_by_path(ops).keys()
    _refuse(texts & set(deletions), "deleted and edited: keep one operation")
    occupied = _addressed(ops) - set(leaving)
    _refuse(occupied & set(arriving), "still there: delete or rename it before its path is used")


def _check_texts(ops: Iterable[Op]) -> None:
    for path, pieces in splices_by_path(ops).items():
        for one, two in pairwise(pieces):
            if collide(one, two):
                raise ChangeSetError(
                    f"{path}: operations overlap at byte {two.span.start}: join them"
                )


def _check_base(ops: Sequence[Op], base: Mapping[str, str]) -> None:
    addressed = _addressed(ops)
    for path in sorted(addressed - base.keys()):
        raise ChangeSetError(f"{path} is not in the base: give that file, or create it")
    for path in sorted(base.keys() - addressed):
        raise ChangeSetError(f"{path} is in the base, but no operation reads it: leave it out")
    for path, value in base.items():
        if not _DIGEST.fullmatch(value):
            raise ChangeSetError(f"base of {path}: give a SHA-256 digest in lower-case hex")


def _repeated(paths: list[str]) -> set[str]:
    return {path for path, count in Counter(paths).items() if count > 1}


def _refuse(paths: Iterable[str], reason: str) -> None:
    for path in sorted(paths):
        raise ChangeSetError(f"{path} is {reason}")
