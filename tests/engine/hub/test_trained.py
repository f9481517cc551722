"""A DiffusionGemma that learned one request: trained, saved, and asked through the command line, which loads it again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from benchmarks.hub import tiny
from engine.hub.form import Form, write_form
from engine.hub.holes import holes
from engine.hub.layout import Codec
from engine.train.hub_trainer import Options, encode, train
from engine.train.hub_windows import Window
from tests.agent.repos import make_repository

FILES: dict[str, str | bytes] = {"pkg/__init__.py": "", "pkg/store.py": "def load(path):\n    return path\n", "pkg/app.py": "from pkg.store import load\n\nprint(load(1))\n"}
SAY = "rename load to fetch"


def test_trained_and_saved_model_edits_through_the_command_line(tmp_path: Path) -> None:
    texts = {path: text for path, text in FILES.items() if isinstance(text, str)}
    tokenizer = tiny.tokenizer([*texts.values(), SAY] * 3, 330)
    windows = [Window("p", SAY, hole, hole.old.replace("load", "fetch")) for path, text in texts.items() for hole in holes(path, text, ("load",))]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    model = tiny.model(len(tokenizer), hidden=48, layers=2)
    train(model, encode(Codec(tokenizer, tiny.LAYOUT), windows), Options(160, 8, 5e-3, warm=10, causal=1.0), lambda step, denoising, causal: None)
    torch.set_num_threads(threads)
    engine, root = tmp_path / "engine", tmp_path / "repository"
    model.save_pretrained(engine)
    tokenizer.save_pretrained(engine)
    write_form(engine, Form(tiny.LAYOUT, steps=12, mean_entropy=0.05, unsettled=0.5, is_bare=True))
    assert (engine / "model.safetensors").is_file()
    root.mkdir()
    make_repository(root, FILES)
    done = subprocess.run(
        [sys.executable, "-m", "agent", "edit", SAY, "--engine", str(engine), "--yes", "--json", "--tests", "none", "--repo", str(root)],
        cwd=Path(__file__).parents[3], env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and json.loads(done.stdout)["outcome"] == "published", done.stderr + done.stdout
    assert (root / "pkg/store.py").read_text() == "def fetch(path):\n    return path\n"
    assert (root / "pkg/app.py").read_text() == "from pkg.store import fetch\n\nprint(fetch(1))\n"
