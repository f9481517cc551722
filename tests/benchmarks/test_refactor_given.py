"""Plans that are given to the benchmark: every task that can be answered has one, and it comes out as the engine's own values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.judging.run import repository_of
from benchmarks.refactor.general import GeneralTask, load_general_tasks
from benchmarks.refactor.given import given_plan
from benchmarks.refactor.score import Outcome
from benchmarks.refactor.tasks import Tree
from benchmarks.refactor.with_plan import load_plans, run_one
from engine import Action, Calls, Concept, EmbeddedDenoiser, Project
from tests.benchmarks.test_refactor_general_tasks import release

PLANS = load_plans()
TASKS = [task for task in load_general_tasks() if not task.abstain]
FILES = {"pkg/__init__.py": "", "pkg/a.py": "def one(x, y=2):\n    return x\n\n\nclass Box:\n    pass\n", "tests/test_a.py": ""}


def given(*ops: Mapping[str, Any], **rest: Any) -> Any:
    return given_plan({"intents": list(ops), **rest}, Project(tuple(FILES), FILES.get), tuple(FILES))


def test_every_task_that_can_be_answered_has_a_plan() -> None:
    assert PLANS.keys() == {task.id for task in TASKS}


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_plan_names_what_its_release_holds(task: GeneralTask) -> None:
    base: Tree = release(task.package, task.version)
    project = Project(tuple(base), lambda path: base[path].decode("utf-8", "replace") if path in base else None)
    found = given_plan(PLANS[task.id], project, tuple(base))
    assert found.unsayable or found.plan is not None


def test_fields_come_out_as_values() -> None:
    op = {"op": "add_parameter", "target": "pkg/a.py::one", "name": "z", "type": "int", "default": "0", "values": {"tests": "1"}}
    plan = given({**op, "position": "before y"}, **{"except": ["tests"]}).plan
    intent = plan.intents[0]
    assert (intent.action, intent.new, intent.values, intent.parameters) == (Action.ADD, "z", {Calls.TESTS: "1"}, ("y",))
    assert plan.exclude[0].concept is Concept.TESTS
    removed = given({"op": "remove_parameter", "target": "pkg/a.py::one", "name": "y"}).plan.intents[0]
    assert (removed.target.name, removed.target.owner) == ("y", "one")


def test_what_no_plan_can_say_is_told() -> None:
    found = given({"op": "make_method", "target": "pkg/a.py::one"})
    assert found.plan is None and found.unsayable == ("make_method",)
    bundled = given({"op": "parameters_to_dataclass", "target": "pkg/a.py::one", "parameters": ["x"], "dataclass": "Args", "parameter": "args"})
    assert bundled.plan is not None and bundled.unsayable


def test_a_target_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="not defined"):
        given({"op": "delete", "targets": ["pkg/a.py::two"]})


@pytest.mark.slow
def test_a_deletion_is_carried_out_in_memory(tmp_path: Path) -> None:
    """With the shipped weights: nothing is written, and the result is what the task file made of it says."""
    source = tmp_path / "source" / "pkg-1"
    for path, text in FILES.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text, encoding="utf-8")
    repository = repository_of(source, tmp_path)
    before = (repository / "pkg/a.py").read_bytes()
    task = GeneralTask(
        "900", "pkg", "1", "delete", ("pkg/a.py::Box",), frozenset(), True, {"plain": "Delete Box."}, {}, (), {}, (), (), frozenset()
    )  # fmt: skip
    result = run_one(task, {"intents": [{"op": "delete", "targets": ["pkg/a.py::Box"]}]}, repository, EmbeddedDenoiser.load())
    assert result.score.outcome is Outcome.WRONG and any("Box" in place for place in result.score.wrong)
    assert (repository / "pkg/a.py").read_bytes() == before
