"""The talk about the hunks of a proposal: take, leave, edit by hand, ask again; what was answered outlives a new proposal.

Talks through the functions of a `Desk`; knows neither the terminal nor how a hunk is denoised again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from agent.hunks import Hunk, select, split
from agent.outcome import Proposal
from agent.prompt import letter_of
from editops import Applied, ChangeSet, Op, Span, TextEdit, apply, text_edits, unified_diff

HELP = """\
y  take this hunk
n  leave this hunk out
e  edit it by hand
r  ask again: its places become noise and are decided anew, everything else stays as it is
a  take this and all later hunks
d  leave this and all later hunks out
b  back to the hunk before
p  pause: write nothing now, /review goes on from here
q  write nothing of it
"""


class Verdict(Enum):
    OPEN = "open"
    TAKEN = "taken"
    LEFT = "left out"


@dataclass(frozen=True, slots=True)
class Piece:
    """A hunk and what was said about it."""

    hunk: Hunk
    verdict: Verdict = Verdict.OPEN
    edited: tuple[Op, ...] | None = None
    """Its operations after an edit by hand."""

    @property
    def ops(self) -> tuple[Op, ...]:
        return self.hunk.ops if self.edited is None else self.edited


@dataclass(frozen=True, slots=True)
class Take:
    """Publish this; it may be empty."""

    change: ChangeSet


@dataclass(frozen=True, slots=True)
class Again:
    """Decide this hunk anew."""

    hunk: Hunk
    reason: str


class Stop(Enum):
    PAUSE = "pause"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Desk:
    """How a person is shown things and asked."""

    ask: Callable[[str], str]
    show: Callable[[str], None]
    """A diff, or help."""
    edit: Callable[[str, str], str | None]
    """(text, name of its file) -> the text as the person left it; None: as it was."""
    can_ask_again: bool = True


@dataclass(slots=True)
class Review:
    """The pieces of one proposal."""

    proposal: Proposal
    pieces: list[Piece]

    @classmethod
    def of(cls, proposal: Proposal, former: Iterable[Piece] = ()) -> Review:
        """What was said about the same hunks in a former proposal still holds."""
        known = {piece.hunk.ops: piece for piece in former}
        hunks = split(proposal.change, proposal.files)
        return cls(proposal, [known.get(hunk.ops, Piece(hunk)) for hunk in hunks])

    @property
    def chosen(self) -> ChangeSet:
        """What is taken so far."""
        taken = [piece for piece in self.pieces if piece.verdict is Verdict.TAKEN]
        if len(taken) == len(self.pieces) and all(piece.edited is None for piece in taken):
            return self.proposal.change
        edited = [Hunk(piece.hunk.path, piece.ops, "") for piece in taken]
        return select(self.proposal.change, self.proposal.files, edited)

    def take_all(self) -> None:
        self.pieces = [_with(piece, Verdict.TAKEN) for piece in self.pieces]

    def reopen(self) -> None:
        """Ask about every hunk again; edits by hand stay."""
        self.pieces = [_with(piece, Verdict.OPEN) for piece in self.pieces]

    def talk(self, desk: Desk) -> Take | Again | Stop:
        """Ask about every open hunk. Ctrl-C and end of input are a pause, with all answers kept."""
        try:
            return self._talk(desk)
        except (KeyboardInterrupt, EOFError):
            return Stop.PAUSE

    def _talk(self, desk: Desk) -> Take | Again | Stop:
        at = self._next_open(0)
        while at < len(self.pieces):
            piece = self.pieces[at]
            desk.show(self._diff(piece))
            match self._answer(desk, at):
                case "y":
                    self.pieces[at] = _with(piece, Verdict.TAKEN)
                case "n":
                    self.pieces[at] = _with(piece, Verdict.LEFT)
                case "e":
                    self._edit(desk, at)
                    continue
                case "r":
                    return Again(piece.hunk, desk.ask("What is wrong with it? "))
                case "a" | "d" as letter:
                    verdict = Verdict.TAKEN if letter == "a" else Verdict.LEFT
                    self.pieces[at:] = [_with(p, verdict) if p.verdict is Verdict.OPEN else p for p in self.pieces[at:]]
                case "b":
                    at = max(0, at - 1)
                    continue
                case "p":
                    return Stop.PAUSE
                case "q":
                    return Stop.NOTHING
            at = self._next_open(at + 1)
        return Take(self.chosen)

    def _next_open(self, start: int) -> int:
        return next((i for i in range(start, len(self.pieces)) if self.pieces[i].verdict is Verdict.OPEN), len(self.pieces))

    def _answer(self, desk: Desk, at: int) -> str:
        letters = "yner"[: 4 if desk.can_ask_again else 3] + "adbpq"
        piece = self.pieces[at]
        so_far = "" if piece.verdict is Verdict.OPEN else f", {piece.verdict.value} so far"
        while True:
            answer = letter_of(desk.ask(f"({at + 1}/{len(self.pieces)}{so_far}) Take this hunk? [{','.join(letters)},?] "))
            if answer and answer in letters:
                return answer
            desk.show(HELP if desk.can_ask_again else _without_again())

    def _edit(self, desk: Desk, at: int) -> None:
        piece = self.pieces[at]
        region = _region(piece, self.proposal.files)
        if region is None:
            desk.show("This hunk moves, makes or removes files: it can be taken or left, not edited.\n")
            return
        path, span, text = region
        edited = desk.edit(text, path)
        if edited is None or edited == text:
            desk.show("Nothing was edited.\n")
            return
        base = self.proposal.files[path]
        after = base[: span.start] + edited.encode() + base[span.end :]
        self.pieces[at] = Piece(piece.hunk, piece.verdict, tuple(text_edits(path, base, after)))

    def _diff(self, piece: Piece) -> str:
        if piece.edited is None:
            return piece.hunk.diff
        if not piece.edited:
            return "After your edit, this hunk changes nothing.\n"
        return unified_diff(ChangeSet.of(piece.edited, self.proposal.files), self.proposal.files)


def _with(piece: Piece, verdict: Verdict) -> Piece:
    return Piece(piece.hunk, verdict, piece.edited)


def _without_again() -> str:
    return "".join(line for line in HELP.splitlines(keepends=True) if not line.startswith("r "))


def _region(piece: Piece, files: Mapping[str, bytes]) -> tuple[str, Span, str] | None:
    """Path, span in the base and present wording of the lines that a hunk changes; None where it isn't about lines."""
    edits = [op for op in piece.hunk.ops if isinstance(op, TextEdit)]
    if not edits or len(edits) < len(piece.hunk.ops):
        return None
    path, base = edits[0].path, files[edits[0].path]
    span = _lines(base, edits)
    applied = apply(files, ChangeSet.of(piece.ops, files)) if piece.ops else Applied({}, frozenset(), {})
    if not isinstance(applied, Applied):
        return None
    after = applied.files.get(path, base)
    try:
        return path, span, after[span.start : len(after) - (len(base) - span.end)].decode()
    except UnicodeDecodeError:
        return None


def _lines(base: bytes, edits: Sequence[TextEdit]) -> Span:
    """From the start of the first line to the end of the last one."""
    start = base.rfind(b"\n", 0, edits[0].span.start) + 1
    end = base.find(b"\n", max(start, max(edit.span.end for edit in edits) - 1))
    return Span(start, len(base) if end < 0 else end + 1)
