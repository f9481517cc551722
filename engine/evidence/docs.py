"""References that documentation makes on purpose: Sphinx roles and directives, parameter sections of docstrings.

Answers None where the text is no such reference, or where it cannot be followed.
"""
from __future__ import annotations

import re
from collections.abc import Callable

from engine.evidence.scopes import Bind, Scope, ScopeKind
from engine.evidence.source import module_scope
from engine.evidence.target import Cause, Resolution, Target, Verdict, strongest
from engine.evidence.values import OUTSIDE, Value, ValueKind, Values, instance

_ROLE = re.compile(r":(?:py:)?(\w+):$")
_FIELD = re.compile(r"\s*:(\w+)\s+(?:[\w.\[\], |]+\s)?\*{0,2}$")
_FIELDS_OF_CALL = frozenset({"param", "parameter", "arg", "argument", "key", "keyword", "kwarg", "type"})
_FIELDS_OF_CLASS = frozenset({"ivar", "cvar", "var", "vartype"})
_ENTRY = re.compile(r"\s*(?:\*{0,2}\w+\s*,\s*)*\*{0,2}$")
_AFTER_ENTRY = re.compile(r"(?:\s*,\s*\*{0,2}\w+)*\s*(?:\([^\n]*?\)\s*)?:(?![:`])")
_SECTION = re.compile(r"^[ \t]*([A-Z][A-Za-z ]+?)[ \t]*(?::[ \t]*$|\r?\n[ \t]*-{3,}[ \t]*$)", re.MULTILINE)
_CALL_SECTIONS = frozenset({"args", "arguments", "parameters", "params", "other parameters", "keyword args",
                            "keyword arguments", "kwargs"})
_DIRECTIVE = re.compile(r"([ \t]*)\.\.[ \t]+(?:py:)?(\w+)::[ \t]*([\w.]*)")
_MODULE = re.compile(r"^\.\.[ \t]+(?:py:)?(?:current)?module::[ \t]*([\w.]+)", re.MULTILINE)
_DOCUMENTS = frozenset({
    "autofunction", "autoclass", "automethod", "autoattribute", "autodata", "autoexception", "autoproperty",
    "autodecorator", "function", "class", "method", "classmethod", "staticmethod", "attribute", "data", "exception",
    "property", "decorator", "automodule", "module",
})
_MEMBERS = re.compile(r"([ \t]+):(?:members|exclude-members|private-members|special-members):[\w, \t]*$")
_NOWHERE = OUTSIDE | {ValueKind.UNKNOWN, ValueKind.ABSENT, ValueKind.BUILTIN}


def verdict_of_docstring(target: Target, text: str, start: int, end: int, scope: Scope, begin: int) -> Verdict | None:
    """`begin` is where the docstring starts."""
    before = text[begin:start].lstrip("rRuU").lstrip("'\"") if "\n" not in text[begin:start] else _line_before(text, start)
    field = _FIELD.match(before)
    if field is not None and text.startswith(":", end):
        if field.group(1) in _FIELDS_OF_CALL:
            return _parameter(target, scope)
        if field.group(1) in _FIELDS_OF_CLASS:
            return _member(target, scope)
    if _ENTRY.match(before) and _AFTER_ENTRY.match(text, end):
        section = _section(text, begin, start)
        if section in _CALL_SECTIONS:
            return _parameter(target, scope)
        if section == "attributes":
            return _member(target, scope)
    role, prefix = _role(text, start, end)
    # The first part of a longer path is looked up by the names in scope, as other words before a dot are.
    is_path = re.compile(r"\.\w").match(text, end) is not None
    return _bare_role(target, "obj" if is_path else role, None if is_path else scope.enclosing_class, scope) if (
        role and not prefix.strip("~!.")) else None


def verdict_of_prose(target: Target, text: str, start: int, end: int, path: str) -> Verdict | None:
    """In a document, names are relative to `.. module::` and `.. currentmodule::`."""
    module = ""
    for found in _MODULE.finditer(text, 0, start):
        module = found.group(1)
    role, prefix = _role(text, start, end)
    if role:
        return _followed(target, [*module.split("."), *_parts(prefix)], path) if module and role != "mod" else None
    line = _line_before(text, start)
    directive = _DIRECTIVE.match(line)
    if directive is not None:
        # The name itself is cut off, so what was matched is what stands before it.
        if directive.group(2) not in _DOCUMENTS or directive.end() != len(line):
            return None
        holder = _holder(text, start, len(directive.group(1)))
        return _of_paths(target, module, [*_parts(holder), *_parts(directive.group(3))], path)
    members = _MEMBERS.match(line)
    if members is not None:
        return _of_paths(target, module, _parts(_holder(text, start, len(members.group(1)))), path)
    return None


