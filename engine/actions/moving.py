"""What a move of definitions works on: the modules that they leave, the one that they go to, and the changes so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.actions.base import Asked, Sheets
from engine.actions.import_edits import ImportEdits
from engine.actions.import_text import Spec
from engine.actions.imports import Context
from engine.actions.module_names import Naming
from engine.actions.statements import Piece
from engine.evidence import Entity, Module, Project
from engine.evidence.source import parse_module, stem


@dataclass(frozen=True, slots=True)
class Choices:
    """How import cycles are avoided."""

    along: frozenset[tuple[str, str]] = frozenset()
    """(path, name) of what goes along although nobody asked for it."""
    lazy: frozenset[str] = frozenset()
    """Files whose new imports stand inside the functions that need them, or under TYPE_CHECKING."""


@dataclass(frozen=True, slots=True)
class Home:
    """A module that loses definitions."""

    module: Module
    names: frozenset[str]
    pieces: Sequence[Piece]
    targets: tuple[Entity, ...]
    copies: Sequence[Piece] = ()
    """What both homes have afterwards: loggers of their own name, guarded imports."""

    @property
    def path(self) -> str:
        return self.module.path

    def inside(self, offset: int) -> bool:
        """Whether a place goes along."""
        return any(piece.holds(offset) for piece in self.pieces)


class Cannot(Exception):
    """Why the move can't be made; a sentence for the user."""


@dataclass(slots=True)
class Moving:
    """One attempt at a move."""

    asked: Asked
    project: Project
    """With the new paths."""
    to: str
    homes: dict[str, Home]
    choices: Choices
    naming: Naming
    sheets: Sheets
    edits: dict[str, ImportEdits] = field(default_factory=dict)
    wanted: dict[str, list[tuple[Spec, Context]]] = field(default_factory=dict)
    """Imports that a file gains."""
    notes: list[str] = field(default_factory=list)
    seen: set[tuple[str, int, int]] = field(default_factory=set)
    passing: set[str] = field(default_factory=set)
    """Packages that pass on what has moved, from where they passed it on before."""

    @property
    def destination(self) -> Module:
        """The module that they go to; empty where it is new."""
        return self.asked.project.module(self.to) or parse_module(self.to, "")

    @property
    def moved(self) -> dict[str, str]:
        """Name to the module that it leaves."""
        return {name: home.path for home in self.homes.values() for name in home.names}

    def imports(self, path: str) -> ImportEdits:
        """The import changes of a file."""
        if path not in self.edits:
            module = self.asked.project.module(path)
            self.edits[path] = ImportEdits(self.project, module if module is not None else parse_module(path, ""))
        return self.edits[path]

    def want(self, path: str, spec: Spec, context: Context = Context.TOP) -> None:
        """Have a file import something."""
        wanted = self.wanted.setdefault(path, [])
        if (spec, context) not in wanted:
            wanted.append((spec, context))

    def change(self, path: str, start: int, end: int, after: str) -> None:
        """Change a text once."""
        if (path, start, end) not in self.seen:
            self.seen.add((path, start, end))
            self.sheets[path].replace(start, end, after)

    def arrives(self, path: str, offset: int) -> bool:
        """Whether a place lies in the new home, or goes there."""
        return path == self.to or (path in self.homes and self.homes[path].inside(offset))

    def home_of(self, path: str) -> Home | None:
        """The home that a module is, or describes as a stub."""
        return next((home for home in self.homes.values() if stem(home.path) == stem(path)), None)
