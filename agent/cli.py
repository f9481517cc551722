"""The command line: every command with its arguments.

Each command lives in `agent.commands` and is imported only when it runs, so that `--help` and `--version`
load no model code. It knows nothing of what a command does; `agent.dispatch` turns what went wrong into messages.
"""

from __future__ import annotations

import gc
import importlib.metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli_options import (
    AllowWeakerTests,
    AsFormat,
    Commit,
    DryRun,
    Engine,
    EngineOption,
    Exclude,
    FORWARDED,
    File,
    Hub,
    Instruction,
    Json,
    MaxRounds,
    MaxSeconds,
    NoSandbox,
    Only,
    Paths,
    Repo,
    Seed,
    Sure,
    Tests,
    Yes,
)
from agent.dispatch import EXIT_ERROR, dispatch

app = typer.Typer(
    help="Edit many files at once from one plain English sentence: every place gets a decision, and nothing is written before it has passed.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
    engine: Engine = None,
    hub: Hub = None,
    engine_option: EngineOption = None,
    seed: Seed = None,
    max_seconds: MaxSeconds = None,
    max_rounds: MaxRounds = None,
    sure: Sure = None,
    as_json: Json = False,
    output: AsFormat = None,
    commit: Commit = False,
    file: File = None,
    record: Annotated[
        Path | None, typer.Option("--record", metavar="FILE", help="Record the run, for `redraft replay`.")
    ] = None,
    like: Annotated[
        str | None, typer.Option("--like", metavar="DIFF|staged|last", help="Instead of an instruction: a diff that begins the change; the rest follows.")
    ] = None,
) -> None:
    """Do what INSTRUCTION says, everywhere it is meant."""
    words = {"instruction": instruction, "file": file, "like": like, "paths": tuple(paths or ())}
    scope = {"repo": repo, "only": tuple(only or ()), "exclude": tuple(exclude or ())}
    budget = {"seed": seed, "max_seconds": max_seconds, "max_rounds": max_rounds, "sure": sure}
    how = {"yes": yes, "dry_run": dry_run, "commit": commit, "output": output.value if output else None, "record": record}
    checks = {"tests": tests, "no_sandbox": no_sandbox, "allow_weaker_tests": allow_weaker_tests}
    model = {"engine": engine, "hub": hub, "engine_option": tuple(engine_option or ())}
    dispatch("edit", as_json=as_json, **model, **checks, **words, **scope, **budget, **how)


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
    dispatch("apply", stream=stream, as_json=as_json, **checks, **scope, **how)


@app.command()
def plan(
    instruction: Instruction = None,
    paths: Paths = None,
    repo: Repo = Path("."),
    only: Only = None,
    exclude: Exclude = None,
    engine: Engine = None,
    seed: Seed = None,
    as_json: Json = False,
    file: File = None,
) -> None:
    """Say what an instruction is understood to mean, without editing."""
    words = {"instruction": instruction, "file": file, "paths": tuple(paths or ())}
    scope = {"repo": repo, "only": tuple(only or ()), "exclude": tuple(exclude or ())}
    dispatch("plan", as_json=as_json, engine=engine, seed=seed, **words, **scope)


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
    dispatch("undo", entry=entry, repo=repo, yes=yes, as_json=as_json)


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
    dispatch("redo", entry=entry, repo=repo, yes=yes, as_json=as_json)


@app.command()
def log(repo: Repo = Path("."), as_json: Json = False) -> None:
    """List the published edits of a repository, latest first."""
    dispatch("log", repo=repo, as_json=as_json)


@app.command()
def pair(
    paths: Paths = None,
    repo: Repo = Path("."),
    only: Only = None,
    exclude: Exclude = None,
    tests: Tests = None,
    no_sandbox: NoSandbox = False,
    allow_weaker_tests: AllowWeakerTests = False,
    engine: Engine = None,
    seed: Seed = None,
    max_seconds: MaxSeconds = None,
    max_rounds: MaxRounds = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the last conversation about this repository.")] = False,
    conversation: Annotated[
        str | None, typer.Option("--conversation", metavar="NAME", help="Go on with this one.")
    ] = None,
) -> None:
    """Talk: request by request, hunk by hunk, with a live view."""
    scope: dict[str, Any] = {"paths": tuple(paths or ()), "repo": repo, "only": tuple(only or ()), "exclude": tuple(exclude or ())}
    budget: dict[str, Any] = {"seed": seed, "max_seconds": max_seconds, "max_rounds": max_rounds}
    checks: dict[str, Any] = {"tests": tests, "no_sandbox": no_sandbox, "allow_weaker_tests": allow_weaker_tests}
    dispatch("pair", engine=engine, resumes=resume, named=conversation, **checks, **scope, **budget)


