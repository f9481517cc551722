"""Strings that patch a name in a module which no longer has it: the code that used it has gone elsewhere, with the import."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping

from engine.actions.base import Sheet
from engine.actions.cycles import After
from engine.actions.module_names import Naming
from engine.evidence import Module, Project
from engine.evidence.literals import dotted_prefix
from engine.evidence.source import is_python
from engine.features import Zone, zone_of


def patches_followed(
    project: Project, home: Module, to: str, texts: Mapping[str, str | None], moved: Collection[str]
) -> dict[str, str | None]:
    """Test files whose strings name `home.name`, where an edit (texts) has taken `name` from `home` and put it into `to`."""
    after = After(project, texts)
    old, new = after.module(home.path) if home.path in after.paths else None, after.module(to)
    if home.root is None or new is None or new.root is None:
        return {}
    left = home.root.bindings.keys() - (old.root.bindings.keys() if old is not None and old.root is not None else set())
    names = sorted((left & new.root.bindings.keys()) - set(moved))
    out: dict[str, str | None] = {}
    if not names:
        return out
    word = re.compile(rf"(?<=\.)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    naming = Naming(after)
    for path in sorted(path for path in after.paths if is_python(path) and zone_of(path) is Zone.TEST):
        text = after.text(path) or ""
        module = after.module(path) if word.search(text) else None
        if module is None or module.index is None:
            continue
        sheet = Sheet(text)
        for literal in module.index.literals:
            if isinstance(literal.node, ast.Constant) and not literal.docstring:
                for found in word.finditer(text, *module.positions.span(literal.node)):
                    prefix = dotted_prefix(text, found.start())
                    if prefix and project.resolve(prefix[:-1], path) == home.path:
                        sheet.replace(found.start() - len(prefix), found.start() - 1, naming.absolute(to, (home.path, prefix[:-1])))
        if sheet.result() != text:
            out[path] = sheet.result()
    return out
