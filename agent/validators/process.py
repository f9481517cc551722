"""A command run to its end or its time limit, with everything it started; its output, capped.

No shell, little of the environment, a home folder of its own. It is no sandbox: the
command can still read and write what the user can.
"""

from __future__ import annotations

import os
import shlex
import signal
import site
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

OUTPUT_LIMIT = 1_000_000
"""Bytes kept, the last ones: that is where test runners sum up."""
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "VIRTUAL_ENV", "SYSTEMROOT", "PATHEXT")


@dataclass(frozen=True, slots=True)
class Run:
    status: int
    output: str
    timed_out: bool


def run(command: str, folder: Path, timeout: float) -> Run:
    """Run `command` in `folder`; a command that cannot be started has status 127."""
    with tempfile.TemporaryDirectory(prefix="redraft-home-", ignore_cleanup_errors=True) as home:
        try:
            process = subprocess.Popen(
                shlex.split(command), cwd=folder, env=_environment(folder, home), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=os.name == "posix",
            )
        except (OSError, ValueError) as error:
            return Run(127, f"{command}: {error}", False)
        return _finish(process, timeout)


def _finish(process: subprocess.Popen[bytes], timeout: float) -> Run:
    tail = bytearray()
    reader = threading.Thread(target=_drain, args=(process.stdout, tail), daemon=True)
    reader.start()
    timed_out = False
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        timed_out = True
    finally:
        # Also after a normal end: what the command left in the background must not outlive it.
        _end_tree(process)
        process.wait()
    reader.join(5)
    return Run(process.returncode, bytes(tail).decode("utf-8", "replace"), timed_out)


def _drain(pipe: IO[bytes] | None, tail: bytearray) -> None:
    if pipe is None:
        return
    while chunk := os.read(pipe.fileno(), 65536):
        tail += chunk
        del tail[:-OUTPUT_LIMIT]
    pipe.close()


def _end_tree(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
        return
    # The whole group may have ended by itself.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _environment(folder: Path, home: str) -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # The staged tree comes before an editable installation of the user's own.
    places = [str(folder), str(folder / "src"), os.environ.get("PYTHONPATH", "")]
    return kept | {
        "HOME": home,
        "TMPDIR": home,
        "PYTHONPATH": os.pathsep.join(place for place in places if place),
        "PYTHONUSERBASE": site.getuserbase(),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }
