"""What of the hub lies on this machine: read off the cache's folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.errors import CheckpointError
from engine.hub.form import FILE, Form, read_form, write_form
from engine.hub.listing import cached, local


def put(cache: Path, owner: str, name: str, family: str, blob: str = "") -> Path:
    folder = cache / f"models--{owner}--{name}" / "snapshots" / "abc"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model_type": family}))
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    if blob:
        (cache / blob).write_bytes(b"12345")
        (folder / "model.safetensors").symlink_to(cache / blob)
    else:
        (folder / "model.safetensors").write_bytes(b"12345")
    return folder


def test_diffusion_models_of_the_cache_are_listed_with_size_licence_and_digest(tmp_path: Path) -> None:
    blob = "ab" * 32
    put(tmp_path, "google", "diffusiongemma", "diffusion_gemma", blob)
    put(tmp_path, "meta", "llama", "llama")
    put(tmp_path, "half", "fetched", "llada")
    (tmp_path / "models--half--fetched/snapshots/abc/model.safetensors").unlink()
    (info,) = cached(tmp_path)
    assert (info.name, info.size, info.sha256, info.licence, info.present) == ("google/diffusiongemma", 5, blob, "apache-2.0", True)


def test_folder_of_weights_is_described_and_another_is_not(tmp_path: Path) -> None:
    info = local(put(tmp_path, "a", "b", "any"))
    assert info is not None and info.sha256 == "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5"
    assert local(tmp_path) is None and cached(tmp_path / "none") == []


def test_configuration_that_is_nested_too_deeply_is_of_no_family(tmp_path: Path) -> None:
    (put(tmp_path, "a", "b", "llada") / "config.json").write_text("[" * 5000)
    assert cached(tmp_path) == []


@pytest.mark.parametrize(("change", "reason"), [({"steps": "many"}, "steps is no int"), ({"layout": {"canvas": None}}, "canvas is no int"), ({"colour": 1}, "colour")])
def test_form_is_read_back_or_named(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    write_form(tmp_path, Form(steps=3))
    assert read_form(tmp_path) == Form(steps=3)
    (tmp_path / FILE).write_text(json.dumps(json.loads((tmp_path / FILE).read_text()) | change))
    with pytest.raises(CheckpointError, match=reason):
        read_form(tmp_path)
    (tmp_path / FILE).write_text("[" * 5000)
    with pytest.raises(CheckpointError, match="damaged"):
        read_form(tmp_path)
