"""A plan of several actions: each intent works on the texts that the one before left; the change set is the difference at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.containment import mode_of
from agent.locator import Tree
from agent.marks import carried
from agent.overlay import marked
from agent.renames import base_path
from agent.repair import blame
from agent.run import Run
from agent.work import Made, denoised, present
from editops import Applied, ChangeSet, apply, difference
from engine import (
    Action,
    Asked,
    Decided,
    Diagnostic,
    Entity,
    Intent,
    IntentSites,
    Kind,
    Module,
    Plan,
    Project,
    Refused,
    find,
    operations,
    qualified,
    reconsider,
    rewrite,
    seen_of,
)



class _Later(Project):
    """The project after some changes; files that have not changed are parsed once for both."""

    def __init__(self, tree: Changed) -> None:
        super().__init__(tree.paths, tree.text)
        self._tree = tree

    def module(self, path: str) -> Module | None:
        """The parsed file."""
        return super().module(path) if path in self._tree.changes else self._tree.base.project.module(path)


@dataclass(slots=True)
class Changed(Tree):
    """The user's tree with some files changed, in memory."""

    base: Tree = field(kw_only=True)
    changes: Mapping[str, bytes | None] = field(kw_only=True)
    """Path to the new bytes; None where there is no file any more."""

    def __post_init__(self) -> None:
        self.project = _Later(self)

    def data(self, path: str) -> bytes | None:
        """The bytes of a file as they are now."""
        return self.changes[path] if path in self.changes else self.base.data(path)

    def holding(self, names: Sequence[str]) -> dict[str, str]:
        """Texts of the files that hold any of the names now."""
        found = {path: text for path, text in self.base.holding(names).items() if path not in self.changes}
        for path in self.changes:
            text = self.text(path) if path in self.project.paths else None
            if text is not None and any(name in text for name in names):
                found[path] = text
        return dict(sorted(found.items()))


def changed(tree: Tree, changes: Mapping[str, bytes | None]) -> Changed:
    """The tree after some changes."""
    base = tree.base if isinstance(tree, Changed) else tree
    known = dict(tree.changes) if isinstance(tree, Changed) else {}
    known.update(changes)
    gone = {path for path, data in known.items() if data is None}
    paths = tuple(sorted((set(base.paths) | known.keys()) - gone))
    done, kept = (carried(marks, changes, tree.text) for marks in (tree.done, tree.kept))
    return Changed(base.repository, paths, base=base, changes=known, skipped=base.skipped, done=done, kept=kept, begun=base.begun)


@dataclass(slots=True)
class _Step:
    """One intent: the tree that it found, and what was decided there."""

    tree: Tree
    intent: Intent
    sites: list[IntentSites]
    decided: list[list[Decided]]
    texts: dict[str, str]


