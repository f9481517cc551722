"""DELETE of parameters, REORDER and KEYWORD: signatures and calls follow each other."""

from __future__ import annotations

import pytest

from engine.plan import Action, Order
from tests.engine.actions.meant import after, outcome, refusal


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ("def f(a, b, c): ...\nf(1, 2, 3)\nf(1, c=3, b=2)\n", "def f(a, c): ...\nf(1, 3)\nf(1, c=3)\n"),
        ("def f(b): ...\nf(1)\nf(b=1)\nf( 1, )\n", "def f(): ...\nf()\nf()\nf()\n"),
        ("def f(a, *, b): ...\nf(1, b=2)\n", "def f(a): ...\nf(1)\n"),
        ("def f(a, *, b, c): ...\nf(1, b=2, **c)\n", "def f(a, *, c): ...\nf(1, **c)\n"),
        ("def f(b, /, a): ...\nf(1, 2)\n", "def f(a): ...\nf(2)\n"),
        ("def f(a, b, *rest): ...\nf(1, 2, 3, *x)\n", "def f(a, *rest): ...\nf(1, 3, *x)\n"),
        ("def f(a, b=1): ...\nf(\n    1,\n    2,  # two\n)\n", "def f(a): ...\nf(\n    1,\n)\n"),
        ("def f(\n    a,\n    b=1\n): ...\nf(1,\n  b=2)\n", "def f(\n    a\n): ...\nf(1)\n"),
        ("def f(a, b=1): return f(a, b) if a else f(b=b, a=1)\n", "def f(a): return f(a) if a else f(a=1)\n"),
        ("def f(a, b=1): ...\nf(f(1, 2), f(3, b=4))\n", "def f(a): ...\nf(f(1))\n"),
        ("from functools import partial\ndef f(a, b=1): ...\npartial(f, 1, 2)\n", "from functools import partial\ndef f(a): ...\npartial(f, 1)\n"),
        ('def f(a, b):\n    """Do.\n\n    Args:\n        a: A.\n        b: B,\n            or not.\n    """\n', 'def f(a):\n    """Do.\n\n    Args:\n        a: A.\n    """\n'),
        ('def f(b):\n    """Do.\n\n    Args:\n        b: B.\n\n    Returns:\n        x\n    """\n', 'def f():\n    """Do.\n\n    Returns:\n        x\n    """\n'),
        ('def f(a, b):\n    """Do.\n\n    :param a: A\n    :param b: B\n    :type b: int\n    """\n', 'def f(a):\n    """Do.\n\n    :param a: A\n    """\n'),
        ('def f(a, b):\n    """Do.\n\n    Parameters\n    ----------\n    a, b : int\n        Both.\n    """\n', 'def f(a):\n    """Do.\n\n    Parameters\n    ----------\n    a : int\n        Both.\n    """\n'),
    ],
)  # fmt: skip
def test_removed_parameter_takes_its_arguments_along(before: str, wanted: str) -> None:
    assert after({"a.py": before}, "a.py::f(b)", action=Action.DELETE) == {"a.py": wanted}


FAMILY = """class A:
    def run(self, a, b=1):
        return a


class B(A):
    def run(self, a, b=1):
        return super().run(a, b)


def call(x: B, y: A, kw):
    x.run(1, 2)
    A.run(y, 1, 2)
    y.run(b=2, a=1)
    y.run(1, **kw)
"""


def test_overrides_lose_it_too() -> None:
    done = after({"a.py": FAMILY}, "a.py::A.run(b)", action=Action.DELETE)["a.py"]
    wanted = FAMILY.replace(", b=1", "").replace("(a, b)", "(a)").replace("1, 2)", "1)").replace("(b=2, a=1)", "(a=1)")
    assert done == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f(a, b):\n    return b\n", "still uses b (a.py:2)"),
        ("def f(a, b):\n    return [x for x in a if x == b]\n", "still uses b (a.py:2)"),
        ("def f(a, b=1): ...\nf(*x)\n", "spreads out"),
        ("def f(a, b=1):\n    return b\nf(1, 2)\n", "a.py:3 passes something else for b"),
        ("def f(a, b=1):\n    b += a\n    return b\n", "still uses b (a.py:2)"),
        ("def f(a, b=[]):\n    return b\n", "still uses b (a.py:2)"),
        ("def f(a, b='x'):\n    return f'{b}'\n", "still uses b (a.py:2)"),
        ("def f(a, b=None):\n    if a:\n        import json as b\n    return b\n", "still uses b (a.py:4)"),
    ],
)
def test_parameter_that_is_needed_stays(text: str, words: str) -> None:
    assert words in refusal({"a.py": text}, "a.py::f(b)", action=Action.DELETE)


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ("def f(a, b='utf-8'):\n    return a.encode(b)\nf(1)\n", "def f(a):\n    return a.encode('utf-8')\nf(1)\n"),
        ("def f(a, b=-1):\n    return b ** 2 + b\nf(1, -1)\nf(2, b=-1)\n", "def f(a):\n    return (-1) ** 2 + (-1)\nf(1)\nf(2)\n"),
        ("def f(a, *, b=1):\n    return b.real, (lambda: b), f(a, b=b)\n", "def f(a):\n    return (1).real, (lambda: 1), f(a)\n"),
        ("def f(a, b=None):\n    return [b for b in a]\n", "def f(a):\n    return [b for b in a]\n"),
        ("def f(a, b=('x'\n  'y')):\n    return b\n", "def f(a):\n    return ('x'\n  'y')\n"),
    ],
)  # fmt: skip
def test_body_reads_the_default_of_a_removed_parameter(before: str, wanted: str) -> None:
    assert after({"a.py": before}, "a.py::f(b)", action=Action.DELETE) == {"a.py": wanted}


