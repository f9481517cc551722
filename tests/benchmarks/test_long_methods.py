"""The judge of methods made functions: what the action makes of a real class is right, and every way to break it is seen."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping

import pytest

from benchmarks.long_methods import Release, is_called, found_of, measure, methods
from benchmarks.long_methods_judge import Moved, flaws_of
from engine.evidence import Project

STORE = '''"""Stores."""


class RecordStore:
    """Rows by key."""

    def __init__(self, rows):
        self._rows = rows

    # Finds what is there.
    def load_all(self, keys, deep=False):
        """Load them.

        Missing ones are left out.
        """
        found = []
        text = """
        as it is
        """
        for key in keys:  # in order
            row = self._rows.get(key)
            if row is None:
                self._note(f"{key} is not in {self._rows}")
                continue
            elif deep and isinstance(row, list):
                found.extend(row)
            else:
                # One row.
                found.append([self.load_all(part) for part in row] if deep else row)
        for number, row in enumerate(found, start=1):
            if number % 100 == 0:
                self._note(text + "rows so far: " + str(number) + str(row))
        return sorted(found, key=lambda row: (str(row), len(found))), {"text": text, "count": len(found)}

    def _note(self, text):
        print(text)
'''
USE = '''"""Uses."""

from .store import RecordStore


def main(keys):
    store = RecordStore({})
    return store.load_all(keys, deep=True), [store.load_all]
'''
BEFORE = {"pkg/__init__.py": "", "pkg/store.py": STORE, "pkg/use.py": USE}
AFTER = {
    "pkg/__init__.py": "",
    "pkg/store.py": '''"""Stores."""


class RecordStore:
    """Rows by key."""

    def __init__(self, rows):
        self._rows = rows

    def _note(self, text):
        print(text)


# Finds what is there.
def load_all(record_store, keys, deep=False):
    """Load them.

    Missing ones are left out.
    """
    found = []
    text = """
        as it is
        """
    for key in keys:  # in order
        row = record_store._rows.get(key)
        if row is None:
            record_store._note(f"{key} is not in {record_store._rows}")
            continue
        elif deep and isinstance(row, list):
            found.extend(row)
        else:
            # One row.
            found.append([load_all(record_store, part) for part in row] if deep else row)
    for number, row in enumerate(found, start=1):
        if number % 100 == 0:
            record_store._note(text + "rows so far: " + str(number) + str(row))
    return sorted(found, key=lambda row: (str(row), len(found))), {"text": text, "count": len(found)}
''',
    "pkg/use.py": '''"""Uses."""

from functools import partial

from .store import RecordStore, load_all


def main(keys):
    store = RecordStore({})
    return load_all(store, keys, deep=True), [partial(load_all, store)]
''',
}


def moved(texts: Mapping[str, str]) -> Moved:
    """What was asked for, with every attribute of the name as a place."""
    places = {
        (path, at + len("load_all"))
        for path, text in texts.items()
        for at in range(len(text))
        if text.startswith("load_all", at) and text[at - 1] == "."
    }
    return Moved("pkg/store.py", "RecordStore", "load_all", "load_all", frozenset(places))


MOVED = moved(BEFORE)


def test_right_result_is_right() -> None:
    assert len(MOVED.places) == 3
    assert flaws_of(BEFORE, AFTER, MOVED) == []


def test_attribute_with_the_name_of_the_instance_is_no_clash() -> None:
    before, after = (
        {**texts, "pkg/store.py": texts["pkg/store.py"].replace("found = []", "keys.record_store = found = []")} for texts in (BEFORE, AFTER)
    )
    assert flaws_of(before, after, moved(before)) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "words"),
    [
        ("store", "record_store._rows.get(key)", "self._rows.get(key)", "should be `row = record_store"),
        ("store", "found.extend(row)", "found.append(row)", "should be"),
        ("store", "load_all(record_store, part)", "record_store.load_all(part)", "should be"),
        ("store", "        as it is\n", "    as it is\n", "should be"),
        ("store", "    Missing ones are left out.", "    Missing ones are kept.", "has become"),
        ("store", "  # in order", "", "is lost"),
        ("store", "# One row.", "# one row.", "is lost"),
        ("store", "found = []\n", "found = list()\n", "should be"),
        ("store", '"rows so far: "', "'rows so far: '", "has become"),
        ("store", "deep=False", "deep=True", "should be"),
        ("store", "(record_store, keys", "(store, keys", "should be"),
        ("store", "        print(text)\n", "        print(text)\n\n    def load_all(self): ...\n", "still has load_all"),
        ("store", "self._rows = rows", "self._rows = {}", "should be `self._rows = rows`"),
        ("store", "def load_all(", "def load_every(", "0 functions load_all"),
        ("store", "    found = []\n", "    found = [\n", "does not parse"),
        ("use", "load_all(store, keys, deep=True)", "load_all(keys, deep=True)", "should be"),
        ("use", "load_all(store, keys, deep=True)", "store.load_all(keys, deep=True)", "should be"),
        ("use", "load_all(store, keys, deep=True)", "load_all(store, deep=True)", "should be"),
        ("use", "partial(load_all, store)", "load_all", "should be"),
        ("use", "RecordStore, load_all", "RecordStore", "does not import load_all"),
        ("use", "from .store", "from .stores", "does not import load_all"),
    ],
)  # fmt: skip
def test_broken_result_is_wrong(path: str, old: str, new: str, words: str) -> None:
    text = AFTER[f"pkg/{path}.py"]
    assert old in text
    flaws = flaws_of(BEFORE, {**AFTER, f"pkg/{path}.py": text.replace(old, new)}, MOVED)
    assert any(words in flaw for flaw in flaws), flaws


@pytest.mark.parametrize(
    ("store", "words"),
    [
        (STORE.replace("self._rows.get", "self.__rows.get"), "__rows means something else"),
        (STORE.replace("found = []", "found, record_store = [], 1"), "already means something in the body"),
        (STORE + "\n\nfrom pkg.more import *\nprint(load_all)\n", "was something else in top"),
    ],
)
def test_what_would_mean_something_else_is_wrong(store: str, words: str) -> None:
    """The syntax alone would be as expected."""
    before = {**BEFORE, "pkg/store.py": store}
    flaws = flaws_of(before, AFTER, moved(before))
    assert any(words in flaw for flaw in flaws), flaws


def test_action_on_a_real_class_is_right() -> None:
    project = Project(BEFORE, BEFORE.get)
    left: Counter[str] = Counter()
    found = [method for method in methods(BEFORE, left) if is_called(method, found_of(project, method))]
    assert [(method.name, method.length in range(100, 251)) for method in found] == [("pkg/store.py::RecordStore.load_all", True)]
    assert left == {"methods": 3, "long": 1, "ordinary": 1, "without super()": 1, "without a family": 1}
    outcome = measure(Release("tiny", BEFORE, project, {}), found[0], found_of(project, found[0]))
    assert (outcome.flaws, outcome.places, outcome.unsure) == ((), 3, 0)


@pytest.mark.parametrize(
    "more",
    [
        "\n\nclass Sub(RecordStore):\n    def load_all(self): ...\n",
        "\n\nclass Sub(RecordStore, Mixin): ...\n\n\nclass Mixin:\n    load_all = None\n",
        "\n\nclass Sub(RecordStore, Outside): ...\n",
    ],
)
def test_families_are_not_drawn(more: str) -> None:
    assert not list(methods({"pkg/store.py": STORE + more}, Counter()))
    assert list(methods({"pkg/store.py": STORE + more.replace("load_all", "other").replace("Outside", "object")}, Counter()))


@pytest.mark.parametrize("word", ["@property", "@staticmethod", "@functools.cached_property", "@load_all.setter"])
def test_bound_methods_are_not_drawn(word: str) -> None:
    text = STORE.replace("    def load_all", f"    {word}\n    def load_all")
    assert ast.parse(text) and not list(methods({"pkg/store.py": text}, Counter()))
