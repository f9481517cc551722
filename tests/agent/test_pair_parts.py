"""The parts of a conversation that need no terminal: the board, the review's pieces, completion, and analogies of names."""

from __future__ import annotations

import inspect
import io
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from rich.console import Console

from agent import cli
from agent.commands import pair
from agent.events import Slot, SlotsOpened, SlotsSeen, SlotState
from agent.locator import Tree
from agent.outcome import Proposal, Report
from agent.pair.board import Board
from agent.pair.completing import Names, PairCompleter, names_of
from agent.pair.live import LiveCanvas
from agent.pair.review import Desk, Review, Stop, Take, Verdict
from agent.publish import publish, without
from agent.settings import SECONDS, Settings
from agent.takeback import UndoConflict
from agent.worktree import Repository
from editops import ChangeSet, RenameFile, text_edits, unified_diff
from engine import analogous
from tests.agent.edits import replaced
from tests.agent.recorded import EVENTS, HOSTILE
from tests.agent.repos import make_repository, put


def test_board_knows_what_is_settled_revised_and_why() -> None:
    board = Board.of(EVENTS)
    assert (board.settled, board.revised, len(board.places)) == (4, 1, 4)
    place = next(board.find("1"))
    assert [(passed.becomes, passed.held) for passed in place.history] == [(HOSTILE, False), (None, True), (None, False), ("fetch", True)]
    assert [p.slot.number for p in board.find("store.py:1")] == [0] and [p.slot.number for p in board.find("pkg/store.py:6:0")] == [1]
    assert not list(board.find("store.py:99")) and not list(board.find("tore.py"))


@pytest.mark.parametrize("height", [6, 12, 40])
def test_live_canvas_fits_the_screen(height: int) -> None:
    live = LiveCanvas(Console(file=io.StringIO(), width=90), clock=iter(range(100)).__next__)
    screen = Console(file=io.StringIO(), force_terminal=True, width=90, height=height)
    for event in EVENTS:
        live(event)
        with screen.capture() as captured:
            screen.print(live)
        assert len(captured.get().splitlines()) <= height
    assert live.timing.first == 1 and live.timing.settled == 3


def test_live_canvas_passes_no_escape_sequence_on() -> None:
    screen = io.StringIO()
    slot = Slot(0, "a\x1b[2J.py", 1, 0, "x\u202e", "y", "call", "")
    with LiveCanvas(Console(file=screen, force_terminal=True, width=90, height=20)) as live:
        live(SlotsOpened((slot,), {slot.path: "x"}))
        live(SlotsSeen(0, (SlotState(0, "y", 0.9, True),)))
    assert "\x1b[2J" not in screen.getvalue() and "\u202e" not in screen.getvalue()
    assert "a\\x1b[2J.py" in screen.getvalue() and "x\\u202e -> y" in screen.getvalue()


def test_marks_tell_noise_from_decisions_without_colour() -> None:
    console = Console(file=io.StringIO(), width=90)
    live = LiveCanvas(console)
    seen = []
    for event in EVENTS[:5]:
        live(event)
        with console.capture() as captured:
            console.print(live)
        seen.append(captured.get())
    assert "░░░" in seen[2] and "□■░" in seen[3] and "□■□" in seen[4]


TEXT = b"one\n" + b"x\n" * 20 + b"two"


def reviewed(*answers: str, edits: str | None = None) -> tuple[Review, object]:
    files = {"a.txt": TEXT, "old.txt": b"z\n"}
    change = ChangeSet.of([*text_edits("a.txt", TEXT, TEXT.replace(b"one", b"1").replace(b"two", b"2")), RenameFile("old.txt", "new.txt")], files)
    review = Review.of(Proposal(change, files, unified_diff(change, files), Report("x")))
    rest = iter(answers)

    def ask(question: str) -> str:
        for answer in rest:
            return answer
        raise EOFError

    return review, review.talk(Desk(ask, lambda text: None, lambda text, name: edits))


def verdicts(review: Review) -> list[str]:
    return [piece.verdict.value for piece in review.pieces]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("yyy", ["taken"] * 3),
        ("nyy", ["left out", "taken", "taken"]),
        ("ya", ["taken"] * 3),
        ("yd", ["taken", "left out", "left out"]),
        ("ybny", ["left out", "taken", "open"]),
        ("y?zy", ["taken", "taken", "open"]),
        ("y", ["taken", "open", "open"]),
        ("yp", ["taken", "open", "open"]),
    ],
)
def test_review_keeps_every_answer(answers: str, expected: list[str]) -> None:
    review, outcome = reviewed(*answers)
    assert verdicts(review) == expected
    assert isinstance(outcome, Take) is ("open" not in expected) and (outcome is Stop.PAUSE) is ("open" in expected)


def test_whole_choice_is_the_proposal_itself_and_nothing_is_empty() -> None:
    assert reviewed("a")[0].chosen == reviewed("a")[0].proposal.change
    assert reviewed("d")[0].chosen.is_empty and reviewed("q")[1] is Stop.NOTHING


def test_last_line_without_a_line_feed_is_edited_as_it_is() -> None:
    review, outcome = reviewed("n", "e", "y", "n", edits="deux")
    assert isinstance(outcome, Take)
    (edit,) = outcome.change.ops
    assert edit.after == b"deux" and edit.before in (b"two", b"two"[:3])  # type: ignore[union-attr]