@app.command()
def replay(
    run_file: Annotated[Path, typer.Argument(metavar="RUN", help="A recording made by `redraft edit --record` or `redraft pair`.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="The page; by default RUN with .html, - is standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace a page that is there.")] = False,
) -> None:
    """Make a web page that plays a recorded run."""
    dispatch("replay", run_file=run_file, out=out, force=force)


@app.command()
def engines(as_json: Json = False) -> None:
    """List the engines with size, sha256 and licence of their weights."""
    dispatch("engines", as_json=as_json)


@app.command(context_settings=FORWARDED)
def train(context: typer.Context) -> None:
    """Train the embedded denoiser (`redraft train --help`)."""
    dispatch("train", arguments=tuple(context.args))


@app.command("eval", context_settings=FORWARDED)
def evaluate(context: typer.Context) -> None:
    """Score the denoiser on the benchmarks (`redraft eval --help`)."""
    dispatch("eval", arguments=tuple(context.args))


@app.command()
def demo(
    instruction: Annotated[
        str | None, typer.Argument(metavar="INSTRUCTION", help="What to change in the package, in plain English.")
    ] = None,
    package: Annotated[
        str | None, typer.Option("--package", metavar="P", help="Installed package to rename something in.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Draws package and names.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the temporary repository.")] = False,
    show_list: Annotated[bool, typer.Option("--list", help="List the built-in combinations.")] = False,
) -> None:
    """Make a real multi-file rename in a copy of an installed package."""
    dispatch("demo", instruction=instruction, package=package, seed=seed, keep=keep, show_list=show_list)


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
            dispatch("hook", repo=repo, fix=fix, max_seconds=max_seconds, engine=engine)
        except typer.Exit as done:
            # Trouble of our own has been told; it is no reason to stop a commit.
            raise typer.Exit(0 if done.exit_code == EXIT_ERROR else done.exit_code) from None


@hook_app.command("install")
def hook_install(
    repo: Repo = Path("."),
    fix: Annotated[bool, typer.Option("--fix", help="Let the hook write the rest, instead of printing it.")] = False,
) -> None:
    """Write the hook into this repository; one that is there runs first."""
    dispatch("hook_install", repo=repo, fix=fix, remove=False)


@hook_app.command("uninstall")
def hook_uninstall(repo: Repo = Path(".")) -> None:
    """Take the hook away, and put back the one that was there before."""
    dispatch("hook_install", repo=repo, fix=False, remove=True)


@app.command()
def batch(
    recipe: Annotated[Path | None, typer.Argument(metavar="RECIPE", help="YAML file; docs/batch.md shows some.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of recipes.")] = False,
    ledger: Annotated[Path | None, typer.Option("--ledger", metavar="DIR", help="Where the state is kept.")] = None,
    workers: Annotated[int | None, typer.Option("--workers", "-j", metavar="N", min=1, help="Edits decided at once.")] = None,
    ray: Annotated[
        str | None, typer.Option("--ray", metavar="ADDRESS", help="Decide on a Ray cluster: local, auto or HOST:PORT.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Decide everything, write nothing.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what an earlier run did.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Begin repositories again of which nothing landed.")] = False,
    allow_checks: Annotated[
        bool, typer.Option("--allow-checks", help="Run the recipe's test command though it comes with a repository.")
    ] = False,
    no_sandbox: NoSandbox = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report, JSON lines, and nothing else.")] = False,
) -> None:
    """Make the edits of RECIPE in many repositories; a killed run goes on where it was."""
    options = {"recipe": recipe, "show_schema": schema, "ledger": ledger, "workers": workers, "ray": ray, "dry_run": dry_run}
    dispatch("batch", as_json=as_json, fresh=fresh, retry=retry, allow_checks=allow_checks, no_sandbox=no_sandbox, **options)


@app.command()
def serve(
    mcp: Annotated[bool, typer.Option("--mcp", help="Speak the Model Context Protocol, for other agents.")] = False,
    lsp: Annotated[bool, typer.Option("--lsp", help="Speak the Language Server Protocol, for editors.")] = False,
    repo: Repo = Path("."),
    tests: Tests = None,
    no_sandbox: NoSandbox = False,
) -> None:
    """Serve one repository on standard input and output."""
    dispatch("serve", mcp=mcp, lsp=lsp, repo=repo, tests=tests, no_sandbox=no_sandbox)


@app.command()
def config(repo: Repo = Path("."), as_json: Json = False) -> None:
    """Show every setting and where its value comes from."""
    dispatch("config", repo=repo, as_json=as_json)


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
