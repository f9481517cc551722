"""What one module's text says of itself: names it binds, modules it imports, attributes it uses of them.

Pure: one text in, facts out. Does not know where any module lies.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_DYNAMIC = frozenset({"globals", "vars", "exec", "__getattr__"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class ImportFact:
    """One name of an import statement."""

    line: int
    level: int
    """Leading dots."""
    module: str
    name: str | None
    """After `from module import`; None for a plain `import module`."""
    bound: str
    """The name it binds in the importing module."""
    eager: bool
    """Run when the module is imported, outside functions and `if TYPE_CHECKING`."""


@dataclass(frozen=True, slots=True)
class AttributeUse:
    line: int
    base: str
    names: tuple[str, ...]
    """`base.a.b` has the names a, b."""


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    bound: frozenset[str]
    imports: tuple[ImportFact, ...]
    uses: tuple[AttributeUse, ...]
    """Reads of attributes of names that only imports bind in this file."""
    patched: frozenset[str]
    """Attributes that the file itself sets on something."""
    is_open: bool
    """May hold names that its text does not show."""


EMPTY = ModuleFacts(frozenset(), (), (), frozenset(), True)


@lru_cache(maxsize=1024)
def facts_of(data: bytes) -> ModuleFacts:
    """Facts of a Python text; those of an open module where it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return EMPTY
    imports = tuple(_imports(tree, eager=True))
    nodes = list(ast.walk(tree))
    here = frozenset(_module_bindings(tree)) | {name for node in nodes if isinstance(node, ast.Global)
                                                for name in node.names}
    calls = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return ModuleFacts(
        bound=here - {"*"},
        imports=imports,
        uses=tuple(_uses(nodes, imports)),
        patched=frozenset(node.attr for node in nodes
                          if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)),
        is_open=not _DYNAMIC.isdisjoint(here | calls) or b"sys.modules[__name__]" in data,
    )


def _imports(node: ast.AST, *, eager: bool) -> Iterator[ImportFact]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                bound = alias.asname or alias.name.partition(".")[0]
                yield ImportFact(child.lineno, 0, alias.name, None, bound, eager)
        elif isinstance(child, ast.ImportFrom):
            for alias in child.names:
                yield ImportFact(child.lineno, child.level, child.module or "", alias.name,
                                 alias.asname or alias.name, eager)
        else:
            late = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) or _for_types_only(child)
            yield from _imports(child, eager=eager and not late)


def _for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and any(
        getattr(part, "id", getattr(part, "attr", "")) == "TYPE_CHECKING" for part in ast.walk(node.test))


def _module_bindings(node: ast.AST) -> Iterator[str]:
    """Names bound in the scope of `node` itself, at any depth of statements."""
    for child in ast.iter_child_nodes(node):
        yield from _bound_by(child)
        if not isinstance(child, _SCOPES):
            yield from _module_bindings(child)


def _bound_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case ast.arg(arg=name):
            yield name
        case _:
            return


def _uses(nodes: list[ast.AST], imports: tuple[ImportFact, ...]) -> Iterator[AttributeUse]:
    times = Counter(name for node in nodes for name in _bound_by(node))
    by_import = Counter(item.bound for item in imports)
    plain = {name for name, count in by_import.items() if times[name] == count}
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if not isinstance(node, ast.Attribute) or id(node) in inner:
            continue
        chain = _chain(node)
        if chain is not None and chain[0] in plain:
            yield AttributeUse(node.lineno, chain[0], chain[1])


def _chain(node: ast.expr) -> tuple[str, tuple[str, ...]] | None:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, tuple(reversed(names))) if isinstance(node, ast.Name) else None
