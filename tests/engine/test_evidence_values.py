"""What an expression stands for: operators, decorators, protocols, code from outside, return values, fixtures."""
import pytest

from tests.engine.evidence_marks import CLASSES, evidence, marks

OPERATORS = {
    "overloaded": ("class E:\n    def __eq__(self, o): return make(o)\n(E() == 1).name\n", "attribute:unknown"),
    "annotated": ("class E:\n    def __eq__(self, o) -> K: ...\n    def __or__(self, o) -> Other: ...\n"
                  "(E() == 1).name\n(E() | 1).name\n", "attribute:yes attribute:no"),
    "unknown operand": ("def f(x): (x == 1).name, (1 == x).name, (x + 1).name, (-x).name\n",
                        "attribute:unknown attribute:unknown attribute:unknown attribute:unknown"),
    "builtins": ("('a' == 'b').name\n('a' + 'b').name\n('%s' % x).name\n(not x).name\n(x in y).name\n",
                 "attribute:no attribute:no attribute:no attribute:no attribute:no"),
}


@pytest.mark.parametrize("text, expected", OPERATORS.values(), ids=OPERATORS.keys())
def test_operator_may_be_overloaded(text: str, expected: str) -> None:
    assert marks({"k.py": CLASSES, "use.py": "from k import *\n" + text}, "k.py::K.name") == expected


DECORATED = {
    "unknown": ("import click\n@click.command()\ndef f(): return 1\nf.name\nf().name\n", "attribute:unknown attribute:unknown"),
    "well-known": ("@lru_cache(maxsize=1)\ndef f() -> K: ...\nf.name\nf().name\n", "attribute:no attribute:yes"),
    "gives it back": ("def d(fn):\n    reg(fn)\n    return fn\n@d\ndef f() -> K: ...\nf.name\nf().name\n",
                      "attribute:no attribute:yes"),
    "wraps it": ("def d(a):\n    def e(fn):\n        @wraps(fn)\n        def g(*a): return fn(*a)\n        return g\n"
                 "    return e\n@d(1)\ndef f() -> K: ...\nf.name\n", "attribute:no"),
    "replaces it": ("def d(fn): return Other()\n@d\ndef f(): ...\nf.name\n", "attribute:unknown"),
}


@pytest.mark.parametrize("text, expected", DECORATED.values(), ids=DECORATED.keys())
def test_decorated_function_may_be_any_object(text: str, expected: str) -> None:
    assert marks({"k.py": CLASSES, "use.py": "from k import *\n" + text}, "k.py::K.name") == expected


CAUGHT = {
    "pytest": ("import pytest\ndef test():\n    with pytest.raises(K) as info: go()\n    info.value.name\n    info.type.name\n",
               "attribute:yes attribute:unknown"),
    "one of two": ("import pytest\ndef test():\n    with pytest.raises((K, Other)) as info: go()\n    info.value.name\n", "attribute:yes"),
    "another": ("import pytest\ndef test():\n    with pytest.raises(Other) as info: go()\n    info.value.name\n", "attribute:no"),
    "unittest": ("def test(self):\n    with self.assertRaises(K) as context: go()\n    context.exception.name\n", "attribute:yes"),
    "no manager": ("def test(self, info):\n    info.value.name\n", "attribute:unknown"),
}


@pytest.mark.parametrize("text, expected", CAUGHT.values(), ids=CAUGHT.keys())
def test_exception_that_a_test_has_caught_is_known(text: str, expected: str) -> None:
    assert marks({"k.py": CLASSES, "use.py": "from k import *\n" + text}, "k.py::K.name") == expected


def test_protocol_is_structural() -> None:
    text = """
    class P(Protocol):
        def name(self): ...
    class Q(Protocol):
        def other(self): ...
    class K:
        def name(self): ...
    class L:
        def more(self): ...
    def f(p: P, q: Q, k: K, l: L):
        p.name, q.name, k.name, l.name, getattr(p, "name"), getattr(q, "name")
    """
    assert marks({"m.py": text}, "m.py::K.name") == (
        "definition:unknown definition:yes attribute:unknown attribute:unknown attribute:yes attribute:no"
        " string:unknown string:unknown")
    assert marks({"m.py": text}, "m.py::P.name") == (
        "definition:yes definition:unknown attribute:yes attribute:unknown attribute:unknown attribute:no"
        " string:yes string:unknown")


