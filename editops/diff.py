"""Differences as people and git read them.

`unified_diff` prints a change set in git's patch format, for review and for
`git apply`; `text_edits` finds the line edits between two texts. Lines end at
a line feed; any other byte, carriage returns included, is content.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .apply import apply_or_raise
from .changeset import ChangeSet
from .lines import Region, regions, split_lines
from .ops import TextEdit
from .spans import LineIndex, Span

_CONTEXT = 3
_MODE = {False: "100644", True: "100755"}
_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}


@dataclass(frozen=True, slots=True)
class _FilePair:
    old: str | None
    new: str | None
    before: bytes
    after: bytes
    executable: bool = False
    """Of a file that is created or deleted."""
    mode: bool | None = None
    """Whether any other one is executable afterwards, if that changes."""


def text_edits(path: str, before: bytes, after: bytes) -> tuple[TextEdit, ...]:
    """Whole changed lines that turn `before` into `after`."""
    old, new = split_lines(before), split_lines(after)
    index = LineIndex(before)
    return tuple(
        TextEdit.on(
            path,
            before,
            _lines_span(index, len(before), region.old),
            b"".join(_pick(new, region.new)),
        )
        for region in regions(old, new)
    )


def unified_diff(change: ChangeSet, files: Mapping[str, bytes]) -> str:
    """The patch from `files` to what `change` makes of them.

    Bytes that are not UTF-8 come out as surrogate escapes.
    """
    pairs = sorted(_file_pairs(change, files), key=lambda pair: pair.new or pair.old or "")
    return "".join(_file_patch(pair) for pair in pairs)


def _file_pairs(change: ChangeSet, files: Mapping[str, bytes]) -> Iterator[_FilePair]:
    after = apply_or_raise(files, change).files
    renamed = change.renamed
    for path, created in change.created.items():
        yield _FilePair(None, path, b"", after[path], created.executable)
    for path, deleted in change.deleted.items():
        yield _FilePair(path, None, deleted.before, b"", deleted.executable)
    for path in change.base.keys() - change.deleted.keys():
        target = renamed.get(path, path)
        yield _FilePair(path, target, files[path], after[target], mode=change.modes.get(path))


def _file_patch(pair: _FilePair) -> str:
    if pair.old == pair.new and pair.before == pair.after and pair.mode is None:
        return ""
    # A file that is created or deleted goes by its one name on both sides.
    old, new = pair.old or pair.new or "", pair.new or pair.old or ""
    header = f"diff --git {_quoted('a/' + old)} {_quoted('b/' + new)}\n"
    mode = _MODE[pair.executable]
    if pair.mode is not None:
        header += f"old mode {_MODE[not pair.mode]}\nnew mode {_MODE[pair.mode]}\n"
    if pair.old is None:
        header += f"new file mode {mode}\n"
    elif pair.new is None:
        header += f"deleted file mode {mode}\n"
    elif pair.old != pair.new:
        header += f"rename from {_quoted(old)}\nrename to {_quoted(new)}\n"
    if pair.before == pair.after:
        return header
    header += f"--- {_label('a/', pair.old)}\n+++ {_label('b/', pair.new)}\n"
    return header + "".join(_hunks(split_lines(pair.before), split_lines(pair.after)))


def _hunks(old: list[bytes], new: list[bytes]) -> Iterator[str]:
    group: list[Region] = []
    for region in regions(old, new):
        if group and region.old.start - group[-1].old.stop > 2 * _CONTEXT:
            yield _hunk(group, old, new)
            group = []
        group.append(region)
    if group:
        yield _hunk(group, old, new)


def _hunk(group: list[Region], old: list[bytes], new: list[bytes]) -> str:
    first, last = group[0], group[-1]
    lead = min(_CONTEXT, first.old.start)
    trail = min(_CONTEXT, len(old) - last.old.stop)
    old_side = range(first.old.start - lead, last.old.stop + trail)
    new_side = range(first.new.start - lead, last.new.stop + trail)
    body = [f"@@ -{_extent(old_side)} +{_extent(new_side)} @@\n"]
    at = old_side.start
    for region in group:
        body += _marked(" ", old, range(at, region.old.start))
        body += _marked("-", old, region.old)
        body += _marked("+", new, region.new)
        at = region.old.stop
    body += _marked(" ", old, range(at, old_side.stop))
    return "".join(body)


def _extent(lines: range) -> str:
    # git counts lines from 1, and names the line before an empty extent.
    start = lines.start + 1 if lines else lines.start
    return f"{start}" if len(lines) == 1 else f"{start},{len(lines)}"


def _marked(mark: str, lines: list[bytes], which: range) -> Iterator[str]:
    for line in _pick(lines, which):
        text = line.decode("utf-8", "surrogateescape")
        yield (
            mark + text if text.endswith("\n") else f"{mark}{text}\n\\ No newline at end of file\n"
        )


def _pick(lines: list[bytes], which: range) -> list[bytes]:
    return lines[which.start : which.stop]


def _lines_span(index: LineIndex, length: int, lines: range) -> Span:
    def start(line: int) -> int:
        return index.line_span(line + 1).start if line < index.line_count else length

    return Span(start(lines.start), start(lines.stop))


def _label(prefix: str, path: str | None) -> str:
    if path is None:
        return "/dev/null"
    quoted = _quoted(prefix + path)
    # An unquoted name with a blank ends in a tab, or git would not know where it ends.
    return quoted + "\t" if " " in quoted and not quoted.startswith('"') else quoted


def _quoted(name: str) -> str:
    """A name as git prints it: odd bytes escaped, and then the whole in quotes."""
    raw = name.encode()
    if all(0x20 <= byte < 0x7F and byte not in _ESCAPES for byte in raw):
        return name
    return '"' + "".join(_escaped(byte) for byte in raw) + '"'


def _escaped(byte: int) -> str:
    if byte in _ESCAPES:
        return "\\" + _ESCAPES[byte]
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"
