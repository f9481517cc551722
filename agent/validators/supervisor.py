"""One command under limits, and an end to everything that it started.

A program of its own (`python -I -S supervisor.py REPORT LIMITS COMMAND...`), standard library only, started by
`process.run`. It adopts whatever the command leaves behind, also what has left its process group, watches the whole
tree for the limits that the system counts only by process, and ends it all: at the end of the command, at a limit,
or when redraft itself is gone. Elsewhere than on Linux, only the process group can be ended.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

_WATCH = 0.2
"""Seconds between two looks at the tree."""
_PATIENCE = 5.0
"""Seconds for a killed tree to be gone."""
_DEATH_SIGNAL, _SUBREAPER, _NO_NEW_PRIVILEGES = 1, 36, 38
"""What Linux calls them in prctl."""
_WAKING = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
_LINUX = sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float
    """By the clock, for all."""
    cpu: int
    """Seconds of computing, each process."""
    memory: int
    """Bytes, for each process and for the tree."""
    processes: int
    """In the tree."""
    file_size: int
    """Bytes of one written file."""
    parent: int = 0
    """The process to die with; 0: none."""
    may_gain_rights: bool = False
    """Whether set-user-id programs may work as such; some bubblewraps need it."""

    def dump(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    parent: int
    threads: int
    memory: int


def main(arguments: Sequence[str]) -> int:
    report, limits, command = int(arguments[1]), Limits(**json.loads(arguments[2])), list(arguments[3:])
    signal.pthread_sigmask(signal.SIG_BLOCK, _WAKING)
    _prctl(_SUBREAPER, 1)
    _prctl(_DEATH_SIGNAL, signal.SIGTERM)
    if limits.parent and os.getppid() != limits.parent:
        return 1
    allowed = _tasks_of_user() + limits.processes
    child = os.fork()
    if child == 0:
        _become(command, limits, report, allowed)
    status, ended = _watch(child, limits)
    _end_all(child)
    os.write(report, json.dumps({"status": status, "ended": ended}).encode() + b"\n")
    return 0


def _become(command: list[str], limits: Limits, report: int, allowed: int) -> None:
    """In the child: take the limits on, and turn into the command."""
    try:
        os.setpgid(0, 0)
        _prctl(_DEATH_SIGNAL, signal.SIGKILL)
        if not limits.may_gain_rights:
            _prctl(_NO_NEW_PRIVILEGES, 1)
        _limit(resource.RLIMIT_CORE, 0)
        # At the lower of the two limits the system says why it ends a process, at the upper it just does.
        _limit(resource.RLIMIT_CPU, limits.cpu, more=2)
        _limit(resource.RLIMIT_FSIZE, limits.file_size)
        _limit(resource.RLIMIT_DATA, limits.memory)
        _limit(resource.RLIMIT_NPROC, allowed)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WAKING)
        os.set_inheritable(report, False)
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _limit(which: int, wanted: int, more: int = 0) -> None:
    _, hard = resource.getrlimit(which)
    most = wanted + more if hard == resource.RLIM_INFINITY else min(wanted + more, hard)
    with suppress(ValueError, OSError):  # Some systems know a limit and let nobody set it.
        resource.setrlimit(which, (min(wanted, most), most))


def _watch(child: int, limits: Limits) -> tuple[int, str]:
    """Wait for the command; its status, and the limit that it met, if any."""
    deadline = time.monotonic() + limits.seconds
    while True:
        left = deadline - time.monotonic()
        woken = _pause(min(_WATCH, max(left, 0.0)))
        status = _reaped(child)
        if status is not None:
            return status, "computing time" if status in (-signal.SIGXCPU, 128 + signal.SIGXCPU) else ""
        if left <= 0:
            return -signal.SIGKILL, "time"
        if woken not in (None, signal.SIGCHLD) or limits.parent and os.getppid() != limits.parent:
            return -signal.SIGKILL, "interrupted"
        tree = list(_tree())
        if sum(process.threads for process in tree) > limits.processes:
            return -signal.SIGKILL, "processes"
        if sum(process.memory for process in tree) > limits.memory:
            return -signal.SIGKILL, "memory"


def _pause(seconds: float) -> int | None:
    """Sleep until a signal comes; which one did."""
    if sys.platform == "linux":
        found = signal.sigtimedwait(_WAKING, seconds)
        return found.si_signo if found else None
    time.sleep(min(seconds, 0.02))
    pending = signal.sigpending() - {signal.SIGCHLD}
    return next(iter(pending), None)


def _reaped(child: int) -> int | None:
    """Bury the dead, adopted ones too; the status of the command once it is among them."""
    found: int | None = None
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == child:
                found = os.waitstatus_to_exitcode(status)
    return found


def _end_all(child: int) -> None:
    """Kill the group at once, then, again and again, whatever of the tree is left."""
    deadline = time.monotonic() + _PATIENCE
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    while time.monotonic() < deadline:
        _reaped(child)
        left = list(_tree())
        if not left:
            return
        for process in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process.pid, signal.SIGKILL)
        time.sleep(0.005)


def _tree() -> Iterator[Process]:
    """All descendants. Orphans are among them, since they are ours by adoption."""
    below: dict[int, list[Process]] = {}
    for process in _processes():
        below.setdefault(process.parent, []).append(process)
    waiting = [os.getpid()]
    while waiting:
        found = below.pop(waiting.pop(), [])
        yield from found
        waiting.extend(process.pid for process in found)


def _processes() -> Iterator[Process]:
    if not _LINUX:
        return
    page = os.sysconf("SC_PAGE_SIZE")
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        with suppress(OSError):
            with open(f"/proc/{name}/stat", "rb") as file:
                # The program's name stands in brackets and may hold anything.
                fields = file.read().rpartition(b")")[2].split()
            yield Process(int(name), int(fields[1]), int(fields[17]), int(fields[21]) * page)


def _tasks_of_user() -> int:
    """What the system counts against its limit of processes, which is one for the whole user."""
    found = 0
    for process in _processes():
        with suppress(OSError):
            found += process.threads if os.stat(f"/proc/{process.pid}").st_uid == os.getuid() else 0
    return found


def _prctl(what: int, value: int) -> None:
    if _LINUX:
        ctypes.CDLL(None).prctl(what, value, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
