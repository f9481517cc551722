"""Dotted paths in strings, comments and documentation: what they become when a definition has a new home."""

from __future__ import annotations

import re
from collections.abc import Collection

from engine.actions.module_names import Naming, parts_of
from engine.evidence.literals import dotted_prefix

_IMPORT = re.compile(r"(?P<lead>[ \t>.]*)from[ \t]+(?P<module>[\w.]+)[ \t]+import[ \t]+(?P<names>[\w, \t]+?)[ \t]*(?P<end>\r?$)", re.MULTILINE)
_DIRECTIVE = re.compile(r"[ \t]*\.\.[ \t]+(?:py:)?auto(?:function|class|data|exception|decorator)::[ \t]*$")
_MODULE = re.compile(r"^\.\.[ \t]+(?:py:)?(?:current)?module::[ \t]*([\w.]+)", re.MULTILINE)

Change = tuple[int, int, str]


def names_module(written: str, path: str) -> bool:
    """Whether a dotted name is that of a module, from any root above it."""
    parts, own = written.split("."), parts_of(path)
    return len(parts) <= len(own) and own[len(own) - len(parts) :] == parts


def retargeted(naming: Naming, text: str, start: int, moved: Collection[str], old: str, new: str) -> Change | None:
    """The change of a text at whose offset `start` stands one of the definitions that moved from the module `old` to `new`.

    None where the place names no module.
    """
    prefix = dotted_prefix(text, start)
    if prefix:
        written = prefix[:-1]
        if not names_module(written.replace(":", "."), old):
            return None
        return start - len(prefix), start - 1, naming.absolute(new, (old, written))
    line = text.rfind("\n", 0, start) + 1
    found = _IMPORT.match(text, line)
    if found is not None and found.start("names") <= start < found.end("names") and names_module(found.group("module"), old):
        return _of_import(naming, found, moved, old, new)
    if _DIRECTIVE.match(text[line:start]):
        module = ""
        for item in _MODULE.finditer(text, 0, start):
            module = item.group(1)
        if module and names_module(module, old):
            return start, start, naming.absolute(new, (old, module)) + "."
    return None


def _of_import(naming: Naming, found: re.Match[str], gone: Collection[str], old: str, new: str) -> Change:
    """An import in an example: turned round, or split in two lines."""
    module = naming.absolute(new, (old, found.group("module")))
    names = [item.strip() for item in found.group("names").split(",")]
    moved = [item for item in names if item.split(" ")[0] in gone]
    kept = [item for item in names if item not in moved]
    if not kept:
        return found.start("module"), found.end("module"), module
    ending = found.group("end") + "\n"
    after = f"{', '.join(kept)}{ending}{found.group('lead')}from {module} import {', '.join(moved)}"
    return found.start("names"), found.end("names"), after
