"""A patch fitted to files: the change set that it means there.

A hunk belongs where its line number says; if its old lines don't stand there, to
the one other place where they do. Two such places, or none, are no place.
"""

from collections.abc import Iterator, Mapping, Sequence

from .changeset import ChangeSet
from .draft import Draft
from .foreign import Misfit, Rounds, Unfit
from .ops import ChangeMode, CreateFile, DeleteFile, Op, RenameFile, TextEdit
from .patch import FilePatch, Patch
from .patch_hunks import Hunk
from .spans import LineIndex, Span, splice

MAX_SEARCHED = 4 * 1024 * 1024 * 1024
"""Bytes looked through, all in all, for hunks that don't stand where they say."""

_Edits = list[tuple[Span, bytes]]


def resolve_patch(patch: Patch, files: Mapping[str, bytes]) -> ChangeSet | Unfit:
    """The change set of `patch` against `files`; several mails or commits become one."""
    resolver = _Resolver(Rounds(Draft(files)))
    try:
        return resolver.resolved(patch)
    except Misfit as misfit:
        return misfit.unfit


class _Resolver:
    def __init__(self, rounds: Rounds) -> None:
        self._rounds = rounds
        self._searched = 0
        self._mail = 0
        self._old: set[str] = set()
        self._new: set[str] = set()

    def resolved(self, patch: Patch) -> ChangeSet:
        for file in patch.files:
            if self._builds_on_this_round(file):
                self._rounds.end()
                self._old.clear()
                self._new.clear()
            self._rounds.add(self._ops(file), ())
            self._mail = file.mail
            if file.old is not None and not file.copied:
                self._old.add(file.old)
            if file.new is not None:
                self._new.add(file.new)
        return self._rounds.change()

    def _builds_on_this_round(self, file: FilePatch) -> bool:
        """All files of one diff speak of one state, where no path is twice old or twice new."""
        if file.mail != self._mail or file.old in self._old or file.new in self._new:
            return True
        return file.old in self._new and file.old not in self._rounds.files

    def _ops(self, file: FilePatch) -> list[Op]:
        files = self._rounds.files
        old, new = self._meant(file, files)
        if old is None:
            path = new or ""
            return [CreateFile(path, self._content(path, b"", file), file.executable)]
        data = files.get(old)
        if data is None:
            raise Misfit(old, "there is no such file")
        if new is None:
            return [self._deletion(old, data, file)]
        if file.copied:
            return [CreateFile(new, self._content(old, data, file), file.executable)]
        edits = self._edits(old, data, file.hunks)
        ops: list[Op] = [RenameFile(old, new)] if old != new else []
        ops += [ChangeMode(old, file.mode)] if file.mode is not None else []
        return ops + [TextEdit.on(old, data, span, after) for span, after in edits]

    def _meant(
        self, file: FilePatch, files: Mapping[str, bytes]
    ) -> tuple[str | None, str | None]:
        """The names; a plain diff may name a file as it was saved elsewhere, or one that is new."""
        if file.is_git or file.old is None:
            return file.old, file.new
        names = [name for name in (file.new, file.old) if name is not None]
        there = [name for name in dict.fromkeys(names) if name in files]
        if len(there) > 1:
            raise Misfit(there[0], f"the patch may mean this file or {there[1]}")
        if there:
            return there[0], None if file.new is None else there[0]
        is_new = file.new is not None and all(not hunk.old for hunk in file.hunks)
        return (None if is_new else file.old), file.new

    def _content(self, path: str, data: bytes, file: FilePatch) -> bytes:
        return splice(data, self._edits(path, data, file.hunks))

    def _deletion(self, path: str, data: bytes, file: FilePatch) -> DeleteFile:
        if self._content(path, data, file):
            raise Misfit(path, "the patch deletes this file, but not all that it holds")
        return DeleteFile(path, data, file.executable)

    def _edits(self, path: str, data: bytes, hunks: Sequence[Hunk]) -> _Edits:
        return list(self._placed(path, data, hunks)) if hunks else []

    def _placed(
        self, path: str, data: bytes, hunks: Sequence[Hunk]
    ) -> Iterator[tuple[Span, bytes]]:
        index = LineIndex(data)
        floor = 0
        drift = 0
        for hunk in hunks:
            place = _stated(index, data, hunk, drift)
            if place is None or place < floor:
                place = self._found(path, data, hunk, floor)
                drift = index.position(place)[0] - hunk.start
            floor = place + len(hunk.old)
            yield from ((span.shift(place), after) for span, after in hunk.edits)

    def _found(self, path: str, data: bytes, hunk: Hunk, floor: int) -> int:
        """The one place from `floor` on where the hunk's old lines stand."""
        self._searched += len(data) - floor
        if not hunk.old or self._searched > MAX_SEARCHED:
            raise Misfit(path, f"the hunk at line {hunk.line} of the patch has no place here")
        places = _line_starts(data, hunk.old, floor)
        if not hunk.old.endswith(b"\n"):
            # Its last line has no line feed, so it can only be the file's.
            places = [len(data) - len(hunk.old)] if data.endswith(hunk.old) else []
        places = [at for at in places if at >= floor and _begins_line(data, at)]
        if not places:
            raise Misfit(path, f"the lines of the hunk at line {hunk.line} of the patch are not in it")
        if len(places) > 1:
            raise Misfit(
                path,
                f"the lines of the hunk at line {hunk.line} of the patch stand in several places, "
                "and not where it says",
            )
        return places[0]


def _stated(index: LineIndex, data: bytes, hunk: Hunk, drift: int) -> int | None:
    """Where the hunk says it belongs, if its old lines are there."""
    line = hunk.start + drift + (0 if hunk.old else 1)
    # Behind a last line that lacks its line feed there is no line to insert at.
    if not 1 <= line <= index.line_count:
        return None
    at = index.line_span(line).start
    if not data.startswith(hunk.old, at):
        return None
    end = at + len(hunk.old)
    return at if hunk.old.endswith(b"\n") or not hunk.old or end == len(data) else None


def _line_starts(data: bytes, wanted: bytes, floor: int) -> list[int]:
    """The first two places where `wanted` stands at the start of a line."""
    found = [floor] if data.startswith(wanted, floor) and _begins_line(data, floor) else []
    at = floor
    while len(found) < 2:
        at = data.find(b"\n" + wanted, at)
        if at < 0:
            break
        found.append(at + 1)
        at += 1
    return found


def _begins_line(data: bytes, at: int) -> bool:
    return at == 0 or data[at - 1 : at] == b"\n"
