"""Where values come from: precedence, and what a repository has no say in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.commands import config
from agent.errors import BadSettings
from agent.settings import PROJECT, Settings, chosen, load, sources
from tests.agent.repos import make_repository, put

USER = """\
[defaults]
seed = 1
max-rounds = 1
exclude = ["all/*"]
[repositories."{root}"]
seed = 3
tests = "mine"
exclude = ["own/*"]
"""
PROJECT_TABLE = '[tool.redraft]\nseed = 2\nmax-rounds = 7\nmax-seconds = 9\nexclude = ["project/*"]\ntests = "theirs"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_repository(tmp_path / "r", {"pyproject.toml": PROJECT_TABLE})
    return tmp_path / "r"


def user(root: Path, text: str = USER) -> Path:
    place = root.parent / "config.toml"
    place.write_text(text.replace("{root}", str(root)))
    return place


def test_nearer_places_win_and_lists_add_up(root: Path) -> None:
    found = load(root, user(root))
    assert (found.seed, found.max_rounds, found.max_seconds, found.engine) == (3, 7, 9, "embedded")
    assert found.exclude == ("all/*", "project/*", "own/*")
    assert chosen(None, found.seed) == 3 and chosen(0, found.seed) == 0


def test_every_value_says_where_it_comes_from(root: Path) -> None:
    place = user(root)
    found = sources(root, place)
    assert found["seed"] == (3, f"{place} (this repository)")
    assert found["max-rounds"] == (7, PROJECT)
    assert found["engine"] == ("embedded", "built in")
    assert found["exclude"][1] == f"{place} (all repositories), {PROJECT}, {place} (this repository)"


def test_test_command_of_a_repository_is_shown_and_not_taken(root: Path) -> None:
    found = load(root, root.parent / "absent.toml")
    assert found.tests is None and found.suggested == "theirs"
    assert load(root, user(root)).tests == "mine"


@pytest.mark.parametrize("line", ["engine = 'x'", "only = ['*']", "readable = ['/']", "no-sandbox = true", "seed = 'x'", "seed = -1", "max-seconds = 0"])
def test_repository_has_no_say_in_permissions(root: Path, line: str) -> None:
    put(root, {"pyproject.toml": f"[tool.redraft]\n{line}\n"})
    with pytest.raises(BadSettings, match=r"pyproject\.toml"):
        load(root, root.parent / "absent.toml")


@pytest.mark.parametrize("text", ["redraft = [", "[tool]\nredraft = 3\n", f"[tool.redraft]\nseed = {'9' * 5000}\n"])
def test_project_file_that_cannot_be_read_is_named(root: Path, text: str) -> None:
    put(root, {"pyproject.toml": text})
    with pytest.raises(BadSettings, match=r"pyproject\.toml"):
        load(root, root.parent / "absent.toml")


def test_project_file_of_somebody_else_is_passed_over(root: Path) -> None:
    put(root, {"pyproject.toml": "[project]\nname = 'redraft'\n"})
    assert load(root, root.parent / "absent.toml") == Settings()
    (root / "pyproject.toml").unlink()
    (root / "pyproject.toml").symlink_to("../outside.toml")
    put(root.parent, {"outside.toml": PROJECT_TABLE})
    assert load(root, root.parent / "absent.toml") == Settings()


def test_config_command_shows_values_sources_and_the_suggestion(
    root: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(root.parent))
    monkeypatch.setenv("COLUMNS", "200")
    assert config.run(repo=root, as_json=False) == 0
    said = capfd.readouterr()
    assert "max-rounds" in said.out and PROJECT in said.out and "'theirs'" in said.err and "tests = \"theirs\"" in said.err
    assert config.run(repo=root, as_json=True) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["settings"]["seed"] == {"value": 2, "source": PROJECT} and found["suggested-tests"] == "theirs"


def test_config_command_shows_the_time_that_is_built_in(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    make_repository(tmp_path / "r", {"a.py": ""})
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    assert config.run(repo=tmp_path / "r", as_json=False) == 0
    assert "60, or 600 where a hub engine may be asked" in capfd.readouterr().out


@pytest.mark.parametrize("said", ["2", "-0.1", "true", "'much'"])
def test_certainty_is_a_share(tmp_path: Path, said: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[defaults]\nsure = {said}\n")
    with pytest.raises(BadSettings, match="from 0 to 1"):
        load(tmp_path / "repository", file)
