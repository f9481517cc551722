"""An installed package as a git repository of its own, and the proof that it still imports afterwards.

Copies Python sources only. Git gets its identity from the environment of the call, so nobody's
configuration is read or written.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from agent.errors import UserError
from agent.outcome import IntentView

_IDENTITY = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "redraft demo"), ("EMAIL", "demo@localhost"))
}
_OWN_GIT = {**_IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

_CHECK = """
import importlib, inspect, pathlib, sys
module, names, parameter = sys.argv[1], sys.argv[2].split("."), sys.argv[3]
found = importlib.import_module(module)
if pathlib.Path.cwd() not in pathlib.Path(found.__file__).resolve().parents:
    sys.exit(f"{module} was imported from {found.__file__}")
for name in filter(None, names):
    found = getattr(found, name)
if parameter and parameter not in inspect.signature(found).parameters:
    sys.exit(f"{found} has no parameter {parameter}")
"""
_NAMED_BY_MODULE = frozenset({"function", "method", "class", "exception", "constant"})


def create(package: str, folder: Path) -> str:
    """Copy `package` (import or distribution name) into `folder` and commit it; its import name."""
    name = _import_name(package)
    source = _source(name)
    if source.is_dir():
        shutil.copytree(source, folder / name, ignore=_only_python)
    else:
        shutil.copy(source, folder / source.name)
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all", "--force")
    _git(folder, "commit", "--quiet", "--message", f"{name} as installed")
    return name


def import_failure(folder: Path, package: str, intent: IntentView) -> str | None:
    """Import the edited package and look up the new name there; None when it is found, else the last complaint."""
    command = [sys.executable, "-c", _CHECK, *_lookup(package, intent)]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder.resolve(), env=environment, capture_output=True, text=True, check=False)
    lines = done.stderr.strip().splitlines()
    return None if done.returncode == 0 else (lines[-1] if lines else f"exit code {done.returncode}")


def _lookup(package: str, intent: IntentView) -> tuple[str, str, str]:
    """Module to import, dotted name inside it, and parameter to find on that."""
    path, _, qualified = intent.target.partition("::")
    module = path.removesuffix("/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    owner = qualified.rpartition(".")[0]
    if intent.kind in _NAMED_BY_MODULE:
        return module, f"{owner}.{intent.new}".lstrip("."), ""
    if intent.kind == "parameter":
        return module, qualified.partition("(")[0], intent.new
    if intent.kind == "module":
        new = intent.new.removesuffix(".py").replace("/", ".")
        return (new if "." in new else ".".join([*module.split(".")[:-1], new])), "", ""
    return (intent.new if intent.kind == "package" and "." not in module else package), "", ""


def _import_name(package: str) -> str:
    """The name a package or distribution is imported by."""
    if package.isidentifier() and importlib.util.find_spec(package):
        return package
    for name, distributions in importlib.metadata.packages_distributions().items():
        if package.lower() in (name.lower(), *(each.lower() for each in distributions)) and "/" not in name:
            return name
    raise UserError(f"There is no installed package {package}: see `redraft demo --list`, or install it.")


def _source(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec and spec.submodule_search_locations:
        folder = Path(next(iter(spec.submodule_search_locations)))
        if any(folder.rglob("*.py")):
            return folder
    elif spec and spec.origin and spec.origin.endswith(".py"):
        return Path(spec.origin)
    raise UserError(f"The package {name} has no Python source to edit: choose another.")


def _only_python(folder: str, names: list[str]) -> list[str]:
    return [
        name for name in names
        if name == "__pycache__" or not (name.endswith((".py", ".pyi")) or Path(folder, name).is_dir())
    ]


def _git(folder: Path, *arguments: str) -> None:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, env=inherited | _OWN_GIT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UserError(f"The demo repository could not be made: {done.stderr.strip() or 'git failed'}.")
