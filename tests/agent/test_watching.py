"""What is emitted about single places in a watched run, and that nobody else pays for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.events import Event, SlotsOpened, SlotsRenoised, SlotsSeen
from agent.loop import edit
from agent.outcome import Declined, EditRequest, Outcome, Proposed
from agent.pair.board import Board
from agent.watching import Watching
from tests.agent.repos import make_repository
from tests.agent.scripted import Renamer

FILES: dict[str, str | bytes] = {
    "pkg/__init__.py": "from .store import load\n\n__all__ = ['load']\n",
    "pkg/store.py": "def load(path):\r\n    return path\r\n\r\n\r\nprint(load(1), load(2))\r\n",
    "pkg/other.py": "def load(x):\n    return x\n\n\nprint(load(1))\n",
    "tests/test_store.py": "from pkg import load\n\n\ndef test_load():\n    assert load(1) == 1\n",
    "tests/test_all.py": "from tests.test_store import test_load\n\ntest_load()\n",
}
SAY = "rename load in store to fetch"
DETAIL = (SlotsOpened, SlotsSeen, SlotsRenoised)


def watched(root: Path, denoiser: Renamer, *, wanted: bool = True) -> tuple[Outcome, list[Event]]:
    events: list[Event] = []
    request = EditRequest(SAY, root)
    return edit(request, emit=events.append, approve=lambda proposal: None, denoiser=denoiser, watched=wanted), events


def renamer(**options: object) -> Renamer:
    return Renamer("load", "fetch", home="store", **options)  # type: ignore[arg-type]


def test_every_line_of_the_receipt_is_a_place_with_its_decision(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    outcome, events = watched(tmp_path, renamer())
    assert isinstance(outcome, Proposed)
    board = Board.of(events)
    shown = {(p.slot.path, p.slot.line, p.slot.column): p.now.becomes for p in board.places.values() if p.now}
    receipt = {(site.path, site.line, site.column): site.after for site in outcome.proposal.report.receipt}
    assert shown == receipt and ("tests/test_all.py", 3, 0) in shown
    assert board.settled == len(board.places) == len(receipt)


def test_places_are_announced_before_a_pass_looks_at_them(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    known: set[int] = set()
    for event in watched(tmp_path, renamer())[1]:
        if isinstance(event, SlotsOpened):
            known |= {slot.number for slot in event.slots}
            assert all(event.texts[slot.path].splitlines()[slot.line - 1][slot.column :].startswith(slot.before) for slot in event.slots)
        elif isinstance(event, SlotsSeen):
            assert {state.number for state in event.states} <= known
    assert sorted(known) == list(range(len(known)))


def test_blamed_places_become_noise_again_and_are_revised(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    outcome, events = watched(tmp_path, renamer(errs=lambda lexemes, at: lexemes[at - 2 : at + 1] == ("print", "(", "load")))
    assert isinstance(outcome, Proposed)
    noisy = [event for event in events if isinstance(event, SlotsRenoised)]
    assert noisy and "fetch" in noisy[0].reason
    board = Board.of(events)
    revised = {board.places[number].slot.path for event in noisy for number in event.numbers if board.places[number].is_revised}
    assert revised and board.revised >= 1 and board.settled == len(board.places)


@pytest.mark.parametrize("wanted", [True, False])
def test_watching_changes_nothing_but_the_events(tmp_path: Path, wanted: bool) -> None:
    make_repository(tmp_path, FILES)
    outcome, events = watched(tmp_path, renamer(), wanted=wanted)
    plain, _ = watched(tmp_path, renamer(), wanted=False)
    assert isinstance(outcome, Proposed) and isinstance(plain, Proposed) and outcome.proposal.change == plain.proposal.change
    assert any(isinstance(event, DETAIL) for event in events) is wanted


def test_nobody_watching_means_that_nothing_is_called() -> None:
    heard: list[Event] = []
    quiet = Watching(heard.append, wanted=False)
    # No argument is looked at: what is None here would fail otherwise.
    assert quiet.opened(None, {}) is None and quiet.watch(None) is None  # type: ignore[arg-type]
    quiet.settled(None, [], {})  # type: ignore[arg-type]
    quiet.renoised(iter(()), "")
    assert heard == []


def test_declined_run_is_watched_as_well(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    outcome, events = watched(tmp_path, renamer(errs=lambda lexemes, at: lexemes[at] in ("load", "test_load") and "other" not in lexemes))
    assert isinstance(outcome, Declined) and any(isinstance(event, SlotsSeen) for event in events)
