"""Two trees in, the change set from one to the other out.

Renames are recognised by content: equal files first, then those that share at
least half of their lines. Knows nothing of modes beyond what it is told.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from .changeset import ChangeSet, Safety
from .diff import text_edits
from .lines import split_lines
from .ops import CreateFile, DeleteFile, Op, RenameFile

MAX_COMPARED = 2_500
"""Pairs of a vanished and a new file that are compared line by line."""
MAX_COMPARED_BYTES = 1 << 20
"""A larger file counts as renamed only if every byte is the same."""


def difference(
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    safety: Safety = Safety.ASK,
    *,
    executable: Collection[str] = (),
) -> ChangeSet:
    """What turns `before` into `after`; applied to `before` it gives `after`.

    `executable` names the files, of either tree, whose deletion or creation has to keep that bit.
    """
    vanished = sorted(before.keys() - after.keys())
    fresh = sorted(after.keys() - before.keys())
    renamed = _renamed(vanished, fresh, before, after)
    ops: list[Op] = [RenameFile(old, new) for old, new in renamed.items()]
    for path in vanished:
        if path not in renamed:
            ops.append(DeleteFile(path, before[path], path in executable))
    arrived = set(renamed.values())
    for path in fresh:
        if path not in arrived:
            ops.append(CreateFile(path, after[path], path in executable))
    kept = {path: path for path in before.keys() & after.keys()}
    for old, new in (kept | renamed).items():
        if before[old] != after[new]:
            ops += text_edits(old, before[old], after[new])
    return ChangeSet.of(ops, before, safety)


def _renamed(
    vanished: list[str], fresh: list[str], before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> dict[str, str]:
    """New path of each file that only moved."""
    by_content: dict[bytes, list[str]] = {}
    for path in reversed(vanished):
        if before[path]:
            by_content.setdefault(before[path], []).append(path)
    found: dict[str, str] = {}
    for path in fresh:
        same = by_content.get(after[path])
        if same:
            found[same.pop()] = path
    taken = set(found.values())
    left = [path for path in vanished if path not in found]
    right = [path for path in fresh if path not in taken]
    return found | _similar(left, right, before, after)


def _similar(
    vanished: list[str], fresh: list[str], before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> dict[str, str]:
    if len(vanished) * len(fresh) > MAX_COMPARED:
        return {}
    old, new = _line_counts(vanished, before), _line_counts(fresh, after)
    scored = sorted(
        (-_shared(lines, others), path, target)
        for path, lines in old.items()
        for target, others in new.items()
    )
    found: dict[str, str] = {}
    taken: set[str] = set()
    for score, path, target in scored:
        if score <= -0.5 and path not in found and target not in taken:
            found[path] = target
            taken.add(target)
    return found


def _line_counts(paths: Iterable[str], files: Mapping[str, bytes]) -> dict[str, Counter[bytes]]:
    small = (path for path in paths if 0 < len(files[path]) <= MAX_COMPARED_BYTES)
    return {path: Counter(split_lines(files[path])) for path in small}


def _shared(one: Counter[bytes], two: Counter[bytes]) -> float:
    """Share of the longer file's lines that both have."""
    return (one & two).total() / max(one.total(), two.total())
