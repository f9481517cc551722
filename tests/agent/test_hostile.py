"""Every folder of tests/scenarios/hostile: the sentence, the exit code, and every byte of the world around it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.sandbox import Sandbox, find
from tests.agent.hostile import Scenario, build, command, expected, git_picture, picture, scenarios

CASES = [
    pytest.param(scenario, id=scenario.name, marks=[pytest.mark.slow] if scenario.spec.get("slow") else [])
    for scenario in scenarios()
]


def test_hostile_scenarios_are_many() -> None:
    assert len(CASES) >= 150


@pytest.mark.parametrize("scenario", CASES)
def test_hostile_scenario_ends_as_promised(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    spec = scenario.at(tmp_path)
    if spec.get("needs_sandbox") and not isinstance(find(), Sandbox):
        pytest.skip("bubblewrap does not work here")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / spec["run"].get("config", "no-config")))
    root = build(spec, tmp_path)
    before, git_before = picture(tmp_path), git_picture(root)
    code, said = command(root, spec["run"])
    spoken = "".join(capfd.readouterr()) + said
    monkeypatch.chdir(tmp_path)
    assert (code, bool(re.search(spec["expect"].get("says", ""), spoken))) == (spec["expect"]["exit"], True), spoken
    assert "Traceback" not in spoken
    assert picture(tmp_path) == expected(before, spec)
    assert git_picture(root) == git_before
