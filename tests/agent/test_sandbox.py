"""What a test command can and cannot do; what needs bubblewrap is skipped where it does not work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.commands.edit import isolation_wanted
from agent.errors import BadSettings, NoSandboxHere
from agent.sandbox import Isolation, Sandbox, Unavailable, find, tried
from agent.settings import Settings, load
from agent.validators import supervisor as supervisor_module
from agent.validators.process import Run, run_words
from agent.validators.supervisor import Limits
from tests.agent.repos import put

OPEN, CLOSED = Isolation(required=False), Isolation()
NEEDS_IT = pytest.mark.skipif(not isinstance(find(), Sandbox), reason="bubblewrap does not work here")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the supervisor is for POSIX systems")


def python(program: str, folder: Path, isolation: Isolation, seconds: float = 30.0) -> Run:
    return run_words([sys.executable, "-I", "-S", "-c", program], folder, seconds, isolation)


@NEEDS_IT
def test_sandbox_hides_closes_and_cuts_off(tmp_path: Path) -> None:
    put(tmp_path, {"tree/a.txt": "", "other/secret": "s"})
    program = f"""
import os, socket
print(os.path.exists({str(tmp_path / "other/secret")!r}), [n for n in os.listdir(os.path.expanduser("~"))], os.access("/usr", os.W_OK))
open("written", "w").close()
open(os.environ["TMPDIR"] + "/written", "w").close()
try:
    socket.create_connection(("127.0.0.1", 9), 1)
except OSError as error:
    print(type(error).__name__)
print([line.split(":")[0].strip() for line in open("/proc/net/dev")][2:], len([n for n in os.listdir("/proc") if n.isdigit()]) < 5)
"""
    result = python(program, tmp_path / "tree", CLOSED)
    assert result == Run(0, "False [] False\nConnectionRefusedError\n['lo'] True\n", "")
    assert (tmp_path / "tree/written").exists()


@NEEDS_IT
def test_sandbox_shows_what_the_settings_name(tmp_path: Path) -> None:
    put(tmp_path, {"tree/a.txt": "", "other/lib.txt": "lib"})
    program = f"print(open({str(tmp_path / 'other/lib.txt')!r}).read()); open({str(tmp_path / 'other/new')!r}, 'w')"
    result = python(program, tmp_path / "tree", Isolation(readable=(str(tmp_path / "other"),)))
    assert "lib\n" in result.output and result.status == 1 and "Read-only" in result.output


def test_sandbox_that_only_pretends_is_found_out(tmp_path: Path) -> None:
    put(tmp_path, {"bwrap": '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n', "broken": "#!/bin/sh\necho no rights >&2\nexit 1\n"})
    for name, words in (("bwrap", "can be seen"), ("broken", "no rights")):
        (tmp_path / name).chmod(0o755)
        found = tried(Sandbox(str(tmp_path / name)))
        assert isinstance(found, Unavailable) and words in found.reason
    assert isinstance(tried(Sandbox(str(tmp_path / "none"))), Unavailable)


def test_missing_sandbox_asks_on_a_terminal_and_else_refuses() -> None:
    nothing = Unavailable("bubblewrap (bwrap) is not installed")
    assert isolation_wanted(Sandbox("bwrap"), False, input)
    assert not isolation_wanted(nothing, True, lambda question: "y")
    for asks, answer in ((True, ""), (True, "n"), (True, "a"), (False, "y")):
        with pytest.raises(NoSandboxHere, match="is not installed.*--no-sandbox"):
            isolation_wanted(nothing, asks, lambda question, answer=answer: answer)  # type: ignore[misc]


@POSIX
def test_supervisor_ends_what_left_its_group_and_session(tmp_path: Path) -> None:
    program = f"""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1.5)
        open({str(tmp_path / "alive")!r}, "w")
    os._exit(0)
"""
    assert python(program, tmp_path, OPEN).status == 0
    time.sleep(2)
    assert sys.platform != "linux" or not (tmp_path / "alive").exists()


@POSIX
@pytest.mark.parametrize(
    ("program", "ended"),
    [("import time; time.sleep(60)", "time"), ("while True: pass", "time"), ("import signal, time; signal.signal(15, 1); time.sleep(60)", "time")],
)
def test_supervisor_ends_at_the_time_limit(tmp_path: Path, program: str, ended: str) -> None:
    began = time.monotonic()
    assert python(program, tmp_path, OPEN, 0.5).ended == ended
    assert time.monotonic() - began < 20


SHARED = "import mmap, time\nm = mmap.mmap(-1, 300 << 20)\nfor i in range(0, len(m), 4096):\n    m[i] = 1\ntime.sleep(60)"
FORKS = "import os, time\nfor _ in range(9):\n    os.fork() or time.sleep(60)\ntime.sleep(60)"


@pytest.mark.skipif(sys.platform != "linux", reason="the tree is watched on Linux only")
@pytest.mark.parametrize(("program", "ended"), [(SHARED, "memory"), (FORKS, "processes"), ("while True: pass", "computing time")])
def test_supervisor_watches_what_the_system_counts_by_process_only(tmp_path: Path, program: str, ended: str) -> None:
    limits = Limits(240.0, 1 if ended == "computing time" else 60, 1 << 28, 6, 1 << 20)
    reading, writing = os.pipe()
    supervisor = [sys.executable, "-I", "-S", str(Path(supervisor_module.__file__)), str(writing), limits.dump()]
    subprocess.run([*supervisor, sys.executable, "-I", "-S", "-c", program], pass_fds=(writing,), cwd=tmp_path, check=True)
    os.close(writing)
    with open(reading, "rb") as report:
        found = json.loads(report.read())["ended"]
    # Only root comes so far as to be counted: for others the system itself refuses to fork.
    assert found == ended or (ended == "processes" and os.getuid() != 0 and found == "")


SETTINGS = '[tests]\nreadable = ["~/shared"]\n[repositories."{root}"]\ntests = "pytest -q"\nreadable = ["/opt/x"]\n[repositories."/other"]\ntests = "no"\n'


def test_settings_speak_of_one_repository(tmp_path: Path) -> None:
    root, file = tmp_path / "repo", tmp_path / "config.toml"
    root.mkdir()
    assert load(root, file) == Settings()
    file.write_text(SETTINGS.replace("{root}", str(root)))
    assert load(root, file) == Settings("pytest -q", ("~/shared", "/opt/x"))
    assert load(tmp_path / "third", file).tests is None


@pytest.mark.parametrize("text", ["= x", "[test]\n", "repositories = 3\n", "[repositories]\nx = 3\n", "[tests]\nreadable = 'x'\n", "[tests]\nrun = 'x'\n", "\udc80"])
def test_settings_that_cannot_be_used_say_what_is_wrong(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadSettings, match=r"config.toml cannot be used: .+\. Correct"):
        load(tmp_path / "repo", tmp_path / "config.toml")


def test_settings_inside_the_repository_are_refused(tmp_path: Path) -> None:
    put(tmp_path, {"repo/conf.toml": ""})
    (tmp_path / "link.toml").symlink_to("repo/conf.toml")
    for place in (tmp_path / "repo/conf.toml", tmp_path / "link.toml"):
        with pytest.raises(BadSettings, match="inside the repository"):
            load(tmp_path / "repo", place)


def test_find_takes_no_program_from_a_relative_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"bwrap": "#!/bin/sh\ntouch ran\n"})
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}bin")
    find.cache_clear()
    try:
        assert isinstance(find(), Unavailable) and not (tmp_path / "ran").exists() and shutil.which("bwrap") == "./bwrap"
    finally:
        find.cache_clear()
