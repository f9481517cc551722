"""Checks the hand-written rename instructions: their format, their number and how much their wordings differ.

Knows nothing of the engine and does not read the judged packages.
"""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

JUDGING_SET = Path(__file__).resolve().parents[2] / "benchmarks" / "judging" / "rename_instructions.jsonl"
KINDS = {"function", "method", "class", "constant", "attribute", "parameter", "module", "package"}
CONCEPTS = {"tests", "docs", "comments", "strings"}
RUN_LENGTH = 6
MASK = "<name>"
SYMBOL = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
TARGET_SHAPE = {
    "module": re.compile(r"[\w./-]+\.py"),
    "package": re.compile(r"[\w./-]+/"),
    "parameter": re.compile(rf"[\w./-]+\.py::{SYMBOL}\([A-Za-z_]\w*\)"),
}
DEFINITION_SHAPE = re.compile(rf"[\w./-]+\.py::{SYMBOL}")
NAME_LIKE = re.compile(r".*[_./].*|.*[a-z][A-Z].*|[A-Z]{2,}.*|.*\d.*")

Record = dict[str, Any]


def load_records() -> list[Record]:
    return [json.loads(line) for line in JUDGING_SET.read_text(encoding="utf-8").splitlines()]


RECORDS = load_records()
BY_ID = pytest.mark.parametrize("record", RECORDS, ids=[record["id"] for record in RECORDS])


def plan_names(record: Record) -> set[str]:
    """Every word that is part of a target or of a new name."""
    intents = record.get("plan", {}).get("intents", [])
    spelled = " ".join(f"{intent['target']} {intent['new']}" for intent in intents)
    return set(re.findall(r"\w+", spelled)) | {record["package"]}


def masked_words(record: Record) -> list[str]:
    names = plan_names(record)
    words = re.findall(r"[\w./]+(?:'\w+)?", record["instruction"])
    bare = [word.strip("./") for word in words]
    return [MASK if word in names or NAME_LIKE.fullmatch(word) else word.lower() for word in bare if word]


def word_runs(record: Record) -> set[tuple[str, ...]]:
    words = masked_words(record)
    return {tuple(words[start : start + RUN_LENGTH]) for start in range(len(words) - RUN_LENGTH + 1)}


def test_judging_set_holds_at_least_sixty_instructions() -> None:
    assert sum(record["expect"] == "plan" for record in RECORDS) >= 60


def test_judging_set_ids_and_instructions_are_unique() -> None:
    assert len({record["id"] for record in RECORDS}) == len(RECORDS)
    assert len({record["instruction"] for record in RECORDS}) == len(RECORDS)


def test_judging_set_covers_every_kind_and_abstention() -> None:
    kinds = {intent["kind"] for record in RECORDS for intent in record.get("plan", {}).get("intents", [])}
    assert kinds == KINDS
    assert any(record["expect"] == "abstain" for record in RECORDS)


@BY_ID
def test_judging_record_has_the_documented_fields(record: Record) -> None:
    outcome = {"plan": "plan", "abstain": "why"}[record["expect"]]
    assert set(record) - {"shares_wording"} == {"id", "package", "version", "instruction", "expect", outcome}
    assert all(record[field] for field in record)
    assert re.fullmatch(r"r\d{3}", record["id"])


@BY_ID
def test_judging_plan_is_well_formed(record: Record) -> None:
    plan = record.get("plan")
    if plan is None:
        return
    assert set(plan) <= {"intents", "only", "except", "keep_alias"}
    assert all(plan.values()), "empty fields are left out"
    for intent in plan["intents"]:
        assert set(intent) == {"kind", "target", "new"}
        assert intent["kind"] in KINDS
        assert TARGET_SHAPE.get(intent["kind"], DEFINITION_SHAPE).fullmatch(intent["target"])
        assert intent["new"].isidentifier()
    for scope in (*plan.get("only", ()), *plan.get("except", ())):
        assert scope in CONCEPTS or "/" in scope or "." in scope


@BY_ID
def test_judging_plan_new_names_stand_in_the_instruction(record: Record) -> None:
    for intent in record.get("plan", {}).get("intents", []):
        assert re.search(rf"(?<!\w){intent['new']}(?!\w)", record["instruction"])


def test_judging_instructions_share_no_run_of_six_words() -> None:
    counts = Counter(run for record in RECORDS for run in word_runs(record))
    assert [run for run, count in counts.items() if count > 1] == []
