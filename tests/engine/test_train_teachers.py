"""Rename tasks whose truth is known: collisions, drawn names, and labels that the evidence does not give away."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator

import pytest

from engine.evidence import Entity, Kind, Resolution
from engine.naming import style_of
from engine.train.index import Index
from engine.train.teachers import RenameTask, collide, make_task, propose_name, targets
from tests.engine.package import NAMES, PACKAGE

INDEX = Index.of(PACKAGE)
CODE = ("warehouse/__init__.py", "warehouse/store.py", "warehouse/report.py", "tests/test_warehouse.py")


def _task(name: str, collisions: tuple[str, ...] = (), alpha: bool = False, seed: int = 0) -> RenameTask:
    (target, *_) = INDEX.by_name[name]
    for attempt in range(seed, seed + 50):
        made = make_task(INDEX, target, NAMES, random.Random(attempt), alpha=alpha, collisions=collisions)
        if made is not None:
            return made
    raise AssertionError(f"no task for {name}")


def _tasks(count: int, alpha: bool) -> Iterator[RenameTask]:
    rng = random.Random(5)
    chosen = targets(INDEX, rng)
    for _ in range(count):
        target = rng.choice(chosen)
        made = make_task(INDEX, target, NAMES, rng, alpha=alpha, collisions=collide(INDEX, target, chosen, INDEX.locals(), rng))
        if made is not None:
            yield made


def _replaced(task: RenameTask) -> set[tuple[str, int]]:
    return {(x.occurrence.path, x.occurrence.start) for x in task.labelled if x.replace}


def test_plain_task_replaces_what_means_the_target_and_history_stays() -> None:
    task = _task("parse_line")
    truth = {path: [x.replace for x in task.labelled if x.occurrence.path == path] for path in task.texts}
    assert all(truth[path] and all(truth[path]) for path in CODE)
    assert truth["README.md"] == [True] and truth["CHANGELOG.md"] == [False]
    assert dict(task.texts) == dict(PACKAGE.texts) and not task.homonyms


def test_collision_gives_another_symbol_the_name_and_keeps_the_truth_exact() -> None:
    task, plain = _task("parse_line", collisions=("emit_header",)), _task("parse_line")
    report = task.texts["warehouse/report.py"]
    assert "def parse_line(self)" in report and "emit_header" not in "".join(task.texts.values())
    by_line = {report.count("\n", 0, x.occurrence.start): x.replace for x in task.labelled if x.occurrence.path == "warehouse/report.py"}
    lines = report.splitlines()
    assert [by_line[lines.index("    def parse_line(self):")], by_line[0]] == [False, True]
    (both,) = [i for i, line in enumerate(lines) if "parse_line(self.parse_line())" in line]
    assert [x.replace for x in task.labelled if report.count("\n", 0, x.occurrence.start) == both and "report" in x.occurrence.path] == [True, False]
    assert len(task.homonyms) == 1 and len(_replaced(task)) == len(_replaced(plain))


def test_collision_with_a_local_variable_is_kept_too() -> None:
    task = _task("open_store", collisions=("total_rows",))
    kept = [x.occurrence for x in task.labelled if x.replace is False and x.occurrence.path == "warehouse/report.py"]
    assert len(kept) == PACKAGE.texts["warehouse/report.py"].count("total_rows")


@pytest.mark.parametrize("alpha", [False, True])
def test_before_trees_parse_and_labels_stand_on_the_old_name(alpha: bool) -> None:
    made = list(_tasks(60, alpha))
    assert len(made) > 20
    for task in made:
        assert all(ast.parse(task.texts[path]) for path in CODE)
        old = task.target.name
        for item in task.labelled:
            found = item.occurrence
            assert task.texts[found.path][found.start : found.end] == old
        assert any(item.replace for item in task.labelled) and task.new != old


def test_drawn_name_takes_the_place_of_the_old_one_everywhere() -> None:
    task = _task("parse_line", alpha=True)
    shown = task.target.name
    assert shown != "parse_line" and task.changed["parse_line"] == shown
    for path, text in task.texts.items():
        assert "parse_line" not in text and text.count(shown) == PACKAGE.texts[path].count("parse_line"), path
    assert f"def test_{shown}():" in task.texts["tests/test_warehouse.py"]
    assert len(_replaced(task)) == len(_replaced(_task("parse_line")))


def test_target_is_moved_to_where_it_stands_in_the_before_tree() -> None:
    for task in [*_tasks(40, True), _task("read_record", collisions=("MAX_RECORDS",), alpha=True)]:
        target = task.target
        assert target.start < 0 or task.texts[target.path][target.start : target.end] == target.name


def test_labels_differ_from_the_evidence_somewhere() -> None:
    differing = {
        item.occurrence.role
        for task in _tasks(80, False) for item in task.labelled
        if item.replace is not None and item.replace != (item.occurrence.resolution is Resolution.YES)
    }  # fmt: skip
    assert differing


def test_targets_have_names_of_their_own() -> None:
    found = {entity.name for entity in targets(INDEX, random.Random(0))}
    assert {"parse_line", "RecordStore", "read_record"} <= found
    assert not found & {"__init__", "folder_path", "record_key"}


def test_proposed_name_keeps_the_style_and_is_free() -> None:
    rng = random.Random(0)
    for name in ("parse_line", "RecordStore", "MAX_RECORDS"):
        (entity, *_) = INDEX.by_name[name]
        drawn = [new for _ in range(200) if (new := propose_name(entity, NAMES, rng, INDEX.files))]
        assert len(set(drawn)) > 20 and not set(drawn) & INDEX.files.keys()
        same = sum(style_of(new) is style_of(name) for new in drawn)
        assert same > 0.75 * len(drawn) and all(new.isidentifier() for new in drawn)


def test_collisions_never_join_two_names_of_one_scope() -> None:
    (target, *_) = INDEX.by_name["parse_line"]
    rng, pool = random.Random(1), targets(INDEX, random.Random(1))
    drawn = {name for _ in range(300) for name in collide(INDEX, target, pool, INDEX.locals(), rng)}
    assert "emit_header" in drawn and not drawn & {"open_store", "parse_line", "RecordStore"}


def test_same_seed_gives_the_same_tasks() -> None:
    one, two = (_task("RecordStore", alpha=True, seed=3) for _ in range(2))
    assert one == two and isinstance(one.target, Entity) and one.target.kind is Kind.CLASS
