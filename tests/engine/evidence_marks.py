"""Small repositories as dictionaries of texts, and what the evidence says of a name in them."""
import textwrap

from engine.evidence import Occurrence, Project, find, occurrences

ONE = "def name(): pass\n"
PACKAGE = {"p/__init__.py": "from .m import name\n", "p/m.py": ONE, "p/other.py": ONE}
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
