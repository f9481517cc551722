"""ADD: signatures, calls, docstrings, and what is refused."""

from __future__ import annotations

import pytest

from engine.actions import Asked, Refused, Rewritten, rewrite
from engine.plan import Action, Calls, Intent, Order
from tests.engine.actions.meant import after, outcome, refusal
from tests.engine.tiny import entity, project

ADD = {"action": Action.ADD, "new": "limit"}


@pytest.mark.parametrize(
    ("before", "fields", "wanted"),
    [
        ("def f(): ...\n", {"default": "3"}, "def f(limit=3): ...\n"),
        ("def f( ): ...\n", {"default": "3"}, "def f(limit=3): ...\n"),
        ("def f(a): ...\n", {"default": "3", "type": "int"}, "def f(a, limit: int = 3): ...\n"),
        ("def f(a, b=1): ...\n", {"default": "3"}, "def f(a, b=1, limit=3): ...\n"),
        ("def f(a, b=1): ...\n", {"type": "int"}, "def f(a, limit: int, b=1): ...\n"),
        ("def f(a, /): ...\n", {"default": "3"}, "def f(a, /, limit=3): ...\n"),
        ("def f(a, *args): ...\n", {"default": "3"}, "def f(a, *args, limit=3): ...\n"),
        ("def f(a, *args, **kw): ...\n", {}, "def f(a, *args, limit, **kw): ...\n"),
        ("def f(a, **kw): ...\n", {"default": "3"}, "def f(a, limit=3, **kw): ...\n"),
        ("def f(a, **kw): ...\n", {"default": "3", "keyword": True}, "def f(a, *, limit=3, **kw): ...\n"),
        ("def f(a, *, b): ...\n", {"default": "3"}, "def f(a, *, b, limit=3): ...\n"),
        ("def f(a): ...\n", {"default": "3", "keyword": True}, "def f(a, *, limit=3): ...\n"),
        ("def f(a, b=(1), c=lambda x, y: (x, y)): ...\n", {"default": "3"}, "def f(a, b=(1), c=lambda x, y: (x, y), limit=3): ...\n"),
        ("def f(a=')', b='#,'): ...\n", {"default": "3"}, "def f(a=')', b='#,', limit=3): ...\n"),
        ("def f(a,): ...\n", {"default": "3"}, "def f(a, limit=3,): ...\n"),
        ("async  def  f (a) -> int: ...\n", {"default": "3"}, "async  def  f (a, limit=3) -> int: ...\n"),
        ("def f(\n    a,\n    b,\n):\n    pass\n", {"default": "3"}, "def f(\n    a,\n    b,\n    limit=3,\n):\n    pass\n"),
        ("def f(\n    a,\n    b  # b\n):\n    pass\n", {"default": "3"}, "def f(\n    a,\n    b,  # b\n    limit=3\n):\n    pass\n"),
        (
            "def f(\n    a,\n    **kw,  # b\n):\n    pass\n",
            {"default": "3"},
            "def f(\n    a,\n    limit=3,\n    **kw,  # b\n):\n    pass\n",
        ),
        ("def f(\r\n\ta,\r\n\tb):\r\n\tpass\r\n", {"default": "3"}, "def f(\r\n\ta,\r\n\tb,\r\n\tlimit=3):\r\n\tpass\r\n"),
        ("def f(a,\n      b):\n    pass\n", {"default": "3"}, "def f(a,\n      b, limit=3):\n    pass\n"),
        ("def f(\n    a, b\n):\n    pass\n", {"default": "3", "keyword": True}, "def f(\n    a, b, *, limit=3\n):\n    pass\n"),
        ("def f(\n    # none\n): ...\n", {"default": "3"}, "def f(\n    limit=3\n    # none\n): ...\n"),
        ("def é(ä='ö'): ...\n", {"default": "'ü'"}, "def é(ä='ö', limit='ü'): ...\n"),
    ],
)
def test_parameter_goes_where_the_signature_takes_it(before: str, fields: dict[str, object], wanted: str) -> None:
    name = "é" if "é" in before else "f"
    assert after({"a.py": before}, f"a.py::{name}", **ADD, **fields) == {"a.py": wanted}


