"""DELETE of definitions, members and modules: the thing itself, the imports of it, its entries in `__all__` and the documentation.

What still uses it is named and nothing is deleted, save a test that is about it by name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from engine.actions.base import Asked, Refused, Rewritten, Sheets
from engine.actions.delete_module import delete_modules
from engine.actions.exports import drop_exports
from engine.actions.import_edits import ImportEdits
from engine.actions.imports import imports_of
from engine.actions.leftovers import finish
from engine.actions.needs import needs
from engine.actions.statements import Definition, Piece, bound_by, cut, pieces, runs, shared_line, span_of
from engine.actions.taking_along import belongings
from engine.evidence import Entity, Kind, Module, Role
from engine.evidence.source import is_python
from engine.features import Zone, zone_of
from engine.naming import subwords
from engine.sites import Candidate

_WORDS = frozenset({Role.DOCSTRING.value, Role.COMMENT.value, Role.PROSE.value, Role.CONFIG.value, Role.OTHER.value})
_DIRECTIVE = re.compile(r"([ \t]*)\.\.[ \t]+(?:py:)?auto\w+::[^\n]*$")


@dataclass(slots=True)
class _Deleting:
    """What goes, file by file."""

    asked: Asked
    sheets: Sheets
    gone: dict[str, list[Piece]] = field(default_factory=dict)
    edits: dict[str, ImportEdits] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unlisted: dict[str, set[str]] = field(default_factory=dict)
    """Names that go from the `__all__` of a file."""

    def holds(self, path: str, offset: int) -> bool:
        """Whether a place goes anyway."""
        return any(piece.holds(offset) for piece in self.gone.get(path, ()))

    def take(self, path: str, piece: Piece) -> None:
        """Let whole lines go."""
        if piece not in self.gone.setdefault(path, []):
            self.gone[path].append(piece)


def delete(asked: Asked) -> Rewritten | Refused:
    """Delete every target, or say what is in the way."""
    targets = asked.intent.targets
    files = [target for target in targets if target.kind in (Kind.MODULE, Kind.PACKAGE)]
    if files:
        if len(files) < len(targets):
            return Refused("Modules and definitions can't be deleted in one go; ask for one after the other.")
        return delete_modules(asked)
    deleting = _Deleting(asked, Sheets(asked.project))
    for target in targets:
        refused = _definition(deleting, target)
        if refused is not None:
            return refused
    names = {target.name for target in targets}
    for path in sorted({place.path for place in asked.meant if place.start >= 0}):
        module = asked.project.module(path) if is_python(path) else None
        for place in asked.of(path):
            if place.before in names:
                sentence = _place(deleting, place, module, targets)
                if sentence:
                    return Refused(sentence)
    return _written(deleting)


def _definition(deleting: _Deleting, target: Entity) -> Refused | None:
    """Find the statements that define a target."""
    module = deleting.asked.project.module(target.path)
    if module is None or module.tree is None:
        return Refused(f"{target.path} can't be read as Python.")
    labels = ("definition", "store", "attribute_store")
    meant = [place for place in deleting.asked.of(target.path) if place.before == target.name and place.label in labels]
    if not meant:
        return Refused(f"No definition of {target.name} was taken for the one that is meant.")
    for path in deleting.asked.project.stubs(target.path):
        described = deleting.asked.project.module(path)
        if described is None or described.tree is None:
            continue
        found = pieces(described, {target.name}) if not target.owner else _members(described, target, meant)
        if isinstance(found, str):
            return Refused(found)
        for piece in found:
            deleting.take(path, piece)
    return None if deleting.gone.get(target.path) else Refused(f"The definition of {target.qualname} in {target.path} can't be cut out by itself.")


def _members(module: Module, target: Entity, meant: Sequence[Candidate]) -> list[Piece] | str:
    """Statements of a class that define one of its members, and those that assign it through `self`."""
    out: list[Piece] = []
    for scope in module.scopes(target.owner):
        for node in getattr(scope.node, "body", []):
            if target.name not in set(bound_by(node)) or isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            if set(bound_by(node)) != {target.name}:
                return f"{target.name} is set together with others in {module.path}:{node.lineno}; take them apart first."
            out.append(Piece(*span_of(module, node), (node,), frozenset({target.name})))
    starts = {place.start for place in meant if place.label == "attribute_store"} if module.path == target.path else set()
    for node in ast.walk(module.tree) if module.tree is not None and starts else ():
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            aims = node.targets if isinstance(node, ast.Assign) else [node.target]
            ends = {module.positions.span(aim)[1] - len(target.name) for aim in aims if isinstance(aim, ast.Attribute)}
            if ends & starts:
                if len(aims) > 1:
                    return f"{target.name} is set together with others in {module.path}:{node.lineno}; take them apart first."
                out.append(Piece(*span_of(module, node), (node,), frozenset({target.name})))
    return next((sentence for piece in out if (sentence := shared_line(module, piece))), out)


def _place(deleting: _Deleting, place: Candidate, module: Module | None, targets: Sequence[Entity]) -> str:
    """What becomes of a place; a sentence where it is in the way."""
    path, text = place.path, deleting.asked.project.text(place.path) or ""
    line = text.count("\n", 0, place.start) + 1
    if deleting.holds(path, place.start):
        return ""
    if module is None or module.tree is None or place.label in _WORDS:
        _text(deleting, place, text, line)
        return ""
    if place.label == Role.DEFINITION.value or (place.label in ("store", "parameter") and any(target.owner for target in targets)):
        deleting.notes.append(f"{path}:{line} has a {place.before} of its own, which stays.")
        return ""
    if place.label == Role.IMPORT_NAME.value:
        edits = deleting.edits.setdefault(path, ImportEdits(deleting.asked.project, module))
        item = edits.at(place.start)
        used = item is not None and item.bound != place.before and any(
            need.name == item.bound and not deleting.holds(path, need.offset) for need in needs(module, lambda _: True)
        )  # fmt: skip
        if item is None or used:
            return f"{place.before} is still used in {path}:{line}; change that first, or say what replaces it."
        edits.drop(item)
        return ""
    if place.label == Role.STRING.value and _is_export(module, place):
        deleting.unlisted.setdefault(path, set()).add(place.before)
        return ""
    about = _test_about(module, place, path)
    if about is not None:
        deleting.take(path, Piece(*span_of(module, about), (about,), frozenset(bound_by(about))))
        deleting.notes.append(f"{path}: {', '.join(bound_by(about))} went too, as it is about {place.before}.")
        return ""
    return f"{place.before} is still used in {path}:{line}; change that first, or say what replaces it."


def _is_export(module: Module, place: Candidate) -> bool:
    literals = module.index.literals if module.index is not None else []
    return any(item.exported and module.positions.span(item.node)[0] <= place.start < module.positions.span(item.node)[1] for item in literals)


def _test_about(module: Module, place: Candidate, path: str) -> ast.stmt | None:
    """The test that a use stands in, if its name says that it is about the target."""
    if zone_of(path) is not Zone.TEST or module.tree is None:
        return None
    wanted = list(subwords(place.before))
    for node in _tests(module.tree.body):
        start, end = span_of(module, node)
        own = list(subwords(node.name))
        if start <= place.start < end and any(own[i : i + len(wanted)] == wanted for i in range(len(own))):
            return node
    return None


def _tests(body: Sequence[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in body:
        if isinstance(node, Definition) and node.name.lower().startswith("test"):
            yield node
        if isinstance(node, ast.ClassDef):
            yield from _tests(node.body)


def _text(deleting: _Deleting, place: Candidate, text: str, line: int) -> None:
    """Entries that document the target go; other words about it are named."""
    start, end = text.rfind("\n", 0, place.start) + 1, text.find("\n", place.start)
    end = len(text) if end < 0 else end + 1
    found = _DIRECTIVE.match(text[start:end].rstrip("\r\n"))
    if found is None or place.path.endswith(".py"):
        deleting.notes.append(f"{place.path}:{line} still speaks of {place.before}.")
        return
    indent, here = len(found.group(1)), end
    while here < len(text):
        after = text.find("\n", here)
        after = len(text) if after < 0 else after + 1
        row = text[here:after]
        if row.strip() and len(row) - len(row.lstrip()) <= indent:
            break
        if row.strip():
            end = after
        here = after
    deleting.sheets[place.path].replace(*cut(text, start, end), "")


def _written(deleting: _Deleting) -> Rewritten:
    asked = deleting.asked
    for path, edits in deleting.edits.items():
        edits.write(deleting.sheets[path])
    for path, names in deleting.unlisted.items():
        module = asked.project.module(path)
        if module is not None:
            drop_exports(module, deleting.sheets[path], names)
    for path, parts in deleting.gone.items():
        _cut_out(deleting, path, parts)
    texts: dict[str, str | None] = {}
    for path in list(deleting.sheets):
        text, before = deleting.sheets[path].result(), asked.project.module(path) if is_python(path) else None
        texts[path] = text if before is None else finish(asked.project, before, text, (), _passed_on(before))
    tops = [target for target in asked.intent.targets if not target.owner]
    for path, name in sorted(belongings(asked, tops, widely=False)):
        deleting.notes.append(f"Nothing uses {name} in {path} any more.")
    return Rewritten({path: text for path, text in texts.items() if text != asked.project.text(path)}, {}, tuple(deleting.notes))


def _passed_on(module: Module) -> Collection[str]:
    """A package's imports may be meant for others."""
    return {item.bound for item in imports_of(module)} if module.path.endswith("__init__.py") else ()


def _cut_out(deleting: _Deleting, path: str, parts: Sequence[Piece]) -> None:
    """Take whole lines out; a body that would be empty gets a `pass`."""
    module = deleting.asked.project.module(path)
    sheet = deleting.sheets[path]
    if module is None or module.tree is None:
        return
    outer = [piece for piece in parts if not any(other is not piece and other.start <= piece.start and piece.end <= other.end for other in parts)]
    gone = {id(node) for piece in outer for node in piece.nodes}
    for node in ast.walk(module.tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body and not isinstance(node, ast.Module) and all(id(item) in gone for item in body):
                first = next(piece for piece in outer if body[0] in piece.nodes)
                start, end = module.positions.span(body[0])
                indent = module.text[module.text.rfind("\n", 0, start) + 1 : start]
                sheet.take(first.start, first.end)
                sheet.replace(first.start, first.end, (indent if not indent.strip() else "    ") + "pass" + module.text[len(module.text[: first.end].rstrip("\r\n")) : first.end])
                outer = [piece for piece in outer if piece is not first]
    for begin, finish_at in runs(module.text, sorted(outer, key=lambda piece: piece.start)):
        start, end = cut(module.text, begin, finish_at)
        sheet.take(start, end)
        sheet.replace(start, end, "")
