"""The entries that a docstring has for parameters, in the manners of Google, NumPy and Sphinx: found, added, taken out.

Works on the text of the literal as it stands in the file; a docstring that documents no parameter is left alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

from engine.actions.base import Sheet
from engine.actions.layout import newline_of
from engine.evidence import Module

_GOOGLE = re.compile(r"[ \t]*(?:Args|Arguments|Parameters|Params|Keyword Args|Keyword Arguments|Other Parameters|Attributes):[ \t]*$")
_NUMPY = re.compile(r"[ \t]*(?:Parameters|Other Parameters|Keyword Arguments|Attributes)[ \t]*$")
_RULE = re.compile(r"[ \t]*-{3,}[ \t]*$")
_GOOGLE_ENTRY = re.compile(r"[ \t]*\*{0,2}(\w+)[ \t]*(\([^)]*\))?[ \t]*:")
_NUMPY_ENTRY = re.compile(r"[ \t]*(\*{0,2}\w+(?:[ \t]*,[ \t]*\*{0,2}\w+)*)[ \t]*(:.*)?$")
_FIELD = re.compile(r"[ \t]*[:@](param|parameter|arg|argument|key|keyword|type|cvar|ivar)[ \t]+(?:([^:\n]*?)[ \t]+)?\\?\*{0,2}(\w+)[ \t]*:")


class Manner(Enum):
    """How a docstring documents parameters."""

    GOOGLE = "google"
    NUMPY = "numpy"
    FIELDS = "fields"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a docstring says of one parameter, or of several at once, as whole lines."""

    names: tuple[str, ...]
    start: int
    end: int
    head: str
    """Its first line."""
    manner: Manner
    is_type: bool = False
    """A `:type name:` field."""


def docstring_of(node: ast.AST) -> ast.Constant | None:
    """The literal at the beginning of a body."""
    body = getattr(node, "body", [])
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str):
        return body[0].value
    return None


def entries(module: Module, node: ast.AST) -> list[Entry]:
    """All entries in the docstring of a function or class."""
    literal = docstring_of(node)
    if literal is None:
        return []
    start, end = module.positions.span(literal)
    lines = _lines(module.text, start, end)
    found: list[Entry] = []
    for i, (_, line) in enumerate(lines):
        if _GOOGLE.match(line):
            found.extend(_section(lines, i + 1, Manner.GOOGLE, line))
        elif _NUMPY.match(line) and i + 1 < len(lines) and _RULE.match(lines[i + 1][1]):
            found.extend(_section(lines, i + 2, Manner.NUMPY, line))
        elif match := _FIELD.match(line):
            last = _last(lines, i, _width(line))
            found.append(Entry((match[3],), lines[i][0], _end(lines, last), line, Manner.FIELDS, match[1] == "type"))
    return found


def _lines(text: str, start: int, end: int) -> list[tuple[int, str]]:
    """Offset and content of each whole line inside the literal; its first and last line are left out."""
    found = []
    at = text.find("\n", start, end) + 1
    while 0 < at < end:
        stop = text.find("\n", at, end)
        if stop < 0:
            # The closing quotes may follow the last entry in its line.
            break
        found.append((at, text[at : stop + 1]))
        at = stop + 1
    return found


