"""What is known of every place of a run, put together from its events: the live view and `/why` read it.

Pure; knows neither terminals nor clocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from agent.events import Event, Planned, Slot, SlotsOpened, SlotsRenoised, SlotsSeen
from agent.outcome import PlanView
from agent.recording import Opened, Recorded
from agent.run import UNSURE


@dataclass(frozen=True, slots=True)
class Passed:
    """What one forward pass made of a place; or that it became noise again, and why."""

    step: int
    becomes: str | None
    confidence: float
    held: bool
    renoised: str = ""

    @property
    def is_unsure(self) -> bool:
        return self.confidence < UNSURE


@dataclass(slots=True)
class Place:
    slot: Slot
    history: list[Passed] = field(default_factory=list)

    @property
    def now(self) -> Passed | None:
        """None: nothing has looked at it yet."""
        return self.history[-1] if self.history else None

    @property
    def is_held(self) -> bool:
        return bool(self.history) and self.history[-1].held

    @property
    def is_revised(self) -> bool:
        """Whether its decision was another one before."""
        seen = [passed.becomes for passed in self.history if not passed.renoised]
        return len(set(seen)) > 1


@dataclass(slots=True)
class Board:
    """All places by number."""

    places: dict[int, Place] = field(default_factory=dict)
    plan: PlanView | None = None
    step: int = 0

    def hear(self, event: Event | Recorded) -> bool:
        """Whether the event changed anything here."""
        match event:
            case Planned(plan):
                self.plan = plan
            case SlotsOpened(slots) | Opened(slots):
                self.places.update((slot.number, Place(slot)) for slot in slots)
            case SlotsSeen(step, states):
                self.step = step
                for state in states:
                    if state.number in self.places:
                        self.places[state.number].history.append(Passed(step, state.becomes, state.confidence, state.held))
            case SlotsRenoised(numbers, reason):
                for number in numbers:
                    self._renoise(number, reason)
            case _:
                return False
        return True

    @classmethod
    def of(cls, events: Iterable[Event | Recorded]) -> Board:
        board = cls()
        for event in events:
            board.hear(event)
        return board

    @property
    def settled(self) -> int:
        return sum(place.is_held for place in self.places.values())

    @property
    def revised(self) -> int:
        return sum(place.is_revised for place in self.places.values())

    def by_file(self) -> Mapping[str, list[Place]]:
        """Places of each file in the order of its lines; files by name."""
        found: dict[str, list[Place]] = {}
        for place in self.places.values():
            found.setdefault(place.slot.path, []).append(place)
        return {path: sorted(found[path], key=lambda p: (p.slot.line, p.slot.column, p.slot.number)) for path in sorted(found)}

    def find(self, said: str) -> Iterator[Place]:
        """Places that a number, `path:line`, `path:line:column` or the end of a path names."""
        if said.isdecimal():
            yield from (place for number, place in self.places.items() if number == int(said))
            return
        path, *numbers = said.split(":")
        wanted = [int(number) for number in numbers if number.isdecimal()]
        for place in self.places.values():
            slot = place.slot
            if (slot.path == path or slot.path.endswith("/" + path)) and [slot.line, slot.column][: len(wanted)] == wanted:
                yield place

    def _renoise(self, number: int, reason: str) -> None:
        place = self.places.get(number)
        if place is not None:
            becomes = place.now.becomes if place.now else None
            place.history.append(Passed(self.step, becomes, 0.0, False, reason))


def says(slot: Slot, becomes: str | None) -> str:
    """A decision in words; an arrow stands for the change."""
    if becomes is None:
        return f"{slot.before} stays" if slot.before else "nothing is added"
    return f"{slot.before} -> {becomes}" if slot.before else f"+ {' '.join(becomes.split())}"