def test_long_signature_is_broken_in_the_manner_of_the_file() -> None:
    names = ", ".join(f"number_{i}" for i in range(6))
    hanging = f"x = g(\n    1\n)\n\n\ndef f({names}, last):\n    pass\n"
    assert (
        after({"a.py": hanging}, "a.py::f", **ADD, default="3")["a.py"]
        == f"x = g(\n    1\n)\n\n\ndef f(\n    {names}, last, limit=3\n):\n    pass\n"
    )
    aligned = f"x = g(1,\n      2)\n\n\ndef f({names}, last):\n    pass\n"
    assert (
        after({"a.py": aligned}, "a.py::f", **ADD, default="3")["a.py"]
        == f"x = g(1,\n      2)\n\n\ndef f({names}, last,\n      limit=3):\n    pass\n"
    )


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ("f(1)", "f(1, limit=5)"),
        ("f(\n    1,\n)", "f(\n    1,\n    limit=5,\n)"),
        ("f(x for x in y)", "f((x for x in y), limit=5)"),
        ("f(*a)", "f(*a, limit=5)"),
        ("f(1, **kw)", "f(1, limit=5, **kw)"),
        ("f(f(1))", "f(f(1, limit=5), limit=5)"),
        ("(f)(1)", "(f)(1, limit=5)"),
        ("f(1, limit=2)", "f(1, limit=2)"),
        ("f(')', # (\n  2)", "f(')', # (\n  2, limit=5)"),
        ("x = f(1); y = f(2)", "x = f(1, limit=5); y = f(2, limit=5)"),
        ("functools.partial(f, 1)", "functools.partial(f, 1, limit=5)"),
        ("f'{f(1)}'", "f'{f(1, limit=5)}'"),
        ("map(f, x)", "map(f, x)"),
        ("g.f(1)", "g.f(1)"),
    ],
)
def test_calls_pass_the_value_by_keyword(call: str, wanted: str) -> None:
    texts = {"a.py": "def f(a, b=1): ...\n", "b.py": f"import functools\nfrom a import f\nf(b=2, a=1)\n{call}\n"}
    done = after(texts, "a.py::f", **ADD, default="3", values={Calls.CODE: "5"})
    assert done["b.py"] == f"import functools\nfrom a import f\nf(b=2, a=1, limit=5)\n{wanted}\n"


def test_calls_that_are_all_positional_stay_so() -> None:
    texts = {"a.py": "def f(a): ...\n", "b.py": "from a import f as g\nimport a\ng(1)\na.f(2)\n"}
    assert after(texts, "a.py::f", **ADD, values={Calls.CODE: "5"})["b.py"] == "from a import f as g\nimport a\ng(1, 5)\na.f(2, 5)\n"


def test_required_parameter_is_put_among_the_positional_arguments() -> None:
    texts = {"a.py": "def f(a, b=1): ...\n", "b.py": "from a import f\nf(1, 2)\nf(1, b=2)\nf(1)\n"}
    done = after(texts, "a.py::f", **ADD, values={Calls.CODE: "5"})
    assert (
        done == {"a.py": "def f(a, limit, b=1): ...\n", "b.py": "from a import f\nf(1, 5, 2)\nf(1, limit=5, b=2)\nf(1, limit=5)\n"}
        or done["b.py"] == "from a import f\nf(1, 5, 2)\nf(1, b=2, limit=5)\nf(1, limit=5)\n"
    )


def test_each_scope_has_its_value() -> None:
    texts = {
        "pkg/a.py": "def f(a):\n    return f(a - 1)\n\n\ndef g():\n    f(1)\n",
        "tests/test_a.py": "from pkg.a import f\n\nf(2)\n",
        "pkg/__init__.py": "",
    }
    values = {Calls.CODE: "1", Calls.TESTS: "2", Calls.RECURSIVE: "limit - 1"}
    assert after(texts, "pkg/a.py::f", **ADD, values=values, keyword=True) == {
        "pkg/a.py": "def f(a, *, limit):\n    return f(a - 1, limit=limit - 1)\n\n\ndef g():\n    f(1, limit=1)\n",
        "tests/test_a.py": "from pkg.a import f\n\nf(2, limit=2)\n",
    }
    assert "in tests" in refusal(texts, "pkg/a.py::f", **ADD, values={Calls.CODE: "1"})
    done = after(texts, "pkg/a.py::f", **ADD, values={Calls.CODE: "1", Calls.TESTS: "2"}, keyword=True)
    assert "return f(a - 1, limit=limit)" in str(done["pkg/a.py"])


