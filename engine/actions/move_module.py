"""MOVE of modules and packages to another path: imports of them, relative imports inside them, dotted names and paths in text.

A module that goes into an existing one is merged; see `merge.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.actions.base import Asked, Refused, Rewritten, Sheets
from engine.actions.delete_module import files_of
from engine.actions.dotted import names_module
from engine.actions.import_edits import ImportEdits
from engine.actions.import_text import Spec
from engine.actions.imports import Imported, leads_to, source_of
from engine.actions.module_names import ModuleName, Naming, parts_of, with_paths
from engine.actions.new_module import added_packages
from engine.destination import unimportable
from engine.evidence import Entity, Kind, Module, Role
from engine.evidence.literals import dotted_prefix
from engine.evidence.scopes import Use
from engine.evidence.source import is_python
from engine.sites import Candidate

_FOLDERS = re.compile(r"(?:[\w.-]+/)+$")
_TEXT = frozenset({Role.STRING.value, Role.STRING_PART.value, Role.DOCSTRING.value, Role.COMMENT.value, Role.PROSE.value, Role.CONFIG.value, Role.OTHER.value})


@dataclass(slots=True)
class _Relocating:
    """Where every file goes."""

    asked: Asked
    naming: Naming
    paths: Mapping[str, str]
    sheets: Sheets
    edits: dict[str, ImportEdits] = field(default_factory=dict)
    done: set[tuple[str, int]] = field(default_factory=set)

    def now(self, path: str) -> str:
        """The path of a file afterwards."""
        return self.paths.get(path, path)

    def change(self, path: str, start: int, end: int, after: str) -> None:
        """Change a text once."""
        if (path, start) not in self.done:
            self.done.add((path, start))
            self.sheets[path].replace(start, end, after)


def destination_of(target: Entity, to: str, paths: frozenset[str]) -> str:
    """The path that a module has afterwards; of a package, of its `__init__.py`."""
    is_folder = to.endswith("/") or any(path.startswith(f"{to}/") for path in paths)
    folder = to.rstrip("/")
    if target.kind is Kind.PACKAGE:
        # Into a folder that is there, or under a new name.
        inside = any(path.startswith(f"{folder}/") for path in paths) or not to.endswith("/") and folder.endswith(".py")
        return f"{folder}/{target.name}/__init__.py" if inside else f"{folder}/__init__.py"
    return f"{folder}/{target.path.rpartition('/')[2]}" if is_folder else to


def move_modules(asked: Asked) -> Rewritten | Refused:
    """Give files a new path and mend what leads to them."""
    paths: dict[str, str] = {}
    relocated: dict[Entity, Entity] = {}
    for target in asked.intent.targets:
        if target.kind not in (Kind.MODULE, Kind.PACKAGE):
            return Refused("Modules and definitions can't be moved in one go; ask for one after the other.")
        if not any(place.before == target.name for place in asked.meant):
            return Refused(f"No place of {target.name} was taken for the one that is meant.")
        new = destination_of(target, asked.intent.to, asked.project.paths)
        if new == target.path:
            return Refused(f"{target.name} is at {new} already.")
        if not new.endswith((".py", ".pyi")):
            return Refused(f"{target.name} is a Python module, and {new} is no path for one.")
        strange = unimportable(new, asked.project.paths)
        if strange and any(place.start >= 0 for place in asked.meant):
            return Refused(f"{strange} can't be imported: choose a path of names.")
        old_folder, new_folder = target.path.rpartition("/")[0], new.rpartition("/")[0]
        for path in files_of(asked, target):
            stub = "i" if path.endswith(".pyi") and not new.endswith(".pyi") else ""
            paths[path] = new_folder + path[len(old_folder) :] if target.kind is Kind.PACKAGE else new + stub
        relocated[target] = Entity(target.kind, parts_of(new)[-1], new)
    taken = sorted(new for new in paths.values() if new in asked.project.paths and new not in paths)
    if taken or len(set(paths.values())) < len(paths):
        return Refused(f"{(taken or sorted(paths.values()))[0]} is there already; choose another path.")
    return _carried(asked, paths, relocated)


def _carried(asked: Asked, paths: Mapping[str, str], relocated: Mapping[Entity, Entity]) -> Rewritten:
    packages = [init for new in paths.values() for init in added_packages(with_paths(asked.project, [p for p in paths.values() if p != new]), new)]
    project = with_paths(asked.project, {*paths.values(), *packages})
    doing = _Relocating(asked, Naming(project), paths, Sheets(asked.project))
    for path in sorted({place.path for place in asked.meant if place.start >= 0}):
        module = asked.project.module(path) if is_python(path) else None
        for place in asked.of(path):
            _mend(doing, place, module)
    for path in sorted(paths):
        module = asked.project.module(path) if is_python(path) else None
        if module is not None:
            _rebase(doing, module)
    for path, edits in doing.edits.items():
        edits.write(doing.sheets[path])
    texts: dict[str, str | None] = dict.fromkeys(paths)
    for path in dict.fromkeys([*doing.sheets, *sorted(paths)]):
        texts[doing.now(path)] = doing.sheets[path].result()
    texts.update({init: "" for init in packages if init not in texts})
    return Rewritten({path: text for path, text in texts.items() if text != asked.project.text(path) or path in paths}, dict(relocated))


def _imports(doing: _Relocating, module: Module) -> ImportEdits:
    return doing.edits.setdefault(module.path, ImportEdits(doing.naming.project, module))


def _mend(doing: _Relocating, place: Candidate, module: Module | None) -> None:
    if module is None or module.index is None or place.label in _TEXT:
        _mend_text(doing, place, doing.asked.project.text(place.path) or "")
        return
    use = next((use for use in module.index.uses.get(place.before, ()) if module.positions.of_use(use, place.before) == place.start), None)
    if use is None:
        return
    if isinstance(use.node, (ast.alias, ast.ImportFrom)):
        _mend_import(doing, module, use, place)
    elif isinstance(use.node, ast.Attribute):
        _mend_chain(doing, module, use.node)
    elif isinstance(use.node, ast.Name):
        _mend_name(doing, module, use.node, place)


def _mend_import(doing: _Relocating, module: Module, use: Use, place: Candidate) -> None:
    """The statement that names the module, or takes it from its package."""
    edits = _imports(doing, module)
    for item in [item for item in edits.items if item.node is use.holder and (use.node is item.alias or use.node is item.node)]:
        spec = _turned(doing, module, item)
        if spec is not None and (module.path, id(item)) not in doing.done:
            doing.done.add((module.path, id(item)))
            edits.replace(item, spec)




def _turned(doing: _Relocating, module: Module, item: Imported) -> Spec | None:
    """An import as it has to be afterwards; None where it may stay."""
    project, here = doing.asked.project, doing.now(module.path)
    source, (whole, member) = source_of(project, module.path, item), leads_to(project, module.path, item)
    if isinstance(item.node, ast.Import):
        if not isinstance(source, str) or source not in doing.paths:
            return None
        return Spec(ModuleName(doing.naming.absolute(doing.now(source), (source, item.alias.name))), "", item.alias.asname or "")
    if not member and whole in doing.paths and isinstance(source, str) and source not in doing.paths:
        parts = parts_of(doing.now(whole))
        package = "/".join([*parts[:-1], "__init__.py"])
        if not parts[:-1]:
            return Spec(ModuleName(parts[-1]), "", item.alias.asname or "")
        name = doing.naming.relative(parts[:-1], here) if item.node.level else None
        name = name or ModuleName(doing.naming.absolute(package, (source, item.node.module or "")))
        if not name.level and not doing.naming.project.dotted(package):
            name = ModuleName(doing.naming.absolute(doing.now(whole)).rpartition(".")[0] or parts[-2])
        return Spec(name, parts[-1], item.alias.asname or "")
    if isinstance(source, str) and source in doing.paths:
        return Spec(doing.naming.instead(doing.now(source), here, item.node, source), item.alias.name, item.alias.asname or "")
    return None


def _mend_chain(doing: _Relocating, module: Module, node: ast.Attribute) -> None:
    """`package.module`, by which the module is reached after `import package.module`."""
    root: ast.expr = node
    chain: list[str] = []
    while isinstance(root, ast.Attribute):
        chain.append(root.attr)
        root = root.value
    if not isinstance(root, ast.Name):
        return
    written = ".".join([root.id, *reversed(chain)])
    for old, new in doing.paths.items():
        if names_module(written, old):
            plain = any(isinstance(item.node, ast.Import) and item.bound == root.id and not item.alias.asname for item in _imports(doing, module).items)
            start, end = module.positions.span(node)
            if plain:
                doing.change(module.path, start, end, doing.naming.absolute(new, (old, written)))
            else:
                doing.change(module.path, end - len(node.attr), end, parts_of(new)[-1])
            return


def _mend_name(doing: _Relocating, module: Module, node: ast.Name, place: Candidate) -> None:
    """The bare name of a module whose name changes."""
    new = next((parts_of(new)[-1] for old, new in doing.paths.items() if parts_of(old)[-1] == node.id), node.id)
    items = [item for item in _imports(doing, module).items if item.bound == node.id]
    if items and all(isinstance(item.node, ast.ImportFrom) or item.alias.name == node.id for item in items) and new != node.id:
        doing.change(module.path, place.start, place.end, new)


def _mend_text(doing: _Relocating, place: Candidate, text: str) -> None:
    prefix = dotted_prefix(text, place.start)
    module = doing.asked.project.module(place.path) if place.label == Role.STRING.value and is_python(place.path) else None
    if not prefix and module is not None and module.index is not None and place.before in (module.index.exports or ()):
        new = next((parts_of(new)[-1] for old, new in doing.paths.items() if parts_of(old)[-1] == place.before), place.before)
        if any(item.bound == place.before and item.alias.name == place.before for item in _imports(doing, module).items):
            doing.change(place.path, place.start, place.end, new)
        return
    written = (prefix + place.before).replace(":", ".")
    for old, new in doing.paths.items():
        if (prefix or "." in written or text.startswith(".", place.end)) and names_module(written, old) and parts_of(old)[-1] == place.before:
            doing.change(place.path, place.start - len(prefix), place.end, doing.naming.absolute(new, (old, written)))
            return
        folders = _FOLDERS.search(text, max(0, place.start - 160), place.start)
        before = folders.group() if folders else ""
        if (before or text.startswith(".py", place.end)) and parts_of(old)[-1] == place.before:
            own, whole = "/".join(parts_of(old)), (before + place.before).removeprefix("./")
            if f"/{own}".endswith(f"/{whole}"):
                root = own[: len(own) - len(whole)]
                after = "/".join(parts_of(new))
                start = place.start - len(before) + (2 if before.startswith("./") else 0)
                doing.change(place.path, start, place.end, after[len(root) :] if after.startswith(root) else after)
                return


def _rebase(doing: _Relocating, module: Module) -> None:
    """Relative imports of a file whose folder changes, and its imports of files that go with it."""
    edits, here = _imports(doing, module), doing.now(module.path)
    for item in edits.items:
        if (module.path, id(item)) in doing.done or not isinstance(item.node, ast.ImportFrom) or not item.node.level:
            continue
        spec = _turned(doing, module, item)
        if spec is None:
            if here.rpartition("/")[0] == module.path.rpartition("/")[0]:
                continue
            source = source_of(doing.asked.project, module.path, item)
            name = doing.naming.relative(parts_of(source), here) if isinstance(source, str) else None
            spec = Spec(name or doing.naming.carried(item.node, module.path, here), item.alias.name, item.alias.asname or "")
        if str(spec.module) != "." * item.node.level + (item.node.module or "") or spec.name != item.alias.name:
            doing.done.add((module.path, id(item)))
            edits.replace(item, spec)
