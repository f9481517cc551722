"""The prompt and everything that is asked on a terminal: keys, history, completion, an editor for a hunk.

Enter sends, Alt-Enter (or Escape, then Enter) begins a new line. Ctrl-C clears the line and keeps it in the history.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import Completer
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style
from rich.console import Console

from agent import render
from agent.pair.live import LiveCanvas, Timing

_STYLE = Style.from_dict({"prompt": "bold ansicyan", "bottom-toolbar": "noreverse ansibrightblack", "continuation": "ansibrightblack"})


class Terminal:
    """A console for what is said and prompts for what is asked; input and output are given in tests."""

    def __init__(
        self, console: Console, completer: Completer, toolbar: Callable[[], str], history: Path | None,
        source: Input | None = None, screen: Output | None = None,
    ) -> None:  # fmt: skip
        self.console = console
        self.timing: Timing | None = None
        """Of the last run that was shown."""
        self._history = _history(history)
        self._requests: PromptSession[str] = PromptSession(
            message=FormattedText([("class:prompt", "redraft> ")]), prompt_continuation=FormattedText([("class:continuation", "     ... ")]),
            multiline=True, history=self._history, completer=completer, complete_in_thread=True, complete_while_typing=True,
            key_bindings=_keys(), bottom_toolbar=lambda: FormattedText([("", f" {toolbar()} ")]), style=_STYLE, mouse_support=False,
            reserve_space_for_menu=6, input=source, output=screen,
        )  # fmt: skip
        self._questions: PromptSession[str] = PromptSession(history=InMemoryHistory(), style=_STYLE, input=source, output=screen)
        self._texts: PromptSession[str] = PromptSession(
            multiline=True, history=InMemoryHistory(), style=_STYLE, input=source, output=screen,
            bottom_toolbar=" Edit the lines; Escape, then Enter when they are right, Ctrl-C leaves them as they were ",
        )  # fmt: skip

    def request(self, default: str = "") -> str:
        """The next thing that is typed; raises EOFError at the end. A line that Ctrl-C clears stays in the history."""
        while True:
            try:
                return self._requests.prompt(default=default)
            except KeyboardInterrupt:
                lost = self._requests.default_buffer.text.strip()
                if lost:
                    self._history.append_string(lost)
                    self.say("Kept in the history: the up arrow brings it back.", "dim")
                else:
                    self.say("Ctrl-D or /quit leaves; nothing is lost.", "dim")
                default = ""

    def ask(self, question: str) -> str:
        """One line; Ctrl-C and the end of input are raised."""
        return self._questions.prompt(FormattedText([("class:prompt", question)]))

    def show(self, text: str) -> None:
        """A diff, or lines of help."""
        render.print_diff(self.console, text)

    def say(self, text: str, style: str = "") -> None:
        render.say(self.console, text, style)

    @contextmanager
    def canvas(self) -> Iterator[LiveCanvas]:
        """Shows a run."""
        with LiveCanvas(self.console) as live:
            yield live
        self.timing = live.timing

    def edit(self, text: str, name: str) -> str | None:
        """The text as the person's editor leaves it; where none is set, it is edited at a prompt. None: it stays."""
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if not command:
            return self._edited_here(text)
        with tempfile.TemporaryDirectory(prefix="redraft-") as folder:
            place = Path(folder) / f"hunk{PurePosixPath(name).suffix}"
            place.write_bytes(text.encode())
            try:
                status = subprocess.run([*shlex.split(command), str(place)], check=False).returncode
                edited = place.read_bytes().decode()
            except (OSError, ValueError) as error:
                self.say(f"{command} did not work: {error}.", "red")
                return self._edited_here(text)
        return edited if status == 0 else None

    def _edited_here(self, text: str) -> str | None:
        end = "\n" if text.endswith("\n") else ""
        try:
            return self._texts.prompt("", default=text.removesuffix("\n")) + end
        except (KeyboardInterrupt, EOFError):
            return None


def _history(place: Path | None) -> History:
    if place is None:
        return InMemoryHistory()
    try:
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError:
        return InMemoryHistory()
    return FileHistory(place)


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def send(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state and buffer.complete_state.current_completion:
            buffer.complete_state = None
        elif buffer.text.strip():
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
