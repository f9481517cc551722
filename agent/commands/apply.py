"""`redraft apply`: a change that was made elsewhere, through the same gate, checks and journal as an edit."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from agent.commands.edit import deliver, isolation_wanted, may_ask
from agent.errors import UnreadableFile, UserError
from agent.incoming import Incoming, carry_out
from agent.outcome import EditRequest
from agent.request import STANDARD_INPUT, required_tests
from agent.sandbox import Isolation, find
from agent.settings import load
from agent.worktree import Repository

MAX_BYTES = 256 * 1024 * 1024
"""More than any change of source code; what is larger is not read to its end."""


def run(
    *,
    stream: str,
    repo: Path,
    only: tuple[str, ...],
    tests: str | None,
    no_sandbox: bool,
    yes: bool,
    dry_run: bool,
    commit: bool,
    as_json: bool,
    output: str | None,
    allow_weaker_tests: bool = False,
) -> int:
    repository = Repository.open(repo)
    settings = load(repository.root)
    command = required_tests(tests, settings.tests)
    asks = may_ask(as_json=as_json, output=output)
    isolated = not no_sandbox and (command is None or isolation_wanted(find(), asks, input))
    source = "standard input" if stream == STANDARD_INPUT else Path(stream).name
    request = EditRequest(
        instruction=f"apply {source}",
        repository=repository.root,
        only=only,
        tests=command,
        isolation=Isolation(isolated, settings.readable),
        weaker_tests=allow_weaker_tests,
    )
    incoming = Incoming(_bytes(stream), source)
    return deliver(
        partial(carry_out, request, incoming), repository=repository,
        yes=yes, dry_run=dry_run, commit=commit, as_json=as_json, output=output,
    )  # fmt: skip


def _bytes(stream: str) -> bytes:
    try:
        if stream == STANDARD_INPUT:
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(stream).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UnreadableFile(stream, getattr(error, "strerror", None) or str(error)) from error
    if len(data) > MAX_BYTES:
        raise UserError(f"{stream} has more than {MAX_BYTES} bytes: split the change into smaller ones.")
    return data
