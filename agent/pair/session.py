"""A conversation at work: each request through the loop, the talk about its hunks, and what is remembered of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace

import numpy as np

from agent.ending import conclude
from agent.events import Emit, Event, Planned
from agent.history import State
from agent.journal import entries, recover
from agent.loop import decide, propose, understand_request
from agent.outcome import Declined, EditRequest, Outcome, PlanView, Proposal, Proposed, Published
from agent.pair.amending import amended, former_tree, standing
from agent.pair.board import Board
from agent.pair.conversation import Conversation, Turn
from agent.pair.followup import together
from agent.pair.review import Again, Desk, Review, Stop, Take
from agent.pair.warm import Warm
from agent.recording import Recorder, RecordingLost, save
from agent.renames import Renames
from agent.run import Run
from agent.takeback import UndoConflict
from agent.work import Work
from editops import ChangeSet, LineIndex, Op, RenameFile, TextEdit, serialise
from engine import Candidate, Decided, NotUnderstood, Plan, reconsider

View = Callable[[], AbstractContextManager[Emit]]
"""Opens what shows a run; what it yields hears every event."""


@dataclass(slots=True)
class Ears:
    """Who hears the events of a run; the view comes and goes, the recorder and the board stay."""

    listeners: list[Emit] = field(default_factory=list)
    tries: bool = False
    """While it is tried whether a reading says anything, no plan is announced."""

    def __call__(self, event: Event) -> None:
        if self.tries and isinstance(event, Planned):
            return
        for listener in self.listeners:
            listener(event)


@dataclass(slots=True)
class Draft:
    """A proposal that nobody has decided about yet."""

    said: str
    run: Run
    review: Review
    ears: Ears
    recorder: Recorder
    work: Work | None = None
    """What its places were decided by; only those of renames can be denoised again hunk by hunk."""
    amends: tuple[str, ...] = ()
    """Edits on top of which it is made."""


@dataclass(frozen=True, slots=True)
class Unread:
    """The denoiser could read a request neither alone nor together with the one before."""

    reason: str
    candidates: tuple[str, ...]
    earlier: Turn | None


@dataclass(slots=True)
class Session:
    """State between requests. asked: every request but its words."""

    asked: EditRequest
    warm: Warm
    conversation: Conversation
    view: View
    board: Board = field(default_factory=Board)
    """Of the last run."""
    pending: Draft | None = None

    def draft(self, words: str) -> Draft | Declined | Unread:
        """Carry a request as far as a proposal. Where it can't be read alone, it is read together with the one before."""
        earlier = self.conversation.last()
        with self._heard(words) as (ears, recorder):
            run = self._run(words, ears)
            understood = understand_request(run)
            if isinstance(understood, NotUnderstood):
                alone = Declined(understood.sentence, run.report(), understood.candidates)
                found = self._joined(words, earlier, alone, ears, recorder) if earlier else Unread(alone.reason, alone.candidates, None)
                if isinstance(found, Unread):
                    self._forget(words, words, alone, recorder)
                return found
            with run.phase("sites"):
                work = decide(run, understood)
            return self._drafted(words, run, propose(run, work, understood), ears, recorder, work)

    def talk(self, draft: Draft, desk: Desk, *, whole: bool = False) -> Outcome | None:
        """Settle a draft with a person; None: it was paused, and `pending` holds it. whole: all of it is taken."""
        self.pending = draft
        while True:
            if whole:
                draft.review.take_all()
            answer = Take(draft.review.chosen) if whole else draft.review.talk(desk)
            whole = False
            match answer:
                case Stop.PAUSE:
                    return None
                case Stop.NOTHING:
                    return self._finished(draft, Proposed(draft.review.proposal))
                case Again(hunk, reason):
                    desk.show(self._again(draft, hunk.ops, reason))
                case Take(change):
                    outcome = self._concluded(draft, change)
                    if not isinstance(outcome, Declined):
                        return self._finished(draft, outcome)
                    desk.show(f"{outcome.reason}\n")
                    draft.review.reopen()

    def refuse(self) -> None:
        """Write nothing of what is pending."""
        if self.pending is not None:
            self._finished(self.pending, Proposed(self.pending.review.proposal))

    def leave(self) -> None:
        """The end of the conversation; what is pending is remembered as left in the middle."""
        if self.pending is not None:
            draft, self.pending = self.pending, None
            proposal = draft.review.proposal
            draft.recorder.finish(Proposed(proposal))
            turn = Turn(draft.said, draft.run.request.instruction, "open", "paused", draft.run.plan, draft.amends, serialise(proposal.change))
            self._remember(turn, draft.recorder)

    def _run(self, words: str, emit: Emit) -> Run:
        tree = self.warm.opened(emit)
        request = replace(self.asked, instruction=words, engine=self.warm.engine)
        return Run(request, emit, tree, denoiser=self.warm.loaded(), generator=np.random.default_rng(request.seed), watched=True)

    @contextmanager
    def _heard(self, words: str) -> Iterator[tuple[Ears, Recorder]]:
        """Somebody sees, records and remembers what happens; a run that is broken off is remembered as well."""
        self.board = Board()
        recorder = Recorder(replace(self.asked, instruction=words, engine=self.warm.engine))
        ears = Ears([recorder, self._note])
        try:
            with self._seen(ears):
                yield ears, recorder
        except KeyboardInterrupt:
            recorder.finish(None)
            self._remember(Turn(words, words, "open", "stopped"), recorder)
            raise

    @contextmanager
    def _seen(self, ears: Ears) -> Iterator[None]:
        with self.view() as seen:
            ears.listeners.append(seen)
            try:
                yield
            finally:
                ears.listeners.remove(seen)

    def _note(self, event: Event) -> None:
        self.board.hear(event)

    def _drafted(
        self, said: str, run: Run, proposal: Proposal | Declined, ears: Ears, recorder: Recorder, work: Work | None,
        amends: tuple[str, ...] = (),
    ) -> Draft | Declined:  # fmt: skip
        if isinstance(proposal, Declined):
            self._forget(said, run.request.instruction, proposal, recorder, run.plan)
            return proposal
        return Draft(said, run, Review.of(proposal), ears, recorder, work, amends)

    def _joined(self, words: str, earlier: Turn, alone: Declined, ears: Ears, recorder: Recorder) -> Draft | Declined | Unread:
        """Both requests as one text: in the present tree where the earlier one left no trace, else on top of what it did."""
        repeated = words == earlier.said and earlier.outcome != "published"
        text = earlier.instruction if repeated else together(earlier.instruction, words)
        known = None if repeated else earlier.plan
        unread = Unread(alone.reason, alone.candidates, earlier)
        run = self._run(text, ears)
        stands = standing(run.tree.repository, earlier.entries)
        if not any(stands):
            found = _said_more(run, known, ears)
            if found is None:
                return unread
            with run.phase("sites"):
                work = decide(run, found)
            return self._drafted(words, run, propose(run, work, found), ears, recorder, work)
        if not all(stands) or run.tree.repository.head() is None:
            return unread
        with former_tree(run.tree.repository, earlier.entries) as former:
            if isinstance(former, UndoConflict):
                return unread
            own = Run(replace(run.request, repository=former.repository.root), ears, Warm(former.repository.root).opened(ears),
                      denoiser=run.denoiser, generator=run.generator, watched=True)  # fmt: skip
            found = _said_more(own, known, ears)
            if found is None:
                return unread
            with own.phase("sites"):
                work = decide(own, found)
            made = propose(own, work, found)
            proposal = made if isinstance(made, Declined) else amended(run, own.tree, former.paths, made)
        return self._drafted(words, run, proposal, ears, recorder, None, earlier.entries)

    def _again(self, draft: Draft, ops: Sequence[Op], reason: str) -> str:
        """Make the places of a hunk noise again and propose anew; the sentence about what came of it."""
        run, work = draft.run, draft.work
        assert isinstance(work, Renames), "the desk does not offer it"
        run.started, run.rounds, former = time.monotonic(), 0, list(run.decided)
        with self._seen(draft.ears):
            with run.phase("repair", "what you refused"):
                moved = sum(self._reconsidered(run, work.texts, i, ops, reason) for i in range(len(run.sites)))
            proposal = propose(run, work) if moved else draft.review.proposal
        if not moved:
            return "The engine, which is told what you refuse but not why, decides the same again: take it, leave it out or edit it by hand.\n"
        if isinstance(proposal, Declined):
            run.decided[:] = former
            return f"Another decision was found, but it does not hold. {proposal.reason} The hunk stays as it was.\n"
        draft.review = Review.of(proposal, draft.review.pieces)
        if any(piece.hunk.ops == ops for piece in draft.review.pieces):
            return "It was decided otherwise, which broke the code, so the checks brought it back: take it, leave it out or edit it by hand.\n"
        return f"{moved} {'place is' if moved == 1 else 'places are'} decided differently now.\n"

    def _reconsidered(self, run: Run, texts: Mapping[str, str], i: int, ops: Sequence[Op], reason: str) -> int:
        """How many decisions of intent `i` changed."""
        decided, sites = run.decided[i], run.sites[i]
        touched = _touched(ops, run)
        blamed = frozenset(number for number, item in enumerate(decided) if item.is_change and _is_in(item.candidate, touched, texts))
        if not blamed:
            return 0
        run.watching.renoised((decided[number] for number in blamed), f"refused: {reason}" if reason else "refused")
        again, result = reconsider(sites, decided, blamed, run.denoiser, run.sampler, run.generator, run.watching.watch(sites))
        run.watching.settled(sites, again, texts)
        run.spent(result.forward_passes, result.lexeme_passes)
        run.decided[i] = again
        before, after = _values(decided), _values(again)
        return sum(before.get(key) != after.get(key) for key in before.keys() | after.keys())

    def _concluded(self, draft: Draft, change: ChangeSet) -> Outcome:
        proposal, repository = draft.review.proposal, draft.run.tree.repository
        known = {entry.id for entry in entries(repository)}
        try:
            with self._seen(draft.ears):
                outcome = conclude(draft.run, proposal, lambda proposal: change)
        except KeyboardInterrupt:
            # It may have come before or behind the one line that decides; what is half written goes back.
            recover(repository)
            written = [entry for entry in entries(repository) if entry.id not in known and entry.state is State.PUBLISHED]
            if not written:
                raise
            return Published(replace(proposal, change=change), written[-1].id)
        if isinstance(outcome, Published) and draft.work is None:
            # The places were looked at in another tree than the one that was written to.
            return replace(outcome, proposal=replace(outcome.proposal, report=proposal.report))
        return outcome

    def _finished(self, draft: Draft, outcome: Published | Proposed) -> Outcome:
        self.pending = None
        draft.recorder.finish(outcome)
        entries = (*draft.amends, outcome.entry) if isinstance(outcome, Published) else draft.amends
        name = "published" if isinstance(outcome, Published) else "proposed"
        stream = serialise(outcome.proposal.change)
        turn = Turn(draft.said, draft.run.request.instruction, name, "", draft.run.plan, entries, stream)
        self._remember(turn, draft.recorder)
        return outcome

    def _forget(self, said: str, words: str, declined: Declined, recorder: Recorder, plan: PlanView | None = None) -> None:
        """Nothing came of a request; that it was made is remembered."""
        recorder.finish(declined)
        self._remember(Turn(said, words, "declined", declined.reason, plan), recorder)

    def _remember(self, turn: Turn, recorder: Recorder) -> None:
        place = self.conversation.recording()
        if place is not None:
            with suppress(RecordingLost):  # What became of the request is settled, recorded or not.
                save(recorder, place)
                turn = replace(turn, recording=place.name)
        self.conversation.add(turn)


