"""A conversation driven through a pipe instead of a keyboard, with everything real but the denoiser."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from agent.outcome import EditRequest
from agent.pair.completing import Lookup, PairCompleter
from agent.pair.conversation import Conversation, start
from agent.pair.orders import ORDERS
from agent.pair.session import Session
from agent.pair.shell import Shell
from agent.pair.terminal import Terminal
from agent.pair.warm import Warm
from engine.canvas import Batch
from engine.denoiser import Denoiser
from engine.features import Channel, Region
from engine.values import Value
from tests.agent.scripted import Renamer

ENTER, INTERRUPT, END, ESCAPE = "\r", "\x03", "\x04", "\x1b"
FILES: dict[str, str | bytes] = {
    "pkg/__init__.py": "from .store import load\n\n__all__ = ['load']\n",
    "pkg/store.py": "def load(path):\n    return path\n" + "\n" * 12 + "print(load(1))\n",
    "pkg/cache.py": "def load(key):\n    return key\n\n\nclass Cache:\n    def load(self, key):\n        return key\n",
    "app/main.py": "from pkg.store import load\n\nprint(load('x'))\n",
    "tests/test_store.py": "from pkg import load\n\n\ndef test_load():\n    assert load(1) == 1\n",
}
SAY = "rename load in store to fetch"


@dataclass(slots=True)
class Reader(Renamer):
    """Renames load to fetch in the file or class that is named, reads a wish for an alias, and needs the word rename."""

    old: str = "load"
    new: str = "fetch"
    home: str = "store"
    homes: tuple[str, ...] = ("cache", "Cache", "store")

    def _value(self, batch: Batch, i: int, lexemes: tuple[str, ...], at: int) -> Value:
        # The instruction comes before the candidate definitions on the plan canvas.
        instruction = [text for text, row in zip(lexemes, batch.features[batch.rows[i]], strict=False) if row[Channel.REGION] == Region.INSTRUCTION]
        if instruction:
            self.is_rename, self.alias = "rename" in instruction, "alias" in instruction
            self.home = next((home for home in self.homes if home in instruction), "store")
        return Renamer._value(self, batch, i, lexemes, at)


@dataclass(slots=True)
class Talk:
    """One sitting: what is typed in, and what stood on the screen."""

    root: Path
    denoiser: Denoiser = field(default_factory=Reader)
    conversation: Conversation = field(default_factory=lambda: start(None))
    tests: str | None = None
    resumed: bool = False
    shell: Shell | None = None

    def __call__(self, *typed: str) -> str:
        """Type lines (a key of its own is typed as it is), then the end of input; the text of the screen."""
        screen = io.StringIO()
        keys = (ENTER, INTERRUPT, END, ESCAPE)
        with create_pipe_input() as source:
            source.send_text("".join(text if text[-1:] in keys or text in keys else text + ENTER for text in typed) + (END + INTERRUPT) * 6)
            lookup = Lookup()
            completer = PairCompleter({name: order.says for name, order in ORDERS.items()}, lambda: lookup.names)
            history = self.conversation.folder / "history" if self.conversation.folder else None
            console = Console(file=screen, width=140, soft_wrap=True, highlight=False)
            terminal = Terminal(console, completer, lambda: "", history, source, DummyOutput())
            asked = EditRequest("", self.root, tests=self.tests)
            session = Session(asked, Warm(self.root, denoiser=self.denoiser), self.conversation, terminal.canvas)
            self.shell = Shell(session, terminal, lookup)
            assert self.shell.run("Hello.", resumed=self.resumed) == 0
            lookup.wait()
        return screen.getvalue()

    @property
    def session(self) -> Session:
        assert self.shell is not None
        return self.shell.session


__all__ = ["END", "ENTER", "ESCAPE", "FILES", "INTERRUPT", "SAY", "Reader", "Talk"]
