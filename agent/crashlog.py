"""Where the traceback of an unexpected failure goes, so that the terminal gets a sentence only."""

from __future__ import annotations

import os
import time
import traceback
from pathlib import Path


def state_folder() -> Path:
    """The user's folder for logs, by the conventions of the platform."""
    named = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(named) if named else Path.home() / ".local" / "state") / "redraft"


def record(error: BaseException) -> str:
    """Append the traceback to the log; the sentence that says where it is."""
    path = state_folder() / "crash.log"
    lines = "".join(traceback.format_exception(error))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}\n{lines}\n")
    except OSError as refused:
        return f"The log could not be written: {refused}."
    return f"The traceback is in {path}."
