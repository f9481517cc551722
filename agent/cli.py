"""The command line: parser, dispatch and exit codes.

Each command lives in `agent.commands` and is imported only when it runs, so that `--help` and `--version`
load no model code. This is the one place where errors become messages; it knows nothing of what a command does.
"""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import json
import os
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from agent import crashlog
from agent.errors import UserError
from editops import EditError
from engine import EngineError

EXIT_ERROR = 2
EXIT_INTERRUPTED = 130

app = typer.Typer(
    help="Rename anything, everywhere it is meant, from one plain English sentence.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(str, Enum):
    """What `--format` prints on standard output."""

    DIFF = "diff"
    JSONL = "jsonl"
    LSP = "lsp"


Instruction = Annotated[
    str | None,
    typer.Argument(metavar="INSTRUCTION", help="What to rename, in plain English; - reads it from standard input."),
]
Paths = Annotated[
    list[str] | None, typer.Argument(metavar="PATH", help="Files or folders outside of which nothing may change.")
]
Repo = Annotated[
    Path, typer.Option("--repo", metavar="DIR", help="The repository; by default the one around this folder.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Show the diff, write nothing.")]
Only = Annotated[
    list[str] | None, typer.Option("--only", metavar="GLOB", help="Change only matching files; repeatable.")
]
Exclude = Annotated[
    list[str] | None, typer.Option("--exclude", metavar="GLOB", help="Leave matching files alone; repeatable.")
]
Tests = Annotated[
    str | None,
    typer.Option("--tests", metavar="CMD|none", help="Command that must still pass in the staged copy; by default the one of your settings."),
]
NoSandbox = Annotated[
    bool, typer.Option("--no-sandbox", help="Run the tests without bubblewrap: they can then do whatever you can.")
]
AllowWeakerTests = Annotated[
    bool, typer.Option("--allow-weaker-tests", help="Let tests say less: list what is deleted, skipped or weakened instead of refusing it.")
]
Engine = Annotated[str, typer.Option("--engine", metavar="NAME", help="See `redraft engines`.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Same seed, same result.")]
MaxSeconds = Annotated[float, typer.Option("--max-seconds", metavar="S", min=0.1, help="Time budget.")]
MaxRounds = Annotated[int, typer.Option("--max-rounds", metavar="N", min=0, help="Repair rounds at most.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
AsFormat = Annotated[
    Format | None, typer.Option("--format", help="Print the unified diff, the change stream or an LSP WorkspaceEdit, without asking.")
]
Commit = Annotated[bool, typer.Option("--commit", help="Commit the changed files, and no others.")]
File = Annotated[
    str | None, typer.Option("--file", "-F", metavar="F", help="Read the instruction from a file; - is standard input.")
]
FORWARDED = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


@app.command()
def edit(
    instruction: Instruction = None,
    paths: Paths = None,
    repo: Repo = Path("."),
    yes: Yes = False,
    dry_run: DryRun = False,
    only: Only = None,
    exclude: Exclude = None,
    tests: Tests = None,
    no_sandbox: NoSandbox = False,
    allow_weaker_tests: AllowWeakerTests = False,
    engine: Engine = "embedded",
    seed: Seed = 0,
    max_seconds: MaxSeconds = 60.0,
    max_rounds: MaxRounds = 2,
    as_json: Json = False,
    output: AsFormat = None,
    commit: Commit = False,
    file: File = None,
    like: Annotated[
        str | None, typer.Option("--like", metavar="DIFF|staged", help="Instead of an instruction: a diff that begins the change; the rest follows.")
    ] = None,
) -> None:
    """Rename what INSTRUCTION says, everywhere it is meant."""
    words = {"instruction": instruction, "file": file, "like": like, "paths": tuple(paths or ())}
    scope = {"repo": repo, "only": tuple(only or ()), "exclude": tuple(exclude or ())}
    budget = {"seed": seed, "max_seconds": max_seconds, "max_rounds": max_rounds}
    how = {"yes": yes, "dry_run": dry_run, "commit": commit, "output": output.value if output else None}
    checks = {"tests": tests, "no_sandbox": no_sandbox, "allow_weaker_tests": allow_weaker_tests}
    _dispatch("edit", as_json=as_json, engine=engine, **checks, **words, **scope, **budget, **how)


@app.command()
def apply(
    stream: Annotated[
        str, typer.Argument(metavar="STREAM", help="Change stream, patch or WorkspaceEdit (JSON); - reads standard input.")
    ],
    repo: Repo = Path("."),
    yes: Yes = False,
    dry_run: DryRun = False,
    only: Only = None,
    tests: Tests = None,
    no_sandbox: NoSandbox = False,
    allow_weaker_tests: AllowWeakerTests = False,
    as_json: Json = False,
    output: AsFormat = None,
    commit: Commit = False,
) -> None:
    """Check a change that was made elsewhere, and write it."""
    how = {"yes": yes, "dry_run": dry_run, "commit": commit, "output": output.value if output else None}
    scope = {"repo": repo, "only": tuple(only or ())}
    checks = {"tests": tests, "no_sandbox": no_sandbox, "allow_weaker_tests": allow_weaker_tests}
    _dispatch("apply", stream=stream, as_json=as_json, **checks, **scope, **how)


@app.command()
def plan(
    instruction: Instruction = None,
    paths: Paths = None,
    repo: Repo = Path("."),
    only: Only = None,
    exclude: Exclude = None,
    engine: Engine = "embedded",
    seed: Seed = 0,
    as_json: Json = False,
    file: File = None,
) -> None:
    """Say what an instruction is understood to mean, without editing."""
    words = {"instruction": instruction, "file": file, "paths": tuple(paths or ())}
    scope = {"repo": repo, "only": tuple(only or ()), "exclude": tuple(exclude or ())}
    _dispatch("plan", as_json=as_json, engine=engine, seed=seed, **words, **scope)


@app.command()
def undo(
    entry: Annotated[
        str | None, typer.Argument(metavar="ENTRY", help="Entry from `redraft log`; by default the last one.")
    ] = None,
    repo: Repo = Path("."),
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take back a published edit, keeping what you did since."""
    _dispatch("undo", entry=entry, repo=repo, yes=yes, as_json=as_json)


@app.command()
def redo(
    entry: Annotated[
        str | None, typer.Argument(metavar="ENTRY", help="Entry from `redraft log`; by default the last one taken back.")
    ] = None,
    repo: Repo = Path("."),
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Put back an edit that was taken back, keeping what you did since."""
    _dispatch("redo", entry=entry, repo=repo, yes=yes, as_json=as_json)


@app.command()
def log(repo: Repo = Path("."), as_json: Json = False) -> None:
    """List the published edits of a repository, latest first."""
    _dispatch("log", repo=repo, as_json=as_json)


@app.command()
def engines(as_json: Json = False) -> None:
    """List the engines with size, sha256 and licence of their weights."""
    _dispatch("engines", as_json=as_json)


@app.command(context_settings=FORWARDED)
def train(context: typer.Context) -> None:
    """Train the embedded denoiser (`redraft train --help`)."""
    _dispatch("train", arguments=tuple(context.args))


@app.command("eval", context_settings=FORWARDED)
def evaluate(context: typer.Context) -> None:
    """Score the denoiser on the benchmarks (`redraft eval --help`)."""
    _dispatch("eval", arguments=tuple(context.args))


@app.command()
def demo(
    instruction: Instruction = None,
    package: Annotated[
        str | None, typer.Option("--package", metavar="P", help="Installed package to rename something in.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Draws package and names.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the temporary repository.")] = False,
    show_list: Annotated[bool, typer.Option("--list", help="List the built-in combinations.")] = False,
) -> None:
    """Make a real multi-file rename in a copy of an installed package."""
    _dispatch("demo", instruction=instruction, package=package, seed=seed, keep=keep, show_list=show_list)


hook_app = typer.Typer(
    help="Before a commit: finish what a staged refactor has begun.", invoke_without_command=True,
    rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
app.add_typer(hook_app, name="hook")


@hook_app.callback()
def hook(
    context: typer.Context,
    repo: Repo = Path("."),
    fix: Annotated[bool, typer.Option("--fix", help="Write the rest to the files on disk; the index stays as it is.")] = False,
    max_seconds: Annotated[float, typer.Option("--max-seconds", metavar="S", min=0.5, help="Give up after this long, and let the commit pass.")] = 5.0,
    engine: Engine = "embedded",
) -> None:
    """Look whether a staged refactor left something behind: print the patch and fail, or say nothing."""
    if context.invoked_subcommand is None:
        try:
            _dispatch("hook", repo=repo, fix=fix, max_seconds=max_seconds, engine=engine)
        except typer.Exit as done:
            # Trouble of our own has been told; it is no reason to stop a commit.
            raise typer.Exit(0 if done.exit_code == EXIT_ERROR else done.exit_code) from None


@hook_app.command("install")
def hook_install(
    repo: Repo = Path("."),
    fix: Annotated[bool, typer.Option("--fix", help="Let the hook write the rest, instead of printing it.")] = False,
) -> None:
    """Write the hook into this repository; one that is there runs first."""
    _dispatch("hook_install", repo=repo, fix=fix, remove=False)


@hook_app.command("uninstall")
def hook_uninstall(repo: Repo = Path(".")) -> None:
    """Take the hook away, and put back the one that was there before."""
    _dispatch("hook_install", repo=repo, fix=False, remove=True)


@app.callback(invoke_without_command=True)
def redraft(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"redraft {_version()}")
        raise typer.Exit


def main() -> None:
    """Entry point of the `redraft` script."""
    # A run ends within seconds, and the collector triples the time that parsing takes.
    gc.disable()
    app(prog_name="redraft")


def _version() -> str:
    try:
        return importlib.metadata.version("redraft")
    except importlib.metadata.PackageNotFoundError:
        return "(run from source, not installed)"


def _dispatch(name: str, *, as_json: bool = False, **arguments: Any) -> None:
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


_PRINTS_JSON = frozenset({"edit", "apply", "plan", "undo", "redo", "log", "engines"})


def _failed(reason: str, as_json: bool, code: int) -> int:
    if as_json:
        typer.echo(json.dumps({"outcome": "error", "reason": reason}))
    typer.echo(f"redraft: {reason}", err=True)
    return code
