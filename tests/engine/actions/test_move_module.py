"""Moves of modules and packages, and a module that goes into another one."""

from __future__ import annotations

import pytest
from acting import act, after, tree

from engine.actions import Refused
from engine.plan import Action

BASE = tree(
    {
        "pkg/__init__.py": "from . import cache\nfrom .cache import LRU\nfrom .errors import Bad\n\n__all__ = ['Bad', 'LRU', 'cache']\n",
        "pkg/errors.py": "class Bad(Exception):\n    pass\n",
        "pkg/cache.py": '"""Caches."""\nfrom .errors import Bad\n\n\nclass LRU(dict):\n    error = Bad\n\n\ndef make():\n    return LRU()\n',
        "docs/api.rst": ".. automodule:: pkg.cache\n\nSee :class:`pkg.cache.LRU`.\n",
        "pyproject.toml": '[project.scripts]\nmake = "pkg.cache:make"\n',
    }
)
USES = [
    ("from pkg.cache import LRU, make\nmake(LRU)\n", "from pkg.store.lru import LRU, make\nmake(LRU)\n"),
    ("from pkg import cache\ncache.make(cache.LRU)\n", "from pkg.store import lru\nlru.make(lru.LRU)\n"),
    ("from pkg import cache as c\nc.make()\n", "from pkg.store import lru as c\nc.make()\n"),
    ("from pkg import cache, errors\ncache.make(errors)\n", "from pkg import errors\nfrom pkg.store import lru\nlru.make(errors)\n"),
    ("import pkg.cache\npkg.cache.make()\n", "import pkg.store.lru\npkg.store.lru.make()\n"),
    ("import pkg.cache as c\nc.make()\n", "import pkg.store.lru as c\nc.make()\n"),
    ("s = 'pkg.cache.make'\n", "s = 'pkg.store.lru.make'\n"),
    ("cache = 1\nprint(cache)\n", "cache = 1\nprint(cache)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "expected"), USES)
def test_user_of_a_moved_module_follows(before: str, expected: str) -> None:
    files = BASE | {"tests/test_user.py": before}
    assert after(files, act(files, Action.MOVE, ["pkg/cache.py"], "pkg/store/lru.py"))["tests/test_user.py"] == expected


def test_moved_module_keeps_its_text_but_for_relative_imports() -> None:
    done = after(BASE, act(BASE, Action.MOVE, ["pkg/cache.py"], "pkg/store/lru.py"))
    assert done["pkg/store/lru.py"] == BASE["pkg/cache.py"].replace("from .errors", "from ..errors")
    assert done["pkg/store/__init__.py"] == "" and "pkg/cache.py" not in done
    assert done["docs/api.rst"] == ".. automodule:: pkg.store.lru\n\nSee :class:`pkg.store.lru.LRU`.\n"
    assert done["pyproject.toml"] == '[project.scripts]\nmake = "pkg.store.lru:make"\n'
    assert "from .store.lru import LRU\n" in done["pkg/__init__.py"]


def test_module_goes_into_a_folder_under_its_own_name() -> None:
    files = BASE | {"pkg/sub/__init__.py": ""}
    assert "pkg/sub/cache.py" in after(files, act(files, Action.MOVE, ["pkg/cache.py"], "pkg/sub/"))


def test_package_gets_another_path() -> None:
    files = BASE | {"tests/test_user.py": "import pkg\nfrom pkg.cache import LRU\nprint(pkg.cache, LRU)\n"}
    done = after(files, act(files, Action.MOVE, ["pkg/"], "other/"))
    assert done["tests/test_user.py"] == "import other\nfrom other.cache import LRU\nprint(other.cache, LRU)\n"
    assert done["other/__init__.py"] == BASE["pkg/__init__.py"] and not any(path.startswith("pkg/") for path in done)


def test_merged_module_gives_everything_and_goes() -> None:
    files = BASE | {"tests/test_user.py": "from pkg import cache\nfrom pkg.errors import Bad\ncache.make(Bad)\n"}
    done = after(files, act(files, Action.MOVE, ["pkg/cache.py"], "pkg/errors.py", also=lambda item: item.path == "docs/api.rst"))
    assert "pkg/cache.py" not in done
    assert done["pkg/errors.py"] == "class Bad(Exception):\n    pass\n\n\nclass LRU(dict):\n    error = Bad\n\n\ndef make():\n    return LRU()\n"
    assert done["tests/test_user.py"] == "from pkg import errors\nfrom pkg.errors import Bad\nerrors.make(Bad)\n"
    assert done["docs/api.rst"] == ".. automodule:: pkg.errors\n\nSee :class:`pkg.errors.LRU`.\n"
    assert done["pkg/__init__.py"].startswith("from .errors import LRU, Bad\n")


def test_merge_with_a_clash_is_refused() -> None:
    files = BASE | {"pkg/errors.py": "class LRU: pass\n"}
    assert isinstance(act(files, Action.MOVE, ["pkg/cache.py"], "pkg/errors.py"), Refused)


def test_path_that_is_taken_is_refused() -> None:
    files = BASE | {"pkg/sub/cache.py": ""}
    done = act(files, Action.MOVE, ["pkg/cache.py"], "pkg/sub/")
    assert isinstance(done, Refused) and "there already" in done.sentence


def test_nothing_happens_where_nothing_is_meant() -> None:
    assert isinstance(act(BASE, Action.MOVE, ["pkg/cache.py"], "pkg/store/lru.py", blind=True), Refused)


def test_export_of_a_renamed_module_follows() -> None:
    done = after(BASE, act(BASE, Action.MOVE, ["pkg/cache.py"], "pkg/lru.py"))
    assert done["pkg/__init__.py"] == "from . import lru\nfrom .lru import LRU\nfrom .errors import Bad\n\n__all__ = ['Bad', 'LRU', 'lru']\n"


def test_name_that_a_merged_module_had_imported_is_taken_from_the_other_one() -> None:
    files = BASE | {
        "pkg/cache.py": "from sys import stdout\n\n\ndef show():\n    stdout.write('')\n",
        "pkg/__init__.py": "",
        "tests/test_user.py": "from pkg.cache import show, stdout\nshow(stdout)\n",
    }
    done = after(files, act(files, Action.MOVE, ["pkg/cache.py"], "pkg/errors.py"))
    assert done["tests/test_user.py"] == "from pkg.errors import show, stdout\nshow(stdout)\n"


LICENCE = "# Copyright (c) 2009 Somebody\n# Permission is granted.\n"


def test_merged_module_keeps_its_licence_and_leaves_its_script_behind() -> None:
    script = '\n\nif __name__ == "__main__":\n    print(One())\n'
    one = f"{LICENCE}import os\n\n\nclass One:\n    sep = os.sep\n{script}"
    files = {"pkg/__init__.py": "", "pkg/one.py": one, "pkg/two.py": "import re\n\nTWO = re.I\n", "use.py": "from pkg.one import One\n"}
    outcome = act(files, Action.MOVE, ["pkg/one.py"], "pkg/two.py")
    done = after(files, outcome)
    assert done["pkg/two.py"] == f"import os\nimport re\n\nTWO = re.I\n\n\n{LICENCE}class One:\n    sep = os.sep\n" and "pkg/one.py" not in done
    assert not isinstance(outcome, Refused) and any("as a script" in note for note in outcome.notes)


def test_licence_below_the_lines_for_tools_is_kept_without_them() -> None:
    one = f"#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n{LICENCE}\n\nclass One: ...\n"
    files = {"pkg/__init__.py": "", "pkg/one.py": one, "pkg/two.py": "TWO = 2\n", "use.py": "from pkg.one import One\n"}
    assert after(files, act(files, Action.MOVE, ["pkg/one.py"], "pkg/two.py"))["pkg/two.py"] == f"TWO = 2\n\n\n{LICENCE}class One: ...\n"


def test_licence_that_the_new_home_has_already_is_not_repeated() -> None:
    files = {"pkg/__init__.py": "", "pkg/one.py": f"{LICENCE}\n\nclass One: ...\n", "pkg/two.py": f"{LICENCE}TWO = 2\n", "use.py": "from pkg.one import One\n"}
    assert after(files, act(files, Action.MOVE, ["pkg/one.py"], "pkg/two.py"))["pkg/two.py"].count("Copyright") == 1
