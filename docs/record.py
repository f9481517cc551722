"""Record a command's terminal output as an SVG: python docs/record.py OUT.svg WIDTH LINES COMMAND..."""

from __future__ import annotations

import io
import os
import pty
import re
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
    console = Console(record=True, width=width, file=io.StringIO())
    typed = [Path(command[0]).name, *command[1:]]
    if "--repo" in typed:
        del typed[typed.index("--repo") : typed.index("--repo") + 2]
    console.print(Text.from_ansi(f"$ {shlex.join(typed)}\n" + "\n".join(kept)))
    # The fonts of the reader's machine will do: the picture must not ask the network for any.
    out.write_text(re.sub(r"@font-face\s*\{.*?\}", "", console.export_svg(title="redraft"), flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
