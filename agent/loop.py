"""The loop: locate, plan, sites, stage, validate, repair, publish. Everything is written at the end, or nothing is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch

import numpy as np

from agent.events import Denoised, Diagnosed, Emit, PhaseStarted, Planned
from agent.journal import recover
from agent.locator import Tree, context_of, texts_of
from agent.outcome import (
    Decision,
    Declined,
    EditRequest,
    IntentView,
    Outcome,
    PlanView,
    Proposal,
    Proposed,
    Published,
    Report,
    SiteDecision,
)
from agent.publish import publish
from agent.repair import blame
from agent.validators import ValidationContext, validate
from agent.worktree import Repository, stage
from editops import Applied, ChangeSet, Op, TextEdit, apply, unified_diff
from engine import (
    Decided,
    Denoiser,
    Diagnostic,
    EmbeddedDenoiser,
    IntentSites,
    NotUnderstood,
    Plan,
    Sampler,
    StepEvent,
    UnknownEngine,
    clash,
    denoise_sites,
    locate,
    open_sites,
    operations,
    qualified,
    reconsider,
    understand,
)

UNSURE = 0.6
"""Below this probability a decision is shown as unsure."""
_VALIDATED = (".py", ".pyi")


def load_denoiser(name: str) -> Denoiser:
    """The denoiser behind an engine's name."""
    if name != "embedded":
        raise UnknownEngine(f"There is no engine {name}: `redraft engines` lists them.")
    return EmbeddedDenoiser.load()


@dataclass(slots=True)
class _Run:
    """State of one request."""

    request: EditRequest
    emit: Emit
    denoiser: Denoiser
    tree: Tree
    generator: np.random.Generator
    sampler: Sampler = field(default_factory=Sampler)
    started: float = field(default_factory=time.monotonic)
    timings: dict[str, float] = field(default_factory=dict)
    plan: PlanView | None = None
    sites: list[IntentSites] = field(default_factory=list)
    decided: list[list[Decided]] = field(default_factory=list)
    diagnostics: tuple[Diagnostic, ...] = ()
    passes: int = 0
    lexemes: int = 0
    rounds: int = 0

    @contextmanager
    def phase(self, name: str, detail: str = "") -> Iterator[None]:
        self.emit(PhaseStarted(name, detail))
        began = time.monotonic()
        yield
        self.timings[name] = self.timings.get(name, 0.0) + time.monotonic() - began

    def spent(self, passes: int, lexemes: int) -> None:
        self.passes += passes
        self.lexemes += lexemes

    def report(self) -> Report:
        return Report(
            instruction=self.request.instruction,
            plan=self.plan,
            receipt=tuple(_receipt(self.decided, self.tree)),
            diagnostics=self.diagnostics,
            skipped=dict(self.tree.skipped),
            timings={**self.timings, "total": time.monotonic() - self.started},
            forward_passes=self.passes,
            lexeme_passes=self.lexemes,
            rounds=self.rounds,
        )


def edit(
    request: EditRequest,
    *,
    emit: Emit,
    approve: Callable[[Proposal], ChangeSet | None],
    denoiser: Denoiser | None = None,
) -> Outcome:
    """Carry out one request; `approve` gets the validated proposal and says what of it to publish (None: nothing)."""
    run = _open(request, emit, denoiser)
    plan = _plan(run)
    if isinstance(plan, NotUnderstood):
        return Declined(plan.sentence, run.report(), plan.candidates)
    with run.phase("sites"):
        texts = _decide(run, plan)
    ops = _operations(run, texts)
    if not ops:
        return Declined("Nothing would change: every place that holds the name was kept.", run.report())
    checked = _validated(run, texts, ops)
    if isinstance(checked, Declined):
        return checked
    chosen = approve(checked)
    if chosen is None or chosen.is_empty:
        return Proposed(checked)
    return _publish(run, checked, chosen)