CLASSES = '''from typing import Protocol, overload


class Base:
    @overload
    def run(self, a: int) -> int: ...
    @overload
    def run(self, a: str, b: int = ...) -> str: ...
    def run(self, a, b=1):
        """Run it.

        Args:
            a: What.
            b (int): How often,
                at most.

        Returns:
            a
        """
        return a


class Sub(Base):
    def run(self, a, b=1):
        return super().run(a, b)


class Open(Base):
    def run(self, *args, **kwargs):
        return super().run(*args, **kwargs)


class Last(Base):
    def run(self, a, b=1, *rest):
        Base.run(self, a, b=b)
        return self.run(a)
'''


def test_family_of_a_method_follows() -> None:
    done = str(after({"a.py": CLASSES}, "a.py::Base.run", **ADD, type="int", default="0")["a.py"])
    assert "def run(self, a: int, limit: int = 0) -> int: ..." in done
    assert "def run(self, a: str, b: int = ..., limit: int = ...) -> str: ..." in done
    assert "def run(self, a, b=1, limit: int = 0):\n        return super().run(a, b, limit=limit)" in done
    assert "def run(self, *args, **kwargs):\n        return super().run(*args, **kwargs)" in done
    assert "def run(self, a, b=1, *rest, limit: int = 0):\n        Base.run(self, a, b=b, limit=limit)\n        return self.run(a)" in done
    assert "                at most.\n            limit (int): Limit.\n\n" in done


@pytest.mark.parametrize(
    ("doc", "wanted"),
    [
        (
            "Parameters\n    ----------\n    a : int\n        What.\n\n    Returns\n",
            "    a : int\n        What.\n    limit : int\n        At most so many.\n\n",
        ),
        (":param a: What.\n    :type a: int\n", "    :type a: int\n    :param limit: At most so many.\n    :type limit: int\n"),
        (
            ":param int a: What,\n        and that.\n    :returns: a\n",
            "and that.\n    :param int limit: At most so many.\n    :returns: a\n",
        ),
        ("Args:\n      a: What.\n      b: That.\n", "      b: That.\n      limit: At most so many.\n"),
        ("Nothing of that.\n", "Nothing of that.\n"),
        ("Args:\n      other: What.\n", "Args:\n      other: What.\n    "),
    ],
)
def test_docstring_tells_of_it_in_its_own_manner(doc: str, wanted: str) -> None:
    text = f'def f(a, b=1):\n    """Do it.\n\n    {doc}    """\n'
    done = str(after({"a.py": text}, "a.py::f", **ADD, default="3", type="int", effect="at most so many")["a.py"])
    assert wanted in done
    assert done.count("limit") == 1 + wanted.count("limit")


def test_class_means_its_constructor() -> None:
    texts = {
        "a.py": "class K:\n    def __init__(self, a):\n        self.a = a\n\n    @classmethod\n    def make(cls):\n        return cls(1)\n",
        "b.py": "from a import K\n\n\nclass S(K):\n    def __init__(self):\n        super().__init__(2)\n\n\nK(3)\nx: K = S()\n",
    }
    done = after(texts, "a.py::K", **ADD, values={Calls.CODE: "5"}, keyword=True)
    assert done["a.py"] == texts["a.py"].replace("self, a", "self, a, *, limit").replace("cls(1)", "cls(1, limit=5)")
    assert done["b.py"] == texts["b.py"].replace("(2)", "(2, limit=5)").replace("(3)", "(3, limit=5)")


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        ("def f(limit): ...\n", {"default": "1"}, "already has a parameter"),
        ("def f(a):\n    limit = 2\n", {"default": "1"}, "local variable"),
        ("def f(a): ...\nf(1)\n", {}, "say a default"),
        ("def f(a, b=1): ...\nf(*x)\n", {"values": {Calls.CODE: "1"}}, "spreads out"),
        ("def f(a): ...\n@f\ndef g(): ...\n", {}, "decorates"),
        ("@deco\ndef f(a): ...\n", {}, "decorated with deco"),
        ("def f(a): ...\n", {"default": "1 +"}, "no Python expression"),
        ("def f(a): ...\n", {"new": "class", "default": "1"}, "no name"),
    ],
)
def test_what_cannot_be_done_right_is_refused(text: str, fields: dict[str, object], words: str) -> None:
    assert words in refusal({"a.py": text}, "a.py::f", **{**ADD, **fields})


def test_nothing_meant_changes_nothing() -> None:
    made = project({"a.py": "def f(a): ...\nf(1)\n"})
    assert isinstance(rewrite(Asked(Intent(entity(made, "a.py::f"), "limit", action=Action.ADD, default="1"), made, [])), Refused)


def test_effect_is_left_to_the_user() -> None:
    done = outcome({"a.py": "def f(a): ...\n"}, "a.py::f", **ADD, default="1", effect="stops early")
    assert isinstance(done, Rewritten)
    assert "stops early" in done.notes[0]


HOME = "class Mode:\n    FAST = 1\n\n\nDEFAULT = 3\n"


@pytest.mark.parametrize(
    ("head", "kind", "default", "wanted"),
    [
        ("", "Optional[int]", "None", "from typing import Optional\n"),
        ("from typing import Any\n", "Optional[int]", "None", "from typing import Any, Optional\n"),
        ("import os\n", "Path", "Path('.')", "import os\nfrom pathlib import Path\n"),
        ("from pkg.other import x\n", "Mode", "Mode.FAST", "from pkg.home import Mode\nfrom pkg.other import x\n"),
        ("from .other import x\n", "Mode | None", "None", "from .home import Mode\nfrom .other import x\n"),
        ("", "", "DEFAULT", "from pkg.home import DEFAULT\n"),
        ("", "int", "3", ""),
        ("from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .other import y\n", "Mode", "None", "    from .home import Mode\n"),
    ],
)  # fmt: skip
def test_names_of_annotation_and_default_are_imported(head: str, kind: str, default: str, wanted: str) -> None:
    texts = {
        "pkg/__init__.py": "",
        "pkg/home.py": HOME,
        "pkg/other.py": "x = y = 1\n",
        "pkg/a.py": f"{head}\n\ndef f(a):\n    return x, os, Any, y\n",
    }
    done = str(after(texts, "pkg/a.py::f", **ADD, default=default, type=kind)["pkg/a.py"])
    assert wanted in done
    assert wanted or "import" not in done


def test_names_of_values_are_imported_where_they_are_passed() -> None:
    texts = {"pkg/__init__.py": "", "pkg/home.py": HOME, "pkg/a.py": "def f(a): ...\n", "pkg/b.py": "from pkg.a import f\n\nf(1)\n"}
    done = after(texts, "pkg/a.py::f", **ADD, values={Calls.CODE: "Mode.FAST"}, keyword=True)["pkg/b.py"]
    assert done == "from pkg.a import f\nfrom pkg.home import Mode\n\nf(1, limit=Mode.FAST)\n"
    assert "nothing at pkg/b.py:3" in refusal(texts, "pkg/a.py::f", **ADD, values={Calls.CODE: "config.limit"})


DATA = 'from dataclasses import dataclass\n\n\n@dataclass\nclass K:\n    a: int\n    b: str = \'x\'\n    """What."""\n\n    def f(self): ...\n\n\nK(1, \'y\')\n'


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        ({"default": "3"}, [('What."""\n', 'What."""\n    limit: int = 3\n')]),
        ({"default": "[]", "type": "list[int]"}, [('What."""\n', 'What."""\n    limit: list[int] = field(default_factory=list)\n'), ("import dataclass", "import dataclass, field")]),
        ({"type": "int", "values": {Calls.CODE: "5"}}, [("    b:", "    limit: int\n    b:"), ("K(1, 'y')", "K(1, 5, 'y')")]),
        ({"type": "int", "values": {Calls.CODE: "5"}, "keyword": True}, [('What."""\n', 'What."""\n    limit: int = field(kw_only=True)\n'), ("K(1, 'y')", "K(1, 'y', limit=5)"), ("import dataclass", "import dataclass, field")]),
        ({"default": "None"}, [('What."""\n', 'What."""\n    limit: Any = None\n'), ("import dataclass\n", "import dataclass\nfrom typing import Any\n")]),
    ],
)  # fmt: skip
def test_dataclass_gets_a_field(fields: dict[str, object], changes: list[tuple[str, str]]) -> None:
    wanted = DATA
    for old, new in changes:
        wanted = wanted.replace(old, new)
    assert after({"a.py": DATA}, "a.py::K", **ADD, **fields) == {"a.py": wanted}


