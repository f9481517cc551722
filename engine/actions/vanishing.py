"""Names that a module no longer has at its top: imports of them, and what exports them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.actions.base import Asked, Sheet
from engine.actions.exports import add_export, drop_exports
from engine.actions.import_edits import ImportEdits
from engine.actions.import_text import Spec
from engine.actions.imports import Context
from engine.actions.module_names import Naming
from engine.evidence import Role
from engine.evidence.source import is_python, parse_module


def mend_vanished(asked: Asked, texts: Mapping[str, str | None], names: Collection[str], home: str, instead: str) -> dict[str, str | None]:
    """The texts without imports and exports of names, where these were meant; packages import and export `instead` in their place."""
    out = dict(texts)
    imported = {place.path for place in asked.meant if place.label == Role.IMPORT_NAME.value and place.before in names}
    exporting = {place.path for place in asked.meant if place.label == Role.STRING.value and place.before in names} | {home}
    for path in sorted(imported | exporting):
        text = out.get(path, asked.project.text(path))
        if text is None or not is_python(path):
            continue
        if path in imported:
            text = _without_imports(asked, path, text, names, home, instead)
        text = _without_exports(path, text, names, instead)
        if text != asked.project.text(path):
            out[path] = text
    return out


def _without_imports(asked: Asked, path: str, text: str, names: Collection[str], home: str, instead: str) -> str:
    module = parse_module(path, text)
    edits = ImportEdits(asked.project, module)
    bound = {item.bound for item in edits.items}
    for item in edits.items:
        if item.alias.name not in names or not hasattr(item.node, "level"):
            continue
        exporter = path.rpartition("/")[2] == "__init__.py" and item.context is Context.TOP
        if exporter and instead and instead not in bound:
            edits.replace(item, Spec(Naming(asked.project).of(home, path), instead))
            bound.add(instead)
        else:
            edits.drop(item)
    sheet = Sheet(text)
    edits.write(sheet)
    return sheet.result()


def _without_exports(path: str, text: str, names: Collection[str], instead: str) -> str:
    for name in names:
        module = parse_module(path, text)
        exports = module.index.exports if module.index is not None else None
        if exports is None or name not in exports:
            continue
        sheet = Sheet(text)
        drop_exports(module, sheet, (name,))
        text = sheet.result()
        module = parse_module(path, text)
        bound = module.root is not None and instead in module.root.bindings
        if instead and bound and instead not in (module.index.exports or () if module.index is not None else ()):
            sheet = Sheet(text)
            add_export(module, sheet, instead)
            text = sheet.result()
    return text
