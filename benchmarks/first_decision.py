"""Seconds from a request of `redraft pair` to the first decision on the screen: python -m benchmarks.first_decision

Packages that are installed are copied into repositories. Each request is made twice: with the model warm and the files cold, then with
both warm. Wall and processor seconds are printed, since on a busy machine the first say little.
"""

from __future__ import annotations

import gc
import io
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from agent import demo_repository
from agent.events import Emit, Event, SlotsSeen
from agent.outcome import EditRequest
from agent.pair.conversation import start
from agent.pair.live import LiveCanvas
from agent.pair.session import Draft, Session
from agent.pair.warm import Warm

REQUESTS = (
    ("rich", "rename blend_rgb to mix_rgb"),
    ("rich", "Rename the function loop_last to iterate_last everywhere"),
    ("rich", "please call the class ColorTriplet RgbTriplet instead"),
    ("networkx", "rename is_directed_acyclic_graph to is_dag"),
    ("networkx", "rename the function pairwise to neighbours, but keep the old name as an alias"),
    ("networkx", "rename the class NetworkXError to GraphError"),
)


class Stopwatch:
    """A live canvas on a screen of memory, and when it first showed a decision."""

    def __init__(self) -> None:
        self.first: tuple[float, float] | None = None
        self.places = 0

    @contextmanager
    def view(self) -> Iterator[Emit]:
        console = Console(file=io.StringIO(), force_terminal=True, width=120, height=40)
        wall, processor = time.monotonic(), time.process_time()
        with LiveCanvas(console) as live:

            def heard(event: Event) -> None:
                live(event)
                if isinstance(event, SlotsSeen) and self.first is None:
                    self.first = time.monotonic() - wall, time.process_time() - processor

            yield heard
            self.places = len(live.board.places)


def main() -> None:
    gc.disable()
    sessions: dict[str, Session] = {}
    print(f"load {os.getloadavg()[0]:.1f}, OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', 'unset')}")
    print("| request | places | files cold: wall, processor | warm: wall, processor |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for package, words in REQUESTS:
            if package not in sessions:
                root = Path(folder) / package
                root.mkdir()
                demo_repository.create(package, root)
                sessions[package] = Session(EditRequest("", root), Warm(root), start(None), lambda: Stopwatch().view())
                sessions[package].warm.loaded()
            session, cells = sessions[package], []
            session.warm.tree = None
            for _ in range(2):
                watch = Stopwatch()
                session.view = watch.view
                drafted = isinstance(session.draft(words), Draft)
                first = watch.first
                cells.append("none" if first is None else f"{first[0]:.2f}, {first[1]:.2f}" + ("" if drafted else " (declined)"))
                session.warm.rest()
            print(f"| {package}: {words} | {watch.places} | {cells[0]} | {cells[1]} |", flush=True)


if __name__ == "__main__":
    main()
