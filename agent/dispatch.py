"""From a command's name to its exit code: the command is imported when it runs, and whatever it raises becomes one sentence."""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

import typer

from agent import crashlog
from agent.errors import UserError
from editops import EditError
from engine import EngineError

EXIT_ERROR = 2
EXIT_INTERRUPTED = 130


def dispatch(name: str, *, as_json: bool = False, **arguments: Any) -> None:
    """Run one command and leave with its exit code; whatever was raised becomes one sentence."""
    if name in _PRINTS_JSON:
        arguments["as_json"] = as_json
    try:
        code: int = importlib.import_module(f"agent.commands.{name}").run(**arguments)
    except (UserError, EditError, EngineError) as error:
        code = _failed(str(error), as_json, getattr(error, "exit_code", EXIT_ERROR))
    except KeyboardInterrupt:
        code = _failed("Interrupted.", as_json, EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader (`| head`) has gone; the final flush must not meet the closed pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EXIT_ERROR
    except Exception as error:  # the last line of defence: a person gets a sentence, the log the traceback
        code = _failed(f"Unexpected {type(error).__name__}: {error}. {crashlog.record(error)}", as_json, EXIT_ERROR)
    raise typer.Exit(code)


_PRINTS_JSON = frozenset({"edit", "apply", "plan", "undo", "redo", "log", "engines", "batch", "config"})


def _failed(reason: str, as_json: bool, code: int) -> int:
    if as_json:
        typer.echo(json.dumps({"outcome": "error", "reason": reason}))
    typer.echo(f"redraft: {reason}", err=True)
    return code