def test_hunk_of_whole_files_cannot_be_edited() -> None:
    review, _ = reviewed("n", "n", "e", "y", edits="anything")
    assert review.pieces[-1].verdict is Verdict.TAKEN and review.pieces[-1].edited is None


def test_answers_outlive_a_new_proposal_where_the_hunk_is_the_same() -> None:
    review, _ = reviewed("y", "n")
    smaller = ChangeSet.of(review.pieces[0].hunk.ops, review.proposal.files)
    again = Review.of(Proposal(smaller, review.proposal.files, "", Report("x")), review.pieces)
    assert verdicts(again) == ["taken"]


NAMES = Names({"load_user": "def", "Loader": "class", "reload": "def", "MAX": "constant"}, ("src/", "src/load.py"))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("rename lo", ["load_user", "Loader", "reload", "src/load.py"]),
        ("rename l", []),
        ("rename Client.lo", ["load_user", "Loader", "reload"]),
        ("only in src/lo", ["src/load.py"]),
        ("/un", ["/undo"]),
        ("rename /un", []),
    ],
)
def test_completion_knows_names_paths_and_orders(typed: str, expected: list[str]) -> None:
    completer = PairCompleter({"/undo": "take back", "/plan": "plan"}, lambda: NAMES)
    assert [found.text for found in completer.get_completions(Document(typed), CompleteEvent())] == expected


def test_names_are_found_by_their_definitions(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {"a/b.py": "MAX = 1\nclass A:\n    async def go(self): ...\ndef run(): ...\nx = 1\n", "c.md": "def no(): ...\n"})
    found = names_of(repository)
    assert dict(found.symbols) == {"MAX": "constant", "A": "class", "go": "def", "run": "def"} and found.paths == ("a/", "a/b.py", "c.md")


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("load_group", "load_user", "fetch_user", "fetch_group"),
        ("loadGroup", "load_user", "fetch_user", "fetchGroup"),
        ("GroupLoader", "UserLoader", "UserReader", "GroupReader"),
        ("load_user", "load_user", "fetch_user", None),
        ("group", "load_user", "fetch_user", None),
        ("reload", "load", "fetch", None),
    ],
)
def test_name_is_changed_as_another_was(name: str, old: str, new: str, expected: str | None) -> None:
    assert analogous(name, old, new) == expected


def test_tree_is_kept_while_nothing_changed_and_parses_only_what_did(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {"a.py": "x = 1\n", "b.py": "y = 1\n"})
    tree = Tree(repository, tuple(repository.files()))
    modules = {path: tree.project.module(path) for path in ("a.py", "b.py")}
    assert tree.renewed(repository, tuple(repository.files())) is tree
    put(tmp_path, {"b.py": "y = 2\n", "c.py": ""})
    fresh = tree.renewed(repository, tuple(repository.files()))
    assert fresh is not tree and fresh.project.module("a.py") is modules["a.py"]
    assert fresh.text("b.py") == "y = 2\n" and fresh.project.module("b.py") is not modules["b.py"] and "c.py" in fresh.project.paths


def test_files_without_several_edits_and_with_what_was_done_since(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {"a.py": "one\n\n\n\ntwo\n"})
    first, second = replaced(repository, "a.py", "1\n\n\n\ntwo\n"), replaced(repository, "a.py", "1\n\n\n\n2\n")
    put(tmp_path, {"a.py": "1\n\nmine\n\n2\n"})
    assert without(repository, [second.id, first.id]) == {"a.py": b"one\n\nmine\n\ntwo\n"}
    put(tmp_path, {"a.py": "changed\n"})
    assert without(repository, [second.id, first.id]) == UndoConflict(("a.py",))
    assert (tmp_path / "a.py").read_text() == "changed\n"


def test_files_without_a_rename_are_back_under_the_old_name(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, {"old.py": "x\n"})
    entry = publish(repository, ChangeSet.of([RenameFile("old.py", "new.py")], {"old.py": b"x\n"}), "move")
    assert without(Repository.open(tmp_path), [entry.id]) == {"old.py": b"x\n", "new.py": None}  # type: ignore[union-attr]


NOTHING_SAID: dict[str, Any] = {"paths": (), "only": (), "exclude": (), "engine": None, "seed": None, "max_seconds": None, "max_rounds": None}


def test_conversation_takes_the_settings_and_the_command_line_over_them(tmp_path: Path) -> None:
    settings = Settings(engine="mine", seed=3, max_seconds=9.0, max_rounds=5, exclude=("docs/*",))
    found = pair.wordless(tmp_path, settings, **NOTHING_SAID)
    assert (found.engine, found.seed, found.max_seconds, found.max_rounds, found.exclude) == ("mine", 3, 9.0, 5, ("docs/*",))
    said = {**NOTHING_SAID, "engine": "embedded", "seed": 0, "max_seconds": 1.0, "max_rounds": 0, "exclude": ("a.py",)}
    found = pair.wordless(tmp_path, settings, **said)
    assert (found.engine, found.seed, found.max_seconds, found.max_rounds, found.exclude) == ("embedded", 0, 1.0, 0, ("a.py", "docs/*"))
    assert pair.wordless(tmp_path, Settings(), **NOTHING_SAID).max_seconds == SECONDS


def test_command_line_of_the_conversation_has_no_defaults_of_its_own() -> None:
    given = {name: parameter.default for name, parameter in inspect.signature(cli.pair).parameters.items()}
    assert [given[name] for name in ("engine", "seed", "max_seconds", "max_rounds")] == [None] * 4
