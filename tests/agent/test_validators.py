from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.sandbox import Isolation
from agent.validators import ValidationContext, validate
from agent.validators.output import failures
from agent.validators.process import OUTPUT_LIMIT, Run
from agent.validators.process import run as run_isolated
from agent.worktree import Staged
from tests.agent.repos import put

Files = dict[str, str]
OPEN = Isolation(required=False)


def run(command: str, folder: Path, timeout: float) -> Run:
    """Without a sandbox, which is not to be had everywhere."""
    return run_isolated(command, folder, timeout, OPEN)


def context_of(
    before: Files, after: Files, renamed: Files | None = None, **more: object
) -> ValidationContext:
    """All files are neighbours."""
    fields: dict[str, object] = {"staged": Path("."), "tests": None, "timeout": 20.0, "isolation": OPEN, **more}
    now = {path: text.encode() for path, text in after.items()}
    return ValidationContext(
        before={path: text.encode() for path, text in before.items()}, after=now,
        renamed=renamed or {}, paths=frozenset(after), read=now.get, **fields)  # type: ignore[arg-type]


def found(before: Files, after: Files, renamed: Files | None = None) -> list[tuple[str, int, str, str]]:
    return [(d.path, d.line, d.code, d.name) for d in validate(context_of(before, after, renamed))]


PKG = {"pkg/__init__.py": "", "pkg/m.py": "def new(): pass\n"}
SYNTAX = [
    ({"a.py": "x = 1\n"}, {"a.py": "x = = 1\n"}, ("a.py", 1, "syntax-error", "")),
    ({"a.py": "x = 1\n"}, {"a.py": "\nreturn 1\n"}, ("a.py", 2, "syntax-error", "")),
    ({"a.py": "def\n"}, {"a.py": "deff (\n"}, None),
    ({"a.json": "{}"}, {"a.json": "{"}, ("a.json", 1, "syntax-error", "")),
    ({"a.json": "{}"}, {"a.json": "9" * 5000}, ("a.json", 0, "syntax-error", "")),
    ({"tsconfig.json": "// c\n{}"}, {"tsconfig.json": "// d\n{}"}, None),
]
NAMES = [
    ({"a.py": "def f(): pass\nf()\n"}, {"a.py": "def g(): pass\nf()\n"}, ("a.py", 2, "undefined-name", "f")),
    ({"a.py": "magic()\n"}, {"a.py": "magic()\nx = 1\n"}, None),
    ({"a.py": "magic()\n"}, {"a.py": "magic()\nmagic()\n"}, ("a.py", 2, "undefined-name", "magic")),
    ({"a.py": "def f(): pass\n__all__ = ['f']\n"}, {"a.py": "def g(): pass\n__all__ = ['f']\n"},
     ("a.py", 2, "undefined-name", "f")),
    ({"p/__init__.py": "", "p/m.py": ""}, {"p/__init__.py": "__all__ = ['m']\n", "p/m.py": ""}, None),
    ({"p/__init__.py": ""}, {"p/__init__.py": "__all__ = ['m']\n"}, ("p/__init__.py", 1, "undefined-name", "m")),
    ({"a.py": "def f(): pass\ndef g(): pass\n"}, {"a.py": "def f(): pass\ndef f(): pass\n"},
     ("a.py", 2, "redefined", "f")),
]
IMPORTS = [
    ("from pkg.m import new\n", None),
    ("from pkg.m import old\n", ("t.py", 1, "stale-import", "old")),
    ("from pkg.gone import x\n", ("t.py", 1, "stale-import", "gone")),
    ("import pkg.gone\n", ("t.py", 1, "stale-import", "gone")),
    ("import os.gone, elsewhere.gone\nfrom json import nothing\n", None),
    ("import pkg.m\npkg.m.old()\n", ("t.py", 2, "missing-attribute", "old")),
    ("from pkg import m as k\n\nk.new(); k.old()\n", ("t.py", 3, "missing-attribute", "old")),
    ("from pkg import m\nm.old = 1\nm.old\n", None),
    ("from pkg import m\nm = m or None\nm.old\n", None),
    ("from pkg import m\nm.__name__\n", None),
]
HOLDERS = [
    ("from .m import *\n", None),
    ("def __getattr__(n): ...\n", None),
    ("if x:\n    old = 1\nelse:\n    old = 2\n", None),
    ("try:\n    from _c import old\nexcept ImportError as e:\n    pass\n", None),
    ("from elsewhere import *\n", None),
    ("globals().update(a=1)\n", None),
    ("def f():\n    global old\n    old = 1\n", None),
    ("class C:\n    old = 1\n", ("t.py", 1, "stale-import", "old")),
    ("def f(old): ...\n", ("t.py", 1, "stale-import", "old")),
]


