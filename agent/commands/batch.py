"""`redraft batch`: many edits over many repositories, from a recipe."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from agent import crashlog, prompt, render
from agent.batch.driver import Driver
from agent.batch.ledger import Ledger
from agent.batch.recipe import Recipe
from agent.batch.recipe_file import load, schema_text
from agent.batch.report import report
from agent.batch.targets import Target, targets
from agent.batch.view import View
from agent.batch.workers import Processes, Workers
from agent.commands.edit import isolation_wanted
from agent.errors import UserError
from agent.request import required_tests
from agent.sandbox import find
from agent.settings import load as load_settings
from engine import UnknownEngine, available


def run(
    *,
    recipe: Path | None,
    show_schema: bool,
    ledger: Path | None,
    workers: int | None,
    ray: str | None,
    dry_run: bool,
    fresh: bool,
    retry: bool,
    allow_checks: bool,
    no_sandbox: bool,
    as_json: bool,
) -> int:
    if show_schema:
        render.write_exactly(schema_text())
        return 0
    if recipe is None:
        raise UserError("Name a recipe: redraft batch RECIPE (docs/batch.md shows one, --schema prints its schema).")
    gc.enable()  # Unlike other commands, this one may run for hours.
    plan = load(recipe)
    found = targets(plan)
    isolated = _isolated(plan, found, allow_checks=allow_checks, no_sandbox=no_sandbox, as_json=as_json)
    folder = (ledger or crashlog.state_folder() / "batch" / f"{plan.file.stem}-{plan.digest[:12]}").absolute()
    with Ledger.open(folder, _identity(plan), fresh=fresh) as kept:
        if retry:
            _again(kept, found)
        return _carried_out(plan, found, kept, workers, ray, isolated, dry_run=dry_run, as_json=as_json)


def _carried_out(
    plan: Recipe, found: Sequence[Target], kept: Ledger, workers: int | None, ray: str | None, isolated: bool, *, dry_run: bool, as_json: bool
) -> int:
    notes = render.notes()
    open_ = [target for target in found if kept.of(target.name).landed is None]
    units = {target.name: len(plan.edits) - len(kept.of(target.name).decided) for target in open_}
    if not as_json:
        render.say(notes, f"{len(found)} repositories, {len(plan.edits)} edits each; ledger in {kept.folder}", "dim")
        if len(open_) < len(found):
            render.say(notes, f"{len(found) - len(open_)} are done already: --fresh begins again, --retry those of which nothing landed.")
    if open_:
        count = workers or plan.workers or min(len(open_), os.cpu_count() or 1)
        with _workers(ray, count, kept) as chosen, View(notes, len(found), units, quiet=as_json) as view:
            Driver(plan, kept, chosen, view, isolated, dry_run).run(open_)
    lines = report(plan, found, kept)
    (kept.folder / "report.jsonl").write_text(lines, encoding="utf-8")
    if as_json:
        render.write_exactly(lines)
    else:
        render.say(notes, f"The report is in {kept.folder / 'report.jsonl'}.")
    return 0 if all(_went_well(plan, kept, target, dry_run) for target in found) else 1


def _went_well(plan: Recipe, kept: Ledger, target: Target, dry_run: bool) -> bool:
    known = kept.of(target.name)
    whole = len(known.decided) == len(plan.edits) and all(decision.change for decision in known.decided)
    return whole and (dry_run or known.landed is not None and known.landed.outcome != "failed")


@contextmanager
def _workers(ray: str | None, count: int, kept: Ledger) -> Iterator[Workers]:
    made: Workers = Processes(count, kept.work) if ray is None else _ray(ray, count)
    try:
        yield made
    finally:
        made.close()


def _ray(address: str, count: int) -> Workers:
    if importlib.util.find_spec("ray") is None:
        raise UserError("Ray is not installed: pip install 'redraft[ray]', or leave --ray out.")
    made: Workers = importlib.import_module("agent.batch.ray_workers").RayWorkers(address, count)
    return made


def _identity(plan: Recipe) -> dict[str, str]:
    """What a ledger's decisions depend on besides the files."""
    chosen = next((info for info in available() if info.name == plan.engine), None)
    if chosen is None:
        raise UnknownEngine(f"There is no engine {plan.engine}: `redraft engines` lists them.")
    return {"recipe": plan.digest, "engine": chosen.sha256}


def _again(kept: Ledger, found: Sequence[Target]) -> None:
    for target in found:
        landed = kept.of(target.name).landed
        if landed is not None and not landed.edits:
            kept.again(target.name)


def _isolated(plan: Recipe, found: Sequence[Target], *, allow_checks: bool, no_sandbox: bool, as_json: bool) -> bool:
    """Whether tests run in a sandbox; asks about commands that come with a repository."""
    asks = not as_json and sys.stdin.isatty() and sys.stdout.isatty()
    said = [command for given in (plan.tests, *(target.tests for target in found)) if (command := required_tests(given))]
    inside = next((target for target in found if plan.file.is_relative_to(target.root)), None)
    if said and inside is not None and not allow_checks:
        question = f"The recipe comes with the repository {inside.name} and runs {said[0]!r}. Run it? [y/N] "
        if not asks or not prompt.accepted(question, ask=input):
            raise UserError(f"The recipe lies in the repository {inside.name} and names a command ({said[0]}): "
                            "read it, then give --allow-checks.")  # fmt: skip
    runs = said or any(load_settings(target.root).tests for target in found)
    return not no_sandbox and (not runs or isolation_wanted(find(), asks, input))


