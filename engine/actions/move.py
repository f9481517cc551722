"""MOVE of definitions: out of one or several modules, into an existing or a new one."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.actions.base import Asked, Refused, Rewritten, Sheet, Sheets
from engine.actions.cycles import After, new_cycles
from engine.actions.exports import add_export, drop_exports, exported
from engine.actions.import_text import Spec, remark_behind
from engine.actions.imports import Context, imports_of, is_typing
from engine.actions.landing import Landed, drafted, landed
from engine.actions.layout import newline_of
from engine.actions.leftovers import finish
from engine.actions.module_names import ModuleName, Naming, parts_of, with_paths
from engine.actions.move_needs import copies_for, keep_for_home, provide
from engine.actions.move_uses import mend_uses
from engine.actions.moving import Cannot, Choices, Home, Moving
from engine.actions.needs import When, needs
from engine.actions.new_module import added_packages, header_for, relies_on_postponed
from engine.actions.patches import patches_followed
from engine.actions.stars import is_as_before, listing, passed_on
from engine.actions.statements import Piece, bound_by, cut, pieces, runs, span_of
from engine.actions.taking_along import belongings, taken_elsewhere
from engine.destination import unimportable
from engine.evidence import Entity, Module
from engine.evidence.source import parse_module


def move(asked: Asked) -> Rewritten | Refused:
    """Carry definitions to their new home and mend everything that leads to them."""
    to = asked.intent.to + "__init__.py" if asked.intent.to.endswith("/") else asked.intent.to
    targets = [target for target in asked.intent.targets if target.path != to]
    if not targets:
        return Refused(f"{asked.intent.target.name} is in {to} already.")
    strange = unimportable(to, asked.project.paths)
    if strange:
        return Refused(f"{strange} can't be imported: choose a path of names.")
    for target in targets:
        if target.owner:
            return Refused(f"{target.qualname} is part of {target.owner}; only what stands at the top of a module can be moved.")
        if target.path.endswith(".pyi") or not to.endswith(".py"):
            return Refused(f"{target.name} can be moved into a Python module only; {to} is none.")
    last: Refused | None = None
    for choices in _ways(asked, targets, to):
        try:
            texts, moving = _attempt(asked, targets, to, choices)
        except Cannot as error:
            last = last or Refused(str(error))
            continue
        cycles = _circles(moving, texts)
        importers = {chain[0] for chain in cycles} - {to} - moving.homes.keys()
        if importers and not importers <= choices.lazy:
            try:
                texts, moving = _attempt(asked, targets, to, replace(choices, lazy=choices.lazy | importers))
                cycles = _circles(moving, texts)
            except Cannot as error:
                last = last or Refused(str(error))
        if not cycles:
            relocated = {target: replace(target, path=to, line=0, start=-1, end=-1) for target in targets}
            return Rewritten(texts, relocated, tuple(moving.notes))
        last = last or Refused(f"{' and '.join(dict.fromkeys(cycles[0][:2]))} would import each other ({' -> '.join(cycles[0])}); move what they share first.")
    return last or Refused("Nothing was found to move.")


def _circles(moving: Moving, texts: Mapping[str, str | None]) -> list[list[str]]:
    """Chains of imports that were no circles before, at whatever place."""
    found = new_cycles(moving.asked.project, texts, [path for path in texts if path.endswith(".py")])
    return [chain for chain in found if not is_as_before(moving, chain)]


def _ways(asked: Asked, targets: Sequence[Entity], to: str) -> Sequence[Choices]:
    """How to try it, the plainest first."""
    homes = frozenset(target.path for target in targets)
    if asked.begun:
        alone = frozenset[tuple[str, str]]()
        return [Choices(alone), Choices(alone, frozenset({to})), Choices(alone, homes), Choices(alone, homes | {to})]
    near = belongings(asked, targets, widely=False)
    wide = belongings(asked, targets, widely=True)
    ways = [Choices(wide), Choices(near), Choices(wide, frozenset({to})), Choices(wide, homes), Choices(wide, homes | {to})]
    return list(dict.fromkeys(ways))


def _attempt(asked: Asked, targets: Sequence[Entity], to: str, choices: Choices) -> tuple[dict[str, str | None], Moving]:
    packages = added_packages(asked.project, to)
    project = with_paths(asked.project, {to, *packages})
    moving = Moving(asked, project, to, {}, choices, Naming(project), Sheets(asked.project))
    for path in dict.fromkeys(target.path for target in targets):
        home = _home(asked, moving, path, [target for target in targets if target.path == path])
        if home is not None:
            moving.homes[path] = home
    if not moving.homes:
        raise Cannot(f"No definition of {asked.intent.target.name} was taken for the one that is meant.")
    _refuse_clashes(moving)
    mend_uses(moving)
    public: dict[str, list[str]] = {}
    for home in moving.homes.values():
        provide(moving, home)
        public[home.path] = keep_for_home(moving, home)
        moving.notes += [f"{stub} still describes what has gone to {to}; move it there too." for stub in asked.project.stubs(home.path) if stub != home.path]
    exported = _exports(moving, public)
    listed = [(home, name) for home in moving.homes.values() for name in passed_on(moving, home, public[home.path])]
    for path, edits in moving.edits.items():
        edits.write(moving.sheets[path])
    arriving = [listing(listed[0][0], [name for _, name in listed])] if listed else []
    arriving += [piece for home in moving.homes.values() for piece in _take(moving, home)]
    texts: dict[str, str | None] = {}
    for path in dict.fromkeys([*moving.sheets, *moving.wanted, *moving.homes]):
        if path != to:
            texts[path] = _finished(moving, path, moving.sheets[path].result())
    texts[to] = _arrived(moving, arriving, exported)
    texts.update(dict.fromkeys(packages, ""))
    for home in moving.homes.values():
        texts[home.path] = _remarked(moving, home, texts[home.path] or "", public[home.path])
        if _is_empty(home, texts[home.path] or "") and not public[home.path] and not taken_elsewhere(After(asked.project, texts), home.path):
            texts[home.path] = None
        elif not public[home.path]:
            texts[home.path] = _without_empty_exports(After(asked.project, texts), home)
    for home in moving.homes.values():
        texts.update(patches_followed(asked.project, home.module, to, texts, set(moving.moved)))
    return {path: text for path, text in texts.items() if text != asked.project.text(path)}, moving


def _home(asked: Asked, moving: Moving, path: str, targets: list[Entity]) -> Home | None:
    """What leaves a module: the targets whose definition is meant, and what goes along with them."""
    module = asked.project.module(path)
    meant = {place.before for place in asked.of(path) if place.label == "definition" or place.label == "store"}
    targets = [target for target in targets if target.name in meant]
    if module is None or module.tree is None or not targets:
        if module is not None and module.tree is None:
            raise Cannot(f"{path} can't be read as Python ({module.error}).")
        return None
    for target in targets:
        if any(isinstance(binding.node, ast.alias) for binding in (module.root.bindings.get(target.name, ()) if module.root is not None else ())):
            raise Cannot(f"{target.name} is imported in {path} under some condition, not only defined there; it can't be moved.")
    names = {target.name for target in targets} | {name for other, name in moving.choices.along if other == path}
    found = pieces(module, names)
    if isinstance(found, str):
        raise Cannot(found)
    missing = {target.name for target in targets} - {name for piece in found for name in piece.names}
    if missing:
        raise Cannot(f"{', '.join(sorted(missing))} is not defined at the top of {path}.")
    copies = copies_for(moving.destination, module, found, moving.to in moving.choices.lazy)
    return Home(module, frozenset(names), found, tuple(targets), copies)


def _refuse_clashes(moving: Moving) -> None:
    """A name that the new home uses for something else."""
    seen: dict[str, str] = {}
    for home in moving.homes.values():
        for name in home.names:
            if name in seen:
                raise Cannot(f"{name} is defined in {seen[name]} and in {home.path}; they can't both go to {moving.to}.")
            seen[name] = home.path
    root = moving.destination.root
    edits = moving.imports(moving.to) if root is not None else None
    for name in sorted(seen):
        bindings = root.bindings.get(name, []) if root is not None else []
        own = {id(item.alias) for item in edits.items if item.bound == name} if edits is not None else set()
        if any(id(binding.node) not in own for binding in bindings):
            raise Cannot(f"{moving.to} has a {name} already; rename one of them first.")


def _exports(moving: Moving, public: Mapping[str, Sequence[str]]) -> list[str]:
    """Take what left out of `__all__`; the names that the new home is to export."""
    exported: list[str] = []
    for home in moving.homes.values():
        listed = home.module.index.exports if home.module.index is not None else None
        for name in sorted(home.names):
            if listed is None:
                # A private module offers nothing to the outside, whatever its names are called.
                private = name.startswith("_") or any(part.startswith("_") for part in parts_of(home.path))
                exported += [] if private else [name]
            elif name in listed:
                exported.append(name)
        leaving = set(listed or ()) & set(home.names) - set(public[home.path])
        if leaving:
            drop_exports(home.module, moving.sheets[home.path], leaving)
    return exported


def _take(moving: Moving, home: Home) -> list[Landed]:
    """Cut the pieces out of a home, with the changes inside them."""
    sheet, text = moving.sheets[home.path], home.module.text
    found: list[tuple[Piece, str]] = []
    for piece in home.pieces:
        found.append((piece, sheet.take(piece.start, piece.end)))
    for copy in home.copies:
        found.append((copy, text[copy.start : copy.end]))
    for start, end in runs(text, home.pieces):
        sheet.replace(*cut(text, start, end), "")
    found.sort(key=lambda item: item[0].start)
    out: list[Landed] = []
    for i, (piece, after) in enumerate(found):
        between = text[found[i - 1][0].end : piece.start] if i else "-"
        near = -1 if between.strip() else between.count("\n")
        out.append(replace(_landed(home.module, piece, after), near=near))
    return out


def _landed(module: Module, piece: Piece, text: str) -> Landed:
    loaded = frozenset(need.name for need in needs(module, piece.holds) if need.when is When.LOADED)
    whole = text.replace("\r\n", "\n")
    return Landed(whole if whole.endswith("\n") else whole + "\n", piece.names, piece.is_constant or _imports_only(piece), loaded - piece.names)


def _imports_only(piece: Piece) -> bool:
    return all(not hasattr(node, "decorator_list") for node in piece.nodes)


def _finished(moving: Moving, path: str, text: str) -> str:
    """A changed file with its imports in order."""
    before = moving.asked.project.module(path)
    if before is None:
        return text
    kept: set[str] = set()
    if path in moving.homes:
        kept = taken_elsewhere(moving.asked.project, path)
    return finish(moving.project, before, text, moving.wanted.get(path, ()), kept)


def _arrived(moving: Moving, arriving: Sequence[Landed], exported: Sequence[str]) -> str:
    """The text of the new home."""
    wanted = moving.wanted.get(moving.to, [])
    home = next(iter(moving.homes.values()))
    if moving.asked.project.text(moving.to) is None:
        draft = drafted(moving.to, header_for(moving.asked.project, home, moving.to, arriving), arriving, newline_of(home.module.text))
        return finish(moving.project, draft, draft.text, wanted)
    before = moving.destination
    if before.tree is None:
        raise Cannot(f"{moving.to} can't be read as Python ({before.error}).")
    after = parse_module(moving.to, moving.sheets[moving.to].result())
    text = landed(after, arriving)
    if text is None:
        raise Cannot(f"What is moved needs names of {moving.to} that are defined behind the place where it is needed itself.")
    after = parse_module(moving.to, text)
    sheet = Sheet(text)
    for name in exported:
        add_export(after, sheet, name)
    typing = [spec.bound for spec, context in wanted if context is Context.TYPING]
    for home in moving.homes.values():
        spans = [(piece.start, piece.end) for piece in home.pieces]
        if relies_on_postponed(home.module, before, spans, [*typing, *home.names]):
            wanted = [(Spec(ModuleName("__future__"), "annotations"), Context.TOP), *wanted]
    return finish(moving.project, before, sheet.result(), wanted)


def _remarked(moving: Moving, home: Home, text: str, public: Sequence[str]) -> str:
    """A re-export that nothing in its file uses, marked as such where the project marks them."""
    folder = home.path.rpartition("/")[0]
    siblings = [path for path in moving.asked.project.paths if path.endswith(".py") and path.startswith(folder)]
    if not public or not any("noqa: F401" in (moving.asked.project.text(path) or "") for path in siblings):
        return text
    module = parse_module(home.path, text)
    used, exports = {need.name for need in needs(module, lambda _: True)}, module.index.exports if module.index is not None else None
    sheet = Sheet(text)
    done: set[int] = set()
    for item in imports_of(module):
        if item.bound in public and item.bound not in used | (exports or frozenset()) and id(item.node) not in done:
            done.add(id(item.node))
            if not remark_behind(module, item.node):
                sheet.insert(module.positions.span(item.node)[1], "  # noqa: F401")
    return sheet.result()


def _without_empty_exports(project: After, home: Home) -> str:
    """The text of a home without an `__all__` that has lost its last name, unless the module is still imported with `*`."""
    module, text = project.module(home.path), project.text(home.path) or ""
    before = [node for node in (home.module.tree.body if home.module.tree is not None else []) if "__all__" in set(bound_by(node))]
    body = module.tree.body if module is not None and module.tree is not None else []
    listed = [node for node in body if "__all__" in set(bound_by(node))]
    if module is None or len(before) != 1 or len(listed) != 1 or not exported(home.module) or exported(module):
        return text
    if not isinstance(listed[0], (ast.Assign, ast.AnnAssign)) or "*" in taken_elsewhere(project, home.path):
        return text
    sheet = Sheet(text)
    sheet.replace(*cut(text, *span_of(module, listed[0])), "")
    return sheet.result()


def _is_empty(home: Home, text: str) -> bool:
    """Whether a module that had definitions has nothing left but docstring, imports and an empty `__all__`."""
    module = parse_module(home.path, text)
    if home.path.endswith("__init__.py") or module.tree is None:
        return False
    for node in module.tree.body:
        listed = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__" and not exported(module)
        plain = isinstance(node, (ast.Import, ast.ImportFrom)) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        if not (listed or plain or (isinstance(node, ast.If) and is_typing(node))):
            return False
    return True
