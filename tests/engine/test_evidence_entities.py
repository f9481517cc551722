"""What a file defines, and the names by which entities are written."""
import textwrap

import pytest

from engine.evidence import Kind, Project, entities, find, qualified

TEXT = textwrap.dedent('''
    import os
    LIMIT: int = 1
    LIMIT = 2
    class C(Base, mod.Other[int]):
        field: int
        def __init__(self, a, *rest, key=1, **more):
            self.made, self.field = a, 1
        @property
        def size(self): return 1
        @size.setter
        def size(self, value): pass
    async def outer():
        local = 1
        def inner(): pass
''')


def project() -> Project:
    files = {"p/__init__.py": "", "p/m.py": TEXT}
    return Project(files, files.get)


def test_entities_lists_every_definition_once() -> None:
    found = [(item.kind.value, item.qualname) for item in entities(project(), "p/m.py")]
    assert found == [
        ("module", "m"), ("constant", "LIMIT"), ("class", "C"), ("attribute", "C.field"), ("method", "C.__init__"),
        ("parameter", "C.__init__.self"), ("parameter", "C.__init__.a"), ("parameter", "C.__init__.rest"),
        ("parameter", "C.__init__.key"), ("parameter", "C.__init__.more"), ("attribute", "C.made"),
        ("method", "C.size"), ("parameter", "C.size.self"), ("parameter", "C.size.value"), ("function", "outer"),
        ("function", "outer.inner")]


def test_entity_spans_its_name() -> None:
    for item in entities(project(), "p/m.py"):
        if item.kind is not Kind.MODULE:
            assert TEXT[item.start:item.end] == item.name
            assert TEXT.count("\n", 0, item.start) + 1 == item.line


def test_entity_keeps_its_bases() -> None:
    found = find(project(), "p/m.py::C")
    assert found is not None and found.bases == ("Base", "mod.Other")


def test_entities_can_be_asked_by_name() -> None:
    assert [item.qualname for item in entities(project(), "p/m.py", {"size", "LIMIT"})] == ["LIMIT", "C.size"]


@pytest.mark.parametrize("name", ["p/", "p/m.py", "p/m.py::LIMIT", "p/m.py::C.made", "p/m.py::C.__init__(key)"])
def test_find_reads_what_qualified_prints(name: str) -> None:
    found = find(project(), name)
    assert found is not None and qualified(found) == name


@pytest.mark.parametrize("name", ["q/", "p/n.py", "p/m.py::os", "p/m.py::outer.local", "p/m.py::C(x)"])
def test_find_answers_none_for_what_is_no_entity(name: str) -> None:
    assert find(project(), name) is None


def test_broken_file_defines_only_itself() -> None:
    files = {"m.py": "def (:"}
    assert [item.kind for item in entities(Project(files, files.get), "m.py")] == [Kind.MODULE]
