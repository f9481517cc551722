"""`redraft engines`: which denoisers there are, and the weights they run on."""

from __future__ import annotations

import json
from dataclasses import asdict

import engine
from agent import render


def run(*, as_json: bool) -> int:
    found = engine.available()
    if as_json:
        render.write_exactly(json.dumps([asdict(info) for info in found], default=str) + "\n")
        return 0
    for info in found:
        size = f"{info.size / 1e6:.1f} MB" if info.present else "missing"
        render.say(render.output(), f"{info.name}  {size}  sha256 {info.sha256}  {info.licence}")
    return 0
