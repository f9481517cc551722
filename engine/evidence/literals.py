"""Does a word inside a string, a comment, documentation or configuration refer to the target?

Only a dotted path can be followed; a bare word stays UNKNOWN, save where Python itself reads it as a name: `__all__`,
string annotations, getattr and its like.
"""
from __future__ import annotations

import re

from engine.evidence.docs import verdict_of_docstring, verdict_of_prose
from engine.evidence.doctests import Examples, verdict_of_example
from engine.evidence.infer import Inference
from engine.evidence.scopes import Literal, Scope, owner_of_self
from engine.evidence.source import module_scope
from engine.evidence.target import Cause, Resolution, Target, Verdict, no, strongest, unknown, yes
from engine.evidence.values import ABSENT, BUILTIN, Value, ValueKind, Values

_DOCUMENTS = (".rst", ".txt", ".md")
_PREFIX = re.compile(r"(?:[A-Za-z_]\w*[.:])+$")
_NOWHERE = (ValueKind.UNKNOWN, ValueKind.ABSENT, ValueKind.EXTERNAL, ValueKind.FOREIGN, ValueKind.RETURNED)
_FOLDERS = re.compile(r"(?:[\w.-]+/)+$")
# Longer prefixes than this are no paths of modules.
_REACH = 160


def verdict_of_literal(target: Target, literal: Literal, start: int, end: int, text: str) -> Verdict:
    """`text[start:end]` is the target's name and lies in the literal."""
    if literal.exported:
        return target.any_of(target.inference.names.definitions(module_scope(literal.scope), target.name))
    if literal.receiver is not None:
        return strongest([target.member_of(value)
                          for value in target.inference.infer(literal.receiver, literal.scope)])
    prefix = dotted_prefix(text, start)
    if literal.annotation and not prefix:
        return target.any_of(target.inference.names.definitions(literal.scope, target.name))
    if literal.docstring:
        module = target.project.module(literal.scope.path)
        begin, close = (0, 0) if module is None else module.positions.span(literal.node)
        meant = _in_example(target, literal, text, start, begin, close) or verdict_of_docstring(
            target, text, start, end, literal.scope, begin)
        if meant is not None:
            return meant
    verdict = verdict_of_text(target, text, start, end, literal.scope.path, literal.scope)
    if verdict.resolution is Resolution.UNKNOWN and literal.docstring and literal.scope in target.functions:
        return unknown("docstring of the owning function" if target.is_parameter else "docstring of the owner",
                       Cause.DOC_OF_OWNER)
    return verdict


def _in_example(target: Target, literal: Literal, text: str, start: int, begin: int, close: int) -> Verdict | None:
    line = text[max(text.rfind("\n", 0, start), begin) + 1:start].lstrip()
    if not line.startswith((">>>", "...")):
        return None
    known = target.inference.memory
    examples = known.get(literal.node)
    if not isinstance(examples, Examples):
        examples = known[literal.node] = Examples(text, begin, close, literal.scope)
    return verdict_of_example(target, examples, start)


def verdict_of_text(target: Target, text: str, start: int, end: int, path: str, scope: Scope | None) -> Verdict:
    if scope is None and path.endswith(_DOCUMENTS):
        meant = verdict_of_prose(target, text, start, end, path)
        if meant is not None:
            return meant
    prefix = dotted_prefix(text, start)
    if not prefix:
        return _file_path(target, text, start, end)
    parts = re.split("[.:]", prefix[:-1])
    known = [value for value in _values(target.inference, parts, path, scope)
             if value.kind not in _NOWHERE]
    if known:
        verdict = strongest([target.member_of(value) for value in known])
        if verdict.resolution is not Resolution.NO or len(parts) > 1 or known[0].kind is not ValueKind.MODULE:
            return verdict._replace(reason=f"dotted path: {verdict.reason}", cause=_dotted_cause(verdict))
    if target.is_parameter:
        return unknown("a word in text", Cause.WORD_IN_TEXT)
    if parts == _address(target)[-len(parts):]:
        return yes("dotted path of the owner", Cause.DOTTED)
    if known:
        return no("dotted path to something else", Cause.DOTTED_OTHER)
    return unknown("dotted path that leads nowhere known", Cause.DOTTED_NOWHERE)


def _dotted_cause(verdict: Verdict) -> Cause:
    return {Resolution.YES: Cause.DOTTED, Resolution.NO: Cause.DOTTED_OTHER}.get(verdict.resolution, verdict.cause)


def dotted_prefix(text: str, start: int) -> str:
    """The `a.b.` before an offset; entry points separate module and name by a colon."""
    if start == 0 or text[start - 1] not in ".:":
        return ""
    found = _PREFIX.search(text, max(0, start - _REACH), start)
    return found.group() if found else ""


def _values(inference: Inference, parts: list[str], path: str, scope: Scope | None) -> Values:
    """What a dotted prefix means here: by the names in scope first, then as a path from the project's root."""
    if scope is not None:
        owner = owner_of_self(scope, parts[0])
        values: Values = ()
        if owner is not None:
            values = (Value(ValueKind.INSTANCE, scope=owner),)
        else:
            found = inference.names.definitions(scope, parts[0])
            values = () if found in (ABSENT, BUILTIN) else inference.settled(found)
        for part in parts[1:] if values else []:
            values = inference.attributes(values, part)
        if any(value.kind is not ValueKind.UNKNOWN for value in values):
            return values
    return inference.dotted(parts, path)


def _address(target: Target) -> list[str]:
    """The dotted path of what holds the target: module and owner, or the parent package."""
    address = target.project.dotted(target.entity.path).split(".")
    if target.is_module:
        return address[:-1]
    return address + (target.entity.owner.split(".") if target.entity.owner else [])


def _file_path(target: Target, text: str, start: int, end: int) -> Verdict:
    """`pkg/mod.py` in a configuration or a document names a module."""
    if not target.is_module:
        return unknown("a word in text", Cause.WORD_IN_TEXT)
    folders = _FOLDERS.search(text, max(0, start - _REACH), start)
    before = folders.group() if folders else ""
    own = target.entity.path.removesuffix("/__init__.py") if target.entity.path.endswith("/__init__.py") else (
        target.entity.path.rpartition(".")[0])
    suffix = text.startswith(".py", end) or text.startswith("/", end)
    if not (before or suffix):
        return unknown("a word in text", Cause.WORD_IN_TEXT)
    written = (before + text[start:end]).removeprefix("./")
    if f"/{own}".endswith(f"/{written}") and (suffix or before):
        return yes("path of the file", Cause.PATH)
    if before and text.startswith(".py", end) and any(f"/{path}".endswith(f"/{written}.py") for path in target.project.paths):
        return no("path of another file", Cause.PATH)
    return unknown("path of another file", Cause.PATH)