@dataclass(slots=True)
class InTurn:
    """The steps of a plan. Their decisions stand in `run.decided` as well, for the receipt."""

    run: Run
    plan: Plan
    steps: list[_Step] = field(default_factory=list)
    final: Tree | None = None
    refusal: str = ""

    @classmethod
    def decided(cls, run: Run, plan: Plan) -> InTurn:
        """Decide and carry out every intent in memory."""
        work = cls(run, plan)
        work._go_on(0, {})
        return work

    def made(self) -> Made | str:
        """The difference that all steps make."""
        if self.refusal:
            return self.refusal
        assert isinstance(self.final, Changed)
        touched = {path: data for path, data in self.final.changes.items() if data != self.run.tree.data(path)}
        before = present(self.run, set(touched))
        change = difference(before, {path: data for path, data in touched.items() if data is not None}, executable=self._executable(before))
        if change.is_empty:
            return "Nothing would change: every place was kept as it is."
        near = {path for step in self.steps for path in step.texts}
        return Made(change, present(self.run, set(touched) | near | set(self.run.tree.skipped)))

    def reconsidered(self, diagnostics: tuple[Diagnostic, ...], applied: Applied) -> bool:
        """Re-noise the decisions of the first step that is blamed, and go on from there."""
        origin = {after: before for before, after in applied.renamed.items()}
        for number, step in enumerate(self.steps):
            moved = False
            for i, (sites, decided) in enumerate(zip(step.sites, step.decided, strict=True)):
                guilty = blame(diagnostics, decided, step.texts, lambda path: origin.get(path, path))
                if guilty:
                    run = self.run
                    run.watching.renoised((decided[index] for index in guilty), diagnostics[0].message)
                    again, result = reconsider(sites, decided, guilty, run.denoiser, run.sampler, run.generator, run.watching.watch(sites))
                    run.watching.settled(sites, again, step.texts)
                    run.spent(result.forward_passes, result.lexeme_passes)
                    moved = moved or [item.value for item in again] != [item.value for item in decided]
                    step.decided[i] = again
            if moved:
                self._go_on(number, {}, step)
                return not self.refusal
        return False

    def _executable(self, files: Mapping[str, bytes]) -> frozenset[str]:
        root = self.run.tree.repository.root
        return frozenset(path for path in files if (mode_of(root / path) or 0) & 0o111)

    def _go_on(self, number: int, became: dict[Entity, Entity], first: _Step | None = None) -> None:
        """Carry out the intents from `number` on; `first` is the step of that number where it is decided already."""
        del self.steps[number:]
        tree = first.tree if first else self.final or self.run.tree
        for intent in self.plan.intents[number:]:
            step = first or self._opened(tree, _current(intent, became, tree))
            first = None
            self.steps.append(step)
            outcome = self._carried_out(step)
            if isinstance(outcome, str):
                self.refusal = outcome
                break
            changes, relocated = outcome
            became.update(relocated)
            tree = changed(tree, changes)
        self.final = tree
        self.run.sites[:] = [sites for step in self.steps for sites in step.sites]
        self.run.decided[:] = [decided for step in self.steps for decided in step.decided]

    def _opened(self, tree: Tree, intent: Intent) -> _Step:
        run, step = self.run, _Step(tree, intent, [], [], {})
        for target in seen_of(tree.project, intent):
            sites, decided, own = denoised(run, tree, replace(intent, target=target), self.plan)
            step.texts.update(own)
            step.sites.append(sites)
            step.decided.append(decided)
        return step

    def _carried_out(self, step: _Step) -> tuple[dict[str, bytes | None], Mapping[Entity, Entity]] | str:
        """The files that a step changes, and what became of its targets; or why it can't be done."""
        tree = step.tree
        if step.intent.action is Action.RENAME:
            return self._renamed(step)
        meant = [item.candidate for decided in step.decided for item in decided if item.is_change]
        outcome = rewrite(Asked(step.intent, tree.project, meant, self.plan.keep_alias, tree.begun))
        if isinstance(outcome, Refused):
            return outcome.sentence
        self.run.notes.extend(note for note in outcome.notes if note not in self.run.notes)
        changes = {path: None if text is None else marked(tree.data(path) or b"", text) for path, text in outcome.texts.items()}
        return changes, outcome.relocated

    def _renamed(self, step: _Step) -> tuple[dict[str, bytes | None], Mapping[Entity, Entity]] | str:
        tree, target = step.tree, step.intent.target
        files = {path: tree.data(path) or b"" for path in step.texts}
        ops = [op for decided in step.decided for op in operations(decided, step.texts, files, tree.paths)]
        before = {path: data for path in sorted({base_path(op) for op in ops}) if (data := tree.data(path)) is not None}
        applied = apply(before, ChangeSet.of(ops, before))
        if not isinstance(applied, Applied):
            return "Nothing was written: two requests speak of one place. Ask for one at a time."
        changes: dict[str, bytes | None] = {**dict.fromkeys((*applied.removed, *applied.renamed)), **applied.files}
        path = applied.renamed.get(target.path, target.path)
        return changes, {target: replace(target, name=step.intent.new, path=path)}


def _current(intent: Intent, became: Mapping[Entity, Entity], tree: Tree) -> Intent:
    """The intent with its targets as they are called, and where they stand, by now."""
    targets = []
    for target in intent.targets:
        moved = target
        # Their order is that of time: each speaks of the names that the ones before left.
        for before, now in became.items():
            moved = now if qualified(before) == qualified(moved) else _within(moved, before, now)
        targets.append(find(tree.project, qualified(moved)) or moved)
    return replace(intent, target=targets[0], others=tuple(targets[1:]))


def _within(entity: Entity, before: Entity, now: Entity) -> Entity:
    """A parameter, member or definition of something that was renamed or moved; anything else as it is."""
    if before.kind is Kind.MODULE:
        return replace(entity, path=now.path) if entity.path == before.path else entity
    if before.kind is Kind.PACKAGE:
        folder, new = (item.path.rpartition("/")[0] + "/" for item in (before, now))
        return replace(entity, path=new + entity.path.removeprefix(folder)) if entity.path.startswith(folder) else entity
    rest = entity.owner.removeprefix(before.qualname)
    if entity.path != before.path or entity.owner == rest or (rest and not rest.startswith(".")):
        return entity
    return replace(entity, owner=now.qualname + rest, path=now.path)
