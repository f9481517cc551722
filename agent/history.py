"""What the journal's entries amount to: which edits stand, and which can be put back.

Pure. An edit, the undo that took it back, the redo that put it back and so on form a chain; each entry is taken back by the
next, so only the record of the last one is ever needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from agent.errors import NothingToRedo, NothingToUndo, UnknownEntry


class State(str, Enum):
    PUBLISHED = "published"
    ROLLED_BACK = "rolled-back"
    """Interrupted or failed: every file is as it was before."""
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Entry:
    """One edit of the working tree."""

    id: str
    time: float
    """Seconds since the epoch."""
    instruction: str
    files: tuple[str, ...] = ()
    """Paths of the files that it wrote or removed."""
    undoes: str | None = None
    """The entry that this one takes back; what takes back an undo is a redo."""
    state: State = State.PUBLISHED


@dataclass(frozen=True, slots=True)
class Chain:
    edit: Entry
    last: Entry
    """What was done last about the edit; the edit itself, when it was never taken back."""
    stands: bool


def chains(entries: Iterable[Entry]) -> list[Chain]:
    """Every edit that was published, the one that something was done about last at the end."""
    found: dict[str, Chain] = {}
    for entry in entries:
        if entry.state is not State.ROLLED_BACK:
            former = found.pop(entry.undoes or "", None)
            found[entry.id] = Chain(former.edit, entry, not former.stands) if former else Chain(entry, entry, True)
    return list(found.values())


def with_states(entries: Sequence[Entry]) -> list[Entry]:
    """The entries as they stand now, having been written down when they were made."""
    known = chains(entries)
    stand = {chain.last.id for chain in known} | {chain.edit.id for chain in known if chain.stands}
    return [entry if entry.state is State.ROLLED_BACK or entry.id in stand else replace(entry, state=State.UNDONE)
            for entry in entries]


def to_undo(entries: Iterable[Entry], name: str | None) -> Chain:
    """The edit that `undo` is about: the one of this name, or the last that stands."""
    standing = [chain for chain in chains(entries) if chain.stands]
    if name is None:
        if not standing:
            raise NothingToUndo
        return standing[-1]
    return _named(standing, name)


def to_redo(entries: Iterable[Entry], name: str | None) -> Chain:
    """The edit that `redo` is about: the one of this name, or the last that was taken back."""
    gone = [chain for chain in chains(entries) if not chain.stands]
    if name is None:
        if not gone:
            raise NothingToRedo
        return gone[-1]
    return _named(gone, name)


def _named(found: Iterable[Chain], name: str) -> Chain:
    for chain in found:
        if name in (chain.edit.id, chain.last.id):
            return chain
    raise UnknownEntry(name)
