"""The first and the last steps of every request, whoever makes its change set: open the tree; approve and publish."""

from __future__ import annotations

from collections.abc import Callable

from agent.checking import check
from agent.events import Emit, Recovered
from agent.history import Entry
from agent.journal import recover
from agent.locator import Tree
from agent.outcome import Declined, EditRequest, Outcome, Proposal, Proposed, Published
from agent.publish import publish
from agent.run import Job
from agent.worktree import Repository
from editops import Applied, ChangeSet, Conflicted, Invalid, Merged, Stale, apply, rebase, unified_diff
from engine import Diagnostic, Source

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
    # What somebody took to read the diff is no work, and not taken from the time that tests may run.
    job.restart(proposal.report.timings.get("total", 0.0))
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
    if first.source is Source.ORACLES:
        return f"Nothing was written, because tests would say less than before: {first.message}{place}{more}. Give --allow-weaker-tests if you want that."
    return f"Nothing was written, because the edit would break the code: {first.message}{place}{more}."


def _publish(job: Job, proposal: Proposal, chosen: ChangeSet) -> Outcome:
    entry = _written(job, chosen)
    if isinstance(entry, Stale):
        carried = _carried_over(job, proposal, chosen)
        if isinstance(carried, Declined):
            return carried
        proposal, chosen = carried, carried.change
        entry = _written(job, chosen)
    match entry:
        case Stale(paths):
            return Declined(f"Nothing was written: {', '.join(paths)} changed while the edit was prepared. Run it again.", job.report())
        case Invalid(reason, path):
            return Declined(f"Nothing was written: {reason} ({path}).", job.report())
        case Entry():
            return Published(Proposal(chosen, proposal.files, unified_diff(chosen, proposal.files), job.report()), entry.id)


def _written(job: Job, change: ChangeSet) -> Entry | Stale | Invalid:
    with job.phase("publish"):
        return publish(job.tree.repository, change, job.request.instruction, named=job.named)


def _carried_over(job: Job, proposal: Proposal, chosen: ChangeSet) -> Proposal | Declined:
    """What was chosen, over files that somebody has edited since the plan; checked again, as nobody has seen the two together."""
    found = ((path, job.tree.repository.read_if_there(path)) for path in sorted({*chosen.paths, *proposal.files}))
    present = {path: data for path, data in found if data is not None}
    match rebase(chosen, proposal.files, present):
        case Conflicted() as conflict:
            return Declined(f"Nothing was written: {', '.join(conflict.paths)} changed in the same places while the edit was prepared. "
                            "Run it again.", job.report())
        case Merged(change):
            carried = Proposal(change, present, unified_diff(change, present), job.report())
            broken = _broken_by(job, carried, change)
            return Declined(failure(broken), job.report()) if broken else carried
