"""A list in round brackets, of parameters or of arguments: what it holds, and how one is put in, taken out or moved.

Splices alone: the layout of the list (one a line, wrapped, in one line), comments and a trailing comma stay.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.actions.base import Sheet
from engine.actions.layout import indent_at, is_hanging, line_end, line_start, newline_of, unit_of, width_of
from engine.evidence import Module

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Element:
    """One member of the list, brackets around it included; node: its `ast.arg`, expression or `ast.keyword`, None for a bare `*` or `/`."""

    start: int
    end: int
    node: ast.arg | ast.expr | ast.keyword | None


@dataclass(frozen=True, slots=True)
class Listing:
    """The offsets of a list: behind its opening bracket, of its closing one, and of its members."""

    open: int
    close: int
    elements: tuple[Element, ...]
    is_generator: bool = False
    """A lone generator expression, which shares its brackets with the call."""

    def is_vertical(self, text: str) -> bool:
        """One member a line, the first one too."""
        return bool(self.elements) and all(not text[line_start(text, item.start) : item.start].strip() for item in self.elements)


Node = ast.arg | ast.expr | ast.keyword


def of_call(module: Module, call: ast.Call) -> Listing:
    """The arguments of a call, in the order of the text."""
    nodes: list[Node] = [*call.args, *call.keywords]
    spans = sorted(((*module.positions.span(node), node) for node in nodes), key=lambda item: item[0])
    end = module.positions.span(call)[1]
    at = _opening(module.text, module.positions.span(call.func)[1])
    if len(spans) == 1 and spans[0][0] == at:
        inner = Element(at + 1, end - 1, spans[0][2])
        return Listing(at + 1, end - 1, (inner,), is_generator=True)
    return _read(module.text, at, spans)


def of_function(module: Module, node: FunctionNode, name_end: int) -> Listing:
    """The parameters of a function; name_end: offset behind its name."""
    text, args = module.text, node.args
    at = name_end
    variables: Sequence[ast.expr] = getattr(node, "type_params", ())
    if variables:
        at = text.index("]", module.positions.span(variables[-1])[1])
    spans: list[tuple[int, int, Node]] = []
    owned = [*args.posonlyargs, *args.args, *args.kwonlyargs, *(item for item in (args.vararg, args.kwarg) if item is not None)]
    spans.extend((*module.positions.span(item), item) for item in owned)
    spans.extend((*module.positions.span(item), item) for item in (*args.defaults, *args.kw_defaults) if item is not None)
    return _read(text, _opening(text, at), sorted(spans, key=lambda item: item[0]))


def _opening(text: str, at: int) -> int:
    """The bracket that opens behind a callee or a name, over closing brackets, comments and line breaks."""
    while text[at] != "(":
        at = line_end(text, at) if text[at] == "#" else at + 1
    return at


def _read(text: str, opening: int, spans: Sequence[tuple[int, int, Node]]) -> Listing:
    """Split by commas; what lies in the nodes is jumped over, so that strings and lambdas can't mislead."""
    elements: list[Element] = []
    at, depth, start, end = opening + 1, 0, -1, -1
    owner: Node | None = None
    waiting = list(spans)
    while True:
        while waiting and waiting[0][0] < at:
            waiting.pop(0)
        mark = text[at]
        if waiting and waiting[0][0] == at:
            start = at if start < 0 else start
            owner = owner or waiting[0][2]
            at = end = waiting[0][1]
            continue
        if mark == "#":
            at = line_end(text, at)
            continue
        if (mark == "," or mark == ")") and depth == 0:
            if start >= 0:
                elements.append(Element(start, end, owner))
            if mark == ")":
                return Listing(opening + 1, at, tuple(elements))
            start, owner = -1, None
        elif not mark.isspace() and mark != "\\":
            depth += {"(": 1, ")": -1}.get(mark, 0)
            start, end = (at if start < 0 else start), at + 1
        at += 1


def insert(sheet: Sheet, listing: Listing, at: int, *new: str) -> None:
    """Put members in front of the element with this index, or behind the last one."""
    text, elements = sheet.text, listing.elements
    newline, joined = newline_of(text), ", ".join(new)
    if not elements:
        inner = text[listing.open : listing.close]
        below = f"{newline}{indent_at(text, listing.open)}{unit_of(text)}{joined}{inner}"
        sheet.replace(listing.open, listing.close, below if inner.strip() else joined)
        return
    if listing.is_generator:
        sheet.insert(listing.open, f"{joined}, (" if at == 0 else "(")
        sheet.insert(listing.close, ")" if at == 0 else f"), {joined}")
        return
    if not listing.is_vertical(text):
        if _grows_too_long(sheet, listing, len(joined) + 2):
            _explode(sheet, listing, at, new)
        elif at < len(elements):
            sheet.insert(elements[at].start, f"{joined}, ")
        else:
            sheet.insert(elements[-1].end, f", {joined}")
    elif at >= len(elements):
        _append(sheet, listing, new)
    else:
        indent = indent_at(text, elements[at].start)
        if at == 0:
            sheet.insert(elements[at].start, "".join(f"{item},{newline}{indent}" for item in new))
        else:
            # Behind the line of the one before, so that comments above the follower stay with it.
            sheet.insert(line_end(text, elements[at - 1].end), "".join(f"{newline}{indent}{item}," for item in new))


def _append(sheet: Sheet, listing: Listing, new: Sequence[str]) -> None:
    """Behind the last one of a list with one member a line."""
    text = sheet.text
    last = listing.elements[-1]
    broken = newline_of(text) + indent_at(text, last.start)
    joined = f",{broken}".join(new)
    if line_start(text, listing.close) <= last.end:
        # The bracket closes in the line of the last one.
        sheet.insert(last.end, f",{broken}{joined}")
        return
    comma = text[last.end : listing.close].lstrip().startswith(",")
    if not comma:
        sheet.insert(last.end, ",")
    sheet.insert(line_end(text, last.end), f"{broken}{joined}{',' if comma else ''}")


