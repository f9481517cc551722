"""Reading syntax without resolving anything: dotted names, decorators, what a function returns and yields."""
from __future__ import annotations

import ast
from typing import NamedTuple

from engine.evidence.scopes import Binding
from engine.evidence.source import UNPARSABLE
from engine.evidence.values import Values

MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})
# What these leave behind is still a function, or the property that its name says.
_KNOWN = MANAGERS | {
    "staticmethod", "classmethod", "wraps", "lru_cache", "cache", "overload", "abstractmethod", "override", "final",
    "fixture", "setter", "getter", "deleter", "deprecated", "no_type_check", "coroutine", "register", "skip", "skipif",
    "skipIf", "skipUnless", "expectedFailure",
}


class Outcome(NamedTuple):
    returns: tuple[ast.expr, ...]
    yields: tuple[ast.expr | None, ...]


def parse_expression(text: str) -> ast.expr | None:
    """A string annotation as the expression it stands for."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except UNPARSABLE:
        return None


def terminal(node: ast.expr | None) -> str:
    """The last identifier of `a.b.c`; empty for anything but names and attributes."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def root_name(node: ast.expr | None) -> str:
    """The first identifier of a chain of attributes and calls."""
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript, ast.Await)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def union(*parts: Values) -> Values:
    return tuple(value for part in parts for value in part)


def decorator_nodes(node: ast.AST) -> list[ast.expr]:
    """Decorators, without their arguments."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return []
    return [item.func if isinstance(item, ast.Call) else item for item in node.decorator_list]


def decorators(binding: Binding) -> set[str]:
    return {terminal(item) for item in decorator_nodes(binding.node)}


def is_property(binding: Binding) -> bool:
    return any(name.endswith("property") for name in decorators(binding))


def is_variadic(parameter: Binding) -> bool:
    """`*args` and `**kwargs` hold a tuple and a dict, whatever their annotation says of the elements."""
    node = parameter.scope.node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return False
    return parameter.node in (node.args.vararg, node.args.kwarg)


def is_fixture(binding: Binding) -> bool:
    return "fixture" in decorators(binding)


def strange_decorators(node: ast.AST) -> list[ast.expr]:
    """Those that may replace the function by anything."""
    return [item for item in decorator_nodes(node) if not _is_known(item)]


def _is_known(node: ast.expr) -> bool:
    name = terminal(node)
    return name in _KNOWN or name.endswith("property") or "mark" in ast.unparse(node).split(".")


def outcome(function: ast.AST) -> Outcome:
    """What a function's own body returns and yields; bare returns and those of None are left out."""
    returns: list[ast.expr] = []
    yields: list[ast.expr | None] = []
    stack: list[ast.AST] = list(getattr(function, "body", ()))
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Return) and node.value is not None:
            if not (isinstance(node.value, ast.Constant) and node.value.value is None):
                returns.append(node.value)
        elif isinstance(node, ast.Yield):
            yields.append(node.value)
        elif isinstance(node, ast.YieldFrom):
            yields.append(None)
        stack.extend(ast.iter_child_nodes(node))
    return Outcome(tuple(returns), tuple(yields))
