"""What each occurrence of a name is, and whether it refers to the entity: one behaviour a project."""
import asyncio
import json
import re
import textwrap
from pathlib import Path

import pytest

from engine.evidence import Occurrence, Project, entities, find, homonyms, occurrences


def evidence(files: dict[str, str], target: str) -> list[Occurrence]:
    texts = {path: textwrap.dedent(text).lstrip("\n") for path, text in files.items()}
    project = Project(texts, texts.get)
    entity = find(project, target)
    assert entity is not None
    found = occurrences(project, entity, texts)
    for item in found:
        assert texts[item.path][item.start:item.end] == entity.name
    return found


def marks(files: dict[str, str], target: str, path: str = "") -> str:
    """`role:resolution` of each occurrence, in the last file unless told."""
    path = path or list(files)[-1]
    return " ".join(f"{item.role.value}:{item.resolution.value}"
                    for item in evidence(files, target) if item.path == path)


ONE = "def name(): pass\n"

NAMES = {
    "own module": ({"m.py": "def name(): pass\nname()\nx = name\n"}, "definition:yes call:yes name:yes"),
    "local shadows": ({"m.py": ONE + "def f():\n    name = 1\n    return name\n"}, "definition:yes store:no name:no"),
    "parameter shadows": ({"m.py": ONE + "def f(name): return name\n"}, "definition:yes parameter:no name:no"),
    "comprehension shadows": ({"m.py": ONE + "x = [name for name in y]\n"}, "definition:yes name:no store:no"),
    "class body hides from methods only": (
        {"m.py": ONE + "class C:\n    name = 1\n    def f(self): return name\n"}, "definition:yes store:no name:yes"),
    "global": ({"m.py": ONE + "def f():\n    global name\n    name = 2\n"}, "definition:yes global:yes store:yes"),
    "walrus": ({"m.py": ONE + "def f():\n    if (name := 1): return name\n"}, "definition:yes store:no name:no"),
    "except": ({"m.py": ONE + "def f():\n    try: pass\n    except E as name: raise name\n"},
               "definition:yes except:no name:no"),
    "lambda": ({"m.py": ONE + "g = lambda name: name\nh = lambda: name\n"},
               "definition:yes parameter:no name:no name:yes"),
    "match": ({"m.py": ONE + "def f(x):\n    match x:\n        case [*name]: pass\n        case P(name=1) as name: pass\n"},
              "definition:yes store:no keyword:no store:no"),
    "decorator and annotation": ({"m.py": ONE + "@name\ndef f(a: name) -> 'name': pass\n"},
                                 "definition:yes decorator:yes annotation:yes annotation:yes"),
    "non-ASCII line": ({"m.py": ONE + "x = 'é', name; é = name\n"}, "definition:yes name:yes name:yes"),
    "byte order mark": ({"m.py": "\ufeff" + ONE + "name()\n"}, "definition:yes call:yes"),
    "carriage returns": ({"m.py": "def name(): pass\r\nname()\r\n"}, "definition:yes call:yes"),
    "type cast": ({"m.py": ONE + "x = cast('name', y)\n"}, "definition:yes annotation:yes"),
}


@pytest.mark.parametrize("files, expected", NAMES.values(), ids=NAMES.keys())
def test_name_resolves_lexically(files: dict[str, str], expected: str) -> None:
    assert marks(files, "m.py::name") == expected


