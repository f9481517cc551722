"""Files written so that a kill at any instant, or a full disk, leaves all of them restorable.

First every new content is written beside its place, which is all that needs room; then names are switched. The file that
was there keeps a second name until the end, so going back needs no room either and brings the very file back. Knows
nothing of change streams or journals: images go in, bytes come out on disk.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agent.containment import mode_of, permissions, read_inside, resolve_inside
from agent.disk import DISK, Disk
from agent.errors import OutsideRepository


@dataclass(frozen=True, slots=True)
class FileImage:
    """One path before and after; None: no file there."""

    path: str
    before: bytes | None
    after: bytes | None
    mode_before: int | None
    mode_after: int | None


@dataclass(frozen=True, slots=True)
class Folder:
    path: str
    mode: int | None
    """Permission bits to make it with; None: as the user's files are made."""


@dataclass(frozen=True, slots=True)
class Images:
    """All that is needed to put a set of files back, or to take it back later."""

    files: tuple[FileImage, ...]
    made: tuple[Folder, ...] = ()
    """Folders that the write has to make, the outermost first."""
    dropped: tuple[Folder, ...] = ()
    """Folders that it leaves empty and removes, the innermost first."""


class ChangedMeanwhile(Exception):
    """A file is no longer what its image says it was before."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True, slots=True)
class Transaction:
    """A set of files on its way from before to after, or back; `token` names its temporary files."""

    root: Path
    images: Images
    token: str
    disk: Disk = DISK

    def write(self) -> None:
        """Bring every path to its state after. Whatever this raises, `roll_back` is to follow."""
        numbered = list(enumerate(self.images.files))
        for number, image in numbered:
            if image.after is not None:
                self._write_beside(number, image, image.after)
        # Removals first, as a folder may take the place of a file, and the other way round.
        for number, image in numbered:
            if image.after is None:
                self._check(image)
                self.disk.replace(self._place(image.path), self._spot(number, "old"))
        for number, folder in enumerate(self.images.dropped):
            self._move_away(number, folder)
        for folder in self.images.made:
            self.disk.make_folder(self._place(folder.path), folder.mode)
        for number, image in numbered:
            if image.after is not None:
                self._switch(number, image)
        self._sync_folders()
        for number, image in numbered:
            self._check_old(number, image)
        for number, folder in enumerate(self.images.dropped):
            if _names_in(self._folder_spot(number)):
                raise ChangedMeanwhile(folder.path)

    def roll_back(self) -> tuple[str, ...]:
        """Bring every path to its state before, however far `write` came; the paths that somebody else has changed
        since are left alone and returned."""
        numbered = list(enumerate(self.images.files))
        foreign = self._foreign()
        for _, image in numbered:
            if image.before is None and image.path not in foreign and self._read(image.path) is not None:
                self.disk.unlink(self._place(image.path))
        for folder in reversed(self.images.made):
            if self._is_reachable(folder.path) and _names_in(self._place(folder.path)) is not None:
                self.disk.drop_folder(self._place(folder.path))
        for number, folder in reversed(list(enumerate(self.images.dropped))):
            if self._is_reachable(folder.path) and mode_of(self._place(folder.path)) is None:
                self._bring_back(number, folder)
        for number, image in numbered:
            if image.before is not None and image.path not in foreign and self._read(image.path) != image.before:
                self._restore(number, image, image.before)
        self._sync_folders()
        self.clear()
        return tuple(sorted(foreign))

    def clear(self) -> None:
        """Remove the temporary files; only after this is the tree as others know it."""
        for number, image in enumerate(self.images.files):
            for kind in ("new", "old"):
                if self._is_reachable(image.path) and mode_of(self._spot(number, kind)) is not None:
                    self.disk.unlink(self._spot(number, kind))
        for number, folder in enumerate(self.images.dropped):
            if self._is_reachable(folder.path):
                self.disk.drop_folder(self._folder_spot(number))

    def _write_beside(self, number: int, image: FileImage, data: bytes) -> None:
        owner = _foreign_owner(self._place(image.path)) if image.before is not None else None
        self.disk.create(self._spot(number, "new"), data, image.mode_after, owner)

    def _move_away(self, number: int, folder: Folder) -> None:
        """Removed for good at the end only: making it again would need room."""
        if _names_in(self._place(folder.path)) == []:
            self.disk.replace(self._place(folder.path), self._folder_spot(number))

    def _bring_back(self, number: int, folder: Folder) -> None:
        self._make_parents(folder.path)
        if _names_in(self._folder_spot(number)) is not None:
            self.disk.replace(self._folder_spot(number), self._place(folder.path))
        else:
            self.disk.make_folder(self._place(folder.path), folder.mode)

    def _switch(self, number: int, image: FileImage) -> None:
        place, new, old = self._place(image.path), self._spot(number, "new"), self._spot(number, "old")
        self._check(image)
        if image.before is None:
            # A second name never takes the place of a file, as renaming would.
            if self.disk.link(new, place):
                self.disk.unlink(new)
            else:
                self.disk.replace(new, place)
            return
        self.disk.link(place, old)
        self.disk.replace(new, place)

    def _check(self, image: FileImage) -> None:
        if self._read(image.path) != image.before:
            raise ChangedMeanwhile(image.path)

    def _check_old(self, number: int, image: FileImage) -> None:
        """An editor that had the file open may have written to it after it was read."""
        kept = _regular(self._spot(number, "old"))
        if kept is not None and kept.read_bytes() != image.before:
            raise ChangedMeanwhile(image.path)

    def _restore(self, number: int, image: FileImage, data: bytes) -> None:
        place, new, old = self._place(image.path), self._spot(number, "new"), self._spot(number, "old")
        self._make_parents(image.path)
        if _regular(old) is None:
            if mode_of(new) is not None:
                self.disk.unlink(new)
            self.disk.create(new, data, image.mode_before)
        self.disk.replace(new if _regular(old) is None else old, place)

    def _foreign(self) -> set[str]:
        found = {image.path for image in self.images.files
                 if not self._is_reachable(image.path) or self._read(image.path) not in (image.before, image.after)}
        # Nothing can be put under a file that has to stay.
        return found | {image.path for image in self.images.files
                        if not found.isdisjoint(map(str, PurePosixPath(image.path).parents))}

    def _is_reachable(self, path: str) -> bool:
        """Whether no link or file has taken the place of a folder above."""
        try:
            above = [self._place(str(folder)) for folder in PurePosixPath(path).parents if str(folder) != "."]
            self._place(path)
        except OutsideRepository:
            return False
        return all(_regular(folder) is None or str(folder.relative_to(self.root)) in self._files for folder in above)

    @property
    def _files(self) -> frozenset[str]:
        return frozenset(image.path for image in self.images.files)

    def _read(self, path: str) -> bytes | None:
        return read_inside(self.root, path)

    def _place(self, path: str) -> Path:
        return resolve_inside(self.root, path)

    def _spot(self, number: int, kind: str) -> Path:
        """The temporary file of an image."""
        return self._beside(self.images.files[number].path, f"{number}.{kind}")

    def _folder_spot(self, number: int) -> Path:
        """Where a folder waits to be removed."""
        return self._beside(self.images.dropped[number].path, f"folder-{number}.old")

    def _beside(self, path: str, name: str) -> Path:
        """In the innermost folder above `path` that is there both before and after."""
        passing = {folder.path for folder in (*self.images.made, *self.images.dropped)}
        home = next(folder for folder in PurePosixPath(path).parents if str(folder) not in passing)
        return self._place(str(home / f".redraft-{self.token}-{name}"))

    def _make_parents(self, path: str) -> None:
        for folder in reversed([str(folder) for folder in PurePosixPath(path).parents if str(folder) != "."]):
            if mode_of(self._place(folder)) is None:
                self.disk.make_folder(self._place(folder))

    def _sync_folders(self) -> None:
        paths = {image.path for image in self.images.files}
        paths |= {folder.path for folder in (*self.images.made, *self.images.dropped)}
        for folder in sorted({self.root / PurePosixPath(path).parent for path in paths}):
            if folder.is_dir():
                self.disk.sync_folder(folder)


def missing_folders(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """The folders above `paths` that are not there yet, the outermost first."""
    above = {str(folder) for path in paths for folder in PurePosixPath(path).parents}
    return tuple(sorted((folder for folder in above if not (root / folder).is_dir()), key=_depth))


def emptied_folders(root: Path, removed: frozenset[str], written: Iterable[str]) -> Iterator[Folder]:
    """The folders that hold nothing but `removed` files, the innermost first."""
    needed = {str(folder) for path in written for folder in PurePosixPath(path).parents}
    gone = set(removed)
    above = {str(folder) for path in removed for folder in PurePosixPath(path).parents} - needed - {"."}
    for folder in sorted(above, key=_depth, reverse=True):
        if {f"{folder}/{name}" for name in os.listdir(root / folder)} <= gone:
            gone.add(folder)
            yield Folder(folder, stat.S_IMODE(os.lstat(root / folder).st_mode))


def image_of(root: Path, path: str, after: bytes | None, mode_after: int | None, before: bytes | None) -> FileImage:
    """The image of a path that now holds `before`."""
    return FileImage(path, before, after, permissions(root / path), mode_after)


def _depth(folder: str) -> tuple[int, str]:
    return len(PurePosixPath(folder).parts), folder


def _names_in(folder: Path) -> list[str] | None:
    """None when there is no such folder."""
    mode = mode_of(folder)
    return os.listdir(folder) if mode is not None and stat.S_ISDIR(mode) else None


def _regular(place: Path) -> Path | None:
    mode = mode_of(place)
    return place if mode is not None and stat.S_ISREG(mode) else None


def _foreign_owner(place: Path) -> tuple[int, int] | None:
    """The owner of a file when it is not who we are."""
    if os.name != "posix":
        return None
    found = os.lstat(place)
    return (found.st_uid, found.st_gid) if (found.st_uid, found.st_gid) != (os.geteuid(), os.getegid()) else None
