"""`redraft plan`: say what an instruction is understood to mean."""

from __future__ import annotations

from pathlib import Path

from agent import render
from agent.errors import UserError
from agent.loop import plan
from agent.outcome import Declined, EditRequest
from agent.report import json_line, outcome_object, plan_object
from agent.request import inside, read_instruction
from agent.settings import chosen, load
from agent.worktree import Repository
from engine import is_hub


def run(
    *,
    instruction: str | None,
    file: str | None,
    paths: tuple[str, ...],
    repo: Path,
    only: tuple[str, ...],
    exclude: tuple[str, ...],
    engine: str | None,
    seed: int | None,
    as_json: bool,
) -> int:
    words, named = read_instruction(instruction, file, paths)
    root = Repository.open(repo).root
    folders = inside(root, Path.cwd(), named)
    settings = load(root)
    model = chosen(engine, settings.engine)
    if is_hub(model):
        raise UserError("A hub engine makes no plan before it edits: use redraft edit --dry-run.")
    request = EditRequest(
        words, root, folders, only=only, exclude=(*exclude, *settings.exclude),
        engine=model, seed=chosen(seed, settings.seed),
    )  # fmt: skip
    # The plan is the result here, so it goes to standard output, not past it.
    with render.Progress(render.notes(), quiet=True) as progress:
        understood = plan(request, emit=progress)
    if as_json:
        found = outcome_object(understood) if isinstance(understood, Declined) else plan_object(understood)
        render.write_exactly(json_line(found))
    elif isinstance(understood, Declined):
        render.print_declined(render.notes(), understood)
    else:
        render.print_plan(render.output(), understood)
    return 1 if isinstance(understood, Declined) else 0
