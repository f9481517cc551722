"""Inject one wrong decision into an otherwise finished rename, and let validation and repair mend it.

    python -m benchmarks.repair.run --sources DIR [--faults 20] [--seed 0]

Three kinds of fault: a site that is missed, an import that is left stale, and a wrong replacement of a name that should stay. A fault counts as
mended when the denoiser turns the very slot back within two rounds; as lost when any other accepted slot changed.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from agent import loop
from agent.outcome import EditRequest, Proposal
from agent.renames import Renames
from agent.run import Run
from benchmarks.judging.run import repository_of
from benchmarks.refactor.fetch import release_folder
from benchmarks.refactor.tasks import load_tasks
from engine import Decided, EmbeddedDenoiser, Plan
from engine.values import Value

CODE = frozenset({"name", "call", "attribute", "attribute_call", "base", "decorator", "annotation", "except"})


def faults_of(decided: Sequence[Decided]) -> dict[str, list[int]]:
    """Indices of decisions that can be turned wrong, by kind of fault."""
    sure = [i for i, item in enumerate(decided) if item.candidate.start >= 0 and item.confidence < 1.0]
    return {
        "missed site": [i for i in sure if decided[i].value is Value.REPLACE and decided[i].candidate.label in CODE],
        "stale import": [i for i in sure if decided[i].value is Value.REPLACE and decided[i].candidate.label == "import_name"],
        "wrong replacement": [i for i in sure if decided[i].value is Value.KEEP and decided[i].candidate.label in CODE],
    }


def inject(run: Run, work: Renames, kind: str, index: int) -> str:
    """Turn one decision wrong, repair, and say what became of it."""
    right = list(run.decided[0])
    wrong = Value.REPLACE if right[index].value is Value.KEEP else Value.KEEP
    run.decided[0] = [replace(item, value=wrong) if i == index else item for i, item in enumerate(right)]
    run.rounds = 0
    outcome = loop.propose(run, work)
    after = run.decided[0]
    others = any(a.value is not b.value for i, (a, b) in enumerate(zip(after, right, strict=True)) if i != index)
    run.decided[0] = right
    if run.rounds == 0:
        return "not noticed"
    if others:
        return "another slot changed"
    return "mended" if after[index].value is right[index].value and isinstance(outcome, Proposal) else "not mended"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--faults", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng, denoiser = random.Random(options.seed), EmbeddedDenoiser.load()
    counts, noticed = Counter[tuple[str, str]](), 0
    tasks = list(load_tasks("*"))
    rng.shuffle(tasks)
    with tempfile.TemporaryDirectory() as temporary:
        for task in tasks:
            tree = repository_of(release_folder(options.sources, task.package, task.version), Path(temporary))
            run = loop.start(EditRequest(task.wordings["detailed"], tree, max_seconds=600), lambda event: None, denoiser)
            plan = loop.understand_request(run)
            if not isinstance(plan, Plan) or len(plan.intents) != 1:
                continue
            work = Renames.decided(run, plan)
            if not isinstance(loop.propose(run, work), Proposal):
                continue
            for kind, indices in faults_of(run.decided[0]).items():
                for index in rng.sample(indices, min(1, len(indices))):
                    result = inject(run, work, kind, index)
                    counts[kind, result] += 1
                    noticed += result != "not noticed"
                    print(f"{task.id}: {kind}: {result}", flush=True)
            if noticed >= options.faults:
                break
    for (kind, result), count in sorted(counts.items()):
        print(f"{kind:20} {result:22} {count}")
    print(f"mended {sum(n for (_, r), n in counts.items() if r == 'mended')} of {noticed} noticed faults")


if __name__ == "__main__":
    main()
