"""The first look of the commit hook: was a refactor begun in what is staged, and is anything of it left to do?

Nearly every commit ends here, so nothing heavy is loaded: git, the standard library's parser and the comparison of definitions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import engine
from agent import staged
from agent.underway import under_way
from engine import Begun, Versions

MAX_FILES = 300
"""Changed Python files of one commit; more are an import, a merge or a formatter's run."""
MAX_NAMES = 40
"""New names of one commit; more are a rewrite."""
MAX_OTHERS = 12
"""Definitions moved and deleted and signatures changed in one commit; more are a rewrite."""
MAX_READ = 150
"""Files that are parsed for all of them; what is not found by then is not looked for."""
_PYTHON = (".py", ".pyi")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was found begun, with something left of it as far as words tell."""

    place: staged.Place
    changes: tuple[Begun, ...]
    """All of them."""
    open: tuple[Begun, ...]
    """Those of which something still stands as it was."""


def look(folder: Path) -> Beginning | None:
    """What the staged changes have begun; None: nothing, or nothing that a hook should speak of."""
    place = staged.Place.around(folder)
    # A merge or a rebase stages what others did, and stops half way by nature.
    if place is None or under_way(place.git_dir) is not None:
        return None
    entries = [entry for entry in staged.staged(place.root) if (entry.now or entry.path or "").endswith(_PYTHON)]
    if not any(entry.path for entry in entries) or len(entries) > MAX_FILES:
        return None
    changes = engine.recognise(versions_of(place.root, entries))
    open_ = left_open(place.root, changes) if changes else ()
    return Beginning(place, tuple(changes), open_) if open_ else None


def versions_of(root: Path, entries: Sequence[staged.Entry], *, disk: bool = False) -> list[Versions]:
    """The two sides of a diff as texts. disk: the later side is what stands on disk."""
    blobs = staged.Blobs(root)
    blobs.read(name for entry in entries for name in (entry.before, "" if disk else entry.after))
    found = []
    for entry in entries:
        before = blobs.text(entry.before) if entry.path else None
        after = _on_disk(root / entry.now) if disk and entry.now else blobs.text(entry.after) if entry.now else None
        if (before is not None or entry.path is None) and (after is not None or entry.now is None):
            found.append(Versions(entry.path, entry.now, before, after))
    return found


def left_open(root: Path, changes: Sequence[Begun]) -> tuple[Begun, ...]:
    """The changes of which a first look finds something standing as it was: most are finished by who began them."""
    named = {names[0] for change in changes if (names := engine.names_of(change)) is not None}
    standing = staged.holding(root, sorted(named)) if 0 < len(named) <= MAX_NAMES else frozenset[str]()
    found = [change for change in changes if engine.names_of(change) is not None and _may_be_left(root, change, standing)]
    others = [change for change in changes if engine.names_of(change) is None]
    if len(others) <= MAX_OTHERS:
        read = count()
        found += [change for change in others if _may_stand(root, change, read)]
    return tuple(found)


def _may_stand(root: Path, change: Begun, read: Iterator[int]) -> bool:
    """Whether any file still takes a definition from where it was, or calls a function in the old way. read: counts the files."""
    if isinstance(change, engine.Resigned) and change.added and change.removed:
        # Which of the new parameters takes over from which of the old ones is not told by a signature.
        return False
    own = [change.path] if not isinstance(change, engine.ModuleMoved) else []
    for path in dict.fromkeys([*own, *staged.speaking(root, *engine.words_of(change))]):
        text = _on_disk(root / path) if path.endswith(_PYTHON) else None
        if text is not None and next(read) >= MAX_READ:
            return False
        if text is not None and engine.may_stand(change, path, text):
            return True
    return False


def _may_be_left(root: Path, change: Begun, standing: frozenset[str]) -> bool:
    """A parameter's name is any word; it is left behind only where some call passes it by name."""
    names = engine.names_of(change)
    if names is None or names[0] not in standing:
        return False
    if not isinstance(change, engine.Renamed) or change.kind is not engine.Kind.PARAMETER:
        return True
    function = change.owner.rpartition(".")[2]
    called = change.owner.split(".")[-2] if function == "__init__" and "." in change.owner else function
    return staged.passing(root, called, change.old)


def _on_disk(place: Path) -> str | None:
    try:
        return staged.as_text(place.read_bytes()) if place.is_file() and not place.is_symlink() else None
    except OSError:
        return None
