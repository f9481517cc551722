"""Records of the journal that contradict themselves: one sentence, and no byte is touched. Found by the fuzzer."""

from __future__ import annotations

import json
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.commands import log
from agent.errors import DamagedJournal, TooLargeToRecord
from agent.publish import undo
from agent.records import packed, read_record, unpacked
from agent.worktree import Repository
from tests.agent.edits import prepared, replaced
from tests.agent.repos import tree


def other_image(record: dict[str, Any]) -> None:
    record["files"][0][2] = "Ygo="


def path_outside(record: dict[str, Any]) -> None:
    record["files"][0][0] = "../outside"


def path_that_no_disk_takes(record: dict[str, Any]) -> None:
    record["files"][0][0] = "o\ud800ld"


def mode_of_another_kind(record: dict[str, Any]) -> None:
    record["files"][0][3] = "0644"


def entry_of_another_kind(record: dict[str, Any]) -> None:
    record["entry"] = []


def name_that_is_a_path(record: dict[str, Any]) -> None:
    record["entry"]["undoes"] = "../../x"


def inverse_of_another_kind(record: dict[str, Any]) -> None:
    record["inverse"] = 1


DAMAGES = [other_image, path_outside, path_that_no_disk_takes, mode_of_another_kind, entry_of_another_kind, name_that_is_a_path, inverse_of_another_kind]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return prepared(tmp_path)


def damage(place: Path, how: Callable[[dict[str, Any]], None]) -> None:
    record = json.loads(zlib.decompress(place.read_bytes()))
    how(record)
    place.write_bytes(zlib.compress(json.dumps(record).encode()))


@pytest.mark.parametrize("how", DAMAGES, ids=lambda how: how.__name__)
def test_damaged_record_is_said_and_nothing_is_written(repository: Repository, how: Callable[[dict[str, Any]], None]) -> None:
    entry = replaced(repository, "keep.py", "x\n")
    damage(repository.git_dir / "redraft/images" / f"{entry.id}.z", how)
    before = tree(repository.root)
    with pytest.raises(DamagedJournal, match="move it away"):
        undo(repository)
    assert tree(repository.root) == before


def test_record_that_unpacks_without_end_takes_no_more_memory_than_the_limit(repository: Repository) -> None:
    entry = replaced(repository, "keep.py", "x\n")
    place = repository.git_dir / "redraft/images" / f"{entry.id}.z"
    bomb = zlib.compress(bytes(64 << 20), 9)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="too large"):
            unpacked(bomb, 1 << 20)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert unpacked(place.read_bytes(), 1 << 20) == zlib.decompress(place.read_bytes())


def test_record_that_could_not_be_read_back_is_not_made(repository: Repository) -> None:
    entry = replaced(repository, "keep.py", "x\n")
    record = read_record(repository.git_dir / "redraft/images" / f"{entry.id}.z")
    data = packed(record)
    size = len(zlib.decompress(data))
    assert packed(record, size) == data
    with pytest.raises(TooLargeToRecord, match="do it in parts"):
        packed(record, size - 1)


@pytest.mark.parametrize("raw", [zlib.compress(b"{}"), zlib.compress(b"x" * 999)[:-5], b""])
def test_record_that_is_too_large_or_cut_short_is_damaged(repository: Repository, raw: bytes) -> None:
    entry = replaced(repository, "keep.py", "x\n")
    (repository.git_dir / "redraft/images" / f"{entry.id}.z").write_bytes(raw)
    before = tree(repository.root)
    with pytest.raises(DamagedJournal, match="move it away"):
        undo(repository)
    assert tree(repository.root) == before


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"id":"../x","state":"published"}', b"1", b'{"id":"0a","state":[]}', b'{"state":"published"}'])
def test_damaged_line_is_said(repository: Repository, line: bytes) -> None:
    replaced(repository, "keep.py", "x\n")
    with (repository.git_dir / "redraft/journal.jsonl").open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(DamagedJournal, match="move it away"):
        undo(repository)


@pytest.mark.parametrize("when", ["NaN", "1e999", "1" + "0" * 400, "-5", '"now"'])
def test_odd_time_of_an_entry_can_be_shown(repository: Repository, when: str, capfd: pytest.CaptureFixture[str]) -> None:
    replaced(repository, "keep.py", "x\n")
    place = repository.git_dir / "redraft/journal.jsonl"
    lines = place.read_text()
    time = json.loads(lines.splitlines()[-1])["time"]
    place.write_text(lines.replace(f'"time":{time}', f'"time":{when}'))
    assert log.run(repo=repository.root, as_json=False) == 0
    assert "do it" in capfd.readouterr().out
