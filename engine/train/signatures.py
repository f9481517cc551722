"""What people write in signatures and at calls, gathered from a package: the pool from which added parameters are drawn."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.evidence import Entity, Project

_LONGEST = 40
"""Characters of an annotation, a default or a value."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as somebody declared it."""

    name: str
    type: str
    default: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """All functions of a package by path and offset of their name's line, the parameters and the values at calls."""

    functions: Mapping[tuple[str, int], Function]
    """(path, line of `def`)"""
    parameters: tuple[Parameter, ...]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Keyword -> what calls pass for it."""
    outside: tuple[str, ...] = ()
    """Dotted names that are imported from elsewhere."""

    @classmethod
    def of(cls, project: Project, paths: Iterable[str]) -> Signatures:
        """Read all modules once."""
        functions: dict[tuple[str, int], Function] = {}
        parameters: dict[Parameter, None] = {}
        values: dict[str, dict[str, None]] = {}
        outside: dict[str, None] = {}
        for path in sorted(paths):
            module = project.module(path)
            if module is None or module.tree is None:
                continue
            for node in ast.walk(module.tree):
                if isinstance(node, Function):
                    functions[path, node.lineno] = node
                    parameters.update(dict.fromkeys(_declared(node)))
                elif isinstance(node, ast.Call):
                    for keyword in node.keywords:
                        said = ast.unparse(keyword.value) if keyword.arg else ""
                        if keyword.arg and len(said) <= _LONGEST:
                            values.setdefault(keyword.arg, {})[said] = None
                elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module and node.module.partition(".")[0] != path.partition("/")[0]:
                    outside.update(dict.fromkeys(f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*"))
        return cls(functions, tuple(parameters), {name: tuple(said) for name, said in values.items()}, tuple(outside))

    def of_function(self, entity: Entity) -> tuple[str, ...] | None:
        """Names of the parameters that a caller passes, in order; None where the function isn't found."""
        node = next((self.functions[entity.path, line] for line in (entity.line,) if (entity.path, line) in self.functions), None)
        if node is None or node.name != entity.name:
            return None
        names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        return tuple(name for i, name in enumerate(names) if i > 0 or name not in ("self", "cls"))


def _declared(node: Function) -> Iterable[Parameter]:
    positional = [*node.args.posonlyargs, *node.args.args]
    defaults: list[ast.expr | None] = [*[None] * (len(positional) - len(node.args.defaults)), *node.args.defaults]
    for argument, default in (*zip(positional, defaults, strict=True), *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)):
        kind = ast.unparse(argument.annotation) if argument.annotation else ""
        said = ast.unparse(default) if default else ""
        if argument.arg not in ("self", "cls") and len(argument.arg) > 2 and len(kind) <= _LONGEST and len(said) <= _LONGEST:
            yield Parameter(argument.arg, kind, said)
