"""The canvas while it is denoised: one row a file, one mark a place, and the places that are still open below.

What is settled and what is noise differ by their marks, not by colour alone. Asks nothing, decides nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from agent.events import Event, PhaseStarted, Planned, Recovered, SlotsSeen
from agent.pair.board import Board, Place, says
from agent.render import PHASES, plan_lines, progress_line, say, visible

MARKS = 40
"""Marks in a row; the rest is a number."""
ROWS_LEFT = 12
"""Files that stay on the screen when everything is settled."""


@dataclass(frozen=True, slots=True)
class Marks:
    change: str
    keep: str
    noise: str


BLOCKS = Marks("■", "□", "░")
LETTERS = Marks("#", "o", ".")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds from the start of a request."""

    first: float | None
    """Until the first decision stood on the screen; None: there was none."""
    settled: float | None


class LiveCanvas:
    """Hears the events of a run and draws; a context manager around the run."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self.board = Board()
        self._console, self._clock, self._start = console, clock, clock()
        self._first: float | None = None
        self._settled: float | None = None
        self._phase = "Starting"
        self._spinner = Spinner("dots" if _draws(console, "⠋") else "line")
        self._marks = BLOCKS if _draws(console, "■□░") else LETTERS
        self._live = Live(self, console=console, refresh_per_second=10, transient=True)

    def __enter__(self) -> LiveCanvas:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._live.stop()
        if kind is None and self.board.places:
            self._console.print(self._summary())

    @property
    def timing(self) -> Timing:
        return Timing(self._first, self._settled)

    def __call__(self, event: Event) -> None:
        match event:
            case PhaseStarted(phase, detail):
                self._phase = f"{PHASES.get(phase, phase)} {detail}".rstrip()
            case Planned(plan):
                for line in plan_lines(plan):
                    say(self._console, line, "bold")
            case Recovered():
                say(self._console, progress_line(event), "yellow")
        if self.board.hear(event) and self._live.is_started:
            self._live.refresh()
        if isinstance(event, SlotsSeen):
            seconds = self._clock() - self._start
            self._first = self._first if self._first is not None else seconds
            self._settled = seconds

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = (options.height or console.height) - 3
        head = Text.assemble(self._phase, ("  " + self._counts() if self.board.places else "", "dim"))
        self._spinner.update(text=head)
        yield self._spinner
        rows = list(self.board.by_file().items())
        # What is still open comes first when there is no room for all.
        rows.sort(key=lambda row: (all(place.is_held for place in row[1]), row[0]))
        shown = rows[: max(1, room - 1)] if len(rows) > room else sorted(rows)
        if shown:
            yield self._table(shown)
        left = room - len(shown)
        if len(shown) < len(rows):
            yield Text(f"  and {len(rows) - len(shown)} more files", "dim")
        elif left > 1:
            yield from self._details(left)

    def _summary(self) -> Table:
        rows = list(self.board.by_file().items())
        table = self._table(rows[:ROWS_LEFT])
        if len(rows) > ROWS_LEFT:
            table.add_row(Text(f"and {len(rows) - ROWS_LEFT} more files", "dim"), "", "")
        return table

    def _counts(self) -> str:
        board = self.board
        revised = f", {board.revised} revised" if board.revised else ""
        return f"step {board.step + 1}: {board.settled} of {len(board.places)} settled{revised}"

    def _table(self, rows: Iterable[tuple[str, Sequence[Place]]]) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True, style="dim")
        for path, places in rows:
            changed = sum(place.now is not None and place.is_held and place.now.becomes is not None for place in places)
            noise = sum(not place.is_held for place in places)
            kept = len(places) - changed - noise
            parts = ((changed, "changed"), (kept, "kept"), (noise, "open"))
            counts = ", ".join(f"{count} {name}" for count, name in parts if count)
            table.add_row(Text("  " + _short(visible(path), self._console.width // 2)), self._strip(places), counts)
        return table

    def _strip(self, places: Sequence[Place]) -> Text:
        strip = Text()
        for place in places[:MARKS]:
            strip.append(*self._mark(place))
        if len(places) > MARKS:
            strip.append(f" +{len(places) - MARKS}", "dim")
        return strip

    def _mark(self, place: Place) -> tuple[str, str]:
        now = place.now
        if now is None or not now.held:
            return self._marks.noise, "yellow"
        mark = self._marks.keep if now.becomes is None else self._marks.change
        if now.is_unsure:
            return mark, "bold yellow"
        if place.is_revised:
            return mark, "magenta"
        return mark, "blue" if now.becomes is None else "green"

    def _details(self, room: int) -> Iterator[Text]:
        """What is open or decided, the least certain places first, then in the order of the files."""
        places = [place for place in self.board.places.values() if place.now is not None]
        places.sort(key=lambda place: (place.is_held, place.now.confidence if place.now else 0.0))
        for place in sorted(places[:room], key=lambda place: (place.slot.path, place.slot.line, place.slot.column)):
            now = place.now
            if now is not None:
                state = "" if now.held else " ?"
                line = f"    {visible(place.slot.path)}:{place.slot.line}  {visible(says(place.slot, now.becomes))}{state}"
                yield Text.assemble(line, (f"  {percent(now.confidence)}", "dim"), style="" if now.held else "yellow", no_wrap=True, overflow="ellipsis")


def _short(path: str, room: int) -> str:
    """The end of a path says more than its beginning."""
    return path if len(path) <= room else f"...{path[3 - room:]}"


def percent(share: float) -> str:
    """Never 100 for what is not."""
    return f"{min(99, int(share * 100)) if share < 1 else 100} %"


def _draws(console: Console, text: str) -> bool:
    """Whether the terminal's encoding has these characters."""
    try:
        text.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
