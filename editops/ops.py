"""The six operations of a change stream.

Each is frozen, stores the bytes it replaces, and is checked when it is built,
so that an operation that exists makes sense by itself. Whether it fits the
files at hand is decided by `apply`; whether it fits other operations, by
`ChangeSet`.
"""

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from .errors import OpError
from .indent import reindent
from .paths import check_path
from .spans import Span, splice

BOM = b"\xef\xbb\xbf"


class EditKind(Enum):
    INSERTION = "insertion"
    DELETION = "deletion"
    REPLACEMENT = "replacement"


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace the bytes of one span of a file, addressed by the file's base path."""

    path: str
    span: Span
    before: bytes
    after: bytes

    def __post_init__(self) -> None:
        check_path(self.path)
        if len(self.before) != self.span.length:
            raise OpError(
                f"edit of {self.path}: `before` has {len(self.before)} bytes, "
                f"the span {self.span.length}: make them equal"
            )
        if self.before == self.after:
            raise OpError(f"edit of {self.path} at byte {self.span.start} changes nothing: drop it")

    @classmethod
    def on(cls, path: str, data: bytes, span: Span, after: bytes) -> "TextEdit":
        """The edit that puts `after` in place of what `data` holds at `span`."""
        return cls(path, span, span.cut(data), after)

    @property
    def kind(self) -> EditKind:
        if not self.before:
            return EditKind.INSERTION
        return EditKind.REPLACEMENT if self.after else EditKind.DELETION


@dataclass(frozen=True, slots=True)
class SpanMove:
    """Cut a definition out of `src`, edit it, re-indent it, insert it into `dst`."""

    src: str
    span: Span
    before: bytes
    dst: str
    at: int
    """Offset in the base text of `dst`; never strictly inside the moved span."""
    indent: int = 0
    """Blanks to add to, or take from, each line; see `reindent`."""
    inner: tuple[TextEdit, ...] = ()
    """Edits of `src` whose spans count from the start of the moved span."""

    def __post_init__(self) -> None:
        check_path(self.src)
        check_path(self.dst)
        object.__setattr__(self, "inner", tuple(sorted(self.inner, key=lambda edit: edit.span)))
        if not self.before or len(self.before) != self.span.length:
            raise OpError(
                f"move from {self.src}: give a span that is not empty, and its bytes as `before`"
            )
        if self.before.startswith(BOM):
            raise OpError(f"move from {self.src}: leave the byte order mark in its file")
        if self.at < 0:
            raise OpError(f"move to {self.dst}: offset {self.at} is negative")
        if self.src == self.dst and self.span.overlaps(Span.at(self.at)):
            raise OpError(f"move in {self.src}: offset {self.at} lies inside the moved span")
        self._check_inner()
        # Text that cannot be re-indented is refused now, so that `moved` never raises.
        reindent(self._edited(), self.indent, python=self._is_python())

    def _check_inner(self) -> None:
        for edit in self.inner:
            if edit.path != self.src:
                raise OpError(f"move from {self.src}: its inner edit names {edit.path}")
            if edit.span.cut(self.before) != edit.before:
                raise OpError(
                    f"inner edit at byte {edit.span.start}: `before` is not in the moved text"
                )
        for one, two in pairwise(self.inner):
            if one.span.end > two.span.start or one.span == two.span:
                raise OpError(f"inner edits overlap at byte {two.span.start}: join them")

    @property
    def moved(self) -> bytes:
        """The bytes that arrive in `dst`."""
        return reindent(self._edited(), self.indent, python=self._is_python())

    def _edited(self) -> bytes:
        return splice(self.before, ((edit.span, edit.after) for edit in self.inner))

    def _is_python(self) -> bool:
        return self.src.endswith((".py", ".pyi"))


@dataclass(frozen=True, slots=True)
class CreateFile:
    """A new file; the path is free in the base, or freed by a rename of the same set."""

    path: str
    content: bytes
    executable: bool = False

    def __post_init__(self) -> None:
        check_path(self.path)


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """Remove a file whose whole content is `before`."""

    path: str
    before: bytes
    executable: bool = False

    def __post_init__(self) -> None:
        check_path(self.path)


@dataclass(frozen=True, slots=True)
class RenameFile:
    """Move a file, with whatever the other operations do to its text."""

    src: str
    dst: str

    def __post_init__(self) -> None:
        check_path(self.src)
        check_path(self.dst)
        if self.src == self.dst:
            raise OpError(f"rename of {self.src} to itself changes nothing: drop it")


@dataclass(frozen=True, slots=True)
class ChangeMode:
    """Make a file executable, or no longer; before, it is the other of the two."""

    path: str
    executable: bool
    """Afterwards."""

    def __post_init__(self) -> None:
        check_path(self.path)


Op = TextEdit | SpanMove | CreateFile | DeleteFile | RenameFile | ChangeMode
