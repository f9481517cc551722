"""`redraft apply`: a change that was made elsewhere, through the same gate, checks and journal as an edit."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from agent.commands.edit import deliver, isolation_wanted, may_ask
from agent.incoming import carry_out, read_incoming
from agent.outcome import EditRequest
from agent.request import required_tests
from agent.sandbox import Isolation, find
from agent.settings import SECONDS, load
from agent.worktree import Repository


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
    incoming = read_incoming(stream)
    isolated = not no_sandbox and (command is None or isolation_wanted(find(), asks, input))
    request = EditRequest(
        instruction=f"apply {incoming.source}",
        repository=repository.root,
        only=only,
        exclude=settings.exclude,
        tests=command,
        isolation=Isolation(isolated, settings.readable),
        weaker_tests=allow_weaker_tests,
        max_seconds=settings.max_seconds or SECONDS,
    )
    return deliver(
        partial(carry_out, request, incoming), repository=repository,
        yes=yes, dry_run=dry_run, commit=commit, as_json=as_json, output=output,
    )  # fmt: skip
