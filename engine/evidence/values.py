"""What an expression may stand for, as far as static evidence goes."""
from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum

from engine.evidence.scopes import Binding, Scope


class ValueKind(Enum):
    MODULE = "module"
    CLASS = "class"
    INSTANCE = "instance"
    SUPER = "super"
    FUNCTION = "function"
    VARIABLE = "variable"
    # A variable or parameter before its type has been inferred.
    BUILTIN = "builtin"
    EXTERNAL = "external"
    # A module, class or function from outside the project.
    FOREIGN = "foreign"
    # An instance of a type from outside the project.
    RETURNED = "returned"
    # Whatever outside code handed back, perhaps an object of the project.
    ABSENT = "absent"
    # The project module or class is known, and has no such name.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    kind: ValueKind
    path: str = ""
    # For modules (namespace folders end in a slash); for values from outside, the top-level package.
    scope: Scope | None = None
    # For classes, instances and super(): the class.
    binding: Binding | None = None
    # What defined it, where something in the project did.


Values = tuple[Value, ...]

BUILTIN: Values = (Value(ValueKind.BUILTIN),)
OUTSIDE = frozenset({ValueKind.EXTERNAL, ValueKind.FOREIGN, ValueKind.RETURNED})
ABSENT: Values = (Value(ValueKind.ABSENT),)
UNKNOWN: Values = (Value(ValueKind.UNKNOWN),)


def of_binding(binding: Binding) -> Value:
    """The value of a definition that is not an import."""
    if binding.inner is not None:
        if isinstance(binding.node, ast.ClassDef):
            return Value(ValueKind.CLASS, scope=binding.inner, binding=binding)
        return Value(ValueKind.FUNCTION, scope=binding.inner, binding=binding)
    return Value(ValueKind.VARIABLE, binding=binding)


def instance(scope: Scope) -> Value:
    return Value(ValueKind.INSTANCE, scope=scope)
