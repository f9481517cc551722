"""The conversation at the prompt: reads a line, carries it out, shows what came of it, until it is left."""

from __future__ import annotations

from agent import render
from agent.errors import UserError
from agent.outcome import Declined, Outcome, Published
from agent.pair.completing import Lookup
from agent.pair.followup import namesakes
from agent.pair.orders import obey, welcome_back
from agent.pair.review import Desk
from agent.pair.session import Draft, Session, Unread
from agent.pair.terminal import Terminal
from agent.prompt import letter_of
from agent.renames import Renames
from editops import EditError
from engine import EngineError

DIFF_LINES = 120
_NO_ANSWER = frozenset({"", "n", "no"})


class Shell:
    """`Room` of the orders."""

    def __init__(self, session: Session, terminal: Terminal, lookup: Lookup) -> None:
        self.session, self.terminal, self._lookup = session, terminal, lookup

    def run(self, greeting: str, *, resumed: bool = False) -> int:
        """Until the end of input; always 0, since nothing of it failed unseen."""
        self.terminal.say(greeting, "dim")
        begin = welcome_back(self) if resumed else ""
        while True:
            self._lookup.refresh(self.session.asked.repository)
            try:
                begin = self._answered(self.terminal.request(begin))
            except EOFError:
                self.session.leave()
                return 0

    def go_on(self) -> None:
        """Back to the hunks of what is pending."""
        if self.session.pending is not None:
            self._settle(self.session.pending, by_hunk=True)

    def _answered(self, said: str) -> str:
        """Carry out one line; the text that the next prompt begins with."""
        try:
            return obey(self, said) if said.lstrip().startswith("/") else self._make(" ".join(said.split()))
        except (UserError, EditError, EngineError) as error:
            self.terminal.say(f"redraft: {error}", "red")
        except KeyboardInterrupt:
            waits = self.session.pending is not None
            self.terminal.say(f"Stopped; nothing was written.{' /review goes on.' if waits else ''}", "yellow")
            return "" if waits else said
        finally:
            self.session.warm.rest()
        return ""

    def _make(self, words: str, *, offers: bool = True) -> str:
        if self.session.pending is not None:
            self.terminal.say(f"Not written: {self.session.pending.said}", "dim")
            self.session.refuse()
        match self.session.draft(words):
            case Draft() as draft:
                self._settle(draft)
            case Declined() as declined:
                render.print_declined(self.terminal.console, declined)
            case Unread() as unread:
                return self._offer(words, unread, offers)
        return ""

    def _settle(self, draft: Draft, *, by_hunk: bool = False) -> None:
        """Show a proposal, ask about it, and say what became of it."""
        desk = Desk(self.terminal.ask, self.terminal.show, self.terminal.edit, isinstance(draft.work, Renames))
        if draft.amends:
            self.terminal.say(f"Read together with the request before: {draft.run.request.instruction}", "dim")
        answer = "h" if by_hunk else self._asked(draft)
        if answer == "n":
            self.session.pending = draft
            self.session.refuse()
            self.terminal.say("Nothing was written, as you said.")
            return
        if answer == "l":
            self.session.pending = draft
            outcome = None
        else:
            outcome = self.session.talk(draft, desk, whole=answer == "a")
        self._report(outcome)

    def _asked(self, draft: Draft) -> str:
        render.print_diff(self.terminal.console, draft.review.proposal.diff, DIFF_LINES)
        render.print_notes(self.terminal.console, draft.review.proposal.report)
        self.terminal.say(self._times(draft), "dim")
        while True:
            try:
                answer = letter_of(self.terminal.ask("Write this? [a]ll, [h]unk by hunk, [n]othing, [l]ater: "))
            except (KeyboardInterrupt, EOFError):
                return "l"
            if answer and answer in "ahnl":
                return answer

    def _times(self, draft: Draft) -> str:
        timing = self.terminal.timing
        first = f"first decision after {timing.first:.2f} s, " if timing and timing.first is not None else ""
        return f"{first}{render.cost_line(draft.review.proposal.report)}"

    def _report(self, outcome: Outcome | None) -> None:
        if outcome is None:
            self.terminal.say("Paused: /review goes on, and what you answered is kept. Nothing is written yet.", "yellow")
        elif isinstance(outcome, Published):
            count = len(outcome.proposal.change.touched())
            self.terminal.say(f"Wrote {count} {'file' if count == 1 else 'files'}. /undo takes it back.", "green")
        else:
            self.terminal.say("Nothing was written, as you said.")

    def _offer(self, words: str, unread: Unread, offers: bool) -> str:
        """Say that a request could not be read, and offer the same rename for other definitions of that name."""
        self.terminal.say(f"redraft: {unread.reason}")
        for candidate in unread.candidates:
            self.terminal.say(f"  {candidate}")
        earlier = unread.earlier
        if earlier is None or earlier.plan is None or not offers:
            return ""
        self.terminal.say(f'Together with "{earlier.instruction}" it says nothing more to the engine either.')
        offered = namesakes(self.session.warm.opened(lambda event: None), earlier.plan, words)
        if not offered:
            self.terminal.say("Say the whole request, or /again NAME for the same with another definition.")
            return ""
        self.terminal.say("Did you mean one of these?")
        for number, request in enumerate(offered, 1):
            self.terminal.say(f"  {number}  {request}")
        try:
            answer = self.terminal.ask(f"[1-{len(offered)}, n]: ").strip().lower()
        except (KeyboardInterrupt, EOFError):
            answer = ""
        if answer.isdecimal() and 1 <= int(answer) <= len(offered):
            return self._make(offered[int(answer) - 1], offers=False)
        return "" if answer in _NO_ANSWER else answer
