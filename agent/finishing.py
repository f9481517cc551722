"""The hook's second step: what is left of a refactor that was begun, decided by the denoiser, checked, and shown or written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agent import staged
from agent.begun import Ask, Placed, Unbegun, left, unfinished
from agent.deadline import lift
from agent.ending import opened
from agent.events import Emit
from agent.hook import Beginning, versions_of
from agent.loop import ALL_DONE, carry_out, load_denoiser, view
from agent.outcome import Declined, EditRequest, Outcome, PlanView, Proposal
from agent.offlimits import Named
from agent.run import Job, Run
from editops import ChangeSet, Span, TextEdit, text_edits, unified_diff
from engine import Begun, Deleted, Denoiser, Moved, Plan, names_of

Spans = Mapping[str, tuple[Span, ...]]
_ALL = (Span(0, 1 << 62),)
"""Of a file that git does not know."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left to do, as a change set over the files on disk."""

    plan: PlanView
    outcome: Outcome
    diff: str
    untouched: tuple[str, ...]
    """`path:line` of places in lines that the user has changed and not staged; their files are left alone."""
    unknown: tuple[str, ...] = ()
    """The same in files that git does not know."""


def finish(request: EditRequest, beginning: Beginning, *, write: bool, emit: Emit, denoiser: Denoiser | None = None) -> Rest | None:
    """The rest of what was begun; None: there is none that is certain. write: publish it."""
    versions = versions_of(beginning.place.root, staged.changed(beginning.place.root), disk=True)
    # Opening the repository drops the variables of the hook, and with them the index of `commit -a` and of `commit PATH`.
    foreign = _foreign(beginning)
    now = opened(request, emit)
    rest = None
    for changes in _parcels(beginning):
        tree, asks = unfinished(now, versions, changes, _Open(frozenset(beginning.open), request, emit))
        found = _carried_out(request, foreign, tree, asks, write=write, emit=emit, denoiser=denoiser) if asks else None
        if found is not None and not isinstance(found.outcome, Declined):
            return found
        rest = rest or found
    return rest


def _parcels(beginning: Beginning) -> Iterator[list[Begun]]:
    """What to finish together: all of it; where that can't be, the new names alone.

    What is deleted and still used somewhere is no refactor that could be finished: it never comes with anything else.
    """
    named = [change for change in beginning.changes if names_of(change) is not None]
    others = [change for change in beginning.open if names_of(change) is None]
    changed = [change for change in others if not isinstance(change, Deleted)]
    # A helper that nothing outside takes is finished by itself, but what it needs goes along with the definition that it belongs to.
    ways = {(change.path, change.to) for change in changed if isinstance(change, Moved)}
    changed += [change for change in beginning.changes if isinstance(change, Moved) and (change.path, change.to) in ways and change not in changed]
    if changed:
        yield [*named, *changed]
    if any(change in beginning.open for change in named):
        yield named
    elif not changed:
        yield [*named, *others]


@dataclass(frozen=True, slots=True)
class _Open:
    """Whether something of a change is certainly left."""

    changes: frozenset[Begun]
    request: EditRequest
    emit: Emit

    def __call__(self, tree: Unbegun, ask: Ask) -> bool:
        return bool(self.changes & set(ask.covers)) and bool(left(tree, ask, Job(self.request, self.emit, tree).wants))


def _carried_out(
    request: EditRequest, foreign: Spans, tree: Unbegun, asks: Sequence[Ask], *, write: bool, emit: Emit, denoiser: Denoiser | None
) -> Rest | None:
    # What has nothing certain left never needs the weights.
    chosen = load_denoiser(request.engine) if denoiser is None else denoiser
    run = Run(request, emit, tree, denoiser=chosen, generator=np.random.default_rng(request.seed))
    run.named = Named.by(paths=request.paths, globs=request.only)
    plan = Plan(tuple(intent for ask in asks for intent in ask.intents))
    run.plan = view(plan)
    sure = frozenset(place for ask in asks for place in left(tree, ask, run.wants))
    approval = _Approval(run, sure, foreign, write)
    outcome = carry_out(run, plan, approval)
    if isinstance(outcome, Declined):
        told = approval.is_certain() and outcome.reason != ALL_DONE and not all(isinstance(ask.change, Deleted) for ask in asks)
        return Rest(run.plan, outcome, "", ()) if told else None
    rest = Rest(run.plan, outcome, approval.diff, approval.untouched, approval.unknown)
    return rest if rest.diff or rest.untouched or rest.unknown else None


@dataclass(slots=True)
class _Approval:
    """Takes the proposal, without what would touch lines that are not staged."""

    run: Run
    sure: Placed
    foreign: Spans
    write: bool
    diff: str = ""
    untouched: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def __call__(self, proposal: Proposal) -> ChangeSet | None:
        """What to publish of it."""
        if not self.is_certain():
            return None
        foreign = [op for op in proposal.change.ops if isinstance(op, TextEdit) and self._is_foreign(op)]
        self.untouched = tuple(_place(op, proposal.files) for op in foreign if self.foreign[op.path] != _ALL)
        self.unknown = tuple(_place(op, proposal.files) for op in foreign if self.foreign[op.path] == _ALL)
        # Half of a file would not hold together: an import without the use below it.
        mine = {op.path for op in foreign}
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

    def _is_foreign(self, op: TextEdit) -> bool:
        return any(span.overlaps(op.span) for span in self.foreign.get(op.path, ()))


def _place(op: TextEdit, files: Mapping[str, bytes]) -> str:
    line = files[op.path].count(b"\n", 0, op.span.start) + 1
    return f"{op.path}:{line}"


def _foreign(beginning: Beginning) -> Spans:
    """Bytes of the lines on disk that are not staged; of files that git does not know, all."""
    root = beginning.place.root
    found: dict[str, tuple[Span, ...]] = {path: _ALL for path in staged.untracked(root)}
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
