"""From what was decided to its place: working tree, commit, branch or patch file.

Every landing can be begun again after a kill: it looks first whether the result has landed already. What somebody
has changed meanwhile is never overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.batch.decide import after, applied_to, contents, read_stream
from agent.batch.ledger import Landing
from agent.batch.recipe import Edit, Recipe, To
from agent.batch.targets import Target
from agent.disk import DISK, at
from agent.errors import GitFailed, UserError
from agent.gitobjects import Held, commit_on_branch, committed_files, parent, resolved, unclean
from agent.guard import vet
from agent.history import Entry, State
from agent.journal import entries, recover
from agent.offlimits import Named
from agent.publish import publish, undo
from agent.worktree import Repository
from editops import Applied, ChangeSet, Invalid, Stale, compose, unified_diff


@dataclass(frozen=True, slots=True)
class Result:
    """All edits of one repository as one change set."""

    target: Target
    base: str
    files: Mapping[str, Held]
    """What it was made against."""
    change: ChangeSet
    edits: tuple[int, ...]
    message: str
    named: Named

    @property
    def title(self) -> str:
        """How the journal calls it."""
        return self.message.partition("\n")[0]

    @property
    def applied(self) -> Applied:
        return applied_to(self.files, self.change)


def result_of(recipe: Recipe, target: Target, base: str, files: Mapping[str, Held], streams: Mapping[int, str]) -> Result:
    """streams: the change stream of every edit that came to something, by its index."""
    change = ChangeSet((), {})
    texts = contents(files)
    for _, stream in sorted(streams.items()):
        following = read_stream(stream)
        change = compose(change, following, texts) if change.ops else following
    made = [recipe.edits[i] for i in sorted(streams)]
    return Result(target, base, files, change, tuple(sorted(streams)), recipe.message or _message(made), _named(recipe, target, made))


def _message(edits: Sequence[Edit]) -> str:
    titles = [edit.title for edit in edits]
    return titles[0] if len(titles) == 1 else "\n".join([f"{titles[0]}, and {len(titles) - 1} more", "", *(f"- {title}" for title in titles)])


def wanted(recipe: Recipe, target: Target, edit: Edit) -> tuple[str, ...]:
    """Globs of the files that an edit may change: the nearest that are said."""
    return edit.only or target.only or recipe.only


def _named(recipe: Recipe, target: Target, edits: Sequence[Edit]) -> Named:
    """What the recipe names, and may therefore be changed although it is special."""
    words = " ".join(edit.request for edit in edits)
    globs = [glob for edit in edits for glob in wanted(recipe, target, edit)]
    return Named.by(words, [path for edit in edits for path in edit.paths], globs)


def mark(target: Target, to: To) -> str:
    """The last entry of the journal: what was published after it, under the name of the result, is the result."""
    if to not in (To.LEAVE, To.COMMIT):
        return ""
    try:
        known = entries(_opened(target))
    except UserError:
        return ""  # Whatever is wrong there, landing will say it.
    return known[-1].id if known else ""


def land(recipe: Recipe, result: Result, since: str) -> Landing:
    """since: the mark from before the first try."""
    if result.change.is_empty:
        return Landing("nothing", "the edits cancel each other out")
    try:
        match recipe.to:
            case To.LEAVE:
                return _left(result, since)
            case To.COMMIT:
                return _committed(result, since)
            case To.BRANCH:
                return _branched(recipe, result)
            case To.PATCH:
                return _patched(recipe, result)
    except UserError as error:
        return Landing("failed", str(error))


def _left(result: Result, since: str) -> Landing:
    repository = _opened(result.target)
    entry = _former(repository, result, since) or _published(repository, result)
    return entry if isinstance(entry, Landing) else Landing("left", "", entry.id, result.edits)


def _committed(result: Result, since: str) -> Landing:
    repository = _opened(result.target)
    entry: Entry | Landing | None = _former(repository, result, since)
    if entry is None:
        dirty = unclean(repository, result.change.paths)
        if dirty:
            return Landing("failed", f"{dirty[0]} has changes of yours that are not committed: commit them first, or let the result go to a branch")
        entry = _published(repository, result)
    if isinstance(entry, Landing):
        return entry
    if not unclean(repository, result.change.paths):
        return Landing("committed", "", repository.head() or "", result.edits)
    if not _is_there(repository, result):
        return Landing("failed", "the edit is in the working tree, and you have changed it since: commit it yourself")
    try:
        return Landing("committed", "", repository.commit(result.change.paths, result.message), result.edits)
    except GitFailed as error:
        taken_back = isinstance(undo(repository, entry=entry.id), Entry)
        return Landing("failed", f"{error} The edit {'was taken back' if taken_back else 'is in the working tree'}.")


def _former(repository: Repository, result: Result, since: str) -> Entry | None:
    """The entry of an earlier try that was killed after it had written."""
    known = entries(repository)
    later = known[[entry.id for entry in known].index(since) + 1 :] if since else known
    return next((entry for entry in later if entry.state is State.PUBLISHED and entry.instruction == result.title), None)


def _branched(recipe: Recipe, result: Result) -> Landing:
    repository = Repository.open(result.target.root)
    vet(repository, result.change, result.named)
    there = resolved(repository, f"refs/heads/{recipe.branch}")
    if there is not None and _holds(repository, there, result):
        return Landing("branched", "", there, result.edits)
    final = after(result.files, result.applied)
    executable = {path: final[path].executable for path in result.applied.files}
    made = commit_on_branch(repository, recipe.branch, result.base, result.applied, executable, result.message)
    return Landing("branched", "", made, result.edits)


def _patched(recipe: Recipe, result: Result) -> Landing:
    folder = recipe.folder / recipe.patches
    name = f"{result.target.name}.patch"
    diff = unified_diff(result.change, contents(result.files))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        torn = folder / f".{name}.torn"
        torn.unlink(missing_ok=True)
        DISK.create(at(torn), diff.encode("utf-8", "surrogateescape"))
        DISK.replace(at(torn), at(folder / name))
    except OSError as error:
        raise UserError(f"{folder / name} cannot be written ({error.strerror or error}): give another folder for the patches.") from error
    return Landing("patched", "", f"{recipe.patches}/{name}", result.edits)


def _opened(target: Target) -> Repository:
    repository = Repository.open(target.root)
    recover(repository)
    return repository


def _published(repository: Repository, result: Result) -> Entry | Landing:
    match publish(repository, result.change, result.title, named=result.named):
        case Entry() as entry:
            return entry
        case Stale(paths):
            return Landing("failed", f"{', '.join(paths)} changed while the batch ran: run it again with --retry")
        case Invalid(reason, path):
            return Landing("failed", f"{reason} ({path})")


def _is_there(repository: Repository, result: Result) -> bool:
    """Whether the working tree holds the result."""
    applied = result.applied
    return all(repository.read_if_there(path) == data for path, data in applied.files.items()) and all(
        repository.read_if_there(path) is None for path in applied.removed
    )


def _holds(repository: Repository, commit: str, result: Result) -> bool:
    """Whether a commit is the one that this result makes."""
    applied = result.applied
    held = committed_files(repository, commit, sorted({*applied.files, *applied.removed}))
    return parent(repository, commit) == result.base and contents(held) == dict(applied.files)
