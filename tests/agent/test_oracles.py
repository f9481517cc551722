"""Tests that say less, calls that cannot work, names that vanish, modules that cannot be imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.checking import deleted, leaving
from agent.outcome import IntentView, PlanView
from agent.sandbox import Isolation
from agent.validators import ValidationContext, Validator
from agent.validators.calls import CallsValidator
from agent.validators.importable import ImportableValidator
from agent.validators.oracles import OraclesValidator
from agent.validators.public import PublicValidator
from agent.worktree import Staged
from tests.agent.repos import put

Files = dict[str, str]
TEST = "def test_a():\n    assert f(1) == 2\n    m.check.assert_called_once_with(1)\n\n\nclass TestB(Base):\n    def test_b(self):\n        self.assertEqual(f(1), 'x')\n"


def found(validator: Validator, before: Files, after: Files, renamed: Files | None = None, **more: object) -> list[tuple[str, int, str, str]]:
    now = {path: text.encode() for path, text in after.items()}
    fields: dict[str, object] = {"staged": Path("."), "tests": None, "timeout": 60.0, "isolation": Isolation(required=False), **more}
    context = ValidationContext(before={path: text.encode() for path, text in before.items()}, after=now, renamed=renamed or {},
                                paths=frozenset(after), read=now.get, **fields)  # type: ignore[arg-type]  # fmt: skip
    return [(one.path, one.line, one.code, one.name) for one in validator.check(context)]


def codes(before: str, after: str, path: str = "test_a.py") -> list[str]:
    return [code for _, _, code, _ in found(OraclesValidator(), {path: before}, {path: after})]


@pytest.mark.parametrize(
    ("old", "new"),
    [("f(1)", "g.h(1)"), ("test_a", "test_z"), ("TestB", "TestZ"), ("'x'", "'another text'"), ("m.check", "m.other"), ("Base", "pkg.Base"),
     ("def test_a():\n", "def test_a():\n    setup()\n"), ("f(1) == 2", "f(1) == 2, 'why'"), ("def test_a", "def helper():\n    return 1\n\n\ndef test_a")],
)  # fmt: skip
def test_new_names_and_more_tests_are_no_weakening(old: str, new: str) -> None:
    assert codes(TEST, TEST.replace(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("assertEqual(f(1), 'x')", "assertTrue(f(1))"), ("assert_called_once_with(1)", "assert_called()"), ("== 2", "!= 3"), ("== 2", "in (2, 3)"),
     ("class TestB(Base)", "class Other"), ("    m.check.assert_called_once_with(1)\n", ""), ("def test_b", "def _test_b"), ("'x'", "''")],
)  # fmt: skip
def test_weaker_assertions_are_flagged_once_each(old: str, new: str) -> None:
    assert set(codes(TEST, TEST.replace(old, new))) == {"weakened-tests"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [("f(1) == 2", "f(1, 0) == 2", []), ("f(1), 'x'", "f(0, x=1), 'x'", []), ("== 2", "== 3", ["weakened-tests"]), ("f(1) == 2", "f(1)", ["weakened-tests"]),
     ("with(1)", "with(2)", ["weakened-tests"])],
)  # fmt: skip
def test_arguments_follow_a_signature_that_changes_and_nothing_else_may(old: str, new: str, expected: list[str]) -> None:
    before, after = "def f(a):\n    return a\n", "def f(a, b=0):\n    return a\n"
    whole = found(OraclesValidator(), {"test_a.py": TEST, "code.py": before}, {"test_a.py": TEST.replace(old, new), "code.py": after})
    assert [code for _, _, code, _ in whole] == expected
    assert codes(TEST, TEST.replace(old, new)) != []


def test_assertion_with_spread_arguments_is_compared_like_any_other() -> None:
    before = "def test_a():\n    m.assert_called_once_with(*args, x=[*rest])\n"
    assert codes(before, before.replace("args", "others")) == []
    assert codes(before, before.replace("m.assert_called_once_with(*args, x=[*rest])", "m.assert_called()")) == ["weakened-tests"]


def test_only_test_files_count_and_what_was_weak_before_does_not() -> None:
    assert codes("def test_a():\n    assert x\n", "", "pkg/mod.py") == []
    assert codes("@skip\ndef test_a(): ...\n", "@skip\ndef test_b(): ...\n") == []
    assert codes("def test_a(:\n", "x = 1\n") == []
    assert codes("x = job.skip\n", "y = job.skip\nz = job.skip(2)\n") == []


def test_wrapped_assertions_that_still_fail_are_no_weakening() -> None:
    before = "def test_a():\n    assert x == 1\n"
    assert codes(before, "def test_a():\n    try:\n        assert x == 1\n    finally:\n        done()\n") == []
    assert codes(before, "def test_a():\n    try:\n        assert x == 1\n    except AssertionError:\n        print(x)\n        raise\n") == []
    assert codes(before, "def test_a():\n    with open('x'):\n        assert x == 1\n") == []


LIB = "def f(a, b=1, *, c=None): ...\nclass K:\n    def __init__(self, a): ...\n    @staticmethod\n    def s(a): ...\n    def m(self, a): ...\n"
CALLS = [
    ("f(1)", []), ("f(1, 2, c=3)", []), ("f()", ["missing-argument"]), ("f(1, 2, 3)", ["too-many-arguments"]), ("f(1, d=2)", ["unexpected-keyword"]),
    ("f(*x)", []), ("f(**x)", []), ("K()", ["missing-argument"]), ("K(1)", []), ("K(b=1)", ["unexpected-keyword", "missing-argument"]), ("g(f)", []),
    ("def h(f):\n    f()", []), ("f = 1\nf()", []), ("x.f()", []), ("[f() for f in x]", []),
]  # fmt: skip


@pytest.mark.parametrize(("call", "codes"), CALLS)
def test_calls_are_held_against_the_signature(call: str, codes: list[str]) -> None:
    for files in ({"lib.py": LIB + call + "\n"}, {"p/__init__.py": "", "p/lib.py": LIB, "t.py": f"from p.lib import f, K\n{call}\n"}):
        assert [one[2] for one in found(CallsValidator(), dict.fromkeys(files, ""), files)] == codes


@pytest.mark.parametrize(
    "text",
    ["@deco\ndef f(a): ...\nf()\n", "def f(a): ...\ndef f(): ...\nf()\n", "class K(Base):\n    def __init__(self, a): ...\nK()\n",
     "class K:\n    def m(self, a): ...\n    m = 1\n    def n(self):\n        self.m()\n", "class K:\n    @property\n    def m(self): ...\n    def n(self):\n        self.m(1)\n",
     "def f(a, **k): ...\nf(1, z=2)\n", "def f(*a): ...\nf(1, 2)\n", "class K(metaclass=M):\n    def __init__(self, a): ...\nK()\n"],
)  # fmt: skip
def test_calls_are_not_judged_where_the_callee_is_uncertain(text: str) -> None:
    assert found(CallsValidator(), {"a.py": ""}, {"a.py": text}) == []


def test_calls_forgive_what_was_wrong_before() -> None:
    assert found(CallsValidator(), {"a.py": "def f(a): ...\nf()\n"}, {"a.py": "def f(a): ...\nf()\nx = 1\n"}) == []


@pytest.mark.parametrize(
    ("path", "before", "after", "names"),
    [("p/__init__.py", "from .a import x, y\n", "from .a import x\n", ["y"]), ("p/__init__.py", "from .a import x\n", "from .a import z\n", []),
     ("p/__init__.py", "from os import x\n", "", []), ("m.py", "__all__ = ['a', 'b']\n", "__all__ = ('a',)\n", ["b"]), ("m.py", "a = 1\n", "", []),
     ("m.py", "__all__ = ['a']\n__all__ += ['b']\n", "__all__ = ['a']\n__all__.extend(['c'])\n", []), ("m.py", "__all__ = [\n", "", [])],
)  # fmt: skip
def test_public_names_do_not_vanish(path: str, before: str, after: str, names: list[str]) -> None:
    assert [one[3] for one in found(PublicValidator(), {path: before}, {path: after})] == names


def test_public_names_that_are_asked_to_go_are_not_missed() -> None:
    plan = PlanView((IntentView("class", "m.py::b", "b", "", 0.9, "move"), IntentView("function", "m.py::c", "c", "d", 0.9)))
    gone = leaving(plan)
    assert gone == {"b"}
    before, after = {"m.py": "__all__ = ['a', 'b', 'c']\n"}, {"m.py": "__all__ = ['a']\n"}
    assert [one[3] for one in found(PublicValidator(), before, after, leaving=gone)] == ["c"]


def test_changed_modules_are_really_imported_and_old_failures_forgiven(tmp_path: Path) -> None:
    before = {"p/__init__.py": "", "p/a.py": "x = 1\n", "p/old.py": "import nothing_here\n", "script.py": "raise SystemExit\n"}
    after = {**before, "p/a.py": "x = {}['key']\n", "p/old.py": "import nothing_here\ny = 1\n", "script.py": "raise SystemExit(1)\n"}
    put(tmp_path / "after", dict(after))

    @contextmanager
    def baseline() -> Iterator[Staged]:
        put(tmp_path / "before", dict(before))
        yield Staged(tmp_path / "before")

    more = {"staged": tmp_path / "after", "baseline": baseline}
    assert found(ImportableValidator(), before, after, tests=None, **more) == []
    result = found(ImportableValidator(), before, after, tests=f"{sys.executable} -m pytest", **more)
    assert [(path, line, code) for path, line, code, _ in result] == [("p/a.py", 1, "not-importable")]


def test_test_that_the_request_names_may_go_and_no_other() -> None:
    after = TEST.partition("class")[0]
    named = frozenset({"test_a.py::TestB.test_b"})
    assert found(OraclesValidator(), {"test_a.py": TEST}, {"test_a.py": after}, deleted=named) == []
    assert found(OraclesValidator(), {"test_a.py": TEST}, {"test_a.py": after}, deleted=frozenset({"test_a.py::TestB"})) == []
    for other in ("test_a.py::test_a", "other.py::TestB", "test_a.py::test_b"):
        assert "weakened-tests" in {code for _, _, code, _ in found(OraclesValidator(), {"test_a.py": TEST}, {"test_a.py": after}, deleted=frozenset({other}))}
    # More than was asked for.
    assert found(OraclesValidator(), {"test_a.py": TEST}, {"test_a.py": "x = 1\n"}, deleted=named) != []


def test_what_is_deleted_is_read_from_the_plan_that_says_so() -> None:
    delete = IntentView("function", "tests/test_a.py::test_a", "test_a", "", 1.0, "delete", ("tests/test_a.py::test_b",))
    move = IntentView("function", "tests/test_a.py::test_c", "test_c", "", 1.0, "move")
    assert deleted(PlanView((delete, move))) == {"tests/test_a.py::test_a", "tests/test_a.py::test_b"}
    assert deleted(None) == frozenset()


def test_arguments_follow_a_signature_that_changes_with_its_name() -> None:
    before, after = {"test_a.py": TEST, "code.py": "def f(a):\n    return a\n"}, {"code.py": "def g(*, a):\n    return a\n"}
    keyword = after | {"test_a.py": TEST.replace("f(1)", "g(a=1)").replace("f(", "g(")}
    assert found(OraclesValidator(), before, keyword, names={"f": "g"}) == []
    assert found(OraclesValidator(), before, keyword | {"test_a.py": TEST.replace("f(1)", "h(a=1)")}, names={"f": "g"}) != []
