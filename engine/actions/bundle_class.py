"""The dataclass that parameters are bundled into: its fields, and what a docstring said of them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from engine.actions.docstrings import Entry, Manner, entries
from engine.actions.functions import Definition, Parameter
from engine.actions.import_text import Spec
from engine.actions.layout import newline_of, unit_of
from engine.actions.module_names import ModuleName
from engine.actions.needed import Needed, is_visible

_FACTORIES = {"[]": "list", "{}": "dict", "set()": "set", "list()": "list", "dict()": "dict"}
_MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


@dataclass(frozen=True, slots=True)
class Member:
    """One field."""

    name: str
    annotation: str
    default: str
    """Empty: none."""


def default_of(item: Definition, parameter: Parameter) -> ast.expr | None:
    """The default of a parameter."""
    args = item.node.args
    plain = [*args.posonlyargs, *args.args]
    if parameter.node in plain:
        at = plain.index(parameter.node) - (len(plain) - len(args.defaults))
        return args.defaults[at] if at >= 0 else None
    return args.kw_defaults[args.kwonlyargs.index(parameter.node)]


def members_of(item: Definition, parameters: Sequence[Parameter], needed: Needed) -> list[Member]:
    """The fields, those without a default first."""
    found: list[Member] = []
    text, positions = item.module.text, item.module.positions
    for parameter in parameters:
        default = default_of(item, parameter)
        annotation = parameter.node.annotation
        kind = text[slice(*positions.span(annotation))] if annotation is not None else _kind(default)
        if not kind:
            kind = "Any"
            _import(item, needed, "typing", "Any")
        value = "" if default is None else text[slice(*positions.span(default))]
        if isinstance(default, _MUTABLE) or value in _FACTORIES:
            _import(item, needed, "dataclasses", "field")
            value = f"field(default_factory={_FACTORIES.get(value) or f'lambda: {value}'})"
        found.append(Member(parameter.name, kind, value))
    _import(item, needed, "dataclasses", "dataclass")
    return sorted(found, key=lambda member: bool(member.default))


def _kind(default: ast.expr | None) -> str:
    if isinstance(default, ast.Constant) and default.value is not None and default.value is not ...:
        return type(default.value).__name__
    return {ast.List: "list", ast.Dict: "dict", ast.Set: "set", ast.Tuple: "tuple"}.get(type(default), "") if default is not None else ""


def _import(item: Definition, needed: Needed, module: str, name: str) -> None:
    root = item.module.root
    if root is not None and not is_visible(root, name):
        needed.want(item.path, Spec(ModuleName(module), name))


def written(item: Definition, name: str, members: Sequence[Member]) -> str:
    """The class as text, with two blank lines behind it."""
    newline, unit = newline_of(item.module.text), unit_of(item.module.text)
    lines = ["@dataclass", f"class {name}:", *_documented(item, members, unit)]
    lines += [f"{unit}{member.name}: {member.annotation}" + (f" = {member.default}" if member.default else "") for member in members]
    return newline.join([*lines, "", "", ""])


def _documented(item: Definition, members: Sequence[Member], unit: str) -> list[str]:
    """A docstring in the manner of the one that told of the parameters; nothing where none did."""
    holders = [item.node, *([item.owner] if item.owner is not None and item.node.name == "__init__" else [])]
    found = [entry for node in holders for entry in entries(item.module, node)]
    wanted = {member.name for member in members}
    kept = [entry for entry in found if set(entry.names) & wanted]
    if not kept:
        return []
    manner = kept[0].manner
    head = {Manner.GOOGLE: [f"{unit}Attributes:"], Manner.NUMPY: [f"{unit}Attributes", f"{unit}----------"], Manner.FIELDS: []}[manner]
    depth = unit * 2 if manner is Manner.GOOGLE else unit
    lines = [line for entry in kept for line in _entry_lines(item, entry, depth)]
    return [
        f'{unit}"""Parameters of {item.node.name if item.node.name != "__init__" else item.scope.name}.',
        "",
        *head,
        *lines,
        f'{unit}"""',
        "",
    ]


def _entry_lines(item: Definition, entry: Entry, depth: str) -> list[str]:
    own = len(entry.head) - len(entry.head.lstrip(" \t"))
    lines = item.module.text[entry.start : entry.end].splitlines()
    return [depth + line[own:] if line.strip() else "" for line in lines]
