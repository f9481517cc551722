"""The shape of the code, read off its syntax: who may import whom, and how large a file and a function may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import editops
import engine

ROOT = Path(__file__).parents[1]
PACKAGES = ("agent", "engine", "editops")
ALLOWED = {"agent": {"engine", "editops"}, "engine": {"editops"}, "editops": set()}
PUBLIC = {"engine": set(engine.__all__), "editops": set(editops.__all__)}
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}

MAX_FILE, MAX_FUNCTION = 350, 60
HEAVY = {"torch", "transformers", "peft", "llguidance", "torchao"}
MAY_BE_HEAVY = {"engine.network_torch", *(f"engine.hub.{name}" for name in ("blocks", "causal", "denoising", "fill", "gemma", "local", "masked", "quantised"))}
EXCEPTIONS = {
    ("engine", "import_module"): "public names are resolved when first used, so that importing stays cheap",
    ("editops", "import_module"): "the protocol library takes a quarter of a second to load",
    ("agent.dispatch", "import_module"): "each command's module is loaded when it runs, so that --help stays cheap",
    ("agent.commands.hook", "import_module"): "only a commit with something begun pays for the loop and the model",
    ("agent.commands.batch", "import_module"): "Ray is an optional extra",
    ("agent.commands.serve", "import_module"): "the libraries of the two protocols are optional extras",
    ("agent.dispatch", "except Exception"): "the one place where a crash becomes a sentence and a report on disk",
    ("engine.hub.opening", "import_module"): "the libraries of an engine are loaded when that engine is opened",
    ("engine.hub.local", "import_module"): "quantising has a library of its own, needed when it is asked for",
}
ONLY_IN = {"typer": {"agent.cli", "agent.cli_options", "agent.dispatch"}, "git": {"agent.worktree"}}
OUTSIDE_WORLD = {"os", "time", "datetime", "socket", "shutil", "tempfile", "subprocess", "getpass", "logging"}
"""Modules of the standard library that read the environment, the clock or the machine."""


def imports(name: str) -> Iterator[tuple[ast.stmt, str]]:
    """Every import of a module: the statement and the absolute name it leads to, `package.member` for a member."""
    package = name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*up, *([node.module] if node.module else [])])
            yield from ((node, f"{module}.{alias.name}") for alias in node.names)


def module_of(target: str) -> str:
    """The project's module that an imported name lies in."""
    while target and target not in MODULES:
        target = target.rpartition(".")[0]
    return target


def heads(name: str) -> set[str]:
    """Top-level packages that a module imports."""
    return {target.partition(".")[0] for _, target in imports(name)}


@pytest.mark.parametrize("name", MODULES)
def test_import_leads_down_and_to_package_roots_alone(name: str) -> None:
    own = name.partition(".")[0]
    for _, target in imports(name):
        head = target.partition(".")[0]
        if head in PACKAGES and head != own:
            assert head in ALLOWED[own], f"{name} imports {target}"
            assert target == head or target.removeprefix(f"{head}.") in PUBLIC[head], f"{name} imports {target}: not a name of the root"


def _eager(name: str) -> set[str]:
    """Modules of the project that are run when this one is imported; what only types need is not."""
    typing_only = {
        id(inner)
        for node in ast.walk(TREES[name]) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }  # fmt: skip
    return {module_of(target) for node, target in imports(name) if id(node) not in typing_only} - {"", name}


def test_modules_import_each_other_in_no_cycle() -> None:
    graph = {name: _eager(name) for name in MODULES}
    while leaves := [name for name, targets in graph.items() if not targets & graph.keys()]:
        for name in leaves:
            del graph[name]
    assert not graph, f"in or before a cycle: {sorted(graph)}"


@pytest.mark.parametrize("name", MODULES)
def test_nothing_is_imported_inside_a_function(name: str) -> None:
    for function in ast.walk(TREES[name]):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            for node in ast.walk(function):
                called = isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("import_module", "__import__")
                assert not isinstance(node, (ast.Import, ast.ImportFrom)), f"{name}:{node.lineno}"
                assert not called or (name, "import_module") in EXCEPTIONS, f"{name}:{node.lineno}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", MODULES)
def test_training_is_imported_by_training_alone(name: str) -> None:
    if not name.startswith("engine.train"):
        assert not any(module_of(target).startswith("engine.train") for _, target in imports(name))


@pytest.mark.parametrize("name", MODULES)
def test_heavy_and_outside_libraries_stay_in_their_places(name: str) -> None:
    if name not in MAY_BE_HEAVY and not name.startswith("engine.train"):
        assert not heads(name) & HEAVY
    for library, homes in ONLY_IN.items():
        assert library not in heads(name) or name in homes, f"{name} imports {library}"


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith(("agent", "engine.train"))])
def test_core_reads_neither_environment_nor_clock_and_prints_nothing(name: str) -> None:
    assert not heads(name) & OUTSIDE_WORLD
    calls = {ast.unparse(node.func) for node in ast.walk(TREES[name]) if isinstance(node, ast.Call)}
    assert not calls & {"print", "input", "open", "sys.exit"}
    assert not any(isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.argv", "sys.stdout", "sys.stderr") for node in ast.walk(TREES[name]))


@pytest.mark.parametrize("name", MODULES)
def test_files_and_functions_stay_short_and_catch_nothing_broadly(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= MAX_FILE
    for node in ast.walk(TREES[name]):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno + 1 <= MAX_FUNCTION, f"{name}:{node.lineno} {node.name}"
        if isinstance(node, ast.ExceptHandler):
            caught = "" if node.type is None else ast.unparse(node.type)
            assert caught not in ("", "Exception", "BaseException") or (name, f"except {caught}") in EXCEPTIONS, f"{name}:{node.lineno}"
    assert ast.get_docstring(TREES[name]), f"{name} does not say what it is for"


@pytest.mark.parametrize("program", ["import agent.cli", "import runpy; runpy.run_module('agent', run_name='__main__')"])
def test_help_loads_neither_models_nor_arrays(program: str) -> None:
    check = f"""
import sys
sys.argv = ["redraft", "--help"]
try:
    {program}
except SystemExit:
    pass
heavy = [name for name in ("torch", "transformers", "numpy", "safetensors", "git") if name in sys.modules]
sys.exit(f"loaded: {{heavy}}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("agent")])
def test_no_git_command_is_named_that_throws_work_away(name: str) -> None:
    texts = {node.value for node in ast.walk(TREES[name]) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not texts & {"reset", "checkout", "clean", "stash", "restore", "switch", "rm", "gc", "prune"}
