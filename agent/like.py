"""By example: the user shows a part of a change, as a diff, as what is staged or as their last edit, and the rest follows.

A diff may have been applied already, or not yet; then it is part of what is proposed. The plan is read off its two sides, and the
places are decided as for any request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from agent import staged
from agent.begun import unfinished
from agent.ending import Approve, opened
from agent.errors import NoLongerKept
from agent.events import Emit, Planned
from agent.history import to_undo
from agent.hook import versions_of
from agent.incoming import Files, Incoming, resolved
from agent.journal import KEPT_IMAGES, Journal
from agent.locator import Tree
from agent.loop import carry_out, load_denoiser, view
from agent.offlimits import Named
from agent.outcome import Declined, EditRequest, Outcome
from agent.run import Job, Run
from agent.staged import as_text
from editops import Applied, ChangeSet, Conflicted, Format, Patch, Unfit, apply, compose, difference, read_patch, resolve_patch, reverse_patch
from editops import recognise as format_of
from engine import Begun, Denoiser, Plan, Versions, recognise

STAGED = "staged"
"""What to give instead of a diff for what is staged."""
LAST = "last"
"""And for the last edit that stands."""


@dataclass(slots=True)
class Shown(Tree):
    """The user's tree with a diff applied that is not applied yet."""

    base: Tree = field(kw_only=True)
    shown: ChangeSet = field(kw_only=True)
    after: Mapping[str, bytes | None] = field(kw_only=True)

    def data(self, path: str) -> bytes | None:
        """The bytes of a file as the diff makes it."""
        return self.after[path] if path in self.after else self.base.data(path)

    def holding(self, names: Sequence[str]) -> dict[str, str]:
        """Texts of the files that hold any of the names, as the diff makes them."""
        found = {path: text for path, text in self.base.holding(names).items() if path not in self.after}
        texts = {path: self.text(path) for path in self.after}
        found |= {path: text for path, text in texts.items() if text is not None and any(name in text for name in names)}
        return dict(sorted(found.items()))

    def landed(self, change: ChangeSet, files: Mapping[str, bytes]) -> tuple[ChangeSet, Mapping[str, bytes]] | Conflicted | str:
        """What is shown and what follows, over the files on disk."""
        names = sorted({*self.shown.paths, *files})
        before = {path: data for path in names if (data := self.base.data(path)) is not None}
        whole = compose(self.shown, change, before)
        return whole, {path: data for path, data in before.items() if path in whole.paths}


@dataclass(frozen=True, slots=True)
class _Example:
    """What was shown, and the tree that has it."""

    tree: Tree
    versions: list[Versions]
    """Its two sides."""
    present: list[Versions]
    """Everything that differs from the side before."""


def follow(
    request: EditRequest, example: Incoming | str, *, emit: Emit, approve: Approve, denoiser: Denoiser | None = None, watched: bool = False
) -> Outcome:
    """Do what an example begins: a diff, or STAGED, or LAST. watched: emit what happens to single slots as well."""
    job = Job(request, emit, opened(request, emit))
    with job.phase("locate"):
        found = _given(job.tree, example) if isinstance(example, Incoming) else _last(job.tree) if example == LAST else _staged(job.tree)
    if isinstance(found, Unfit):
        return Declined(f"Nothing was written, because the example fits your files neither before nor after it: {found.reason}.", job.report())
    with job.phase("plan"):
        changes = recognise(found.versions)
        tree, asks = unfinished(found.tree, found.present, changes)
        intents = tuple(intent for ask in asks for intent in ask.intents)
    if not intents:
        return Declined(_nothing(changes), job.report())
    chosen = load_denoiser(request.engine) if denoiser is None else denoiser
    run = Run(request, emit, tree, denoiser=chosen, generator=np.random.default_rng(request.seed), watched=watched)
    # The name of an example is no word of the user's about which files may change.
    run.named = Named.by(paths=request.paths, globs=request.only)
    plan = Plan(intents)
    run.plan = view(plan)
    emit(Planned(run.plan))
    return carry_out(run, plan, approve)


def _nothing(changes: Sequence[Begun]) -> str:
    if changes:
        return "What the example changes can't be taken apart from the rest of its file, so nothing follows from it."
    return "The example gives no definition, parameter or module another name, place or signature, so there is nothing to follow."


def _staged(tree: Tree) -> _Example:
    root = tree.repository.root
    entries = [entry for entry in staged.staged(root) if (entry.now or entry.path or "").endswith((".py", ".pyi"))]
    return _Example(tree, versions_of(root, entries), versions_of(root, staged.changed(root), disk=True))


def _last(tree: Tree) -> _Example:
    """The edit that `undo` would take back, with whatever has become of its files since."""
    with Journal.open(tree.repository) as journal:
        entry = to_undo(journal.entries(), None).last
        record = journal.record(entry)
    if record is None:
        raise NoLongerKept(entry.id, KEPT_IMAGES)
    before = {image.path: image.before for image in record.images.files if image.before is not None}
    after = {image.path: image.after for image in record.images.files if image.after is not None}
    renamed = difference(before, after).renamed
    versions = [
        Versions(path, now, as_text(data), as_text(after.get(now)))
        for path, data in before.items()
        for now in [renamed.get(path, path)]
    ]
    versions = [pair if pair.now in after else Versions(pair.path, None, pair.before, None) for pair in versions]
    versions += [Versions(None, path, None, as_text(data)) for path, data in after.items() if path not in before and path not in renamed.values()]
    present = [Versions(pair.path, pair.now, pair.before, tree.text(pair.now) if pair.now else None) for pair in versions]
    return _Example(tree, versions, present)


def _given(tree: Tree, example: Incoming) -> _Example | Unfit:
    """A diff put on the files as they are; or one that is on them, taken back."""
    ahead = resolved(tree, example)
    if isinstance(ahead, ChangeSet):
        versions, after = _sides(tree, ahead)
        paths = tuple(sorted((set(tree.paths) | after.keys()) - {path for path, data in after.items() if data is None}))
        return _Example(Shown(tree.repository, paths, skipped=tree.skipped, base=tree, shown=ahead, after=after), versions, versions)
    back = _back(tree, example)
    if isinstance(back, Unfit):
        return ahead
    sides, _ = _sides(tree, back)
    versions = [Versions(pair.now, pair.path, pair.after, pair.before) for pair in sides]
    return _Example(tree, versions, versions)


def _back(tree: Tree, example: Incoming) -> ChangeSet | Unfit:
    """What takes a patch back from the files; other formats only say what is to be done."""
    patch = read_patch(example.data) if format_of(example.data) is Format.PATCH else None
    other_way = reverse_patch(patch) if isinstance(patch, Patch) else None
    return Unfit("", "it can't be taken back") if other_way is None else resolve_patch(other_way, Files(tree))


def _sides(tree: Tree, change: ChangeSet) -> tuple[list[Versions], dict[str, bytes | None]]:
    """The files of a change before and after it, and what it leaves at each path (None: nothing)."""
    applied = apply(Files(tree), change)
    if not isinstance(applied, Applied):
        return [], {}
    gone = {path for path in applied.removed if path not in applied.renamed}
    versions = []
    for path in change.base:
        now = None if path in gone else applied.renamed.get(path, path)
        versions.append(Versions(path, now, as_text(tree.data(path)), None if now is None else as_text(applied.files.get(now, tree.data(path)))))
    versions += [Versions(None, path, None, as_text(applied.files[path])) for path in change.created]
    return versions, {**dict.fromkeys((*applied.removed, *applied.renamed)), **applied.files}
