"""The loop: locate, plan, sites, stage, validate, repair, publish. Everything is written at the end, or nothing is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from agent.checking import check
from agent.ending import Approve, conclude, failure, opened
from agent.events import Denoised, Diagnosed, Emit, Planned
from agent.guard import vet
from agent.locator import context_of, texts_of
from agent.outcome import Declined, EditRequest, IntentView, Outcome, PlanView, Proposal
from agent.repair import blame
from agent.run import Run
from editops import Applied, ChangeSet, Conflicted, Invalid, Op, RenameFile, Stale, TextEdit, apply, unified_diff
from engine import (
    Denoiser,
    EmbeddedDenoiser,
    Intent,
    NotUnderstood,
    Plan,
    StepEvent,
    UnknownEngine,
    clamped,
    clash,
    denoise_sites,
    locate,
    open_sites,
    operations,
    qualified,
    reconsider,
    understand,
)

def edit(request: EditRequest, *, emit: Emit, approve: Approve, denoiser: Denoiser | None = None) -> Outcome:
    """Carry out one request."""
    run = start(request, emit, denoiser)
    understood = understand_request(run)
    if isinstance(understood, NotUnderstood):
        return Declined(understood.sentence, run.report(), understood.candidates)
    return carry_out(run, understood, approve)


def carry_out(run: Run, plan: Plan, approve: Approve) -> Outcome:
    """Do what a plan says, wherever it comes from."""
    with run.phase("sites"):
        texts = decide(run, plan)
    proposal = propose(run, texts)
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
    if name != "embedded":
        raise UnknownEngine(f"There is no engine {name}: `redraft engines` lists them.")
    return EmbeddedDenoiser.load()


def start(request: EditRequest, emit: Emit, denoiser: Denoiser | None) -> Run:
    """Open the repository, finish what an interrupted run left, and load the denoiser."""
    tree = opened(request, emit)
    chosen = load_denoiser(request.engine) if denoiser is None else denoiser
    return Run(request, emit, tree, denoiser=chosen, generator=np.random.default_rng(request.seed))


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
            lambda words: locate(words, run.tree.paths),
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
        intents=tuple(
            IntentView(intent.target.kind.value, qualified(intent.target), intent.target.name, intent.new, intent.confidence)
            for intent in plan.intents
        ),
        only=tuple(str(place) for place in plan.only),
        exclude=tuple(str(place) for place in plan.exclude),
        keep_alias=plan.keep_alias,
    )


def _clashing(run: Run, intents: tuple[Intent, ...]) -> NotUnderstood | None:
    """A new name that is taken where the target stands; a name that the same request frees is not."""
    freed = {qualified(intent.target) for intent in intents}
    for intent in intents:
        taken = clash(run.tree.project, intent)
        if taken is not None and qualified(taken) not in freed:
            return NotUnderstood.clashing(intent, taken)
    return None


def decide(run: Run, plan: Plan) -> dict[str, str]:
    """Open and denoise the sites of every intent; returns the texts they stand in."""
    texts: dict[str, str] = {}

    def stepped(event: StepEvent) -> None:
        run.emit(Denoised(event.step, event.slots, event.settled, event.revised))

    for intent in plan.intents:
        own = texts_of(run.tree, intent.target)
        texts.update(own)
        sites = clamped(open_sites(run.tree.project, intent, plan, own, run.tree.paths, run.wants), run.tree.done)
        decided, result = denoise_sites(sites, run.denoiser, run.sampler, run.generator, stepped)
        run.spent(result.forward_passes, result.lexeme_passes)
        run.sites.append(sites)
        run.decided.append(decided)
    return texts


def operations_of(run: Run, texts: Mapping[str, str]) -> list[Op]:
    """The operations of all intents; where two speak of one place, the later one holds."""
    files = {path: run.tree.data(path) or b"" for path in texts}
    ops = [op for decided in run.decided for op in operations(decided, texts, files, run.tree.paths)]
    edits = {(op.path, op.span): op for op in ops if isinstance(op, TextEdit)}
    renames = {op.src: op for op in ops if isinstance(op, RenameFile)}
    return [*edits.values(), *renames.values()]


def propose(run: Run, texts: Mapping[str, str]) -> Proposal | Declined:
    """Stage, validate and repair until the set passes or the rounds are used up."""
    while True:
        ops = operations_of(run, texts)
        if not ops:
            return Declined("Nothing would change: every place that holds the name was kept.", run.report())
        # What was skipped cannot be edited, but it can be broken.
        files = _files(run, set(texts) | set(run.tree.skipped) | {_base_path(op) for op in ops})
        change = ChangeSet.of(ops, {path: files[path] for path in {_base_path(op) for op in ops}})
        landed = run.tree.landed(change, files)
        if isinstance(landed, Conflicted):
            return Declined(f"Nothing was written: {', '.join(landed.paths)} changed in the same places.", run.report())
        if landed[0].is_empty:
            return Declined("Nothing would change: it is all done.", run.report())
        vet(run.tree.repository, landed[0], run.named)
        applied = apply(files, change)
        if isinstance(applied, Invalid):
            return Declined(f"Nothing was written: {applied.reason} ({applied.path}).", run.report())
        if isinstance(applied, Stale):
            return Declined(f"Nothing was written: {', '.join(applied.paths)} changed meanwhile. Run it again.", run.report())
        with run.phase("validate"):
            run.diagnostics = check(run, files, applied)
        run.emit(Diagnosed(run.rounds, run.diagnostics))
        if not run.diagnostics:
            return Proposal(*landed, unified_diff(*landed), run.report())
        if run.rounds >= run.request.max_rounds or run.seconds_left <= 0 or not _repair(run, texts, applied):
            return Declined(failure(run.diagnostics), run.report())


def _files(run: Run, paths: set[str]) -> dict[str, bytes]:
    return {path: data for path in sorted(paths) if (data := run.tree.data(path)) is not None}


def _base_path(op: Op) -> str:
    return op.src if isinstance(op, RenameFile) else op.path if isinstance(op, TextEdit) else ""


def _repair(run: Run, texts: Mapping[str, str], applied: Applied) -> bool:
    """Re-noise what the diagnostics blame; whether any decision changed."""
    run.rounds += 1
    origin = {after: before for before, after in applied.renamed.items()}
    moved = False
    with run.phase("repair", f"round {run.rounds}"):
        for i, (sites, decided) in enumerate(zip(run.sites, run.decided, strict=True)):
            guilty = blame(run.diagnostics, decided, texts, lambda path: origin.get(path, path))
            if guilty:
                again, result = reconsider(sites, decided, guilty, run.denoiser, run.sampler, run.generator)
                run.spent(result.forward_passes, result.lexeme_passes)
                moved = moved or [item.value for item in again] != [item.value for item in decided]
                run.decided[i] = again
    return moved
