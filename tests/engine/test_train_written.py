"""Requests written about packages: the marks are read, the plan is the canvas's truth, and other names change nothing of it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from engine.plan import Action
from engine.train.corpus import Package, read_manifest
from engine.train.index import Index
from engine.plan_reader import ACTION_VALUE
from engine.train.written import FILE, Written, examples_of_request, written, written_examples
from engine.values import NEW, OLD, TARGET, Value

MANIFEST = Path(FILE).parents[1] / "corpus.jsonl"
TEXTS = {
    "net.py": '"""Sockets."""\n\n\ndef fetch_page(url):\n    return url\n\n\n# old spelling\nget_page = fetch_page\n\n\n# old spelling\nread_page = fetch_page\n',
    "app.py": "from net import fetch_page\n\nfetch_page('x')\n",
}
RENAME = {
    "package": "crawl",
    "text": "[[OLD:fetch_page]] should say what it does: [[NEW:download]], but not in [[EXCEPT:app.py]].",
    "asks": [{"action": "rename", "targets": ["net.py::fetch_page"]}],
}
ALIASES = {
    "package": "crawl",
    "text": "the [[OLD:aliases for the old spelling]] in net.py can go",
    "asks": [{"action": "delete", "described": True, "targets": ["net.py::get_page", "net.py::read_page"]}],
}


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.of(Package("crawl", "train", TEXTS))


def parsed(raw: dict[str, object]) -> Written:
    return Written.parsed(json.dumps(raw))


def test_marks_cover_what_they_stand_for() -> None:
    text, marks = parsed(RENAME).said()
    assert text == "fetch_page should say what it does: download, but not in app.py."
    assert {(mark.label, text[mark.start : mark.end]) for mark in marks} == {("OLD_1", "fetch_page"), ("NEW_1", "download"), ("EXCEPT", "app.py")}


def test_a_plan_canvas_holds_the_plan(index: Index) -> None:
    (made,) = examples_of_request(parsed(RENAME), index, {}, 6, random.Random(0))
    held = list(zip([made.canvas.lexemes[slot.position] for slot in made.canvas.slots], made.clean, strict=True))
    assert made.clean[0] is ACTION_VALUE[Action.RENAME]
    assert ("fetch_page", OLD[0]) in held and ("download", NEW[0]) in held and ("fetch_page", TARGET[0]) in held and ("app", Value.EXCEPT) in held


def test_what_is_described_is_chosen_on_an_entity_canvas(index: Index) -> None:
    plan, chosen = examples_of_request(parsed(ALIASES), index, {}, 6, random.Random(0))
    assert TARGET[0] not in plan.clean
    names = [chosen.canvas.lexemes[slot.position] for slot in chosen.canvas.slots]
    assert {name for name, value in zip(names, chosen.clean, strict=True) if value is TARGET[0]} == {"get_page", "read_page"} < set(names)


def test_another_name_stands_in_the_text_and_in_the_tree(index: Index) -> None:
    (made,) = examples_of_request(parsed(RENAME), index, {"fetch_page": "load_site"}, 6, random.Random(0))
    held = list(zip([made.canvas.lexemes[slot.position] for slot in made.canvas.slots], made.clean, strict=True))
    assert ("load_site", OLD[0]) in held and ("load_site", TARGET[0]) in held and "fetch_page" not in made.canvas.lexemes


def test_a_target_that_is_not_there_is_an_error(index: Index) -> None:
    gone = parsed({**RENAME, "asks": [{"action": "rename", "targets": ["net.py::vanished"]}]})
    with pytest.raises(KeyError, match="vanished"):
        examples_of_request(gone, index, {}, 6, random.Random(0))


def test_every_copy_is_made(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.train.written.written", lambda package: (parsed(RENAME), parsed({"package": "crawl", "text": "why is fetch_page slow?", "asks": []})))
    made = list(written_examples(index, ["send_mail", "open_door"], 3, 6, random.Random(0)))
    assert len(made) == 6 and sum(example.clean[0] is Value.UNSUPPORTED for example in made) == 3


def test_the_file_is_about_packages_that_train() -> None:
    lines = [Written.parsed(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    trained = {entry.name for entry in read_manifest(MANIFEST) if entry.split == "train"}
    assert len(lines) > 400 and {item.package for item in lines} <= trained
    assert sum(len(written(package)) for package in trained) == len(lines)
    for item in lines:
        text, marks = item.said()
        assert "[[" not in text and "]]" not in text
        assert all(mark.label in ("ONLY", "EXCEPT") or int(mark.label.rpartition("_")[2]) <= len(item.asks) for mark in marks), text