FOREIGN = {
    "third-party class": ("import httpcore\nclass H:\n    def __init__(self): self.p = httpcore.Pool()\n"
                          "    def f(self): self.p.name, self.p.inner.name, self.p.get().name\n",
                          "outside receiver_outside receiver_outside"),
    "third-party function": ("import requests\nrequests.get(1).name\n", "receiver_outside"),
    "descriptor": ("import orm\nclass H:\n    k = orm.Column()\nH().k.name\n", "receiver_outside"),
    "generic descriptor": ("from orm import Mapped\nclass H:\n    k: Mapped[K]\n    def f(self): self.k.name\n", "receiver_outside"),
    "standard library": ("import io, re, threading, subprocess\nfrom pathlib import Path\nPath(x).parent.name\n(Path(x) / 'a').name\n"
                         "re.compile('a').match(x).name\nio.StringIO().name\nopen(x).name\nwith open(x) as f: f.name\n"
                         "subprocess.Popen([]).stdout.name\nthreading.Lock().name\n'a,b'.split(',')[0].name\n",
                         "outside outside outside outside builtin builtin outside outside builtin"),
    "handed back": ("import queue, copy\nqueue.Queue().get().name\ncopy.copy(x).name\n", "receiver_outside receiver_outside"),
    "annotated": ("import httpx\ndef f(c: httpx.Client): c.name, c.app.name\n", "outside receiver_outside"),
    "inherited": ("import x\nclass H(x.Y):\n    def f(self): self.session.name\n", "receiver_outside"),
}


@pytest.mark.parametrize("text, expected", FOREIGN.values(), ids=FOREIGN.keys())
def test_receiver_from_outside_is_told(text: str, expected: str) -> None:
    found = evidence({"k.py": CLASSES, "use.py": "from k import *\n" + text}, "k.py::K.name")
    assert " ".join(item.cause.value for item in found if item.path == "use.py") == expected


RETURNED = {
    "constructor": ("def make(a):\n    if a: return K()\n    return None\nmake(1).name\n", "attribute:yes"),
    "several": ("def make(a):\n    if a: return Other()\n    return Lacks()\nmake(1).name\n", "attribute:no"),
    "unknown": ("def make(a): return a\nmake(1).name\n", "attribute:unknown"),
    "self and cls": ("class C(K):\n    def a(self): return self\n    @classmethod\n    def b(cls): return cls(1)\n"
                     "    def c(self): return self.__class__()\nC().a().name\nC.b().name\nC().c().name\n",
                     "attribute:yes attribute:yes attribute:yes"),
    "recursive": ("def a(): return b()\ndef b(): return a()\na().name\n", "attribute:unknown"),
    "generator": ("def a():\n    yield K()\na().name\nfor x in a(): x.name\n", "attribute:unknown attribute:yes"),
    "manager": ("@contextmanager\ndef a():\n    yield Other()\nwith a() as x: x.name\n", "attribute:no"),
    "enter": ("class M:\n    def __enter__(self): return K()\nclass N(K):\n    def __enter__(self): return self\n"
              "with M() as m, N() as n: m.name, n.name\n", "attribute:yes attribute:yes"),
    "list": ("class H:\n    def __init__(self):\n        self.a = [K(), K()]\n        self.b = [Other(x) for x in y]\n"
             "        self.c = [K()]\n        self.c.append(1)\n"
             "    def f(self):\n        for a in self.a: a.name\n        self.b[0].name\n        self.c[0].name\n",
             "attribute:yes attribute:no attribute:unknown"),
    "mapping": ("def f(d: dict[str, K]):\n    d['a'].name\n    d.get('a').name\n    for k in d.values(): k.name\n"
                "    for k2 in d: k2.name\n", "attribute:yes attribute:yes attribute:yes attribute:no"),
    "variadic": ("def f(*a: K): a.name, a[0].name\n", "attribute:no attribute:yes"),
    "slice": ("def f(a: list[K]): a[1:].name\n", "attribute:unknown"),
}


@pytest.mark.parametrize("text, expected", RETURNED.values(), ids=RETURNED.keys())
def test_value_is_followed_without_annotations(text: str, expected: str) -> None:
    assert marks({"k.py": CLASSES, "use.py": "from k import *\n" + text}, "k.py::K.name") == expected


