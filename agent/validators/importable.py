"""Every changed module, really imported in the staged copy: what only running finds out.

Runs code of the repository, so only together with tests that the user asked for, and as isolated as they are. A module
that cannot be imported without the change either is forgiven.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from agent.validators.base import ValidationContext
from agent.validators.output import failures, last_place
from agent.validators.process import run_words
from engine import Diagnostic, Source

MAX_MODULES = 200
"""Modules imported; the tests see the rest."""
_SECONDS = 60.0
_PROGRAM = """
import importlib, sys, traceback
for name in sys.argv[1:]:
    print("redraft-import", name, flush=True)
    try:
        importlib.import_module(name)
    except BaseException:
        traceback.print_exc(file=sys.stdout)
print("redraft-done", flush=True)
"""


class ImportableValidator:
    def check(self, context: ValidationContext) -> list[Diagnostic]:
        changed = [path for path, data in sorted(context.after.items())
                   if context.before.get(context.origin(path)) != data or path in context.renamed.values()]  # fmt: skip
        modules = {name: path for path in changed if (name := _module(path, context))}
        if context.tests is None or not modules:
            return []
        found = dict(_failing(context, context.staged, list(modules)[:MAX_MODULES]))
        if found and context.baseline is not None:
            names = {name: _module(context.origin(modules[name]), context) for name in found}
            with context.baseline() as base:
                known = dict(_failing(context, base.path, [name for name in names.values() if name]))
            found = {name: failure for name, failure in found.items() if names[name] not in known}
        return list(found.values())


def _module(path: str, context: ValidationContext) -> str:
    """The dotted name under which the staged tree offers a file; empty for one that is no module, or a test."""
    place = PurePosixPath(path)
    parts = place.with_suffix("").parts
    if place.suffix != ".py" or not all(part.isidentifier() for part in parts) or place.stem in ("__main__", "setup", "conftest", "manage"):
        return ""
    if place.stem.startswith("test_") or any(part in ("tests", "test") for part in parts):
        return ""
    folder = place.parent
    inside = 0
    while str(folder / "__init__.py") in context.paths and str(folder) != ".":
        folder, inside = folder.parent, inside + 1
    # The staged tree and its `src` are what PYTHONPATH holds; a lone script is not meant to be imported.
    if not inside or str(folder) not in (".", "src"):
        return ""
    name = ".".join(parts[len(parts) - inside - 1:])
    return name.removesuffix(".__init__")


def _failing(context: ValidationContext, folder: Path, names: list[str]) -> Iterator[tuple[str, Diagnostic]]:
    """The modules that cannot be imported, with why."""
    words = [_python(context.tests or ""), "-c", _PROGRAM, *names]
    result = run_words(words, folder, min(_SECONDS, context.timeout), context.isolation)
    for report in result.output.split("redraft-import ")[1:]:
        name, _, said = report.partition("\n")
        if "Traceback (most recent call last)" in said:
            path, line = last_place(said, folder)
            last = said.replace("redraft-done", "").strip().splitlines()[-1][:200]
            yield name, Diagnostic(path, line, "not-importable", f"{name} cannot be imported: {last}", Source.IMPORTS, failures(said, folder)[0].name)


def _python(tests: str) -> str:
    """The interpreter that runs the tests: the one the command names, or the one beside it or in PATH."""
    try:
        words = shlex.split(tests)
    except ValueError:  # The tests will say so.
        words = []
    program = shutil.which(words[0]) if words else None
    if program and os.path.isabs(program):
        if Path(program).name.startswith("python"):
            return program
        beside = Path(program).with_name("python")
        if beside.exists():
            return str(beside)
    return shutil.which("python3") or sys.executable
