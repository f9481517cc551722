"""Files written so that a kill at any instant leaves each of them whole, and all of them restorable.

Each write is a temporary file, synced, then renamed over its place. Knows nothing
of change streams or journals: images go in, bytes come out on disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agent.containment import mode_of, permissions, read_inside, resolve_inside

Progress = Callable[[str], None]
"""Called with each path just before it is written."""


@dataclass(frozen=True, slots=True)
class FileImage:
    """One path before and after; None: no file there."""

    path: str
    before: bytes | None
    after: bytes | None
    mode_before: int | None
    mode_after: int | None


@dataclass(frozen=True, slots=True)
class Images:
    """All that is needed to put a set of files back, or to take it back later."""

    files: tuple[FileImage, ...]
    folders: tuple[str, ...]
    """Folders that the write has to make, the outermost first."""


def write_all(root: Path, images: Images, token: str, progress: Progress) -> None:
    """Bring every path to its state after; removals first, as a folder may take the place of a file."""
    for image in _removed_first(images.files):
        progress(image.path)
        _bring(root, image.path, image.after, image.mode_after, token)


def roll_back(root: Path, images: Images, token: str) -> list[str]:
    """Bring every path to its state before; returns those that somebody else has changed since, left alone."""
    foreign: list[str] = []
    undone = [FileImage(i.path, i.after, i.before, i.mode_after, i.mode_before) for i in images.files]
    for folder in {PurePosixPath(i.path).parent for i in images.files}:
        (root / folder / _temporary(token)).unlink(missing_ok=True)
    for image in _removed_first(undone):
        current = read_inside(root, image.path)
        if current == image.before:
            _bring(root, image.path, image.after, image.mode_after, token, keep=True)
        elif current != image.after:
            foreign.append(image.path)
        if image.after is None:
            _drop_empty(root, reversed(images.folders))
    _drop_empty(root, reversed(images.folders))
    return foreign


def missing_folders(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """The folders above `paths` that are not there yet, the outermost first."""
    above = {str(folder) for path in paths for folder in PurePosixPath(path).parents}
    return tuple(sorted((folder for folder in above if not (root / folder).is_dir()), key=len))


def _removed_first(images: Sequence[FileImage]) -> list[FileImage]:
    return sorted(images, key=lambda image: (image.after is not None, image.path))


def _bring(
    root: Path, path: str, data: bytes | None, mode: int | None, token: str, *, keep: bool = False
) -> None:
    """Write or remove one file; with `keep`, folders that become empty stay."""
    place = resolve_inside(root, path)
    if data is not None:
        _replace(place, data, mode, token)
        return
    place.unlink(missing_ok=True)
    if not keep:
        above = [str(folder) for folder in PurePosixPath(path).parents if str(folder) != "."]
        _drop_empty(root, above)


def _replace(place: Path, data: bytes, mode: int | None, token: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.parent / _temporary(token)
    write_synced(temporary, data, mode)
    os.replace(temporary, place)
    sync_folder(place.parent)


def write_synced(place: Path, data: bytes, mode: int | None) -> None:
    with open(place, "wb") as file:
        file.write(data)
        file.flush()
        if mode is not None:
            place.chmod(mode)
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last; systems without folder handles do so by themselves."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _drop_empty(root: Path, folders: Iterable[str]) -> None:
    for folder in folders:
        place = root / folder
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()


def _temporary(token: str) -> str:
    return f".redraft-{token}.tmp"


def image_of(
    root: Path, path: str, after: bytes | None, mode_after: int | None, before: bytes | None
) -> FileImage:
    """The image of a path that now holds `before`."""
    place = root / path
    mode_before = permissions(place) if mode_of(place) is not None else None
    return FileImage(path, before, after, mode_before, mode_after)
