"""A request carried out by a large model: its draft passes the same gate, checks and journal as any other change.

What does not fit or does not pass goes back to the model with the reason, until it passes or the rounds are used up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.briefing import brief
from agent.ending import Approve, conclude, opened
from agent.events import Emit, OperationRead
from agent.incoming import checked
from agent.outcome import Decision, Declined, EditRequest, Outcome, Proposal, SiteDecision
from agent.run import UNSURE, Job
from editops import ChangeSet, Unfit
from engine import Choice, Complaint, Diagnostic, Drafted, Drafter, DraftOp, NotDrafted, Task, open_drafter, resolve


@dataclass(slots=True, kw_only=True)
class DraftJob(Job):
    """A request whose change set a large model drafts."""

    choices: tuple[Choice, ...] = ()

    def _receipt(self) -> Iterator[SiteDecision]:
        for choice in self.choices:
            changed = choice.before != choice.after
            decision = Decision.CHANGE if changed else Decision.KEEP
            yield SiteDecision(
                path=choice.path,
                line=choice.line,
                column=0,
                before=choice.before,
                after=choice.after if changed else None,
                decision=decision if choice.confidence >= UNSURE else Decision.UNSURE,
                confidence=choice.confidence,
                role="expression",
                reason=choice.reason,
            )


def draft_edit(
    request: EditRequest, *, emit: Emit, approve: Approve, drafter: Drafter | None = None, escalated: str = ""
) -> Outcome:
    """Carry out one request with a hub engine; `escalated`: why the embedded one did not."""
    # Opened first: a request that no engine can answer should not be looked at for seconds.
    chosen = open_drafter(request.engine, request.options) if drafter is None else drafter
    job = DraftJob(request, emit, opened(request, emit), escalated=escalated)
    with job.phase("locate"):
        task = brief(job)
    proposal = _propose(job, chosen, task)
    return proposal if isinstance(proposal, Declined) else conclude(job, proposal, approve)


def _propose(job: DraftJob, drafter: Drafter, task: Task) -> Proposal | Declined:
    """Draft and check until a draft passes or the rounds are used up."""
    while True:
        with job.phase("draft" if not job.rounds else "repair"):
            found = drafter.draft(replace(task, seconds=job.seconds_left), lambda op: job.emit(OperationRead(_path(op))))
        job.spent(found.passes, found.tokens)
        job.choices = found.choices
        verdict = _verdict(job, found)
        if isinstance(verdict, Proposal) or not verdict.complaints:
            return verdict if isinstance(verdict, Proposal) else verdict.declined
        if job.rounds >= job.request.max_rounds or job.seconds_left <= 0:
            return replace(verdict.declined, report=job.report())
        job.rounds += 1
        task = replace(task, earlier=found.ops if isinstance(found, Drafted) else (), complaints=verdict.complaints)


@dataclass(frozen=True, slots=True)
class _Failed:
    """A draft that is not proposed."""

    declined: Declined
    complaints: tuple[Complaint, ...]
    """What to tell the model; empty: there is no use in another round."""


def _verdict(job: DraftJob, found: Drafted | NotDrafted) -> Proposal | _Failed:
    if isinstance(found, NotDrafted):
        return _failed(job, found.sentence, found.sentence if found.again else "")
    change = resolve(found.ops, job.tree.data)
    if isinstance(change, Unfit):
        return _failed(job, f"the draft does not fit: {change.path}: {change.reason}", change.reason, change.path)
    closed = sorted(path for path in change.paths if not job.wants(path))
    if closed:
        return _failed(job, f"the draft touches {closed[0]}, which was left out", "may not be changed", closed[0])
    return _checked(job, change)


def _checked(job: DraftJob, change: ChangeSet) -> Proposal | _Failed:
    job.diagnostics = tuple[Diagnostic, ...]()
    outcome = checked(job, change)
    if isinstance(outcome, Proposal):
        return outcome
    return _Failed(outcome, _complaints(job))


def _complaints(job: DraftJob) -> tuple[Complaint, ...]:
    return tuple(Complaint(found.path, found.line, found.message) for found in job.diagnostics)


def _failed(job: DraftJob, reason: str, complaint: str, path: str = "") -> _Failed:
    sentence = reason[:1].upper() + reason[1:] if path == "" else f"Nothing was written, because {reason}"
    told = (Complaint(path, 0, complaint),) if complaint else ()
    return _Failed(Declined(sentence.rstrip(".") + ".", job.report()), told)


def _path(op: DraftOp) -> str:
    return str(getattr(op, "path", "") or getattr(op, "src", ""))
