"""The first and the last steps of every request, whoever makes its change set: open the tree; approve and publish."""

from __future__ import annotations

from collections.abc import Callable

from agent.checking import check
from agent.events import Emit, Recovered
from agent.journal import Entry, recover
from agent.locator import Tree
from agent.outcome import Declined, EditRequest, Outcome, Proposal, Proposed, Published
from agent.publish import publish
from agent.run import Job
from agent.worktree import Repository
from editops import Applied, ChangeSet, Invalid, Stale, apply, unified_diff
from engine import Diagnostic

Approve = Callable[[Proposal], ChangeSet | None]
"""Gets the validated proposal and says what of it to publish; None: nothing."""


def opened(request: EditRequest, emit: Emit) -> Tree:
    """The repository's files, after finishing what an interrupted run left."""
    repository = Repository.open(request.repository)
    recovery = recover(repository)
    if recovery:
        emit(Recovered(recovery.sentence))
    return Tree(repository, tuple(repository.files()))


def conclude(job: Job, proposal: Proposal, approve: Approve) -> Outcome:
    """Publish what is approved of a validated proposal."""
    chosen = approve(proposal)
    if chosen is None or chosen.is_empty:
        return Proposed(proposal)
    if chosen != proposal.change:
        broken = _broken_by(job, proposal, chosen)
        if broken:
            return Declined(failure(broken), job.report())
    return _publish(job, proposal, chosen)


def _broken_by(job: Job, proposal: Proposal, chosen: ChangeSet) -> tuple[Diagnostic, ...]:
    """What a choice of hunks would break."""
    applied = apply(proposal.files, chosen)
    return check(job, proposal.files, applied) if isinstance(applied, Applied) else ()


def failure(diagnostics: tuple[Diagnostic, ...]) -> str:
    first = diagnostics[0]
    place = f" ({first.path}:{first.line})" if first.path else ""
    more = f", and {len(diagnostics) - 1} more" if len(diagnostics) > 1 else ""
    return f"Nothing was written, because the edit would break the code: {first.message}{place}{more}."


def _publish(job: Job, proposal: Proposal, chosen: ChangeSet) -> Outcome:
    with job.phase("publish"):
        entry = publish(job.tree.repository, chosen, job.request.instruction, named=job.named)
    match entry:
        case Stale(paths):
            return Declined(f"Nothing was written: {', '.join(paths)} changed while the edit was prepared. Run it again.", job.report())
        case Invalid(reason, path):
            return Declined(f"Nothing was written: {reason} ({path}).", job.report())
        case Entry():
            return Published(Proposal(chosen, proposal.files, unified_diff(chosen, proposal.files), job.report()), entry.id)
