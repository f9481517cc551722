"""Who decides the units: processes of this machine.

Every worker is a process of its own, so that one that runs out of memory takes one edit with it and not the batch.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Protocol

import agent
from agent.batch.decide import ONE_THREAD, Decision, Unit
from agent.batch.worker import decoded

_START = "import sys; sys.path.append(sys.argv.pop(1)); from agent.batch.worker import main; main()"
_TRIES = 2
"""A worker that is gone may have been killed by somebody: its unit is given to another one once."""


class Workers(Protocol):
    """Units in, decisions out, in any order."""

    @property
    def room(self) -> int:
        """How many more units they take at the moment."""
        ...

    def submit(self, unit: Unit, archive: Path) -> None: ...

    def decided(self) -> Iterator[tuple[Unit, Decision]]:
        """At least one decision; waits for it."""
        ...

    def close(self) -> None:
        """End at once whatever is being decided."""
        ...


class Processes:
    """At most `count` at once; each is started when it is first needed."""

    def __init__(self, count: int, folder: Path) -> None:
        """folder: empty or the workers' own; their workspaces and their log go there."""
        self._count = count
        self._folder = folder
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")
        self._own = threading.local()
        self._living: set[subprocess.Popen[str]] = set()
        self._waiting: dict[Future[Decision], Unit] = {}
        self._log = (folder / "workers.log").open("ab")
        self._closed = False

    @property
    def room(self) -> int:
        return self._count - len(self._waiting)

    def submit(self, unit: Unit, archive: Path) -> None:
        self._waiting[self._threads.submit(self._decide, unit, archive)] = unit

    def decided(self) -> Iterator[tuple[Unit, Decision]]:
        done, _ = wait(self._waiting, return_when=FIRST_COMPLETED)
        for future in done:
            yield self._waiting.pop(future), future.result()

    def close(self) -> None:
        self._closed = True
        for process in list(self._living):
            process.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in list(self._living):
            process.wait()
        self._log.close()

    def _decide(self, unit: Unit, archive: Path) -> Decision:
        code = 0
        for _ in range(_TRIES):
            process = self._process()
            answer = _asked(process, json.dumps({"unit": asdict(unit), "archive": str(archive)}))
            with suppress(ValueError):
                return decoded(answer)
            code = self._gone(process)
            if self._closed:
                break
        how = f"by signal {-code}" if code < 0 else f"with status {code}"
        return Decision("failed", f"the worker ended {how}, twice: see {self._log.name}")

    def _process(self) -> subprocess.Popen[str]:
        """This thread's worker."""
        process: subprocess.Popen[str] | None = getattr(self._own, "process", None)
        if process is None or process.poll() is not None:
            # Its folder is the batch's own: with -c, Python looks for modules there first.
            process = subprocess.Popen(
                [sys.executable, "-c", _START, str(Path(agent.__file__).parents[1]), str(self._folder)],
                cwd=self._folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, encoding="utf-8",
                env={**os.environ, **dict.fromkeys(ONE_THREAD, "1")}, start_new_session=True,
            )  # fmt: skip
            self._own.process = process
            self._living.add(process)
        return process

    def _gone(self, process: subprocess.Popen[str]) -> int:
        process.kill()
        self._living.discard(process)
        self._own.process = None
        for pipe in (process.stdin, process.stdout):
            _shut(pipe)
        return process.wait()


def _shut(pipe: IO[str] | None) -> None:
    if pipe is not None:
        with suppress(OSError):
            pipe.close()


def _asked(process: subprocess.Popen[str], question: str) -> str:
    """The answer; empty when the process is gone."""
    try:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(question + "\n")
        process.stdin.flush()
        return process.stdout.readline()
    except (OSError, ValueError):
        return ""
