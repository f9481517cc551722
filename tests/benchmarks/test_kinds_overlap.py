"""The open judging instructions of all kinds and the requests that training text is made of must not share wording."""

from __future__ import annotations

import json
import random
from pathlib import Path

from engine.train.wording import Scope
from engine.train.wording_action_phrases import requests
from engine.train.wording_actions import incomplete, rendered, request
from tests.benchmarks.test_frame_overlap import RUN, runs
from tests.engine.wishes import OTHERS, others, scope, wishes

JUDGING = Path(__file__).parents[2] / "benchmarks" / "judging" / "kinds_instructions.jsonl"


def generated_runs() -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for line in (*requests(), *requests("joined"), *requests("incomplete")):
        for seed in range(2):
            rng = random.Random(seed)
            asked = wishes(line, rng, seed == 0)
            if line in requests("incomplete"):
                said = incomplete(asked, rng)
            else:
                said = rendered(line, asked, scope(line), "alias" in line.flags, others(asked[0].targets[0]), rng)
            found |= runs(said.text) if said else set()
    for seed in range(500):
        rng = random.Random(seed)
        joined = request([wish for line in rng.sample(requests(), 2) for wish in wishes(line, rng)], Scope(), False, OTHERS, rng)
        found |= runs(joined.text) if joined else set()
    return found


def test_instructions_of_all_kinds_share_few_five_word_runs_with_the_requests() -> None:
    generated = generated_runs()
    items = [json.loads(line) for line in JUDGING.read_text(encoding="utf-8").splitlines()]
    shared = [item["id"] for item in items if runs(item["instruction"]) & generated]
    print(f"{len(shared)} of {len(items)} instructions share a run of {RUN} words with the requests: {shared}")
    assert len(items) >= 160
    assert len(shared) <= 0.10 * len(items)
