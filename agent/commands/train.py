"""`redraft train`: run the training program in a process of its own, so that nothing here loads it."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = "engine.train"
HUB_PROGRAM = "engine.train.hub"


def run(*, arguments: tuple[str, ...]) -> int:
    is_hub = any(argument.partition("=")[0] == "--engine" for argument in arguments)
    return subprocess.run([sys.executable, "-m", HUB_PROGRAM if is_hub else PROGRAM, *arguments], check=False).returncode
