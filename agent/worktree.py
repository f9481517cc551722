"""The user's repository as files, searches and throw-away worktrees; the only module that runs git.

It reads the tree as it is on disk, whatever is staged, and never moves HEAD, index,
stash or branches (only `Repository.commit`, when asked for, adds a commit). Knows
nothing of change streams beyond the files that applying one yields.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from git.cmd import Git

from agent.containment import is_link, mode_of, read_inside, resolve_inside
from agent.errors import (
    BareRepository,
    GitFailed,
    MergeInProgress,
    NotARepository,
    UnreadableFile,
    WriteFailed,
)
from agent.leftovers import Claim, claimed, registering
from agent.modes import with_bit
from agent.staged import SETTINGS
from agent.underway import under_way
from editops import Applied

_INHERITED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY",
              "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_LITERAL_PATHSPECS")
_QUIET = ("-c", f"core.hooksPath={os.devnull}", *SETTINGS)
"""Those, and that no hook of theirs runs."""
_GREP = ("grep", "-I", "--no-color", "--no-column", "-z")
_COUNT = re.compile(rb"([^\0]+)\0(\d+)\n")
_LINE = re.compile(rb"([^\0]+)\0(\d+)[\0:]([^\n]*)\n")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with a working tree, ready to be edited."""

    root: Path
    git_dir: Path
    common_dir: Path
    """The git folder of the main worktree; `git_dir` itself unless this is a linked one."""

    @classmethod
    def open(cls, path: Path, *, at_rest: bool = True) -> Repository:
        """The repository around `path`. at_rest: refuse one in which a merge or a rebase is in progress."""
        if not path.is_dir():
            raise NotARepository(path)
        # A hook's variables speak of the hook's repository; ours is the one around `path`.
        for name in _INHERITED:
            os.environ.pop(name, None)
        folders = _git(path, "rev-parse", "--is-bare-repository", "--git-dir", "--git-common-dir")
        if folders.status:
            if "not a git repository" in folders.complaint:
                raise NotARepository(path)
            raise GitFailed("rev-parse", folders.complaint)
        bare, git_dir, common_dir = os.fsdecode(folders.output).splitlines()
        if bare == "true":
            raise BareRepository(path)
        top = _git(path, "rev-parse", "--show-toplevel")
        if top.status:
            raise NotARepository(path)
        root = Path(os.fsdecode(top.output).removesuffix("\n"))
        # `core.worktree` of a repository from elsewhere can name any folder as its files.
        if not path.resolve().is_relative_to(root.resolve()):
            raise NotARepository(path)
        found = cls(root, (path / git_dir).resolve(), (path / common_dir).resolve())
        what = under_way(found.git_dir)
        if what is not None and at_rest:
            raise MergeInProgress(what)
        return found

    def head(self) -> str | None:
        """The current commit; None before the first one."""
        found = _git(self.root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return found.output.decode().strip() if not found.status else None

    def hooks_folder(self) -> Path:
        """Where git looks for hooks: it may be a folder of the working tree."""
        found = _git(self.root, "rev-parse", "--git-path", "hooks", hooks=True)
        return self.root / os.fsdecode(found.output).removesuffix("\n") if not found.status else self.git_dir / "hooks"

    def files(self) -> list[str]:
        """Regular files on disk that are tracked, or neither tracked nor ignored."""
        listed = _checked(self.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        paths = dict.fromkeys(os.fsdecode(name) for name in listed.split(b"\0") if name)
        linked: dict[str, bool] = {"": False}
        # Texts, not paths as objects: those take three times as long, and there may be 100,000.
        root = os.fspath(self.root)
        return [path for path in paths
                if not self._behind_link(path.rpartition("/")[0], linked) and _is_regular_file(f"{root}/{path}")]

    def grep(
        self,
        words: Sequence[str],
        *,
        ignore_case: bool = False,
        whole_word: bool = True,
        paths: Sequence[str] = (),
    ) -> dict[str, int]:
        """Files with any of the fixed strings, and in how many of their lines."""
        if not words:
            return {}
        flags = ["-c"] + ["-i"] * ignore_case + ["-w"] * whole_word
        # Several fixed strings at once cost git over 400 times what one expression for all of them does.
        if _reads_perl(self.root):
            patterns = ["-P", "-e", "|".join(map(re.escape, words))]
        else:
            patterns = ["-F", *(part for word in words for part in ("-e", word))]
        return {os.fsdecode(match[1]): int(match[2])
                for output in self._grep([*flags, *patterns], paths) for match in _COUNT.finditer(output)}

    def grep_lines(
        self, pattern: str, *, ignore_case: bool = False, paths: Sequence[str] = ()
    ) -> list[tuple[str, int, str]]:
        """Every line that the extended regular expression matches, as path, 1-based line and text."""
        # Perl's matcher reads the same expressions twenty times as fast.
        flags = ["-P" if _reads_perl(self.root) else "-E", "-n"] + ["-i"] * ignore_case + ["-e", pattern]
        return [(os.fsdecode(match[1]), int(match[2]), match[3].decode("utf-8", "surrogateescape"))
                for output in self._grep(flags, paths) for match in _LINE.finditer(output)]

    def read(self, path: str) -> bytes:
        data = self.read_if_there(path)
        if data is None:
            raise UnreadableFile(path, "there is no such file")
        return data

    def read_if_there(self, path: str) -> bytes | None:
        """The bytes of a file of the working tree; None when there is none."""
        try:
            return read_inside(self.root, path)
        except OSError as error:
            raise UnreadableFile(path, error.strerror or str(error)) from error

    def commit(self, paths: Iterable[str], message: str) -> str:
        """Commit these paths as they are on disk, and nothing else of what is staged."""
        named = sorted(set(paths))
        # Git commits known paths only; a failed commit must not leave the new ones known.
        fresh = [path for path in named
                 if self._is_regular(path) and not _checked(self.root, "ls-files", "-z", "--", _exact(path))]
        if fresh:
            _checked(self.root, "add", "--force", "--intent-to-add", "--", *map(_exact, fresh))
        listed = _checked(self.root, "ls-files", "-z", "--", *map(_exact, named))
        known = {os.fsdecode(name) for name in listed.split(b"\0") if name}
        made = _git(self.root, "commit", "--quiet", "--only", "-m", message, "--", *map(_exact, sorted(known)),
                    hooks=True)
        if made.status:
            if fresh:
                _checked(self.root, "update-index", "--force-remove", "--", *fresh)
            raise GitFailed("commit", made.complaint)
        return self.head() or ""

    def git(self, *args: str, feed: bytes = b"", environment: Mapping[str, str] | None = None) -> bytes:
        """Output of a git command that moves nothing of the user's; `agent.gitobjects` knows which ones those are."""
        with tempfile.TemporaryFile() as source:
            source.write(feed)
            source.seek(0)
            answer = _git(self.root, *args, source=source, environment=environment)
        if answer.status:
            raise GitFailed(args[0], answer.complaint)
        return answer.output

    def _grep(self, flags: Sequence[str], paths: Sequence[str]) -> Iterator[bytes]:
        """Tracked and untracked files; then those tracked in spite of an ignore rule, which git leaves out."""
        yield self._grep_once([*flags, "--untracked"], paths)
        ignored = _checked(self.root, "ls-files", "-z", "--cached", "--ignored", "--exclude-standard",
                           "--", *map(_exact, paths))
        if ignored:
            yield self._grep_once(flags, [os.fsdecode(name) for name in ignored.split(b"\0") if name])

    def _grep_once(self, flags: Sequence[str], paths: Sequence[str]) -> bytes:
        found = _git(self.root, *_GREP, *flags, "--", *map(_exact, paths))
        if found.status > 1:
            raise GitFailed("grep", found.complaint)
        return found.output

    def _is_regular(self, path: str) -> bool:
        return _is_regular_file(f"{self.root}/{path}")

    def _behind_link(self, folder: str, known: dict[str, bool]) -> bool:
        """Git still lists what was tracked under a folder that a link has replaced."""
        if folder not in known:
            known[folder] = self._behind_link(folder.rpartition("/")[0], known) or is_link(self.root / folder)
        return known[folder]


def _is_regular_file(place: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(place).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


@dataclass(frozen=True, slots=True)
class Staged:
    """A throw-away copy of the tree."""

    path: Path


@contextmanager
def stage(repository: Repository, applied: Applied, *, full: bool) -> Iterator[Staged]:
    """The user's current files with `applied` written over them, in a worktree of its own.

    With `full`, every file; otherwise the changed ones only.
    """
    with claimed(repository.git_dir, repository.common_dir) as claim:
        _add_worktree(repository, claim)
        if full:
            _copy(repository, claim.tree, applied)
        _write(repository, claim.tree, applied)
        yield Staged(claim.tree)


def _add_worktree(repository: Repository, claim: Claim) -> None:
    if repository.head() is None:
        claim.tree.mkdir()
        return
    # Git outlives us when we are killed: while it runs, it keeps the claim.
    with registering(repository.common_dir):
        added = _git(repository.root, "worktree", "add", "--quiet", "--detach", "--no-checkout", str(claim.tree),
                     keeps=(claim.handle,))
    if added.status:
        raise GitFailed("worktree", added.complaint)


def _copy(repository: Repository, tree: Path, applied: Applied) -> None:
    """Real copies, since tests may write."""
    ready: set[Path] = set()
    for path in repository.files():
        if path in applied.removed or path in applied.files:
            continue
        place = tree / path
        if place.parent not in ready:
            place.parent.mkdir(parents=True, exist_ok=True)
            ready.add(place.parent)
        try:
            shutil.copy(repository.root / path, place, follow_symlinks=False)
        except OSError as error:
            raise UnreadableFile(path, error.strerror or str(error)) from error


def _write(repository: Repository, tree: Path, applied: Applied) -> None:
    origin = {new: old for old, new in applied.renamed.items()}
    for path, data in applied.files.items():
        try:
            place = resolve_inside(tree, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        except OSError as error:
            raise WriteFailed(path, error.strerror or str(error)) from error
        mode = mode_of(repository.root / origin.get(path, path))
        if mode is not None and stat.S_ISREG(mode):
            kept = stat.S_IMODE(mode) | stat.S_IWUSR
            place.chmod(with_bit(kept, applied.modes[path]) if path in applied.modes else kept)
        elif path in applied.executable:
            place.chmod(0o755)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    output: bytes
    complaint: str


def _git(
    folder: Path, *args: str, hooks: bool = False, keeps: tuple[int, ...] = (), source: BinaryIO | None = None,
    environment: Mapping[str, str] | None = None,
) -> _Answer:  # fmt: skip
    """Run git; `keeps`: open files that it inherits; `source`: what it reads."""
    variables = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **(environment or {})}
    try:
        status, output, complaint = Git(str(folder)).execute(
            ["git", *(() if hooks else _QUIET), *args],
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            env=variables,
            istream=source,
            pass_fds=keeps,
        )
    except OSError as error:  # Such as more words than a command line holds.
        raise GitFailed(args[0], error.strerror or str(error)) from error
    lines = [line for line in complaint.splitlines() if line.strip()]
    return _Answer(status, output, lines[0].removeprefix("fatal: ").strip().rstrip(".") if lines else "")


def _checked(folder: Path, *args: str) -> bytes:
    answer = _git(folder, *args)
    if answer.status:
        raise GitFailed(args[0], answer.complaint)
    return answer.output


@lru_cache(maxsize=1)
def _reads_perl(folder: Path) -> bool:
    """Whether git was built with Perl's expressions."""
    return _git(folder, "grep", "-q", "-P", "-e", "x", "--", ".git").status <= 1


def _exact(path: str) -> str:
    """A pathspec for this very name, though it may hold `*` or begin with `:`."""
    return f":(top,literal){path}"