PACKAGE = {"p/__init__.py": "from .m import name\n", "p/m.py": ONE, "p/other.py": ONE}
IMPORTS = {
    "from": ("from p.m import name\nname()\n", "import_name:yes call:yes"),
    "re-export": ("from p import name\nname()\n", "import_name:yes call:yes"),
    "alias": ("from p.m import name as other\nother()\n", "import_name:yes"),
    "alias to the name": ("from x import y as name\nname()\n", "import_alias:no call:no"),
    "module": ("import p.m\np.m.name()\n", "attribute_call:yes"),
    "module alias": ("import p.m as q\nq.name\n", "attribute:yes"),
    "star": ("from p.m import *\nname()\n", "call:yes"),
    "homonym": ("from p.other import name\nname()\n", "import_name:no call:no"),
    "homonym module": ("from p import other\nother.name()\n", "attribute_call:no"),
    "external": ("from json import name\nname()\n", "import_name:no call:no"),
    "generated": ("from p.gen import name\nname()\n", "import_name:unknown call:unknown"),
    "local import": ("def f():\n    from p.m import name\n    name()\nname\n", "import_name:yes call:yes name:no"),
    "type checking": ("if TYPE_CHECKING:\n    from p.m import name\nx: 'name'\n", "import_name:yes annotation:yes"),
    "fallback": ("try:\n    from fast import name\nexcept ImportError:\n    from p.m import name\nname()\n",
                 "import_name:no import_name:yes call:yes"),
    "assigned attribute": ("import p.m as q\nq.name = 1\n", "attribute_store:yes"),
    "patch": ("mock.patch('p.m.name')\nmock.patch('p.other.name')\n", "string_part:yes string_part:no"),
    "getattr": ("from p import m\ngetattr(m, 'name')\ngetattr(x, 'name')\n", "string:yes string:no"),
    "exported": ("from p.m import name\n__all__ = ['name']\n", "import_name:yes string:yes"),
    "bare string": ("x = 'name'\n", "string:unknown"),
    "comment": ("x = '#'  # see name and p.m.name\n", "comment:unknown comment:yes"),
    "docstring": ("'''Uses name.'''\n", "docstring:unknown"),
    "f-string": ("from p.m import name\nx = f'name {name} {name()!r:>{name}} {{name}}'\n",
                 "import_name:yes string_part:unknown fstring:yes fstring:yes fstring:yes string_part:unknown"),
    "concatenated": ("x = ('a'  # name\n     'name')\n", "comment:unknown string_part:unknown"),
    "bytes": ("x = b'name'\n", "string_part:unknown"),
    "keyword": ("f(name=1)\n", "keyword:no"),
    "syntax error": ("def (name\n", "other:unknown"),
    "python 2": ("print 'name'\n", "other:unknown"),
    "null byte": ("x = name\0\n", "other:unknown"),
    "deep nesting": ("(" * 5000 + "name" + ")" * 5000, "other:unknown"),
}


@pytest.mark.parametrize("text, expected", IMPORTS.values(), ids=IMPORTS.keys())
def test_import_leads_to_the_definition(text: str, expected: str) -> None:
    text = text.replace("getattr(x, 'name')", "getattr('x', 'name')")
    assert marks({**PACKAGE, "use.py": text}, "p/m.py::name") == expected


@pytest.mark.parametrize("text, expected", [
    ("from . import m\nm.name()\n", "attribute_call:yes"),
    ("from .m import name\n", "import_name:yes"),
    ("from .other import name\n", "import_name:no"),
    ("from .missing import name\n", "import_name:unknown"),
    ("from ..... import name\n", "import_name:unknown"),
])
def test_relative_import_is_followed(text: str, expected: str) -> None:
    assert marks({**PACKAGE, "p/use.py": text}, "p/m.py::name") == expected


@pytest.mark.parametrize("root", ["", "src/", "lib/", "deep/down/"])
def test_package_root_is_found(root: str) -> None:
    files = {f"{root}{path}": text for path, text in PACKAGE.items()}
    assert marks({**files, "tests/test_m.py": "from p.m import name\n"}, f"{root}p/m.py::name") == "import_name:yes"


CLASSES = """
class Base:
    def run(self): pass
class K(Base):
    def name(self): return self.name()
class Sub(K):
    def name(self): return super().name()
    def more(self): return self.name()
class Other:
    def name(self): return self.name
class Foreign(Unknown):
    def f(self): self.name
class Lacks:
    def f(self): self.name
"""
METHODS = {
    "family": ("", ""),
    "annotation": ("def f(k: K): k.name()\n", "attribute_call:yes"),
    "subclass": ("def f(k: Sub): k.name()\n", "attribute_call:yes"),
    "optional": ("def f(k: 'Optional[K]', o: Other | None): k.name(), o.name()\n", "attribute_call:yes attribute_call:no"),
    "constructed": ("k = K()\nk.name()\nOther().name()\nK.name\n", "attribute_call:yes attribute_call:no attribute:yes"),
    "returned": ("def make() -> K: ...\nmake().name()\nx = make()\nx.name\n", "attribute_call:yes attribute:yes"),
    "with": ("with K() as k: k.name()\n", "attribute_call:yes"),
    "field": ("class H:\n    def __init__(self, k: K, o):\n        self.k = k\n        self.o = o\n"
              "    def f(self): self.k.name, self.o.name\n", "attribute:yes attribute:unknown"),
    "class field": ("class H:\n    k: K\n    def f(self): self.k.name\n", "attribute:yes"),
    "list element": ("def f(ks: list[K]):\n    for k in ks: k.name\n    ks[0].name\n", "attribute:yes attribute:yes"),
    "literal": ("''.name\n[].name\n", "attribute:no attribute:no"),
    "unknown": ("def f(x): x.name()\n", "attribute_call:unknown"),
    "bare function": ("def name(): pass\nname()\n", "definition:no call:no"),
    "getattr": ("getattr(K(), 'name')\npatch.object(Other, 'name')\n", "string:yes string:no"),
    "dotted string": ("x = 'k.K.name k.Other.name'\n", "string_part:yes string_part:no"),
    "external": ("import json\njson.name\n", "attribute:no"),
}


