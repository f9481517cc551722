"""What documentation refers to: Sphinx roles and directives, parameter sections of docstrings."""
import pytest

from tests.engine.evidence_marks import CLASSES, PACKAGE, marks

DOCSTRINGS = {
    "method of the class": ("class C(K):\n    ':meth:`name`'\nclass D(Other):\n    ':meth:`name` and :meth:`~k.K.name`'\n",
                            "docstring:yes docstring:no docstring:yes"),
    "title": ("class C(K):\n    ':meth:`name <name>`'\n", "docstring:unknown docstring:yes"),
    "class that lacks it": ("class C:\n    ':meth:`name`'\n", "docstring:unknown"),
    "function of the module": ("':func:`name`'\ndef name(): ...\n", "docstring:no definition:no"),
    "qualified": ("':meth:`K.name` :meth:`Other.name`'\n", "docstring:yes docstring:no"),
    "attributes": ("class C(K):\n    '''C.\n\n    Attributes:\n        name (int): it\n    '''\n", "docstring:yes"),
    "parameter": ("def f(name):\n    ''':param name: it, a name'''\n", "parameter:no docstring:no docstring:unknown"),
}


@pytest.mark.parametrize("text, expected", DOCSTRINGS.values(), ids=DOCSTRINGS.keys())
def test_docstring_refers_to_a_member(text: str, expected: str) -> None:
    assert marks({"k.py": CLASSES, "use.py": text + "from k import *\n"}, "k.py::K.name") == expected


@pytest.mark.parametrize("doc", [
    ":param name: it", ":param int name: it", ":type name: int", "Args:\n        name: it", "Args:\n        name (int): it",
    "Parameters\n    ----------\n    name : int", "Parameters\n    ----------\n    a, name : int",
])
def test_docstring_section_names_the_parameter(doc: str) -> None:
    text = f"def f(name):\n    '''\n    {doc}\n    '''\ndef g(name):\n    '''\n    {doc}\n    '''\n"
    assert marks({"m.py": text}, "m.py::f(name)") == "parameter:yes docstring:yes parameter:no docstring:no"


def test_returns_section_names_no_parameter() -> None:
    text = "def f(name):\n    '''\n    Returns:\n        name: it\n    '''\n"
    assert marks({"m.py": text}, "m.py::f(name)") == "parameter:yes docstring:unknown"


PROSE = {
    "directive": (".. autofunction:: p.m.name\n.. autofunction:: p.other.name\n", "prose:yes prose:no"),
    "current module": (".. currentmodule:: p.m\n\n.. autofunction:: name\n.. function:: name(a)\n\n:func:`name` :func:`x <name>`\n",
                       "prose:yes prose:yes prose:yes prose:yes"),
    "other module": (".. module:: p.other\n\n.. autofunction:: name\n\n:func:`name`, name\n", "prose:no prose:no prose:unknown"),
    "re-export": (".. currentmodule:: p\n\n:func:`name`\n", "prose:yes"),
    "members": (".. automodule:: p.m\n   :members: a, name\n", "prose:yes"),
}


@pytest.mark.parametrize("text, expected", PROSE.values(), ids=PROSE.keys())
def test_document_refers_by_its_current_module(text: str, expected: str) -> None:
    assert marks({**PACKAGE, "docs/api.rst": text}, "p/m.py::name") == expected


def test_document_names_members_of_a_class() -> None:
    text = (".. module:: k\n\n.. autoclass:: K\n   :members: name\n\n.. class:: Other\n\n   .. method:: name()\n\n"
            ".. automethod:: K.name\n\n:meth:`Other.name`\n")
    assert marks({"k.py": CLASSES, "d.rst": text}, "k.py::K.name") == "prose:yes prose:no prose:yes prose:no"


def test_first_part_of_a_path_is_no_member() -> None:
    text = "class C(K):\n    ':meth:`name.x` :meth:`name`'\nfrom k import *\n"
    assert marks({"k.py": CLASSES, "use.py": text}, "k.py::K.name") == "docstring:unknown docstring:yes"


def test_examples_are_resolved_as_code() -> None:
    text = """
    def f(x):
        '''Do.

        >>> from k import K, Other
        >>> x = K()
        >>> x.name()
        1
        >>> for y in [Other()]:
        ...     y.name()
        >>> name = 2
        >>> z.name
        '''
    """
    assert marks({"k.py": CLASSES, "use.py": text}, "k.py::K.name") == (
        "docstring:yes docstring:no docstring:no docstring:unknown")
    own = "def name():\n    '''\n    >>> name()\n    >>> name = 1\n    '''\ndef g():\n    '''\n    >>> name(1)\n    '''\n"
    assert marks({"m.py": own}, "m.py::name")[:14] == "definition:yes"
    assert marks({"m.py": own}, "m.py::name").endswith("docstring:yes")
