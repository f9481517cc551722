"""The course of a batch: files taken, edits given to workers, results landed; every step written down first.

Pure of terminals: it emits what happens. One repository's failure is its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent.batch import landing, snapshot
from agent.batch.decide import Decision, Unit
from agent.batch.ledger import Landing, Ledger
from agent.batch.recipe import OnFailure, Recipe, To
from agent.batch.targets import Target
from agent.batch.workers import Workers
from agent.errors import UserError
from agent.gitobjects import NoCommitYet, committed_files
from agent.request import required_tests
from agent.settings import load
from agent.worktree import Repository


@dataclass(frozen=True, slots=True)
class EditDecided:
    """A unit came back from a worker."""

    target: Target
    edit: int
    decision: Decision


@dataclass(frozen=True, slots=True)
class RepositoryDone:
    target: Target
    landing: Landing | None
    """None: a dry run."""


BatchEvent = EditDecided | RepositoryDone
Listen = Callable[[BatchEvent], None]


@dataclass(slots=True)
class Driver:
    recipe: Recipe
    ledger: Ledger
    workers: Workers
    listen: Listen
    isolated: bool = True
    """Whether tests have to run in a sandbox."""
    dry_run: bool = False
    _busy: dict[str, Target] = field(default_factory=dict)
    """Repositories of which a unit is with a worker."""
    _begun: set[str] = field(default_factory=set)
    """Repositories whose files were taken in this run."""

    def run(self, found: Sequence[Target]) -> None:
        """Bring every repository to its end."""
        waiting = deque(target for target in found if self.ledger.of(target.name).landed is None)
        ready: deque[Target] = deque()
        while waiting or ready or self._busy:
            while self.workers.room > 0 and (ready or waiting):
                target = ready.popleft() if ready else waiting.popleft()
                self._advance(target)
            if self._busy:
                for unit, decision in self.workers.decided():
                    target = self._busy.pop(unit.repository)
                    self.ledger.decided(target.name, unit.edit, decision)
                    self.listen(EditDecided(target, unit.edit, decision))
                    ready.append(target)

    def _advance(self, target: Target) -> None:
        """The next unit of a repository to the workers, or its result to its place."""
        known = self.ledger.of(target.name)
        try:
            if known.mark is None and target.name not in self._begun:
                self._begin(target)
            unit = self._next(target)
        except UserError as error:
            self._end(target, Landing("failed", str(error)))
            return
        except OSError as error:
            self._end(target, Landing("failed", f"its files cannot be kept ({error.strerror or error})"))
            return
        if unit is not None:
            self._busy[target.name] = target
            self.workers.submit(unit, self.ledger.archive(target.name))
        elif self.dry_run:
            self.listen(RepositoryDone(target, None))
        else:
            self._end(target, self._landed(target))

    def _begin(self, target: Target) -> None:
        """Take the files; what an earlier run decided holds if they are the same."""
        repository = Repository.open(target.root)
        base = ""
        if self.recipe.to is To.BRANCH:
            base = repository.head() or ""
            if not base:
                raise NoCommitYet(target.root)
        archive = snapshot.packed(committed_files(repository, base) if base else snapshot.on_disk(repository))
        self.ledger.begin(target.name, base, archive)
        self._begun.add(target.name)

    def _next(self, target: Target) -> Unit | None:
        done = self.ledger.of(target.name).decided
        skips = self.recipe.on_failure is OnFailure.SKIP_REPOSITORY and any(not decision.change for decision in done)
        if skips or len(done) == len(self.recipe.edits):
            return None
        recipe, edit = self.recipe, self.recipe.edits[len(done)]
        settings = load(target.root)
        return Unit(
            repository=target.name,
            edit=len(done),
            prior=tuple(decision.change for decision in done if decision.change),
            request=edit.title,
            example=edit.example,
            paths=edit.paths,
            only=landing.wanted(recipe, target, edit),
            exclude=(*edit.exclude, *target.exclude, *recipe.exclude, *settings.exclude),
            tests=required_tests(target.tests or recipe.tests, settings.tests),
            isolated=self.isolated,
            readable=settings.readable,
            engine=recipe.engine,
            seed=recipe.seed,
            max_seconds=recipe.max_seconds,
            max_rounds=recipe.max_rounds,
        )

    def _landed(self, target: Target) -> Landing:
        known = self.ledger.of(target.name)
        streams = {i: decision.change for i, decision in enumerate(known.decided) if decision.change}
        failed = [i for i in range(len(known.decided)) if i not in streams]
        if failed and self.recipe.on_failure is OnFailure.SKIP_REPOSITORY:
            return Landing("nothing", f"edit {failed[0] + 1} came to nothing, and the recipe says to skip the repository then")
        if not streams:
            return Landing("nothing", "no edit came to anything")
        try:
            files = snapshot.unpacked(self.ledger.archive(target.name).read_bytes())
            result = landing.result_of(self.recipe, target, known.base, files, streams)
        except OSError as error:
            return Landing("failed", f"its stored files cannot be read ({error.strerror or error}): run it again with --retry")
        since = known.mark
        if since is None:
            since = landing.mark(target, self.recipe.to)
            self.ledger.landing(target.name, since)
        return landing.land(self.recipe, result, since)

    def _end(self, target: Target, landed: Landing) -> None:
        self.ledger.landed(target.name, landed)
        self.listen(RepositoryDone(target, landed))
