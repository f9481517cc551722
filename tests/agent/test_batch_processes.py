"""Workers as processes, on Ray, and the whole command under SIGKILL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from agent.batch import snapshot
from agent.batch.decide import Decision, Unit, decide
from agent.batch.workers import Processes, Workers
from engine import available
from tests.agent.repos import make_repository, tree
from tests.agent.test_cli import redraft

pytestmark = pytest.mark.skipif(not available()[0].present, reason="the weights are not there")

FILES: dict[str, str | bytes] = {"a.py": "def load_user(x):\n    return x\n", "b.py": "from a import load_user\nprint(load_user(1))\n"}
UNIT = Unit("r", 0, (), "rename load_user to fetch_user")
RECIPE = "version: 1\nedits: [rename load_user to fetch_user, rename fetch_user to take_user]\nrepositories: ['r*']\n"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    place = tmp_path / "archive"
    place.write_bytes(snapshot.packed(snapshot.on_disk(make_repository(tmp_path / "r", FILES))))
    return place


def timeless(decision: Decision) -> Decision:
    return replace(decision, seconds=0.0)


def one(workers: Workers, archive: Path) -> Decision:
    workers.submit(UNIT, archive)
    ((unit, decision),) = list(workers.decided())
    assert unit == UNIT
    return timeless(decision)


def test_archive_of_the_same_files_is_the_same_and_loses_nothing(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {**FILES, "é x.py": b"\xff\r\n", "bin/tool": "#!/bin/sh\n"})
    (tmp_path / "r/bin/tool").chmod(0o755)
    files = snapshot.on_disk(repository)
    assert snapshot.unpacked(snapshot.packed(files)) == files and files["bin/tool"].executable
    assert snapshot.packed(dict(reversed(files.items()))) == snapshot.packed(files)
    with snapshot.workspace(files, tmp_path) as copy:
        assert snapshot.on_disk(copy) == files


def test_worker_decides_as_this_process_does_and_is_replaced_when_it_is_killed(tmp_path: Path, archive: Path) -> None:
    here = timeless(decide(UNIT, archive.read_bytes()))
    assert here.outcome == "changed"
    (tmp_path / "work").mkdir()
    workers = Processes(1, tmp_path / "work")
    try:
        assert one(workers, archive) == here
        (living,) = workers._living
        living.kill()
        assert one(workers, archive) == here
        (living,) = workers._living
        threading.Timer(0.01, living.kill).start()
        assert one(workers, archive) == here
    finally:
        workers.close()
    assert all(process.poll() is not None for process in workers._living)


def test_worker_that_cannot_work_fails_its_unit_alone(tmp_path: Path, archive: Path) -> None:
    (tmp_path / "work").mkdir()
    workers = Processes(1, tmp_path / "work")
    try:
        failed = one(workers, tmp_path / "absent")
        assert failed.outcome == "failed" and "twice" in failed.reason and "FileNotFoundError" in (tmp_path / "work/workers.log").read_text()
        assert one(workers, archive).outcome == "changed"
    finally:
        workers.close()


def test_worker_goes_with_its_batch(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    program = (
        "import os, sys; from pathlib import Path; from agent.batch.workers import Processes\n"
        "workers = Processes(1, Path(sys.argv[1])); print(workers._process().pid, flush=True); os.kill(os.getpid(), 9)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "work")], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 120
    while Path(f"/proc/{int(done.stdout)}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{int(done.stdout)}").exists()


@pytest.mark.parametrize("allowed", [False, True])
def test_command_of_a_recipe_in_the_repository_runs_only_when_it_is_allowed(tmp_path: Path, allowed: bool) -> None:
    marker = tmp_path / "ran"
    recipe = f"version: 1\nedits: [rename load_user to fetch_user]\nchecks: {{tests: 'touch {marker}'}}\n"
    make_repository(tmp_path / "r", {**FILES, "recipe.yaml": recipe})
    options = ["--no-sandbox", *(["--allow-checks"] if allowed else [])]
    done = redraft("batch", str(tmp_path / "r/recipe.yaml"), "--ledger", str(tmp_path / "ledger"), *options)
    assert marker.exists() == allowed
    assert done.returncode == (0 if allowed else 2) and ("--allow-checks" in done.stderr) != allowed


@pytest.mark.slow
@pytest.mark.parametrize("more", [(), ("--ray", "local")])
def test_killed_command_goes_on_and_ray_gives_the_same_bytes(tmp_path: Path, more: tuple[str, ...]) -> None:
    if more:
        pytest.importorskip("ray")
    states = []
    for name in ("whole", "killed"):
        for i in range(3):
            make_repository(tmp_path / name / f"r{i}", FILES)
        recipe = tmp_path / name / "recipe.yaml"
        recipe.write_text(RECIPE)
        arguments = ["batch", str(recipe), "--ledger", str(tmp_path / name / "ledger"), "--workers", "2", "--json"]
        ledger = tmp_path / name / "ledger/ledger.jsonl"
        for stop in (1, 3) if name == "killed" else ():
            process = subprocess.Popen([sys.executable, "-m", "agent", *arguments, *more], cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL)
            while process.poll() is None and not (ledger.exists() and ledger.read_bytes().count(b'"decided"') >= stop):
                time.sleep(0.01)
            process.kill()
            process.wait()
        done = redraft(*arguments, *(more if name == "killed" else ()))
        assert done.returncode == 0, done.stderr
        states.append((done.stdout, {f"r{i}": tree(tmp_path / name / f"r{i}") for i in range(3)}))
    assert states[0] == states[1]
    assert json.loads(states[0][0].splitlines()[-1])["outcomes"] == {"left": 3}
