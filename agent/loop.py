"""The loop: locate, plan, sites, stage, validate, repair, publish. Everything is written at the end, or nothing is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from agent.checking import check
from agent.complexity import excess
from agent.ending import Approve, conclude, failure, opened
from agent.events import Diagnosed, Emit, Planned
from agent.guard import vet
from agent.in_turn import InTurn
from agent.locator import context_of
from agent.outcome import Declined, EditRequest, IntentView, Outcome, PlanView, Proposal
from agent.renames import Renames
from agent.run import Run
from agent.work import Work
from editops import Applied, Conflicted, Invalid, Stale, apply, unified_diff
from engine import Action, Denoiser, EmbeddedDenoiser, Intent, NotUnderstood, Order, Plan, UnknownEngine, clash, qualified, understand

ALL_DONE = "Nothing would change: it is all done."


def edit(
    request: EditRequest, *, emit: Emit, approve: Approve, denoiser: Denoiser | None = None, watched: bool = False
) -> Outcome:
    """Carry out one request. watched: emit what happens to single slots as well."""
    run = start(request, emit, denoiser, watched)
    understood = understand_request(run)
    if isinstance(understood, NotUnderstood):
        return Declined(understood.sentence, run.report(), understood.candidates)
    doubt = doubt_of(view(understood), request.sure)
    if doubt:
        return Declined(doubt, run.report())
    return carry_out(run, understood, approve)


def doubt_of(plan: PlanView, sure: float) -> str:
    """Why a plan is not carried out unasked; empty where it is certain enough."""
    if plan.confidence >= sure:
        return ""
    return (
        f"It is not certain enough that this is what you mean ({plan.confidence:.0%}; unasked it takes {sure:.0%}): say it more plainly, "
        f"leave --yes out to look at it first, or allow it with --sure {int(plan.confidence * 100) / 100:g}."
    )


def carry_out(run: Run, plan: Plan, approve: Approve) -> Outcome:
    """Do what a plan says, wherever it comes from."""
    with run.phase("sites"):
        work = decide(run, plan)
    proposal = propose(run, work, plan)
    if isinstance(proposal, Declined):
        return proposal
    return conclude(run, proposal, approve)


def plan(request: EditRequest, *, emit: Emit, denoiser: Denoiser | None = None) -> PlanView | Declined:
    """Only say what a request is understood to mean."""
    run = start(request, emit, denoiser)
    found = understand_request(run)
    if isinstance(found, NotUnderstood):
        return Declined(found.sentence, run.report(), found.candidates)
    return view(found)


def load_denoiser(name: str) -> Denoiser:
    """The denoiser behind an engine's name."""
    # A server, a folder or a model of the hub; what is none of them is no engine at all.
    if ":" in name or "/" in name:
        raise UnknownEngine(
            f"{name} is a hub engine, which only `redraft edit` with an instruction can use: give --engine embedded, or take it out of your settings."
        )
    if name != "embedded":
        raise UnknownEngine(f"There is no engine {name}: `redraft engines` lists them.")
    return EmbeddedDenoiser.load()


def start(request: EditRequest, emit: Emit, denoiser: Denoiser | None, watched: bool = False) -> Run:
    """Open the repository, finish what an interrupted run left, and load the denoiser."""
    tree = opened(request, emit)
    chosen = load_denoiser(request.engine) if denoiser is None else denoiser
    return Run(request, emit, tree, denoiser=chosen, generator=np.random.default_rng(request.seed), watched=watched)


def understand_request(run: Run) -> Plan | NotUnderstood:
    """Locate what the instruction may speak of, and denoise the plan."""
    with run.phase("locate"):
        context = context_of(run.tree, run.request.instruction)
    with run.phase("plan"):
        understood = understand(
            run.request.instruction,
            context,
            run.denoiser,
            run.sampler,
            run.generator,
            run.tree.related,
            run.tree.paths,
            run.tree.project,
            run.tree.holding,
        )
    run.spent(understood.forward_passes, understood.lexeme_passes)
    found = understood.result
    if isinstance(found, NotUnderstood):
        return found
    run.plan = view(found)
    run.emit(Planned(run.plan))
    return _clashing(run, found.intents) or found


