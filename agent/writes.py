"""Files written so that a kill at any instant, or a full disk, leaves all of them restorable.

First every new content is written beside its place, which is all that needs room; then names are switched. The file that
was there keeps a second name until the end, so going back needs no room either and brings the very file back. Knows
nothing of change streams or journals: images go in, bytes come out on disk.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agent.containment import Held, held_folder, permissions, read_inside
from agent.disk import DISK, Disk, names_in
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
                with self._held(image.path) as place, self._spot(number, "old") as old:
                    self.disk.replace(place, old)
        for number, folder in enumerate(self.images.dropped):
            self._move_away(number, folder)
        for folder in self.images.made:
            with self._held(folder.path) as place:
                self.disk.make_folder(place, folder.mode)
        for number, image in numbered:
            if image.after is not None:
                self._switch(number, image)
        self._sync_folders()
        self._check_old()

    def roll_back(self) -> tuple[str, ...]:
        """Bring every path to its state before, however far `write` came; the paths that somebody else has changed
        since are left alone and returned."""
        foreign = self._foreign()
        ours = [(number, image) for number, image in enumerate(self.images.files) if image.path not in foreign]
        for _, image in ours:
            if image.before is None and self._read(image.path) is not None:
                with self._held(image.path) as place:
                    self.disk.unlink(place)
        for folder in reversed(self.images.made):
            with self._reached(folder.path) as place:
                if place is not None and names_in(place) is not None:
                    self.disk.drop_folder(place)
        for number, folder in reversed(list(enumerate(self.images.dropped))):
            self._bring_back(number, folder)
        for number, image in ours:
            if image.before is not None and not self._is_before(image):
                if not self._restore(number, image, image.before):
                    foreign.add(image.path)
        self._sync_folders()
        self.clear()
        return tuple(sorted(foreign))

    def clear(self) -> None:
        """Remove the temporary files; only after this is the tree as others know it."""
        for number in range(len(self.images.files)):
            for kind in ("new", "old"):
                with self._reached(self._spot_path(number, kind)) as spot:
                    if spot is not None and spot.mode() is not None:
                        self.disk.unlink(spot)
        for number in range(len(self.images.dropped)):
            with self._reached(self._folder_path(number)) as spot:
                if spot is not None:
                    self.disk.drop_folder(spot)

    def _write_beside(self, number: int, image: FileImage, data: bytes) -> None:
        owner = _foreign_owner(self.root / image.path) if image.before is not None else None
        with self._spot(number, "new") as new:
            self.disk.create(new, data, image.mode_after, owner)

    def _move_away(self, number: int, folder: Folder) -> None:
        """Removed for good at the end only: making it again would need room."""
        with self._held(folder.path) as place, self._held(self._folder_path(number)) as spot:
            if names_in(place) == []:
                self.disk.replace(place, spot)

    def _bring_back(self, number: int, folder: Folder) -> None:
        with self._reached(folder.path) as place:
            if place is not None and place.mode() is not None:
                return
        self._make_parents(folder.path)
        with self._reached(folder.path) as place, self._reached(self._folder_path(number)) as spot:
            if place is None:
                return
            if spot is not None and names_in(spot) is not None:
                self.disk.replace(spot, place)
            else:
                self.disk.make_folder(place, folder.mode)

    def _switch(self, number: int, image: FileImage) -> None:
        self._check(image)
        with self._held(image.path) as place, self._spot(number, "new") as new, self._spot(number, "old") as old:
            if image.before is not None:
                self.disk.link(place, old)
                self.disk.replace(new, place)
            # A second name never takes the place of a file, as renaming would.
            elif self.disk.link(new, place):
                self.disk.unlink(new)
            else:
                self.disk.replace(new, place)

    def _check(self, image: FileImage) -> None:
        if self._read(image.path) != image.before or self._mode(image.path) != image.mode_before:
            raise ChangedMeanwhile(image.path)

    def _check_old(self) -> None:
        """An editor that had a file open may have written to it after it was read."""
        for number, image in enumerate(self.images.files):
            kept = self._read(self._spot_path(number, "old"))
            if kept is not None and kept != image.before:
                raise ChangedMeanwhile(image.path)
        for number, folder in enumerate(self.images.dropped):
            with self._reached(self._folder_path(number)) as spot:
                if spot is not None and names_in(spot):
                    raise ChangedMeanwhile(folder.path)

    def _restore(self, number: int, image: FileImage, data: bytes) -> bool:
        """Whether it could be: what somebody has put there since, such as a folder or a link, stays."""
        self._make_parents(image.path)
        with self._held(image.path) as place, self._spot(number, "new") as new, self._spot(number, "old") as old:
            mode = place.mode()
            if mode is not None and not stat.S_ISREG(mode):
                return False
            if old.mode() is None:
                if new.mode() is not None:
                    self.disk.unlink(new)
                self.disk.create(new, data, image.mode_before)
            self.disk.replace(new if old.mode() is None else old, place)
            return True

    def _is_before(self, image: FileImage) -> bool:
        """Whether a file is as it was, its mode too where the mode is what changes."""
        mode_moved = image.mode_after is not None and image.mode_after != image.mode_before
        return self._read(image.path) == image.before and not (mode_moved and self._mode(image.path) == image.mode_after)

    def _foreign(self) -> set[str]:
        found = {image.path for image in self.images.files
                 if not self._is_reachable(image.path) or self._read(image.path) not in (image.before, image.after)}
        # Nothing can be put under a file that has to stay.
        return found | {image.path for image in self.images.files
                        if not found.isdisjoint(map(str, PurePosixPath(image.path).parents))}

    def _is_reachable(self, path: str) -> bool:
        """Whether no link, and no file but one of ours, has taken the place of a folder above."""
        own = {image.path for image in self.images.files}
        for folder in PurePosixPath(path).parents:
            if str(folder) == ".":
                continue
            with self._reached(str(folder)) as place:
                mode = place.mode() if place is not None else None
            if mode is not None and not stat.S_ISDIR(mode) and (stat.S_ISLNK(mode) or str(folder) not in own):
                return False
        return True

    def _read(self, path: str) -> bytes | None:
        try:
            return read_inside(self.root, path)
        except OutsideRepository:
            return None

    def _mode(self, path: str) -> int | None:
        """Permission bits; None where there is no file, or a link on the way."""
        with self._reached(path) as place:
            mode = place.mode() if place is not None else None
        return stat.S_IMODE(mode) if mode is not None and stat.S_ISREG(mode) else None

    @contextmanager
    def _held(self, path: str) -> Iterator[Held]:
        """A name in its folder, which has to be there."""
        with held_folder(self.root, path) as held:
            if held is None:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
            yield held

    @contextmanager
    def _reached(self, path: str) -> Iterator[Held | None]:
        """A name in its folder; None where that is gone, or a link has taken the place of one above."""
        with ExitStack() as stack:
            try:
                held = stack.enter_context(held_folder(self.root, path))
            except OutsideRepository:
                held = None
            yield held

    @contextmanager
    def _spot(self, number: int, kind: str) -> Iterator[Held]:
        with self._held(self._spot_path(number, kind)) as held:
            yield held

    def _spot_path(self, number: int, kind: str) -> str:
        """The temporary file of an image."""
        return self._beside(self.images.files[number].path, f"{number}.{kind}")

    def _folder_path(self, number: int) -> str:
        """Where a folder waits to be removed."""
        return self._beside(self.images.dropped[number].path, f"folder-{number}.old")

    def _beside(self, path: str, name: str) -> str:
        """In the innermost folder above `path` that is there both before and after."""
        passing = {folder.path for folder in (*self.images.made, *self.images.dropped)}
        home = next(folder for folder in PurePosixPath(path).parents if str(folder) not in passing)
        return str(home / f".redraft-{self.token}-{name}")

    def _make_parents(self, path: str) -> None:
        for folder in reversed([str(folder) for folder in PurePosixPath(path).parents if str(folder) != "."]):
            with self._held(folder) as place:
                if place.mode() is None:
                    self.disk.make_folder(place)

    def _sync_folders(self) -> None:
        paths = {image.path for image in self.images.files}
        paths |= {folder.path for folder in (*self.images.made, *self.images.dropped)}
        for path in {PurePosixPath(path).parent: path for path in sorted(paths)}.values():
            with self._reached(path) as held:
                if held is not None:
                    self.disk.sync_names(held)


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


def _foreign_owner(place: Path) -> tuple[int, int] | None:
    """The owner of a file when it is not who we are."""
    if os.name != "posix":
        return None
    found = os.lstat(place)
    return (found.st_uid, found.st_gid) if (found.st_uid, found.st_gid) != (os.geteuid(), os.getegid()) else None
