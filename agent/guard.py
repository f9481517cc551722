"""What no change may do, whoever made it: the one gate in front of staging and publishing.

A change set passes or a typed error says which file, why, and what to do. Looks at names, at what stands on disk
under them and at the bytes that are added; knows nothing of whether a change is right.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from agent.containment import held_folder
from agent.errors import HiddenCharacters, LookAlikePath, OffLimits, OtherRepository, OutsideRepository, UnreadableFile
from agent.offlimits import Named, Ward, off_limits
from agent.spelling import bidi_in, composed, folded, folded_path, shown
from agent.worktree import Repository
from editops import ChangeMode, ChangeSet, CreateFile, DeleteFile, Op, RenameFile, SpanMove, TextEdit

NOTHING = Named()


def vet(repository: Repository, change: ChangeSet, named: Named = NOTHING) -> None:
    """Raise unless every path and payload of `change` is one that may be written."""
    own = _own_folders(repository)
    hooks = _below(repository.root, repository.hooks_folder())
    leaving = frozenset(change.deleted) | frozenset(change.renamed)
    listed: dict[str, list[str]] = {}
    for path in sorted(change.paths):
        try:
            _vet_place(repository.root, path, own)
        except OSError as error:
            raise UnreadableFile(path, error.strerror or str(error)) from error
        ward = off_limits(path) or _hook(path, hooks)
        if ward and not named.allows(path, ward):
            raise OffLimits(path, ward.reason)
        _vet_spelling(repository.root, path, leaving, listed)
    _vet_arrivals(arriving(change))
    for op in change.ops:
        _vet_payload(op)


def arriving(change: ChangeSet) -> list[str]:
    """The paths that have no file before."""
    return sorted((*change.created, *change.renamed.values()))


def _own_folders(repository: Repository) -> tuple[str, ...]:
    """The git folders that lie in the working tree under whatever name."""
    found = (_below(repository.root, folder) for folder in (repository.git_dir, repository.common_dir))
    return tuple(place for place in found if place)


def _below(root: Path, folder: Path) -> str | None:
    try:
        return folder.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return None


def _hook(path: str, hooks: str | None) -> Ward | None:
    is_hook = hooks not in (None, ".") and (path + "/").startswith(f"{hooks}/")
    return Ward("holds hooks", str(hooks)) if is_hook else None


def _vet_place(root: Path, path: str, own: Iterable[str]) -> None:
    """No link on the way, nothing but a file at the end, and no other repository around it."""
    if any((folded_path(path) + "/").startswith(folded_path(folder) + "/") for folder in own):
        raise OutsideRepository(path)
    with held_folder(root, path) as held:
        mode = held.mode() if held else None
        if mode is not None and not stat.S_ISREG(mode):
            raise OutsideRepository(path)
    for folder in [*reversed(PurePosixPath(path).parents)][1:]:
        with held_folder(root, f"{folder}/x") as held:
            if held is None:
                break
            if held.sibling(".git").mode() is not None:
                raise OtherRepository(path, str(folder))


def _vet_spelling(root: Path, path: str, leaving: frozenset[str], listed: dict[str, list[str]]) -> None:
    """On many file systems a name that differs only in case or Unicode form is the same file."""
    folder = ""
    for part in path.split("/"):
        names = _names(root, folder, listed)
        here = part
        if part not in names:
            alike = (name for name in names if folded(name) == folded(part) and not _same(root, folder, part, name))
            found = next(alike, None)
            if found is None:
                return
            here = found
        folder = f"{folder}/{here}".lstrip("/")
        if here != part and not any((gone + "/").startswith(folder + "/") for gone in leaving):
            raise LookAlikePath(path, folder)


def _names(root: Path, folder: str, listed: dict[str, list[str]]) -> list[str]:
    if folder not in listed:
        with held_folder(root, f"{folder}/x".lstrip("/")) as held:
            listed[folder] = held.names() if held else []
    return listed[folder]


def _same(root: Path, folder: str, part: str, other: str) -> bool:
    """Whether the file system itself takes two spellings of one accented name for the same."""
    if composed(part) != composed(other):
        return False
    with held_folder(root, f"{folder}/{part}".lstrip("/")) as held:
        return held is not None and held.mode() is not None


def _vet_arrivals(paths: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for path in paths:
        if bidi_in(path):
            raise HiddenCharacters(path, 0, shown(next(iter(bidi_in(path)))))
        prefixes = [path, *(str(folder) for folder in PurePosixPath(path).parents if str(folder) != ".")]
        for prefix in prefixes:
            key = folded_path(prefix)
            if seen.setdefault(key, prefix) != prefix:
                raise LookAlikePath(path, seen[key])


def _vet_payload(op: Op) -> None:
    """Refuse reordering characters that were not there before: a reviewer would read another text."""
    for path, before, after in _payloads(op):
        text = after.decode("utf-8", "replace")
        fresh = bidi_in(text) - bidi_in(before.decode("utf-8", "replace"))
        if fresh:
            char = next(iter(fresh))
            raise HiddenCharacters(path, text.count("\n", 0, text.index(char)) + 1, shown(char))


def _payloads(op: Op) -> Iterator[tuple[str, bytes, bytes]]:
    match op:
        case TextEdit(path, _, before, after):
            yield path, before, after
        case CreateFile(path, content):
            yield path, b"", content
        case SpanMove(dst=dst, inner=inner):
            yield from ((dst, edit.before, edit.after) for edit in inner)
        case DeleteFile() | RenameFile() | ChangeMode():
            return

