"""Interrupts while a change is checked or written: the files are all before or all after, and the conversation knows which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.events import Emit, Event, PhaseStarted
from agent.journal import Journal, Record
from agent.history import State
from agent.outcome import EditRequest, Published
from agent.pair.conversation import start
from agent.pair.review import Desk
from agent.pair.session import Draft, Session
from agent.pair.warm import Warm
from tests.agent.repos import make_repository, tree
from tests.agent.talking import FILES, SAY, Reader

DESK = Desk(ask=lambda question: "y", show=lambda text: None, edit=lambda text, name: None)


class Stopping:
    """Interrupts the run at the first event of a phase."""

    def __init__(self, phase: str) -> None:
        self.phase = phase

    @contextmanager
    def __call__(self) -> Iterator[Emit]:
        yield self.heard

    def heard(self, event: Event) -> None:
        if isinstance(event, PhaseStarted) and event.phase == self.phase:
            self.phase = ""
            raise KeyboardInterrupt


def session(root: Path, stopping: Stopping) -> Session:
    make_repository(root, FILES)
    return Session(EditRequest("", root), Warm(root, denoiser=Reader()), start(None), stopping)


@pytest.mark.parametrize("phase", ["locate", "plan", "sites", "validate"])
def test_interrupt_on_the_way_to_a_proposal_is_remembered_as_left_open(tmp_path: Path, phase: str) -> None:
    talk = session(tmp_path, Stopping(phase))
    before = tree(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        talk.draft(SAY)
    assert tree(tmp_path) == before and talk.conversation.turns[-1].outcome == "open"
    assert isinstance(talk.draft(SAY), Draft)


def test_interrupt_in_front_of_the_writing_leaves_the_draft_waiting(tmp_path: Path) -> None:
    talk = session(tmp_path, Stopping("publish"))
    before = tree(tmp_path)
    draft = talk.draft(SAY)
    assert isinstance(draft, Draft)
    with pytest.raises(KeyboardInterrupt):
        talk.talk(draft, DESK, whole=True)
    assert tree(tmp_path) == before and talk.pending is draft
    assert isinstance(talk.talk(draft, DESK), Published) and tree(tmp_path) != before and talk.pending is None


def test_interrupt_behind_the_line_that_decides_counts_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = session(tmp_path, Stopping(""))
    before = tree(tmp_path)
    draft = talk.draft(SAY)
    assert isinstance(draft, Draft)
    finish = Journal.finish

    def interrupted(journal: Journal, record: Record, state: State) -> None:
        monkeypatch.setattr(Journal, "finish", finish)
        raise KeyboardInterrupt

    monkeypatch.setattr(Journal, "finish", interrupted)
    outcome = talk.talk(draft, DESK, whole=True)
    assert isinstance(outcome, Published) and tree(tmp_path) != before
    assert talk.conversation.turns[-1].entries == (outcome.entry,)