FIXTURES = {
    "tests/conftest.py": "import pytest\nfrom k import *\n@pytest.fixture\ndef k(): return K()\n"
                         "@pytest.fixture(name='o')\ndef make_o():\n    yield Other()\n",
}


@pytest.mark.parametrize("text, expected", [
    ("def test_a(k, o, tmp_path): k.name, o.name, tmp_path.name\n", "attribute:yes attribute:no attribute:no"),
    ("class TestA:\n    def test_a(self, k): k.name\n", "attribute:yes"),
    ("def helper(k): k.name\n", "attribute:unknown"),
    ("import pytest\n@pytest.mark.parametrize('k, o', [])\ndef test_a(k): k.name\n", "attribute:unknown"),
    ("import pytest\n@pytest.fixture\ndef k(k): return k\ndef test_a(k): k.name\n", "attribute:yes"),
])
def test_fixture_gives_a_parameter_its_type(text: str, expected: str) -> None:
    assert marks({"k.py": CLASSES, **FIXTURES, "tests/unit/test_x.py": text}, "k.py::K.name") == expected


ANNOTATIONS = {
    "bare final": ("k: Final = K()\nk.name\n", "attribute:yes"),
    "alias of object": ("T = object\ndef f(x: T): x.name\n", "attribute:unknown"),
    "exception": ("def f(x: Exception): x.name\n", "attribute:unknown"),
    "typing": ("from typing import Hashable, Dict\ndef f(x: Hashable, y: Dict): x.name, y.name\n", "attribute:unknown attribute:no"),
    "cast": ("import typing as t\nt.cast('K', x).name\n", "attribute:yes"),
}


@pytest.mark.parametrize("text, expected", ANNOTATIONS.values(), ids=ANNOTATIONS.keys())
def test_annotation_tells_only_what_it_says(text: str, expected: str) -> None:
    assert marks({"k.py": CLASSES, "use.py": "from k import *\n" + text}, "k.py::K.name") == expected


def test_fixture_is_asked_for_by_parameters() -> None:
    text = """
    import pytest
    @pytest.fixture
    def name(): return 1
    @pytest.fixture
    def other(name): return name
    def test_a(name): assert name
    def helper(name): return name
    """
    assert marks({"test_m.py": text}, "test_m.py::name") == (
        "definition:yes parameter:yes name:yes parameter:yes name:yes parameter:no name:no")


NARROWED = {
    "branch": ("def f(x):\n    if isinstance(x, K):\n        x.name\n    else:\n        x.name\n", "attribute:yes attribute:unknown"),
    "several": ("def f(x):\n    if isinstance(x, (Other, Lacks)) and x.name: x.name\n", "attribute:no attribute:no"),
    "declared wider": ("def f(x: Base):\n    if isinstance(x, Third): x.name\n    x.name\nclass Third(Other, Base): ...\n",
                       "attribute:no attribute:yes"),
    "early exit": ("def f(x):\n    if not isinstance(x, K): return\n    x.name\n", "attribute:yes"),
    "assertion": ("def f(x):\n    x.name\n    assert isinstance(x.y, K)\n    x.y.name\n", "attribute:unknown attribute:yes"),
    "expression": ("def f(x): return x.name if isinstance(x, K) else x.name\n", "attribute:yes attribute:unknown"),
    "bound anew": ("def f(x):\n    if isinstance(x, K):\n        x = g()\n        x.name\n", "attribute:unknown"),
    "declared unrelated": ("def f(x: K):\n    if isinstance(x, Lacks): x.name\n    if isinstance(x, Sized): x.name\n",
                           "attribute:yes attribute:yes"),
    "subclass of the tested": ("def f(x: K | Other):\n    if isinstance(x, Base): x.name\n", "attribute:yes"),
    "unknown class": ("def f(x, c):\n    if isinstance(x, c): x.name\n", "attribute:unknown"),
}


@pytest.mark.parametrize("text, expected", NARROWED.values(), ids=NARROWED.keys())
def test_isinstance_tells_the_class(text: str, expected: str) -> None:
    assert marks({"k.py": CLASSES, "use.py": "from k import *\n" + text}, "k.py::K.name") == expected