def plan(request: EditRequest, *, emit: Emit, denoiser: Denoiser | None = None) -> PlanView | Declined:
    """Only say what a request is understood to mean."""
    run = _open(request, emit, denoiser)
    found = _plan(run)
    if isinstance(found, NotUnderstood):
        return Declined(found.sentence, run.report(), found.candidates)
    return run.plan or PlanView(())


def _open(request: EditRequest, emit: Emit, denoiser: Denoiser | None) -> _Run:
    repository = Repository.open(request.repository)
    recover(repository)
    chosen = load_denoiser(request.engine) if denoiser is None else denoiser
    return _Run(request, emit, chosen, Tree(repository, tuple(repository.files())), np.random.default_rng(request.seed))


def _plan(run: _Run) -> Plan | NotUnderstood:
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
    if isinstance(found, Plan):
        run.plan = PlanView(
            intents=tuple(
                IntentView(intent.target.kind.value, qualified(intent.target), intent.target.name, intent.new, intent.confidence)
                for intent in found.intents
            ),
            only=tuple(str(place) for place in found.only),
            exclude=tuple(str(place) for place in found.exclude),
            keep_alias=found.keep_alias,
        )
        run.emit(Planned(run.plan))
        for intent in found.intents:
            taken = clash(run.tree.project, intent)
            if taken is not None:
                return NotUnderstood.clashing(intent, taken)
    return found


def _decide(run: _Run, plan: Plan) -> dict[str, str]:
    """Open and denoise the sites of every intent; returns the texts they stand in."""
    texts: dict[str, str] = {}

    def stepped(event: StepEvent) -> None:
        run.emit(Denoised(event.step, event.slots, event.settled, event.revised))

    for intent in plan.intents:
        own = texts_of(run.tree, intent.target)
        texts.update(own)
        sites = open_sites(run.tree.project, intent, plan, own, run.tree.paths, lambda path: _is_wanted(path, run.request))
        decided, result = denoise_sites(sites, run.denoiser, run.sampler, run.generator, stepped)
        run.spent(result.forward_passes, result.lexeme_passes)
        run.sites.append(sites)
        run.decided.append(decided)
    return texts


def _is_wanted(path: str, request: EditRequest) -> bool:
    """Whether the request's own paths and globs let a file change."""
    bare = path.rstrip("/")
    inside = not request.paths or any(p in ("", ".") or bare == p or bare.startswith(p.rstrip("/") + "/") for p in request.paths)
    wanted = not request.only or any(fnmatch(bare, glob) for glob in request.only)
    return inside and wanted and not any(fnmatch(bare, glob) for glob in request.exclude)


def _operations(run: _Run, texts: Mapping[str, str]) -> list[Op]:
    files = {path: run.tree.data(path) or b"" for path in texts}
    ops = [op for decided in run.decided for op in operations(decided, texts, files, run.tree.paths)]
    spans = {(op.path, op.span): op for op in ops if isinstance(op, TextEdit)}
    return [*spans.values(), *dict.fromkeys(op for op in ops if not isinstance(op, TextEdit))]


def _validated(run: _Run, texts: Mapping[str, str], ops: list[Op]) -> Proposal | Declined:
    """Stage, validate and repair until the set passes or the rounds are used up."""
    while True:
        touched = {path for op in ops for path in _paths(op)} | set(texts)
        files = {path: data for path in touched if (data := run.tree.data(path)) is not None}
        change = ChangeSet.of(ops, {path: data for path, data in files.items() if path in {p for op in ops for p in _paths(op)}})
        applied = apply(files, change)
        if not isinstance(applied, Applied):
            return Declined(f"The edit does not apply: {applied}.", run.report())
        with run.phase("validate"):
            run.diagnostics = tuple(_check(run, files, applied))
        run.emit(Diagnosed(run.rounds, run.diagnostics))
        if not run.diagnostics:
            return Proposal(change, files, unified_diff(change, files), run.report())
        out_of_time = time.monotonic() - run.started > run.request.max_seconds
        if run.rounds >= run.request.max_rounds or out_of_time:
            return Declined(_failure(run.diagnostics), run.report())
        run.rounds += 1
        with run.phase("repair", f"round {run.rounds}"):
            moved = _repair(run, texts, applied)
        ops = _operations(run, texts)
        if not moved or not ops:
            return Declined(_failure(run.diagnostics), run.report())


