"""What a module that did not exist before begins with, in the manner of the project."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from engine.actions.landing import Landed
from engine.actions.moving import Home
from engine.actions.needs import postpones
from engine.actions.statements import head_comment
from engine.evidence import Module, Project
from engine.evidence.source import parse_module

FUTURE = "from __future__ import annotations"
_SIBLINGS = 12


def added_packages(project: Project, to: str) -> list[str]:
    """The `__init__.py` files that new folders inside a package need."""
    if to in project.paths:
        return []
    folders = to.split("/")[:-1]
    missing: list[str] = []
    while folders:
        init = "/".join([*folders, "__init__.py"])
        if init in project.paths:
            return missing
        if any(path.startswith("/".join(folders) + "/") for path in project.paths):
            # The folder is there and does without.
            return []
        if init != to:
            missing.append(init)
        folders = folders[:-1]
    return []


def header_for(project: Project, home: Home, to: str, arriving: Sequence[Landed]) -> str:
    """Licence comment and future import."""
    folder = home.path.rpartition("/")[0]
    siblings = sorted(path for path in project.paths if path.endswith(".py") and path.rpartition("/")[0] == folder and project.text(path))[:_SIBLINGS]
    texts = [text for text in map(project.text, siblings) if text is not None]
    head = _comment(home.module.text)
    if head and sum(_comment(text) == head for text in texts) * 2 <= len(texts):
        head = ""
    out = head
    if postpones(home.module):
        own = any(has_annotations(parse_module(to, piece.text)) for piece in arriving)
        if own or sum(FUTURE in text for text in texts) * 2 > len(texts):
            out += ("\n" if out else "") + FUTURE + "\n"
    return out


def _comment(text: str) -> str:
    """The comment that a file begins with, without the lines for tools."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    return "".join(f"{line}\n" for line in head_comment(lines))


def has_annotations(module: Module) -> bool:
    """Whether anything in it is annotated."""
    for node in ast.walk(module.tree) if module.tree is not None else ():
        if isinstance(node, ast.AnnAssign) or (isinstance(node, ast.arg) and node.annotation is not None):
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns is not None:
            return True
    return False


def relies_on_postponed(home: Module, destination: Module, pieces: Sequence[tuple[int, int]], names: Sequence[str]) -> bool:
    """Whether annotations of moved code would fail if they were evaluated at the new home."""
    if not postpones(home) or postpones(destination) or home.tree is None:
        return False
    for node in ast.walk(home.tree):
        for note in _annotations(node):
            start = home.positions.span(note)[0]
            if not any(first <= start < last for first, last in pieces):
                continue
            for inner in ast.walk(note):
                if isinstance(inner, ast.BinOp) or (isinstance(inner, ast.Name) and inner.id in names):
                    return True
    return False


def _annotations(node: ast.AST) -> list[ast.expr]:
    found = [getattr(node, "annotation", None), getattr(node, "returns", None)]
    return [note for note in found if isinstance(note, ast.expr)]
