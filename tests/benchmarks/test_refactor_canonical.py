"""The canonical form: what compares equal and what does not."""

from __future__ import annotations

import pytest

from benchmarks.refactor.canonical import canonical
from benchmarks.refactor.imports import Import, Module, module_of

MODULE = Module("pkg.mod", False)

EQUAL = [
    ("def a():\n    pass\n\n\ndef b():\n    pass\n", "def b():\n    pass\ndef a():\n    pass\n"),
    ("X = 1\nY = 2\n", "Y = 2\nX = 1\n"),
    ("class A:\n    def f(self): ...\n    def g(self): ...\n", "class A:\n    def g(self): ...\n    def f(self): ...\n"),
    ("import os.path as p\np.join()\n", "from os import path as p\np.join()\n"),
    ("from .a import f\nf()\n", "from pkg.a import f\nf()\n"),
    ("def f(*, a, b=1): ...\n", "def f(*, b=1, a): ...\n"),
    ("f(1, a=2, b=3)\n", "f(1, b=3, a=2)\n"),
    ("__all__ = ['a', 'b']\n", "__all__ = [\n    'b',\n    'a',\n]\n"),
    ("def f(a: 'X') -> 'X': ...\n", "def f(a: X) -> X: ...\n"),
    (
        "from __future__ import annotations\nimport typing as t\ndef f(a: t.Optional[int]): return t\n",
        "from __future__ import annotations\nimport typing as t\ndef f(a: int | None): return t\n",
    ),
    ("# one\n# two\nx = 1\n", "# one two\nx = 1\n"),
    ("def f():\n    '''One\n    two.'''\n", "def f():\n    '''One two.'''\n"),
]
DIFFERENT = [
    ("f(1)\ng(2)\n", "g(2)\nf(1)\n"),
    ("X = 1\nX = 2\n", "X = 2\nX = 1\n"),
    ("class A:\n    x = 1\n    y = 2\n", "class A:\n    y = 2\n    x = 1\n"),
    ("def f(a, b): ...\n", "def f(b, a): ...\n"),
    ("f(1, **a, b=2)\n", "f(1, b=2, **a)\n"),
    ("from .a import f\nf()\n", "from ..a import f\nf()\n"),
    ("from .a import f\nf()\n", "from .b import f\nf()\n"),
    ("def f(): ...\ndef f(): pass\n", "def f(): pass\ndef f(): ...\n"),
    ("def f(a: 'X'): ...\n", "def f(a: Y): ...\n"),
    ("# one\nx = 1\n", "x = 1\n"),
    ("def f():\n    '''One.'''\n", "def f():\n    '''Two.'''\n"),
    ("import typing as t\ndef f(a: t.Optional[int]): return t\n", "import typing as t\ndef f(a: int | None): return t\n"),
]


def said(text: str) -> tuple[object, ...]:
    form = canonical(MODULE, text.encode())
    assert form is not None
    return form.code, form.docs, form.comments


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal(left: str, right: str) -> None:
    assert said(left) == said(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_different(left: str, right: str) -> None:
    assert said(left) != said(right)


def test_a_local_name_hides_an_import() -> None:
    form = canonical(MODULE, b"from .a import f\n\n\ndef g(f):\n    return f\n\n\ndef h():\n    return [f for f in f()]\n")
    assert form is not None
    assert form.code["g"] == ("def g(f):", "    return f")
    assert not form.used


def test_imports_are_absolute_and_know_their_scope() -> None:
    text = (
        b"import a.b\nfrom . import c\nif TYPE_CHECKING:\n    from .d import E\n\n\ndef f():\n    from .g import h as i\n    return i, c\n"
    )
    form = canonical(MODULE, text)
    assert form is not None
    c, i = Import("", "pkg", "c", "c", False), Import("f", "pkg.g", "h", "i", False)
    assert form.imports == {Import("", "a.b", "", "", False), c, Import("", "pkg.d", "E", "E", True), i}
    assert form.used == {c, i}
    assert form.code["f"] == ("def f():", "    return (pkg.g.h, pkg.c)")


def test_modules_are_named_from_the_outermost_package() -> None:
    paths = {"src/pkg/__init__.py", "src/pkg/sub/__init__.py", "src/pkg/sub/mod.py", "tests/test_mod.py"}
    assert module_of("src/pkg/sub/mod.py", paths) == Module("pkg.sub.mod", False)
    assert module_of("src/pkg/sub/__init__.py", paths) == Module("pkg.sub", True)
    assert module_of("tests/test_mod.py", paths) == Module("test_mod", False)


def test_a_file_that_does_not_parse_has_no_form() -> None:
    assert canonical(MODULE, b"def f(:\n") is None
