"""Moves of definitions: what leaves, what arrives, and what leads there."""

from __future__ import annotations

import ast

import pytest
from acting import act, after, changed, tree

from engine.actions import Refused
from engine.actions.statements import pieces
from engine.evidence.source import parse_module
from engine.plan import Action

BASE = tree(
    {
        "pkg/__init__.py": """
            from .old import load
            __all__ = ["load"]
        """,
        "pkg/errors.py": "class Bad(Exception):\n    pass\n",
        "pkg/old.py": '''
            """Old."""
            import json
            import os
            from .errors import Bad

            _SEEN = {}


            # Loads.
            def load(path):
                if path in _SEEN:
                    raise Bad(path)
                return json.load(path)


            def dump(x):
                return os.fspath(x)
        ''',
        "pkg/new.py": '''
            """New."""
            import os

            LIMIT = 3


            def first():
                return os.sep


            if __name__ == "__main__":
                first()
        ''',
    }
)


def moved(extra: dict[str, str], target: str = "pkg/old.py::load", to: str = "pkg/new.py", **fields: object) -> dict[str, str]:
    files = BASE | tree(extra)
    done = after(files, act(files, Action.MOVE, [target], to, **fields))  # type: ignore[arg-type]
    for path, text in done.items():
        if path.endswith(".py"):
            ast.parse(text)
    return done


def test_definition_takes_comment_helper_and_imports_along() -> None:
    done = moved({})
    assert done["pkg/new.py"] == tree({"": '''
        """New."""
        import json
        import os

        from .errors import Bad

        LIMIT = 3
        _SEEN = {}


        def first():
            return os.sep


        # Loads.
        def load(path):
            if path in _SEEN:
                raise Bad(path)
            return json.load(path)


        if __name__ == "__main__":
            first()
    '''})[""]  # fmt: skip
    assert done["pkg/old.py"] == '"""Old."""\nimport os\n\n\ndef dump(x):\n    return os.fspath(x)\n'
    assert done["pkg/__init__.py"] == 'from .new import load\n__all__ = ["load"]\n'


def test_new_module_in_a_new_package() -> None:
    done = moved({}, to="pkg/sub/fresh.py")
    assert done["pkg/sub/__init__.py"] == ""
    assert done["pkg/sub/fresh.py"].startswith("import json\n\nfrom ..errors import Bad\n\n_SEEN = {}\n\n\n# Loads.\ndef load(path):\n")


