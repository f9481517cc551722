"""The report of a batch: JSON lines in the order of the recipe.

The same recipe over the same files gives the same bytes, whoever decided, in whichever order, after however many kills:
times, journal entries and commits, which differ from run to run, are in the ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from agent.batch.decide import Decision
from agent.batch.ledger import Ledger
from agent.batch.recipe import Recipe
from agent.batch.targets import Target
from agent.report import json_line

UNFINISHED = "unfinished"


def report(recipe: Recipe, found: Sequence[Target], ledger: Ledger) -> str:
    return "".join(json_line(line) for line in _lines(recipe, found, ledger))


def _lines(recipe: Recipe, found: Sequence[Target], ledger: Ledger) -> Iterator[dict[str, object]]:
    counts: dict[str, int] = {}
    for target in found:
        known = ledger.of(target.name)
        for i, decision in enumerate(known.decided):
            yield {"kind": "edit", "repository": target.name, "edit": i + 1, "request": recipe.edits[i].title, **_decision(decision)}
        outcome = known.landed.outcome if known.landed else UNFINISHED
        edits = [i + 1 for i in known.landed.edits] if known.landed else []
        reason = known.landed.reason if known.landed else ""
        counts[outcome] = counts.get(outcome, 0) + 1
        yield {"kind": "repository", "repository": target.name, "outcome": outcome, "reason": reason, "edits": edits}
    yield {"kind": "batch", "repositories": len(found), "outcomes": dict(sorted(counts.items()))}


def _decision(decision: Decision) -> dict[str, object]:
    said = asdict(decision)
    del said["seconds"]
    return {**said, "change": hashlib.sha256(decision.change.encode()).hexdigest() if decision.change else None}
