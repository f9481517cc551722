"""The instructions that may be tuned on have the format of those that judge, and come from packages that training holds out."""

from __future__ import annotations

import pytest

from engine.train.corpus import read_manifest
from tests.benchmarks.test_kinds_judging_set import FOLDER, OPS, RECORDS, Record, intents_of, load
from tests.test_architecture import ROOT

DEVELOPMENT = load("development.jsonl")


def test_it_is_large_and_covers_every_op() -> None:
    assert (FOLDER / "development.jsonl").exists() and len(DEVELOPMENT) >= 100
    assert {intent["op"] for record in DEVELOPMENT for intent in intents_of(record)} == set(OPS)


def test_its_packages_are_held_out_from_training() -> None:
    held_out = {entry.name for entry in read_manifest(ROOT / "engine" / "train" / "corpus.jsonl") if entry.split == "held-out"}
    assert {record["package"] for record in DEVELOPMENT} <= held_out


def test_it_shares_no_instruction_with_the_judging_sets() -> None:
    judging = {" ".join(record["instruction"].lower().split()) for record in RECORDS}
    own = [" ".join(record["instruction"].lower().split()) for record in DEVELOPMENT]
    assert len(set(own)) == len(own) and not judging & set(own)


@pytest.mark.parametrize("record", DEVELOPMENT, ids=[record["id"] for record in DEVELOPMENT])
def test_record_has_the_documented_fields(record: Record) -> None:
    outcome = {"plan": "plan", "ask": "missing", "abstain": "why"}[record["expect"]]
    assert set(record) == {"id", "package", "version", "instruction", "expect", outcome} and all(record.values())
    for intent in intents_of(record):
        required, optional = OPS[intent["op"]]
        named = set(intent) - {"op", "described"} | ({"target"} if "targets" in intent and "target" in required else set())
        assert required <= named <= required | optional | {"targets"}, intent
