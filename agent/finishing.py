"""The hook's second step: what is left of a refactor that was begun, decided by the denoiser, checked, and shown or written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from agent import staged
from agent.begun import Ask, Placed, Unbegun, asks_of, left, unbegun
from agent.deadline import lift
from agent.ending import opened
from agent.events import Emit
from agent.hook import Beginning, versions_of
from agent.loop import carry_out, load_denoiser, view
from agent.outcome import Declined, EditRequest, Outcome, PlanView, Proposal
from agent.offlimits import Named
from agent.run import Job, Run
from editops import ChangeSet, Op, Span, TextEdit, text_edits, unified_diff
from engine import Deleted, Denoiser, Plan

Spans = Mapping[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left to do, as a change set over the files on disk."""

    plan: PlanView
    outcome: Outcome
    diff: str
    untouched: tuple[str, ...]
    """`path:line` of places in lines that the user has changed and not staged; their files are left alone."""


def finish(request: EditRequest, beginning: Beginning, *, write: bool, emit: Emit, denoiser: Denoiser | None = None) -> Rest | None:
    """The rest of what was begun; None: there is none that is certain. write: publish it."""
    root = beginning.place.root
    versions = versions_of(root, staged.changed(root), disk=True)
    foreign = _foreign(beginning)
    tree = unbegun(opened(request, emit), versions, beginning.changes)
    asks, sure = _open_asks(tree, beginning, Job(request, emit, tree).wants)
    if not asks:
        return None
    # What has nothing certain left never needs the weights.
    chosen = load_denoiser(request.engine) if denoiser is None else denoiser
    run = Run(request, emit, tree, denoiser=chosen, generator=np.random.default_rng(request.seed))
    run.named = Named.by(paths=request.paths, globs=request.only)
    plan = Plan(tuple(intent for ask in asks for intent in ask.intents))
    run.plan = view(plan)
    approval = _Approval(run, sure, foreign, write)
    outcome = carry_out(run, plan, approval)
    if isinstance(outcome, Declined):
        # What is deleted and still used somewhere is no refactor that could be finished.
        if all(isinstance(ask.change, Deleted) for ask in asks):
            return None
        return Rest(run.plan, outcome, "", ()) if approval.is_certain() else None
    return Rest(run.plan, outcome, approval.diff, approval.untouched) if approval.diff else None


def _open_asks(tree: Unbegun, beginning: Beginning, wants: Callable[[str], bool]) -> tuple[list[Ask], Placed]:
    """The changes of which something is certainly left, and those places."""
    asks: list[Ask] = []
    places: Placed = frozenset()
    for ask in asks_of(tree, beginning.open):
        found = left(tree, ask, wants)
        if found:
            asks.append(ask)
            places |= found
    return asks, places


@dataclass(slots=True)
class _Approval:
    """Takes the proposal, without what would touch lines that are not staged."""

    run: Run
    sure: Placed
    foreign: Spans
    write: bool
    diff: str = ""
    untouched: tuple[str, ...] = ()

    def __call__(self, proposal: Proposal) -> ChangeSet | None:
        """What to publish of it."""
        if not self.is_certain():
            return None
        foreign = [op for op in proposal.change.ops if self._is_foreign(op)]
        self.untouched = tuple(_place(op, proposal.files) for op in foreign)
        # Half of a file would not hold together: an import without the use below it.
        mine = {op.path for op in foreign if isinstance(op, TextEdit)}
        kept = [op for op in proposal.change.ops if not (isinstance(op, TextEdit) and op.path in mine)]
        change = ChangeSet.of(kept, proposal.files, proposal.change.safety)
        self.diff = unified_diff(change, proposal.files)
        if not self.write:
            return None
        # Files are never left half written.
        lift()
        return change

    def is_certain(self) -> bool:
        """Whether the denoiser agrees that one of the places which resolve to the target has to change."""
        changed = (item.candidate for decided in self.run.decided for item in decided if item.is_change)
        return any((candidate.path, candidate.start) in self.sure for candidate in changed)

    def _is_foreign(self, op: Op) -> bool:
        return isinstance(op, TextEdit) and any(span.overlaps(op.span) for span in self.foreign.get(op.path, ()))


def _place(op: Op, files: Mapping[str, bytes]) -> str:
    assert isinstance(op, TextEdit)
    line = files[op.path].count(b"\n", 0, op.span.start) + 1
    return f"{op.path}:{line}"


def _foreign(beginning: Beginning) -> Spans:
    """Bytes of the lines on disk that are not staged; of files that git does not know, all."""
    root = beginning.place.root
    found: dict[str, tuple[Span, ...]] = {path: (Span(0, 1 << 62),) for path in staged.untracked(root)}
    entries = staged.unstaged(root)
    blobs = staged.Blobs(root)
    blobs.read(entry.before for entry in entries)
    for entry in entries:
        if entry.now is not None:
            before, now = blobs.data(entry.before) or b"", (root / entry.now).read_bytes()
            found[entry.now] = tuple(_changed_lines(before, now))
    return found


def _changed_lines(before: bytes, now: bytes) -> Iterator[Span]:
    """What stands at `now` in place of changed lines."""
    grown = 0
    for edit in text_edits("text", before, now):
        start = edit.span.start + grown
        yield Span(start, start + len(edit.after))
        grown += len(edit.after) - edit.span.length
