"""How much harder to understand a change makes the code, against what its request warrants.

Cognitive complexity (Campbell 2018, SonarSource) of every function, by the library `cognitive_complexity`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from cognitive_complexity.api import get_cognitive_complexity

from editops import Applied
from engine import Action, Diagnostic, Plan, Source

ALLOWED = 0
"""Added complexity of a request that moves, renames or threads things through: none."""
FOR_AN_EFFECT = 2
"""A flag that is to do something takes one guarded statement."""


def budget(plan: Plan) -> int:
    """Points that a plan may add."""
    effects = sum(1 for intent in plan.intents if intent.action is Action.ADD and intent.effect)
    return ALLOWED + FOR_AN_EFFECT * effects


def added(files: Mapping[str, bytes], applied: Applied) -> int:
    """Points that the change adds over all Python files together; what moves from one to another adds none."""
    gone = set(applied.removed) | set(applied.renamed)
    before = _total(files[path] for path in files if path.endswith(".py") and (path in applied.files or path in gone))
    after = _total(data for path, data in applied.files.items() if path.endswith(".py"))
    return after - before


def excess(plan: Plan, files: Mapping[str, bytes], applied: Applied) -> Diagnostic | None:
    """What is more complex than the request warrants, as a diagnostic; None where nothing is."""
    more, warranted = added(files, applied), budget(plan)
    if more <= warranted:
        return None
    message = f"adds {more} point{'s' if more > 1 else ''} of cognitive complexity, where this request warrants {warranted or 'none'}"
    return Diagnostic("", 0, "complexity", message, Source.COMPLEXITY)


def _total(texts: Iterable[bytes]) -> int:
    return sum(_of(data) for data in texts)


def _of(data: bytes) -> int:
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return 0
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    nested = {id(inner) for outer in functions for inner in ast.walk(outer) if inner is not outer}
    return sum(get_cognitive_complexity(node) for node in functions if id(node) not in nested)
