"""Commits read and made without a working tree: no index, no checkout, no HEAD is touched.

A commit on a new branch goes through `git fast-import`: one process, and the branch exists when everything it
needs does. Knows nothing of what a change is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.errors import GitFailed, UserError
from agent.worktree import Repository
from editops import Applied

_REGULAR = {b"100644": False, b"100755": True}
_EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
"""The name of a blob without content; the index of a scratch repository only has to know which files there are."""


@dataclass(frozen=True, slots=True)
class Held:
    """A regular file as a commit or a snapshot holds it."""

    data: bytes
    executable: bool = False


class NoCommitYet(UserError):
    def __init__(self, root: Path) -> None:
        super().__init__(f"{root} has no commit yet: make the first one, then try again.")


class BadBranch(UserError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} cannot be the name of a branch: choose another one.")


def resolved(repository: Repository, name: str) -> str | None:
    """The commit behind a branch or id; None when there is none."""
    try:
        return repository.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").decode().strip()
    except GitFailed:
        return None


def parent(repository: Repository, commit: str) -> str | None:
    return resolved(repository, f"{commit}^")


def committed_files(repository: Repository, commit: str, paths: Iterable[str] = ()) -> dict[str, Held]:
    """Regular files of a commit, all or those of `paths`; links and submodules are left out."""
    listed = repository.git("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
    entries: list[tuple[str, bool, bytes]] = []
    for line in listed.split(b"\0"):
        facts, _, name = line.partition(b"\t")
        mode, _, identity = facts.partition(b" ")
        if mode in _REGULAR:
            entries.append((name.decode("utf-8", "surrogateescape"), _REGULAR[mode], identity.split(b" ")[1]))
    feed = b"".join(identity + b"\n" for _, _, identity in entries)
    contents = _blobs(repository.git("cat-file", "--batch", feed=feed)) if entries else iter(())
    return {path: Held(data, executable) for (path, executable, _), data in zip(entries, contents, strict=True)}


def _blobs(output: bytes) -> Iterator[bytes]:
    """The contents in the answer of `cat-file --batch`."""
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        size = int(output[at:end].rpartition(b" ")[2])
        yield output[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def commit_on_branch(
    repository: Repository, branch: str, base: str, applied: Applied, executable: Mapping[str, bool], message: str
) -> str:
    """A commit on top of `base`, on a branch that must not exist; returns its id.

    executable: by the paths that `applied` writes.
    """
    try:
        repository.git("check-ref-format", "--branch", branch)
    except GitFailed as error:
        raise BadBranch(branch) from error
    reference = f"refs/heads/{branch}"
    if resolved(repository, reference) is not None:
        raise UserError(f"There is a branch {branch} in {repository.root} already: choose another name, or remove it.")
    who = {role: repository.git("var", f"GIT_{role}_IDENT").strip() for role in ("AUTHOR", "COMMITTER")}
    text = message.encode()
    lines = [b"feature done", f"commit {reference}".encode(), b"author " + who["AUTHOR"], b"committer " + who["COMMITTER"],
             b"data %d\n%s" % (len(text), text), f"from {base}".encode()]  # fmt: skip
    lines += [b"D " + _quoted(path) for path in sorted(applied.removed)]
    for path, data in sorted(applied.files.items()):
        mode = b"100755" if executable.get(path) else b"100644"
        lines += [b"M %s inline %s" % (mode, _quoted(path)), b"data %d\n%s" % (len(data), data)]
    repository.git("fast-import", "--quiet", "--done", feed=b"\n".join([*lines, b"done", b""]))
    made = resolved(repository, reference)
    if made is None:
        raise GitFailed("fast-import", "it made no branch")
    return made


def _quoted(path: str) -> bytes:
    raw = path.encode("utf-8", "surrogateescape")
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


def unclean(repository: Repository, paths: Iterable[str]) -> list[str]:
    """Which of the paths differ from HEAD in the index or on disk, new files included."""
    named = [f":(top,literal){path}" for path in sorted(set(paths))]
    if not named:
        return []
    found = repository.git("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--ignored", "--", *named)
    return [line[3:].decode("utf-8", "surrogateescape") for line in found.split(b"\0") if line]


def scratch(folder: Path, paths: Iterable[str]) -> Repository:
    """A new repository around files that lie in `folder`: git lists all of them, whatever their ignore rules say."""
    make(folder)
    repository = Repository.open(folder)
    entries = (b"100644 " + _EMPTY.encode() + b" 0\t" + path.encode("utf-8", "surrogateescape") + b"\0" for path in sorted(paths))
    repository.git("update-index", "-z", "--index-info", feed=b"".join(entries))
    return repository


def make(folder: Path) -> None:
    """`git init`, without the templates of the user."""
    Repository(folder, folder, folder).git("init", "--quiet", "--template=", "--object-format=sha1")
