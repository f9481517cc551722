"""What two versions show to have been begun, and which places are done."""

from __future__ import annotations

import ast

import pytest

from engine import Kind, ModuleMoved, Project, Versions, asked_by, find, left_behind, recognise, spots, undone
from engine.begun import Deleted, Moved, Renamed, Resigned
from engine.begun.trees import align, likeness, paired, words
from engine.plan import Action

SHOP = '''
import os

LIMIT = 3
RETRIES = 4


def load(path, limit=3):
    """Load a path, up to the limit."""
    data = open(path).read()
    if limit:
        data = data[:limit]
    return data


class Store:
    kind = "plain"

    def __init__(self, cache):
        self.cache = cache
        self.size = 0

    def close(self):
        for entry in self.cache:
            entry.close()
        self.cache = {}

    def is_open(self):
        return self.size > 0
'''


def begun(after: str, before: str = SHOP) -> list[object]:
    return list(recognise([Versions("shop.py", "shop.py", before, after)]))


def renamed(kind: Kind, old: str, new: str, owner: str = "") -> Renamed:
    return Renamed(kind, old, new, "shop.py", "shop.py", owner, owner)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("def load(", "def fetch(", renamed(Kind.FUNCTION, "load", "fetch")),
        ("class Store", "class Shelf", renamed(Kind.CLASS, "Store", "Shelf")),
        ("LIMIT", "MAXIMUM", renamed(Kind.CONSTANT, "LIMIT", "MAXIMUM")),
        ("def is_open", "def opened", renamed(Kind.METHOD, "is_open", "opened", "Store")),
        ("kind =", "sort =", renamed(Kind.ATTRIBUTE, "kind", "sort", "Store")),
        ("self.size", "self.count", renamed(Kind.ATTRIBUTE, "size", "count", "Store")),
        ("self.cache = cache", "self.entries = cache", renamed(Kind.ATTRIBUTE, "cache", "entries", "Store")),
        ("limit", "top", renamed(Kind.PARAMETER, "limit", "top", "load")),
        ("limit=3", "top=3", renamed(Kind.PARAMETER, "limit", "top", "load")),
    ],
)
def test_renamed_definition_is_told_by_its_tree_and_place(old: str, new: str, expected: Renamed) -> None:
    assert begun(SHOP.replace(old, new)) == [expected]


def test_renamed_class_and_its_renamed_members_are_told_together() -> None:
    found = begun(SHOP.replace("class Store", "class Shelf").replace("is_open", "opened"))
    inside = Renamed(Kind.METHOD, "is_open", "opened", "shop.py", "shop.py", "Store", "Shelf")
    assert found == [renamed(Kind.CLASS, "Store", "Shelf"), inside]


@pytest.mark.parametrize(
    "after",
    [
        SHOP,
        SHOP + "\n\ndef more(path):\n    return load(path)\n",
        SHOP.replace("def load(", "def fetch(") + "\n\nload = fetch\n",
        SHOP.replace("def load(", "def fetch(") + "\n\nfrom old import load\n",
        SHOP.replace("    data = open(path).read()", "    data = open(path, 'rb').read()"),
        SHOP.replace("LIMIT = 3\n", ""),
        SHOP[: SHOP.index("def load")] + "def parse(text):\n    import json\n    return json.loads(text, strict=False)\n\n\n" + SHOP[SHOP.index("class") :],
        "def broken(:\n",
    ],
)
def test_what_is_no_rename_is_none(after: str) -> None:
    assert not [found for found in begun(after) if not isinstance(found, Deleted)]


def test_value_that_went_to_another_attribute_is_no_new_name() -> None:
    before = "class Level:\n    EXCLUDED = -2\n    INCLUDED = 0\n\n    def __init__(self):\n        self.depth = 1\n"
    after = before.replace("EXCLUDED = -2\n", "EXCLUDED = -3\n    DRAFT = -2\n").replace("depth = 1", "depth = 2\n        self.width = 1")
    assert begun(after, before) == []


def test_two_like_definitions_that_came_are_nobody_s_new_name() -> None:
    body = SHOP[SHOP.index("def load(") : SHOP.index("class Store")]
    twice = SHOP.replace(body, body.replace("load(", "fetch(") + body.replace("load(", "obtain("))
    assert begun(twice) == [Deleted(Kind.FUNCTION, "load", "shop.py")]


@pytest.mark.parametrize("line", ["", "    path = path.absolute()\n"])
def test_rebound_parameter_is_no_renamed_one(line: str) -> None:
    before = f"def test(path, n):\n{line}    use(path / n)\n    use(path)\n"
    after = "def test(factory, n):\n    path = factory.absolute()\n    use(path / n)\n    use(path)\n"
    assert not [found for found in begun(after, before) if isinstance(found, Renamed)]


def test_parameter_whose_body_waits_is_a_renamed_one() -> None:
    before = "def test(path=None):\n    if path is None:\n        path = home()\n    use(path)\n"
    assert begun(before.replace("path=None", "place=None"), before) == [renamed(Kind.PARAMETER, "path", "place", "test")]


def test_moved_definition_is_found_in_the_other_file() -> None:
    start, end = SHOP.index("def load"), SHOP.index("class Store")
    pairs = [Versions("shop.py", "shop.py", SHOP, SHOP[:start] + SHOP[end:]), Versions(None, "pkg/io.py", None, SHOP[start:end])]
    assert recognise(pairs) == [Moved(Kind.FUNCTION, "load", "shop.py", "pkg/io.py")]


