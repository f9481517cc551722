"""`redraft edit`: run the loop, show or ask, and report what became of the request."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

import editops
from agent import prompt, render
from agent.engine_options import engine_options
from agent.errors import NoSandboxHere, UserError
from agent.escalation import edit
from agent.events import Emit, Event
from agent.incoming import read_incoming
from agent.like import LAST, STAGED, follow
from agent.outcome import Declined, EditRequest, Outcome, Proposal, Proposed, Published
from agent.recording import Recorder, recording
from agent.report import json_line, outcome_object
from agent.request import inside, read_instruction, required_tests
from agent.sandbox import Isolation, Sandbox, Unavailable, find
from agent.settings import HUB_SECONDS, SECONDS, chosen, load
from agent.worktree import Repository
from editops import ChangeSet, Safety, serialise
from engine import is_hub

NO_HUB = "none"
NEEDS_YES = "Nothing was written: run it again with --yes to write this, or on a terminal to be asked."


class Loop(Protocol):
    """What runs a request; `agent.loop.edit` outside of tests."""

    def __call__(
        self, request: EditRequest, *, emit: Emit, approve: Callable[[Proposal], ChangeSet | None], watched: bool = False
    ) -> Outcome: ...


class Carrying(Protocol):
    """A request on its way: what is left to give it are ears and a voice."""

    def __call__(self, *, emit: Emit, approve: Callable[[Proposal], ChangeSet | None]) -> Outcome: ...


def run(
    *,
    instruction: str | None,
    file: str | None,
    paths: tuple[str, ...],
    repo: Path,
    only: tuple[str, ...],
    exclude: tuple[str, ...],
    tests: str | None,
    engine: str | None,
    seed: int | None,
    max_seconds: float | None,
    max_rounds: int | None,
    yes: bool,
    dry_run: bool,
    commit: bool,
    as_json: bool,
    output: str | None,
    no_sandbox: bool = False,
    allow_weaker_tests: bool = False,
    record: Path | None = None,
    like: str | None = None,
    hub: str | None = None,
    engine_option: tuple[str, ...] = (),
    sure: float | None = None,
    loop: Loop = edit,
) -> int:
    if like is None:
        words, named = read_instruction(instruction, file, paths)
    elif file is not None or hub not in (None, NO_HUB):
        raise UserError("--like shows by example what to do, and asks no hub engine: leave out --file and --hub.")
    else:
        words, named = f"like {like}", ((instruction, *paths) if instruction else paths)
        loop = partial(follow, example=like if like in (STAGED, LAST) else read_incoming(like))
    repository = Repository.open(repo)
    settings = load(repository.root)
    command = required_tests(tests, settings.tests)
    isolated = not no_sandbox and (command is None or isolation_wanted(find(), may_ask(as_json=as_json, output=output), input))
    model = chosen(engine, settings.engine)
    asked_next = settings.hub if hub is None else hub if hub != NO_HUB else ""
    request = EditRequest(
        instruction=words,
        repository=repository.root,
        paths=inside(repository.root, Path.cwd(), named),
        only=only,
        exclude=(*exclude, *settings.exclude),
        tests=command,
        isolation=Isolation(isolated, settings.readable),
        weaker_tests=allow_weaker_tests,
        engine=model,
        hub=asked_next,
        options=engine_options((*settings.engine_options, *engine_option)),
        seed=chosen(seed, settings.seed),
        max_seconds=chosen(max_seconds, settings.max_seconds) or (HUB_SECONDS if is_hub(model) or asked_next else SECONDS),
        max_rounds=chosen(max_rounds, settings.max_rounds),
        sure=chosen(sure, settings.sure) if yes and not dry_run else 0.0,
    )
    how = partial(deliver, repository=repository, yes=yes, dry_run=dry_run, commit=commit, as_json=as_json, output=output)
    return how(partial(loop, request)) if record is None else _recorded_run(how, loop, request, record)


def _recorded_run(how: Callable[[Carrying], int], loop: Loop, request: EditRequest, record: Path) -> int:
    with recording(request, record, partial(render.say, render.notes(), style="yellow")) as recorder:
        return how(recorded(partial(loop, request, watched=True), recorder))


def recorded(carrying: Carrying, recorder: Recorder) -> Carrying:
    """The same request, with a recorder that hears every event and the outcome."""

    def carry(*, emit: Emit, approve: Callable[[Proposal], ChangeSet | None]) -> Outcome:
        def both(event: Event) -> None:
            recorder(event)
            emit(event)

        outcome = None
        try:
            outcome = carrying(emit=both, approve=approve)
            return outcome
        finally:
            recorder.finish(outcome)

    return carry


def may_ask(*, as_json: bool, output: str | None) -> bool:
    """Whether there is a person to ask."""
    return not (as_json or output) and sys.stdin.isatty() and sys.stdout.isatty()


def deliver(
    carrying: Carrying, *, repository: Repository, yes: bool, dry_run: bool, commit: bool, as_json: bool, output: str | None
) -> int:
    """Run a request to its end and report what became of it; returns the exit code."""
    asks = may_ask(as_json=as_json, output=output)
    with render.Progress(render.notes(), quiet=as_json) as progress:
        outcome = carrying(emit=progress, approve=_approval(progress, yes=yes, dry_run=dry_run, asks=asks))
    reason = "" if dry_run or not isinstance(outcome, Proposed) else _unwritten(outcome, asks)
    if isinstance(outcome, Published) and commit:
        outcome, reason = _committed(repository, outcome)
    if as_json:
        render.write_exactly(json_line(outcome_object(outcome, reason)))
    else:
        _show(outcome, reason, output, repository.root, shown=asks and not (yes or dry_run or _is_for_show(outcome)))
    return 1 if reason or isinstance(outcome, Declined) else 0


def isolation_wanted(found: Sandbox | Unavailable, asks: bool, ask: prompt.Ask) -> bool:
    """Whether the tests are to run in a sandbox; False: there is none, and a person said that they may run without."""
    if isinstance(found, Sandbox):
        return True
    if not asks or not prompt.accepted(f"The tests cannot be isolated: {found.reason}. Let them do whatever you can? [y/N] ", ask=ask):
        raise NoSandboxHere(found.reason)
    return False


def _approval(
    progress: render.Progress, *, yes: bool, dry_run: bool, asks: bool
) -> Callable[[Proposal], ChangeSet | None]:
    def approve(proposal: Proposal) -> ChangeSet | None:
        if dry_run or proposal.change.safety is Safety.SHOW:
            return None
        if yes:
            return proposal.change
        if not asks:
            return None
        console = render.output()
        with progress.paused():
            render.print_diff(console, proposal.diff)
            render.print_report(console, proposal.report)
            return prompt.review(proposal, ask=input, show=partial(render.print_diff, console))

    return approve


def _committed(repository: Repository, published: Published) -> tuple[Published, str]:
    """The edit with its commit, or why there is none: a hook of the user's may say no to what is written already."""
    change = published.proposal.change
    summary = published.proposal.report.instruction
    try:
        return replace(published, commit=repository.commit(change.paths, summary)), ""
    except UserError as error:
        return published, f"Written but not committed: {error.message.rstrip('.')}; take it back with: redraft undo {published.entry}"


