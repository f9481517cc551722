"""The files that a batch works on, as one archive: what is decided depends on nothing else.

Made when a repository is begun and kept until its result has landed, so that a resumed run, and a worker on another
machine, see the same bytes. Same files, same archive.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from agent import leftovers
from agent.containment import permissions, resolve_inside
from agent.gitobjects import Held, scratch
from agent.worktree import Repository

_EXECUTABLE = 0o111


def on_disk(repository: Repository) -> dict[str, Held]:
    """The files as they are, staged or not."""
    found: dict[str, Held] = {}
    for path in repository.files():
        data = repository.read_if_there(path)
        if data is not None:
            found[path] = Held(data, bool((permissions(repository.root / path) or 0) & _EXECUTABLE))
    return found


def packed(files: Mapping[str, Held]) -> bytes:
    archive = io.BytesIO()
    with gzip.GzipFile(fileobj=archive, mode="wb", compresslevel=1, mtime=0) as compressed, tarfile.open(
        fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT
    ) as tar:
        for path, held in sorted(files.items()):
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(held.data), 0o755 if held.executable else 0o644
            tar.addfile(member, io.BytesIO(held.data))
    return archive.getvalue()


def unpacked(archive: bytes) -> dict[str, Held]:
    found: dict[str, Held] = {}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        for member in tar:
            content = tar.extractfile(member)
            found[member.name] = Held(content.read() if content else b"", bool(member.mode & _EXECUTABLE))
    return found


@contextmanager
def workspace(files: Mapping[str, Held], parent: Path | None = None) -> Iterator[Repository]:
    """A scratch repository of these files, gone afterwards."""
    folder = Path(mkdtemp(prefix="redraft-batch-", dir=parent)).resolve()
    try:
        for path, held in files.items():
            place = resolve_inside(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(held.data)
            if held.executable:
                place.chmod(0o755)
        yield scratch(folder, files)
    finally:
        rmtree(folder, ignore_errors=True)


def remove_abandoned(parent: Path) -> None:
    """The workspaces of killed workers, with what these have staged elsewhere."""
    for folder in parent.glob("redraft-batch-*"):
        git_dir = folder / ".git"
        if git_dir.is_dir():
            leftovers.clean(git_dir, git_dir)
        rmtree(folder, ignore_errors=True)