@pytest.mark.parametrize("text, expected", METHODS.values(), ids=METHODS.keys())
def test_attribute_resolves_by_class(text: str, expected: str) -> None:
    files = {"k.py": CLASSES, "use.py": "from k import *\n" + text}
    assert marks(files, "k.py::K.name") == expected


def test_family_of_a_method_is_told_from_homonyms() -> None:
    found = evidence({"k.py": CLASSES}, "k.py::K.name")
    assert [(item.scope, item.resolution.value) for item in found] == [
        ("K", "yes"), ("K.name", "yes"), ("Sub", "yes"), ("Sub.name", "yes"), ("Sub.more", "yes"),
        ("Other", "no"), ("Other.name", "no"), ("Foreign.f", "unknown"), ("Lacks.f", "no")]


def test_siblings_share_a_method_of_their_base() -> None:
    text = "class A:\n    def name(self): ...\nclass B(A):\n    def name(self): ...\nclass C(A):\n    def name(self): ...\n"
    assert marks({"m.py": text}, "m.py::B.name") == "definition:yes definition:yes definition:yes"


def test_stub_is_the_same_entity() -> None:
    files = {"m.py": "class K:\n    def name(self): ...\n", "m.pyi": "class K:\n    def name(self) -> int: ...\n"}
    assert marks(files, "m.py::K.name") == "definition:yes"


def test_property_and_setter_are_one() -> None:
    text = """
    class K:
        @property
        def name(self): return 1
        @name.setter
        def name(self, v): self.name
    """
    assert marks({"m.py": text}, "m.py::K.name") == "definition:yes decorator:yes definition:yes attribute:yes"


def test_attribute_of_dataclass_is_a_keyword_of_its_constructor() -> None:
    text = """
    @dataclass
    class K:
        name: int
    class O:
        name: int
    K(name=1).name
    O(name=1)
    replace(K(1), name=2)
    unknown.create(name=3)
    """
    assert marks({"m.py": text}, "m.py::K.name") == (
        "store:yes store:no keyword:yes attribute:yes keyword:no keyword:unknown keyword:unknown")


PARAMETERS = {
    "body": ("def f(name):\n    def g(): return name\n    return name\n", "f", "parameter:yes name:yes name:yes"),
    "call": ("def f(name): pass\nf(name=1)\ng(name=1)\n", "f", "parameter:yes keyword:yes keyword:no"),
    "other function": ("def f(name): pass\ndef g(name): return name\n", "f", "parameter:yes parameter:no name:no"),
    "partial": ("def f(name): pass\npartial(f, name=1)\n", "f", "parameter:yes keyword:yes"),
    "docstring": ("def f(name):\n    'Uses name.'\n", "f", "parameter:yes docstring:unknown"),
    "constructor": ("class C:\n    def __init__(self, name): self.name = name\nC(name=1)\n", "C.__init__",
                    "parameter:yes attribute_store:no name:yes keyword:yes"),
    "super": ("class C:\n    def m(self, name): pass\nclass D(C):\n    def g(self): super().m(name=1), self.m(name=2)\n",
              "C.m", "parameter:yes keyword:yes keyword:yes"),
    "override": ("class C:\n    def m(self, name): pass\nclass D(C):\n    def m(self, name): return name\n", "C.m",
                 "parameter:yes parameter:unknown name:unknown"),
    "passed on": ("def f(name): pass\ndef g(**kw): f(**kw)\ng(name=1)\n", "f", "parameter:yes keyword:unknown"),
    "unknown callee": ("def f(name): pass\ndef g(h): h(name=1), h.f(name=1)\n", "f",
                       "parameter:yes keyword:unknown keyword:unknown"),
}


