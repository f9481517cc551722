"""Parsing, exit codes and weight of the command line; each run is a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from agent import cli, crashlog
from agent.dispatch import dispatch


def redraft(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1]), "COLUMNS": "120"}
    command = [sys.executable, "-m", "agent", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


def test_help_lists_every_command() -> None:
    done = redraft("--help")
    assert done.returncode == 0
    for command in (
        "edit", "plan", "apply", "undo", "redo", "log", "engines", "train", "eval", "demo", "hook", "pair", "replay", "batch", "serve", "config",
    ):
        assert f"  {command} " in done.stdout


@pytest.mark.parametrize(
    "command", ["edit", "plan", "apply", "undo", "redo", "log", "engines", "demo", "hook", "pair", "replay", "batch", "serve", "config"]
)
def test_help_of_a_command_succeeds(command: str) -> None:
    assert redraft(command, "--help").returncode == 0


def test_edit_help_names_every_option() -> None:
    shown = redraft("edit", "--help").stdout
    for option in (
        "repo", "yes", "dry-run", "only", "exclude", "tests", "engine", "seed", "max-seconds", "max-rounds", "sure",
        "json", "format", "commit", "file", "like",
    ):
        assert f"--{option}" in shown


@pytest.mark.parametrize(("typed", "offered"), [("redraft ba", "batch"), ("redraft batch --sch", "--schema")])
def test_shell_completion_offers_commands_and_options(typed: str, offered: str) -> None:
    words = {"_REDRAFT_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    environment = {**os.environ, **words, "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    run = [sys.executable, "-c", "from agent.cli import main; main()"]
    assert offered in subprocess.run(run, env=environment, capture_output=True, text=True, check=False).stdout.split()


def test_batch_without_a_recipe_says_what_to_do() -> None:
    done = redraft("batch")
    assert done.returncode == 2 and "Name a recipe" in done.stderr
    assert json.loads(redraft("batch", "--schema").stdout)["title"] == "redraft batch recipe"


def test_serve_wants_one_protocol(tmp_path: Path) -> None:
    for arguments in ((), ("--mcp", "--lsp")):
        done = redraft("serve", *arguments)
        assert done.returncode == 2 and "--mcp for agents, --lsp for editors" in done.stderr


def test_version_is_printed() -> None:
    done = redraft("--version")
    assert done.returncode == 0 and done.stdout.startswith("redraft ")


def test_parser_loads_no_model_code() -> None:
    check = "import sys, agent.cli; print({'torch', 'transformers', 'numpy', 'libcst', 'git'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("arguments", [["nonsense"], ["edit", "--max-rounds", "many"], ["edit", "--format", "xml"]])
def test_usage_error_is_exit_code_2(arguments: list[str]) -> None:
    done = redraft(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_empty_instruction_is_one_sentence() -> None:
    done = redraft("edit", "   ")
    assert done.returncode == 2
    assert done.stderr.startswith("redraft: The instruction is empty")
    assert len(done.stderr.splitlines()) == 1


def test_folder_that_is_no_repository_is_one_sentence(tmp_path: Path) -> None:
    done = redraft("log", "--repo", str(tmp_path))
    assert done.returncode == 2
    assert "is not inside a git repository" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_error_with_json_is_one_object(tmp_path: Path) -> None:
    done = redraft("log", "--repo", str(tmp_path), "--json")
    assert done.returncode == 2
    found = json.loads(done.stdout)
    assert found["outcome"] == "error" and "not inside a git repository" in found["reason"]


def test_unexpected_failure_is_a_sentence_and_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with pytest.raises(typer.Exit) as left:
        dispatch("no_such_command")
    assert left.value.exit_code == 2
    log = tmp_path / "redraft" / "crash.log"
    assert str(log) in capsys.readouterr().err
    assert "Traceback" in log.read_text()


def test_crashlog_that_cannot_be_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "redraft").write_text("a file in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert crashlog.record(ValueError("x")).startswith("The log could not be written")