def _unwritten(proposed: Proposed, asked: bool) -> str:
    if _is_for_show(proposed):
        return "Nothing was written: the change says of itself that it is only to be looked at."
    return "Nothing was written, as you said." if asked else NEEDS_YES


def _show(outcome: Outcome, reason: str, output: str | None, root: Path, *, shown: bool) -> None:
    """The result on standard output, what there is to say about it on standard error."""
    notes = render.notes()
    if isinstance(outcome, Declined):
        render.print_declined(notes, outcome)
        return
    if not shown:
        _print_change(outcome.proposal, output, root)
        render.print_report(notes, outcome.proposal.report)
    if reason:
        render.say(notes, reason)
    elif isinstance(outcome, Published):
        render.say(notes, _published_line(outcome), "green")


def _is_for_show(outcome: Outcome) -> bool:
    return isinstance(outcome, Proposed) and outcome.proposal.change.safety is Safety.SHOW


def _print_change(proposal: Proposal, output: str | None, root: Path) -> None:
    console = render.output()
    if output == "jsonl":
        render.write_exactly(serialise(proposal.change))
    elif output == "lsp":
        # Looked up when it is needed: the protocol library takes a quarter of a second to load.
        render.write_exactly(editops.write_workspace_edit(editops.workspace_edit(proposal.change, proposal.files, root.as_posix())))
    elif output == "diff" or not console.is_terminal:
        render.write_exactly(proposal.diff)
    else:
        render.print_diff(console, proposal.diff)


def _published_line(published: Published) -> str:
    count = len(published.proposal.change.touched())
    files = "1 file" if count == 1 else f"{count} files"
    made = f", committed as {published.commit[:10]}" if published.commit else ""
    return f"Wrote {files}{made}. Take it back with: redraft undo {published.entry}"
