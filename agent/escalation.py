"""Which engine carries out a request: the one that was named; and where the embedded one declines, the hub engine, if there is one."""

from __future__ import annotations

from dataclasses import replace

from agent import loop
from agent.drafting import draft_edit
from agent.ending import Approve
from agent.events import Emit, Escalated
from agent.outcome import Declined, EditRequest, Outcome
from engine import Denoiser, Drafter, is_hub


def edit(
    request: EditRequest,
    *,
    emit: Emit,
    approve: Approve,
    denoiser: Denoiser | None = None,
    drafter: Drafter | None = None,
    watched: bool = False,
) -> Outcome:
    """Carry out one request. watched: emit what happens to single slots as well, where there are slots."""
    if is_hub(request.engine):
        return draft_edit(request, emit=emit, approve=approve, drafter=drafter)
    outcome = loop.edit(request, emit=emit, approve=approve, denoiser=denoiser, watched=watched)
    # Candidates are a question to the user, which no other engine can answer either.
    if not request.hub or not isinstance(outcome, Declined) or outcome.candidates:
        return outcome
    emit(Escalated(request.hub, outcome.reason))
    asked = replace(request, engine=request.hub)
    return draft_edit(asked, emit=emit, approve=approve, drafter=drafter, escalated=outcome.reason)
