"""Does an identifier of the syntax tree refer to the target? One rule per syntactic role.

`calls.py` has the rule for keyword arguments, `literals.py` the one for text.
"""
from __future__ import annotations

import ast

from engine.evidence.calls import keyword_verdict
from engine.evidence.scopes import Bind, Binding, Role, Use
from engine.evidence.source import Absent
from engine.evidence.target import Cause, Target, Verdict, no, strongest, unknown
from engine.evidence.values import Value, ValueKind


def verdict_of_use(target: Target, use: Use) -> Verdict:
    node = use.node
    if isinstance(node, ast.Attribute):
        values = target.inference.infer(node.value, use.scope)
        return strongest([target.member_of(value) for value in values])
    if use.role is Role.KEYWORD:
        return keyword_verdict(target, use)
    if use.role is Role.IMPORT_MODULE:
        return _import_part(target, use)
    if use.role is Role.IMPORT_NAME and isinstance(node, ast.alias):
        return _imported(target, use, node)
    return target.any_of(target.inference.names.definitions(use.scope, target.name))


def _imported(target: Target, use: Use, node: ast.alias) -> Verdict:
    statement = use.holder
    if not isinstance(statement, ast.ImportFrom):
        return unknown("no import statement", Cause.OTHER)
    binding = Binding(Bind.FROM, node.name, use.scope, node, module=statement.module or "", level=statement.level,
                      member=node.name)
    return target.any_of(target.inference.names.of_bindings([binding]))


def _import_part(target: Target, use: Use) -> Verdict:
    """One part of a dotted module path."""
    if not target.is_module:
        return no("part of a module path", Cause.OTHER)
    statement, node = use.holder, use.node
    level = statement.level if isinstance(statement, ast.ImportFrom) else 0
    dotted = node.name if isinstance(node, ast.alias) else node.module if isinstance(node, ast.ImportFrom) else ""
    prefix = ".".join((dotted or "").split(".")[: use.word + 1])
    found = target.project.resolve_import(prefix, level, use.scope.path)
    if found is Absent.UNKNOWN:
        return unknown("the import cannot be followed", Cause.IMPORT_UNKNOWN)
    if found is Absent.EXTERNAL:
        return no("comes from outside the project", Cause.OUTSIDE)
    return target.value(Value(ValueKind.MODULE, path=found))
