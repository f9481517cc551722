"""Moves and signatures in two versions: what was done, what goes wrong now, and how the engine's result is laid over it."""

from __future__ import annotations

import ast

import pytest

from engine import Kind, Part, Project, Sides, Versions, laid_over, may_stand, misfits, parts_of, recognise, touched, undone
from engine.begun import Begun, Deleted, ModuleMoved, Moved, Resigned
from engine.begun.fitting import is_misfit
from engine.begun.laying import Contradiction
from engine.begun.signature import signature_of

HOME = '"""Home."""\n\nimport os\n\n\ndef first():\n    return 1\n\n\n# About it.\ndef load(path):\n    return os.stat(path)\n\n\ndef last():\n    return load(3)\n'
CODE = "# About it.\ndef load(path):\n    return os.stat(path)\n"
LEFT = HOME.replace(CODE + "\n\n", "").replace("import os\n\n\n", "\n", 1)
MOVED = Moved(Kind.FUNCTION, "load", "a.py", "b.py")


def resigned(before: str, after: str) -> Resigned:
    (found,) = recognise([Versions("a.py", "a.py", before, after)])
    assert isinstance(found, Resigned)
    return found


@pytest.mark.parametrize(
    ("before", "after", "call", "given", "wrong"),
    [
        ("a, b", "a", "f(1, 2)", 0, True),
        ("a, b", "a", "f(1, b=2)", 0, True),
        ("a, b=0", "a", "f(1)", 0, False),
        ("a", "a, b", "f(1)", 0, True),
        ("a", "a, b", "f(1, 2)", 0, False),
        ("a", "a, b=0", "f(1)", 0, False),
        ("a, c=1", "a, b=0, c=1", "f(1, 2)", 0, True),
        ("a, c=1", "a, b=0, c=1", "f(1, c=2)", 0, False),
        ("a, b", "b, a", "f(1, 2)", 0, True),
        ("a, b", "b, a", "f(b=1, a=2)", 0, False),
        ("a, b=0", "a, *, b=0", "f(1, 2)", 0, True),
        ("a, b=0", "a, *, b=0", "f(1, b=2)", 0, False),
        ("self, a, b", "self, b, a", "x.f(1, 2)", 1, True),
        ("a, b", "b, a", "f(*x)", 0, False),
        ("a, b", "b, a", "f(1, **x)", 0, False),
        ("a, **k", "a, b, **k", "f(1, b=2)", 0, False),
        ("a", "a, *r", "f(1)", 0, False),
    ],
)
def test_call_that_no_longer_fits(before: str, after: str, call: str, given: int, wrong: bool) -> None:
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    sides = (signature_of(ast.parse(f"def f({text}): pass").body[0].args) for text in (before, after))  # type: ignore[attr-defined]
    assert is_misfit(node, node.args, given, *sides) is wrong


@pytest.mark.parametrize(
    ("change", "path", "text", "stands"),
    [
        (MOVED, "use.py", "from a import load\n", True),
        (MOVED, "use.py", "from b import load\n", False),
        (MOVED, "pkg/use.py", "from pkg.a import load\n", True),
        (MOVED, "use.py", "import a\na.load(1)\n", True),
        (MOVED, "use.py", "patch('a.load')\n", True),
        (MOVED, "use.py", "load(1)\n", False),
        (MOVED, "a.py", "load(1)\n", True),
        (Deleted(Kind.FUNCTION, "load", "a.py"), "use.py", "from .a import load\n", True),
        (ModuleMoved("pkg/a.py", "pkg/in/a.py"), "use.py", "import pkg.a\n", True),
        (ModuleMoved("src/pkg/a.py", "src/pkg/in/a.py"), "use.py", "from pkg import a\n", True),
        (ModuleMoved("pkg/a.py", "pkg/in/a.py"), "pkg/use.py", "from . import a\n", True),
        (ModuleMoved("pkg/a.py", "pkg/inner/a.py"), "use.py", "from pkg.inner import a\n", False),
        (MOVED, "use.py", "def broken(:\n", False),
    ],
)
def test_first_look_at_what_may_be_left(change: Begun, path: str, text: str, stands: bool) -> None:
    assert may_stand(change, path, text) is stands


