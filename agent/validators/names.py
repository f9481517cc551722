"""Names that nothing defines any more, and definitions that now hide one another (by pyflakes).

Looks at one file at a time; what other modules hold is the import check's affair.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import PurePosixPath

from pyflakes import messages
from pyflakes.checker import Checker

from agent.validators.base import ValidationContext, new_failures
from engine import Diagnostic, Source

_CODES: dict[type[messages.Message], str] = {
    messages.UndefinedName: "undefined-name",
    messages.UndefinedLocal: "undefined-name",
    messages.UndefinedExport: "undefined-name",
    messages.RedefinedWhileUnused: "redefined",
    messages.DuplicateArgument: "redefined",
}


class NamesValidator:
    def check(self, context: ValidationContext) -> list[Diagnostic]:
        now = partial(name_errors, paths=frozenset(context.paths))
        then = partial(name_errors, paths=context.paths_before())
        return new_failures(context, now, then, neighbours=False)


def name_errors(path: str, data: bytes, *, paths: Collection[str]) -> Iterator[Diagnostic]:
    """`paths`: all files of the tree, since a package's `__all__` may name its modules."""
    if not path.endswith((".py", ".pyi")):
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return  # The syntax check has said so.
    # pyflakes does not look at `__all__` in a file called __init__.py.
    shown = path.replace("__init__.py", "package.py")
    for message in Checker(tree, filename=shown).messages:
        code = _CODES.get(type(message))
        if code is None:
            continue
        name = str(message.message_args[0])
        if isinstance(message, messages.UndefinedExport) and _is_submodule(path, name, paths):
            continue
        text = message.message % message.message_args
        yield Diagnostic(path, int(message.lineno), code, text, Source.NAMES, name)


def _is_submodule(path: str, name: str, paths: Collection[str]) -> bool:
    folder = PurePosixPath(path).parent
    return any(str(folder / place) in paths for place in (f"{name}.py", f"{name}.pyi", f"{name}/__init__.py"))