def _grows_too_long(sheet: Sheet, listing: Listing, more: int) -> bool:
    text = sheet.text
    last = listing.elements[-1].end
    length = line_end(text, last) - line_start(text, last)
    return length + more > max(width_of(text), 79)


def _explode(sheet: Sheet, listing: Listing, at: int, new: Sequence[str]) -> None:
    """A list that outgrows its line is broken in the manner of the file."""
    text, newline = sheet.text, newline_of(sheet.text)
    joined, elements = ", ".join(new), listing.elements
    if "\n" not in text[listing.open : listing.close] and is_hanging(text):
        members = [sheet.take(item.start, item.end) for item in elements]
        members[at:at] = new
        base = indent_at(text, listing.open)
        inner = base + unit_of(text)
        line = ", ".join(members)
        fits = len(inner) + len(line) <= width_of(text)
        content = f"{newline}{inner}{line}" if fits else "".join(f"{newline}{inner}{member}," for member in members)
        sheet.replace(listing.open, listing.close, f"{content}{newline}{base}")
        return
    beside = elements[min(at, len(elements) - 1)].start
    column = " " * (listing.open - line_start(text, listing.open))
    broken = newline + (indent_at(text, beside) if line_start(text, beside) > listing.open else column)
    if at >= len(elements):
        sheet.insert(elements[-1].end, f",{broken}{joined}")
    else:
        sheet.insert(beside, f"{joined},{broken}")


def remove(sheet: Sheet, listing: Listing, gone: Collection[int]) -> None:
    """Take members out by index, each with its comma, and with its line where it has one of its own."""
    text, elements = sheet.text, listing.elements
    kept = [i for i in range(len(elements)) if i not in gone]
    if not kept:
        _drop(sheet, listing.open, listing.close)
        return
    last = elements[kept[-1]]
    vertical = listing.is_vertical(text)
    closes_below = line_start(text, listing.close) > elements[-1].end
    for i in sorted(i for i in gone if vertical and (closes_below or i < kept[-1])):
        _drop(sheet, _line_before(text, elements[i].start), line_end(text, elements[i].end))
    for i in sorted(i for i in gone if not vertical and i < kept[-1]):
        _drop(sheet, elements[i].start, elements[i + 1].start)
    if last is elements[-1]:
        return
    if not (vertical and closes_below):
        _drop(sheet, last.end, elements[-1].end)
    elif not text[elements[-1].end : listing.close].lstrip().startswith(","):
        # The last line had no comma, the new last one has.
        comma = text.index(",", last.end)
        sheet.replace(comma, comma + 1, "")


def _drop(sheet: Sheet, start: int, end: int) -> None:
    sheet.take(start, end)
    sheet.replace(start, end, "")


def _line_before(text: str, offset: int) -> int:
    """The end of the line before that of an offset, its line break left out."""
    start = line_start(text, offset)
    return start - 2 if text[start - 2 : start] == "\r\n" else start - 1


Member = int | str | tuple[str, int]
"""An element by index, a new text, or a text in front of an element."""


def arrange(sheet: Sheet, listing: Listing, members: Sequence[Member]) -> None:
    """Write the list anew in the order given, in the layout that there was."""
    elements, text = listing.elements, sheet.text
    if list(members) == list(range(len(elements))):
        return
    if not elements:
        sheet.replace(listing.open, listing.close, ", ".join(str(member) for member in members))
        return
    if not members:
        _drop(sheet, listing.open, listing.close)
        return
    taken = [sheet.take(item.start, item.end) for item in elements]
    made = [
        taken[member] if isinstance(member, int) else member if isinstance(member, str) else member[0] + taken[member[1]]
        for member in members
    ]
    start, end = elements[0].start, elements[-1].end
    between = [text[one.end : other.start] for one, other in zip(elements, elements[1:], strict=False)]
    closes_below = line_start(text, listing.close) > end
    if closes_below and listing.is_vertical(text) and any("#" in gap for gap in (*between, text[end : listing.close])):
        _with_remarks(sheet, listing, members, made)
        return
    newline = newline_of(text)
    usual = f",{newline}{indent_at(text, start)}" if listing.is_vertical(text) else ", "
    gaps = (between + [usual] * len(made))[: max(len(made) - 1, 0)]
    sheet.take(start, end)
    sheet.replace(start, end, "".join(piece + gap for piece, gap in zip(made, [*gaps, ""], strict=True)))


def _with_remarks(sheet: Sheet, listing: Listing, members: Sequence[Member], made: Sequence[str]) -> None:
    """One member a line with comments, which stay beside or above the member that they speak of."""
    text, elements = sheet.text, listing.elements
    newline, indent = newline_of(text), indent_at(text, elements[0].start)
    lines: list[str] = []
    for member, piece in zip(members, made, strict=True):
        if isinstance(member, str):
            lines.append(f"{indent}{piece},")
            continue
        number = member if isinstance(member, int) else member[1]
        item = elements[number]
        before = line_end(text, elements[number - 1].end) if number else line_end(text, listing.open)
        above = text[before : line_start(text, item.start)].strip("\r\n")
        behind = text[item.end : line_end(text, item.end)]
        remark = behind[behind.index("#") :] if "#" in behind else ""
        lines.extend([above] if above.strip() else [])
        lines.append(f"{indent}{piece},{'  ' + remark if remark else ''}")
    start, end = line_end(text, listing.open), line_end(text, elements[-1].end)
    sheet.take(start, end)
    sheet.replace(start, end, "".join(newline + line for line in lines))