def _width(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _end(lines: Sequence[tuple[int, str]], i: int) -> int:
    return lines[i][0] + len(lines[i][1])


def _last(lines: Sequence[tuple[int, str]], i: int, indent: int) -> int:
    """The last line of an entry: what is indented deeper, blank lines inside included."""
    last = i
    for j in range(i + 1, len(lines)):
        line = lines[j][1]
        if line.strip():
            if _width(line) <= indent:
                break
            last = j
    return last


def _section(lines: Sequence[tuple[int, str]], first: int, manner: Manner, header: str) -> list[Entry]:
    found: list[Entry] = []
    i, indent = first, -1
    pattern = _GOOGLE_ENTRY if manner is Manner.GOOGLE else _NUMPY_ENTRY
    while i < len(lines):
        line = lines[i][1]
        if not line.strip():
            i += 1
            continue
        width = _width(line)
        indent = width if indent < 0 else indent
        over = width <= _width(header) if manner is Manner.GOOGLE else i + 1 < len(lines) and bool(_RULE.match(lines[i + 1][1]))
        if over or width < indent:
            break
        match = pattern.match(line.rstrip("\r\n"))
        last = _last(lines, i, width)
        if match is not None and width == indent:
            names = tuple(name.strip("* \t") for name in match[1].split(","))
            found.append(Entry(names, lines[i][0], _end(lines, last), line, manner))
        elif manner is Manner.NUMPY:
            break
        i = last + 1
    return found


def add_entry(sheet: Sheet, module: Module, node: ast.AST, order: Sequence[str], new: str, kind: str, default: str, words: str) -> bool:
    """Document a parameter where others are documented; order: the names of the signature with the new one; False where none is."""
    known = [entry for entry in entries(module, node) if set(entry.names) & set(order)]
    if not known or any(new in entry.names for entry in known):
        return False
    place = order.index(new)
    before = [entry for entry in known if set(entry.names) & set(order[:place])]
    anchor = max(before, key=lambda entry: entry.start) if before else min(known, key=lambda entry: entry.start)
    written = _written(known, anchor, new, kind, default, words, newline_of(module.text))
    gap = _gap(module.text, known)
    if before:
        sheet.insert(anchor.end, gap + written)
    else:
        sheet.insert(anchor.start, written + gap)
    return True


def _gap(text: str, known: Sequence[Entry]) -> str:
    """The blank lines between entries, where there are any."""
    for one, other in zip(known, known[1:], strict=False):
        between = text[one.end : other.start]
        if between.strip():
            continue
        return between
    return ""


def _written(known: Sequence[Entry], anchor: Entry, new: str, kind: str, default: str, words: str, newline: str) -> str:
    indent = anchor.head[: _width(anchor.head)]
    said = words or new.strip("_").replace("_", " ")
    said = said[:1].upper() + said[1:].rstrip(".") + "."
    if anchor.manner is Manner.GOOGLE:
        typed = any((match := _GOOGLE_ENTRY.match(entry.head)) and match[2] for entry in known)
        optional = ", optional" if default and any("optional)" in entry.head for entry in known) else ""
        return f"{indent}{new}{f' ({kind}{optional})' if typed and kind else ''}: {said}{newline}"
    if anchor.manner is Manner.NUMPY:
        optional = ", optional" if default and any("optional" in entry.head for entry in known) else ""
        colon = ": " if any(re.search(r"\w: ", entry.head) for entry in known) else " : "
        behind = f"{colon}{kind}{optional}" if kind else ""
        return f"{indent}{new}{behind}{newline}{indent}    {said}{newline}"
    match = _FIELD.match(anchor.head)
    word = match[1] if match and match[1] != "type" else "param"
    mark = anchor.head[len(indent)]
    inline = bool(kind) and any((m := _FIELD.match(entry.head)) and m[1] != "type" and m[2] for entry in known)
    line = f"{indent}{mark}{word} {f'{kind} ' if inline else ''}{new}: {said}{newline}"
    if kind and any(entry.is_type for entry in known):
        line += f"{indent}{mark}type {new}: {kind}{newline}"
    return line


def drop_entries(sheet: Sheet, module: Module, node: ast.AST, gone: Collection[str], *, keep_heading: bool = False) -> None:
    """Take out what a docstring says of parameters; of a shared entry only the name; a section that is left empty goes with its heading."""
    text, found = module.text, entries(module, node)
    dropped = [entry for entry in found if set(entry.names) <= set(gone)]
    for entry in found:
        if entry not in dropped and set(entry.names) & set(gone):
            head = ", ".join(name for name in entry.names if name not in gone)
            start = entry.start + _width(entry.head)
            old = re.match(r"\*{0,2}\w+(?:[ \t]*,[ \t]*\*{0,2}\w+)*", text[start:])
            if old is not None:
                sheet.replace(start, start + old.end(), head)
    for entry in dropped:
        start, end = entry.start, entry.end
        following = next((other for other in found if other.start >= end), None)
        if following is not None and not text[end : following.start].strip():
            end = following.start
        sheet.take(start, end)
        sheet.replace(start, end, "")
    if dropped and not keep_heading and len(dropped) == len(found) and dropped[0].manner is not Manner.FIELDS:
        _drop_heading(sheet, text, dropped[0])


def _drop_heading(sheet: Sheet, text: str, first: Entry) -> None:
    at = first.start
    for _ in range(1 if first.manner is Manner.GOOGLE else 2):
        at = text.rfind("\n", 0, at - 1) + 1
    above = text.rfind("\n", 0, at - 1) + 1
    # The blank line above the heading goes with it.
    sheet.replace(above if not text[above:at].strip() else at, first.start, "")


def reorder_entries(sheet: Sheet, module: Module, node: ast.AST, old: Sequence[str], new: Sequence[str]) -> None:
    """Put the entries of a docstring in another order, where they stood in the old one."""
    found = [entry for entry in entries(module, node) if len(entry.names) == 1 and entry.names[0] in new]
    names = [entry.names[0] for entry in found]
    if len(set(names)) != len(names) or names != [name for name in old if name in names]:
        return
    by_name = {entry.names[0]: module.text[entry.start : entry.end] for entry in found}
    for entry, name in zip(found, [name for name in new if name in names], strict=True):
        sheet.replace(entry.start, entry.end, by_name[name])
