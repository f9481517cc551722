"""DELETE of modules and packages: the files, and the imports that nothing uses."""

from __future__ import annotations

from engine.actions.base import Asked, Refused, Rewritten, Sheets
from engine.actions.exports import drop_exports
from engine.actions.import_edits import ImportEdits
from engine.actions.imports import Context, Imported, imports_of, leads_to, source_of
from engine.actions.leftovers import finish, used_in
from engine.actions.taking_along import taken_elsewhere
from engine.evidence import Entity, Kind, Module
from engine.evidence.source import is_python
from engine.features import Zone, zone_of


def files_of(asked: Asked, target: Entity) -> set[str]:
    """The files that a module or package is, its stub included."""
    if target.kind is Kind.PACKAGE:
        folder = target.path.rpartition("/")[0] + "/"
        return {path for path in asked.project.paths if path.startswith(folder)}
    return set(asked.project.stubs(target.path))


def delete_modules(asked: Asked) -> Rewritten | Refused:
    """Delete modules whose names nothing uses any more."""
    gone = {path for target in asked.intent.targets for path in files_of(asked, target)}
    named = {place.path for place in asked.meant}
    if not named:
        return Refused(f"No place of {asked.intent.target.name} was taken for the one that is meant.")
    gone |= {path for path in named if path not in gone and _is_test_of(path, asked)}
    sheets, edits, notes, dropped = Sheets(asked.project), dict[str, ImportEdits](), list[str](), dict[str, set[str]]()
    for path in sorted(named - gone):
        module = asked.project.module(path) if is_python(path) else None
        if module is None or module.tree is None:
            notes += [f"{path} still speaks of {place.before}." for place in asked.of(path)[:1]]
            continue
        names = _names_from(asked, module, gone)
        used = used_in(module)
        exports = module.index.exports or frozenset() if module.index is not None else frozenset()
        unlisted: set[str] = set()
        for item in imports_of(module):
            if not _leads_into(asked, module, item, gone):
                continue
            listed = item.bound in exports
            lines = used.local.get(item.bound, ())
            if lines and item.context is not Context.LOCAL or (item.bound in used.names and not listed):
                return Refused(f"{path}:{lines[0] if lines else item.node.lineno} still uses {item.bound} of {asked.intent.target.name}; change that first.")
            edits.setdefault(path, ImportEdits(asked.project, module)).drop(item)
            if listed:
                unlisted.add(item.bound)
        if unlisted:
            drop_exports(module, sheets[path], unlisted)
        dropped[path] = names
    for path, names in dropped.items():
        taken = taken_elsewhere(asked.project, path, names) & names if names else set()
        if taken:
            return Refused(f"{', '.join(sorted(taken))} of {asked.intent.target.name} is still taken from {path} elsewhere; change that first.")
    for path, own in edits.items():
        own.write(sheets[path])
    texts: dict[str, str | None] = dict.fromkeys(gone)
    for path in list(sheets):
        before = asked.project.module(path)
        text = sheets[path].result()
        texts[path] = text if before is None else finish(asked.project, before, text)
    return Rewritten(texts, {}, tuple(dict.fromkeys(notes)))


def _is_test_of(path: str, asked: Asked) -> bool:
    """`test_name.py` is about the module `name`."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    return zone_of(path) is Zone.TEST and any(stem in (f"test_{target.name}", f"{target.name}_test") for target in asked.intent.targets)


def _leads_into(asked: Asked, module: Module, item: Imported, gone: set[str]) -> bool:
    from_module = source_of(asked.project, module.path, item)
    whole = leads_to(asked.project, module.path, item)
    return from_module in gone or (not whole[1] and whole[0] in gone)


def _names_from(asked: Asked, module: Module, gone: set[str]) -> set[str]:
    """Names that a file passes on from the deleted modules."""
    found: set[str] = set()
    for item in imports_of(module):
        if _leads_into(asked, module, item, gone):
            if item.alias.name != "*":
                found.add(item.bound)
                continue
            for path in gone:
                other = asked.project.module(path) if is_python(path) else None
                if other is not None and other.root is not None and source_of(asked.project, module.path, item) == path:
                    found |= {name for name in other.root.bindings if not name.startswith("_")}
    return found
