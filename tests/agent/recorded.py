"""A small recorded run, for the tests of the recording and of the page."""

from __future__ import annotations

from pathlib import Path

from agent.events import Diagnosed, Event, PhaseStarted, Planned, Slot, SlotsOpened, SlotsRenoised, SlotsSeen, SlotState
from agent.outcome import Decision, EditRequest, IntentView, PlanView, Proposal, Proposed, Report, SiteDecision
from agent.recording import Recorder, save
from editops import ChangeSet
from engine import Diagnostic, Source

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"><!-- \u2028 \u202e {data} {script}"
TEXTS = {
    "pkg/store.py": f"def load(path):\n    return path\n# {HOSTILE}\n\n\nload(1)\n",
    f"pkg/{HOSTILE.replace('/', '_')}.py": "é = load(2)\n",
}
STORE, ODD = TEXTS
SLOTS = (
    Slot(0, STORE, 1, 4, "load", "fetch", "definition", "resolves to the definition"),
    Slot(1, STORE, 6, 0, "load", HOSTILE, "call", HOSTILE),
    Slot(2, ODD, 1, 4, "load", "fetch", "call", "imported"),
    Slot(3, STORE, 0, 0, "store", "shop", "path", "a file of a like name"),
)
REPORT = Report(
    HOSTILE, None,
    tuple(SiteDecision(s.path, s.line, s.column, s.before, s.after if s.number < 3 else None,
                       Decision.UNSURE if s.number == 1 else Decision.CHANGE, 0.5 + s.number / 10, s.role, s.reason) for s in SLOTS),
    timings={"total": 1.5}, forward_passes=3, rounds=1,
)  # fmt: skip
EVENTS: tuple[Event, ...] = (
    PhaseStarted("plan"),
    Planned(PlanView((IntentView("function", f"{STORE}::load", "load", "fetch", 0.99),), exclude=("tests",), keep_alias=True)),
    SlotsOpened(SLOTS, TEXTS),
    SlotsSeen(0, (SlotState(0, "fetch", 0.99, True), SlotState(1, HOSTILE, 0.55, False), SlotState(2, "fetch", 0.97, True), SlotState(3, None, 0.9, True))),
    SlotsSeen(1, (SlotState(1, None, 0.7, True),)),
    Diagnosed(0, (Diagnostic(STORE, 6, "undefined-name", HOSTILE, Source.NAMES, "load"),)),
    SlotsRenoised((1,), HOSTILE),
    SlotsSeen(0, (SlotState(1, "fetch", 0.8, True),)),
    Diagnosed(1, ()),
)


def recorder(events: tuple[Event, ...] = EVENTS) -> Recorder:
    """A recorder that has heard it all; a second passes with each event."""
    ticks = iter(range(1000))
    made = Recorder(EditRequest(HOSTILE, Path("/somewhere/private/project")), clock=lambda: next(ticks))
    for event in events:
        made(event)
    made.finish(Proposed(Proposal(ChangeSet.of([], {}), {}, "", REPORT)))
    return made


def recorded(folder: Path, events: tuple[Event, ...] = EVENTS) -> Path:
    place = folder / "run.jsonl"
    save(recorder(events), place)
    return place
