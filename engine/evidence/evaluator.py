"""What the parts of the inference ask of the whole."""
from __future__ import annotations

import ast
from typing import Protocol

from engine.evidence.classes import Classes
from engine.evidence.names import Names
from engine.evidence.scopes import Bind, Binding, Scope
from engine.evidence.source import Project
from engine.evidence.values import Value, Values


class Evaluator(Protocol):
    project: Project
    names: Names
    classes: Classes

    def infer(self, node: ast.expr, scope: Scope) -> Values: ...

    def annotation(self, node: ast.expr, scope: Scope) -> Values: ...

    def returned(self, binding: Binding, receiver: Value) -> Values: ...

    def yielded(self, binding: Binding) -> Values: ...


def outer(binding: Binding) -> Scope:
    """Annotations of parameters are evaluated outside the function."""
    if binding.kind is Bind.PARAMETER and binding.scope.parent is not None:
        return binding.scope.parent
    return binding.scope
