"""A module that goes into another one: its definitions are moved, then the file is deleted."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from engine.actions.base import Asked, Refused, Rewritten, Sheets
from engine.actions.cycles import After
from engine.actions.dotted import names_module
from engine.actions.import_edits import ImportEdits
from engine.actions.import_text import Spec
from engine.actions.imports import imports_of, leads_to, source_of
from engine.actions.leftovers import finish
from engine.actions.module_names import Naming
from engine.actions.move import move
from engine.actions.layout import newline_of
from engine.actions.statements import bound_by, head_comment, span_of
from engine.actions.taking_along import taken_elsewhere
from engine.evidence import Entity, Kind, Module, Role, entities
from engine.evidence.literals import dotted_prefix
from engine.evidence.source import is_python
from engine.features import Evidence
from engine.sites import Candidate

_TEXT = frozenset({Role.STRING.value, Role.STRING_PART.value, Role.DOCSTRING.value, Role.COMMENT.value, Role.PROSE.value, Role.CONFIG.value})


def merge(asked: Asked) -> Rewritten | Refused:
    """Carry everything that a module defines into another one, and remove the module."""
    target, to = asked.intent.target, asked.intent.to
    module = asked.project.module(target.path)
    if len(asked.intent.targets) > 1 or target.kind is Kind.PACKAGE or module is None or module.tree is None:
        return Refused(f"Only one module at a time can be merged into {to}, and no package.")
    if not asked.meant:
        return Refused(f"No place of {target.name} was taken for the one that is meant.")
    script = [node for node in module.tree.body if _is_script(node)]
    names = {name for node in module.tree.body if _defines(node) and node not in script for name in bound_by(node)}
    loose = next((node for node in module.tree.body if not _may_go(node, names) and node not in script), None)
    if loose is not None:
        return Refused(f"{target.path}:{loose.lineno} is a statement that defines nothing; decide what becomes of it, then ask again.")
    moved = [item for item in entities(asked.project, target.path) if not item.owner and item.name in names and item.kind is not Kind.MODULE]
    if not moved:
        return Refused(f"{target.path} defines nothing that could go to {to}.")
    places = [place for item in moved for place in _places(asked, module, item)]
    intent = replace(asked.intent, target=moved[0], others=tuple(moved[1:]))
    done = move(Asked(intent, asked.project, places))
    if isinstance(done, Refused):
        return done
    new = After(asked.project, done.texts).module(to)
    if new is not None:
        done = replace(done, texts={**done.texts, to: _with_header(module, new, names)})
    for node in script:
        done = replace(done, notes=(*done.notes, f"What {target.path}:{node.lineno} runs as a script went with the file."))
    return _without(asked, done, target, to)


def _defines(node: ast.stmt) -> bool:
    return not isinstance(node, (ast.Import, ast.ImportFrom)) and "__all__" not in set(bound_by(node)) and not _is_guarded_import(node)


def _is_guarded_import(node: ast.stmt) -> bool:
    return isinstance(node, (ast.If, ast.Try)) and any(isinstance(item, (ast.Import, ast.ImportFrom)) for item in ast.walk(node))


def _is_script(node: ast.stmt) -> bool:
    """`if __name__ == "__main__":`, which would run with the other module if it went there."""
    return isinstance(node, ast.If) and not node.orelse and ast.unparse(node.test) in ("__name__ == '__main__'", "'__main__' == __name__")


def _header(module: Module) -> str:
    """The comments at the head of a file that speak of what it holds, a licence say; empty where there are none."""
    return "\n".join(head_comment(module.text.removeprefix("\ufeff").splitlines()))


def _with_header(module: Module, to: Module, names: set[str]) -> str:
    """The text of the new home with the header of the old one in front of the first of its definitions that are there."""
    header, text, newline = _header(module), to.text, newline_of(to.text)
    known = "\n".join(line.strip() for line in text.splitlines())
    node = next((node for node in (to.tree.body if to.tree is not None else []) if names & set(bound_by(node))), None)
    # A comment that belongs to the first definition goes with it anyway.
    if not header or header in known or node is None:
        return text
    at = span_of(to, node)[0]
    gap = newline if text[at : at + 1] == "#" else ""
    return text[:at] + header.replace("\n", newline) + newline + gap + text[at:]


def _may_go(node: ast.stmt, names: set[str]) -> bool:
    plain = isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)) or isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    amends = isinstance(node, ast.Assign) and all(isinstance(item, (ast.Attribute, ast.Subscript)) for item in node.targets)
    return plain or amends or bool(set(bound_by(node)))


def _places(asked: Asked, module: Module, item: Entity) -> list[Candidate]:
    """The places of one definition, as far as the places of its module show them."""
    out = [_place(asked, module.path, item.start, item.name, Role.DEFINITION)]
    for path in sorted({place.path for place in asked.meant if place.start >= 0}):
        text = asked.project.text(path) or ""
        other = asked.project.module(path) if is_python(path) else None
        edits = ImportEdits(asked.project, other) if other is not None else None
        for place in asked.of(path):
            if other is not None and edits is not None and place.label in (Role.IMPORT_MODULE.value, Role.IMPORT_NAME.value):
                for bound in edits.items:
                    start, end = other.positions.span(bound.node)
                    if start <= place.start < end and bound.alias.name == item.name and source_of(asked.project, path, bound) == module.path:
                        out.append(_place(asked, path, other.positions.span(bound.alias)[0], item.name, Role.IMPORT_NAME))
            elif text.startswith(item.name, place.end + 1) and text[place.end : place.end + 1] in (".", ":"):
                after = place.end + 1 + len(item.name)
                if not (text[after : after + 1].isalnum() or text[after : after + 1] == "_"):
                    label = Role(place.label) if place.label in _TEXT else Role.ATTRIBUTE
                    label = Role.STRING_PART if label is Role.STRING else label
                    if label is Role.ATTRIBUTE or dotted_prefix(text, place.end + 1):
                        out.append(_place(asked, path, place.end + 1, item.name, label))
    return list(dict.fromkeys(out))


def _place(asked: Asked, path: str, start: int, name: str, role: Role) -> Candidate:
    return Candidate(path, start, start + len(name), name, "", role.value, 0, Evidence.NONE, "by its module")


def _named(asked: Asked, target: Entity) -> list[tuple[str, str]]:
    """Files whose text names the module itself, and how."""
    found = []
    for place in asked.meant:
        text = asked.project.text(place.path) or ""
        prefix = dotted_prefix(text, place.start) if place.start >= 0 else ""
        if prefix and place.path != target.path and place.label in _TEXT and names_module(prefix + place.before, target.path):
            found.append((place.path, prefix + place.before))
    return list(dict.fromkeys(found))


def _without(asked: Asked, done: Rewritten, target: Entity, to: str) -> Rewritten | Refused:
    """The outcome with the old module gone, and the imports of it that are left."""
    texts = dict(done.texts)
    here = After(asked.project, texts)
    for path in sorted({place.path for place in asked.meant if place.start >= 0 and is_python(place.path)} - {target.path}):
        module = here.module(path)
        if module is None or module.tree is None:
            continue
        edits, touched = ImportEdits(here, module), False
        for item in imports_of(module):
            if source_of(here, path, item) == target.path or leads_to(here, path, item) == (target.path, ""):
                touched = True
                new = here.module(to)
                passed_on = new is not None and new.root is not None and item.alias.name in new.root.bindings
                if passed_on and isinstance(item.node, ast.ImportFrom) and source_of(here, path, item) == target.path and path != to:
                    # The module was asked for something that it had only imported itself.
                    edits.replace(item, Spec(Naming(here).instead(to, path, item.node, target.path), item.alias.name, item.alias.asname or ""))
                else:
                    edits.drop(item)
        if touched:
            sheets = Sheets(here)
            edits.write(sheets[path])
            texts[path] = finish(here, module, sheets[path].result())
    texts[target.path] = None
    for path, written in _named(asked, target):
        text = texts.get(path, asked.project.text(path))
        name = Naming(asked.project).absolute(to, (target.path, written))
        texts[path] = re.sub(rf"(?<![\w.]){re.escape(written)}(?!\w|\.\w)", name, text or "")
    left = taken_elsewhere(After(asked.project, texts), target.path)
    if left:
        return Refused(f"{', '.join(sorted(left - {''})) or target.name} is still taken from {target.path} elsewhere; change that first.")
    into = Entity(Kind.MODULE, to.rpartition("/")[2].rpartition(".")[0], to)
    old = asked.project.module(target.path)
    notes = done.notes
    if old is not None and old.tree is not None and ast.get_docstring(old.tree):
        notes = (*notes, f"The docstring of {target.path} went with it.")
    return Rewritten(texts, {**done.relocated, target: into}, notes)
