"""A command run to its end or to a limit, with everything it started; its output, capped.

No shell, little of the environment, a home folder of its own. Inside a sandbox unless the user accepted that there is
none: without one, the command can read and write what the user can.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
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

from agent.errors import NoSandboxHere
from agent.sandbox import Isolation, Sandbox, Unavailable, find

if sys.platform != "win32":
    from agent.validators.supervisor import Limits

OUTPUT_LIMIT = 1_000_000
"""Bytes kept, the last ones: that is where test runners sum up."""
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "VIRTUAL_ENV", "SYSTEMROOT", "PATHEXT")


NOT_STARTED = 127
"""The status of a command that could not be started."""
_MEMORY = 8 << 30
_FILE_SIZE = 2 << 30
_PROCESSES = 1000
_GRACE = 10.0
"""Seconds for the supervisor to end a tree, before it is ended itself."""


@dataclass(frozen=True, slots=True)
class Run:
    status: int
    output: str
    ended: str = ""
    """The limit at which it was ended: time, computing time, memory or processes."""

    @property
    def timed_out(self) -> bool:
        return self.ended == "time"


def run(command: str, folder: Path, timeout: float, isolation: Isolation) -> Run:
    """Run `command` in `folder`; a command that cannot be started has status 127."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        return Run(NOT_STARTED, f"{command}: {error}")
    return run_words(words, folder, timeout, isolation) if words else Run(NOT_STARTED, "The command is empty.")


def run_words(words: list[str], folder: Path, timeout: float, isolation: Isolation) -> Run:
    """The same for a command that is already split."""
    sandbox = _sandbox(isolation)
    with tempfile.TemporaryDirectory(prefix="redraft-home-", ignore_cleanup_errors=True) as given:
        home = Path(given).resolve()
        if shutil.which(words[0]) is None and not (folder / words[0]).is_file():
            return Run(NOT_STARTED, f"{words[0]}: there is no such program")
        inner = sandbox.wrap(words, folder, home, isolation.readable) if sandbox else words
        start = _supervised if sys.platform != "win32" else _plain
        return start(inner, folder, timeout, _environment(folder, str(home)))


def _sandbox(isolation: Isolation) -> Sandbox | None:
    if not isolation.required:
        return None
    found = find()
    if isinstance(found, Unavailable):
        raise NoSandboxHere(found.reason)
    return found


if sys.platform != "win32":

    def _supervised(words: list[str], folder: Path, timeout: float, environment: Mapping[str, str]) -> Run:
        limits = Limits(timeout, int(timeout * (os.cpu_count() or 1)) + 1, _MEMORY, _PROCESSES, _FILE_SIZE, os.getpid())
        program = Path(__file__).with_name("supervisor.py")
        reading, writing = os.pipe()
        with open(reading, "rb") as report:
            try:
                process = subprocess.Popen(
                    [sys.executable, "-I", "-S", str(program), str(writing), limits.dump(), *words], cwd=folder, env=environment,
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, pass_fds=(writing,),
                )  # fmt: skip
            finally:
                os.close(writing)
            output = _output(process, timeout + _GRACE)
            return _reported(report.read(), output)

    def _reported(report: bytes, output: str) -> Run:
        """What the supervisor says; nothing, when it was ended itself."""
        if not report.strip():
            return Run(-9, output, "interrupted")
        found = json.loads(report)
        return Run(int(found["status"]), output, str(found["ended"]))


def _plain(words: list[str], folder: Path, timeout: float, environment: Mapping[str, str]) -> Run:
    """Without a supervisor: no limits but time."""
    try:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)  # fmt: skip
    except OSError as error:
        return Run(NOT_STARTED, f"{words[0]}: {error}")
    output = _output(process, timeout)
    return Run(process.returncode, output, "time" if process.returncode is None else "")


def _output(process: subprocess.Popen[bytes], timeout: float) -> str:
    """The end of what it prints, once it has ended."""
    tail = bytearray()
    reader = threading.Thread(target=_drain, args=(process.stdout, tail), daemon=True)
    reader.start()
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _end(process)
    reader.join(5)
    return bytes(tail).decode("utf-8", "replace")


def _drain(pipe: IO[bytes] | None, tail: bytearray) -> None:
    if pipe is None:
        return
    while chunk := os.read(pipe.fileno(), 65536):
        tail += chunk
        del tail[:-OUTPUT_LIMIT]
    pipe.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
        else:
            # The supervisor ends the tree on this signal.
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)
            process.kill()
    process.wait()


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
