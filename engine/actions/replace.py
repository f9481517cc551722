"""REPLACE: every use of one definition becomes another one, from the project, from outside or built in; the definition itself stays."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.actions.base import Asked, Refused, Rewritten, Sheets
from engine.actions.cycles import new_cycles
from engine.actions.import_edits import ImportEdits
from engine.actions.import_text import Spec
from engine.actions.imports import Context, Imported, imports_of, leads_to, source_of
from engine.actions.leftovers import finish, used_in
from engine.actions.module_names import ModuleName, Naming
from engine.actions.needs import Need, When, needs, spans_of
from engine.actions.statements import Piece, pieces
from engine.evidence import Entity, Module, Role, find
from engine.evidence.literals import dotted_prefix
from engine.evidence.occurrences import inference_of
from engine.evidence.source import is_python
from engine.sites import Candidate

_TEXT = frozenset({Role.DOCSTRING.value, Role.COMMENT.value, Role.PROSE.value, Role.CONFIG.value, Role.OTHER.value})


@dataclass(frozen=True, slots=True)
class _Other:
    """What takes the place."""

    name: str
    path: str = ""
    """Its module in the project."""
    module: str = ""
    """Its module outside."""


@dataclass(slots=True)
class _Replacing:
    asked: Asked
    other: _Other
    naming: Naming
    sheets: Sheets
    lazy: frozenset[str]
    edits: dict[str, ImportEdits] = field(default_factory=dict)
    wanted: dict[str, list[tuple[Spec, Context]]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    """File to what stands there for the other one."""
    aliases: list[tuple[str, str]] = field(default_factory=list)
    """Files that know the target by another name, and the name."""
    notes: list[str] = field(default_factory=list)


class _Cannot(Exception):
    """Why it can't be done."""


def replace(asked: Asked) -> Rewritten | Refused:
    """Put the other one in all places that are meant."""
    other = _other(asked)
    if isinstance(other, Refused):
        return other
    lazy: frozenset[str] = frozenset()
    for _ in range(2):
        try:
            texts, notes = _attempt(asked, other, lazy)
        except _Cannot as error:
            return Refused(str(error))
        cycles = new_cycles(asked.project, texts, [path for path in texts if path.endswith(".py")])
        if not cycles:
            return Rewritten(texts, {}, tuple(notes)) if texts else Refused(f"Nothing uses {asked.intent.target.name} in a way that could be replaced.")
        lazy = frozenset(chain[0] for chain in cycles)
    return Refused(f"{' and '.join(dict.fromkeys(cycles[0][:2]))} would import each other; move what they share first.")


def _other(asked: Asked) -> _Other | Refused:
    to = asked.intent.to
    if "::" in to:
        found = find(asked.project, to)
        if found is None or found.owner:
            return Refused(f"{to} is no function, class or constant at the top of a module.")
        return _Other(found.name, found.path)
    module, _, name = to.rpartition(".")
    if not module and not hasattr(builtins, name):
        return Refused(f"{to} is neither in the project nor built in; give its full dotted name.")
    return _Other(name, "", "" if module == "builtins" else module)


def _attempt(asked: Asked, other: _Other, lazy: frozenset[str]) -> tuple[dict[str, str | None], list[str]]:
    doing = _Replacing(asked, other, Naming(asked.project), Sheets(asked.project), lazy)
    own = {target.path: _bodies(asked, target) for target in asked.intent.targets}
    if other.path:
        module = asked.project.module(other.path)
        found = pieces(module, {other.name}) if module is not None else []
        own.setdefault(other.path, []).extend(found if not isinstance(found, str) else [])
    strings: list[Candidate] = []
    for path in sorted({place.path for place in asked.meant if place.start >= 0 and is_python(place.path)}):
        module = asked.project.module(path)
        if module is None or module.index is None:
            continue
        places = [place for place in asked.of(path) if not any(piece.holds(place.start) for piece in own.get(path, ()))]
        strings += [place for place in places if place.label in (Role.STRING_PART.value, Role.STRING.value)]
        _in_file(doing, module, [place for place in places if place.label not in _TEXT])
    for place in strings:
        _string(doing, place)
    for path, alias in doing.aliases:
        _patched_alias(doing, path, alias)
    for place in asked.meant:
        if place.label == Role.ATTRIBUTE_STORE.value and place.path not in own:
            doing.notes.append(f"{place.path}:{(asked.project.text(place.path) or '').count(chr(10), 0, place.start) + 1} still sets {place.before}.")
    for path, edits in doing.edits.items():
        edits.write(doing.sheets[path])
    texts: dict[str, str | None] = {}
    for path in dict.fromkeys([*doing.sheets, *doing.wanted]):
        before = asked.project.module(path)
        if before is not None:
            texts[path] = finish(asked.project, before, doing.sheets[path].result(), doing.wanted.get(path, ()))
    return {path: text for path, text in texts.items() if text != asked.project.text(path)}, doing.notes


def _bodies(asked: Asked, target: Entity) -> list[Piece]:
    module = asked.project.module(target.path)
    found = pieces(module, {target.name}) if module is not None and not target.owner else []
    return [] if isinstance(found, str) else found


def _in_file(doing: _Replacing, module: Module, places: Sequence[Candidate]) -> None:
    """All uses of one file, and its imports."""
    edits = ImportEdits(doing.asked.project, module)
    assert module.index is not None
    spans: list[tuple[int, int]] = []
    items: list[Imported] = []
    for place in places:
        if place.label == Role.IMPORT_NAME.value:
            item = edits.at(place.start)
            if item is not None and isinstance(item.node, ast.ImportFrom):
                items.append(item)
                if item.bound != place.before:
                    spans += spans_of(module, item.bound)
                    doing.aliases.append((module.path, item.bound))
        elif place.label not in (Role.DEFINITION.value, Role.STRING.value, Role.STRING_PART.value, Role.IMPORT_ALIAS.value, Role.STORE.value, Role.GLOBAL.value, Role.ATTRIBUTE_STORE.value):
            spans.append(_span(module, place))
    if not spans:
        return
    doing.edits[module.path] = edits
    dotted = any("." in module.text[start:end] for start, end in spans)
    reference = _beside(doing, module, spans) or _reference(doing, module, edits, items, [start for start, _ in spans], dotted)
    doing.written[module.path] = reference
    for start, end in dict.fromkeys(spans):
        doing.sheets[module.path].replace(start, end, reference)


def _span(module: Module, place: Candidate) -> tuple[int, int]:
    """A name with the `module.` before it."""
    assert module.index is not None
    for use in module.index.uses.get(place.before, ()):
        if isinstance(use.node, ast.Attribute) and use.joined is None and module.positions.of_use(use, place.before) == place.start:
            return module.positions.span(use.node)
    if place.start and module.text[place.start - 1] == ".":
        return place.start - len(dotted_prefix(module.text, place.start)), place.end
    return place.start, place.end


def _beside(doing: _Replacing, module: Module, spans: Sequence[tuple[int, int]]) -> str:
    """`package.other` where all uses are `package.old` and the package passes on both; else empty."""
    prefixes = {module.text[start:end].rpartition(".")[0] for start, end in spans}
    prefix, other, project = next(iter(prefixes)), doing.other, doing.asked.project
    for item in imports_of(module) if len(prefixes) == 1 and prefix else ():
        if item.context is not Context.TOP or (item.alias.asname or item.alias.name) != prefix:
            continue
        source, member = leads_to(project, module.path, item)
        source = str(source_of(project, module.path, item)) if isinstance(item.node, ast.Import) else source
        package = project.module(source) if not member or isinstance(item.node, ast.Import) else None
        if package is not None and package.root is not None:
            found = inference_of(project).names.definitions(package.root, other.name)
            if any(value.binding is not None and value.binding.scope.path == other.path for value in found):
                return f"{prefix}.{other.name}"
    return ""


