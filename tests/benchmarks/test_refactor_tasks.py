"""The rename tasks themselves: well formed, in the promised shares, true to their releases."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from benchmarks.refactor.fetch import PINNED, release_folder
from benchmarks.refactor.score import Outcome, score
from benchmarks.refactor.tasks import (
    KINDS,
    SLICES,
    Task,
    base_problems,
    load_tasks,
    occurrences,
    problems,
    read_tree,
    reference,
)

TASKS = load_tasks()
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
def test_task_is_well_formed(task: Task) -> None:
    assert problems(task) == []
    assert PINNED[task.package] == task.version


def test_tasks_cover_kinds_packages_and_slices() -> None:
    assert len(TASKS) >= 32
    assert {task.kind for task in TASKS} == KINDS
    assert len({task.package for task in TASKS}) >= 6
    for name in SLICES:
        assert 3 * sum(name in task.slices for task in TASKS) >= len(TASKS), name


def test_wordings_are_all_different() -> None:
    wordings = [text for task in TASKS for text in task.wordings.values()]
    assert len(set(wordings)) == len(wordings)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_task_fits_its_release(task: Task) -> None:
    base = release(task.package, task.version)
    assert base_problems(task, base) == []
    found = occurrences(task.old, base)
    assert len(found) == task.sites
    if "homonyms" in task.slices:
        changed = {(edit.path, edit.start) for edit in task.edits}
        stays = [place for *place, text in found if text == task.old and tuple(place) not in changed]
        assert len(stays) >= 3


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_reference_parses_and_defines_its_names(task: Task) -> None:
    base = release(task.package, task.version)
    for with_optional in (True, False):
        tree = reference(task, base, with_optional)
        if task.keep_alias:
            tree[task.target_path] += f"\n\n{task.old} = {task.new}\n".encode()
        judged = score(task, base, tree)
        assert (judged.outcome, judged.unparsable, judged.undefined) == (Outcome.EXACT, (), ())