def test_body_reads_the_default_that_an_override_hands_on() -> None:
    text = (
        FAMILY.replace("return a\n", "return a + b\n").replace("1, 2)", "1, 1)").replace("b=2", "b=1").replace("    y.run(1, **kw)\n", "")
    )
    done = after({"a.py": text}, "a.py::A.run(b)", action=Action.DELETE)["a.py"]
    assert "def run(self, a):\n        return a + 1\n" in done and "return super().run(a)\n" in done and "A.run(y, 1)\n" in done


def test_override_with_another_default_keeps_the_parameter() -> None:
    text = "class A:\n    def f(self, b=1):\n        return b\n\n\nclass B(A):\n    def f(self, b=2):\n        return super().f(b)\n"
    assert "a.py:8 passes something else for b" in refusal({"a.py": text}, "a.py::A.f(b)", action=Action.DELETE)


def test_lost_effects_are_told() -> None:
    done = outcome({"a.py": "def f(a, b): ...\nf(1, next(x))\n"}, "a.py::f(b)", action=Action.DELETE)
    assert "next(x)" in getattr(done, "notes", ("",))[0]


@pytest.mark.parametrize(
    ("before", "order", "wanted"),
    [
        ("def f(a, b): ...\nf(1, 2)\nf(1, b=2)\nf(b=2, a=1)\n", "b a", "def f(b, a): ...\nf(2, 1)\nf(a=1, b=2)\nf(b=2, a=1)\n"),
        ("def f(a, b, c=1): ...\nf(1, 2)\nf(1, 2, 3)\n", "b a c", "def f(b, a, c=1): ...\nf(2, 1)\nf(2, 1, 3)\n"),
        ("def f(a, b=1, c=2): ...\nf(1, 2)\n", "a c b", "def f(a, c=2, b=1): ...\nf(1, b=2)\n"),
        ("def f(a, b, *r, k): ...\nf(1, 2, 3, k=4)\n", "b a", "def f(b, a, *r, k): ...\nf(2, 1, 3, k=4)\n"),
        ("def f(a, b): ...\nf(f(1, 2), f(3, 4))\n", "b a", "def f(b, a): ...\nf(f(4, 3), f(2, 1))\n"),
        ("def f(\n    a: int,  # one\n    b: str,  # two\n): ...\n", "b a", "def f(\n    b: str,  # two\n    a: int,  # one\n): ...\n"),
        ("def f(a, b, *, c, d): ...\n", "a b d c", "def f(a, b, *, d, c): ...\n"),
        ('def f(a, b):\n    """.\n\n    Args:\n        a: A.\n        b: B.\n    """\n', "b a", 'def f(b, a):\n    """.\n\n    Args:\n        b: B.\n        a: A.\n    """\n'),
    ],
)  # fmt: skip
def test_calls_follow_the_new_order(before: str, order: str, wanted: str) -> None:
    assert after({"a.py": before}, "a.py::f", action=Action.REORDER, parameters=tuple(order.split())) == {"a.py": wanted}


