"""Conversations typed through a pipe, on real repositories: what is asked, shown, written and remembered."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agent.commands import apply
from agent.pair import conversation
from agent.pair.conversation import Conversation, Turn, resume, start
from agent.replay import read_run
from tests.agent.repos import git_state, make_repository, put, tree
from tests.agent.talking import ENTER, ESCAPE, FILES, INTERRUPT, SAY, Reader, Talk


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_repository(tmp_path / "project", FILES)
    return tmp_path / "project"


@pytest.fixture
def kept(tmp_path: Path) -> Conversation:
    (tmp_path / "state").mkdir()
    return start(tmp_path / "state")


def text(root: Path, path: str) -> str:
    return (root / path).read_text()


def test_request_is_shown_asked_about_and_written(root: Path) -> None:
    screen = Talk(root)(SAY, "a")
    assert "rename function load -> fetch (pkg/store.py)" in screen and "+def fetch(path):" in screen
    assert "Wrote 4 files" in screen and text(root, "app/main.py") == "from pkg.store import fetch\n\nprint(fetch('x'))\n"
    assert text(root, "pkg/cache.py") == FILES["pkg/cache.py"]


def test_nothing_is_written_when_the_answer_is_nothing(root: Path) -> None:
    before, state = tree(root), git_state(root)
    assert "Nothing was written, as you said." in Talk(root)(SAY, "n")
    assert tree(root) == before and git_state(root) == state


def test_follow_up_is_read_together_and_adds_only_what_is_new(root: Path) -> None:
    screen = Talk(root)(SAY, "a", "keep the old name as an alias", "a")
    assert "Read together with the request before: rename load in store to fetch, keep the old name as an alias" in screen
    assert "load = fetch" in text(root, "pkg/store.py") and text(root, "pkg/store.py").startswith("def fetch(path)")
    # Another definition's uses and what the first request did are not touched again.
    added = screen.rpartition("Read together")[2]
    assert "+load = fetch" in added and "-def" not in added


def test_undo_of_a_follow_up_leaves_the_first_request(root: Path) -> None:
    talk = Talk(root)
    talk(SAY, "a")
    first = tree(root)
    talk("keep the old name as an alias", "n", "/undo", "/redo")
    assert tree(root) == first
    again = Talk(root, conversation=talk.conversation)
    assert "Took back: rename load in store to fetch, keep" in again("keep the old name as an alias", "a", "/undo")
    assert tree(root) == first


def test_follow_up_keeps_what_was_edited_in_between(root: Path) -> None:
    talk = Talk(root)
    talk(SAY, "a")
    put(root, {"pkg/store.py": "# mine\n" + text(root, "pkg/store.py"), "app/new.py": "from pkg.store import fetch\n"})
    Talk(root, conversation=talk.conversation)("keep the old name as an alias", "a")
    assert text(root, "pkg/store.py").startswith("# mine\ndef fetch(path)") and "load = fetch" in text(root, "pkg/store.py")
    assert text(root, "app/new.py") == "from pkg.store import fetch\n"


def test_follow_up_on_something_that_was_not_written_is_one_request(root: Path) -> None:
    screen = Talk(root)(SAY, "n", "keep the old name as an alias", "a")
    assert "load = fetch" in text(root, "pkg/store.py") and "+def fetch(path):" in screen.rpartition("alias")[0]


def test_follow_up_that_cannot_be_read_is_said_to_be_so_and_namesakes_are_offered(root: Path) -> None:
    screen = Talk(root)(SAY, "a", "now the same for the cache", "n")
    assert "does not read as a refactoring" in screen and "says nothing more to the engine either" in screen
    assert "rename the function load in pkg/cache.py to fetch" in screen and "rename the method Cache.load to fetch" in screen
    assert text(root, "pkg/cache.py") == FILES["pkg/cache.py"]


def test_offered_namesake_is_carried_out_when_it_is_chosen(root: Path) -> None:
    talk = Talk(root)
    screen = talk(SAY, "a", "now the same for the others", "2", "a")
    chosen = talk.conversation.turns[-1].instruction
    assert f"2  {chosen}" in screen and text(root, "pkg/cache.py").count("fetch") == 1


def test_unreadable_first_request_is_declined_without_an_offer(root: Path) -> None:
    screen = Talk(root)("make it faster")
    assert "does not read as a refactoring" in screen and "Did you mean" not in screen


PROSE = {"notes.md": "You can load it, or `load` it.\n"}


def changes_prose(lexemes: tuple[str, ...], at: int) -> bool:
    """Text that the denoiser changes at first, and keeps once it is told that this was refused."""
    return "You" in lexemes


def test_hunks_are_taken_and_left_one_by_one(root: Path) -> None:
    put(root, PROSE)
    screen = Talk(root, Reader(errs=changes_prose))(SAY, "h", "y", "n", *"yyyy")
    assert "Wrote 4 files" in screen and text(root, "notes.md") == PROSE["notes.md"]
    assert text(root, "app/main.py") == "from pkg.store import fetch\n\nprint(fetch('x'))\n"


def test_choice_that_breaks_the_code_is_said_and_asked_about_again(root: Path) -> None:
    screen = Talk(root)(SAY, "h", "n", *"yyyy", "a")
    assert "would break the code" in screen and "Wrote 4 files" in screen


def test_hunk_edited_by_hand_is_written_as_edited(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    Talk(root)(SAY, "h", "e", "  # by hand" + ESCAPE, ENTER, "a")
    assert "# by hand" in text(root, "app/main.py") and "fetch" in text(root, "app/main.py") and "fetch" in text(root, "pkg/store.py")


def test_editor_of_the_user_gets_the_lines(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "edit.sh"
    script.write_text('#!/bin/sh\ncat "$1" > "$0.seen"\necho "# from the editor" >> "$1"\n')
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(script))
    Talk(root)(SAY, "h", "e", "a")
    assert (tmp_path / "edit.sh.seen").read_text() == "from pkg.store import fetch\n\nprint(fetch('x'))\n"
    assert text(root, "app/main.py") == "from pkg.store import fetch\n\nprint(fetch('x'))\n# from the editor\n"


def test_refused_hunk_is_denoised_again_with_all_others_clamped(root: Path) -> None:
    denoiser = Reader()
    talk = Talk(root, denoiser)
    screen = talk(SAY, "h", "r", "that is not meant", "y", *"yyyy")
    assert denoiser.blamed and set(denoiser.blamed) == {"load"} and "decides the same again" in screen
    history = [passed.renoised for place in talk.session.board.places.values() for passed in place.history if passed.renoised]
    assert history and set(history) == {"refused: that is not meant"}
    masked = denoiser.free[-1]
    assert masked == len(denoiser.blamed) == len(history)


def test_refused_hunk_is_decided_otherwise_when_the_denoiser_gives_in(root: Path) -> None:
    put(root, PROSE)
    screen = Talk(root, Reader(errs=changes_prose))(SAY, "h", "y", "r", "prose", *"yyyyy")
    assert "decided differently now" in screen and text(root, "notes.md") == PROSE["notes.md"]
    assert "fetch" in text(root, "pkg/store.py") and "Wrote 4 files" in screen


def test_interrupted_review_loses_no_answer(root: Path) -> None:
    screen = Talk(root)(SAY, "h", "y", INTERRUPT, "/review", *"yyyy")
    assert "/review goes on" in screen and "Wrote 4 files" in screen
    assert screen.count("a/app/main.py b/app/main.py") == 2, "in the whole diff and once on its own"


def test_interrupted_line_is_in_the_history(root: Path, kept: Conversation) -> None:
    talk = Talk(root, conversation=kept)
    assert "the up arrow brings it back" in talk("rename load in store to fetch" + INTERRUPT)
    assert kept.folder is not None and "+rename load in store to fetch\n" in (kept.folder / "history").read_text()


def test_interrupt_of_a_run_brings_the_words_back(root: Path) -> None:
    class Stopping(Reader):
        stopped = False

        def logits(self, batch):  # type: ignore[no-untyped-def]
            if not Stopping.stopped:
                Stopping.stopped = True
                raise KeyboardInterrupt
            return Reader.logits(self, batch)

    screen = Talk(root, Stopping())(SAY, ENTER, "a")
    assert "Stopped; nothing was written." in screen and "Wrote 4 files" in screen


def test_new_line_is_typed_with_escape_and_enter(root: Path) -> None:
    talk = Talk(root)
    talk("rename load in store" + ESCAPE, ENTER, "to fetch", "a")
    assert talk.conversation.turns[0].instruction == SAY
    assert "fetch" in text(root, "pkg/store.py")


def test_file_edited_while_the_question_stood_is_carried_over(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Talk(root)
    asked = conversation.Conversation.last

    def meanwhile(self: Conversation):  # type: ignore[no-untyped-def]
        put(root, {"pkg/store.py": "# mine\n" + str(FILES["pkg/store.py"])})
        return asked(self)

    # `/plan` is typed between the proposal and its review, as an editor would save then.
    monkeypatch.setattr(conversation.Conversation, "last", meanwhile)
    screen = talk(SAY, "l", "/plan", "/review", "a")
    assert text(root, "pkg/store.py").startswith("# mine\ndef fetch(path)") and "Wrote 4 files" in screen


def test_sites_and_why_tell_how_a_place_was_decided(root: Path) -> None:
    screen = Talk(root)(SAY, "n", "/sites pkg/store.py", "/why pkg/store.py:1", "/why 999", "/why")
    assert "pkg/store.py:1:4  load -> fetch" in screen and "definition: resolves to the definition" in screen and "step 1: load -> fetch" in screen
    assert "There is no place 999" in screen and "its number from /sites" in screen


def test_change_is_saved_as_a_stream_that_can_be_applied(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "change.jsonl"
    screen = Talk(root)("/save x", SAY, "n", f"/save {target}", f"/save {target}", "n", "/save")
    assert "no change to save yet" in screen and "stays as it is" in screen and "/save FILE" in screen
    assert apply.run(stream=str(target), repo=root, only=(), tests=None, no_sandbox=False, yes=True, dry_run=False, commit=False, as_json=True, output=None) == 0
    assert text(root, "app/main.py") == "from pkg.store import fetch\n\nprint(fetch('x'))\n"


@pytest.mark.parametrize(
    ("name", "request_made"),
    [("Cache", "rename the method Cache.load to fetch"), ("pkg/cache.py", None), ("nothing", None), ("", SAY)],
)
def test_again_spells_the_request_out_and_asks_for_it(root: Path, name: str, request_made: str | None) -> None:
    talk = Talk(root)
    screen = talk(SAY, "n", f"/again {name}".strip(), *([ENTER, "n"] if request_made else []))
    if request_made:
        assert request_made in screen or any(turn.instruction == request_made for turn in talk.conversation.turns)
    elif name == "nothing":
        assert "Nothing called load belongs to nothing" in screen
    else:
        assert "rename the function load in pkg/cache.py to fetch" in screen and "rename the method Cache.load to fetch" in screen


def test_tests_are_set_run_and_turned_off(root: Path) -> None:
    screen = Talk(root)("/test", "/test python -c 'print(40 + 2)'", "/test", "/test none", "/test")
    assert screen.count("No tests are set") == 2 and "42" in screen and "The tests passed" in screen


def test_failing_tests_keep_a_change_from_being_shown(root: Path) -> None:
    check = "import pathlib; assert 'fetch' not in pathlib.Path('app/main.py').read_text()"
    screen = Talk(root, tests=f'python -c "{check}"')(SAY)
    assert "would break the code" in screen and "Write this?" not in screen and "load" in text(root, "app/main.py")


def test_orders_can_be_shortened_and_unknown_ones_are_named(root: Path) -> None:
    screen = Talk(root)("/he", "/s", "/nothing", "/engine", "/engine hal", "/plan", "/review", "/undo")
    assert "/again [NAME]" in screen and "/s could be /sites, /save" in screen and "There is no /nothing" in screen
    assert "* embedded" in screen and "There is no engine hal" in screen and "nothing to undo" in screen


def test_merge_in_progress_is_a_sentence_and_the_conversation_goes_on(root: Path) -> None:
    (root / ".git" / "MERGE_HEAD").write_text("0" * 40)
    screen = Talk(root)(SAY, "/undo")
    assert screen.count("A merge is in progress") == 2


def test_conversation_is_remembered_and_resumed(root: Path, kept: Conversation) -> None:
    Talk(root, conversation=kept)(SAY, "a", "make it faster", "n")
    again = resume(kept.folder)
    assert [(turn.said, turn.outcome) for turn in again.turns] == [(SAY, "published"), ("make it faster", "declined")]
    screen = Talk(root, conversation=again, resumed=True)("/sites", "keep the old name as an alias", "a", "/undo")
    assert f"{SAY}  (written)" in screen and "pkg/store.py:1:4  load -> fetch" in screen and "Took back" in screen
    assert len(resume(kept.folder).turns) == 3


def other(folder: Path | None, name: str, said: str) -> None:
    Conversation(folder, name).add(Turn(said, said, "declined"))


def test_resume_takes_the_one_before_the_present_conversation(root: Path, kept: Conversation) -> None:
    other(kept.folder, "20200101-000000-aaaa", "rename a to b")
    talk = Talk(root, conversation=kept)
    screen = talk("make it faster", "/resume")
    assert talk.session.conversation.name == "20200101-000000-aaaa" and "rename a to b  (" in screen


def test_resume_lists_what_there_is_to_choose_from(root: Path, kept: Conversation) -> None:
    for number, said in enumerate(("rename a to b", "rename c to d")):
        other(kept.folder, f"2020010{number + 1}-000000-aaaa", said)
    talk = Talk(root, conversation=kept)
    screen = talk("make it faster", "/resume nothing", "/resume", ENTER)
    assert "There is no conversation 'nothing'" in screen and "20200102-000000-aaaa (rename c to d), 20200101-000000-aaaa (rename a to b)" in screen
    assert "  20200102-000000-aaaa (rename c to d)\n  20200101-000000-aaaa (rename a to b)\n" in screen
    assert talk.session.conversation.name == "20200102-000000-aaaa"


def test_damaged_line_of_a_conversation_is_passed_over(root: Path, kept: Conversation) -> None:
    Talk(root, conversation=kept)(SAY, "a")
    (place,) = [one for one in kept.folder.iterdir() if one.suffix == ".jsonl"] if kept.folder else []
    with place.open("a") as file:
        file.write("[" * 5000 + "\n{}\n" + "9" * 5000 + "\n")
    assert [turn.said for turn in resume(kept.folder).turns] == [SAY]


def test_conversation_that_cannot_be_written_goes_on(root: Path, kept: Conversation) -> None:
    assert kept.folder is not None
    (kept.folder / f"{kept.name}.jsonl").mkdir()
    screen = Talk(root, conversation=kept)(SAY, "a", "make it faster", "n")
    assert "Wrote 4 files" in screen and [turn.outcome for turn in kept.turns] == ["published", "declined"]


def test_request_left_in_the_middle_is_made_again_on_return(root: Path, kept: Conversation) -> None:
    Talk(root, conversation=kept)(SAY, "l")
    assert "load" in text(root, "app/main.py")
    screen = Talk(root, conversation=resume(kept.folder), resumed=True)(ENTER, "a")
    assert "left in the middle" in screen and "Wrote 4 files" in screen


def test_runs_are_recorded_beside_the_conversation_and_played(root: Path, kept: Conversation, tmp_path: Path) -> None:
    screen = Talk(root, conversation=kept)("/replay", SAY, "a", f"/replay {tmp_path / 'run.html'}")
    assert "No run has been recorded yet" in screen and (tmp_path / "run.html").read_text().startswith("<!doctype html>")
    place = kept.recorded(kept.turns[0])
    assert place is not None and read_run(place).header.instruction == SAY


def test_what_is_kept_is_private_and_bounded(root: Path, kept: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "KEPT_RUNS", 2)
    monkeypatch.setattr(conversation, "KEPT", 1)
    assert kept.folder is not None
    older = start(kept.folder)
    older.name = "20200101-000000-0000"
    Talk(root, conversation=older)("make it faster")
    Talk(root, conversation=kept)(*["make it faster"] * 4)
    names = sorted(place.name for place in kept.folder.iterdir())
    assert names == sorted([f"{kept.name}.jsonl", f"{kept.name}.runs", "history"])
    assert len(list((kept.folder / f"{kept.name}.runs").iterdir())) == 2
    assert all(place.stat().st_mode & 0o077 == 0 for place in kept.folder.rglob("*"))


def test_nothing_is_kept_where_the_state_folder_lies_in_the_repository(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(root / "state"))
    assert conversation.folder_for(root) is None and not (root / "state").exists()
    monkeypatch.setenv("XDG_STATE_HOME", str(root.parent / "elsewhere"))
    place = conversation.folder_for(root)
    assert place is not None and place.stat().st_mode & 0o077 == 0


def test_recording_that_cannot_be_kept_does_not_hide_what_was_written(root: Path, kept: Conversation) -> None:
    assert kept.folder is not None
    (kept.folder / f"{kept.name}.runs").write_text("in the way")
    assert "Wrote" in Talk(root, conversation=kept)(SAY, "a")
    assert (kept.turns[-1].outcome, kept.turns[-1].recording) == ("published", "")


def test_torn_and_foreign_lines_of_a_conversation_are_passed_over(root: Path, kept: Conversation) -> None:
    Talk(root, conversation=kept)("make it faster")
    assert kept.folder is not None
    with (kept.folder / f"{kept.name}.jsonl").open("a") as file:
        file.write('{"said": 3}\nnonsense\n{"said": "x"')
    assert [turn.said for turn in resume(kept.folder).turns] == ["make it faster"]


def test_missing_prompt_library_is_a_sentence() -> None:
    program = "import sys; sys.modules['prompt_toolkit'] = None; from agent.cli import app; app(['pair'])"
    done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "pip install 'redraft[pair]'" in done.stderr and "Traceback" not in done.stderr


def test_pipe_instead_of_a_terminal_is_a_sentence() -> None:
    done = subprocess.run([sys.executable, "-m", "agent", "pair"], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 2 and "needs a terminal" in done.stderr
