"""`redraft engines`: which denoisers there are, and the weights they run on."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import engine
from agent import render
from agent.settings import config_file, load


def run(*, as_json: bool) -> int:
    found = [*engine.available(), *engine.cached(hub_cache()), *_configured()]
    if as_json:
        render.write_exactly(json.dumps([asdict(info) for info in found], default=str) + "\n")
        return 0
    for info in found:
        render.say(render.output(), _line(info))
    render.say(render.notes(), "Others: openai:URL#MODEL, vllm:URL#MODEL, a folder of weights, OWNER/MODEL with -O download=yes.")
    return 0


def hub_cache() -> Path:
    """Where `huggingface_hub` keeps what was downloaded, by its own rules."""
    home = os.environ.get("HF_HOME")
    return Path(os.environ.get("HF_HUB_CACHE") or (Path(home) if home else Path.home() / ".cache" / "huggingface") / "hub")


def _configured() -> list[engine.EngineInfo]:
    """The engine of the settings, where it is not listed already."""
    name = load(config_file().parent / "no repository").hub
    if not name:
        return []
    described = engine.local(Path(name)) if Path(name).is_dir() else None
    return [described or engine.EngineInfo(name, Path(), 0, "", "", False)]


def _line(info: engine.EngineInfo) -> str:
    if info.present:
        return f"{info.name}  {info.size / 1e6:.1f} MB  sha256 {info.sha256}  {info.licence}"
    return f"{info.name}  missing" if info.name == "embedded" else f"{info.name}  asked when the embedded engine declines"
