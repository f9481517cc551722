"""One edit in one repository, from an archive of its files to a change set. Nothing of the user's is touched.

A function of its arguments: the same unit gives the same decision in this process, in another and on another machine.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from agent.batch.snapshot import unpacked, workspace
from agent.errors import UserError
from agent.events import Event
from agent.gitobjects import Held
from agent.incoming import Incoming
from agent.like import follow
from agent.loop import edit, load_denoiser
from agent.outcome import Decision as Chosen
from agent.outcome import Declined, EditRequest, Outcome, Proposed, Report
from agent.render import plan_lines
from agent.sandbox import Isolation
from editops import Applied, ChangeSet, EditError, Malformed, apply, digest, parse, serialise
from engine import Denoiser, EngineError

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Set to 1 for every worker, before numpy is loaded: sums come out the same to the last bit, and workers do not compete."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a worker gets, besides the archive."""

    repository: str
    edit: int
    """Index in the recipe."""
    prior: tuple[str, ...]
    """Change streams of the edits before, which are made first."""
    request: str
    paths: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tests: str | None = None
    isolated: bool = True
    readable: tuple[str, ...] = ()
    engine: str = "embedded"
    seed: int = 0
    max_seconds: float = 600.0
    max_rounds: int = 2
    example: str = ""
    """A diff that shows the change once, instead of a request."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of a decided edit."""

    path: str
    before: str | None
    """Digest; None: there was none."""
    after: str | None
    was: str | None = None
    """Path before, where that is another one."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a unit. Equal units give equal decisions, except for the seconds."""

    outcome: str
    """changed, declined (the loop says why) or failed (something else than the edit is wrong)"""
    reason: str = ""
    change: str = ""
    """The change stream; empty unless changed."""
    plan: tuple[str, ...] = ()
    files: tuple[FileLine, ...] = ()
    sites: Mapping[str, int] = field(default_factory=dict)
    """How many were changed, kept, unsure."""
    seconds: float = 0.0


@lru_cache(maxsize=2)
def _denoiser(name: str) -> Denoiser:
    return load_denoiser(name)


def decide(unit: Unit, archive: bytes, parent: Path | None = None, denoiser: Denoiser | None = None) -> Decision:
    """parent: folder for the workspace."""
    began = time.monotonic()
    try:
        files = _after(unpacked(archive), unit.prior)
        with workspace(files, parent) as repository:
            request = EditRequest(
                instruction=unit.request,
                repository=repository.root,
                paths=unit.paths,
                only=unit.only,
                exclude=unit.exclude,
                tests=unit.tests,
                isolation=Isolation(unit.isolated, unit.readable),
                engine=unit.engine,
                seed=unit.seed,
                max_seconds=unit.max_seconds,
                max_rounds=unit.max_rounds,
            )
            outcome = _carried_out(request, unit.example, denoiser or _denoiser(unit.engine))
            # The workspace's name says nothing to anybody else.
            found = _decision(outcome, str(repository.root))
    except (UserError, EditError, EngineError) as error:
        found = Decision("failed", str(error))
    except OSError as error:
        found = Decision("failed", f"the files could not be laid out for the edit: {error.strerror or error}")
    return replace(found, seconds=round(time.monotonic() - began, 3))


def _carried_out(request: EditRequest, example: str, denoiser: Denoiser) -> Outcome:
    if example:
        shown = Incoming(example.encode(), "the example")
        return follow(request, shown, emit=_unheard, approve=lambda proposal: None, denoiser=denoiser)
    return edit(request, emit=_unheard, approve=lambda proposal: None, denoiser=denoiser)


def settle_threads() -> None:
    """To be called before numpy is loaded."""
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))


def _unheard(event: Event) -> None:
    del event


def after(files: Mapping[str, Held], applied: Applied) -> dict[str, Held]:
    """The files once a change is made."""
    origin = {new: old for old, new in applied.renamed.items()}
    kept = {path: held for path, held in files.items() if path not in applied.removed}
    written = {path: Held(data, path in applied.executable or _was_executable(files, origin.get(path, path)))
               for path, data in applied.files.items()}  # fmt: skip
    return kept | written


def _was_executable(files: Mapping[str, Held], path: str) -> bool:
    return path in files and files[path].executable


def contents(files: Mapping[str, Held]) -> dict[str, bytes]:
    return {path: held.data for path, held in files.items()}


def read_stream(text: str) -> ChangeSet:
    change = parse(text)
    if isinstance(change, Malformed):
        raise UserError(f"A stored change cannot be read (line {change.line}: {change.reason}): begin the batch again with --fresh.")
    return change


def applied_to(files: Mapping[str, Held], change: ChangeSet) -> Applied:
    made = apply(contents(files), change)
    if not isinstance(made, Applied):
        raise UserError("A stored change does not fit the stored files: begin the batch again with --fresh.")
    return made


def _after(files: dict[str, Held], prior: tuple[str, ...]) -> dict[str, Held]:
    for stream in prior:
        files = after(files, applied_to(files, read_stream(stream)))
    return files


def _decision(outcome: Outcome, folder: str) -> Decision:
    match outcome:
        case Proposed(proposal):
            lines = _file_lines(proposal.change, proposal.files)
            return Decision("changed", "", serialise(proposal.change), _plan(proposal.report), lines, _sites(proposal.report))
        case Declined(reason, report):
            return Decision("declined", reason.replace(folder, "the repository"), "", _plan(report), (), _sites(report))
        case _:
            return Decision("failed", "the edit was published where nothing may be")


def _plan(report: Report) -> tuple[str, ...]:
    return tuple(plan_lines(report.plan)) if report.plan else ()


def _sites(report: Report) -> dict[str, int]:
    counts = Counter(site.decision for site in report.receipt)
    return {"found": len(report.receipt), **{chosen.value: counts[chosen] for chosen in Chosen}}


def _file_lines(change: ChangeSet, files: Mapping[str, bytes]) -> tuple[FileLine, ...]:
    made = apply(files, change)
    if not isinstance(made, Applied):
        return ()
    origin = {new: old for old, new in made.renamed.items()}
    lines = []
    for path, data in made.files.items():
        was = origin.get(path, path)
        lines.append(FileLine(path, digest(files[was]) if was in files else None, digest(data), was if was != path else None))
    gone = made.removed - set(origin.values())
    lines += [FileLine(path, digest(files[path]), None) for path in gone]
    return tuple(sorted(lines, key=lambda line: line.path))