@pytest.mark.parametrize("text, owner, expected", PARAMETERS.values(), ids=PARAMETERS.keys())
def test_parameter_is_bound_in_its_function(text: str, owner: str, expected: str) -> None:
    assert marks({"m.py": text}, f"m.py::{owner}(name)") == expected


MODULES = {
    "p/a.py": ("from . import name\nfrom .name import x\nname.x\n", "import_name:yes import_module:yes name:yes"),
    "b.py": ("import p.name\np.name.x\nname = 1\n", "import_module:yes attribute:yes store:no"),
    "c.py": ("import name\nfrom other.name import z\nx.name\n", "import_module:no import_module:no attribute:no"),
    "d.md": ("See p/name.py, `p.name` and name.\n", "prose:yes prose:yes prose:unknown"),
    "e.toml": ('run = "p.name:main"\n', "config:yes"),
}


@pytest.mark.parametrize("path", MODULES)
def test_module_is_found_in_imports_chains_and_paths(path: str) -> None:
    text, expected = MODULES[path]
    text = text.replace("x.name", "''.name") if path == "c.py" else text
    assert marks({"p/__init__.py": "", "p/name.py": "x = 1\n", path: text}, "p/name.py") == expected


def test_package_is_found_in_imports() -> None:
    files = {"name/__init__.py": "", "name/m.py": "", "use.py": "import name.m\nfrom name import m\nname.m\n"}
    assert marks(files, "name/") == "import_module:yes import_module:yes name:yes"


def test_entry_point_names_a_function() -> None:
    assert marks({**PACKAGE, "pyproject.toml": 'run = "p.m:name"\nother = "p.other:name"\nname = 1\n'},
                 "p/m.py::name") == "config:yes config:no config:unknown"


def test_receiver_is_the_text_before_the_dot() -> None:
    found = evidence({"m.py": "class K:\n    name = 1\n    def f(self): self.a[0].name\n"}, "m.py::K.name")
    assert [item.receiver for item in found] == ["", "self.a[0]"]


def test_homonyms_counts_definitions_outside_the_family() -> None:
    texts = {"k.py": CLASSES, "m.py": ONE + "class X:\n    name = 1\ndef f(name): pass\n"}
    project = Project(texts, texts.get)
    target = find(project, "k.py::K.name")
    assert target is not None
    assert len(homonyms(project, target, texts)) == 4


@pytest.mark.parametrize("package", [json, asyncio])
def test_occurrences_match_the_text_one_to_one(package: object) -> None:
    folder = Path(str(package.__file__)).parent
    texts = {f"{folder.name}/{path.name}": path.read_text(encoding="utf-8") for path in folder.glob("*.py")}
    project = Project(texts, texts.get)
    known = [item for path in sorted(texts) for item in entities(project, path)]
    for target in known[::40]:
        word = re.compile(rf"(?<![A-Za-z0-9_]){target.name}(?![A-Za-z0-9_])")
        expected = [(path, match.start()) for path in texts for match in word.finditer(texts[path])]
        found = occurrences(project, target, texts)
        assert [(item.path, item.start) for item in found] == expected
        assert all(item.reason != "not a name in the syntax tree" for item in found)


def test_every_verdict_has_a_cause() -> None:
    found = evidence({"k.py": CLASSES, "use.py": "from k import K\nK().name\nx.name\n''.name\n# name\nf(name=1)\n"},
                     "k.py::K.name")
    assert [item.cause.value for item in found] == [
        "resolved", "resolved", "kin", "resolved", "kin", "other_class", "other_class", "outside_bases",
        "no_such_member", "resolved", "receiver_unknown", "builtin", "word_in_text", "keyword"]


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


def test_attribute_is_never_a_parameter() -> None:
    assert marks({"m.py": "def f(name, x):\n    return x.name\n"}, "m.py::f(name)") == "parameter:yes attribute:no"


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