@pytest.mark.parametrize(("before", "after", "expected"), SYNTAX + NAMES)
def test_file_checks_report_only_what_is_new(before: Files, after: Files, expected: object) -> None:
    assert found(before, after) == ([expected] if expected else [])


@pytest.mark.parametrize(("text", "expected"), IMPORTS)
def test_imports_point_to_something(text: str, expected: object) -> None:
    assert found({"t.py": ""}, PKG | {"t.py": text}) == ([expected] if expected else [])


@pytest.mark.parametrize(("package", "expected"), HOLDERS)
def test_imports_know_what_a_module_holds(package: str, expected: object) -> None:
    files = {"pkg/__init__.py": package, "pkg/m.py": "old = 1\n", "t.py": "from pkg import old\n"}
    failures_now = found({"pkg/__init__.py": package, "t.py": ""}, files)
    assert [one for one in failures_now if one[2] == "stale-import"] == ([expected] if expected else [])


def test_imports_follow_a_renamed_module_and_forgive_old_failures() -> None:
    before = {"src/p/__init__.py": "", "src/p/old.py": "x = 1\n",
              "src/p/u.py": "from .old import x\nfrom . import gen\n"}
    after = {"src/p/__init__.py": "", "src/p/new.py": "x = 1\n", "src/p/u.py": before["src/p/u.py"]}
    renamed = {"src/p/old.py": "src/p/new.py"}
    assert found(before, after, renamed) == [("src/p/u.py", 1, "stale-import", "old")]
    after["src/p/u.py"] = "from .new import x\nfrom . import gen\n"
    assert found(before, after, renamed) == []


def test_import_cycle_is_reported_when_the_change_closes_it() -> None:
    before = {"p/__init__.py": "", "p/a.py": "from p.b import y\nx = 1\n", "p/b.py": "y = 1\n"}
    closing = before | {"p/b.py": "from p.a import x\ny = x\n"}
    assert found(before, closing) == [("p/b.py", 1, "import-cycle", "p/a.py")]
    late = before | {"p/b.py": "y = 1\ndef f():\n    from p.a import x\n    return x\n"}
    assert found(before, late) == []
    assert found(closing, closing | {"p/b.py": closing["p/b.py"] + "z = 1\n"}) == []


def test_part_of_a_module_may_be_in_the_circle_that_the_module_was_in() -> None:
    package = "from p.base import *\nfrom p.old import *\n"
    before = {"p/__init__.py": package, "p/base.py": "def mark(f): return f\n", "p/old.py": "from p import mark\nx = y = mark\n"}
    after = before | {"p/old.py": "from p import mark\ny = mark\n", "p/new.py": "from p import mark\nx = mark\n", "p/__init__.py": package + "from p.new import *\n"}
    assert found(before, after) == []
    # Loaded before what it needs is there, or loading more than the old one did, it is a new circle.
    early = found(before, after | {"p/__init__.py": "from p.new import *\n" + package})
    more = {"p/more.py": "z = 1\n"}
    wide = found(before | more, after | more | {"p/new.py": "from p import mark\nfrom p.more import z\nx = mark\n"})
    for result in (early, wide):
        assert {one[2] for one in result} == {"import-cycle"}


def test_validate_stops_after_the_first_failing_group() -> None:
    result = found({"a.py": "", "b.py": ""}, {"a.py": "x = = 1\n", "b.py": "nothing()\n"})
    assert [one[2] for one in result] == ["syntax-error"]


PYTHON = sys.executable
OUTPUTS = [
    ("def test_a():\n    nam()\n", ("test_x.py", 2, "undefined-name", "nam")),
    ("import json\ndef test_a():\n    json.nope\n", ("test_x.py", 3, "missing-attribute", "nope")),
    ("from json import nope\n", ("test_x.py", 1, "stale-import", "nope")),
    ("import json.nope\n", ("test_x.py", 1, "stale-import", "json.nope")),
    ("def f(a): ...\ndef test_a():\n    f(b=1)\n", ("test_x.py", 3, "unexpected-keyword", "b")),
    ("def f(): assert 1 == 2\ndef test_a(): f()\n", ("test_x.py", 0, "test-failed", "test_a")),
]


