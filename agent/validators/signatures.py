"""What one module's text says of calls: the parameters of what it defines, and the calls it makes.

Pure: one text in, signatures and calls out. Silent wherever a signature may be another than the one that is written:
decorated, defined twice, assigned to, inherited.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
_PLAIN_DECORATORS = frozenset({"staticmethod", "classmethod"})


@dataclass(frozen=True, slots=True)
class Signature:
    """What may be passed to a function, without the object or class that it is bound to."""

    positional: tuple[str, ...]
    """Parameters that can be given by position, in order."""
    by_name: frozenset[str]
    """Parameters that can be given by name."""
    required: frozenset[str]
    """Parameters without a default."""
    takes_more: bool
    """Has `*args`."""
    takes_any_name: bool
    """Has `**kwargs`."""


@dataclass(frozen=True, slots=True)
class Call:
    line: int
    chain: tuple[str, ...]
    """`a.b.c(...)` has a, b, c."""
    owner: str
    """The class around a call through `self` or `cls`; empty for all others."""
    count: int
    """Arguments by position."""
    names: tuple[str, ...]
    unpacks_positions: bool
    unpacks_names: bool


@dataclass(frozen=True, slots=True)
class CallFacts:
    signatures: dict[str, Signature]
    """By `name` of a function or class of the module, or `Class.name` of a method."""
    calls: tuple[Call, ...]
    """Those through names that are bound once in the file: one that is bound in two places may be either."""


_NOTHING = CallFacts({}, ())


@lru_cache(maxsize=256)
def call_facts(data: bytes) -> CallFacts:
    """Facts of a Python text; none where it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return _NOTHING
    bound = Counter(_bound(tree))
    found: dict[str, Signature] = {}
    for node in tree.body:
        if isinstance(node, (*_Function, ast.ClassDef)) and bound[node.name] == 1:
            signature = _of_class(node) if isinstance(node, ast.ClassDef) else _of_function(node, bound=False)
            if signature:
                found[node.name] = signature
            if isinstance(node, ast.ClassDef):
                found |= {f"{node.name}.{name}": method for name, method in _methods(node)}
    return CallFacts(found, tuple(call for call in _calls(tree, "") if call.owner or bound[call.chain[0]] == 1))


def changed_signatures(before: bytes, after: bytes, names: Mapping[str, str] | None = None) -> frozenset[str]:
    """The names of a module whose parameters are others than before: `name`, or `Class.name`. What is gone is not among them.

    names: old names to new ones; what was renamed is told under both.
    """
    now, found = call_facts(after).signatures, set[str]()
    for name, signature in call_facts(before).signatures.items():
        new = ".".join((names or {}).get(part, part) for part in name.split("."))
        here = name if name in now else new
        if now.get(here, signature) != signature:
            found |= {name, here}
    return frozenset(found)


def _bound(tree: ast.Module) -> Iterator[str]:
    """Every binding of a name anywhere in the file."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name.partition(".")[0]
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case _:
                pass


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef, *, bound: bool) -> Signature | None:
    decorators = [getattr(decorator, "id", "?") for decorator in node.decorator_list]
    if not _PLAIN_DECORATORS.issuperset(decorators) or decorators and not bound:
        return None
    arguments = node.args
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    optional = set(positional[len(positional) - len(arguments.defaults):])
    optional |= {argument.arg for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default}
    hidden = positional[:1] if bound and "staticmethod" not in decorators else []
    by_name = {argument.arg for argument in (*arguments.args, *arguments.kwonlyargs)} - set(hidden)
    if bound and not hidden and "staticmethod" not in decorators and not arguments.vararg:
        return None
    return Signature(
        positional=tuple(positional[len(hidden):]),
        by_name=frozenset(by_name),
        required=frozenset({*positional, *(argument.arg for argument in arguments.kwonlyargs)} - optional - set(hidden)),
        takes_more=arguments.vararg is not None,
        takes_any_name=arguments.kwarg is not None,
    )


def _of_class(node: ast.ClassDef) -> Signature | None:
    """Of a class that says itself how it is made, and nothing else has a say."""
    plain = all(isinstance(base, ast.Name) and base.id == "object" for base in node.bases)
    if not plain or node.keywords or node.decorator_list:
        return None
    names = Counter(_bound(ast.Module(node.body, [])))
    if "__new__" in names or names["__init__"] != 1:
        return None
    return next((_of_function(part, bound=True) for part in node.body if isinstance(part, _Function) and part.name == "__init__"), None)


def _methods(node: ast.ClassDef) -> Iterator[tuple[str, Signature]]:
    times = Counter(part.name for part in node.body if isinstance(part, (*_Function, ast.ClassDef)))
    times += Counter(name.id for part in node.body for name in ast.walk(part) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store))
    times += Counter(name.attr for name in ast.walk(node) if isinstance(name, ast.Attribute) and not isinstance(name.ctx, ast.Load))
    for part in node.body:
        if isinstance(part, _Function) and times[part.name] == 1:
            signature = _of_function(part, bound=True)
            if signature:
                yield part.name, signature


def _calls(node: ast.AST, owner: str) -> Iterator[Call]:
    """Calls of plain names and dotted ones."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield from _call(child, owner)
        inside = owner
        if isinstance(child, ast.ClassDef):
            inside = child.name if isinstance(node, ast.Module) else ""
        yield from _calls(child, inside)


def _call(node: ast.Call, owner: str) -> Iterator[Call]:
    names: list[str] = []
    base: ast.expr = node.func
    while isinstance(base, ast.Attribute):
        names.append(base.attr)
        base = base.value
    if not isinstance(base, ast.Name):
        return
    through_self = base.id in ("self", "cls") and len(names) == 1
    yield Call(
        line=node.lineno,
        chain=(base.id, *reversed(names)),
        owner=owner if through_self else "",
        count=sum(not isinstance(argument, ast.Starred) for argument in node.args),
        names=tuple(keyword.arg for keyword in node.keywords if keyword.arg),
        unpacks_positions=any(isinstance(argument, ast.Starred) for argument in node.args),
        unpacks_names=any(keyword.arg is None for keyword in node.keywords),
    )
