"""What each occurrence of a name is, and whether it refers to the entity: one behaviour a project."""
import asyncio
import json
import re
from pathlib import Path

import pytest

from engine.evidence import Project, entities, find, homonyms, occurrences
from tests.engine.evidence_marks import CLASSES, ONE, PACKAGE, evidence, marks


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
    "part of a longer name of another script": (
        {"m.py": ONE + "name\u00e9 = 1\n\u00e9name = 2\nname_\u00e9 = 'name\u00e9'  # \u8c03name\u51fd\n"}, "definition:yes string_part:unknown comment:unknown"),
    "byte order mark": ({"m.py": "\ufeff" + ONE + "name()\n"}, "definition:yes call:yes"),
    "carriage returns": ({"m.py": "def name(): pass\r\nname()\r\n"}, "definition:yes call:yes"),
    "type cast": ({"m.py": ONE + "x = cast('name', y)\n"}, "definition:yes annotation:yes"),
}


@pytest.mark.parametrize("files, expected", NAMES.values(), ids=NAMES.keys())
def test_name_resolves_lexically(files: dict[str, str], expected: str) -> None:
    assert marks(files, "m.py::name") == expected


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


def test_attribute_is_never_a_parameter() -> None:
    assert marks({"m.py": "def f(name, x):\n    return x.name\n"}, "m.py::f(name)") == "parameter:yes attribute:no"


def test_attribute_of_an_instance_is_a_module_only_where_its_class_imports_it() -> None:
    body = "class K:\n    {}\n    def f(self): return self.name\n"
    files = {"p/__init__.py": "", "p/name.py": "X = 1\n"}
    other = evidence({**files, "u.py": body.format("other = 1")}, "p/name.py")
    assert [(item.resolution.value, item.cause.value) for item in other] == [("no", "other_class")]
    assert marks({**files, "u.py": body.format("from p import name")}, "p/name.py") == "import_name:yes attribute:yes"


def test_path_of_another_file_of_the_project_is_no_module_of_the_same_name() -> None:
    files = {"p/__init__.py": "", "p/name.py": "", "p/sub/__init__.py": "", "p/sub/name.py": "", "files.txt": "p/name.py\np/sub/name.py\nq/name.py\n"}
    assert marks(files, "p/name.py") == "prose:yes prose:no prose:unknown"


def test_attribute_that_a_class_makes_up_is_what_its_maker_gives() -> None:
    fluent = """
        class Query:
            def name(self): return 1
            def __getattr__(self, item):
                made = type(self)()
                return made
        class Table:
            def name(self): return 2
        Query().first.second.name()
        """
    assert marks({"m.py": fluent}, "m.py::Query.name") == "definition:yes definition:no attribute_call:yes"
    assert marks({"m.py": fluent}, "m.py::Table.name") == "definition:no definition:yes attribute_call:no"


def test_class_that_answers_for_any_name_may_hand_on_to_the_target() -> None:
    proxy = """
        class K:
            def name(self): pass
        class Proxy:
            def __init__(self, inner): self.inner = inner
            def __getattr__(self, item): return getattr(self.inner, item)
        Proxy(K()).name()
        """
    assert marks({"m.py": proxy}, "m.py::K.name").endswith("attribute_call:unknown")
