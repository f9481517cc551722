"""Windows around every place that may have to change."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from engine.evidence import Kind, occurrences
from engine.features import Channel, Evidence, Region, Relation
from engine.lexemes import lex
from engine.sites import Candidate, Rename, alias_gap, from_family, from_occurrence, from_path
from engine.values import Value
from engine.windows import MAX_LEXEMES, Window, windows
from tests.engine.tiny import entity, project

DEFINITION = "def load(path):\n    return path\n"


def opened(texts: Mapping[str, str], target: str = "a.py::load", keep_alias: bool = False) -> list[Window]:
    """The windows of every occurrence of a target."""
    made = project(texts)
    rename = Rename(entity(made, target), "fetch", (), keep_alias)
    found = [from_occurrence(item, rename, texts[item.path]) for item in occurrences(made, rename.target, texts)]
    return windows(texts, rename, found, 3, lambda candidate: True)


TEXTS = {
    "code": "from a import load\n\n\nx = [load(p) for p in load.many]\n",
    "first line": "load\nx = 1\n",
    "last line": "x = 1\ny = load",
    "strings": "x = 'a.load'\n'''Text of\nload and more.'''\nprint(f'{load(1)} {load}')\n",
    "crlf": "import a\r\nx = a.load(1)\r\n\r\nif x:\r\n    y = a.load(2)\r\n",
    "tabs and accents": "é = 'naïve'; ñ = load('ü')\n\tload\n",
    "long line": "x = [" + ", ".join(f"f{i}(load)" for i in range(120)) + "]\n",
    "long file": "\n".join(f"x{i} = load({i})" for i in range(200)),
    "unparsable": "def (((\nload\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_windows_contain_every_occurrence_at_its_lexeme(name: str) -> None:
    texts = {"a.py": DEFINITION, "b.py": TEXTS[name]}
    made = opened(texts)
    seen = [(c.path, c.start) for window in made for c in window.candidates]
    assert sorted(seen) == [(p, x.start) for p, text in sorted(texts.items()) for x in lex(text) if x.text == "load"]
    for window in made:
        for slot, candidate in zip(window.canvas.slots, window.candidates, strict=True):
            assert window.canvas.lexemes[slot.position] == "load" == texts[candidate.path][candidate.start : candidate.end]
            assert window.canvas.features[slot.position, Channel.REGION] == Region.WINDOW
        code = np.sum(window.canvas.features[:, Channel.REGION] == Region.WINDOW)
        assert 0 < code <= MAX_LEXEMES


def test_slots_of_one_window_stand_in_the_order_of_the_text_with_the_words_around() -> None:
    (window,) = [w for w in opened({"a.py": DEFINITION, "b.py": TEXTS["code"]}) if w.candidates[0].path == "b.py"]
    for slot, candidate in zip(window.canvas.slots, window.candidates, strict=True):
        around = [x.text for x in lex(TEXTS["code"]) if x.end > candidate.start][:3]
        assert list(window.canvas.lexemes[slot.position : slot.position + 3]) == around


def test_plan_path_and_scope_precede_the_code() -> None:
    (window, *_) = opened({"a.py": "class Store:\n    def load(self):\n        pass\n"}, "a.py::Store.load")
    assert window.canvas.lexemes[:5] == ("method", "load", "fetch", "Store", "a")
    relations = window.canvas.features[:5, Channel.RELATION]
    assert list(relations) == [Relation.NONE, Relation.IS_OLD, Relation.IS_NEW, Relation.IS_OWNER, Relation.IS_MODULE]


def test_evidence_stands_on_the_slot() -> None:
    texts = {"a.py": DEFINITION, "b.py": "def load(): ...\n", "c.py": "from a import load\n"}
    evidence = {
        c.path: Evidence(int(w.canvas.features[s.position, Channel.EVIDENCE]))
        for w in opened(texts) for c, s in zip(w.candidates, w.canvas.slots, strict=True)
    }  # fmt: skip
    assert evidence == {"a.py": Evidence.YES, "b.py": Evidence.NO, "c.py": Evidence.YES}


def test_candidate_that_is_not_allowed_can_only_be_kept() -> None:
    texts = {"a.py": DEFINITION, "b.py": "from a import load\n"}
    made = project(texts)
    rename = Rename(entity(made, "a.py::load"), "fetch")
    found = [from_occurrence(item, rename, texts[item.path]) for item in occurrences(made, rename.target, texts)]
    for window in windows(texts, rename, found, 3, lambda candidate: candidate.path == "a.py"):
        free = window.candidates[0].path == "a.py"
        assert all(slot.domain == ((Value.KEEP, Value.REPLACE) if free else (Value.KEEP,)) for slot in window.canvas.slots)


def _candidates(texts: Mapping[str, str], target: str = "pkg/a.py::load") -> list[Candidate]:
    made = project(texts)
    rename = Rename(entity(made, target), "fetch", (), keep_alias=True)
    return [from_occurrence(item, rename, texts[item.path]) for item in occurrences(made, rename.target, texts)]


def test_alias_lets_a_package_export_both_names() -> None:
    init = "from pkg.a import load\n__all__ = ['load', \"load\"]\nload\n"
    found = [c for c in _candidates({"pkg/a.py": DEFINITION, "pkg/__init__.py": init}) if c.path == "pkg/__init__.py"]
    assert [c.both for c in found] == ["fetch, load", "fetch', 'load", 'fetch", "load', ""]
    assert [Value.BOTH in c.domain for c in found] == [True, True, True, False]


def test_alias_leaves_an_import_under_another_name_alone() -> None:
    found = _candidates({"pkg/a.py": DEFINITION, "pkg/__init__.py": "from pkg.a import load as public\n"})
    assert not any(Value.BOTH in candidate.domain for candidate in found)


def test_gap_window_ends_where_the_alias_would_stand() -> None:
    made = project({"a.py": DEFINITION})
    rename = Rename(entity(made, "a.py::load"), "fetch", (), keep_alias=True)
    gap = alias_gap(DEFINITION, len(DEFINITION) - 1, rename, "\n\n\nload = fetch")
    (window,) = windows({"a.py": DEFINITION}, rename, [gap], 3, lambda candidate: True)
    (slot,) = window.canvas.slots
    assert slot.domain == (Value.EMPTY, Value.INSERT) and slot.position == len(window.canvas.lexemes) - 1
    assert window.canvas.lexemes[-3:] == ("return", "path", "\n")


def test_longer_name_is_shown_at_its_place() -> None:
    text = "def test_load():\n    load()\n"
    made = project({"a.py": DEFINITION, "t.py": text})
    rename = Rename(entity(made, "a.py::load"), "fetch")
    (window,) = windows({"t.py": text}, rename, [from_family("test_load", ("t.py", 4, 13), rename, None)], 3, lambda candidate: True)
    assert window.canvas.lexemes[window.canvas.slots[0].position] == "test_load" and window.candidates[0].after == "test_fetch"


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [("pkg/load.py", "load", "fetch"), ("pkg/load/", "load", "fetch"), ("tests/test_load.py", "test_load", "test_fetch"), ("pkg/store.py", "", "")],
)
def test_path_candidate_is_the_stem_of_its_last_part(path: str, before: str, after: str) -> None:
    made = project({"pkg/load.py": ""})
    target = entity(made, "pkg/load.py")
    assert target.kind is Kind.MODULE
    found = from_path(path, Rename(target, "fetch"), is_target=True)
    assert (found is None) is (before == "")
    if found is not None:
        assert (found.before, found.after) == (before, after)
        (window,) = windows({}, Rename(target, "fetch"), [found], 3, lambda candidate: True)
        assert window.canvas.lexemes[window.canvas.slots[0].position] == before
