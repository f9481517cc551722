"""The text of one import statement: names taken out and put in, in the layout that it has."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from engine.actions.base import Sheet
from engine.actions.module_names import ModuleName
from engine.actions.layout import line_after, line_start, newline_of
from engine.evidence import Module

_REMARK = re.compile(r"[ \t]*#[ \t]*(?:noqa|type:|pragma|pylint|isort|ruff|pyright)[^\r\n]*")
_COMMON_WIDTHS = (79, 88, 99, 100, 110, 119, 120, 140)


@dataclass(frozen=True, slots=True)
class Spec:
    """One name to be imported: `from module import name as alias`, or without a name `import module as alias`."""

    module: ModuleName
    name: str = ""
    alias: str = ""

    @property
    def bound(self) -> str:
        """The name that it binds."""
        return self.alias or self.name or self.module.module.partition(".")[0]

    @property
    def member(self) -> str:
        """What stands behind `import` in a from-import."""
        return f"{self.name} as {self.alias}" if self.alias and self.alias != self.name else self.name

    @property
    def line(self) -> str:
        """The whole statement."""
        if self.name:
            return f"from {self.module} import {self.member}"
        return f"import {self.module}" + (f" as {self.alias}" if self.alias else "")


def width_of(text: str) -> int:
    """The line length that a file keeps to, guessed from its longest line."""
    longest = max((len(line) for line in text.splitlines()), default=79)
    return next((width for width in _COMMON_WIDTHS if longest <= width), _COMMON_WIDTHS[-1])


def remark_behind(module: Module, node: ast.stmt) -> str:
    """A remark to tools at the end of a statement's first or last line, with the space before it."""
    for at in (module.positions.span(node)[1], line_after(module.text, module.positions.span(node)[0])):
        line = module.text[line_start(module.text, at - 1) : line_after(module.text, at - 1)]
        found = _REMARK.search(line.rstrip("\r\n"))
        if found is not None:
            return found.group()
    return ""


def written(module: ModuleName, members: Sequence[str], indent: str, newline: str, width: int) -> str:
    """A new from-import, in brackets and one name a line where it would be too long."""
    line = f"{indent}from {module} import {', '.join(members)}"
    if len(line) <= width or len(members) == 1:
        return line + newline
    inner = "".join(f"{indent}    {member},{newline}" for member in members)
    return f"{indent}from {module} import ({newline}{inner}{indent}){newline}"


def ordered_in(existing: Sequence[str], member: str) -> int:
    """Where a member belongs among others: in their order if they have one, else at the end."""
    for key in _ORDERS:
        keys = [key(item) for item in existing]
        if keys == sorted(keys):
            return sum(item <= key(member) for item in keys)
    return len(existing)


def _by_kind(member: str) -> tuple[int, str]:
    """Constants, classes, functions: the order of isort."""
    name = member.partition(" ")[0]
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower()


_ORDERS: tuple[Callable[[str], tuple[int, str]], ...] = (_by_kind, lambda member: (0, member.lower()), lambda member: (0, member))


def edit_members(module: Module, sheet: Sheet, node: ast.ImportFrom, gone: Collection[ast.alias], new: Sequence[str], width: int) -> None:
    """Take names out of a statement, of which some stay or come, and put others in."""
    text = module.text
    start, end = module.positions.span(node)
    spans = [module.positions.span(alias) for alias in node.names]
    names = [text[first:last] for first, last in spans]
    kept = [i for i, alias in enumerate(node.names) if alias not in gone]
    if "\n" not in text[start:end] or (len(kept) + len(new) == 0):
        members = [names[i] for i in kept]
        for member in new:
            members.insert(ordered_in(members, member), member)
        _write_line(text, sheet, start, end, spans, members, width)
    elif _is_vertical(text, spans, end):
        _write_vertical(text, sheet, node, spans, [names[i] for i in kept], kept, new)
    else:
        _write_packed(text, sheet, spans, kept, new, width)


def _is_vertical(text: str, spans: Sequence[tuple[int, int]], end: int) -> bool:
    """One name a line, and the bracket on a line of its own."""
    return "\n" in text[spans[-1][1] : end] and all(not text[line_start(text, first) : first].strip() for first, _ in spans)


def _write_line(
    text: str, sheet: Sheet, start: int, end: int, spans: Sequence[tuple[int, int]], members: Sequence[str], width: int
) -> None:
    """A statement in one line, which becomes one name a line where it grows too long."""
    joined = ", ".join(members)
    indent = text[line_start(text, start) : start]
    grown = len(indent) + len(text[start:end]) - (spans[-1][1] - spans[0][0]) + len(joined)
    before = len(indent) + end - start
    if grown > width and grown > before and not indent.strip() and "(" not in text[start:end]:
        newline = newline_of(text)
        inner = "".join(f"{indent}    {member},{newline}" for member in members)
        joined = f"({newline}{inner}{indent})"
    sheet.replace(spans[0][0], spans[-1][1], joined)


def _write_vertical(
    text: str,
    sheet: Sheet,
    node: ast.ImportFrom,
    spans: Sequence[tuple[int, int]],
    members: list[str],
    kept: Sequence[int],
    new: Sequence[str],
) -> None:
    """One name a line: whole lines come and go."""
    newline = newline_of(text)
    indent = text[line_start(text, spans[0][0]) : spans[0][0]]
    for i, (first, last) in enumerate(spans):
        if i not in kept:
            sheet.replace(line_start(text, first), line_after(text, last), "")
    at_end: list[str] = []
    for member in new:
        place = ordered_in(members, member)
        if place < len(kept):
            sheet.insert(line_start(text, spans[kept[place]][0]), f"{indent}{member},{newline}")
        else:
            at_end.append(member)
    if kept:
        last = spans[kept[-1]][1]
        if at_end and not text[last:].lstrip().startswith(","):
            sheet.insert(last, ",")
    if at_end:
        anchor = line_after(text, spans[-1][1])
        sheet.insert(anchor, "".join(f"{indent}{member},{newline}" for member in at_end))


def _write_packed(
    text: str, sheet: Sheet, spans: Sequence[tuple[int, int]], kept: Sequence[int], new: Sequence[str], width: int
) -> None:
    """Several names a line over several lines."""
    for i, (first, last) in enumerate(spans):
        if i in kept:
            continue
        if any(j > i for j in kept):
            sheet.replace(first, spans[i + 1][0], "")
        else:
            # Nothing stays behind it, so the comma before it goes.
            sheet.replace(spans[i - 1][1] if i else first, last, "")
    last = spans[-1][1]
    column = last - line_start(text, last)
    indent = " " * (spans[0][0] - line_start(text, spans[0][0]))
    for number, member in enumerate(new):
        separator = ", " if kept or number else ""
        if column + len(separator) + len(member) > width:
            separator, column = f",{newline_of(text)}{indent}", len(indent)
        sheet.insert(last, separator + member)
        column += len(separator) + len(member)