def _touched(ops: Sequence[Op], run: Run) -> list[tuple[str, int, int]]:
    """Path, first and last line of each operation; line 0 is the path itself."""
    found = [(op.src, 0, 0) for op in ops if isinstance(op, RenameFile)]
    edits = [op for op in ops if isinstance(op, TextEdit)]
    indices = {path: LineIndex(run.tree.data(path) or b"") for path in {edit.path for edit in edits}}
    return found + [(op.path, indices[op.path].position(op.span.start)[0], indices[op.path].position(op.span.end)[0]) for op in edits]


def _is_in(place: Candidate, touched: Sequence[tuple[str, int, int]], texts: Mapping[str, str]) -> bool:
    """Whether a place lies in these lines; that of a folder lies in whatever is renamed along with it."""
    if place.start < 0:
        return any(last == 0 and (path == place.path or path.startswith(place.path.rstrip("/") + "/")) for path, _, last in touched)
    near = [(first, last) for path, first, last in touched if path == place.path]
    line = texts[place.path].count("\n", 0, place.start) + 1 if near else 0
    return any(first <= line <= last for first, last in near)


def _values(decided: Sequence[Decided]) -> dict[tuple[str, int, str], object]:
    return {(item.candidate.path, item.candidate.start, item.candidate.before): item.value for item in decided}


def _said_more(run: Run, earlier: PlanView | None, ears: Ears) -> Plan | None:
    """The plan of a request that was joined to an earlier one; None where it means no more than the earlier plan."""
    ears.tries = True
    understood = understand_request(run)
    ears.tries = False
    if isinstance(understood, NotUnderstood) or run.plan is None or run.plan == _bare(earlier, run.plan):
        return None
    ears(Planned(run.plan))
    return understood


def _bare(earlier: PlanView | None, now: PlanView | None) -> PlanView | None:
    """The earlier plan with the confidences of the present one: whether more was understood does not hang on them."""
    if earlier is None or now is None or len(earlier.intents) != len(now.intents):
        return earlier
    pairs = zip(earlier.intents, now.intents, strict=True)
    return replace(earlier, intents=tuple(replace(old, confidence=new.confidence) for old, new in pairs))
