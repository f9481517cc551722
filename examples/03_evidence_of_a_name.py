"""What static analysis says of every place where a name stands: the evidence that the denoiser weighs."""

from __future__ import annotations

from engine import Entity, Project, entities, occurrences, qualified

TEXTS = {
    "library/reader.py": '''class Reader:
    def open(self, path):
        return path


class Scanner(Reader):
    def open(self, path):
        return super().open(path.strip())
''',
    "library/door.py": "class Door:\n    def open(self):\n        return True\n",
    "main.py": '''from library.door import Door
from library.reader import Reader

Reader().open("a")  # open the file
Door().open()
open("b")


def use(thing):
    return thing.open("c"), getattr(Reader, "open")
''',
}


def method(project: Project, path: str, name: str) -> Entity:
    """The first definition of a name in a file."""
    return next(entity for entity in entities(project, path, {name}))


def main() -> None:
    project = Project(TEXTS.keys(), TEXTS.get)
    target = method(project, "library/reader.py", "open")
    print(f"Is it {qualified(target)}?")
    for found in occurrences(project, target, TEXTS):
        line = TEXTS[found.path].count("\n", 0, found.start) + 1
        print(f"{found.path}:{line:<3} {found.role.value:14} {found.resolution.value:8} {found.reason}")


if __name__ == "__main__":
    main()
