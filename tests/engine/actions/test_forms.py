"""STATIC, CLASSMETHOD, PROPERTY: the definition, its overrides and its calls; and bodies that forbid it."""

from __future__ import annotations

import pytest

from engine.plan import Action
from tests.engine.actions.meant import after, outcome, refusal

STATIC = """class K:
    @deco
    def size(self, a):
        return a

    def other(self):
        return self.size(1) + K.size(self, 2)


class S(K):
    def size(self, a):
        return super().size(a)


def use(k: K):
    k.size(3)
    K.size(k, 4)
"""


def test_static_method_is_called_without_instance() -> None:
    text = STATIC.replace("super().size(a)", "a + 1")
    wanted = (
        text.replace("    @deco\n", "    @staticmethod\n    @deco\n")
        .replace("S(K):\n", "S(K):\n    @staticmethod\n")
        .replace("(self, a)", "(a)")
        .replace("(self, 2)", "(2)")
        .replace("(k, 4)", "(4)")
    )
    assert after({"a.py": text}, "a.py::K.size", action=Action.STATIC) == {"a.py": wanted}
    assert "S.size uses what it is called on (a.py:12)" in refusal({"a.py": STATIC}, "a.py::K.size", action=Action.STATIC)


CLASS = """class K:
    LIMIT = 3

    def make(self, a):
        return type(self)(a), self.__class__(a), self.LIMIT, self.make(a - 1)

    @staticmethod
    def read(a):
        return K(a)

    @staticmethod
    def none() -> None: ...
"""


def test_class_method_reaches_its_class() -> None:
    done = after({"a.py": CLASS}, "a.py::K.make", action=Action.CLASSMETHOD)["a.py"]
    wanted = "    @classmethod\n    def make(cls, a):\n        return cls(a), cls(a), cls.LIMIT, cls.make(a - 1)\n"
    assert done == CLASS.replace(CLASS[CLASS.index("    def make") : CLASS.index("\n    @static")], wanted)
    done = after({"a.py": CLASS}, "a.py::K.read", action=Action.CLASSMETHOD)["a.py"]
    assert done == CLASS.replace(
        "@staticmethod\n    def read(a):\n        return K(a)", "@classmethod\n    def read(cls, a):\n        return cls(a)"
    )
    assert "@classmethod\n    def none(cls) -> None" in str(after({"a.py": CLASS}, "a.py::K.none", action=Action.CLASSMETHOD)["a.py"])


PROPERTY = '''class K:
    """Has `K.size()`, see :meth:`~K.size`."""

    async def size(self):
        return 1

    def twice(self):
        return 2 * self.size()


class S(K):
    def size(self):
        return super().size() + K.size(self)


def use(k: K):
    # k.size() is read here
    print(f"{k.size()}", (k.size)(), k.size(
    ), K.size(k))
'''


def test_property_is_read() -> None:
    wanted = (
        PROPERTY.replace("async def", "@property\n    async def")
        .replace("S(K):\n", "S(K):\n    @property\n")
        .replace("K.size(self)", "super().size")
    )
    wanted = (
        wanted.replace("K.size(k)", "k.size")
        .replace("size(\n    )", "size")
        .replace("size()", "size")
        .replace("(k.size)()", "(k.size)")
        .replace(":meth:", ":attr:")
    )
    done = after({"a.py": PROPERTY}, "a.py::K.size", action=Action.PROPERTY)
    assert done == {"a.py": wanted}


def test_reference_through_the_class_is_told() -> None:
    done = outcome({"a.py": "class K:\n    def f(self): ...\nmap(K.f, x)\n"}, "a.py::K.f", action=Action.STATIC)
    assert "a.py:3" in getattr(done, "notes", ("",))[0]


@pytest.mark.parametrize(
    ("body", "action", "words"),
    [
        ("    def f(self):\n        return self.x\n", Action.STATIC, "(a.py:3)"),
        ("    def f(self):\n        return lambda: self\n", Action.STATIC, "(a.py:3)"),
        ("    def f(self):\n        super().g()\n", Action.STATIC, "(a.py:3)"),
        ("    @staticmethod\n    def f(): ...\n", Action.STATIC, "already"),
        ("    def f(self):\n        return self.x\n    def __init__(self):\n        self.x = 1\n", Action.CLASSMETHOD, "(a.py:3)"),
        ("    def f(self):\n        self.y = 1\n", Action.CLASSMETHOD, "(a.py:3)"),
        ("    def f(self, cls): ...\n", Action.CLASSMETHOD, "the name cls"),
        ("    def f(self, a): ...\n", Action.PROPERTY, "takes a"),
        ("    @classmethod\n    def f(cls): ...\n", Action.PROPERTY, "no method of an instance"),
        ("    def f(self): ...\n    def g(self):\n        map(self.f, [])\n", Action.PROPERTY, "without calling"),
        ("    def f(self): ...\n    def g(self):\n        self.f(*a)\n", Action.PROPERTY, "passes arguments"),
    ],
)
def test_body_that_forbids_it_is_named(body: str, action: Action, words: str) -> None:
    assert words in refusal({"a.py": f"class K:\n{body}"}, "a.py::K.f", action=action)


def test_function_is_no_method() -> None:
    assert "is no method" in refusal({"a.py": "def f(): ...\n"}, "a.py::f", action=Action.STATIC)
