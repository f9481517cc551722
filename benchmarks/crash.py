"""Kills in the middle of publish, undo and redo, and many edits and processes: is a byte lost, does memory grow?

    python -m benchmarks.crash --kills 10000
    python -m benchmarks.crash --many

Every kill is a real SIGKILL of a forked process that runs the real functions on a real repository: half of them at a
random moment, half at a random call that changes the disk; one recovery in five is killed as well. After each the
whole tree, bytes, modes and folders, must be the one before or the one after, and the journal must say which.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NoReturn

from agent.disk import Disk
from agent.errors import RepositoryBusy
from agent.history import Entry, State
from agent.journal import entries, recover
from agent.publish import publish, redo, undo
from agent.worktree import Repository
from editops import ChangeMode, ChangeSet, CreateFile, DeleteFile, Op, RenameFile, Stale, text_edits

FILES = {
    "pkg/__init__.py": b"from pkg.old import load\r\n",
    "pkg/old.py": b"\xef\xbb\xbfdef load():\r\n    return 1\r\n",
    "gone/deep/only.py": b"x = 1",
    "swap": b"was a file",
    "keep.py": b"import pkg\n",
}
CALLS = 60
"""More than publish, undo or redo make."""
FRESH = 250
"""Kills on one repository; its journal is read after each."""
Snapshot = dict[str, tuple[bytes | None, int]]


@dataclass(slots=True)
class Field:
    """A repository on its way between two states, and what became of it so far."""

    root: Path
    repository: Repository = field(init=False)
    change: ChangeSet = field(init=False)
    before: Snapshot = field(init=False)
    after: Snapshot = field(init=False)
    git: Snapshot = field(init=False)
    seconds: float = field(init=False)
    """That publishing takes when nothing happens."""

    def __post_init__(self) -> None:
        for path, data in FILES.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(data)
        (self.root / "pkg/old.py").chmod(0o755)
        (self.root / "gone/deep").chmod(0o700)
        for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first"]):
            subprocess.run(["git", *words], cwd=self.root, check=True)
        self.repository = Repository.open(self.root)
        self.change = _change()
        self.before, self.git = snapshot(self.root), snapshot(self.root / ".git")
        started = time.monotonic()
        publish(self.repository, self.change, "edit")
        self.seconds = time.monotonic() - started
        self.after = snapshot(self.root)
        undo(self.repository)
        assert snapshot(self.root) == self.before

    def written(self) -> list[Entry]:
        return [entry for entry in entries(self.repository) if entry.state is not State.ROLLED_BACK]


def _change() -> ChangeSet:
    init, old = FILES["pkg/__init__.py"], FILES["pkg/old.py"]
    ops: list[Op] = [
        *text_edits("pkg/__init__.py", init, init.replace(b"old", b"new")),
        *text_edits("pkg/old.py", old, old.replace(b"return 1", b"return 2")),
        RenameFile("pkg/old.py", "pkg/deep/new.py"),
        CreateFile("made/here.py", b"y = 2\n", executable=True),
        DeleteFile("gone/deep/only.py", FILES["gone/deep/only.py"]),
        RenameFile("swap", "swap/file"),
        ChangeMode("keep.py", executable=True),
    ]
    return ChangeSet.of(ops, FILES)


def snapshot(root: Path) -> Snapshot:
    """Bytes and mode of every file, mode of every folder; the git folder's own `redraft` and a tree's `.git` left out."""
    found: Snapshot = {}
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in (".git", "redraft")]
        for name in files:
            place = Path(folder, name)
            found[str(place.relative_to(root))] = (place.read_bytes(), place.lstat().st_mode)
        found[str(Path(folder).relative_to(root)) + "/"] = (None, Path(folder).stat().st_mode)
    return found


def leave(act: Callable[[], object]) -> NoReturn:
    """What a forked process does, and nothing of what its parent would do next."""
    status = 1
    try:
        act()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def in_child(act: Callable[[Disk], object], number: int | None, delay: float | None) -> bool:
    """Run `act` in a process that is killed at its call `number`, or after `delay` seconds; whether it was killed."""
    child = os.fork()
    if not child:
        seen = 0

        def step(call: str, place: Path) -> None:
            nonlocal seen
            seen += 1
            if number is not None and seen > number:
                os.kill(os.getpid(), signal.SIGKILL)

        leave(lambda: act(Disk(step, chunk=200)))
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the process failed instead of being killed"
    return os.WIFSIGNALED(status)


def kill_once(ground: Field, draw: random.Random, tally: Counter[str]) -> None:
    done = snapshot(ground.root) == ground.after
    written = ground.written()
    again = not done and written and draw.random() < 0.5
    name = "undo" if done else "redo" if again else "publish"
    acts: dict[str, Callable[[Disk], object]] = {
        "publish": lambda disk: publish(ground.repository, ground.change, "edit", disk=disk),
        "undo": lambda disk: undo(ground.repository, disk=disk),
        "redo": lambda disk: redo(ground.repository, disk=disk),
    }
    timed = draw.random() < 0.5
    number, delay = (None, draw.uniform(0, 1.3 * ground.seconds)) if timed else (draw.randrange(CALLS), None)
    killed = in_child(acts[name], number, delay)
    if draw.random() < 0.2:
        in_child(lambda disk: recover(ground.repository, disk=disk), draw.randrange(30), None)
        tally["recoveries killed or run in a process of their own"] += 1
    recover(ground.repository)
    now = snapshot(ground.root)
    assert now in (ground.before, ground.after), "the tree is neither before nor after"
    moved = (now == ground.after) != done
    assert len(ground.written()) == len(written) + moved, "the journal says something else than the tree"
    tally[f"{name} {'at a random moment' if timed else 'at a random call'}: {'killed' if killed else 'finished first'}, "
          f"{'written' if moved else 'as before'}"] += 1


def kills(count: int, seed: int, home: Path) -> None:
    draw, tally, started = random.Random(seed), Counter[str](), time.monotonic()
    for done in range(0, count, FRESH):
        with tempfile.TemporaryDirectory(dir=home) as folder:
            ground = Field(Path(folder))
            for _ in range(min(FRESH, count - done)):
                kill_once(ground, draw, tally)
            assert snapshot(ground.root / ".git") == ground.git, "the git folder has changed"
    for what, found in sorted(tally.items()):
        print(f"{found:7}  {what}")
    print(f"{count} rounds in {time.monotonic() - started:.0f} s, seed {seed}: every tree all before or all after, as the journal says; 0 bytes lost")


def memory() -> float:
    """MiB that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def add_line(repository: Repository, path: str, line: bytes) -> int:
    """Publish one more line, over whatever others have added; how often it had to be tried."""
    for tried in range(1, 1000):
        data = repository.read(path)
        try:
            found = publish(repository, ChangeSet.of(text_edits(path, data, data + line), {path: data}), "add a line")
        except RepositoryBusy:
            continue
        if isinstance(found, Entry):
            return tried
        assert isinstance(found, Stale)
    raise AssertionError("never got through")


