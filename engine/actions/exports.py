"""`__all__` of a module: names taken out and put in, in the layout that it has."""

from __future__ import annotations

import ast
from collections.abc import Collection

from engine.actions.base import Sheet
from engine.actions.layout import line_after, line_start, newline_of
from engine.evidence import Module
from engine.evidence.scopes import strings_of


def exported(module: Module) -> list[ast.Constant]:
    """The strings in `__all__`, wherever it is set or extended at the top of a module."""
    found: list[ast.Constant] = []
    for node in module.tree.body if module.tree is not None else []:
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) else None
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, (ast.AnnAssign, ast.AugAssign)) else []
        if value is not None and any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            found += strings_of(value)
    return sorted(found, key=lambda item: (item.lineno, item.col_offset))


def drop_exports(module: Module, sheet: Sheet, names: Collection[str]) -> None:
    """Take names out of `__all__`, as far as they are there."""
    taken: list[tuple[int, int]] = []
    for item in exported(module):
        if item.value in names:
            start, end = _with_comma(module.text, *module.positions.span(item))
            while taken and start < taken[-1][1]:
                # The comma in front of this one went with its neighbour: both go as one.
                start, end = _with_comma(module.text, taken.pop()[0], end)
            taken.append((start, end))
    for start, end in taken:
        sheet.replace(start, end, "")


def _with_comma(text: str, start: int, end: int) -> tuple[int, int]:
    """An element with one comma, and with its line where it stands alone there."""
    behind = end
    while behind < len(text) and text[behind] in " \t":
        behind += 1
    comma = text[behind : behind + 1] == ","
    if comma:
        behind += 1
    first, last = line_start(text, start), line_after(text, behind)
    rest = text[behind:last].strip()
    if not text[first:start].strip() and (not rest or rest.startswith("#")):
        return first, last
    if comma:
        while behind < len(text) and text[behind] in " \t":
            behind += 1
        return start, behind
    before = start
    while before > 0 and text[before - 1] in " \t\r\n":
        before -= 1
    return (before - 1, end) if text[before - 1 : before] == "," else (start, end)


def add_export(module: Module, sheet: Sheet, name: str) -> bool:
    """Put a name into `__all__`, in its order if it has one; False where there is none to put it into."""
    strings = exported(module)
    if not strings:
        return False
    text, values = module.text, [str(item.value) for item in strings]
    if name in values:
        return True
    spans = [module.positions.span(item) for item in strings]
    quote = text[spans[0][0]]
    written = f"{quote}{name}{quote}"
    sorted_keys = next((key for key in (str, str.lower) if [key(v) for v in values] == sorted(key(v) for v in values)), None)
    place = sum(sorted_keys(value) <= sorted_keys(name) for value in values) if sorted_keys is not None and len(values) > 1 else len(values)
    alone = not text[line_start(text, spans[0][0]) : spans[0][0]].strip() and (
        len(spans) == 1 or line_start(text, spans[1][0]) != line_start(text, spans[0][0])
    )  # fmt: skip
    if place < len(values):
        separator = "," + newline_of(text) + text[line_start(text, spans[place][0]) : spans[place][0]] if alone else ", "
        sheet.insert(spans[place][0], written + separator)
    else:
        end = spans[-1][1]
        separator = "," + newline_of(text) + text[line_start(text, spans[-1][0]) : spans[-1][0]] if alone else ", "
        sheet.insert(end, separator + written)
    return True
