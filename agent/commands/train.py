"""`redraft train`: run the training program in a process of its own, so that nothing here loads it."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = "engine.train"


def run(*, arguments: tuple[str, ...]) -> int:
    return subprocess.run([sys.executable, "-m", PROGRAM, *arguments], check=False).returncode