USES = [
    ("from pkg.old import load\nload(1)\n", "from pkg.new import load\nload(1)\n"),
    ("from pkg.old import load as l\nl(1)\n", "from pkg.new import load as l\nl(1)\n"),
    ("from pkg.old import dump, load\ndump(load(1))\n", "from pkg.new import load\nfrom pkg.old import dump\ndump(load(1))\n"),
    ("from pkg.old import (\n    dump,\n    load,  # why\n)\ndump(load(1))\n", "from pkg.new import load\nfrom pkg.old import (\n    dump,\n)\ndump(load(1))\n"),
    ("from pkg.new import first\nfrom pkg.old import load\nfirst(load)\n", "from pkg.new import first, load\nfirst(load)\n"),
    ("from pkg import old\nold.load(1)\n", "from pkg import new\nnew.load(1)\n"),
    ("from pkg import old\nold.load(old.dump(1))\n", "from pkg import new, old\nnew.load(old.dump(1))\n"),
    ("import pkg.old\npkg.old.load(1)\n", "import pkg.new\npkg.new.load(1)\n"),
    ("import pkg.old as o\no.load(1)\n", "from pkg import new\nnew.load(1)\n"),
    ("from pkg import a  # noqa: F401\nfrom pkg import b, old\nold.load(old.dump(b))\n", "from pkg import a  # noqa: F401\nfrom pkg import b, new, old\nnew.load(old.dump(b))\n"),
    ("from pkg import old\nnew = 1\nold.load(new)\n", "from pkg.new import load\nnew = 1\nload(new)\n"),
    ("from pkg import load\nload(1)\n", "from pkg import load\nload(1)\n"),
    ("def f():\n    from pkg.old import load\n    return load(1)\n", "def f():\n    from pkg.new import load\n    return load(1)\n"),
    (
        "try:\n    from pkg.old import load\nexcept ImportError:\n    load = None\n",
        "try:\n    from pkg.new import load\nexcept ImportError:\n    load = None\n",
    ),
    (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pkg.old import dump, load\nx: 'load'\ny: 'dump'\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pkg.new import load\n    from pkg.old import dump\nx: 'load'\ny: 'dump'\n",
    ),
    ("from pkg.old import *\nload(1)\n", "from pkg.new import load\nfrom pkg.old import *\nload(1)\n"),
    ("from pkg.old import dump, load  # noqa: F401\n", "from pkg.new import load  # noqa: F401\nfrom pkg.old import dump  # noqa: F401\n"),
    ("s = 'pkg.old.load'\n", "s = 'pkg.new.load'\n"),
    ("import pkg.old\nprint(f'{pkg.old.load(1)!r}')\n", "import pkg.new\nprint(f'{pkg.new.load(1)!r}')\n"),
    ("from pkg.old import load\r\nload(1)\r\n", "from pkg.new import load\r\nload(1)\r\n"),
    ("def load(): pass\nload()\n", "def load(): pass\nload()\n"),
    ("class A:\n\tdef f(self):\n\t\tfrom pkg.old import dump, load\n\t\treturn dump(load)\n", "class A:\n\tdef f(self):\n\t\tfrom pkg.new import load\n\t\tfrom pkg.old import dump\n\t\treturn dump(load)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "expected"), USES)
def test_user_follows(before: str, expected: str) -> None:
    assert moved({"pkg/user.py": before})["pkg/user.py"] == expected


def test_text_follows() -> None:
    done = moved(
        {
            "docs/api.rst": ".. autofunction:: pkg.old.load\n\nSee :func:`~pkg.old.load` and pkg.old.dump.\n",
            "pyproject.toml": '[project.scripts]\nload = "pkg.old:load"\n',
        }
    )
    assert done["docs/api.rst"] == ".. autofunction:: pkg.new.load\n\nSee :func:`~pkg.new.load` and pkg.old.dump.\n"
    assert done["pyproject.toml"] == '[project.scripts]\nload = "pkg.new:load"\n'


def test_old_home_imports_back_what_it_uses() -> None:
    old = BASE["pkg/old.py"] + "\n\ndef both(x):\n    return dump(load(x))\n"
    assert "from .new import load\n" in moved({"pkg/old.py": old})["pkg/old.py"]


def test_alias_is_kept_as_a_re_export() -> None:
    done = moved({"pkg/x.py": "import os  # noqa: F401\n"}, keep_alias=True)
    assert "from .new import load  # noqa: F401\n" in done["pkg/old.py"]


def test_use_in_the_new_home_needs_no_import() -> None:
    done = moved({"pkg/new.py": "from . import old\nfrom .old import load as read\n\n\ndef f(x: 'read'):\n    return read(old.load(x))\n"})
    assert done["pkg/new.py"].startswith("import json\n") or "from .errors import Bad\n" in done["pkg/new.py"]
    assert "def f(x: 'load'):\n    return load(load(x))\n" in done["pkg/new.py"]
    assert "old" not in done["pkg/new.py"].replace("_old", "")


def test_new_home_that_is_needed_by_what_stays_is_imported_late() -> None:
    old = "from .new import first\n\nSTATE = first()\n\n\ndef load():\n    return STATE\n\n\ndef other():\n    return STATE, load()\n"
    done = moved({"pkg/old.py": old})
    assert "def load():\n    from .old import STATE\n" in done["pkg/new.py"]
    assert "from .new import first, load\n" in done["pkg/old.py"]


def test_cycle_that_cannot_be_avoided_is_refused() -> None:
    old = "class Base:\n    pass\n\n\nclass Sub(Base):\n    pass\n\n\nX = Sub()\nY = Base()\n"
    files = BASE | {"pkg/old.py": old}
    done = act(files, Action.MOVE, ["pkg/old.py::Sub"], "pkg/new.py")
    assert isinstance(done, Refused) and "import each other" in done.sentence


def test_base_class_arrives_before_the_class_that_needs_it() -> None:
    files = BASE | {"pkg/__init__.py": "", "pkg/old.py": "class Base:\n    pass\n", "pkg/new.py": "from .old import Base\n\n\nclass Sub(Base):\n    pass\n"}
    done = after(files, act(files, Action.MOVE, ["pkg/old.py::Base"], "pkg/new.py"))
    assert done["pkg/new.py"] == "class Base:\n    pass\n\n\nclass Sub(Base):\n    pass\n"
    assert "pkg/old.py" not in done


def test_several_of_several_modules_go_together() -> None:
    files = BASE | {"pkg/b.py": "from .old import load\n\n\ndef use():\n    return load(1)\n"}
    done = after(files, act(files, Action.MOVE, ["pkg/old.py::load", "pkg/b.py::use"], "pkg/both.py"))
    assert "pkg/b.py" not in done
    assert "from .old" not in done["pkg/both.py"] and "def use():\n    return load(1)\n" in done["pkg/both.py"]


def test_overloads_decorators_and_async_go_whole() -> None:
    old = "from typing import overload\n\n\n@overload\ndef load(x: int) -> int: ...\n@overload\ndef load(x: str) -> str: ...\nasync def load(x):\n    s = '''\n  kept\n'''\n    return s\n    # the end\n\n\nz = 1\n"
    done = moved({"pkg/old.py": old})
    assert done["pkg/old.py"] == "z = 1\n"
    assert old[old.index("@overload") : old.index("\n\n\nz")] in done["pkg/new.py"]
    assert "from typing import overload\n" in done["pkg/new.py"]


def test_crlf_home_keeps_its_line_ends_and_the_other_gets_its_own() -> None:
    done = moved({"pkg/old.py": BASE["pkg/old.py"].replace("\n", "\r\n")})
    assert "\n" not in done["pkg/old.py"].replace("\r\n", "") and "\r" not in done["pkg/new.py"]


REFUSED = [
    ({"pkg/new.py": "def load():\n    pass\n"}, "already"),
    ({"pkg/old.py": "load = save = 1\n"}, "together with save"),
    ({"pkg/old.py": "load = 1; x = 2\n"}, "one line"),
    ({"pkg/old.py": "load = 1\n\n\ndef f():\n    global load\n    load = 2\n"}, "global"),
    ({"pkg/new.py": "json = 1\n"}, "json means something else"),
]  # fmt: skip


@pytest.mark.parametrize(("extra", "why"), REFUSED)
def test_what_cannot_be_done_is_refused_in_a_sentence(extra: dict[str, str], why: str) -> None:
    files = BASE | extra
    done = act(files, Action.MOVE, ["pkg/old.py::load"], "pkg/new.py")
    assert isinstance(done, Refused) and why in done.sentence


def test_nothing_happens_where_nothing_is_meant() -> None:
    assert isinstance(act(BASE, Action.MOVE, ["pkg/old.py::load"], "pkg/new.py", blind=True), Refused)


def test_what_a_class_body_reads_before_it_binds_it_is_the_module_s() -> None:
    box = "import json\n\n\nclass Box:\n    codec = json\n\n    def json(self): ...\n"
    done = moved({"pkg/box.py": box}, "pkg/box.py::Box")
    assert "import json" in done["pkg/new.py"] and "codec = json" in done["pkg/new.py"]


def test_an_import_for_types_alone_defines_nothing() -> None:
    typed = "import typing\n\nif typing.TYPE_CHECKING:\n    from pkg.old import load\n    from pkg.other import save\n\n\ndef use(how: 'load', what: 'save'): ...\n"
    module = parse_module("pkg/use.py", typed)
    assert pieces(module, {"load"}) == []


def test_guarded_import_is_copied() -> None:
    old = "try:\n    import ujson as json\nexcept ImportError:\n    import json\n\n\ndef load(x):\n    return json.load(x)\n\n\ndef dump(x):\n    return json.dump(x)\n"
    done = moved({"pkg/old.py": old})
    assert "try:\n    import ujson as json\nexcept ImportError:\n    import json\n" in done["pkg/new.py"]
    assert old.startswith(done["pkg/old.py"][:60])


def test_typing_only_import_stays_so() -> None:
    old = "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .errors import Bad\n\n\ndef load(x: Bad):\n    return x\n\n\ny = 1\n"
    done = moved({"pkg/old.py": old})
    assert "if TYPE_CHECKING:\n    from .errors import Bad\n" in done["pkg/new.py"]
    assert done["pkg/new.py"].startswith('"""New."""\nfrom __future__ import annotations\n')
    assert done["pkg/old.py"] == "from __future__ import annotations\n\n\ny = 1\n"


def test_unrelated_files_stay() -> None:
    files = BASE | {"pkg/user.py": "from .old import dump\n"}
    assert set(changed(files, act(files, Action.MOVE, ["pkg/old.py::load"], "pkg/new.py"))) == {"pkg/old.py", "pkg/new.py", "pkg/__init__.py"}


def test_patch_of_a_name_that_went_along_follows() -> None:
    done = moved({"tests/test_old.py": "from unittest import mock\nmock.patch('pkg.old.json.load')\nmock.patch('pkg.old.os.fspath')\n"})
    assert done["tests/test_old.py"] == "from unittest import mock\nmock.patch('pkg.new.json.load')\nmock.patch('pkg.old.os.fspath')\n"


GENERIC = tree(
    {
        "pkg/__init__.py": "",
        "pkg/old.py": """
            from typing import Generic, TypeVar

            T = TypeVar("T")
            U = TypeVar("U")
            LIMIT = 3


            class Box(Generic[T]):
                most = LIMIT


            def same(x: U) -> U:
                return x
        """,
        # Speaks of the module and has a type variable of its own.
        "pkg/user.py": """
            from typing import TypeVar

            from .old import Box

            T = TypeVar("T")


            def first(x: T) -> T:
                return Box(x)
        """,
    }
)


def test_type_variables_and_constants_of_the_moved_code_alone_go_along() -> None:
    done = after(GENERIC, act(GENERIC, Action.MOVE, ["pkg/old.py::Box"], "pkg/box.py"))
    assert done["pkg/box.py"] == (
        'from typing import Generic, TypeVar\n\nT = TypeVar("T")\nLIMIT = 3\n\n\nclass Box(Generic[T]):\n    most = LIMIT\n'
    )
    assert done["pkg/old.py"] == 'from typing import TypeVar\n\nU = TypeVar("U")\n\n\ndef same(x: U) -> U:\n    return x\n'


@pytest.mark.parametrize("user", ["from .old import LIMIT\n", "from . import old\nprint(old.LIMIT)\n", "NAME = 'pkg.old.LIMIT'\n"])
def test_constant_that_another_file_takes_stays(user: str) -> None:
    files = GENERIC | {"pkg/other.py": user}
    done = after(files, act(files, Action.MOVE, ["pkg/old.py::Box"], "pkg/box.py"))
    assert "LIMIT = 3" in done["pkg/old.py"] and "from .old import LIMIT" in done["pkg/box.py"]
    assert done["pkg/other.py"] == user


def clock(home: str, code: str, there: str) -> str | Refused:
    """What arrives in a module that imports the clock in its own way; the refusal where it can't."""
    files = {"pkg/__init__.py": "", "pkg/old.py": f"{home}\n\n\n{code}", "pkg/new.py": there}
    done = act(files, Action.MOVE, ["pkg/old.py::now"], "pkg/new.py")
    return done if isinstance(done, Refused) else after(files, done)["pkg/new.py"]


CLOCKS = [
    (
        "import datetime",
        'def now(day: datetime.date, at: "datetime.time") -> datetime.datetime:\n    return datetime.datetime.combine(day, at)\n',
        "from datetime import datetime\n\nNOW = datetime.now()\n",
        "from datetime import date, datetime, time\n\nNOW = datetime.now()\n\n\n"
        'def now(day: date, at: "time") -> datetime:\n    return datetime.combine(day, at)\n',
    ),
    (
        "from datetime import datetime",
        'def now() -> "datetime":\n    return datetime.now()\n',
        "import datetime\n\nNOW = datetime.date.today()\n",
        'import datetime\n\nNOW = datetime.date.today()\n\n\ndef now() -> "datetime.datetime":\n    return datetime.datetime.now()\n',
    ),
]


@pytest.mark.parametrize(("home", "code", "there", "expected"), CLOCKS)
def test_moved_code_is_written_with_the_imports_of_its_new_home(home: str, code: str, there: str, expected: str) -> None:
    assert clock(home, code, there) == expected


@pytest.mark.parametrize(
    ("home", "code", "there"),
    [
        # The module itself is used, not a member of it.
        ("import datetime", "def now():\n    return vars(datetime)\n", "from datetime import datetime\n\nNOW = datetime.now()\n"),
        ("import datetime", "def now():\n    date = 1\n    return datetime.date(date, 1, 1)\n", "from datetime import datetime\n\nNOW = datetime.now()\n"),
        ("import datetime", "def now():\n    datetime.zero = 1\n", "from datetime import datetime\n\nNOW = datetime.now()\n"),
        ("import datetime", "def now():\n    return datetime.date.today()\n", "from datetime import datetime\n\ndate = datetime.now()\n"),
        ("from datetime import datetime", "def now():\n    return datetime.now()\n", "import clock as datetime\n\nNOW = datetime.now()\n"),
    ],
)
def test_names_that_cannot_be_reconciled_are_refused(home: str, code: str, there: str) -> None:
    done = clock(home, code, there)
    assert isinstance(done, Refused) and "means something else" in done.sentence


@pytest.mark.parametrize(("home", "listed"), [("pkg/tools.py", "__all__ = ['first', 'load']"), ("pkg/_tools.py", "__all__ = ['first']")])
def test_name_of_a_private_module_does_not_become_public(home: str, listed: str) -> None:
    files = {"pkg/__init__.py": "", home: "def load(): ...\n\n\ndef other(): ...\n", "pkg/new.py": "__all__ = ['first']\n\n\ndef first(): ...\n"}
    done = after(files, act(files, Action.MOVE, [f"{home}::load"], "pkg/new.py"))
    assert done["pkg/new.py"].startswith(f"{listed}\n")


@pytest.mark.parametrize(("user", "left"), [("", ""), ("from .old import *\n", "__all__ = []\n\n\n")])
def test_emptied_list_of_exports_goes_unless_a_star_would_then_take_everything(user: str, left: str) -> None:
    files = {"pkg/__init__.py": "", "pkg/user.py": user, "pkg/old.py": "__all__ = ['load']\n\n\ndef load(): ...\n\n\ndef other(): ...\n"}
    done = after(files, act(files, Action.MOVE, ["pkg/old.py::load"], "pkg/new.py"))
    assert done["pkg/old.py"] == f"{left}def other(): ...\n"


@pytest.mark.parametrize(
    ("listed", "package", "new", "left"),
    [
        ("'load', 'other'", "from .fresh import *\nfrom .old import *\n", "__all__ = ['load']\n\n\ndef load(): ...\n", "__all__ = ['other']\n"),
        ("'load'", "from .fresh import *\n", "__all__ = ['load']\n\n\ndef load(): ...\n", "def other(): ...\n"),
        ("'other'", "from .old import *\n", "def load(): ...\n", "__all__ = ['other']\n"),
    ],
)
def test_package_that_passes_everything_on_goes_on_doing_so(listed: str, package: str, new: str, left: str) -> None:
    old = f"__all__ = [{listed}]\n\n\ndef load(): ...\n\n\ndef other(): ...\n"
    files = {"pkg/__init__.py": "from .old import *\n", "pkg/old.py": old}
    done = after(files, act(files, Action.MOVE, ["pkg/old.py::load"], "pkg/fresh.py"))
    assert sorted(done["pkg/__init__.py"].splitlines()) == package.splitlines()
    assert done["pkg/fresh.py"] == new and done["pkg/old.py"].startswith(left)


def test_package_takes_a_name_alone_from_a_module_that_was_there() -> None:
    files = {"pkg/__init__.py": "from .old import *\n", "pkg/old.py": "def load(): ...\n\n\ndef other(): ...\n", "pkg/new.py": "def first(): ...\n"}
    done = after(files, act(files, Action.MOVE, ["pkg/old.py::load"], "pkg/new.py"))
    assert sorted(done["pkg/__init__.py"].splitlines()) == ["from .new import load", "from .old import *"]


def test_circle_that_the_old_home_had_with_its_package_does_not_hinder() -> None:
    files = {
        "pkg/__init__.py": "from .base import *\nfrom .old import *\n",
        "pkg/base.py": "__all__ = ['mark']\n\n\ndef mark(f): return f\n",
        "pkg/old.py": "import pkg\n\n__all__ = ['load', 'other']\n\n\n@pkg.mark\ndef load(): ...\n\n\n@pkg.mark\ndef other(): ...\n",
    }
    done = after(files, act(files, Action.MOVE, ["pkg/old.py::load"], "pkg/fresh.py"))
    assert done["pkg/fresh.py"] == "import pkg\n\n__all__ = ['load']\n\n\n@pkg.mark\ndef load(): ...\n"
    assert done["pkg/__init__.py"].startswith("from .base import *\n") and "from .fresh import *\n" in done["pkg/__init__.py"]
