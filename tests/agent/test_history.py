from __future__ import annotations

import pytest

from agent.errors import NothingToRedo, NothingToUndo, UnknownEntry
from agent.history import Entry, State, chains, to_redo, to_undo, with_states


def entry(name: str, undoes: str | None = None, state: State = State.PUBLISHED) -> Entry:
    return Entry(name, 0.0, name, (), undoes, state)


A, B = entry("a"), entry("b")
UNDO_B, UNDO_A = entry("ub", "b"), entry("ua", "a")
REDO_A = entry("ra", "ua")


def test_states_follow_the_chain_of_an_edit() -> None:
    found = with_states([A, UNDO_A, REDO_A, entry("ua2", "ra")])
    assert [one.state.value for one in found] == ["undone", "undone", "undone", "published"]
    assert [one.state.value for one in with_states([A, UNDO_A, REDO_A])] == ["published", "undone", "published"]


def test_undo_and_redo_go_in_the_order_of_what_was_done() -> None:
    assert to_undo([A, B], None).edit == B
    assert to_redo([A, B, UNDO_B, UNDO_A], None).edit == A
    assert to_undo([A, B, UNDO_A, REDO_A], None) == next(chain for chain in chains([A, UNDO_A, REDO_A]))


def test_rolled_back_entries_count_for_nothing() -> None:
    failed = entry("x", "a", State.ROLLED_BACK)
    assert [chain.edit for chain in chains([A, failed])] == [A]
    assert with_states([A, failed]) == [A, failed]


def test_names_of_an_edit_and_of_what_was_done_about_it_both_lead_to_it() -> None:
    assert to_redo([A, UNDO_A], "a") == to_redo([A, UNDO_A], "ua")
    for call in (lambda: to_undo([A, UNDO_A], "a"), lambda: to_redo([A], "a")):
        with pytest.raises(UnknownEntry):
            call()


def test_nothing_is_said_as_such() -> None:
    with pytest.raises(NothingToUndo):
        to_undo([A, UNDO_A], None)
    with pytest.raises(NothingToRedo):
        to_redo([A], None)
