"""A change that was made elsewhere: read in whichever format it has, fitted to the files, checked, published.

It passes the same gate and the same checks as an edit that is made here; only the deciding is left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from agent.checking import check
from agent.ending import Approve, conclude, failure, opened
from agent.errors import Unreadable, UnreadableFile, UserError
from agent.events import Diagnosed, Emit
from agent.guard import vet
from agent.locator import Tree
from agent.modes import needed
from agent.offlimits import Named
from agent.outcome import Declined, EditRequest, Outcome, Proposal
from agent.request import STANDARD_INPUT
from agent.run import Job
from agent.validators.facts import facts_of
from agent.validators.signatures import changed_signatures
from editops import (
    Applied,
    ChangeSet,
    Format,
    Malformed,
    Stale,
    StreamReader,
    Unfit,
    apply,
    read_patch,
    read_workspace_edit,
    recognise,
    resolve_patch,
    resolve_workspace_edit,
    unified_diff,
)

_PYTHON = (".py", ".pyi")
MAX_BYTES = 256 * 1024 * 1024
"""More than any change of source code; what is larger is not read to its end."""
MAX_NAMES = 200
"""Vanished names whose users are looked for; so many at once are a rewrite, which tests have to judge."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What was given to `redraft apply`; a UserError where it has more than MAX_BYTES."""

    data: bytes
    source: str
    """Its name, for messages."""

    def __post_init__(self) -> None:
        if len(self.data) > MAX_BYTES:
            raise UserError(f"{self.source} has more than {MAX_BYTES} bytes: split the change into smaller ones.")


def carry_out(request: EditRequest, incoming: Incoming, *, emit: Emit, approve: Approve) -> Outcome:
    """Check a change that was made elsewhere, and publish what is approved of it."""
    job = Job(request, emit, opened(request, emit))
    # The name of the stream is no word of the user's about which files may change.
    job.named = Named.by(paths=request.paths, globs=request.only) if request.opens else Named()
    with job.phase("locate"):
        change = resolved(job.tree, incoming)
    if isinstance(change, Unfit):
        place = f"{change.path}: " if change.path else ""
        return Declined(f"Nothing was written, because the change does not fit: {place}{change.reason}.", job.report())
    proposal = checked(job, change)
    return proposal if isinstance(proposal, Declined) else conclude(job, proposal, approve)


class Files(Mapping[str, bytes]):
    """The files of the tree, each read when it is asked for; ignored ones too, if a change names them."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def __getitem__(self, path: str) -> bytes:
        data = self._tree.data(path)
        if data is None:
            raise KeyError(path)
        return data

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._tree.data(path) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._tree.paths)

    def __len__(self) -> int:
        return len(self._tree.paths)


def resolved(tree: Tree, incoming: Incoming) -> ChangeSet | Unfit:
    """What was given, fitted to the files."""
    found = recognise(incoming.data)
    files = Files(tree)
    match found:
        case Format.STREAM:
            reader = StreamReader()
            reader.push(incoming.data)
            return _read(reader.finish(), found, incoming)
        case Format.PATCH:
            return resolve_patch(_read(read_patch(incoming.data), found, incoming), files)
        case Format.WORKSPACE_EDIT:
            edit = _read(read_workspace_edit(incoming.data), found, incoming)
            return resolve_workspace_edit(edit, files, tree.repository.root.as_posix())
        case Malformed(line, reason):
            raise Unreadable(incoming.source, "change", line, reason)


def read_incoming(name: str) -> Incoming:
    """A change from a file, or from standard input."""
    try:
        if name == STANDARD_INPUT:
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UnreadableFile(name, getattr(error, "strerror", None) or str(error)) from error
    return Incoming(data, "standard input" if name == STANDARD_INPUT else Path(name).name)


_Read = TypeVar("_Read")


def _read(outcome: _Read | Malformed, form: Format, incoming: Incoming) -> _Read:
    if isinstance(outcome, Malformed):
        raise Unreadable(incoming.source, form.value, outcome.line, outcome.reason)
    return outcome


def checked(job: Job, change: ChangeSet) -> Proposal | Declined:
    """The proposal, once the change is applied to a copy and has passed."""
    outside = sorted(path for path in change.paths if not job.asks_for(path))
    if outside:
        return Declined(f"Nothing was written: the change touches {outside[0]}, which --only or an exclude of your settings leaves out.", job.report())
    vet(job.tree.repository, change, job.named)
    change = needed(job.tree.repository.root, change)
    applied = apply(Files(job.tree), change)
    if isinstance(applied, Stale):
        reason = f"{', '.join(applied.paths)}: not as it was when the change was made"
        return Declined(f"Nothing was written, because the change does not fit: {reason}.", job.report())
    if not isinstance(applied, Applied):
        return Declined(f"Nothing was written: {applied.reason} ({applied.path}).", job.report())
    files = {path: data for path in sorted(change.paths) if (data := job.tree.data(path)) is not None}
    if change.is_empty or applied.tree(files) == files and not applied.modes:
        return Declined("Nothing would change: the files are already as the change makes them.", job.report())
    with job.phase("validate"):
        job.diagnostics = check(job, files | _users(job.tree, files, applied), applied)
    job.emit(Diagnosed(0, job.diagnostics))
    if job.diagnostics:
        return Declined(failure(job.diagnostics), job.report())
    return Proposal(change, files, unified_diff(change, files), job.report())


def _users(tree: Tree, files: Mapping[str, bytes], applied: Applied) -> dict[str, bytes]:
    """The files that hold a name which the change takes away from a module, or whose parameters it changes."""
    names: set[str] = set()
    for path, data in files.items():
        if not path.endswith(_PYTHON):
            continue
        target = applied.renamed.get(path, path)
        after = applied.files.get(target, b"" if path in applied.removed else data)
        names |= facts_of(data).bound - facts_of(after).bound
        names |= {name.rpartition(".")[2] for name in changed_signatures(data, after)}
        if path in applied.removed:
            names.add(_module_name(path))
    wanted = sorted(name for name in names if name)[:MAX_NAMES]
    held = tree.holding(wanted) if wanted else {}
    return {path: found for path in held if (found := tree.data(path)) is not None}


def _module_name(path: str) -> str:
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    return folder.rpartition("/")[2] if stem == "__init__" else stem