def test_class_without_constructor_gets_one() -> None:
    text = 'class K:\n    """K."""\n\n    x = 1\n\n    def f(self): ...\n\n\nK()\n'
    done = after({"a.py": text}, "a.py::K", **ADD, values={Calls.CODE: "5"}, type="int")["a.py"]
    wanted = "x = 1\n\n    def __init__(self, limit: int) -> None:\n        self.limit = limit\n"
    assert done == text.replace("x = 1\n", wanted).replace("K()", "K(limit=5)")
    assert (
        after({"a.py": "class K: pass\n"}, "a.py::K", **ADD, default="1")["a.py"]
        == "class K: \n    def __init__(self, limit=1):\n        self.limit = limit\n"
    )
    assert "no constructor of its own" in refusal({"a.py": "class K(B): ...\n"}, "a.py::K", **ADD, default="1")


def test_annotation_that_would_close_a_circle_is_imported_for_typing() -> None:
    home = "from pkg.a import f\n\n\nclass Mode:\n    x = f\n"
    texts = {"pkg/__init__.py": "", "pkg/a.py": "import os\n\n\ndef f(a):\n    return os\n", "pkg/home.py": home}
    done = str(after(texts, "pkg/a.py::f", **ADD, default="None", type="Mode")["pkg/a.py"])
    assert "\n\nif TYPE_CHECKING:\n    from pkg.home import Mode\n\n" in done
    assert 'def f(a, limit: "Mode" = None):' in done


@pytest.mark.parametrize(
    ("before", "fields", "wanted"),
    [
        ("def f(a, b): ...\nf(1, 2)\n", {"order": Order.FIRST, "values": {Calls.CODE: "0"}}, "def f(limit, a, b): ...\nf(0, 1, 2)\n"),
        ("def f(a, b=1): ...\nf(1, 2)\n", {"order": Order.AFTER, "parameters": ("a",), "default": "3"}, "def f(a, limit=3, b=1): ...\nf(1, 3, 2)\n"),
        ("def f(a, b=1): ...\nf(1, b=2)\n", {"order": Order.BEFORE, "parameters": ("b",), "default": "3"}, "def f(a, limit=3, b=1): ...\nf(1, b=2)\n"),
        ("def f(a, *, b=1): ...\nf(1)\n", {"order": Order.AFTER, "parameters": ("b",), "default": "3"}, "def f(a, *, b=1, limit=3): ...\nf(1)\n"),
        ("def f(a, *, b=1): ...\nf(1)\n", {"order": Order.AFTER, "parameters": ("a",), "default": "3"}, "def f(a, limit=3, *, b=1): ...\nf(1)\n"),
        ("class A:\n    def f(self, a): ...\nA().f(1)\n", {"order": Order.FIRST, "values": {Calls.CODE: "0"}}, "class A:\n    def f(self, limit, a): ...\nA().f(0, 1)\n"),
    ],
)
def test_parameter_goes_where_it_is_wanted(before: str, fields: dict[str, object], wanted: str) -> None:
    target = "a.py::A.f" if "class" in before else "a.py::f"
    assert after({"a.py": before}, target, **ADD, **fields) == {"a.py": wanted}


def test_place_that_python_does_not_allow_is_refused() -> None:
    fields = {"order": Order.AFTER, "parameters": ("b",)}
    assert "has no default" in refusal({"a.py": "def f(a, b=1): ...\nf(1)\n"}, "a.py::f", **ADD, **fields)
    assert "has a default" in refusal({"a.py": "def f(a): ...\nf(1)\n"}, "a.py::f", **ADD, order=Order.FIRST, default="3")
