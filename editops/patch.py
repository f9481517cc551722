"""Unified diffs and git patches, read without looking at any file.

Takes what `git diff`, `git format-patch` and `diff -u` print: text around the
patches is passed over, as git does, but inside one nothing is. Counts are
believed only as far as the lines bear them out. Refused: binary patches, merges'
combined diffs, links and submodules. Of a file's mode, the executable bit counts.
"""

import re
from dataclasses import dataclass

from .patch_hunks import Hunk, HunkReader, Lines
from .patch_names import BadName, bare, checked, header_labels, label
from .wire import Malformed

MAX_PATCH = 256 * 1024 * 1024
"""Bytes of a patch."""
MAX_FILES = 100_000
"""Files that one patch may change."""
_MODES = {b"100644": False, b"100664": False, b"100755": True}
_MAIL = re.compile(rb"From [0-9a-f]{40} ")
_IGNORED = (b"similarity index ", b"dissimilarity index ")


@dataclass(frozen=True, slots=True)
class FilePatch:
    line: int
    """Where it begins, from 1."""
    old: str | None
    """None: there is no such file before."""
    new: str | None
    hunks: tuple[Hunk, ...] = ()
    copied: bool = False
    executable: bool = False
    """Of a file that is created, copied or deleted."""
    mode: bool | None = None
    """Whether any other one is executable afterwards, if that changes."""
    is_git: bool = True
    """Names of a plain diff only hint at which file is meant."""
    mail: int = 0
    """Number of the mail or commit it belongs to; each is made on the one before."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Well-formed; whether it fits any files is for `resolve_patch` to say."""

    files: tuple[FilePatch, ...]

    @property
    def paths(self) -> frozenset[str]:
        """Every file that it names."""
        names = {name for file in self.files for name in (file.old, file.new)}
        return frozenset(name for name in names if name is not None)


class _Refused(Exception):
    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.problem = Malformed(line, reason)


def read_patch(data: bytes) -> Patch | Malformed:
    if len(data) > MAX_PATCH:
        return Malformed(1, f"longer than {MAX_PATCH} bytes")
    lines = Lines(data)
    try:
        files = _Reader(lines).files()
    except _Refused as error:
        return error.problem
    except BadName as error:
        return Malformed(lines.number, str(error))
    return Patch(files) if files else Malformed(1, "there is no patch in it")


class _Section:
    """The header of one file's patch, while it is read."""

    def __init__(self, line: int, labels: tuple[str, str] | None) -> None:
        self.line = line
        self.labels = labels
        self.lines: dict[str, str] = {}
        """Names by the words that introduce them."""
        self.created = False
        self.deleted = False
        self.executable = False
        self.modes: dict[str, bool] = {}
        """Whether the file is executable, by the words `old mode`, `new mode` and `index`."""

    def names(self) -> tuple[str | None, str | None]:
        """The file before and after, once all lines agree about it."""
        written = (self.lines["---"], self.lines["+++"]) if "---" in self.lines else None
        moved = self._moved()
        if moved is not None:
            if written is not None and not all(map(_agree, moved, written)):
                raise _Refused(self.line, "its lines name different files")
            return moved
        found = written or self.labels
        if found is None:
            raise _Refused(self.line, "it does not say which file it is about")
        old, new = bare(*found, self.labels)
        if written is not None and (old is None, new is None) != (self.created, self.deleted):
            raise _Refused(self.line, "its lines disagree about whether the file is new or deleted")
        if old is not None and new is not None and old != new:
            raise _Refused(self.line, "it names two files, but is no rename")
        return (None if self.created else old), (None if self.deleted else new)

    def mode(self) -> bool | None:
        """Whether the file is executable afterwards, if that changes."""
        old, new = self.modes.get("old mode"), self.modes.get("new mode")
        if (old is None) != (new is None) or old is not None and (self.created or self.deleted):
            raise _Refused(self.line, "its change of the file's mode is incomplete")
        return new if new != old else None

    def arrives_executable(self) -> bool:
        """Whether a file that is created, deleted or copied is executable, as far as the lines say it."""
        return self.executable or "copy from" in self.lines and self.modes.get("new mode", self.modes.get("index", False))

    def _moved(self) -> tuple[str, str] | None:
        for verb in ("rename", "copy"):
            old, new = self.lines.get(f"{verb} from"), self.lines.get(f"{verb} to")
            if old is not None or new is not None:
                if old is None or new is None or self.created or self.deleted:
                    raise _Refused(self.line, f"its {verb} is incomplete")
                return checked(old), checked(new)
        return None


def _agree(path: str, label_of_it: str) -> bool:
    return path in (label_of_it, label_of_it.partition("/")[2])


