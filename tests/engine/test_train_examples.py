"""Training examples: canvases with their clean values, written to shards and read back."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from engine.evidence import Kind
from engine.features import Channel, Evidence, Region
from engine.train.dataset import Dataset
from engine.train.examples import UNKNOWN, Example, site_examples
from engine.train.plan_examples import context_of, meant, plan_example
from engine.train.shards import Budget, examples_of, read_shard, write_shard
from engine.train.surroundings import others_of
from engine.train.index import Index
from engine.train.teachers import make_task
from engine.train.wording import Homonym, Stated
from engine.values import NEW, OLD, TARGET, Value
from tests.engine.package import NAMES, PACKAGE
from tests.engine.tiny import checkpoint

INDEX = Index.of(PACKAGE)
BUDGET = Budget(tasks=8, plan_depth=2, site_depth=1)


def _sites(name: str, seed: int = 0) -> list[Example]:
    (target, *_) = INDEX.by_name[name]
    task = make_task(INDEX, target, NAMES, random.Random(1), alpha=False, collisions=())
    assert task is not None
    return list(site_examples(task, 1, random.Random(seed)))


def _labels(examples: list[Example]) -> list[tuple[str, Value]]:
    """Lexeme and clean value of every slot."""
    return [
        (e.canvas.lexemes[slot.position], value) for e in examples for slot, value in zip(e.canvas.slots, e.clean, strict=True)
    ]


def test_clean_values_are_legal_or_unknown() -> None:
    made = list(examples_of(PACKAGE, NAMES, BUDGET, 0))
    assert {e.canvas.depth for e in made} == {1, 2}
    for example in made:
        assert len(example.clean) == len(example.canvas.slots)
        assert all(v is UNKNOWN or v in slot.domain for v, slot in zip(example.clean, example.canvas.slots, strict=True))


def test_tests_of_the_target_go_along_and_other_longer_names_stay() -> None:
    labels = _labels(_sites("parse_line"))
    assert ("test_parse_line", Value.REPLACE) in labels
    assert {value for text, value in labels if text == "parse_line"} == {Value.REPLACE, Value.KEEP}


def test_kept_alias_is_inserted_and_exported_with_both_names() -> None:
    values = {seed: {value for _, value in _labels(_sites("parse_line", seed))} for seed in range(40)}
    with_alias = [found for found in values.values() if Value.INSERT in found]
    assert 1 <= len(with_alias) <= 15 and all(Value.BOTH in found and Value.EMPTY not in found for found in with_alias)
    assert all(Value.BOTH not in found for found in values.values() if Value.INSERT not in found)


def test_module_is_replaced_in_its_path() -> None:
    labels = [
        (e.canvas.lexemes[slot.position], value)
        for e in _sites("store") for slot, value in zip(e.canvas.slots, e.clean, strict=True)
    ]  # fmt: skip
    assert ("store", Value.REPLACE) in labels


def test_plan_example_marks_the_names_and_points_at_the_definition() -> None:
    (target, *_) = INDEX.by_name["parse_line"]
    seen: set[Value] = set()
    for seed in range(60):
        made = plan_example(INDEX, {}, [(target, "split_row")], 2, random.Random(seed))
        assert made is not None
        labels = _labels([made])
        is_rename = made.clean[0] is Value.RENAME
        assert {text for text, value in labels if value in TARGET} == ({"parse_line"} if is_rename else set())
        seen |= set(made.clean)
        if is_rename and ("split_row", NEW[0]) in labels:
            assert OLD[0] in made.clean or any(word in made.canvas.lexemes for word in ("parse", "Parse"))
    assert {Value.RENAME, Value.UNSUPPORTED, Value.ALIAS, Value.NO_ALIAS, OLD[0], NEW[0], Value.EXCEPT} <= seen


def test_what_else_there_is_is_real_and_a_namesake_that_is_refused_is_not_meant() -> None:
    changed = {"parse_line": "draw_it", "emit_header": "draw_it"}
    (target, *_) = INDEX.by_name["parse_line"]
    others = others_of(INDEX, changed, [(target, "split_row")], random.Random(0))
    namesake = Homonym(Kind.METHOD, "draw_it", "SummaryWriter", "warehouse/report.py")
    assert others.homonyms == (namesake,)
    assert others.names and others.classes and others.files
    assert {*others.names, *others.classes} <= INDEX.by_name.keys() and not {"parse_line", "draw_it", "split_row"} & {*others.names, *others.classes}
    assert set(others.files) <= INDEX.package.texts.keys() - {target.path}
    bare = Stated("name", False, False, False)
    assert len(meant(bare, target, INDEX, changed)) == 2
    assert {key[3] for key in meant(bare, target, INDEX, changed, (namesake,))} == {"warehouse/store.py"}


def test_context_shows_drawn_names_instead_of_their_originals() -> None:
    found = context_of(INDEX, {"parse_line": "draw_it", "emit_header": "draw_it"}, "rename draw_it and parse_line")
    assert sorted(entity.path for entity in found.entities if entity.name == "draw_it") == ["warehouse/report.py", "warehouse/store.py"]
    assert found.counts == {"draw_it": 2}


def test_examples_are_the_same_for_a_seed() -> None:
    one, two = (list(examples_of(PACKAGE, NAMES, BUDGET, 4)) for _ in range(2))
    assert len(one) == len(two) > 20
    for a, b in zip(one, two, strict=True):
        assert a.clean == b.clean and a.canvas.lexemes == b.canvas.lexemes and np.array_equal(a.canvas.features, b.canvas.features)


def test_shard_holds_the_examples_exactly(tmp_path: Path) -> None:
    made = list(examples_of(PACKAGE, NAMES, BUDGET, 0))
    write_shard(tmp_path / "s.npz", made)
    data = Dataset.load([tmp_path / "s.npz"], checkpoint())
    assert data.clean.tolist() == [value for e in made for value in e.clean]
    assert data.lengths.tolist() == [len(e.canvas.lexemes) for e in made]
    assert data.positions.tolist() == [slot.position for e in made for slot in e.canvas.slots]
    assert np.array_equal(data.features, np.concatenate([e.canvas.features for e in made]))
    assert [tuple(np.flatnonzero(row)) for row in data.domains] == [tuple(sorted(slot.domain)) for e in made for slot in e.canvas.slots]
    number = {text: n for e, s in zip(made, data.starts, strict=True) for text, n in zip(e.canvas.lexemes, data.lexemes[s:], strict=False)}
    assert len(set(number.values())) == len(number) and 0 not in number.values()


def test_shard_is_read_back_as_examples(tmp_path: Path) -> None:
    made = list(examples_of(PACKAGE, NAMES, BUDGET, 0))
    write_shard(tmp_path / "s.npz", made)
    for one, two in zip(made, read_shard(tmp_path / "s.npz"), strict=True):
        assert (one.clean, one.weight, one.canvas.lexemes, one.canvas.depth) == (two.clean, two.weight, two.canvas.lexemes, two.canvas.depth)
        assert [(s.position, set(s.domain)) for s in one.canvas.slots] == [(s.position, set(s.domain)) for s in two.canvas.slots]
        assert np.array_equal(one.canvas.features, two.canvas.features)


def test_evidence_of_site_examples_is_what_resolution_says() -> None:
    rows = [e.canvas.features for e in _sites("parse_line")]
    seen = {int(value) for features in rows for value in features[:, Channel.EVIDENCE]}
    assert Evidence.YES in seen and Evidence.HIDDEN not in seen
    assert all((features[:, Channel.REGION] > 0).all() for features in rows) and Region.WINDOW in rows[0][:, Channel.REGION]
