"""`redraft demo`: a real multi-file rename in a copy of an installed package, checked by importing the result."""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path

from rich.console import Console

from agent import demo_repository, render
from agent.demo_tasks import TASKS, draw
from agent.errors import UserError
from agent.loop import edit
from agent.outcome import Declined, EditRequest, Published

DIFF_LINES = 60


def run(*, instruction: str | None, package: str | None, seed: int | None, keep: bool, show_list: bool) -> int:
    console = render.output()
    if show_list:
        for task in TASKS:
            render.say(console, f"{task.package:12} {task.instruction}")
        return 0
    number = random.SystemRandom().randrange(10_000) if seed is None else seed
    name, words = _choose(package, instruction, number)
    folder = Path(tempfile.mkdtemp(prefix="redraft-demo-")).resolve()
    try:
        return _demonstrate(console, folder, name, words, number, keep=keep)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _choose(package: str | None, instruction: str | None, seed: int) -> tuple[str, str]:
    if package and instruction:
        return package, instruction
    if instruction:
        raise UserError("Say which installed package to rename in: add --package P.")
    tasks = [task for task in TASKS if package in (None, task.package)]
    if not tasks:
        raise UserError(f"There is no built-in rename for {package}: add an instruction, or see `redraft demo --list`.")
    task = draw(seed, tasks)
    return task.package, task.instruction


def _demonstrate(console: Console, folder: Path, package: str, instruction: str, seed: int, *, keep: bool) -> int:
    name = demo_repository.create(package, folder)
    render.say(console, f"package {name}, seed {seed}, copied to {folder}")
    render.say(console, f'redraft edit "{instruction}"', "bold")
    with render.Progress(console, quiet=False) as progress:
        outcome = edit(
            EditRequest(instruction, folder, seed=seed), emit=progress, approve=lambda proposal: proposal.change
        )
    if isinstance(outcome, Declined):
        render.print_declined(console, outcome)
    return _proved(console, folder, name, outcome, keep=keep) if isinstance(outcome, Published) else 1


def _proved(console: Console, folder: Path, name: str, outcome: Published, *, keep: bool) -> int:
    """Show what was written and import it."""
    report = outcome.proposal.report
    render.print_diff(console, outcome.proposal.diff, DIFF_LINES)
    render.print_report(console, report)
    failures = [
        failure
        for intent in (report.plan.intents if report.plan else ())
        if (failure := demo_repository.import_failure(folder, name, intent))
    ]
    for failure in failures:
        render.say(console, f"The edited package does not import: {failure}", "red")
    if not failures:
        render.say(console, f"The edited {name} imports, under the new name.", "green")
    render.say(console, _afterwards(folder, outcome.entry, keep=keep))
    return 1 if failures else 0


def _afterwards(folder: Path, entry: str, *, keep: bool) -> str:
    if keep:
        return f"Kept in {folder}. Take it back with: redraft undo {entry} --repo {folder}"
    return "The copy is removed now; with --keep it stays, and `redraft undo` takes the edit back."
