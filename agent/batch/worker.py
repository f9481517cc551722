"""A worker process: one unit a line on standard input, one decision a line on standard output.

It ends as soon as its standard input is closed, in the middle of whatever it does: when the batch is gone, so is it.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import cattrs

from agent.batch.decide import Decision, Unit, decide


def main() -> None:
    # Whatever else prints must not get between the lines.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin, lines), daemon=True).start()
    parent = Path(sys.argv[1])
    while True:
        asked = json.loads(lines.get())
        unit = cattrs.structure(asked["unit"], Unit)
        decided = decide(unit, Path(asked["archive"]).read_bytes(), parent)
        answers.write(encoded(decided) + "\n")
        answers.flush()


def _listen(source: TextIO, lines: queue.SimpleQueue[str]) -> None:
    for line in source:
        lines.put(line)
    os._exit(0)


def encoded(decision: Decision) -> str:
    return json.dumps(asdict(decision))


def decoded(line: str) -> Decision:
    """Raises ValueError for anything but a whole decision."""
    try:
        return cattrs.structure(json.loads(line), Decision)
    except (cattrs.BaseValidationError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(str(error)) from error