@pytest.mark.parametrize("arrived", [CODE, "X = 1\n\n\n" + CODE, "X = 1\n\n\n" + CODE + "\n\ndef more():\n    pass\n", "import os\n\n" + CODE + "Y = 2\n"])
def test_move_is_put_back_and_laid_over_where_the_user_has_it(arrived: str) -> None:
    sides = {"a.py": Sides("a.py", HOME, LEFT), "b.py": Sides("b.py", "", arrived)}
    parts = parts_of([MOVED], sides)
    home, other = (undone(sides[path].now or "", parts[path].spots) for path in ("a.py", "b.py"))
    assert "def load(path)" in home.text and "def load(path)" not in other.text and ast.parse(home.text) and "import os" in home.text + arrived
    assert {spot.part for spot in home.spots} == {Part.LEFT} and {spot.part for spot in other.spots} == {Part.ARRIVED}
    # The engine puts the definition at the end, and an import in front.
    made = "import sys\n" + other.text.rstrip("\n") + "\n\n\n" + CODE.replace("os.stat", "sys.stat")
    laid = laid_over("b.py", other, arrived, made, parts["b.py"])
    assert laid.replace("import sys\n", "").lstrip("\n") == arrived.replace("os.stat", "sys.stat") and laid.startswith("import sys\n")
    assert laid_over("a.py", home, LEFT, LEFT, parts["a.py"]) == LEFT


def test_definition_that_would_not_go_is_a_contradiction() -> None:
    sides = {"a.py": Sides("a.py", HOME, LEFT), "b.py": Sides("b.py", "", CODE)}
    parts = parts_of([MOVED], sides)
    home = undone(LEFT, parts["a.py"].spots)
    with pytest.raises(Contradiction, match="has to stay"):
        laid_over("a.py", home, LEFT, home.text, parts["a.py"])


def test_signature_is_put_back_and_stays_as_the_user_wrote_it() -> None:
    before = "class A:\n    def f(self, a, b=1):\n        return a\n"
    after = "class A:\n    def f(\n        self,\n        a,  # mine\n    ):\n        return a\n"
    change = resigned(before, after)
    parts = parts_of([change], {"a.py": Sides("a.py", before, after)})
    back = undone(after, parts["a.py"].spots)
    assert back.text == before
    assert laid_over("a.py", back, after, before.replace(", b=1", ""), parts["a.py"]) == after
    with pytest.raises(Contradiction, match="you have written others"):
        laid_over("a.py", back, after, before, parts["a.py"])


def test_calls_that_mean_the_function_and_go_wrong() -> None:
    before = "def f(a, b):\n    return a\n\n\nf(1, 2)\n"
    files = {"a.py": before, "b.py": "import a\n\na.f(1, 2)\na.f(a=1, b=2)\n", "c.py": "def f(a, b):\n    pass\n\n\nf(1, 2)\n"}
    change = resigned(before, before.replace("f(a, b)", "f(b, a)"))
    found = misfits(Project(sorted(files), files.get), change, sorted(files))
    assert [(path, files[path][at : at + 8]) for path, at in sorted(found)] == [("a.py", "f(1, 2)\n"), ("b.py", "f(1, 2)\n")]


def test_calls_that_the_user_has_changed_are_told_from_those_that_only_moved() -> None:
    before = "f(1)\nx = f(2)\nf(f(3))\n"
    after = "y = 0\nf(1)\nx = f(2, 0)\nf(f(3, 0))\nf(9)\n"
    found = [(after[at : at + 6].strip(), ast.unparse(call)) for at, call in touched(Versions("a.py", "a.py", before, after), "f")]
    assert found == [("f(2, 0", "f(2, 0)"), ("f(3, 0", "f(3, 0)"), ("f(9)", "f(9)")]
