"""Record a command's terminal output as an SVG: python docs/record.py OUT.svg WIDTH LINES COMMAND..."""

from __future__ import annotations

import os
import pty
import shlex
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text


def run_in_terminal(command: list[str], width: int) -> str:
    """Everything the command prints on a terminal of that width."""
    captured = bytearray()
    os.environ.update(COLUMNS=str(width), LINES="60", TERM="xterm-256color")

    def read(descriptor: int) -> bytes:
        data = os.read(descriptor, 65536)
        captured.extend(data)
        return data

    pty.spawn(command, read)
    return captured.decode("utf-8", "replace").replace("\r\n", "\n")


def main() -> None:
    out, width, lines, command = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    shown = [line.rsplit("\r", 1)[-1] for line in run_in_terminal(command, width).split("\n")]
    kept = shown if len(shown) <= lines else [*shown[: lines - 14], "  ...", *shown[-13:]]
    console = Console(record=True, width=width, file=open(os.devnull, "w", encoding="utf-8"))
    console.print(Text.from_ansi(f"$ {shlex.join(command)}\n" + "\n".join(kept)))
    console.save_svg(str(out), title="redraft")


if __name__ == "__main__":
    main()