@pytest.mark.parametrize(
    ("before", "names", "wanted"),
    [
        ("def f(a, b, c): ...\nf(1, 2, 3)\nf(1, c=3, b=2)\n", "b c", "def f(a, *, b, c): ...\nf(1, b=2, c=3)\nf(1, c=3, b=2)\n"),
        ("def f(a, b, *r, k): ...\nf(1, 2)\n", "b", "def f(a, *r, b, k): ...\nf(1, b=2)\n"),
        ("def f(a, /, b): ...\nf(1, 2)\n", "a", "def f(b, *, a): ...\nf(2, a=1)\n"),
        ("def f(a, b, *, k): ...\nf(1, f(3, 4, k=5), k=2)\n", "b", "def f(a, *, b, k): ...\nf(1, b=f(3, b=4, k=5), k=2)\n"),
        ("def f(\n    a,\n    b,\n): ...\nf(\n    1,\n    2,\n)\n", "b", "def f(\n    a,\n    *,\n    b,\n): ...\nf(\n    1,\n    b=2,\n)\n"),
        ("class K:\n    def f(self, a): ...\ndef g(k: K):\n    k.f(1)\n    K.f(k, 2)\n", "a", "class K:\n    def f(self, *, a): ...\ndef g(k: K):\n    k.f(a=1)\n    K.f(k, a=2)\n"),
    ],
)  # fmt: skip
def test_arguments_become_keywords(before: str, names: str, wanted: str) -> None:
    target = "a.py::K.f" if "class" in before else "a.py::f"
    assert after({"a.py": before}, target, action=Action.KEYWORD, parameters=tuple(names.split())) == {"a.py": wanted}


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        ("def f(a, b=1): ...\n", {"action": Action.REORDER, "parameters": ("b", "a")}, "no default"),
        ("def f(a, b): ...\nf(*x)\n", {"action": Action.REORDER, "parameters": ("b", "a")}, "spreads out"),
        ("def f(a, b): ...\n", {"action": Action.REORDER, "parameters": ("b", "x")}, "no parameter x"),
        ("def f(a, /, b): ...\n", {"action": Action.REORDER, "parameters": ("b", "a")}, "by position alone"),
        ("def f(a, *, b): ...\n", {"action": Action.KEYWORD, "parameters": ("b",)}, "already"),
        ("def f(a, b): ...\nf(1, *x)\n", {"action": Action.KEYWORD, "parameters": ("b",)}, "spreads out"),
        ("def f(a, b, *r): ...\nf(1, 2, 3)\n", {"action": Action.REORDER, "parameters": ("b",)}, "already"),
    ],
)
def test_order_that_cannot_be_is_refused(text: str, fields: dict[str, object], words: str) -> None:
    assert words in refusal({"a.py": text}, "a.py::f", **fields)


DOCS = """Use `a.f(1, 2)` or `a.f(1, b=2)`.

.. function:: a.f(a, b=1)

    >>> a.f(')', [3])
"""


def test_examples_in_documentation_follow() -> None:
    texts = {"a.py": "def f(a, b=1): ...\n", "README.rst": DOCS, "CHANGES.rst": "a.f(1, 2)\n"}
    done = after(texts, "a.py::f(b)", action=Action.DELETE)
    wanted = "Use `a.f(1)` or `a.f(1)`.\n\n.. function:: a.f(a)\n\n    >>> a.f(')')\n"
    assert done == {"a.py": "def f(a): ...\n", "README.rst": wanted}
    done = after(texts, "a.py::f", action=Action.KEYWORD, parameters=("b",))
    assert done["README.rst"] == DOCS.replace("f(1, 2)", "f(1, b=2)").replace("[3]", "b=[3]")
    done = after(texts, "a.py::f", action=Action.ADD, new="c", default="0")
    assert done["README.rst"] == DOCS.replace("f(a, b=1)", "f(a, b=1, c=0)")


def test_parameters_and_definitions_are_not_deleted_together() -> None:
    text = "def f(a): ...\ndef g(): ...\n"
    assert "one after the other" in refusal({"a.py": text}, "a.py::f(a)", others=("a.py::g",), action=Action.DELETE)
    assert after({"a.py": text}, "a.py::g", action=Action.DELETE) == {"a.py": "def f(a): ...\n"}


@pytest.mark.parametrize("fields", [{"action": Action.KEYWORD, "parameters": ("b",)}, {"action": Action.REORDER, "parameters": ("b", "a")}])
def test_what_python_calls_keeps_its_signature(fields: dict[str, object]) -> None:
    assert "called by Python" in refusal({"a.py": "class K:\n    def __call__(self, a, b): ...\n"}, "a.py::K.__call__", **fields)


@pytest.mark.parametrize(
    ("before", "order", "names", "wanted"),
    [
        ("def f(a, b, c): ...\nf(1, 2, 3)\n", Order.SWAP, ("c", "a"), "def f(c, b, a): ...\nf(3, 2, 1)\n"),
        ("def f(a, b, c): ...\nf(1, 2, c=3)\n", Order.FIRST, ("b",), "def f(b, a, c): ...\nf(2, 1, c=3)\n"),
        ("def f(a, b, c): ...\nf(1, 2, 3)\n", Order.LAST, ("a",), "def f(b, c, a): ...\nf(2, 3, 1)\n"),
        ("def f(a, b, c): ...\nf(1, 2, 3)\n", Order.BEFORE, ("c", "b"), "def f(a, c, b): ...\nf(1, 3, 2)\n"),
        ("def f(a, b, c): ...\nf(1, 2, 3)\n", Order.AFTER, ("a", "c"), "def f(b, c, a): ...\nf(2, 3, 1)\n"),
        ("class A:\n    def f(self, a, b): ...\nA().f(1, 2)\n", Order.FIRST, ("b",), "class A:\n    def f(self, b, a): ...\nA().f(2, 1)\n"),
    ],
)
def test_an_order_can_be_said_by_what_moves(before: str, order: Order, names: tuple[str, ...], wanted: str) -> None:
    target = "a.py::A.f" if "class" in before else "a.py::f"
    assert after({"a.py": before}, target, action=Action.REORDER, parameters=names, order=order) == {"a.py": wanted}