class _Reader:
    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._hunks = HunkReader(lines)
        self._mail = 0
        self._after_hunk = False

    def files(self) -> tuple[FilePatch, ...]:
        found: list[FilePatch] = []
        while (line := self._lines.next()) is not None:
            file = self._file(line)
            if file is not None:
                found.append(file)
            if len(found) > MAX_FILES:
                raise _Refused(self._lines.number, f"more than {MAX_FILES} files")
        return tuple(found)

    def _file(self, line: bytes) -> FilePatch | None:
        after_hunk, self._after_hunk = self._after_hunk, False
        if line.startswith(b"diff --git "):
            return self._git(line.removeprefix(b"diff --git "))
        if line.startswith(b"--- ") and self._lines.peek().startswith(b"+++ "):
            return self._plain(line)
        if line.startswith((b"diff --cc ", b"diff --combined ", b"@@@")):
            raise self._refused("a combined diff of a merge: give the diff against one parent")
        if line.startswith((b"GIT binary patch", b"Binary files ")):
            raise self._refused("a binary patch: apply it with git")
        if line.startswith(b"@@ -"):
            raise self._refused("a hunk of no file")
        if after_hunk and line[:1] in (b" ", b"+", b"-", b"\\") and line.strip() != b"--":
            raise self._refused("the hunk before has more lines than it says")
        if _MAIL.match(line):
            self._mail += 1
        return None

    def _plain(self, line: bytes) -> FilePatch:
        section = _Section(self._lines.number, None)
        old = label(line[4:])
        new = label((self._lines.next() or b"")[4:])
        names = bare(old, new, None)
        if names == (None, None):
            raise self._refused("it names no file")
        hunks = self._read_hunks()
        if not hunks:
            raise self._refused("it has no hunk")
        return FilePatch(section.line, *names, hunks, is_git=False, mail=self._mail)

    def _git(self, rest: bytes) -> FilePatch:
        section = _Section(self._lines.number, header_labels(rest))
        while self._header_line(section, self._lines.peek()):
            self._lines.next()
        hunks: tuple[Hunk, ...] = ()
        if self._lines.peek().startswith(b"--- "):
            section.lines["---"] = label((self._lines.next() or b"")[4:])
            if not self._lines.peek().startswith(b"+++ "):
                raise self._refused("its +++ line is missing")
            section.lines["+++"] = label((self._lines.next() or b"")[4:])
            hunks = self._read_hunks()
            if not hunks:
                raise self._refused("it has no hunk")
        elif self._lines.peek().startswith((b"GIT binary patch", b"Binary files ")):
            raise self._refused("a binary patch: apply it with git")
        mode = section.mode()
        if not (hunks or section.created or section.deleted or section.lines or mode is not None):
            raise self._refused("it changes nothing, as far as can be read")
        copied = "copy from" in section.lines
        names = section.names()
        if names == (None, None):
            raise self._refused("it names no file")
        return FilePatch(
            section.line, *names, hunks, copied, section.arrives_executable(), None if copied else mode, mail=self._mail
        )

    def _header_line(self, section: _Section, line: bytes) -> bool:
        """Take one line of the header; whether it is one."""
        content = line.removesuffix(b"\n")
        for words in ("rename from", "rename to", "copy from", "copy to"):
            if content.startswith(words.encode() + b" "):
                if words in section.lines:
                    raise self._refused(f"{words} stands there twice")
                section.lines[words] = label(content[len(words) + 1 :])
                return True
        if content.startswith(b"new file mode "):
            section.created = True
            section.executable = self._mode(content)
        elif content.startswith(b"deleted file mode "):
            section.deleted = True
            section.executable = self._mode(content)
        elif content.startswith((b"old mode ", b"new mode ")):
            words = content[:8].decode()
            if words in section.modes:
                raise self._refused(f"{words} stands there twice")
            section.modes[words] = self._mode(content)
        elif content.startswith(b"index "):
            if len(content.split(b" ")) > 2:
                section.modes["index"] = self._mode(content)
        else:
            return content.startswith(_IGNORED)
        return True

    def _mode(self, content: bytes) -> bool:
        mode = content.split(b" ")[-1]
        if mode not in _MODES:
            raise self._refused("it is about a link or a submodule: apply it with git")
        return _MODES[mode]

    def _read_hunks(self) -> tuple[Hunk, ...]:
        found = self._hunks.read()
        if isinstance(found, str):
            raise self._refused(found)
        self._after_hunk = True
        return found

    def _refused(self, reason: str) -> _Refused:
        return _Refused(max(self._lines.number, 1), reason)
