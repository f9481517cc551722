"""Which decisions a diagnostic blames: the bridge from validators back to slots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine import Decided, Diagnostic

_NEAR = 1
"""Lines around a diagnostic that belong to its statement."""


def blame(
    diagnostics: Sequence[Diagnostic], decided: Sequence[Decided], texts: Mapping[str, str], origin: Callable[[str], str]
) -> frozenset[int]:
    """Indices into `decided` of the slots that the diagnostics blame.

    A failure about the old name blames what was kept, one about the new name what was replaced: on its own lines first; where nothing
    stands there, wherever the name is defined.
    """
    guilty: set[int] = set()
    for diagnostic in diagnostics:
        suspects = [i for i, item in enumerate(decided) if _could_cause(item, diagnostic)]
        path = origin(diagnostic.path)
        near = [i for i in suspects if decided[i].candidate.path == path and _is_near(decided[i], diagnostic, decided, texts)]
        guilty.update(near or [i for i in suspects if decided[i].candidate.label in ("definition", "store", "import_name", "path")])
    return frozenset(guilty)


def _could_cause(item: Decided, diagnostic: Diagnostic) -> bool:
    candidate = item.candidate
    if not diagnostic.name:
        return item.is_change
    name = diagnostic.name.rsplit(".", 1)[-1]
    if name == candidate.before:
        return not item.is_change
    return name == candidate.after and (item.is_change or candidate.label in ("definition", "store", "path"))


def _is_near(item: Decided, diagnostic: Diagnostic, decided: Sequence[Decided], texts: Mapping[str, str]) -> bool:
    candidate = item.candidate
    if candidate.start < 0 or diagnostic.line == 0:
        return candidate.start < 0
    text = texts.get(candidate.path, "")
    line = text.count("\n", 0, candidate.start) + 1
    added = sum(
        other.after.count("\n")
        for other in decided
        if other.is_change and other.candidate.path == candidate.path and 0 <= other.candidate.start < candidate.start
    )
    return abs(line + added - diagnostic.line) <= _NEAR
