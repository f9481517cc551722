"""Where the instruction comes from, and which paths are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import OutsideRepository, UnreadableFile, UserError
from agent.request import inside, read_instruction, required_tests


def test_instruction_is_taken_as_typed() -> None:
    assert read_instruction("rename a  to\nb", None, ("src",)) == ("rename a to b", ("src",))


def test_instruction_from_a_file_leaves_every_argument_a_path(tmp_path: Path) -> None:
    source = tmp_path / "words.txt"
    source.write_bytes(b"\xef\xbb\xbfrename a to b\r\n")
    assert read_instruction("src", str(source), ("docs",)) == ("rename a to b", ("src", "docs"))


@pytest.mark.parametrize("instruction", [None, "", " \n"])
def test_empty_instruction_is_refused(instruction: str | None) -> None:
    with pytest.raises(UserError, match="empty"):
        read_instruction(instruction, None, ())


def test_instruction_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        read_instruction(None, str(tmp_path / "none.txt"), ())


def test_instruction_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="UTF-8"):
        read_instruction(None, str(tmp_path / "words"), ())


def test_path_counts_from_the_current_folder_inside_the_repository(tmp_path: Path) -> None:
    (tmp_path / "src" / "pkg").mkdir(parents=True)
    assert inside(tmp_path, tmp_path / "src", ["pkg"]) == ("src/pkg",)


def test_path_counts_from_the_root_when_typed_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "repo" / "src").mkdir(parents=True)
    assert inside(tmp_path / "repo", tmp_path, ["src"]) == ("src",)


def test_path_outside_the_repository_is_refused(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    with pytest.raises(OutsideRepository):
        inside(tmp_path / "repo", tmp_path / "repo", [".."])


def test_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="check the path"):
        inside(tmp_path, tmp_path, ["missing.py"])


@pytest.mark.parametrize(("typed", "command"), [("none", None), ("None", None), ("", None), ("pytest -q", "pytest -q")])
def test_tests_none_means_no_tests(typed: str, command: str | None) -> None:
    assert required_tests(typed) == command


def test_instruction_that_is_no_text_is_refused() -> None:
    with pytest.raises(UserError, match="not UTF-8"):
        read_instruction("rename load to fe\udcfftch", None, ())
