"""A plan of renames: all sites over the user's tree as it is, decided together."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.repair import blame
from agent.run import Run
from agent.work import Made, denoised, present
from editops import Applied, ChangeSet, Op, RenameFile, TextEdit
from engine import Diagnostic, Plan, operations, reconsider


@dataclass(slots=True)
class Renames:
    """The decisions of all intents stand in `run.decided`, its sites in `run.sites`."""

    run: Run
    texts: dict[str, str] = field(default_factory=dict)
    """The files that hold an old name."""

    @classmethod
    def decided(cls, run: Run, plan: Plan) -> Renames:
        """Open and denoise the sites of every intent."""
        work = cls(run)
        for intent in plan.intents:
            sites, decided, own = denoised(run, run.tree, intent, plan)
            work.texts.update(own)
            run.sites.append(sites)
            run.decided.append(decided)
        return work

    def operations(self) -> list[Op]:
        """The operations of all intents; where two speak of one place, the later one holds."""
        run = self.run
        files = {path: run.tree.data(path) or b"" for path in self.texts}
        ops = [op for decided in run.decided for op in operations(decided, self.texts, files, run.tree.paths)]
        edits = {(op.path, op.span): op for op in ops if isinstance(op, TextEdit)}
        renames = {op.src: op for op in ops if isinstance(op, RenameFile)}
        return [*edits.values(), *renames.values()]

    def made(self) -> Made | str:
        """The change set of all decisions."""
        ops = self.operations()
        if not ops:
            return "Nothing would change: every place that holds the name was kept."
        changed = {base_path(op) for op in ops}
        # What was skipped cannot be edited, but it can be broken.
        files = present(self.run, set(self.texts) | set(self.run.tree.skipped) | changed)
        return Made(ChangeSet.of(ops, {path: files[path] for path in changed}), files)

    def reconsidered(self, diagnostics: tuple[Diagnostic, ...], applied: Applied) -> bool:
        """Re-noise what the diagnostics blame; every other decision stays clamped."""
        run, moved = self.run, False
        origin = {after: before for before, after in applied.renamed.items()}
        for i, (sites, decided) in enumerate(zip(run.sites, run.decided, strict=True)):
            guilty = blame(diagnostics, decided, self.texts, lambda path: origin.get(path, path))
            if guilty:
                run.watching.renoised((decided[index] for index in guilty), diagnostics[0].message)
                again, result = reconsider(sites, decided, guilty, run.denoiser, run.sampler, run.generator, run.watching.watch(sites))
                run.watching.settled(sites, again, self.texts)
                run.spent(result.forward_passes, result.lexeme_passes)
                moved = moved or [item.value for item in again] != [item.value for item in decided]
                run.decided[i] = again
        return moved


def base_path(op: Op) -> str:
    """The file of the base that an operation changes; empty for one that makes a file."""
    return op.src if isinstance(op, RenameFile) else op.path if isinstance(op, TextEdit) else ""
