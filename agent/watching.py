"""From the canvases of the sampler to events about numbered places, for whoever looks on.

In a run that nobody watches every method returns at once, and the sampler is given nothing to call.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.events import Emit, Slot, SlotsOpened, SlotsRenoised, SlotsSeen, SlotState
from engine import Candidate, Decided, Denoised, IntentSites, Value, Watch

_Key = tuple[str, int, int, str, str]


@dataclass(slots=True)
class Watching:
    """The places of one run and their numbers."""

    emit: Emit
    wanted: bool
    step: int = 0
    """The last one that was seen."""
    _numbers: dict[_Key, int] = field(default_factory=dict)
    _lines: dict[str, list[int]] = field(default_factory=dict)
    _followers: dict[int, dict[_Key, Decided]] = field(default_factory=dict)
    """By intent: places that are not shown to the denoiser, because a longer name is judged at one of its places."""

    def opened(self, sites: IntentSites, texts: Mapping[str, str]) -> Watch | None:
        """Announce the places of an intent; what to call after each forward pass."""
        if not self.wanted:
            return None
        self._announce((candidate for window in sites.windows for candidate in window.candidates), texts)
        return self.watch(sites)

    def watch(self, sites: IntentSites) -> Watch | None:
        """What to call after each forward pass over canvases of an intent that is open already."""
        if not self.wanted:
            return None

        def seen(step: int, canvases: Mapping[int, Denoised]) -> None:
            self.step = step
            self.emit(SlotsSeen(step, tuple(
                self._state(candidate, canvas, i)
                for number, canvas in canvases.items()
                for i, candidate in enumerate(sites.windows[number].candidates)
            )))  # fmt: skip

        return seen

    def settled(self, sites: IntentSites, decided: Sequence[Decided], texts: Mapping[str, str]) -> None:
        """The other places of a longer name follow the one that was judged."""
        if not self.wanted:
            return
        judged = {_key(candidate) for window in sites.windows for candidate in window.candidates}
        followers = {_key(item.candidate): item for item in decided if _key(item.candidate) not in judged}
        former = self._followers.get(id(sites), {})
        kept = {key: Decided(item.candidate, Value.KEEP, item.confidence) for key, item in former.items() if key not in followers}
        self._followers[id(sites)] = former | followers
        if followers or kept:
            self._announce((item.candidate for item in followers.values()), texts)
            states = (SlotState(self._numbers[key], _becomes(item), item.confidence, True) for key, item in (followers | kept).items())
            self.emit(SlotsSeen(self.step, tuple(states)))

    def renoised(self, blamed: Iterable[Decided], reason: str) -> None:
        """These are noise again."""
        if self.wanted:
            self.emit(SlotsRenoised(tuple(sorted(self._numbers[_key(item.candidate)] for item in blamed)), reason))

    def _announce(self, candidates: Iterable[Candidate], texts: Mapping[str, str]) -> None:
        fresh = []
        for candidate in candidates:
            key = _key(candidate)
            if key not in self._numbers:
                self._numbers[key] = len(self._numbers)
                fresh.append(self._slot(candidate, self._numbers[key], texts))
        if fresh:
            self.emit(SlotsOpened(tuple(fresh), texts))

    def _slot(self, candidate: Candidate, number: int, texts: Mapping[str, str]) -> Slot:
        line = column = 0
        if candidate.start >= 0:
            starts = self._starts(candidate.path, texts[candidate.path])
            line = bisect_right(starts, candidate.start)
            column = candidate.start - starts[line - 1]
        return Slot(number, candidate.path, line, column, candidate.before, candidate.after, candidate.label, candidate.reason)

    def _starts(self, path: str, text: str) -> list[int]:
        """Offsets of the starts of the lines of a file."""
        if path not in self._lines:
            starts, at = [0], text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = text.find("\n", at + 1)
            self._lines[path] = starts
        return self._lines[path]

    def _state(self, candidate: Candidate, canvas: Denoised, i: int) -> SlotState:
        """A slot that is still noise shows its likeliest value."""
        slot, p = canvas.canvas.slots[i], canvas.probabilities[i]
        held = slot.value is not Value.MASK
        value = slot.value if held else Value(int(p.argmax()))
        confidence = float(p[value]) if slot.is_free else 1.0
        return SlotState(self._numbers[_key(candidate)], _becomes(Decided(candidate, value, confidence)), confidence, held)


def _becomes(item: Decided) -> str | None:
    return item.after if item.is_change else None


def _key(candidate: Candidate) -> _Key:
    return candidate.path, candidate.start, candidate.end, candidate.before, candidate.after
