"""Staging a change set and running the validators over it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from agent.outcome import PlanView
from agent.run import Job
from agent.validators import ValidationContext, validate, weaker
from agent.worktree import stage
from editops import Applied
from engine import Action, Diagnostic

_VALIDATED = (".py", ".pyi")
_TAKEN_AWAY = frozenset(action.value for action in (Action.MOVE, Action.DELETE, Action.METHOD, Action.GROUP))


def leaving(plan: PlanView | None) -> frozenset[str]:
    """Names of definitions that a plan takes away from their module."""
    return frozenset(target.rpartition("::")[2].rpartition(".")[2] for target in _asked_of(plan, _TAKEN_AWAY))


def deleted(plan: PlanView | None) -> frozenset[str]:
    """Definitions that a plan deletes, as `path::Class.name`."""
    return frozenset(_asked_of(plan, {Action.DELETE.value}))


def _asked_of(plan: PlanView | None, actions: Collection[str]) -> Iterator[str]:
    """What a plan does any of the actions to."""
    asked = [intent for intent in plan.intents if intent.action in actions] if plan else []
    return (target for intent in asked for target in (intent.target, *intent.others))


def check(run: Job, files: Mapping[str, bytes], applied: Applied) -> tuple[Diagnostic, ...]:
    """What the change breaks. files: base bytes of the changed files and of every file that holds the old names."""
    repository, request = run.tree.repository, run.request
    before = {path: data for path, data in files.items() if path.endswith(_VALIDATED) or path in applied.files}
    gone = set(applied.removed) | set(applied.renamed)
    after = {path: data for path, data in before.items() if path not in gone} | dict(applied.files)
    with stage(repository, applied, full=request.tests is not None) as staged:
        context = ValidationContext(
            before=before,
            after=after,
            renamed=dict(applied.renamed),
            paths=(set(run.tree.paths) - gone) | set(after),
            read=lambda path: after[path] if path in after else run.tree.data(path),
            staged=staged.path,
            tests=request.tests,
            timeout=max(1.0, run.seconds_left),
            isolation=request.isolation,
            leaving=leaving(run.plan),
            deleted=deleted(run.plan),
            names={intent.old: intent.new for intent in run.plan.intents if intent.action == Action.RENAME.value} if run.plan else {},
            baseline=lambda: stage(repository, Applied({}, frozenset(), {}), full=True),
        )
        run.allowed = tuple(weaker(context)) if request.weaker_tests else ()
        return tuple(validate(context, without=("oracles",) if request.weaker_tests else ()))
