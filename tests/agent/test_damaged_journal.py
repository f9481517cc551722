"""Records of the journal that contradict themselves: one sentence, and no byte is touched. Found by the fuzzer."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.errors import DamagedJournal
from agent.publish import undo
from agent.worktree import Repository
from tests.agent.edits import prepared, replaced
from tests.agent.repos import tree


def other_image(record: dict[str, Any]) -> None:
    record["files"][0][2] = "Ygo="


DAMAGES = [other_image]


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
