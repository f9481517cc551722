"""Recipes: what is read, and which line is to blame when it cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from agent.batch.recipe import Edit, OnFailure, Place, RecipeError, To
from agent.batch.recipe_file import load, schema_text
from agent.batch.targets import targets
from agent.errors import UnreadableFile
from tests.agent.repos import make_repository

WHOLE = """\
version: 1
edits:
  - rename  load_user
    to fetch_user
  - request: "rename: a to b"
    paths: [./src/]
    only: ["*.py"]
repositories:
  - ../many/*
  - {path: ~/one, name: one, tests: pytest, exclude: [docs/*]}
exclude: [vendor/*]
checks: {tests: make test, max-seconds: 5, max-rounds: 1}
result: {to: branch, branch: redraft/x, message: Fetch}
on-failure: skip-repository
seed: 7
"""


def written(folder: Path, text: str) -> Path:
    place = folder / "recipe.yaml"
    place.write_text(text, encoding="utf-8")
    return place


def test_recipe_is_read_whole(tmp_path: Path) -> None:
    recipe = load(written(tmp_path, WHOLE))
    assert recipe.edits == (Edit("rename load_user to fetch_user"), Edit("rename: a to b", paths=("src",), only=("*.py",)))
    assert recipe.places[1] == Place("~/one", "one", exclude=("docs/*",), tests="pytest", line=10)
    assert (recipe.to, recipe.branch, recipe.message, recipe.on_failure) == (To.BRANCH, "redraft/x", "Fetch", OnFailure.SKIP_REPOSITORY)
    assert (recipe.tests, recipe.max_seconds, recipe.max_rounds, recipe.seed) == ("make test", 5.0, 1, 7)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "has to be a mapping"),
        ("version: 1\n", 1, "needs edits"),
        ("version: 2\nedits: [x]\n", 1, "has to be 1"),
        ("version: 1\nedits: []\n", 2, "is empty"),
        ("version: 1\nedits: ['  ']\n", 2, "it is empty"),
        ("version: 1\nedits:\n  - request: rename: x to y\n", 3, "needs quotes"),
        ("version: 1\nedits:\n  - request: x\n    onyl: [a]\n", 4, "edits[0].onyl is not known: did you mean only?"),
        ("version: 1\nedits:\n  - x\n  - 5\n", 4, "edits[1] has to be a text or a mapping, not 5"),
        ("version: 1\nedits:\n  - {like: a, request: b}\n", 3, "request or like, one of the two"),
        ("version: 1\nedits:\n  - like: a.diff\n", 3, "a.diff cannot be read: name a diff in UTF-8"),
        ("version: 1\nedits:\n  - request: x\n    paths: [ok, ../up]\n", 4, "has to lie inside the repository"),
        ("version: 1\nedits: [x]\nresult: branch\n", 3, "{to: branch, branch: NAME}"),
        ("version: 1\nedits: [x]\nresult:\n  to: branch\n", 4, "a branch needs a name"),
        ("version: 1\nedits: [x]\nresult:\n  to: leave\n  message: x\n", 5, "means nothing for leave"),
        ("version: 1\nedits: [x]\nresult:\n  to: patch\n  patches: ../out\n", 5, "below the recipe's"),
        ("version: 1\nversion: 1\n", 2, "there twice"),
        ("version: 1\nedits: &a [x]\nonly: *a\n", 2, "anchors"),
        ("version: 1\nedits: [x]\nseed: a\n", 3, "a whole number"),
        ("version: 1\nedits: [\n", 3, "not YAML"),
        ("version: 1\nedits: [x]\nseed: 1" + ":00" * 300_000, 3, "is no number"),
        ("version: 1\nedits: [x]\nrepositories: [nowhere]\n", 3, "leads to no git repository"),
    ],
)
def test_fault_is_one_sentence_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(RecipeError) as refused:
        targets(load(written(tmp_path, text)))
    (sentence,) = str(refused.value).splitlines()
    assert sentence.startswith(f"recipe.yaml:{line}: ") and said in sentence


def test_faults_are_all_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as refused:
        load(written(tmp_path, "version: 1\nedits: [x]\nseed: a\nchecks:\n  tests: 5\n"))
    assert [line.split()[0] for line in str(refused.value).splitlines()] == ["recipe.yaml:3:", "recipe.yaml:5:"]


@pytest.mark.parametrize("data", [b"\xff\xfe", b"[" * 100_000, b"x" * (1 << 21)])
def test_hostile_bytes_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "recipe.yaml").write_bytes(data)
    with pytest.raises(RecipeError):
        load(tmp_path / "recipe.yaml")


def test_missing_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"absent\.yaml"):
        load(tmp_path / "absent.yaml")


def test_schema_is_valid_and_describes_every_key_of_the_recipe() -> None:
    schema = json.loads(schema_text())
    Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]) == {"version", "edits", "repositories", "only", "exclude", "checks", "result", "on-failure", "engine",
                                         "seed", "workers"}  # fmt: skip


def test_targets_are_met_once_and_told_apart(tmp_path: Path) -> None:
    for folder in ("a/core", "b/core", "b/other"):
        make_repository(tmp_path / folder, {"x.py": ""})
    (tmp_path / "b/plain").mkdir()
    text = "version: 1\nedits: [x]\nrepositories: [a/core, '*/*', {path: b/other, name: late}]\n"
    found = targets(load(written(tmp_path, text)))
    assert [(target.name, target.root.parent.name) for target in found] == [("a-core", "a"), ("b-core", "b"), ("other", "b")]


def test_without_repositories_the_one_around_the_recipe_is_meant(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", {"tools/x.py": ""})
    (found,) = targets(load(written(tmp_path / "r/tools", "version: 1\nedits: [x]\n")))
    assert found.root == (tmp_path / "r").resolve()


def test_example_is_read_with_the_recipe_and_makes_another_batch(tmp_path: Path) -> None:
    place = written(tmp_path, "version: 1\nedits:\n  - like: a.diff\n    only: ['*.py']\n")
    (tmp_path / "a.diff").write_text("one\n")
    first = load(place)
    assert first.edits == (Edit(like="a.diff", only=("*.py",), example="one\n"),)
    (tmp_path / "a.diff").write_text("two\n")
    assert load(place).digest != first.digest


def test_recipe_without_an_end_is_refused() -> None:
    with pytest.raises(RecipeError, match="larger than 1 MB"):
        load(Path("/dev/zero"))
