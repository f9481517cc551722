"""A patch the other way round: what takes it back from the files that it was applied to."""

from dataclasses import replace

from .patch import FilePatch, Patch
from .patch_hunks import Hunk
from .spans import Span, splice


def reverse_patch(patch: Patch) -> Patch | None:
    """The patch whose old side is the new one; None for a patch that copies files, of which nothing tells whether they were there."""
    if any(file.copied for file in patch.files):
        return None
    last = max((file.mail for file in patch.files), default=0)
    return Patch(tuple(_file(file, last - file.mail) for file in reversed(patch.files)))


def _file(file: FilePatch, mail: int) -> FilePatch:
    hunks: list[Hunk] = []
    drift = 0
    for hunk in file.hunks:
        hunks.append(_hunk(hunk, drift))
        drift += hunks[-1].old.count(b"\n") - hunk.old.count(b"\n")
    mode = None if file.mode is None else not file.mode
    return replace(file, old=file.new, new=file.old, hunks=tuple(hunks), mode=mode, mail=mail)


def _hunk(hunk: Hunk, drift: int) -> Hunk:
    edits: list[tuple[Span, bytes]] = []
    grown = 0
    for span, after in hunk.edits:
        start = span.start + grown
        edits.append((Span(start, start + len(after)), span.cut(hunk.old)))
        grown += len(after) - span.length
    old = splice(hunk.old, hunk.edits)
    # A side without lines is named by the line before it.
    first = hunk.start + drift + (not hunk.old) - (not old)
    return replace(hunk, start=first, old=old, edits=tuple(edits))
