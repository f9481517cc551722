"""What a pair of versions shows: definitions renamed and moved, modules that went elsewhere, signatures changed. Plain values."""

from __future__ import annotations

from dataclasses import dataclass

from engine.evidence import Kind


@dataclass(frozen=True, slots=True)
class Renamed:
    """A definition of the old version that has another name in the new one."""

    kind: Kind
    old: str
    new: str
    path: str
    """Of its file before."""
    now: str
    """Of its file afterwards."""
    owner: str = ""
    """Dotted name of the class (for a parameter, of the function) around it, before."""
    new_owner: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A top-level definition that stands in another module now."""

    kind: Kind
    name: str
    path: str
    to: str


@dataclass(frozen=True, slots=True)
class ModuleMoved:
    """A module or package (its folder, with '/') that has another path."""

    path: str
    to: str

    @property
    def is_rename(self) -> bool:
        """Whether it stays in its folder."""
        return self.path.rstrip("/").rpartition("/")[0] == self.to.rstrip("/").rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as its signature states it."""

    name: str
    type: str = ""
    default: str = ""
    keyword: bool = False


@dataclass(frozen=True, slots=True)
class Resigned:
    """A function whose signature has gained or lost parameters."""

    path: str
    owner: str
    """Dotted name of the function, before."""
    added: tuple[Parameter, ...] = ()
    removed: tuple[Parameter, ...] = ()


Begun = Renamed | Moved | ModuleMoved | Resigned


@dataclass(frozen=True, slots=True)
class Versions:
    """One file before and after; None where there is none."""

    path: str | None
    now: str | None
    before: str | None
    after: str | None

    @property
    def is_python(self) -> bool:
        """Whether it has a syntax tree."""
        return (self.now or self.path or "").endswith((".py", ".pyi"))
