"""BUNDLE: the class, the signature, the body and the calls."""

from __future__ import annotations

import pytest

from engine.plan import Action
from tests.engine.actions.meant import after, refusal

BUNDLE = {"action": Action.BUNDLE, "new": "SearchOptions"}
SEARCH = '''import os


# finds
def search(text, limit: int, deep=False, *, key="x", other=1):
    """Search.

    Args:
        text: Where.
        limit: How many,
            at most.
        deep: Whether.
    """
    if deep:
        return [search(text, limit, deep, key=key), f"{limit}", os]
    limit = limit or 3
    return [t for t in text if t == key][:limit]


search("a", 1)
search("a", 1 + 1, True, key="y")
search(limit=search("b", 2), text="a")
'''
SEARCH_AFTER = '''import os
from dataclasses import dataclass


@dataclass
class SearchOptions:
    """Parameters of search.

    Attributes:
        limit: How many,
            at most.
        deep: Whether.
    """

    limit: int
    deep: bool = False


# finds
def search(text, search_options: SearchOptions, *, key="x", other=1):
    """Search.

    Args:
        text: Where.
        search_options: Search options.
    """
    limit = search_options.limit
    if search_options.deep:
        return [search(text, SearchOptions(
            limit=limit, deep=search_options.deep
        ), key=key), f"{limit}", os]
    limit = limit or 3
    return [t for t in text if t == key][:limit]


search("a", SearchOptions(limit=1))
search("a", SearchOptions(limit=1 + 1, deep=True), key="y")
search(text="a", search_options=SearchOptions(limit=search("b", SearchOptions(limit=2))))
'''


def test_parameters_become_fields() -> None:
    assert after({"a.py": SEARCH}, "a.py::search", **BUNDLE, parameters=("limit", "deep")) == {"a.py": SEARCH_AFTER}


FAMILY = {
    "pkg/__init__.py": "",
    "pkg/base.py": "class A:\n    def run(self, a, b=[], *, c=None):\n        return a, b, c\n",
    "pkg/sub.py": "from .base import A\n\n\nclass B(A):\n    def run(self, a, b=[], *, c=None):\n        return super().run(a, b, c=c)\n\n\nB().run(1, c=2)\nB().run(1)\n",
}


def test_overrides_and_other_files_follow() -> None:
    done = after(FAMILY, "pkg/base.py::A.run", **BUNDLE, parameters=("b", "c"))
    assert done["pkg/base.py"] == (
        "from dataclasses import dataclass, field\nfrom typing import Any\n\n\n@dataclass\nclass SearchOptions:\n    b: list = field(default_factory=list)\n    c: Any = None\n\n\n"
        "class A:\n    def run(self, a, search_options: SearchOptions = SearchOptions()):\n        return a, search_options.b, search_options.c\n"
    )
    assert done["pkg/sub.py"] == (
        "from .base import A, SearchOptions\n\n\nclass B(A):\n    def run(self, a, search_options: SearchOptions = SearchOptions()):\n"
        "        return super().run(a, search_options)\n\n\nB().run(1, SearchOptions(c=2))\nB().run(1)\n"
    )


def test_class_can_go_to_another_module() -> None:
    texts = {
        "pkg/__init__.py": "",
        "pkg/a.py": "def search(a, b):\n    return a + b\n",
        "pkg/b.py": "from pkg.a import search\n\nsearch(1, 2)\n",
    }
    done = after(texts, "pkg/a.py::search", **BUNDLE, parameters=("a", "b"), to="pkg/options.py")
    assert "@dataclass\nclass SearchOptions:\n    a: Any\n    b: Any\n" in str(done["pkg/options.py"])
    assert "from pkg.options import SearchOptions\n" in str(done["pkg/a.py"])
    assert "dataclass" not in str(done["pkg/a.py"])
    assert "search(SearchOptions(a=1, b=2))" in str(done["pkg/b.py"])
    assert "from pkg.options import SearchOptions\n" in str(done["pkg/b.py"])


def test_constructor_is_called_through_its_class() -> None:
    text = "class K:\n    def __init__(self, a, b, c=1):\n        self.a = a\n        self.b = b\n        self.c = c\n\n\nK(1, 2, 3)\n"
    done = str(after({"a.py": text}, "a.py::K", **BUNDLE, parameters=("b", "c"))["a.py"])
    assert "def __init__(self, a, search_options: SearchOptions):\n        self.a = a\n        self.b = search_options.b\n" in done
    assert done.endswith("K(1, SearchOptions(b=2, c=3))\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def search(a, b, c): ...\nsearch(*x)\n", "spreads out"),
        ("def search(a): ...\n", "no parameter b"),
        ("SearchOptions = 1\ndef search(a, b): ...\n", "already means"),
        ("def search(a, b):\n    search_options = 1\n", "already uses"),
    ],
)
def test_what_cannot_be_bundled_is_refused(text: str, words: str) -> None:
    assert words in refusal({"a.py": text}, "a.py::search", **BUNDLE, parameters=("a", "b"))


@pytest.mark.parametrize(
    ("call", "wanted"),
    [("search(*x)", "search(SearchOptions(*x))"), ("search(1, *x, **y)", "search(SearchOptions(1, *x, **y))"), ("search(**y)", "search(SearchOptions(**y))")],
)  # fmt: skip
def test_spread_arguments_build_a_class_of_all_parameters(call: str, wanted: str) -> None:
    files = {"a.py": "def search(a: int, b=1):\n    return a + b\n", "b.py": f"from a import search\n\nx, y = (), {{}}\n{call}\n"}
    done = after(files, "a.py::search", **BUNDLE, parameters=("a", "b"))
    assert done["b.py"] == f"from a import SearchOptions, search\n\nx, y = (), {{}}\n{wanted}\n"
