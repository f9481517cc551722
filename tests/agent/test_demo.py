"""The demonstration's table holds against the installed packages, and its copies are repositories that import."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
from pathlib import Path

import pytest

from agent.demo_repository import create, import_failure
from agent.demo_tasks import TASKS, DemoTask, draw
from agent.errors import UserError
from agent.outcome import IntentView


def package_parent(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec and spec.origin
    return Path(spec.origin).parent.parent


def defined(body: list[ast.stmt], names: list[str]) -> bool:
    """Whether the dotted name is defined by these statements."""
    for node in (inner for statement in body for inner in (statement, *_nested(statement))):
        match node:
            case ast.ClassDef(name=name) if name == names[0]:
                return len(names) == 1 or defined(node.body, names[1:])
            case ast.FunctionDef(name=name) if name == names[0]:
                arguments = (*node.args.args, *node.args.kwonlyargs)
                return len(names) == 1 or names[1] in {each.arg for each in arguments}
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)) if name == names[0]:
                return len(names) == 1
    return False


def _nested(statement: ast.stmt) -> list[ast.stmt]:
    match statement:
        case ast.If() | ast.Try():
            return [*statement.body, *statement.orelse]
    return []


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.target)
def test_task_names_an_existing_definition(task: DemoTask) -> None:
    path, _, name = task.target.partition("::")
    source = package_parent(task.package) / path
    assert source.is_file()
    assert not name or defined(ast.parse(source.read_text("utf-8")).body, name.split("."))


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.target)
def test_task_concerns_several_files(task: DemoTask) -> None:
    path, _, name = task.target.partition("::")
    word = (name or path.removesuffix(".py")).replace("/", ".").rpartition(".")[2]
    parent = package_parent(task.package)
    used = [file for file in (parent / task.package).rglob("*.py") if word in file.read_text("utf-8")]
    assert len(used) >= 2


def test_table_has_at_least_24_combinations() -> None:
    assert len({(task.package, task.instruction) for task in TASKS}) >= 24


def test_draw_is_fixed_by_the_seed() -> None:
    assert draw(7) == draw(7)
    assert len({draw(seed) for seed in range(200)}) > len(TASKS) // 2


def test_create_commits_python_files_only(tmp_path: Path) -> None:
    assert create("mdurl", tmp_path) == "mdurl"
    listed = subprocess.run(["git", "-C", str(tmp_path), "ls-files"], capture_output=True, text=True, check=True)
    assert "mdurl/_decode.py" in listed.stdout.split()
    assert all(path.endswith(".py") for path in listed.stdout.split())


def test_create_accepts_a_distribution_name(tmp_path: Path) -> None:
    assert create("markdown-it-py", tmp_path) == "markdown_it"


def test_create_refuses_an_unknown_package(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no installed package"):
        create("no-such-package-here", tmp_path)


def intent(kind: str, target: str, new: str) -> IntentView:
    return IntentView(kind, target, "old", new, 1.0)


def test_import_failure_is_none_where_the_name_is_found(tmp_path: Path) -> None:
    create("mdurl", tmp_path)
    assert import_failure(tmp_path, "mdurl", intent("function", "mdurl/_decode.py::old", "decode")) is None
    assert import_failure(tmp_path, "mdurl", intent("module", "mdurl/old.py", "_decode")) is None
    assert import_failure(tmp_path, "mdurl", intent("parameter", "mdurl/_decode.py::decode(old)", "string")) is None


def test_import_failure_names_what_is_missing(tmp_path: Path) -> None:
    create("mdurl", tmp_path)
    complaint = import_failure(tmp_path, "mdurl", intent("function", "mdurl/_decode.py::old", "vanished"))
    assert complaint and "vanished" in complaint


def test_import_failure_sees_the_copy_and_not_the_installed_package(tmp_path: Path) -> None:
    create("mdurl", tmp_path)
    (tmp_path / "mdurl" / "_decode.py").write_text("raise ImportError('the copy')\n")
    complaint = import_failure(tmp_path, "mdurl", intent("class", "mdurl/_url.py::old", "URL"))
    assert complaint == "ImportError: the copy"