def test_a_definition_may_move_to_where_it_was_imported() -> None:
    start, end = SHOP.index("def load"), SHOP.index("class Store")
    before, rest = "from shop import load\n\nprint(load)\n", "\n\n" + SHOP[start:end]
    pairs = [Versions("shop.py", "shop.py", SHOP, SHOP[:start] + SHOP[end:]), Versions("io.py", "io.py", before, before + rest)]
    assert recognise(pairs) == [Moved(Kind.FUNCTION, "load", "shop.py", "io.py")]


def test_modules_and_packages_that_have_another_path() -> None:
    names = {"a/__init__.py": "b/__init__.py", "a/x.py": "b/x.py", "a/in/__init__.py": "b/in/__init__.py", "c/old.py": "c/new.py", "m.py": "n/m.py"}
    pairs = [Versions(old, new, "X = 1\n", "X = 1\n") for old, new in names.items()]
    assert recognise(pairs) == [ModuleMoved("a/", "b/"), ModuleMoved("c/old.py", "c/new.py"), ModuleMoved("m.py", "n/m.py")]
    assert [found.is_rename for found in recognise(pairs) if isinstance(found, ModuleMoved)] == [True, True, False]


def test_added_and_removed_parameters_are_a_changed_signature() -> None:
    found = begun(SHOP.replace("load(path, limit=3)", "load(path, limit=3, *, strict: bool = True)"))
    assert len(found) == 1 and isinstance(found[0], Resigned)
    (added,) = found[0].added
    assert (added.name, added.type, added.default, added.keyword) == ("strict", "bool", "True", True)
    gone = begun(SHOP.replace(", limit=3)", ")").replace("    if limit:\n        data = data[:limit]\n", ""))
    assert isinstance(gone[0], Resigned) and [item.name for item in gone[0].removed] == ["limit"]


def project(files: dict[str, str]) -> Project:
    return Project(sorted(files), files.get)


def test_every_change_maps_to_an_intent_of_its_target() -> None:
    tree = project({"shop.py": SHOP, "a/__init__.py": "", "a/x.py": ""})
    asked = {
        renamed(Kind.METHOD, "is_open", "opened", "Store"): (Action.RENAME, "is_open", "opened", ""),
        renamed(Kind.PARAMETER, "limit", "top", "load"): (Action.RENAME, "limit", "top", ""),
        Moved(Kind.FUNCTION, "load", "shop.py", "io.py"): (Action.MOVE, "load", "", "io.py"),
        ModuleMoved("a/x.py", "a/y.py"): (Action.RENAME, "x", "y", ""),
        ModuleMoved("a/x.py", "x.py"): (Action.MOVE, "x", "", "x.py"),
        ModuleMoved("a/", "b/"): (Action.RENAME, "a", "b", ""),
    }
    for change, (action, name, new, to) in asked.items():
        (intent,) = asked_by(change, tree)
        assert (intent.action, intent.target.name, intent.new, intent.to) == (action, name, new, to)
    (added,) = asked_by(begun(SHOP.replace("limit=3)", "limit=3, strict=False)"))[0], tree)  # type: ignore[arg-type]
    assert (added.action, added.new, added.default) == (Action.ADD, "strict", "False")
    assert asked_by(renamed(Kind.FUNCTION, "gone", "new"), tree) == ()


def test_done_places_are_found_in_code_text_and_longer_names() -> None:
    before = "x = load(1)\n# load it\ny = other.load\nload_all(2)\n"
    after = "x = fetch(1)\n# fetch it\ny = other.load\nz = 1\nfetch_all(2)\nfetch()\n"
    found = spots(Versions("a.py", "a.py", before, after), {"load": "fetch"})
    assert [(spot.old, spot.new) for spot in found] == [("load", "fetch"), ("load", "fetch"), ("load_all", "fetch_all")]
    back = undone(after, found)
    assert back.text == "x = load(1)\n# load it\ny = other.load\nz = 1\nload_all(2)\nfetch()\n"
    assert [back.text[spot.start : spot.end] for spot in back.spots] == ["load", "load", "load_all"]


def test_left_behind_is_code_that_leads_nowhere_now() -> None:
    files = {
        "shop.py": SHOP,
        "use.py": "from shop import load\nfrom unittest import mock\n\nload(1)\nmock.patch('shop.load')\n# load\nprint('shop.load is gone')\n",
        "other.py": "def load():\n    pass\n\n\nload()\n",
        "README.md": "Call `shop.load`.\n",
    }
    tree = project(files)
    target = find(tree, "shop.py::load")
    assert target is not None
    done = {"shop.py": frozenset({target.start}), "use.py": frozenset({17})}
    assert [(item.path, item.start) for item in left_behind(tree, target, sorted(files), done)] == [("use.py", 49), ("use.py", 74)]


def test_trees_are_aligned_item_by_item() -> None:
    one, other = ast.parse("a = 1\nf(x)\nb = g(2)\n"), ast.parse("f(y)\nb = g(2)\nc = 3\n")
    pairs = [(ast.unparse(left), ast.unparse(right)) for left, right in paired(one.body, other.body)]
    assert pairs == [("f(x)", "f(y)"), ("b = g(2)", "b = g(2)")]
    names = {(left.id, right.id) for left, right in align(ast.parse("p(a, b)"), ast.parse("q(a, c)")) if isinstance(left, ast.Name) and isinstance(right, ast.Name)}
    assert names == {("p", "q"), ("a", "a"), ("b", "c")}
    assert likeness(words(one), words(one)) == 1.0 > likeness(words(one), words(other)) > 0.5
