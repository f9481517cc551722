"""Recordings: what is written can be read, what was not written by us is refused in one sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from agent import recording
from agent.commands import edit
from agent.errors import UserError
from agent.events import SlotsOpened, SlotsSeen
from agent.recording import Ended, Excerpt, Opened, excerpts
from agent.replay import read_run
from tests.agent.recorded import EVENTS, ODD, SLOTS, STORE, TEXTS, recorded, recorder
from tests.agent.repos import make_repository
from tests.agent.test_cli_edit import scripted


def test_recording_is_read_as_it_was_heard(tmp_path: Path) -> None:
    run = read_run(recorded(tmp_path))
    assert run.header.repository == "project" and run.header.engine == "embedded"
    heard = [moment.event for moment in run.moments]
    assert [event for event in heard if not isinstance(event, Opened | Ended)] == [event for event in EVENTS if not isinstance(event, SlotsOpened)]
    assert isinstance(heard[2], Opened) and heard[2].slots == SLOTS and set(heard[2].files) == {STORE, ODD}
    assert isinstance(heard[-1], Ended) and heard[-1].outcome == "proposed" and len(heard[-1].receipt) == 4
    assert [moment.at for moment in run.moments] == list(range(1, len(EVENTS) + 2))


def test_recording_holds_no_path_of_the_machine(tmp_path: Path) -> None:
    assert "/somewhere" not in recorded(tmp_path).read_text()


def test_excerpts_hold_the_lines_around_places_once() -> None:
    found = excerpts(SLOTS, TEXTS)
    assert [part.first for part in found[STORE]] == [1] and len(found[STORE][0].lines) == 6
    assert found[ODD] == (Excerpt(1, ("é = load(2)",)),)


def test_excerpts_far_apart_are_two_and_long_lines_are_cut() -> None:
    text = "load\r\n" + "x\n" * 20 + "load" + "y" * 5000
    slots = tuple(SLOTS[0].__class__(i, "a", line, 0, "load", "b", "call", "") for i, line in enumerate((1, 22)))
    parts = excerpts(slots, {"a": text})["a"]
    assert [(part.first, len(part.lines)) for part in parts] == [(1, 3), (20, 3)]
    assert parts[0].lines[0] == "load" and len(parts[1].lines[-1]) == recording.MAX_LINE


def test_recording_stops_at_its_bound_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_BYTES", 4000)
    many = EVENTS[:3] + tuple(event for event in EVENTS if isinstance(event, SlotsSeen)) * 200
    made = recorder(many)
    assert sum(map(len, made.lines)) < 12_000 and json.loads(made.lines[-1])["cut"]


def test_torn_last_line_is_left_out(tmp_path: Path) -> None:
    place = recorded(tmp_path)
    whole = place.read_bytes()
    place.write_bytes(whole[:-20])
    assert len(read_run(place).moments) == len(EVENTS)


HEAD = '{"redraft-run":1,"instruction":"x","repository":"r","engine":"e","seed":0}\n'
REFUSED = {
    "empty": ("", "header"),
    "no json": ("hello\n", "line 1 is not JSON"),
    "a list": ("[]\n", "not an object"),
    "another file": ('{"a": 1}\n', "header"),
    "another version": ('{"redraft-run": 9}\n', "version"),
    "half a header": ('{"redraft-run": 1}\n', "line 1"),
    "unknown event": (HEAD + '{"at":0,"event":"party"}\n', "line 2 is no event"),
    "no time": (HEAD + '{"event":"phase","phase":"x"}\n', "line 2 is no event"),
    "wrong shape": (HEAD + '{"at":0,"event":"seen","step":0,"states":[{"number":"one"}]}\n', "line 2"),
    "no number": (HEAD + '{"at":NaN,"event":"phase","phase":"x"}\n', "line 2 is not JSON"),
    "too large a number": (HEAD + '{"at":1e999,"event":"phase","phase":"x"}\n', "line 2 is not JSON"),
    "too deep": (HEAD + "[" * 100_000 + "\n", "line 2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_recording_is_refused_in_one_sentence(tmp_path: Path, case: str) -> None:
    text, words = REFUSED[case]
    (tmp_path / "run.jsonl").write_text(text)
    with pytest.raises(UserError) as refused:
        read_run(tmp_path / "run.jsonl")
    assert words in refused.value.message and "\n" not in refused.value.message


def test_missing_recording_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_run(tmp_path / "nothing.jsonl")


OPTIONS = {"instruction": "rename load to fetch", "file": None, "paths": (), "only": (), "exclude": (), "tests": None, "engine": "embedded", "seed": 0,
           "max_seconds": 9.0, "max_rounds": 1, "yes": False, "dry_run": True, "commit": False, "as_json": False, "output": None}  # fmt: skip


def listening(request, *, emit, approve, watched=False):  # type: ignore[no-untyped-def]
    assert watched
    return scripted(request, emit=emit, approve=approve)


def test_edit_records_into_the_file_that_is_named(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", {"a.py": "def load(): ...\n"})
    target = tmp_path / "run.jsonl"
    assert edit.run(repo=tmp_path / "r", record=target, loop=listening, **OPTIONS) == 0  # type: ignore[arg-type]
    assert isinstance(read_run(target).moments[-1].event, Ended)


def test_interrupted_run_is_recorded_as_such(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", {"a.py": "def load(): ...\n"})

    def stopped(request, *, emit, approve, watched=False):  # type: ignore[no-untyped-def]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        edit.run(repo=tmp_path / "r", record=tmp_path / "run.jsonl", loop=stopped, **OPTIONS)  # type: ignore[arg-type]
    last = read_run(tmp_path / "run.jsonl").moments[-1].event
    assert isinstance(last, Ended) and last.outcome == "interrupted"


def test_place_that_cannot_be_written_stops_before_anything_is_done(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", {"a.py": "def load(): ...\n"})
    with pytest.raises(UserError, match="so nothing was edited"):
        edit.run(repo=tmp_path / "r", record=tmp_path / "no" / "run.jsonl", loop=listening, **OPTIONS)  # type: ignore[arg-type]


def test_file_that_is_no_recording_is_not_emptied(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", {"a.py": "def load(): ...\n"})
    notes = tmp_path / "notes.txt"
    notes.write_text("mine\n")
    with pytest.raises(UserError, match="no recording"):
        edit.run(repo=tmp_path / "r", record=notes, loop=listening, **OPTIONS)  # type: ignore[arg-type]
    assert notes.read_text() == "mine\n"


@pytest.mark.parametrize("earlier", ["", HEAD + "torn"])
def test_earlier_recording_is_replaced(tmp_path: Path, earlier: str) -> None:
    make_repository(tmp_path / "r", {"a.py": "def load(): ...\n"})
    (tmp_path / "run.jsonl").write_text(earlier)
    assert edit.run(repo=tmp_path / "r", record=tmp_path / "run.jsonl", loop=listening, **OPTIONS) == 0  # type: ignore[arg-type]
    assert isinstance(read_run(tmp_path / "run.jsonl").moments[-1].event, Ended)


def test_recording_that_fails_at_the_end_does_not_hide_the_result(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    make_repository(tmp_path / "r", {"a.py": "def load(): ...\n"})
    (tmp_path / "runs").mkdir()

    def cut_off(request, *, emit, approve, watched=False):  # type: ignore[no-untyped-def]
        shutil.rmtree(tmp_path / "runs")
        return scripted(request, emit=emit, approve=approve)

    options = {**OPTIONS, "dry_run": False, "yes": True}
    assert edit.run(repo=tmp_path / "r", record=tmp_path / "runs/run.jsonl", loop=cut_off, **options) == 0  # type: ignore[arg-type]
    said = capfd.readouterr().err
    assert "redraft undo" in said and "only the recording is missing" in said and (tmp_path / "r/a.py").read_text() == "def fetch(): ...\n"


def test_run_by_example_is_recorded_too(tmp_path: Path) -> None:
    make_repository(tmp_path / "r", {"a.py": "def load(): ...\n"})
    example = tmp_path / "example.diff"
    example.write_text("--- a/a.py\n+++ b/a.py\n@@ -1 +1,2 @@\n def load(): ...\n+# more\n")
    options = {**OPTIONS, "instruction": None, "like": str(example)}
    assert edit.run(repo=tmp_path / "r", record=tmp_path / "run.jsonl", **options) == 1  # type: ignore[arg-type]
    last = read_run(tmp_path / "run.jsonl").moments[-1].event
    assert isinstance(last, Ended) and last.outcome == "declined"