def _paths(op: Op) -> tuple[str, ...]:
    return (op.path,) if isinstance(op, TextEdit) else tuple(p for p in (getattr(op, "src", None), getattr(op, "path", None)) if p)


def _check(run: _Run, files: Mapping[str, bytes], applied: Applied) -> list[Diagnostic]:
    repository, request = run.tree.repository, run.request
    before = {path: data for path, data in files.items() if path.endswith(_VALIDATED) or path in applied.files}
    after = {path: data for path, data in {**before, **applied.files}.items() if path not in applied.removed and path not in applied.renamed}
    for source, destination in applied.renamed.items():
        after.setdefault(destination, before[source])
    paths = (set(run.tree.paths) - set(applied.removed) - set(applied.renamed)) | set(after)
    with stage(repository, applied, full=request.tests is not None) as staged:
        context = ValidationContext(
            before=before,
            after=after,
            renamed=dict(applied.renamed),
            paths=paths,
            read=lambda path: after[path] if path in after else run.tree.data(path),
            staged=staged.path,
            tests=request.tests,
            timeout=max(1.0, request.max_seconds - (time.monotonic() - run.started)),
            baseline=lambda: stage(repository, Applied({}, frozenset(), {}), full=True),
        )
        return validate(context)


def _repair(run: _Run, texts: Mapping[str, str], applied: Applied) -> bool:
    """Re-noise what the diagnostics blame; whether any decision changed."""
    back = {destination: source for source, destination in applied.renamed.items()}
    moved = False
    for i, (sites, decided) in enumerate(zip(run.sites, run.decided, strict=True)):
        guilty = blame(run.diagnostics, decided, texts, lambda path: back.get(path, path))
        if not guilty:
            continue
        chosen = {id(decided[index]) for index in guilty}
        again, result = reconsider(sites, decided, lambda item: id(item) in chosen, run.denoiser, run.sampler, run.generator)
        run.spent(result.forward_passes, result.lexeme_passes)
        moved = moved or [d.value for d in again] != [d.value for d in decided]
        run.decided[i] = again
    return moved


def _failure(diagnostics: tuple[Diagnostic, ...]) -> str:
    first = diagnostics[0]
    place = f" ({first.path}:{first.line})" if first.path else ""
    more = f", and {len(diagnostics) - 1} more" if len(diagnostics) > 1 else ""
    return f"The edit was not published because it would break the code: {first.message}{place}{more}."


def _publish(run: _Run, proposal: Proposal, chosen: ChangeSet) -> Outcome:
    with run.phase("publish"):
        entry = publish(run.tree.repository, chosen, run.request.instruction)
    if not hasattr(entry, "id"):
        return Declined("Nothing was written: the files changed while the edit was prepared. Run it again.", run.report())
    done = Proposal(chosen, proposal.files, unified_diff(chosen, proposal.files), run.report())
    return Published(done, entry.id)


def _receipt(decided: list[list[Decided]], tree: Tree) -> Iterator[SiteDecision]:
    for item in (item for decisions in decided for item in decisions):
        candidate = item.candidate
        if not candidate.before and not item.is_change:
            continue
        text = tree.text(candidate.path) if candidate.start >= 0 else None
        start = max(candidate.start, 0)
        line = text.count("\n", 0, start) + 1 if text is not None else 0
        column = start - (text.rfind("\n", 0, start) + 1) if text is not None else 0
        settled = Decision.CHANGE if item.is_change else Decision.KEEP
        yield SiteDecision(
            path=candidate.path,
            line=line,
            column=column,
            before=candidate.before,
            after=item.after.strip("\n") if item.is_change else None,
            decision=settled if item.confidence >= UNSURE else Decision.UNSURE,
            confidence=item.confidence,
            role=candidate.label,
            reason=candidate.reason,
        )
