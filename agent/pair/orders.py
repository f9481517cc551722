"""The slash commands: what they are called, what they say of themselves, what they do.

Each takes what was typed behind its name and returns the text that the next prompt begins with.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from agent import render
from agent.commands.edit import isolation_wanted
from agent.errors import UserError
from agent.history import Entry
from agent.pair.board import Board, Passed, Place, says
from agent.pair.conversation import Turn, listed, resume
from agent.pair.followup import again
from agent.pair.live import percent
from agent.pair.session import Session
from agent.pair.terminal import Terminal
from agent.publish import redo, undo
from agent.replay import page, read_run
from agent.sandbox import Isolation, find
from agent.takeback import UndoConflict
from agent.validators.process import run as run_command
from agent.worktree import Repository, stage
from editops import Applied, serialise
from engine import available

OUTPUT_LINES = 40
"""Of the tests, the last ones."""
MANY_SITES = 200


class Room(Protocol):
    """What the orders work on."""

    session: Session
    terminal: Terminal

    def go_on(self) -> None: ...


Act = Callable[[Room, str], str]


@dataclass(frozen=True, slots=True)
class Order:
    act: Act
    says: str
    takes: str = ""


def help_(room: Room, rest: str) -> str:
    for name, order in ORDERS.items():
        room.terminal.say(f"{(name + ' ' + order.takes).strip():20} {order.says}")
    room.terminal.say("Anything else is a request, such as: rename load_user to fetch_user. Where it can't be read by itself, it is read")
    room.terminal.say('together with the one before: "keep the old name as an alias", "not in the tests".')
    room.terminal.say("Enter sends, Alt-Enter begins a new line, Tab completes names and paths, the up arrow brings back what you typed.")
    return ""


def plan(room: Room, rest: str) -> str:
    turn = room.session.conversation.last()
    found = room.session.board.plan or (turn.plan if turn else None)
    if found is None:
        room.terminal.say("Nothing has been understood yet.")
    else:
        render.print_plan(room.terminal.console, found)
    return ""


def sites(room: Room, rest: str) -> str:
    board = _board(room)
    shown = 0
    for path, places in board.by_file().items():
        if rest and not (path == rest or path.startswith(rest.rstrip("/") + "/") or path.endswith("/" + rest)):
            continue
        for place in places:
            shown += 1
            if shown <= MANY_SITES:
                room.terminal.say(_line(place), "yellow" if place.now is None or place.now.is_unsure else "")
    if shown > MANY_SITES:
        room.terminal.say(f"... and {shown - MANY_SITES} more: /sites PATH shows those of a file or folder.", "dim")
    if not shown:
        room.terminal.say("There are no places: make a request first." if not rest else f"There are no places in {rest}.")
    return ""


def why(room: Room, rest: str) -> str:
    found = list(_board(room).find(rest)) if rest else []
    if not found:
        room.terminal.say("Say which place: its number from /sites, or path:line." if not rest else f"There is no place {rest}: see /sites.")
    for place in found[:5]:
        slot = place.slot
        room.terminal.say(_line(place), "bold")
        room.terminal.say(f"     {slot.role}: {slot.reason}")
        for passed in place.history:
            room.terminal.say(f"     {_passed(place, passed)}", "dim")
    return ""


def review(room: Room, rest: str) -> str:
    if room.session.pending is None:
        room.terminal.say("Nothing is waiting for your answer.")
    else:
        room.go_on()
    return ""


def take_back(room: Room, rest: str) -> str:
    return _moved(room, undo(_repository(room), entry=rest or None), "Took back")


def put_back(room: Room, rest: str) -> str:
    return _moved(room, redo(_repository(room), entry=rest or None), "Put back")


def repeat(room: Room, rest: str) -> str:
    turn = room.session.conversation.last()
    if turn is None or turn.plan is None:
        room.terminal.say("There is no request yet that could be made again.")
        return ""
    if not rest:
        return turn.instruction
    found = again(room.session.warm.opened(lambda event: None), turn.plan, rest)
    if len(found) == 1:
        return found[0]
    for words in found:
        room.terminal.say(f"  {words}")
    if not found:
        old = ", ".join(intent.old for intent in turn.plan.intents)
        room.terminal.say(f"Nothing called {old} belongs to {rest}, and no definition {rest} is named alike: say the whole request.")
    return ""


def test(room: Room, rest: str) -> str:
    session = room.session
    if rest.lower() == "none":
        session.asked = replace(session.asked, tests=None)
        room.terminal.say("Nothing is run any more before a change is shown.")
        return ""
    if rest:
        isolated = isolation_wanted(find(), True, room.terminal.ask)
        session.asked = replace(session.asked, tests=rest, isolation=Isolation(isolated, session.asked.isolation.readable))
        room.terminal.say(f"From now on {rest!r} must pass before a change is shown; /test alone runs it on your files as they are.")
        return ""
    if session.asked.tests is None:
        room.terminal.say("No tests are set: /test COMMAND sets them.")
        return ""
    began = time.monotonic()
    with stage(_repository(room), Applied({}, frozenset(), {}), full=True) as staged:
        ran = run_command(session.asked.tests, staged.path, session.asked.max_seconds, session.asked.isolation)
    for line in ran.output.splitlines()[-OUTPUT_LINES:]:
        room.terminal.say(line)
    said = "passed" if ran.status == 0 else f"were ended at their limit of {ran.ended}" if ran.ended else f"failed (status {ran.status})"
    room.terminal.say(f"The tests {said}, {time.monotonic() - began:.1f} s.", "green" if ran.status == 0 else "red")
    return ""


def engine(room: Room, rest: str) -> str:
    if rest:
        room.session.warm.switch(rest)
    for info in available():
        mark = "*" if info.name == room.session.warm.engine else " "
        room.terminal.say(f"{mark} {info.name}, {info.size / 1e6:.0f} MB, {info.licence}" + ("" if info.present else ", not there"))
    return ""


def save_stream(room: Room, rest: str) -> str:
    pending, turn = room.session.pending, room.session.conversation.last()
    stream = serialise(pending.review.chosen if _has_choice(room) else pending.review.proposal.change) if pending else turn.change if turn else ""
    if not rest or not stream:
        room.terminal.say("Say where: /save FILE." if stream else "There is no change to save yet.")
        return ""
    return _written(room, Path(rest).expanduser(), stream, "`redraft apply` takes it.")


def replay(room: Room, rest: str) -> str:
    turns = room.session.conversation.turns
    place = next((found for turn in reversed(turns) if (found := room.session.conversation.recorded(turn))), None)
    if place is None:
        room.terminal.say("No run has been recorded yet: a run is recorded when its request is settled.")
        return ""
    target = Path(rest).expanduser() if rest else place.with_suffix(".html")
    return _written(room, target, page(read_run(place)), "open it in a browser.", replaces=not rest)


def take_up(room: Room, rest: str) -> str:
    session = room.session
    folder, current = session.conversation.folder, session.conversation.name
    if rest == current:
        room.terminal.say("That is this conversation.")
        return ""
    others = [] if rest else listed(folder, current)
    if len(others) > 1:
        room.terminal.say("Say which one to go on with; Enter takes the last:")
        for other in others:
            room.terminal.say(f"  {other}")
        return f"/resume {others[0].partition(' ')[0]}"
    earlier = resume(folder, rest or None, current=current)
    session.leave()
    session.conversation = earlier
    session.board = Board()
    return welcome_back(room)


def welcome_back(room: Room) -> str:
    """What was said so far; the words of a request that was left in the middle."""
    turns = room.session.conversation.turns
    for turn in turns[-10:]:
        room.terminal.say(f"  {turn.said}  ({_became(turn)})", "dim")
    if turns and turns[-1].outcome == "open":
        room.terminal.say("The last request was left in the middle: Enter makes it again.")
        return turns[-1].said
    return ""


def leave(room: Room, rest: str) -> str:
    raise EOFError


ORDERS: Mapping[str, Order] = {
    "/help": Order(help_, "this list"),
    "/plan": Order(plan, "what was understood last"),
    "/sites": Order(sites, "every place that was looked at, and its decision", "[PATH]"),
    "/why": Order(why, "how a place was decided: its number, or path:line", "SITE"),
    "/review": Order(review, "go on with the hunks of a paused change"),
    "/undo": Order(take_back, "take the last edit back, keeping what you did since", "[ENTRY]"),
    "/redo": Order(put_back, "put it back again", "[ENTRY]"),
    "/again": Order(repeat, "the last request again, or the same for another definition", "[NAME]"),
    "/test": Order(test, "set the tests that must pass, run them, or none", "[COMMAND|none]"),
    "/engine": Order(engine, "list the engines, or take another one", "[NAME]"),
    "/save": Order(save_stream, "write the last change as a change stream", "FILE"),
    "/replay": Order(replay, "write a page that plays the last run", "[FILE]"),
    "/resume": Order(take_up, "go on with an earlier conversation, or list the last ones", "[NAME]"),
    "/quit": Order(leave, "leave; the conversation can be resumed"),
}


def obey(room: Room, said: str) -> str:
    """Carry out a line that begins with a slash; part of a name does where it can only be one."""
    name, _, rest = said.strip().partition(" ")
    found = [known for known in ORDERS if known.startswith(name)]
    chosen = name if name in ORDERS else found[0] if len(found) == 1 else ""
    if not chosen:
        room.terminal.say(f"There is no {name}: /help lists what there is." if not found else f"{name} could be {', '.join(found)}.")
        return ""
    return ORDERS[chosen].act(room, rest.strip())


def _board(room: Room) -> Board:
    """Of the last run here, or of the last one that was recorded."""
    if not room.session.board.places:
        turns = room.session.conversation.turns
        place = next((found for turn in reversed(turns) if turn.plan and (found := room.session.conversation.recorded(turn))), None)
        if place is not None:
            room.session.board = Board.of(moment.event for moment in read_run(place).moments)
    return room.session.board


def _repository(room: Room) -> Repository:
    return Repository.open(room.session.asked.repository)


def _moved(room: Room, found: Entry | UndoConflict, verb: str) -> str:
    match found:
        case UndoConflict(paths):
            room.terminal.say(f"Nothing was written: {', '.join(paths)} changed since in the same places.", "red")
        case Entry(instruction=instruction):
            room.terminal.say(f"{verb}: {instruction.partition(': ')[2] or instruction}", "green")
    return ""


def _has_choice(room: Room) -> bool:
    pending = room.session.pending
    return pending is not None and not pending.review.chosen.is_empty


def _written(room: Room, place: Path, text: str, hint: str, *, replaces: bool = False) -> str:
    if place.exists() and not replaces and room.terminal.ask(f"{place} is there already. Replace it? [y/N] ").strip().lower() not in ("y", "yes"):
        room.terminal.say("It stays as it is.")
        return ""
    try:
        place.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{place} cannot be written ({error.strerror or error}): name another file.") from error
    room.terminal.say(f"Wrote {place}: {hint}")
    return ""


def _line(place: Place) -> str:
    slot, now = place.slot, place.now
    where = f"{slot.path}:{slot.line}:{slot.column}" if slot.line else slot.path
    what = f"{says(slot, now.becomes)}  {percent(now.confidence)}" if now and not now.renoised else "noise"
    unsure = "  unsure" if now is not None and now.is_unsure and not now.renoised else ""
    return f"{slot.number:4}  {where}  {what}{unsure}"


def _passed(place: Place, passed: Passed) -> str:
    if passed.renoised:
        return f"noise again: {passed.renoised}"
    return f"step {passed.step + 1}: {says(place.slot, passed.becomes)}{'' if passed.held else ' ?'}  {percent(passed.confidence)}"


def _became(turn: Turn) -> str:
    return {"published": "written", "proposed": "not written", "open": "left open"}.get(turn.outcome, turn.outcome)
