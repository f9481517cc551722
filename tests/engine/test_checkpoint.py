"""The weights file: what is written is read, and what is broken says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from engine.checkpoint import FORMAT, Checkpoint, load, quantise, save
from engine.embedded import EmbeddedDenoiser, available, randomised
from engine.errors import CheckpointError
from tests.engine.tiny import CONFIG, VOCABULARY, checkpoint


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.floats(1e-6, 1e6))
def test_int8_round_trip_errs_by_half_a_step_at_most(seed: int, size: float) -> None:
    matrix = np.random.default_rng(seed).normal(0.0, size, (5, 64)).astype(np.float32)
    whole, scale = quantise(matrix)
    error = np.abs(whole.astype(np.float32) * scale[:, None] - matrix)
    assert whole.dtype == np.int8 and (error <= 0.5001 * scale[:, None]).all()


def test_int8_of_zeros_is_zeros() -> None:
    whole, scale = quantise(np.zeros((2, 64), np.float32))
    assert not whole.any() and np.isfinite(scale).all()


def test_saved_checkpoint_is_read_back(tmp_path: Path) -> None:
    made = checkpoint()
    save(tmp_path / "w.safetensors", made)
    found = load(tmp_path / "w.safetensors")
    assert (found.config, found.vocabulary, found.calibration) == (CONFIG, VOCABULARY, {"temperature": 1.5})
    assert found.tensors.keys() == made.tensors.keys()
    assert (found.pieces == made.pieces).all()
    for name, tensor in made.tensors.items():
        assert np.abs(found.tensors[name] - tensor).max() <= np.abs(tensor).max() / 250


def test_second_round_trip_changes_nothing_more(tmp_path: Path) -> None:
    save(tmp_path / "one", checkpoint())
    save(tmp_path / "two", load(tmp_path / "one"))
    one, two = load(tmp_path / "one"), load(tmp_path / "two")
    assert all(np.allclose(one.tensors[name], two.tensors[name], rtol=1e-5, atol=1e-7) for name in one.tensors)


def test_missing_file_is_a_checkpoint_error(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="missing"):
        EmbeddedDenoiser.load(tmp_path / "none")
    assert not available(tmp_path / "none")[0].present


@pytest.mark.parametrize("keep", [0, 7, 200, 5000])
def test_truncated_file_is_a_checkpoint_error(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "w"
    save(path, checkpoint())
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match="not a readable"):
        load(path)


@pytest.mark.parametrize(
    ("metadata", "complaint"),
    [
        ({}, "not a"),
        ({"format": FORMAT, "version": "99"}, "version"),
        ({"format": "another", "version": "4"}, FORMAT),
        ({"format": FORMAT, "version": "4"}, "damaged"),
        ({"format": FORMAT, "version": "4", "config": "{", "calibration": "{}"}, "damaged"),
        ({"format": FORMAT, "version": "4", "config": '{"colour": 3}', "calibration": "{}"}, "damaged"),
        ({"format": FORMAT, "version": "4", "config": "[" * 5000, "calibration": "{}"}, "damaged"),
    ],
)
def test_file_of_another_kind_is_a_checkpoint_error(tmp_path: Path, metadata: dict[str, str], complaint: str) -> None:
    path = tmp_path / "w"
    save(path, checkpoint())
    save_file(load_file(str(path)), str(path), metadata)
    with pytest.raises(CheckpointError, match=complaint):
        load(path)


def test_file_without_its_vocabulary_is_a_checkpoint_error(tmp_path: Path) -> None:
    path = tmp_path / "w"
    save_file({"x": np.zeros(1, np.float32)}, str(path), {"format": FORMAT, "version": "4"})
    with pytest.raises(CheckpointError, match="damaged"):
        load(path)


def test_random_weights_have_the_shape_of_the_real_ones() -> None:
    made = checkpoint()
    other = randomised(made, 3)
    assert {n: t.shape for n, t in other.tensors.items()} == {n: t.shape for n, t in made.tensors.items()}
    assert not np.allclose(other.tensors["plan.head.out.weight"], made.tensors["plan.head.out.weight"])
    assert np.array_equal(other.tensors["site.position"], randomised(made, 3).tensors["site.position"])


def test_engine_line_tells_size_and_digest(tmp_path: Path) -> None:
    save(tmp_path / "w", checkpoint())
    (line,) = available(tmp_path / "w")
    assert line.present and line.size == (tmp_path / "w").stat().st_size and len(line.sha256) == 64


def _damaged(name: str, config: dict[str, object] | None = None, **tensors: np.ndarray | None) -> Checkpoint:
    made = checkpoint()
    kept = {key: value for key, value in {**made.tensors, name: tensors.get("instead")}.items() if value is not None}
    return replace(made, tensors=kept, config=replace(CONFIG, **(config or {})))


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        (_damaged("plan.layer.1.outer.bias"), "plan.layer.1.outer.bias is missing"),
        (_damaged("plan.feature.relation"), "plan.feature.relation is missing"),
        (_damaged("plan.segment", instead=np.zeros(3, np.float32)), r"plan.segment has the shape \[3\] and not \[64\]"),
        (_damaged("plan.segment", instead=np.full(64, np.nan, np.float32)), "no number"),
        (_damaged("x", {"layers": 3}), "layer.2.qkv.weight is missing"),
        (_damaged("x", {"heads": 0}), "its heads is 0"),
        (_damaged("x", {"heads": 3}), "contradicts itself"),
        (_damaged("x", {"layers": "six"}), "its layers is 'six'"),
        (replace(checkpoint(), vocabulary=("[PAD]",) * len(VOCABULARY)), r"lacks \[UNK\]"),
        (replace(checkpoint(), vocabulary=("[UNK]",)), "pieces has the shape"),
    ],
)
def test_denoiser_that_is_not_whole_is_a_checkpoint_error(tmp_path: Path, made: Checkpoint, complaint: str) -> None:
    save(tmp_path / "w", made)
    with pytest.raises(CheckpointError, match=complaint):
        EmbeddedDenoiser.load(tmp_path / "w")