@pytest.mark.parametrize("style", ["auto", "short"])
@pytest.mark.parametrize(("text", "expected"), OUTPUTS)
def test_failures_are_read_from_pytest(tmp_path: Path, text: str, expected: object, style: str) -> None:
    put(tmp_path, {"test_x.py": text})
    result = run(f"{PYTHON} -m pytest -q --tb={style} -p no:cacheprovider test_x.py", tmp_path, 300)
    assert [(d.path, d.line, d.code, d.name) for d in failures(result.output, tmp_path)] == [expected]


def test_failures_are_read_from_a_traceback(tmp_path: Path) -> None:
    put(tmp_path, {"m.py": "def f():\n    return gone\n", "t.py": "from m import f\nf()\n"})
    result = run(f"{PYTHON} t.py", tmp_path, 60)
    assert [(d.path, d.line, d.code, d.name) for d in failures(result.output, tmp_path)] == [
        ("m.py", 2, "undefined-name", "gone")]


def test_failures_without_a_pattern_are_one(tmp_path: Path) -> None:
    result = run(f"{PYTHON} -c 'import sys; print(42); sys.exit(3)'", tmp_path, 60)
    assert [(d.code, d.message) for d in failures(result.output, tmp_path)] == [("tests-failed", "42")]
    assert run("no-such-command-here", tmp_path, 5).status == 127


def test_failures_pass_over_names_that_no_file_can_have(tmp_path: Path) -> None:
    for name in ("x" * 300, "a\0b", "x" * 70_000):
        found = failures(f'  File "{tmp_path}/{name}.py", line 3\nNameError: name \'f\' is not defined\n', tmp_path)
        assert [(d.path, d.line, d.code) for d in found] == [("", 0, "undefined-name")]


def test_run_ends_the_whole_process_tree(tmp_path: Path) -> None:
    put(tmp_path, {"child.py": "import time, pathlib\ntime.sleep(2)\npathlib.Path('alive').touch()\n",
                   "t.py": f"import subprocess\nsubprocess.Popen(['{PYTHON}', 'child.py'])\n",
                   "w.py": f"import subprocess\nsubprocess.run(['{PYTHON}', 'child.py'])\n"})
    assert run(f"{PYTHON} t.py", tmp_path, 20).status == 0
    assert run(f"{PYTHON} w.py", tmp_path, 0.5).timed_out
    assert not run(f"{PYTHON} -c 'import time; time.sleep(2.5)'", tmp_path, 20).timed_out
    assert not (tmp_path / "alive").exists()


def test_run_scrubs_the_environment_and_caps_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "secret")
    put(tmp_path, {"t.py": "import os\nprint(os.environ.get('SOME_TOKEN'), os.environ['HOME'])\n",
                   "loud.py": f"print('x' * {3 * OUTPUT_LIMIT})\nprint('end')\n"})
    output = run(f"{PYTHON} t.py", tmp_path, 20).output
    assert output.startswith("None ") and str(Path.home()) != output.split()[1]
    loud = run(f"{PYTHON} loud.py", tmp_path, 20).output
    assert len(loud) == OUTPUT_LIMIT and loud.endswith("end\n")


def test_tests_forgive_what_failed_before(tmp_path: Path) -> None:
    command = f"{PYTHON} -m pytest -q -p no:cacheprovider"
    old = {"test_a.py": "def test_old():\n    gone()\ndef test_b(): pass\n"}
    new = {"test_a.py": "def test_old():\n    gone()\ndef test_b():\n    fresh()\n"}
    put(tmp_path / "new", dict(new))

    @contextmanager
    def baseline() -> Iterator[Staged]:
        put(tmp_path / "old", dict(old))
        yield Staged(tmp_path / "old")

    context = context_of({}, {}, staged=tmp_path / "new", tests=command, baseline=baseline)
    assert [(d.line, d.name) for d in validate(context)] == [(4, "fresh")]


def test_tests_that_hang_are_reported(tmp_path: Path) -> None:
    context = context_of({}, {}, staged=tmp_path, tests=f"{PYTHON} -c 'import time; time.sleep(9)'", timeout=0.3)
    assert [d.code for d in validate(context)] == ["tests-timeout"]