def _reference(doing: _Replacing, module: Module, edits: ImportEdits, items: Sequence[Imported], starts: Sequence[int], dotted: bool) -> str:
    """What stands for the other one in a file; its import is arranged. dotted: the old one stood behind its module."""
    other, path = doing.other, module.path
    if path == other.path:
        return other.name
    project = doing.asked.project
    free = _is_free(module, other.name, items)
    if not other.path and not other.module:
        if not free:
            raise _Cannot(f"{path} uses the name {other.name} for something else; rename that first.")
        return other.name
    wanted = (other.path or other.module, other.name)
    for item in imports_of(module):
        if item.context is Context.TOP and leads_to(project, path, item) == wanted:
            return item.bound
        plain = isinstance(item.node, ast.Import)
        whole = leads_to(project, path, item) == (wanted[0], "") or (plain and source_of(project, path, item) == other.path)
        if item.context is Context.TOP and whole and (dotted or (plain and other.module)):
            return f"{item.alias.asname or item.alias.name}.{other.name}"
    name = doing.naming.of(other.path, path) if other.path else ModuleName(other.module)
    if not free:
        if other.path:
            raise _Cannot(f"{path} uses the name {other.name} for something else; rename that first.")
        doing.wanted.setdefault(path, []).append((Spec(name), Context.TOP))
        return f"{other.module}.{other.name}"
    spec = Spec(name, other.name)
    uses = [need for need in needs(module, lambda at: at in set(starts))]
    if path in doing.lazy:
        _late(edits, spec, uses, path)
        return other.name
    kept = used_in(module) if path.endswith("__init__.py") else None
    turned = [item for item in items if module.index is not None and item.bound not in (module.index.exports or ()) and (kept is None or item.bound in kept.names)]
    for item in turned:
        edits.replace(item, spec)
    if not any(item.context is Context.TOP for item in turned) and (len(turned) == 0 or any(need.when is not When.TYPING for need in uses if need.function is None)):
        doing.wanted.setdefault(path, []).append((spec, Context.TOP))
    return other.name


def _late(edits: ImportEdits, spec: Spec, uses: Sequence[Need], path: str) -> None:
    for need in uses:
        if need.when is When.TYPING:
            edits.add(spec, Context.TYPING)
        elif need.when is When.CALLED and need.function is not None and need.function.body[0].lineno > need.function.lineno:
            edits.add_inside(need.function, spec)
        else:
            raise _Cannot(f"{path} needs {spec.bound} as soon as it is loaded, and its module loads {path}; move what they share first.")


def _is_free(module: Module, name: str, items: Sequence[Imported]) -> bool:
    """Whether no scope binds a name, but by the imports that go."""
    own = {id(item.alias) for item in items}
    groups = module.index.scopes.values() if module.index is not None else ()
    return not any(id(binding.node) not in own for group in groups for scope in group for binding in scope.bindings.get(name, ()))


def _string(doing: _Replacing, place: Candidate) -> None:
    """A patch of the name in a module that uses the other one now."""
    text = doing.asked.project.text(place.path) or ""
    prefix = dotted_prefix(text, place.start)
    found = doing.asked.project.resolve(prefix[:-1], place.path) if prefix else None
    if isinstance(found, str) and found in doing.written and not _uses(place, text):
        doing.sheets[place.path].replace(place.start, place.end, doing.written[found])


def _patched_alias(doing: _Replacing, path: str, alias: str) -> None:
    """Patches of a name under which a file knew the target."""
    word = re.compile(rf"(?<=\.){re.escape(alias)}(?![\w.])")
    for other in sorted(path for path in doing.asked.project.paths if is_python(path)):
        text = doing.asked.project.text(other) or ""
        module = doing.asked.project.module(other) if f".{alias}" in text else None
        for literal in module.index.literals if module is not None and module.index is not None else ():
            if isinstance(literal.node, ast.Constant) and not literal.docstring and module is not None:
                for found in word.finditer(text, *module.positions.span(literal.node)):
                    if doing.asked.project.resolve(dotted_prefix(text, found.start())[:-1], other) == path:
                        doing.sheets[other].replace(found.start(), found.end(), doing.written[path])


def _uses(place: Candidate, text: str) -> bool:
    """Whether the path goes on behind the name, to something that the other one may not have."""
    return text[place.end : place.end + 1] == "."

