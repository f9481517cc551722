"""FUNCTION: the body keeps its meaning, callers pass the object, and what needs its class stays."""

from __future__ import annotations

import pytest

from engine.plan import Action
from tests.engine.actions.meant import after, outcome, refusal

FUNCTION = {"action": Action.FUNCTION}
STORE = '''"""Stores."""


class RecordStore:
    """Has :meth:`RecordStore.load`."""

    rows = {}

    # loads one
    def load(self, key, deep=False):
        """Load it.

        More.
        """
        text = """
        stays
        """
        if deep:
            return [self.load(k) for k in self.rows]
        return self.rows[key], text

    def all(self):
        return [self.load(key, deep=True) for key in self.rows], RecordStore.load(self, 1), map(self.load, [])


def main():
    return RecordStore().load(1)
'''
STORE_AFTER = '''"""Stores."""
import functools


class RecordStore:
    """Has :func:`load`."""

    rows = {}

    def all(self):
        return [load(self, key, deep=True) for key in self.rows], load(self, 1), map(functools.partial(load, self), [])


# loads one
def load(record_store, key, deep=False):
    """Load it.

    More.
    """
    text = """
        stays
        """
    if deep:
        return [load(record_store, k) for k in record_store.rows]
    return record_store.rows[key], text


def main():
    return load(RecordStore(), 1)
'''


def test_method_becomes_a_function_behind_its_class() -> None:
    done = str(after({"a.py": STORE}, "a.py::RecordStore.load", **FUNCTION)["a.py"])
    assert done.replace('"""\n\nimport', '"""\nimport') == STORE_AFTER


def test_callers_elsewhere_import_it() -> None:
    texts = {
        "pkg/__init__.py": "",
        "pkg/store.py": "class K:\n    def load(self):\n        return self\n",
        "pkg/use.py": "from .store import K\n\n\ndef use(k: K):\n    return (k).load(), k.load(\n    )\n",
        "pkg/only.py": "from .store import K\n\nK().load()\nK.load(K())\n",
    }
    assert after(texts, "pkg/store.py::K.load", **FUNCTION, new="load_k") == {
        "pkg/store.py": "class K:\n    pass\n\n\ndef load_k(k):\n    return k\n",
        "pkg/use.py": "from .store import K, load_k\n\n\ndef use(k: K):\n    return load_k(k), load_k(k)\n",
        "pkg/only.py": "from .store import K, load_k\n\nload_k(K())\nload_k(K())\n",
    }


def test_it_can_go_to_another_module() -> None:
    texts = {
        "pkg/__init__.py": "",
        "pkg/store.py": "import os\n\n\nclass K:\n    x = 1\n\n    def load(self):\n        return os, self\n\n    def more(self):\n        return self.load()\n",
        "pkg/load.py": '"""Loading."""\n\nimport sys\n\nprint(sys)\n',
        "use.py": "from pkg.store import K\n\nK().load()\n",
    }
    done = after(texts, "pkg/store.py::K.load", **FUNCTION, to="pkg/load.py")
    assert (
        str(done["pkg/store.py"]).replace("\n\n\n", "\n\n")
        == "from pkg.load import load\n\nclass K:\n    x = 1\n\n    def more(self):\n        return load(self)\n"
    )
    assert "import os\nimport sys\n" in str(done["pkg/load.py"])
    assert "def load(k):\n    return os, k\n" in str(done["pkg/load.py"])
    assert done["use.py"] == "from pkg.load import load\nfrom pkg.store import K\n\nload(K())\n"


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ("class K:\n    @staticmethod\n    def f(a):\n        return a\n    x = 1\n\n\nK.f(1)\nK().f(2)\n", "class K:\n    x = 1\n\n\ndef f(a):\n    return a\n\n\nf(1)\nf(2)\n"),
        ("class K:\n    x = 1\n    @classmethod\n    def f(cls, a):\n        return cls(a)\n\n\nK.f(1)\n", "class K:\n    x = 1\n\n\ndef f(a):\n    return K(a)\n\n\nf(1)\n"),
        ("class K:\n    x = 1\n\n    def f(self) -> int:\n        return self.x", "class K:\n    x = 1\n\n\ndef f(k: K) -> int:\n    return k.x\n"),
        ("class K:\r\n\tdef f(self):\r\n\t\treturn self.x\r\n\r\n\tx = 1\r\n", "class K:\r\n\tx = 1\r\n\r\n\r\ndef f(k):\r\n\treturn k.x\r\n"),
        ("class K:\n    x = 1\n\n    async def f(self, k):\n        await self.f(k)\n        return self\n", "class K:\n    x = 1\n\n\nasync def f(k_, k):\n    await f(k_, k)\n    return k_\n"),
        ("class K:\n    x = 1\n\n    def f(self, a): return a\n\n\nK().f(1)\nK.f(K(), 1)\n", "class K:\n    x = 1\n\n\ndef f(a): return a\n\n\nf(1)\nf(1)\n"),
    ],
)  # fmt: skip
def test_forms_of_methods(before: str, wanted: str) -> None:
    assert after({"a.py": before}, "a.py::K.f", **FUNCTION) == {"a.py": wanted}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("    def f(self):\n        super().f()\n", "super()"),
        ("    def f(self):\n        return self.__x\n", "private"),
        ("    @property\n    def f(self): ...\n", "property"),
        ("    D = 1\n    def f(self, d=D): ...\n", "body of its class"),
        ("    def f(self):\n        return self\n\n\nclass S(K):\n    def f(self): ...\n", "S.f"),
        ("    def f(self):\n        return self\n\n\ndef g(k: K, f):\n    f = k.f()\n", "something else (a.py:6)"),
        ("    def f(self): ...\n    g = f\n", "body of its class"),
    ],
)
def test_what_needs_its_class_stays(body: str, words: str) -> None:
    assert words in refusal({"a.py": f"class K:\n{body}"}, "a.py::K.f", **FUNCTION)


def test_name_that_would_mean_something_else_outside_the_class_is_refused() -> None:
    private = "class K:\n    def __f(self):\n        return self\n\n    def g(self):\n        return self.__f()\n"
    assert "private to that class" in refusal({"a.py": private}, "a.py::K.__f", **FUNCTION)
    hiding = "class K:\n    def format(self, a):\n        return a\n\n\nprint(format(1), K().format(2))\n"
    assert "is a builtin" in refusal({"a.py": hiding}, "a.py::K.format", **FUNCTION)
    assert after({"a.py": hiding.replace("format(1), ", "")}, "a.py::K.format", **FUNCTION) == {"a.py": "class K:\n    pass\n\n\ndef format(a):\n    return a\n\n\nprint(format(2))\n"}


def test_unused_instance_is_told() -> None:
    done = outcome({"a.py": "class K:\n    def f(self): ...\n"}, "a.py::K.f", **FUNCTION)
    assert "no longer takes it" in getattr(done, "notes", ("",))[0]


def test_local_variable_gives_way() -> None:
    text = "class K:\n    def f(self):\n        return self\n\n\ndef g(k: K):\n    f = k.f()\n    return [f for _ in f]\n"
    done = str(after({"a.py": text}, "a.py::K.f", **FUNCTION)["a.py"])
    assert done.endswith("def g(k: K):\n    f_ = f(k)\n    return [f_ for _ in f_]\n")
