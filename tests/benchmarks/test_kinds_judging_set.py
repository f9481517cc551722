"""Checks the hand-written instructions for all kinds: their format, their number, their variety and that their targets exist.

Knows nothing of the engine. With REFACTOR_SOURCES naming a folder of unpacked releases the targets are looked up in the
syntax trees; otherwise those tests are skipped.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "judging"
LEAST = {"kinds_instructions.jsonl": 160, "kinds_sealed.jsonl": 60}
PACKAGES = {"arrow", "click", "httpx", "marshmallow", "mistune", "networkx", "tinydb", "werkzeug"}
SOURCES = os.environ.get("REFACTOR_SOURCES")

# op: (required fields, optional fields). `target` may be replaced by `targets` and `described`.
OPS: dict[str, tuple[set[str], set[str]]] = {
    "rename": ({"target", "new"}, set()),
    "move": ({"targets", "to", "new_module"}, {"described"}),
    "merge_module": ({"source", "to"}, set()),
    "split_module": ({"source", "parts"}, set()),
    "add_parameter": ({"target", "name"}, {"type", "default", "keyword_only", "position", "values", "effect"}),
    "remove_parameter": ({"target", "name"}, set()),
    "reorder_parameters": ({"target", "order"}, set()),
    "method_to_function": ({"target"}, {"new", "to"}),
    "function_to_method": ({"target", "owner"}, {"new"}),
    "functions_to_class": ({"targets", "owner"}, {"described"}),
    "parameters_to_dataclass": ({"target", "parameters", "dataclass"}, {"to"}),
    "make_static": ({"target"}, set()),
    "make_classmethod": ({"target"}, set()),
    "make_property": ({"target"}, set()),
    "replace_use": ({"of", "by"}, {"scope"}),
    "delete": ({"targets"}, {"described"}),
}
CONCEPTS = {"tests", "docs", "comments", "strings", "code"}
SYMBOL = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
DEFINITION = re.compile(rf"[\w./-]+\.py::{SYMBOL}")
RENAMED = re.compile(rf"[\w./-]+\.py(?:::{SYMBOL}(?:\([A-Za-z_]\w*\))?)?|[\w./-]+/")
MODULE = re.compile(r"[\w./-]+\.py")
REPLACED = re.compile(rf"[\w./-]+\.py::{SYMBOL}|{SYMBOL}")
POSITION = re.compile(r"first|last|(?:before|after) [A-Za-z_]\w*")
RUN_LENGTH = 6
MASK = "<name>"
NAME_LIKE = re.compile(r".*[_./].*|.*[a-z][A-Z].*|[A-Z]{2,}.*|.*\d.*")

Record = dict[str, Any]
Intent = dict[str, Any]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def load(name: str) -> list[Record]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


FILES = {name: load(name) for name in LEAST}
RECORDS = [record for records in FILES.values() for record in records]
BY_ID = pytest.mark.parametrize("record", RECORDS, ids=[record["id"] for record in RECORDS])
BY_FILE = pytest.mark.parametrize("name", LEAST)


def intents_of(record: Record) -> list[Intent]:
    return list(record.get("plan", {}).get("intents", []))


def targets_of(intent: Intent) -> list[str]:
    return [intent["target"]] if "target" in intent else list(intent.get("targets", []))


def is_multiple(record: Record) -> bool:
    return len({intent["op"] for intent in intents_of(record)}) > 1


# -- format ---------------------------------------------------------------------------------------------------------------------


@BY_FILE
def test_each_file_is_large_and_covers_every_op_and_package(name: str) -> None:
    records = FILES[name]
    assert len(records) >= LEAST[name]
    assert {intent["op"] for record in records for intent in intents_of(record)} == set(OPS)
    assert {record["package"] for record in records} == PACKAGES


@BY_FILE
def test_each_file_holds_unanswerable_joint_and_described_requests(name: str) -> None:
    records = FILES[name]
    declined = Counter(record["expect"] for record in records)
    assert declined["ask"] and declined["abstain"]
    assert 0.10 <= (declined["ask"] + declined["abstain"]) / len(records) <= 0.20
    assert sum(map(is_multiple, records)) >= len(records) / 15
    assert sum(any("described" in intent for intent in intents_of(record)) for record in records) >= len(records) / 15


def test_ids_and_instructions_are_unique_over_both_files() -> None:
    assert len({record["id"] for record in RECORDS}) == len(RECORDS)
    assert len({" ".join(record["instruction"].lower().split()) for record in RECORDS}) == len(RECORDS)


def test_add_parameter_covers_all_its_fields() -> None:
    added = [intent for record in RECORDS for intent in intents_of(record) if intent["op"] == "add_parameter"]
    assert {field for intent in added for field in intent} >= OPS["add_parameter"][1]
    assert {scope for intent in added for scope in intent.get("values", {})} == {"code", "tests", "recursive"}


@BY_ID
def test_record_has_the_documented_fields(record: Record) -> None:
    outcome = {"plan": "plan", "ask": "missing", "abstain": "why"}[record["expect"]]
    assert set(record) - {"shares_wording"} == {"id", "package", "version", "instruction", "expect", outcome}
    assert all(record.values())
    assert re.fullmatch(r"k\d{3}", record["id"])
    for missing in record.get("missing", ()):
        op, field = missing.split(".")
        assert field in {*OPS[op][0], *OPS[op][1]}


@BY_ID
def test_plan_is_well_formed(record: Record) -> None:
    plan = record.get("plan", {})
    assert set(plan) <= {"intents", "only", "except", "keep_alias"}
    assert all(plan.values()), "empty fields are left out"
    assert len(intents_of(record)) <= 4
    for intent in intents_of(record):
        check_intent(intent, record["instruction"])
    for place in (*plan.get("only", ()), *plan.get("except", ())):
        assert is_place(place)


def is_place(place: str) -> bool:
    return place in CONCEPTS or "/" in place or "." in place


def check_intent(intent: Intent, instruction: str) -> None:
    required, optional = OPS[intent["op"]]
    fields = set(intent) - {"op"}
    if "target" in required and "targets" in fields:
        assert intent["described"] is True
        fields = fields - {"targets", "described"} | {"target"}
    assert required <= fields <= required | optional
    assert all(value or field == "new_module" for field, value in intent.items()), "empty fields are left out"
    assert all(intent[flag] is True for flag in ("described", "keyword_only") if flag in intent)
    shape = RENAMED if intent["op"] == "rename" else DEFINITION
    assert all(shape.fullmatch(target) for target in targets_of(intent))
    assert len(set(targets_of(intent))) == len(targets_of(intent))
    for field in ("source", "to"):
        assert field not in intent or MODULE.fullmatch(intent[field])
    for field in ("new", "name", "dataclass"):
        assert field not in intent or (intent[field].isidentifier() and intent[field] in instruction)
    assert "owner" not in intent or DEFINITION.fullmatch(intent["owner"])
    assert "effect" not in intent or intent["effect"] in instruction
    assert "position" not in intent or POSITION.fullmatch(intent["position"])
    assert all(REPLACED.fullmatch(intent[field]) for field in ("of", "by") if field in intent)
    assert all(is_place(place) for place in intent.get("scope", ()))
    for source in (intent.get("type"), intent.get("default"), *intent.get("values", {}).values()):
        assert source is None or ast.parse(source, mode="eval")
    for part in intent.get("parts", ()):
        assert set(part) == {"to", "targets"}
        assert MODULE.fullmatch(part["to"])
        assert all(target.startswith(f"{intent['source']}::") for target in part["targets"])


# -- wording --------------------------------------------------------------------------------------------------------------------


def masked_words(record: Record) -> list[str]:
    names = set(re.findall(r"\w+", json.dumps(record.get("plan", {})))) | {record["package"]}
    words = [word.strip("./") for word in re.findall(r"[\w./]+(?:'\w+)?", record["instruction"])]
    return [MASK if word in names or NAME_LIKE.fullmatch(word) else word.lower() for word in words if word]


def word_runs(record: Record) -> Iterator[tuple[str, ...]]:
    words = masked_words(record)
    runs = {tuple(words[start : start + RUN_LENGTH]) for start in range(len(words) - RUN_LENGTH + 1)}
    return (run for run in runs if run.count(MASK) < RUN_LENGTH - 1)


def test_instructions_share_no_run_of_six_words() -> None:
    counts = Counter(run for record in RECORDS for run in word_runs(record))
    assert [run for run, count in counts.items() if count > 1] == []


# -- targets, by syntax tree ----------------------------------------------------------------------------------------------------


def root_of(record: Record) -> Path:
    if SOURCES is None:
        pytest.skip("REFACTOR_SOURCES does not name a folder filled by benchmarks/refactor/fetch.py")
    root = Path(SOURCES) / f"{record['package']}-{record['version']}"
    if not root.is_dir():
        pytest.skip(f"{root.name} is not unpacked in REFACTOR_SOURCES")
    return root


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a scope, those under `if` and `try` included."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try):
            yield from statements([*statement.body, *statement.orelse])


def binds(statement: ast.stmt, name: str) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return statement.name == name
    places = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return any(isinstance(place, ast.Name) and place.id == name for place in places)


def definition(root: Path, target: str) -> ast.stmt | None:
    """What the target names; the last definition where overloads precede it."""
    path, _, names = target.partition("::")
    if not (root / path).is_file():
        return None
    body, found = tree_of(root / path).body, None
    for name in names.split("."):
        found = next((statement for statement in reversed(list(statements(body))) if binds(statement, name)), None)
        body = getattr(found, "body", [])
    return found


def exists(root: Path, target: str) -> bool:
    if "::" not in target:
        return (root / target).exists()
    target, _, parameter = target.rstrip(")").partition("(")
    found = definition(root, target)
    return found is not None and (not parameter or parameter in {*positional(found), *keyword_only(found)})


def positional(function: ast.stmt) -> list[str]:
    assert isinstance(function, Function)
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"], ["mcs"]) else names


def keyword_only(function: ast.stmt) -> list[str]:
    assert isinstance(function, Function)
    return [argument.arg for argument in function.args.kwonlyargs]


@BY_ID
def test_targets_exist(record: Record) -> None:
    root = root_of(record)
    for intent in intents_of(record):
        used = [*targets_of(intent), *(target for part in intent.get("parts", ()) for target in part["targets"])]
        used += [intent["source"]] if "source" in intent else []
        used += [intent[field] for field in ("of", "by") if "::" in intent.get(field, "")]
        used += [intent["owner"]] if intent["op"] == "function_to_method" else []
        assert [target for target in used if not exists(root, target)] == []
    places = [*record.get("plan", {}).get("only", ()), *record.get("plan", {}).get("except", ())]
    places += [place for intent in intents_of(record) for place in intent.get("scope", ())]
    assert [place for place in places if place not in CONCEPTS and not (root / place).exists()] == []


@BY_ID
def test_new_things_do_not_exist_yet(record: Record) -> None:
    root = root_of(record)
    for intent in intents_of(record):
        if intent["op"] == "move":
            assert intent["new_module"] is not exists(root, intent["to"])
        if intent["op"] == "merge_module":
            assert exists(root, intent["to"])
        if intent["op"] == "functions_to_class":
            assert not exists(root, intent["owner"])


@BY_ID
def test_parameters_fit_the_signatures(record: Record) -> None:
    root = root_of(record)
    removed = {(intent["target"], intent["name"]) for intent in intents_of(record) if intent["op"] == "remove_parameter"}
    for intent in intents_of(record):
        for target in targets_of(intent):
            function = definition(root, target)
            if not isinstance(function, Function):
                continue
            names = [*positional(function), *keyword_only(function)]
            if intent["op"] == "add_parameter":
                assert intent["name"] not in names
                assert intent.get("position", "first").split()[-1] in {*names, "first", "last"}
            elif intent["op"] == "remove_parameter":
                assert intent["name"] in names
            elif intent["op"] == "parameters_to_dataclass":
                assert set(intent["parameters"]) <= set(names)
            elif intent["op"] == "reorder_parameters":
                left = [name for name in positional(function) if (target, name) not in removed]
                assert sorted(left) == sorted(intent["order"]) and left != intent["order"]
