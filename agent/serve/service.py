"""What other agents may ask of one repository; knows no protocol.

The repository, the test command and how it is isolated are fixed by whoever starts the service. A caller can narrow what
is changed; it cannot leave the repository, run a command, or open what is off limits by naming it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from agent.errors import UserError
from agent.events import Event
from agent.history import Entry, to_undo
from agent.incoming import Incoming, carry_out
from agent.journal import entries, recover
from agent.loop import edit, load_denoiser, plan
from agent.outcome import Declined, EditRequest, Outcome, Proposal
from agent.publish import undo
from agent.report import outcome_object, plan_object
from agent.request import inside, stated
from agent.sandbox import Isolation
from agent.settings import SECONDS, Settings
from agent.worktree import Repository
from editops import ChangeSet
from engine import Denoiser


@dataclass(slots=True)
class Service:
    """One request at a time; the denoiser is loaded once."""

    repository: Repository
    settings: Settings
    tests: str | None = None
    isolation: Isolation = Isolation()
    denoiser: Denoiser | None = None
    _one: Lock = field(default_factory=Lock)

    def plan(self, instruction: str, paths: Sequence[str], only: Sequence[str], exclude: Sequence[str]) -> dict[str, object]:
        """What an instruction is understood to mean."""
        with self._one:
            found = plan(self._request(instruction, paths, only, exclude), emit=_unheard, denoiser=self._loaded())
        return outcome_object(found) if isinstance(found, Declined) else plan_object(found)

    def edit(
        self, instruction: str, paths: Sequence[str], only: Sequence[str], exclude: Sequence[str], *, dry_run: bool
    ) -> dict[str, object]:
        """Plan, receipt, diff and change stream; written unless `dry_run`."""
        with self._one:
            request = replace(self._request(instruction, paths, only, exclude), sure=0.0 if dry_run else self.settings.sure)
            return _said(edit(request, emit=_unheard, approve=_approval(dry_run), denoiser=self._loaded()), dry_run)

    def apply(self, change: str, only: Sequence[str], *, dry_run: bool) -> dict[str, object]:
        """A change stream, patch or WorkspaceEdit through the same checks."""
        try:
            incoming = Incoming(change.encode(), "the change")
        except UnicodeEncodeError as error:
            raise UserError("The change holds half a character: give UTF-8 text.") from error
        with self._one:
            outcome = carry_out(self._request("apply a change", (), only, ()), incoming, emit=_unheard, approve=_approval(dry_run))
            return _said(outcome, dry_run)

    def undo(self, entry: str | None) -> dict[str, object]:
        """Take back one edit, by default the last."""
        with self._one:
            recover(self.repository)
            target = to_undo(entries(self.repository), entry).edit
            made = undo(self.repository, entry=target.id)
        if isinstance(made, Entry):
            return {"outcome": "published", "reason": "", "undone": target.id, "entry": made.id}
        reason = f"Nothing was taken back: {', '.join(made.paths)} changed since in the same places."
        return {"outcome": "declined", "reason": reason, "undone": None, "entry": None}

    def _loaded(self) -> Denoiser:
        if self.denoiser is None:
            self.denoiser = load_denoiser(self.settings.engine)
        return self.denoiser

    def _request(self, instruction: str, paths: Sequence[str], only: Sequence[str], exclude: Sequence[str]) -> EditRequest:
        root, settings = self.repository.root, self.settings
        return EditRequest(
            instruction=stated(instruction),
            repository=root,
            paths=inside(root, root, paths),
            only=tuple(only),
            exclude=(*exclude, *settings.exclude),
            tests=self.tests,
            isolation=self.isolation,
            engine=settings.engine,
            seed=settings.seed,
            max_seconds=settings.max_seconds or SECONDS,
            max_rounds=settings.max_rounds,
            opens=False,
        )


def _approval(dry_run: bool) -> Callable[[Proposal], ChangeSet | None]:
    return lambda proposal: None if dry_run else proposal.change


def _unheard(event: Event) -> None:
    del event


def _said(outcome: Outcome, dry_run: bool) -> dict[str, object]:
    return outcome_object(outcome, "Nothing was written: this was a dry run." if dry_run else "")
