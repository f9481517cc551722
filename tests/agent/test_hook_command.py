"""The hook as git and pre-commit run it: real commits, the real command, the embedded denoiser."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from engine import available
from tests.agent.repos import git, make_repository, put

ROOT = Path(__file__).parents[2]
SCRIPT = Path(sys.executable).parent / "redraft"
pytestmark = pytest.mark.skipif(not available()[0].present or not SCRIPT.exists(), reason="needs the weights and the installed command")

FILES: dict[str, str | bytes] = {
    "shop/__init__.py": "",
    "shop/basket.py": "def total_price(items):\n    return sum(item.price for item in items)\n",
    "shop/till.py": "from shop.basket import total_price\n\n\ndef pay(items):\n    return total_price(items)\n",
}
BEGUN = {"shop/basket.py": str(FILES["shop/basket.py"]).replace("total_price", "amount_due")}
DONE = str(FILES["shop/till.py"]).replace("total_price", "amount_due")


def commit(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{SCRIPT.parent}{os.pathsep}{os.environ['PATH']}", "GIT_EDITOR": "true", "NO_COLOR": "1"}
    return subprocess.run(["git", "commit", "-m", "second", *args], cwd=root, env=environment, capture_output=True, text=True, check=False)


def redraft(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run([str(SCRIPT), *args], cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_repository(tmp_path, FILES)
    put(tmp_path, dict(BEGUN))
    return tmp_path


def install(root: Path, *options: str) -> None:
    """The hook, with the time that a loaded machine needs."""
    assert redraft(root, "hook", "install", *options).returncode == 0
    place = root / ".git/hooks/pre-commit"
    place.write_text(place.read_text().replace('" hook', '" hook --max-seconds 60'))


@pytest.mark.parametrize("how", [["-a"], ["shop/basket.py"], []])
def test_commit_is_stopped_and_the_printed_command_finishes_it(root: Path, how: list[str]) -> None:
    install(root)
    if not how:
        git(root, "add", "-A")
    stopped = commit(root, *how)
    assert stopped.returncode == 1 and "total_price -> amount_due" in stopped.stderr and "+    return amount_due(items)" in stopped.stderr + stopped.stdout
    assert git(root, "log", "--format=%s").split() == ["first"] and (root / "shop/till.py").read_text() == FILES["shop/till.py"]
    line = next(line for line in stopped.stderr.splitlines() if "to apply it: " in line)
    applied = redraft(root, *line.partition("to apply it: redraft ")[2].split())
    assert applied.returncode == 0, applied.stderr
    assert (root / "shop/till.py").read_text() == DONE
    assert commit(root, "-a").returncode == 0 and git(root, "status", "--porcelain") == ""


def test_printed_command_works_in_the_folder_of_the_commit(root: Path) -> None:
    install(root)
    stopped = commit(root / "shop", "-a")
    line = next(line for line in stopped.stderr.splitlines() if "to apply it: " in line)
    applied = redraft(root / "shop", *shlex.split(line.partition("to apply it: redraft ")[2]))
    assert applied.returncode == 0 and (root / "shop/till.py").read_text() == DONE, applied.stderr


@pytest.mark.parametrize("how", [["-a"], ["shop/basket.py", "shop/till.py"]])
def test_changed_line_that_this_commit_takes_along_is_finished(root: Path, how: list[str]) -> None:
    install(root, "--fix")
    put(root, {"shop/till.py": str(FILES["shop/till.py"]).replace("(items)\n", "(items) + 1\n")})
    stopped = commit(root, *how)
    assert stopped.returncode == 1 and "written to your files" in stopped.stderr, stopped.stderr
    assert (root / "shop/till.py").read_text() == DONE.replace("(items)\n", "(items) + 1\n")


def test_commit_stops_for_a_file_that_is_left_to_the_user(root: Path) -> None:
    install(root)
    git(root, "add", "-A")
    put(root, {"shop/till.py": str(FILES["shop/till.py"]).replace("(items)\n", "(items) + 1\n")})
    stopped = commit(root)
    assert stopped.returncode == 1 and "shop/till.py:5 is in a line that is not staged" in stopped.stderr, stopped.stderr
    assert "to apply it" not in stopped.stderr and "--no-verify" in stopped.stderr


def test_hook_that_was_there_runs_first_and_its_no_counts(root: Path) -> None:
    put(root, {".git/hooks/pre-commit": "#!/bin/sh\necho checked by mine >&2\nexit 3\n"})
    (root / ".git/hooks/pre-commit").chmod(0o755)
    install(root, "--fix")
    stopped = commit(root, "-a")
    assert stopped.returncode == 1 and "checked by mine" in stopped.stderr and "unfinished" not in stopped.stderr
    assert redraft(root, "hook", "uninstall").returncode == 0
    assert "checked by mine" in commit(root, "-a").stderr


def test_ordinary_commit_hears_nothing(root: Path) -> None:
    install(root)
    put(root, {"shop/basket.py": str(FILES["shop/basket.py"]) + "\n\nCURRENCY = 'EUR'\n"})
    made = commit(root, "-a")
    assert made.returncode == 0 and "redraft" not in made.stderr + made.stdout


def test_pre_commit_runs_the_hooks_of_the_manifest(root: Path) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    # The manifest as it is, but for the installation, which would need the network.
    local = [{**hook, "language": "system", "entry": hook["entry"].replace("redraft", str(SCRIPT), 1) + " --max-seconds 60"} for hook in hooks]
    put(root, {".pre-commit-config.yaml": yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}]})})
    git(root, "add", "-A")
    put(root, {"notes.txt": "not staged\n", "shop/basket.py": BEGUN["shop/basket.py"] + "\n\n# not staged\n"})
    environment = {**os.environ, "PRE_COMMIT_HOME": str(root / ".git/cache"), "NO_COLOR": "1"}

    def run(hook: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "run", hook]
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)

    valid = subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml"], env=environment, check=False)
    assert valid.returncode == 0
    checked = run("redraft")
    assert checked.returncode == 1 and "+    return amount_due(items)" in checked.stdout, checked.stdout + checked.stderr
    assert (root / "shop/till.py").read_text() == FILES["shop/till.py"]
    fixed = run("redraft-fix")
    assert fixed.returncode == 1 and "files were modified by this hook" in fixed.stdout
    assert (root / "shop/till.py").read_text() == DONE and (root / "shop/basket.py").read_text().endswith("# not staged\n")
    git(root, "add", "shop/till.py")
    assert run("redraft").returncode == 0 and run("redraft-fix").returncode == 0
