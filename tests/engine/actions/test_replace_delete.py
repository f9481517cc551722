"""Replacing the uses of a definition, and deleting one."""

from __future__ import annotations

import pytest
from acting import act, after, tree

from engine.actions import Refused
from engine.plan import Action

BASE = tree(
    {
        "pkg/__init__.py": '''
            from .cache import LRU
            from .errors import Bad, Worse
            __all__ = [
                "Bad",
                "LRU",
                "Worse",
            ]
        ''',
        "pkg/errors.py": '''
            import reprlib

            class Bad(Exception):
                pass


            class Worse(Bad):
                pass


            # Says it.
            def describe(error):
                return reprlib.repr(error)


            def shout(error):
                return str(error)
        ''',
        "pkg/cache.py": '''
            class LRU(dict):
                size = 3

                def __init__(self):
                    self.hits = 0

                def shrink(self):
                    self.clear()

                @property
                def full(self):
                    return len(self) > 3

                @full.setter
                def full(self, value):
                    pass
        ''',
    }
)
REPLACED = [
    ("pkg/errors.py::Worse", "pkg/errors.py::Bad", "from pkg.errors import Worse\ntry: pass\nexcept (OSError, Worse): pass\n", "from pkg.errors import Bad\ntry: pass\nexcept (OSError, Bad): pass\n"),
    ("pkg/errors.py::Worse", "KeyError", "from pkg.errors import Worse, shout\nraise Worse(shout)\n", "from pkg.errors import shout\nraise KeyError(shout)\n"),
    ("pkg/cache.py::LRU", "cachetools.LRUCache", "from pkg.cache import LRU\n\n\nclass A(LRU):\n    x: 'LRU'\n", "from cachetools import LRUCache\n\n\nclass A(LRUCache):\n    x: 'LRUCache'\n"),
    ("pkg/cache.py::LRU", "cachetools.LRUCache", "import cachetools\nfrom pkg import cache\nisinstance(cachetools, cache.LRU)\n", "import cachetools\nisinstance(cachetools, cachetools.LRUCache)\n"),
    ("pkg/cache.py::LRU", "cachetools.LRUCache", "from pkg.cache import LRU as C\nx: 'list[C]' = f'{C()}'\n", "from cachetools import LRUCache\nx: 'list[LRUCache]' = f'{LRUCache()}'\n"),
    ("pkg/cache.py::LRU", "other.LRU", "from pkg.cache import LRU\nLRU()\n", "from other import LRU\nLRU()\n"),
    ("pkg/cache.py::LRU", "cachetools.LRUCache", "def f():\n    from pkg.cache import LRU\n    return LRU()\n", "def f():\n    from cachetools import LRUCache\n    return LRUCache()\n"),
    ("pkg/cache.py::LRU", "cachetools.LRUCache", "def LRU(): pass\nLRU()\n", "def LRU(): pass\nLRU()\n"),
    ("pkg/errors.py::describe", "pkg/errors.py::shout", "import pkg.errors\npkg.errors.describe(1)\n", "import pkg.errors\npkg.errors.shout(1)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "to", "before", "expected"), REPLACED)
def test_uses_become_the_other_one(target: str, to: str, before: str, expected: str) -> None:
    files = BASE | {"pkg/user.py": before, "pkg/more.py": "from pkg.errors import Worse, describe\nfrom pkg.cache import LRU\nprint(Worse, describe, LRU)\n"}
    done = after(files, act(files, Action.REPLACE, [target], to))
    assert done["pkg/user.py"] == expected
    assert done["pkg/__init__.py"] == BASE["pkg/__init__.py"] and done["pkg/cache.py"] == BASE["pkg/cache.py"]


def test_patch_follows_where_the_name_is_used() -> None:
    files = BASE | {"pkg/user.py": "from .cache import LRU\nLRU()\n", "tests/test_x.py": "from unittest import mock\nmock.patch('pkg.user.LRU')\nmock.patch('pkg.cache.LRU')\n"}
    done = after(files, act(files, Action.REPLACE, ["pkg/cache.py::LRU"], "cachetools.LRUCache"))
    assert done["tests/test_x.py"] == "from unittest import mock\nmock.patch('pkg.user.LRUCache')\nmock.patch('pkg.cache.LRU')\n"


def test_name_that_is_taken_refuses_a_replacement() -> None:
    files = BASE | {"pkg/user.py": "from .errors import Worse\nBad = 1\nraise Worse(Bad)\n"}
    done = act(files, Action.REPLACE, ["pkg/errors.py::Worse"], "pkg/errors.py::Bad")
    assert isinstance(done, Refused) and "uses the name Bad" in done.sentence


def test_deleted_function_takes_comment_imports_and_documentation_along() -> None:
    files = BASE | {
        "pkg/user.py": "from .errors import describe, shout\nshout(1)\n",
        "docs/api.rst": "Errors\n\n.. autofunction:: pkg.errors.describe\n   :noindex:\n\n.. autofunction:: pkg.errors.shout\n",
        "tests/test_errors.py": "from pkg.errors import describe, shout\n\n\ndef test_describe():\n    assert describe(1)\n\n\ndef test_shout():\n    assert shout(1)\n",
    }
    done = after(files, act(files, Action.DELETE, ["pkg/errors.py::describe"]))
    assert done["pkg/errors.py"] == "class Bad(Exception):\n    pass\n\n\nclass Worse(Bad):\n    pass\n\n\ndef shout(error):\n    return str(error)\n"
    assert done["pkg/user.py"] == "from .errors import shout\nshout(1)\n"
    assert done["docs/api.rst"] == "Errors\n\n.. autofunction:: pkg.errors.shout\n"
    assert done["tests/test_errors.py"] == "from pkg.errors import shout\n\n\ndef test_shout():\n    assert shout(1)\n"


def test_deleted_class_leaves_all_and_imports_of_the_package() -> None:
    done = after(BASE, act(BASE, Action.DELETE, ["pkg/errors.py::Worse"]))
    assert done["pkg/__init__.py"] == 'from .cache import LRU\nfrom .errors import Bad\n__all__ = [\n    "Bad",\n    "LRU",\n]\n'


def test_several_that_use_each_other_go_together() -> None:
    files = BASE | {"pkg/two.py": "def a():\n    return b()\n\n\ndef b():\n    return a()\n\n\nc = 1\n"}
    done = after(files, act(files, Action.DELETE, ["pkg/two.py::a", "pkg/two.py::b"]))
    assert done["pkg/two.py"] == "c = 1\n"


def test_deleted_property_goes_with_its_setter() -> None:
    done = after(BASE, act(BASE, Action.DELETE, ["pkg/cache.py::LRU.full"]))
    assert done["pkg/cache.py"].endswith("    def shrink(self):\n        self.clear()\n")


def test_deleted_attribute_leaves_a_pass_where_it_stood_alone() -> None:
    done = after(BASE, act(BASE, Action.DELETE, ["pkg/cache.py::LRU.hits"]))
    assert "    def __init__(self):\n        pass\n\n    def shrink" in done["pkg/cache.py"]


def test_what_is_still_used_stays_and_the_place_is_named() -> None:
    files = BASE | {"pkg/user.py": "from .errors import shout\n\nshout(1)\n"}
    done = act(files, Action.DELETE, ["pkg/errors.py::shout"])
    assert isinstance(done, Refused) and "pkg/user.py:3" in done.sentence


def test_unused_module_goes_with_its_imports() -> None:
    files = BASE | {"pkg/extra.py": "x = 1\n", "pkg/more.py": "from . import cache, extra\ncache.LRU()\n", "tests/test_extra.py": "from pkg import extra\n\n\ndef test():\n    assert extra.x\n"}
    done = after(files, act(files, Action.DELETE, ["pkg/extra.py"]))
    assert "pkg/extra.py" not in done and "tests/test_extra.py" not in done
    assert done["pkg/more.py"] == "from . import cache\ncache.LRU()\n"


def test_module_in_use_stays() -> None:
    files = BASE | {"pkg/user.py": "from .errors import shout\nshout(1)\n"}
    done = act(files, Action.DELETE, ["pkg/errors.py"])
    assert isinstance(done, Refused) and "pkg/" in done.sentence


@pytest.mark.parametrize("action", [Action.DELETE, Action.REPLACE])
def test_nothing_happens_where_nothing_is_meant(action: Action) -> None:
    assert isinstance(act(BASE, action, ["pkg/errors.py::describe"], "pkg/errors.py::shout", blind=True), Refused)


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ("import pkg\n\nraise pkg.Bad\n", "import pkg\n\nraise pkg.Worse\n"),
        ("import pkg as p\n\nraise p.Bad\n", "import pkg as p\n\nraise p.Worse\n"),
        ("import pkg as p\nfrom pkg.errors import Bad\n\nraise p.Bad from Bad()\n", None),
    ],
)
def test_use_through_a_package_stays_one_where_the_package_passes_on_both(before: str, wanted: str | None) -> None:
    files = BASE | {"user.py": before}
    done = after(files, act(files, Action.REPLACE, ["pkg/errors.py::Bad"], "pkg/errors.py::Worse"))
    assert done["user.py"] == wanted if wanted else "Bad" not in done["user.py"]


def test_package_that_passes_on_the_old_one_alone_is_gone_around() -> None:
    files = BASE | {"pkg/__init__.py": "from .errors import Bad\n", "user.py": "import pkg\n\nraise pkg.Bad\n"}
    done = after(files, act(files, Action.REPLACE, ["pkg/errors.py::Bad"], "pkg/errors.py::Worse"))
    assert "pkg.Worse" not in done["user.py"] and "errors" in done["user.py"]
