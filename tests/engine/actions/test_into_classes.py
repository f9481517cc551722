"""METHOD and GROUP: functions go into classes, with their callers, imports and exports."""

from __future__ import annotations

import pytest

from engine.plan import Action
from tests.engine.actions.meant import after, refusal

METHOD = {"action": Action.METHOD}
HEAD = "class K:\n    x = 1\n"


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        ("def f(k):\n    return k.x\n\n\nf(K())\nf(k=K())\nf(a or b)\n", "    def f(self):\n        return self.x\n\n\nK().f()\nK().f()\n(a or b).f()\n"),
        ("def f(a, k: K = 1, *, b=2):\n    return f(a, k.y, b=b)\n\n\nf(1, K())\n", "    def f(self, a, *, b=2):\n        return self.y.f(a, b=b)\n\n\nK().f(1)\n"),
        ("@deco\n# why\nasync def f(k, a):\n    return [k for _ in a]\n\n\nmap(f, [])\n", "    @deco\n    # why\n    async def f(self, a):\n        return [self for _ in a]\n\n\nmap(K.f, [])\n"),
        ("def f(k):\n    k = k or 1\n", "    def f(self):\n        k = self\n        k = k or 1\n"),
        ("def f(path: str):\n    return path\n\n\nf('x')\n", "    @staticmethod\n    def f(path: str):\n        return path\n\n\nK.f('x')\n"),
        ("def f(k, a):\n    return [k, a]\n\n\nf('x', [1])\nf(None, 2)\n", "    @staticmethod\n    def f(k, a):\n        return [k, a]\n\n\nK.f('x', [1])\nK.f(None, 2)\n"),
        ('def f(k):\n    """Do it.\n\n    Args:\n        k: K.\n    """\n    return """\n  a"""\n', '    def f(self):\n        """Do it.\n        """\n        return """\n  a"""\n'),
        ("def f(k):\n    return k\n\n\nfrom functools import partial\npartial(f, K(), 1)\nf(f(K()))\n", "    def f(self):\n        return self\n\n\nfrom functools import partial\npartial(K().f, 1)\nK().f().f()\n"),
    ],
)  # fmt: skip
def test_function_becomes_a_method(function: str, wanted: str) -> None:
    assert after({"a.py": f"{HEAD}\n\n{function}"}, "a.py::f", **METHOD, to="a.py::K") == {"a.py": f"{HEAD}\n{wanted}"}


def test_function_goes_to_the_module_of_the_class() -> None:
    texts = {
        "pkg/__init__.py": "from .utils import load, other\n\n__all__ = ['load', 'other']\n",
        "pkg/models.py": "class K:\n    pass\n",
        "pkg/utils.py": "import os\n\n\ndef load(k):\n    return os, k\n\n\ndef other():\n    return 1\n",
        "use.py": "from pkg.utils import load, other\nfrom pkg.models import K\n\nprint(load(K()), other(), [load])\n",
    }
    done = after(texts, "pkg/utils.py::load", **METHOD, to="pkg/models.py::K")
    assert done["pkg/models.py"] == "import os\n\n\nclass K:\n    def load(self):\n        return os, self\n"
    assert done["use.py"] == "from pkg.utils import other\nfrom pkg.models import K\n\nprint(K().load(), other(), [K.load])\n"
    assert "load" not in str(done["pkg/__init__.py"])
    assert "other" in str(done["pkg/__init__.py"])
    assert done["pkg/utils.py"] == "def other():\n    return 1\n"


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("def x(k): ...\n", "already has"),
        ("def f(k): k = 1\n", "sets k anew"),
        ("def f(k):\n    self = 1\n", "the name self"),
        ("def f(k): ...\nf(None)\n", "passes None"),
        ("def f(k): ...\nf(*x)\n", "no single k"),
    ],
)
def test_function_that_does_not_fit_is_refused(function: str, words: str) -> None:
    name = "x" if "def x" in function else "f"
    assert words in refusal({"a.py": f"{HEAD}\n\n{function}"}, f"a.py::{name}", **METHOD, to="a.py::K")


GROUP = {"action": Action.GROUP, "new": "Maths"}
MATHS = '''"""Maths; see :func:`add`."""

__all__ = ["add", "twice"]
LIMIT = 3


# adds
def add(a, b=LIMIT):
    return a + b


OTHER = 4


def twice(a, c=OTHER):
    return add(a, a)


print(add(1, twice(2)))
'''


def test_functions_become_static_methods() -> None:
    texts = {
        "pkg/__init__.py": "from pkg.maths import add, twice\n\n__all__ = ['add', 'twice']\n",
        "pkg/maths.py": MATHS,
        "pkg/a.py": "from pkg.maths import add as plus, LIMIT\nimport pkg.maths\n\nplus(1)\npkg.maths.twice(LIMIT)\n",
        "pkg/b.py": "from pkg import twice\n\nmap(twice, [])\n",
        "docs.md": "`pkg.maths.add` adds.\n",
    }
    done = after(texts, "pkg/maths.py::add", others=("pkg/maths.py::twice",), **GROUP)
    assert done["pkg/maths.py"] == (
        '"""Maths; see :meth:`Maths.add`."""\n\n__all__ = ["Maths"]\nLIMIT = 3\n\n\nOTHER = 4\n\n\n'
        "class Maths:\n    # adds\n    @staticmethod\n    def add(a, b=LIMIT):\n        return a + b\n\n"
        "    @staticmethod\n    def twice(a, c=OTHER):\n        return Maths.add(a, a)\n\n\nprint(Maths.add(1, Maths.twice(2)))\n"
    )
    assert done["pkg/__init__.py"] == "from pkg.maths import Maths\n\n__all__ = ['Maths']\n"
    assert done["pkg/a.py"] == "from pkg.maths import LIMIT, Maths\nimport pkg.maths\n\nMaths.add(1)\npkg.maths.Maths.twice(LIMIT)\n"
    assert done["pkg/b.py"] == "from pkg.maths import Maths\n\nmap(Maths.twice, [])\n"
    assert done["docs.md"] == "`pkg.maths.Maths.add` adds.\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Maths = 1\ndef add(): ...\n", "already means something"),
        ("def add(): ...\ndef g(a=add()): ...\n", ""),
        ("def add(a=1): ...\n\n@add\ndef twice(): ...\n", "used while"),
        ("def add():\n    return __x\n", "in a class"),
    ],
)
def test_functions_that_cannot_be_grouped(text: str, words: str) -> None:
    targets = ("a.py::twice",) if "twice" in text else ()
    if words:
        assert words in refusal({"a.py": text}, "a.py::add", others=targets, **GROUP)
    else:
        assert "def g(a=Maths.add())" in str(after({"a.py": text}, "a.py::add", **GROUP)["a.py"])
