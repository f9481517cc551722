"""`redraft replay`: a recorded run as a web page."""

from __future__ import annotations

from pathlib import Path

from agent import render
from agent.errors import UserError
from agent.replay import page, read_run


def run(*, run_file: Path, out: Path | None, force: bool) -> int:
    target = out or run_file.with_suffix(".html")
    text = page(read_run(run_file))
    if str(target) == "-":
        render.write_exactly(text)
        return 0
    try:
        with target.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UserError(f"{target} is there already: name another file with --out, or give --force.") from error
    except OSError as error:
        raise UserError(f"{target} cannot be written ({error.strerror or error}): name another file with --out.") from error
    render.say(render.output(), f"Wrote {target}: open it in a browser.")
    return 0
