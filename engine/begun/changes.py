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
    """By keyword alone."""
    positional: bool = False
    """By position alone."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes, `self` included."""

    parameters: tuple[Parameter, ...] = ()
    """In order, `*args` and `**kwargs` left out."""
    rest: bool = False
    """`*args`"""
    options: bool = False
    """`**kwargs`"""

    @property
    def names(self) -> tuple[str, ...]:
        """Of those that can be passed by position, in order."""
        return tuple(item.name for item in self.parameters if not item.keyword)


@dataclass(frozen=True, slots=True)
class Resigned:
    """A function whose signature has gained or lost parameters, or has them in another order or by keyword alone."""

    path: str
    owner: str
    """Dotted name of the function, before."""
    added: tuple[Parameter, ...] = ()
    removed: tuple[Parameter, ...] = ()
    before: Signature = Signature()
    after: Signature = Signature()
    now: str = ""
    """Of its file afterwards."""

    @property
    def keyword(self) -> tuple[str, ...]:
        """Parameters that could be passed by position and no longer can."""
        by_word = {item.name for item in self.after.parameters if item.keyword}
        return tuple(name for name in self.before.names if name in by_word)

    @property
    def called(self) -> str:
        """The name that it is called by: of a constructor that of its class."""
        names = self.owner.split(".")
        return names[-2] if names[-1] == "__init__" and len(names) > 1 else names[-1]


@dataclass(frozen=True, slots=True)
class Deleted:
    """A top-level definition that is gone, with whatever stands where it was used."""

    kind: Kind
    name: str
    path: str
    by: str = ""
    """The name that took its place where uses of it have changed; empty: none, or several."""


Begun = Renamed | Moved | ModuleMoved | Resigned | Deleted


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
