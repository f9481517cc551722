"""The judging instructions and the training frames must not share wording."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

from engine.evidence import Kind
from engine.train.wording import Intent, Scope, word

JUDGING = Path(__file__).parents[2] / "benchmarks" / "judging" / "rename_instructions.jsonl"
RUN = 5


def runs(text: str) -> set[tuple[str, ...]]:
    """Runs of five words; whatever is no plain lower-case English word counts as a masked name."""
    words = [w.lower() if re.fullmatch(r"[A-Za-z]?[a-z]+", w) else "NAME" for w in re.findall(r"[\w./:`']+", text)]
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1) if words[i : i + RUN].count("NAME") <= 2}


def generated_runs(samples: int) -> set[tuple[str, ...]]:
    rng = random.Random(7)
    found: set[tuple[str, ...]] = set()
    for _ in range(samples):
        kind = rng.choice([Kind.FUNCTION, Kind.CLASS, Kind.METHOD, Kind.MODULE, Kind.PARAMETER])
        intent = Intent(kind, "old_name", "Owner" if kind is Kind.METHOD else "", "src/pkg/mod.py", "new_name")
        found |= runs(word([intent], Scope(), rng.random() < 0.1, rng).text)
    return found


def test_counted_instructions_share_few_five_word_runs_with_the_generator() -> None:
    generated = generated_runs(12_000)
    items = [json.loads(line) for line in JUDGING.read_text(encoding="utf-8").splitlines()]
    counted = [item for item in items if not item.get("shares_wording")]
    shared = [item["id"] for item in counted if runs(item["instruction"]) & generated]
    print(f"{len(shared)} of {len(counted)} counted instructions share a run of {RUN} words with the generator: {shared}")
    assert len(counted) >= 60
    assert len(shared) <= 0.10 * len(counted)
