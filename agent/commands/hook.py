"""`redraft hook`: before a commit, finish what a staged refactor has begun, or say nothing.

The loop and the model are loaded only once something was found begun; every other commit pays for git and a parser.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path

from agent.deadline import within
from agent.errors import MergeInProgress, OutOfTime
from agent.hook import look

STARTED = 0.25
"""Seconds that the process has taken before it comes here."""


def run(*, repo: Path, fix: bool, max_seconds: float, engine: str) -> int:
    began = time.monotonic()
    try:
        with within(max_seconds - STARTED):
            beginning = look(repo)
            if beginning is None:
                return 0
            left = max_seconds - STARTED - (time.monotonic() - began)
            report = import_module("agent.commands.hook_report")
            return int(report.run(beginning, fix=fix, seconds=left, engine=engine))
    except OutOfTime:
        print(f"redraft: looking for what a refactor left behind takes more than {max_seconds:g} s here, so it was given up.", file=sys.stderr)
    except MergeInProgress:
        # It began after the first look.
        pass
    return 0