def view(plan: Plan) -> PlanView:
    return PlanView(
        intents=tuple(_intent_view(intent) for intent in plan.intents),
        only=tuple(str(place) for place in plan.only),
        exclude=tuple(str(place) for place in plan.exclude),
        keep_alias=plan.keep_alias,
        unread=plan.unread,
    )


def _intent_view(intent: Intent) -> IntentView:
    target = intent.target
    return IntentView(
        target.kind.value,
        qualified(target),
        target.name,
        intent.new,
        intent.confidence,
        intent.action.value,
        tuple(qualified(other) for other in intent.others),
        dict(_details(intent)),
    )


def _details(intent: Intent) -> Iterator[tuple[str, str]]:
    """Name and value of every field that was understood besides the target and the new name."""
    fields = {"to": intent.to, "type": intent.type, "default": intent.default, "parameters": ", ".join(intent.parameters)}
    fields |= {f"value in {calls.value}": value for calls, value in intent.values.items()}
    order = intent.order.value if intent.order is not Order.WHOLE else ""
    fields |= {"order": order, "keyword-only": "yes" if intent.keyword else "", "effect": intent.effect}
    yield from ((name, value) for name, value in fields.items() if value)


def _clashing(run: Run, intents: tuple[Intent, ...]) -> NotUnderstood | None:
    """A new name that is taken where the target stands; a name that the same request frees is not."""
    freed = {qualified(intent.target) for intent in intents}
    for intent in intents:
        if intent.action is not Action.RENAME:
            continue
        taken = clash(run.tree.project, intent)
        if taken is not None and qualified(taken) not in freed:
            return NotUnderstood.clashing(intent, taken)
    return None


def decide(run: Run, plan: Plan) -> Work:
    """Open and denoise the sites of every intent."""
    at_once = all(intent.action is Action.RENAME for intent in plan.intents)
    return Renames.decided(run, plan) if at_once else InTurn.decided(run, plan)


def propose(run: Run, work: Work, plan: Plan | None = None) -> Proposal | Declined:
    """Stage, validate and repair until the set passes or the rounds are used up.

    What adds more complexity than the plan warrants goes back once, and is then shown with a warning.
    """
    sent_back = False
    while True:
        made = work.made()
        if isinstance(made, str):
            return Declined(made, run.report())
        change, files = made.change, made.files
        landed = run.tree.landed(change, files)
        if isinstance(landed, str):
            return Declined(landed, run.report())
        if isinstance(landed, Conflicted):
            return Declined(f"Nothing was written: {', '.join(landed.paths)} changed in the same places.", run.report())
        if landed[0].is_empty:
            return Declined(ALL_DONE, run.report())
        vet(run.tree.repository, landed[0], run.named)
        applied = apply(files, change)
        if isinstance(applied, Invalid):
            return Declined(f"Nothing was written: {applied.reason} ({applied.path}).", run.report())
        if isinstance(applied, Stale):
            return Declined(f"Nothing was written: {', '.join(applied.paths)} changed meanwhile. Run it again.", run.report())
        with run.phase("validate"):
            run.diagnostics = check(run, files, applied)
        run.emit(Diagnosed(run.rounds, run.diagnostics))
        excessive = excess(plan, files, applied) if plan and not run.diagnostics else None
        if excessive and not sent_back:
            sent_back = True
            if work.reconsidered((excessive,), applied):
                continue
        if excessive:
            run.notes.append(f"This change {excessive.message}.")
        if not run.diagnostics:
            return Proposal(*landed, unified_diff(*landed), run.report())
        if run.rounds >= run.request.max_rounds or run.seconds_left <= 0 or not _repair(run, work, applied):
            return Declined(failure(run.diagnostics), run.report())


def _repair(run: Run, work: Work, applied: Applied) -> bool:
    """Re-noise what the diagnostics blame; whether any decision changed."""
    run.rounds += 1
    with run.phase("repair", f"round {run.rounds}"):
        return work.reconsidered(run.diagnostics, applied)
