"""The arguments and options that several commands have in common, declared once."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer


class Format(str, Enum):
    """What `--format` prints on standard output."""

    DIFF = "diff"
    JSONL = "jsonl"
    LSP = "lsp"


Instruction = Annotated[
    str | None,
    typer.Argument(metavar="INSTRUCTION", help="What to change, in plain English; - reads it from standard input."),
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
Engine = Annotated[str | None, typer.Option("--engine", metavar="NAME", help="See `redraft engines`; by default embedded.")]
Hub = Annotated[
    str | None,
    typer.Option("--hub", metavar="NAME|none", help="Engine that is asked when the embedded one declines; by default the one of your settings."),
]
EngineOption = Annotated[
    list[str] | None,
    typer.Option("-O", "--engine-option", metavar="KEY=VALUE", help="Of a hub engine: download=yes, cpu=yes, quantise=int4, trust=MODEL; repeatable."),
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help="Same seed, same result; by default 0.")]
MaxSeconds = Annotated[float | None, typer.Option("--max-seconds", metavar="S", min=0.1, help="Time budget: 60, or 600 where a hub engine may be asked.")]
MaxRounds = Annotated[int | None, typer.Option("--max-rounds", metavar="N", min=0, help="Repair rounds at most; by default 2.")]
Sure = Annotated[
    float | None, typer.Option("--sure", metavar="P", min=0.0, max=1.0, help="With --yes: confidence of the plan below which nothing is written; by default 0.5.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
AsFormat = Annotated[
    Format | None, typer.Option("--format", help="Print the unified diff, the change stream or an LSP WorkspaceEdit, without asking.")
]
Commit = Annotated[bool, typer.Option("--commit", help="Commit the changed files, and no others.")]
File = Annotated[
    str | None, typer.Option("--file", "-F", metavar="F", help="Read the instruction from a file; - is standard input.")
]
FORWARDED = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
