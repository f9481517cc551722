"""The general tasks themselves: well formed, true to their releases, with references that hang together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from benchmarks.refactor.author import complaints
from benchmarks.refactor.fetch import PINNED, release_folder
from benchmarks.refactor.general import GeneralTask, general_problems, load_general_tasks
from benchmarks.refactor.score import Outcome
from benchmarks.refactor.score_general import score_general
from benchmarks.refactor.tasks import Task, load_tasks, read_tree

TASKS = load_general_tasks()
SOURCES = os.environ.get("REFACTOR_SOURCES")


@cache
def release(package: str, version: str) -> Mapping[str, bytes]:
    if SOURCES is None:
        pytest.skip("REFACTOR_SOURCES does not name a folder filled by benchmarks/refactor/fetch.py")
    folder = release_folder(Path(SOURCES), package, version)
    if not folder.is_dir():
        pytest.skip(f"{folder.name} is not unpacked in REFACTOR_SOURCES")
    return read_tree(folder)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_task_is_well_formed(task: GeneralTask) -> None:
    assert general_problems(task) == []
    assert PINNED[task.package] == task.version


def test_wordings_and_ids_are_all_different() -> None:
    tasks: list[GeneralTask | Task] = [*TASKS, *load_tasks()]
    wordings = [text for task in tasks for text in task.wordings.values()]
    assert len(set(wordings)) == len(wordings)
    ids = [task.id for task in tasks]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_reference_fits_its_release_and_is_exact(task: GeneralTask) -> None:
    base = release(task.package, task.version)
    assert complaints(task, base) == []
    if not task.abstain:
        assert score_general(task, base, base).outcome is Outcome.ABSTAINED
