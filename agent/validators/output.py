"""Failures read from what a test run prints: pytest's reports and plain Python tracebacks.

Pure text work; does not run anything.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from engine import Diagnostic, Source

_ERRORS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("undefined-name", re.compile(r"NameError: (?:name|free variable) '([^']+)'")),
    ("undefined-name", re.compile(r"UnboundLocalError: .*?variable '([^']+)'")),
    ("stale-import", re.compile(r"ImportError: cannot import name '([^']+)'")),
    ("stale-import", re.compile(r"ModuleNotFoundError: No module named '([^']+)'")),
    ("missing-attribute", re.compile(r"AttributeError: .*? (?:has no|does not have the) attribute '([^']+)'")),
    ("unexpected-keyword", re.compile(r"TypeError: .*?unexpected keyword argument '([^']+)'")),
    ("missing-argument", re.compile(r"TypeError: .*?missing \d+ required .*?: '([^']+)'")),
)
_FRAME = re.compile(r'^\s*File "(.+?)", line (\d+)')
_PLACE = re.compile(r"^(\S.*?\.pyi?):(\d+): ?(\S*)")
_SUMMARY = re.compile(r"^(?:FAILED|ERROR) (\S+?\.py)(?:::(\S.*?))?(?: - (.*))?$")
_UNITTEST = re.compile(r"^(?:FAIL|ERROR): (\S+) \((\S+?)\)")
_TAIL = 2000


def failures(output: str, folder: Path) -> list[Diagnostic]:
    """What the output of a failed run says, with paths relative to `folder`; at least one failure."""
    errors = list(dict.fromkeys(_errors(output.splitlines(), folder)))
    tests = list(dict.fromkeys(_failed_tests(output.splitlines(), bool(errors))))
    return errors + tests or [Diagnostic("", 0, "tests-failed", output[-_TAIL:].strip(), Source.TESTS)]


def last_place(output: str, folder: Path) -> tuple[str, int]:
    """The innermost place inside `folder` that a traceback names; no path where there is none."""
    found = [place for text in output.splitlines() if (place := _place(text, folder))]
    return found[-1] if found else ("", 0)


def _errors(lines: list[str], folder: Path) -> Iterator[Diagnostic]:
    path, line = "", 0
    for number, text in enumerate(lines):
        place = _place(text, folder)
        if place is not None:
            path, line = place
            continue
        found = _recognised(text)
        if found is None or _SUMMARY.match(text):
            continue
        # pytest's long reports print the place below the error.
        below = _place_below(lines[number + 1:number + 12], folder)
        at, row = below or (path, line)
        code, name = found
        message = text.removeprefix("E").strip().replace(f"{folder}/", "")
        yield Diagnostic(at, row, code, message, Source.TESTS, name)


def _recognised(text: str) -> tuple[str, str] | None:
    stripped = text.removeprefix("E").strip()
    for code, pattern in _ERRORS:
        match = pattern.match(stripped)
        if match:
            return code, match[1]
    return None


def _place(text: str, folder: Path) -> tuple[str, int] | None:
    """The place inside `folder` that a line names."""
    match = _FRAME.match(text) or _PLACE.match(text)
    if match is None:
        return None
    path = PurePath(match[1])
    # Not `Path.is_file`, which raises where a name is too long for the system.
    if not path.is_absolute():
        path = folder / path
    if not path.is_relative_to(folder) or not os.path.isfile(path):
        return None
    return path.relative_to(folder).as_posix(), int(match[2])


def _place_below(lines: Iterable[str], folder: Path) -> tuple[str, int] | None:
    """Of a line such as `tests/test_a.py:3: NameError` that ends a report."""
    for text in lines:
        if text.startswith(("E ", "E\t")) or not text.strip():
            continue
        match = _PLACE.match(text)
        return _place(text, folder) if match and match[3].endswith(("Error", "Exception")) else None
    return None


def _failed_tests(lines: Iterable[str], explained: bool) -> Iterator[Diagnostic]:
    """Failed tests; those that only repeat an error already reported are left out."""
    for text in lines:
        match = _SUMMARY.match(text)
        if match and not (explained and (match[3] is None or _is_named_error(match[3]))):
            yield Diagnostic(match[1], 0, "test-failed", match[3] or "failed", Source.TESTS, match[2] or "")
        unit = _UNITTEST.match(text)
        if unit and not explained:
            yield Diagnostic("", 0, "test-failed", text, Source.TESTS, f"{unit[2]}.{unit[1]}")


def _is_named_error(message: str) -> bool:
    return message.startswith(tuple({pattern.pattern.partition(":")[0] for _, pattern in _ERRORS}))
