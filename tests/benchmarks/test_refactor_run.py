"""The tables of the refactoring benchmark, and the benchmark of peers on a made-up release."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.refactor.run import Result, slowest, tables, told
from benchmarks.refactor.score import Outcome, Score
from tests.benchmarks.test_refactor_score import BASE, TASK


def result(wording: str, outcome: Outcome, seconds: float) -> Result:
    wrong = ("a.py:1",) if outcome is Outcome.WRONG else ()
    return Result(TASK, wording, 0, seconds, Score(outcome, wrong, (), (), (), 1000), "")


def cells(text: str, title: str) -> list[str]:
    return next(line for line in text.splitlines() if line.startswith(title)).removeprefix(title).split()


def test_slowest_is_the_nearest_rank() -> None:
    times = [float(number) for number in range(1, 21)]
    assert slowest(times, 0.95) == 19.0
    assert slowest(times, 1.0) == 20.0
    assert slowest([3.0], 0.95) == 3.0


def test_tables_count_outcomes_and_repeat_the_clear_wordings_alone() -> None:
    results = [result("short", Outcome.WRONG, 9.0), result("plain", Outcome.EXACT, 1.0), result("detailed", Outcome.ABSTAINED, 2.0)]
    everything, clear = tables(results).split("\n\n")
    assert cells(everything, "kind rename")[:5] == ["3", "1", "1", "0", "1"]
    assert cells(everything, "all")[-3:] == ["33.33", "2.00", "9.00"]
    assert cells(everything, "rename function")[0] == cells(everything, "package pkg")[0] == "3"
    assert clear.startswith("Only the wordings plain and detailed:")
    assert cells(clear, "all")[:2] == ["2", "1"] and cells(clear, "all")[-1] == "2.00"
    assert "Only" not in tables(results[1:])


def test_the_reason_is_taken_from_the_answer_else_from_the_errors() -> None:
    assert told(b'{"outcome": "declined", "reason": "No such name."}', b"") == "No such name."
    assert told(b"", b"it broke\n") == "it broke"
    assert told(b"[]", b"warned") == "warned"


def test_words_are_replaced_in_all_releases_and_those_outside_are_strays(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    for release in ("pkg-1", "other-2"):
        for path, data in BASE.items():
            file = sources / release / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    target = peers.definition(sources / "pkg-1", TASK.target)
    assert target is not None
    ask = peers.Ask(TASK, target, "fetch")
    templates = tmp_path / "templates"
    small = peers.answer(ask, "words", "small", (sources, templates), 60)
    middle = peers.answer(ask, "words", "middle", (sources, templates), 60)
    assert small.score.outcome is middle.score.outcome is Outcome.WRONG
    assert (small.strays, middle.strays) == (0, len(BASE))
    assert small.ended == "ok"
    assert "words" in peers.table({("small", "renames", "words"): [small]})


def test_what_a_peer_has_not_finished_in_time_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(ask: peers.Ask, folder: Path, inside: Path, limit: float) -> int:
        (inside / "pkg/store.py").write_text("half\n")
        (inside / "new.py").write_text("half\n")
        raise subprocess.TimeoutExpired("slow", limit)

    for path, data in BASE.items():
        file = tmp_path / "sources/pkg-1" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    target = peers.definition(tmp_path / "sources/pkg-1", TASK.target)
    assert target is not None
    monkeypatch.setattr(peers, "PEERS", {"slow": slow})
    made = peers.answer(peers.Ask(TASK, target, "fetch"), "slow", "small", (tmp_path / "sources", tmp_path / "templates"), 0.1)
    assert (made.ended, made.score.outcome) == ("time", Outcome.ABSTAINED)


def test_filler_is_of_modules_with_places_of_their_own() -> None:
    found = peers.filler(20)
    assert len({place for _, place in found}) == 20
    assert all(place.startswith("standard_library/") and source.suffix == ".py" for source, place in found)
