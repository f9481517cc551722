"""The examples of a docstring as a small module of their own, which sees the names of the file around it."""
from __future__ import annotations

import re

from engine.evidence.rules import verdict_of_use
from engine.evidence.scopes import Scope, Use
from engine.evidence.source import Module, module_scope, parse_module
from engine.evidence.target import Cause, Resolution, Target, Verdict

_EXAMPLE = re.compile(r"^[ \t]*(?:>>>|\.\.\.)(?: (.*)|[ \t]*)$", re.MULTILINE)


class Examples:
    """Parsed once for all occurrences in one docstring."""

    def __init__(self, text: str, begin: int, end: int, scope: Scope) -> None:
        self._lines: list[tuple[int, int, int]] = []
        parts: list[str] = []
        length = 0
        for found in _EXAMPLE.finditer(text, begin, end):
            code = found.group(1) or ""
            self._lines.append((found.start(1), length, len(code)))
            parts.append(code + "\n")
            length += len(code) + 1
        # Another path than the file's, as what the examples bind is no definition of it.
        self.module: Module = parse_module(f"{scope.path}#doctest", "".join(parts))
        if self.module.root is not None:
            self.module.root.parent = module_scope(scope)

    def use_at(self, name: str, position: int) -> Use | None:
        inside = next((start + position - first for first, start, length in self._lines
                       if first >= 0 and first <= position < first + length), -1)
        if inside < 0 or self.module.index is None:
            return None
        return next((use for use in self.module.index.uses.get(name, ())
                     if use.joined is None and self.module.positions.of_use(use, name) == inside), None)


def verdict_of_example(target: Target, examples: Examples, start: int) -> Verdict | None:
    use = examples.use_at(target.name, start)
    verdict = None if use is None else verdict_of_use(target, use)
    if verdict is None or verdict.resolution is Resolution.UNKNOWN:
        return None
    return verdict._replace(reason=f"doctest: {verdict.reason}", cause=Cause.DOC_REFERENCE)
