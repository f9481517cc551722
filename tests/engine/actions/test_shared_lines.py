"""What stands on one line with something else, or beside another name that goes as well."""

from __future__ import annotations

import pytest
from acting import act, after

from engine.actions import Refused
from engine.actions.base import Sheet
from engine.plan import Action


@pytest.mark.parametrize(
    "listed, gone, left",
    [
        ('["keep", "load", "save"]', ("load", "save"), '["keep"]'),
        ('["load", "save", "keep"]', ("load", "save"), '["keep"]'),
        ('["load", "keep", "save"]', ("load", "save"), '["keep"]'),
        ('("keep", "load", "save",)', ("load", "save"), '("keep", )'),
        ('[\n    "keep",\n    "load",\n    "save"\n]', ("load", "save"), '[\n    "keep",\n]'),
    ],
)
def test_neighbours_leave_the_list_of_exports_together(listed: str, gone: tuple[str, ...], left: str) -> None:
    functions = "".join(f"\n\ndef {name}():\n    pass\n" for name in ("keep", "load", "save"))
    files = {"pkg/__init__.py": "", "pkg/core.py": f"__all__ = {listed}\n{functions}"}
    deleted = after(files, act(files, Action.DELETE, [f"pkg/core.py::{name}" for name in gone]))
    assert deleted["pkg/core.py"].startswith(f"__all__ = {left}\n")
    moved = after(files, act(files, Action.MOVE, [f"pkg/core.py::{name}" for name in gone], "pkg/files.py"))
    assert moved["pkg/core.py"].startswith(f"__all__ = {left}\n")


def test_the_last_names_leave_an_empty_list_of_exports() -> None:
    files = {"a.py": '__all__ = ["load", "save"]\n\n\ndef load(): ...\n\n\ndef save(): ...\n\n\ndef keep(): ...\n'}
    assert after(files, act(files, Action.DELETE, ["a.py::load", "a.py::save"]))["a.py"] == "__all__ = []\n\n\ndef keep(): ...\n"


@pytest.mark.parametrize(
    "text, target",
    [
        ("class Box:\n    x = 0; y = 0\n", "a.py::Box.x"),
        ("class Box:\n    x = 0; y = 0\n", "a.py::Box.y"),
        ("class Bad(Exception): code = 1\n", "a.py::Bad.code"),
        ("x = 0; y = 0\n", "a.py::x"),
    ],
)
def test_a_statement_that_shares_its_line_is_not_deleted(text: str, target: str) -> None:
    assert isinstance(act({"a.py": text}, Action.DELETE, [target]), Refused)


def test_a_comment_or_a_semicolon_at_the_end_is_nothing_else() -> None:
    files = {"a.py": "class Box:\n    x = 0;  # first\n    y = 0\n"}
    assert after(files, act(files, Action.DELETE, ["a.py::Box.x"]))["a.py"] == "class Box:\n    y = 0\n"


@pytest.mark.parametrize(
    "lines, left",
    [
        ("from pkg.core import (\n    load,\n    save)\n", "from pkg.core import (\n    save)\n"),
        ("from pkg.core import (\n    keep,\n    load)\n", "from pkg.core import (\n    keep)\n"),
        ("from pkg.core import \\\n    keep, \\\n    load\n", "from pkg.core import \\\n    keep\n"),
    ],
)
def test_names_leave_an_import_whose_bracket_closes_behind_the_last(lines: str, left: str) -> None:
    core = "def keep():\n    pass\n\n\ndef load():\n    pass\n\n\ndef save():\n    pass\n"
    used = [name for name in ("keep", "load", "save") if name in lines]
    files = {"pkg/__init__.py": "", "pkg/core.py": core, "use.py": f"{lines}{'()'.join(used)}()\n".replace("()", "()\n")}
    done = after(files, act(files, Action.MOVE, ["pkg/core.py::load"], "pkg/files.py"))
    compile(done["use.py"], "use.py", "exec")
    assert left in done["use.py"] and "from pkg.files import load\n" in done["use.py"]


@pytest.mark.parametrize("to", ["pkg/my-files.py", "pkg/class.py", "pkg/2d.py", "pkg/new-part/files.py"])
def test_a_new_module_has_a_name_that_can_be_imported(to: str) -> None:
    files = {"pkg/__init__.py": "", "pkg/core.py": "def load():\n    pass\n", "use.py": "from pkg.core import load\nload()\n"}
    for target in ("pkg/core.py::load", "pkg/core.py"):
        refused = act(files, Action.MOVE, [target], to)
        assert isinstance(refused, Refused) and "can't be imported" in refused.sentence


def test_two_removals_may_share_the_blank_lines_between_them() -> None:
    sheet = Sheet("a\n\nb\n\nc\n")
    sheet.replace(0, 3, "")
    sheet.replace(2, 5, "")
    assert sheet.result() == "\nc\n"
    sheet.replace(4, 6, "x")
    with pytest.raises(ValueError, match="overlap"):
        sheet.result()
