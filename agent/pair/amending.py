"""Carrying out an earlier request anew, with more words, on top of what it already did.

The new words are tried in a copy of the tree from which the earlier edits are taken back; what the outcome differs in from
the files as they are is the change. So nothing the user has is touched before they have seen it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from agent.checking import check
from agent.ending import failure
from agent.guard import vet
from agent.history import chains
from agent.journal import entries
from agent.locator import Tree
from agent.outcome import Declined, Proposal
from agent.publish import without
from agent.run import Run
from agent.takeback import UndoConflict
from agent.worktree import Repository, stage
from editops import Applied, apply, difference, unified_diff


def standing(repository: Repository, names: Sequence[str]) -> list[bool]:
    """Which of these edits stand, neither taken back nor lost."""
    known = {chain.edit.id: chain.stands for chain in chains(entries(repository))}
    return [known.get(name, False) for name in names]


@dataclass(frozen=True, slots=True)
class Former:
    """A copy of the working tree without some edits."""

    repository: Repository
    paths: frozenset[str]
    """Files in which it differs."""


@contextmanager
def former_tree(repository: Repository, names: Sequence[str]) -> Iterator[Former | UndoConflict]:
    """The tree as it would be without these edits; the first one was made first."""
    files = without(repository, names[::-1])
    if isinstance(files, UndoConflict):
        yield files
        return
    kept = {path: data for path, data in files.items() if data is not None}
    with stage(repository, Applied(kept, frozenset(files.keys() - kept.keys()), {}), full=True) as staged:
        yield Former(Repository.open(staged.path), frozenset(files))


def amended(run: Run, former: Tree, differing: frozenset[str], proposal: Proposal) -> Proposal | Declined:
    """What `proposal`, made in the former tree, changes in the present one, checked there. run: the request in the present tree."""
    applied = apply(proposal.files, proposal.change)
    assert isinstance(applied, Applied), "it was validated"
    paths = differing | proposal.files.keys() | applied.files.keys()
    present = {path: data for path in sorted(paths) if (data := run.tree.data(path)) is not None}
    before = {path: data for path in paths if (data := former.data(path)) is not None}
    change = difference(present, applied.tree(before))
    run.plan = proposal.report.plan
    if change.is_empty:
        return Declined("Nothing would change: the last edit has done all of this.", proposal.report)
    vet(run.tree.repository, change, run.named)
    now = apply(present, change)
    assert isinstance(now, Applied), "it is the difference of these very files"
    with run.phase("validate"):
        run.diagnostics = check(run, present, now)
    if run.diagnostics:
        return Declined(failure(run.diagnostics), replace(proposal.report, diagnostics=run.diagnostics))
    return Proposal(change, present, unified_diff(change, present), proposal.report)
