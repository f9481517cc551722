"""A first look at whether anything of a change is left in a file: by its syntax alone, before anything is resolved.

It may say yes where nothing is left; name resolution comes later.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.begun.changes import Begun, Deleted, ModuleMoved, Moved, Renamed, Resigned
from engine.begun.fitting import is_misfit
from engine.begun.outline import parsed


def words_of(change: Begun) -> tuple[str, ...]:
    """The words without which a file has nothing to do with a change."""
    match change:
        case Renamed(old=old):
            return (old,)
        case Moved(name=name, path=path) | Deleted(name=name, path=path):
            return name, _parts(path)[-1]
        case ModuleMoved(path=path):
            return (_parts(path)[-1],)
        case Resigned():
            return (change.called,)


def may_stand(change: Begun, path: str, text: str) -> bool:
    """Whether a place of the file may not have followed yet. Names (Renamed) are not looked for here."""
    if isinstance(change, Resigned) and f"{change.called}(" not in text:
        return False
    tree = parsed(text)
    if tree is None:
        return False
    match change:
        case Moved(name=name, path=home) | Deleted(name=name, path=home):
            parts = _parts(home)
            known = {parts[-1], *_aliases(tree, path, parts)}
            return any(_leads(node, name, path, parts, known) for node in ast.walk(tree)) or (path == home and _is_read(tree, name))
        case ModuleMoved(path=old, to=new) if not change.is_rename:
            gone, come = _parts(old), _parts(new)
            return any(_ends(gone, item) and not _ends(come, item) for item in _modules(tree, path))
        case Resigned():
            return any(_misfits(node, change) for node in ast.walk(tree))
        case _:
            return True


def _parts(path: str) -> list[str]:
    """The names of a module's folders and its own."""
    parts = path.rstrip("/").removesuffix(".pyi").removesuffix(".py").split("/")
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts


def _aliases(tree: ast.Module, path: str, home: list[str]) -> Iterator[str]:
    """Names by which a file knows a module."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            start = _absolute(node, path) if isinstance(node, ast.ImportFrom) else []
            yield from (alias.asname for alias in node.names if alias.asname and _ends(home, [*start, *alias.name.split(".")]))


def _leads(node: ast.AST, name: str, path: str, home: list[str], known: set[str]) -> bool:
    """`from home import name`, `home.name`, 'home.name'."""
    if isinstance(node, ast.ImportFrom):
        return any(alias.name in (name, "*") for alias in node.names) and _ends(home, _absolute(node, path))
    if isinstance(node, ast.Attribute):
        value = node.value
        last = value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
        return node.attr == name and last in known
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and f"{home[-1]}.{name}" in node.value


def _is_read(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load) for node in ast.walk(tree))


def _absolute(node: ast.ImportFrom, path: str) -> list[str]:
    """The dotted name that an import starts from, in folders of the repository where it is relative."""
    inner = node.module.split(".") if node.module else []
    folder = path.split("/")[:-1]
    return folder[: len(folder) - node.level + 1] + inner if node.level else inner


def _ends(whole: list[str], part: list[str]) -> bool:
    """Whether a dotted name may be that of a module: the repository may have folders above the first package."""
    return bool(part) and (whole[-len(part) :] == part or part[-len(whole) :] == whole)


def _modules(tree: ast.Module, path: str) -> Iterator[list[str]]:
    """Every dotted name that an import or a string spells, and what may be a module in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = _absolute(node, path)
            yield start
            yield from ([*start, alias.name] for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value and node.value.replace(".", "").isidentifier():
            names = node.value.split(".")
            yield from (names[:i] for i in range(1, len(names) + 1))


def _misfits(node: ast.AST, change: Resigned) -> bool:
    func = node.func if isinstance(node, ast.Call) else None
    name = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
    if not isinstance(node, ast.Call) or name != change.called:
        return False
    ways = (1,) if change.owner.endswith("__init__") else (0, 1) if "." in change.owner else (0,)
    return any(is_misfit(node, node.args, given, change.before, change.after) for given in ways)
