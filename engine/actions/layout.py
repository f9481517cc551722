"""The manner of a file: its line breaks, its line length, its indentation, and how it breaks long calls."""

from __future__ import annotations

import re

_COMMON_WIDTHS = (79, 88, 100, 120)
_HANGING = re.compile(r"[([{][ \t]*\r?\n")
_ALIGNED = re.compile(r"\([^()\n]+,[ \t]*\r?\n")
_INDENTED = re.compile(r"^([ \t]+)\S", re.MULTILINE)


def newline_of(text: str) -> str:
    """The line break of a text; of mixed ones the first."""
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def line_start(text: str, offset: int) -> int:
    """Where the line of an offset begins."""
    return text.rfind("\n", 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """Where the line of an offset ends, its line break left out."""
    at = text.find("\n", offset)
    if at < 0:
        return len(text)
    return at - 1 if at and text[at - 1] == "\r" else at


def line_after(text: str, offset: int) -> int:
    """Where the line behind that of an offset begins."""
    at = text.find("\n", offset)
    return len(text) if at < 0 else at + 1


def indent_at(text: str, offset: int) -> str:
    """The blanks at the beginning of the line of an offset."""
    start = line_start(text, offset)
    line = text[start : line_end(text, start)]
    return line[: len(line) - len(line.lstrip(" \t"))]


def width_of(text: str) -> int:
    """The line length that a file keeps to; a line in two hundred may break it."""
    lengths = sorted((len(line) for line in text.splitlines()), reverse=True)
    longest = lengths[len(lengths) // 200] if lengths else 0
    return next((width for width in _COMMON_WIDTHS if longest <= width), _COMMON_WIDTHS[-1])


def unit_of(text: str) -> str:
    """One step of indentation: the shortest that occurs."""
    found = min((match.group(1) for match in _INDENTED.finditer(text)), key=len, default="    ")
    return "\t" if found.startswith("\t") else found if len(found) in (2, 3, 4, 8) else "    "


def is_hanging(text: str) -> bool:
    """Whether a file breaks long calls behind the bracket, rather than aligning with what follows it."""
    return len(_HANGING.findall(text)) >= len(_ALIGNED.findall(text))