def _of_paths(target: Target, module: str, parts: list[str], path: str) -> Verdict | None:
    relative = _followed(target, [*module.split("."), *parts], path) if module else None
    if relative is not None and relative.resolution is Resolution.YES:
        return relative
    return (_followed(target, parts, path) if parts else None) or relative


def _followed(target: Target, parts: list[str], path: str) -> Verdict | None:
    values = target.inference.dotted(parts, path)
    return _told(values, target.member_of)


def _told(values: Values, judge: Callable[[Value], Verdict]) -> Verdict | None:
    known = [value for value in values if value.kind not in _NOWHERE]
    verdict = strongest([judge(value) for value in known])
    if verdict.resolution is Resolution.UNKNOWN or verdict.cause is Cause.NO_SUCH_MEMBER:
        return None
    return verdict._replace(reason=f"documentation: {verdict.reason}", cause=Cause.DOC_REFERENCE)


def _role(text: str, start: int, end: int) -> tuple[str, str]:
    """The Sphinx role whose target holds the name, and what of the target stands before the name."""
    opening = text.rfind("`", max(0, start - 160), start)
    closing = text.find("`", end, end + 160)
    found = _ROLE.search(text, max(0, opening - 20), opening) if opening >= 0 and closing >= 0 else None
    if found is None:
        return "", ""
    # `title <target>`
    bracket = text.find("<", opening, closing)
    first = bracket if bracket >= 0 else opening
    prefix = text[first + 1:start]
    return (found.group(1), prefix) if start > first and re.fullmatch(r"[~!]?[\w.]*", prefix) else ("", "")


def _bare_role(target: Target, role: str, owner: Scope | None, scope: Scope) -> Verdict | None:
    """A name alone: a member of the class around it, or something of the module."""
    if role in ("meth", "attr", "obj") and owner is not None:
        if target.classes.find(owner, target.name) is not None:
            return _told((instance(owner),), target.member_of)
    if role in ("func", "class", "exc", "data", "const", "obj"):
        root = module_scope(scope)
        if target.name in root.bindings:
            return _told(target.inference.names.definitions(root, target.name), target.value)
    return None


def _parameter(target: Target, scope: Scope) -> Verdict | None:
    """A parameter section in the docstring of a function, or of a class for its constructor."""
    functions = [scope]
    if scope.kind is ScopeKind.CLASS:
        found = target.classes.find(scope, "__init__")
        if found is None:
            return _member(target, scope)
        functions = [item.inner for item in found[1] if item.inner is not None]
    bindings = [item for function in functions for item in function.bindings.get(target.name, ())
                if item.kind is Bind.PARAMETER]
    if not bindings:
        return None
    verdict = strongest([target.binding(item) for item in bindings])
    return verdict._replace(reason=f"documented parameter: {verdict.reason}", cause=Cause.DOC_PARAMETER)


def _member(target: Target, scope: Scope) -> Verdict | None:
    owner = scope.enclosing_class
    if owner is None or target.classes.find(owner, target.name) is None:
        return None
    return _told((instance(owner),), target.member_of)


def _section(text: str, begin: int, position: int) -> str:
    last = ""
    for found in _SECTION.finditer(text, begin, position):
        last = found.group(1).lower()
    return last


def _holder(text: str, start: int, indent: int) -> str:
    """The path that the directive around an indented line documents."""
    if not indent:
        return ""
    for line in reversed(text[:start].splitlines()[:-1]):
        found = _DIRECTIVE.match(line)
        if found is not None and len(found.group(1)) < indent:
            return found.group(3) if found.group(2) in _DOCUMENTS else ""
        if line.strip() and not line[0].isspace() and found is None:
            return ""
    return ""


def _parts(prefix: str) -> list[str]:
    return [part for part in prefix.lstrip("~!").split(".") if part]


def _line_before(text: str, start: int) -> str:
    return text[max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1:start]
