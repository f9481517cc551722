"""Whether a tree hangs together: files parse, names are defined, imports lead somewhere and in no new circle.

Whatever was broken in an accepted tree before is no fault of an answer. Knows nothing of tasks.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from benchmarks.refactor.compare import parses, undefined_names
from benchmarks.refactor.imports import Import, Module, bound_names, direct, imported, module_of, own_nodes
from benchmarks.refactor.tasks import Tree


@dataclass(frozen=True, slots=True)
class Soundness:
    """What is broken in a tree, each as text that can be subtracted."""

    unparsable: frozenset[str]
    undefined: frozenset[str]
    dangling: frozenset[str]
    # Pairs of modules that import each other, directly or through others, when they are loaded.
    circles: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the import machinery sees of one file."""

    imports: tuple[Import, ...]
    # Imports that run when the module is loaded.
    eager: tuple[Import, ...]
    names: frozenset[str]
    # Names may come from anywhere: star imports, a module `__getattr__`.
    open_: bool
    # `module.name` where `module` was imported whole.
    uses: tuple[tuple[str, str], ...]


@lru_cache(maxsize=4096)
def _facts(module: Module, data: bytes) -> _Facts | None:
    if not parses(data):
        return None
    tree = ast.parse(data)
    nodes = list(ast.walk(tree))
    found: list[Import] = []
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found += imported(module, node, "", False)
    later = {entry._replace(typing=False) for entry in direct(tree.body, module, "") if entry.typing}
    eager: list[Import] = []
    for node in own_nodes(tree.body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            eager += [entry for entry in imported(module, node, "", False) if entry not in later]
    names = bound_names(tree.body)
    open_ = "__getattr__" in names or any(entry.name == "*" for entry in found)
    return _Facts(tuple(found), tuple(eager), frozenset(names), open_, tuple(_attribute_uses(tree, nodes, module)))


def _attribute_uses(tree: ast.Module, nodes: Iterable[ast.AST], module: Module) -> list[tuple[str, str]]:
    """Attributes of names that the module itself imports and never binds again."""
    whole = {entry.bound: entry.meaning for entry in direct(tree.body, module, "")}
    rebound: set[str] = set()
    uses: list[tuple[str, str]] = []
    for node in nodes:
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id in whole:
                uses.append((node.value.id, node.attr))
        elif isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                rebound.add(node.id)
        elif isinstance(node, ast.arg):
            rebound.add(node.arg)
    return [(whole[name], attribute) for name, attribute in uses if name not in rebound]


def soundness(tree: Tree, check: Iterable[str]) -> Soundness:
    """Look at a whole tree; names are checked only in the given files."""
    modules = {path: module_of(path, tree) for path in tree if path.endswith(".py")}
    facts = {path: _facts(module, tree[path]) for path, module in modules.items()}
    by_name = {modules[path].name: found for path, found in facts.items() if found is not None}
    broken = {modules[path].name for path, found in facts.items() if found is None}
    undefined = {f"{p} {name}" for p in check if p in modules for name in undefined_names(p, tree[p])}
    dangling: set[str] = set()
    for path, found in facts.items():
        if found is not None:
            dangling |= {f"{path} {lost}" for lost in _lost(found, by_name, broken)}
    unparsable = frozenset(path for path, found in facts.items() if found is None)
    return Soundness(unparsable, frozenset(undefined), frozenset(dangling), _circles(by_name))


def _lost(facts: _Facts, by_name: Mapping[str, _Facts], broken: set[str]) -> set[str]:
    """What one file imports from the project although the project doesn't have it."""
    own = {name.partition(".")[0] for name in by_name}
    lost = set()
    for entry in facts.imports:
        if entry.module.partition(".")[0] not in own or entry.module in broken:
            continue
        if entry.module not in by_name:
            if any(name.startswith(entry.module.partition(".")[0] + ".") for name in by_name):
                lost.add(entry.module)
        elif entry.name and entry.name != "*" and not _holds(entry.module, entry.name, by_name, broken):
            lost.add(f"{entry.module}.{entry.name}")
    for module, attribute in facts.uses:
        if module in by_name and not _holds(module, attribute, by_name, broken):
            lost.add(f"{module}.{attribute}")
    return lost


def _holds(module: str, name: str, by_name: Mapping[str, _Facts], broken: set[str]) -> bool:
    facts = by_name[module]
    dotted = f"{module}.{name}"
    is_module = dotted in by_name or dotted in broken or any(other.startswith(dotted + ".") for other in by_name)
    return facts.open_ or name in facts.names or is_module or name.startswith("__")


def _circles(by_name: Mapping[str, _Facts]) -> frozenset[tuple[str, str]]:
    """Pairs of modules that reach each other by imports that run at load time."""
    graph: dict[str, set[str]] = {}
    for module, facts in by_name.items():
        reached = set()
        for entry in facts.eager:
            dotted = f"{entry.module}.{entry.name}"
            target = dotted if entry.name and dotted in by_name else entry.module
            # A package that holds the module is loaded before it anyway.
            if target in by_name and target != module and not module.startswith(target + "."):
                reached.add(target)
        graph[module] = reached
    found = set()
    for group in _components(graph):
        found |= {(left, right) for left in group for right in group if left < right}
    return frozenset(found)


def _components(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Strongly connected components of two or more, by Tarjan's way without recursion."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    waiting: set[str] = set()
    found: list[list[str]] = []
    for root in graph:
        work = [(root, iter(sorted(graph[root])))] if root not in order else []
        while work:
            node, rest = work[-1]
            if node not in order:
                order[node] = low[node] = len(order)
                stack.append(node)
                waiting.add(node)
            following = next((other for other in rest if other not in order or other in waiting), None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    group = _popped(stack, node)
                    waiting -= set(group)
                    found += [group] if len(group) > 1 else []
            elif following not in order:
                work.append((following, iter(sorted(graph[following]))))
            else:
                low[node] = min(low[node], order[following])
    return found


def _popped(stack: list[str], node: str) -> list[str]:
    group = []
    while True:
        group.append(stack.pop())
        if group[-1] == node:
            return group
