"""What a package defines and where its words stand, found once for all of its tasks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from engine.evidence import Entity, Project, entities
from engine.train.corpus import Package

_WORD = re.compile(r"[^\W\d]\w*")
_MEMBER = re.compile(r"\.([^\W\d]\w*)")
_ASSIGNED = re.compile(r"\b(\w+)\s*=[^=]")


@dataclass(slots=True)
class Index:
    """What a package defines and where its words stand."""

    package: Package
    project: Project
    by_name: dict[str, list[Entity]] = field(default_factory=dict)
    files: dict[str, set[str]] = field(default_factory=dict)
    """word -> paths of the texts that contain it"""
    outside: list[str] = field(default_factory=list)
    """Names that stand behind a dot in code and are defined nowhere in the package: members of objects from outside."""

    @classmethod
    def of(cls, package: Package) -> Index:
        """Index all texts; seconds for a large package."""
        project = Project(package.texts.keys(), package.texts.get)
        index = cls(package, project)
        members: set[str] = set()
        for path, text in package.texts.items():
            for name in set(_WORD.findall(text)):
                index.files.setdefault(name, set()).add(path)
            if path.endswith(".py"):
                members.update(_MEMBER.findall(text))
                for entity in entities(project, path):
                    index.by_name.setdefault(entity.name, []).append(entity)
        index.outside = sorted(
            name
            for name in members - index.by_name.keys()
            if len(name) > 2 and name.isascii() and not name.startswith("__") and len(index.files.get(name, ())) <= 60
        )
        return index

    def locals(self) -> list[str]:
        """Names that are assigned somewhere and define no entity: local variables and keywords of outside calls."""
        assigned = {name for path, text in self.package.texts.items() if path.endswith(".py") for name in _ASSIGNED.findall(text)}
        return [
            name
            for name, paths in self.files.items()
            if len(paths) <= 4 and len(name) > 2 and name.isidentifier() and name not in self.by_name and not name.startswith("__")
            and name in assigned
        ]