def add_lines(ground: Field, process: int, count: int) -> None:
    tries = sum(add_line(ground.repository, "keep.py", b"%d of %d\n" % (i, process)) for i in range(count))
    (ground.root / ".git" / f"tries-{process}").write_text(str(tries))


def one_after_the_other(count: int, home: Path) -> None:
    with tempfile.TemporaryDirectory(dir=home) as folder:
        ground = Field(Path(folder))
        held, took, lines = [], [], []
        for i in range(count):
            lines.append(b"line %d\n" % i)
            started = time.monotonic()
            add_line(ground.repository, "keep.py", lines[-1])
            took.append(time.monotonic() - started)
            held.append(memory())
        kept = min(100, count)
        for _ in range(kept):
            undo(ground.repository)
        assert ground.repository.read("keep.py") == FILES["keep.py"] + b"".join(lines[: count - kept])
        for _ in range(kept):
            redo(ground.repository)
        assert ground.repository.read("keep.py") == FILES["keep.py"] + b"".join(lines)
        size = sum(place.stat().st_size for place in (ground.root / ".git/redraft").rglob("*") if place.is_file())
        early, tenth = held[count // 10], count // 10
        print(f"{count} edits one after the other: {early:.1f} MiB after {tenth}, {held[-1]:.1f} after all; "
              f"{1000 * sum(took[:tenth]) / tenth:.0f} ms each in the first tenth, {1000 * sum(took[-tenth:]) / tenth:.0f} in the last; "
              f"then the last {kept} taken back and put back; the journal's folder has {size / 1024:.0f} KiB")


def at_once(processes: int, each: int, home: Path) -> None:
    with tempfile.TemporaryDirectory(dir=home) as folder:
        ground, started = Field(Path(folder)), time.monotonic()
        for process in range(processes):
            if not os.fork():
                leave(partial(add_lines, ground, process, each))
        failed = sum(os.waitpid(-1, 0)[1] != 0 for _ in range(processes))
        assert not failed, f"{failed} processes failed"
        lines = sorted(ground.repository.read("keep.py").removeprefix(FILES["keep.py"]).splitlines())
        assert lines == sorted(b"%d of %d" % (i, process) for i in range(each) for process in range(processes)), "lines lost"
        assert sum(entry.instruction == "add a line" and entry.state is State.PUBLISHED for entry in entries(ground.repository)) == len(lines)
        tries = sum(int(place.read_text()) for place in (ground.root / ".git").glob("tries-*"))
        print(f"{processes} processes at once, {each} edits of one file each: {len(lines)} lines of {processes * each} there, "
              f"{tries - len(lines)} tries refused because the file had changed, {time.monotonic() - started:.1f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=0, help="rounds of the kill loop")
    parser.add_argument("--many", action="store_true", help="many edits one after the other, and many processes at once")
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--processes", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="where the repositories are made; by default the system's temporary folder")
    asked = parser.parse_args()
    gc.disable()
    if asked.kills:
        kills(asked.kills, asked.seed, asked.folder)
    if asked.many:
        gc.enable()
        one_after_the_other(asked.edits, asked.folder)
        at_once(asked.processes, asked.edits // asked.processes, asked.folder)
    return 0 if asked.kills or asked.many else parser.error("give --kills N or --many")


if __name__ == "__main__":
    sys.exit(main())
