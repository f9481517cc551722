"""A repository as an editor shows it: what is open there and not saved stands in place of what is on disk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.worktree import Repository
from editops import BOM


@dataclass(frozen=True, slots=True)
class Buffer:
    """An open document."""

    text: str
    version: int | None
    """What the editor counts its changes with."""


@dataclass(frozen=True, slots=True)
class Buffered(Repository):
    """Reads and searches see the buffers; they are never written."""

    buffers: Mapping[str, Buffer] = field(default_factory=dict)

    @classmethod
    def over(cls, repository: Repository, buffers: Mapping[str, Buffer]) -> Buffered:
        """Buffers of files that git ignores, or that are not there yet, do not count."""
        files = frozenset(repository.files()) if buffers else frozenset()
        own = {path: buffer for path, buffer in buffers.items() if path in files}
        return cls(repository.root, repository.git_dir, repository.common_dir, own)

    def read_if_there(self, path: str) -> bytes | None:
        if path not in self.buffers:
            return Repository.read_if_there(self, path)
        # Editors take a byte order mark for no part of the text, and write it back.
        on_disk = Repository.read_if_there(self, path) or b""
        text = self.buffers[path].text.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
        return BOM + text if on_disk.startswith(BOM) else text

    def grep(
        self, words: Sequence[str], *, ignore_case: bool = False, whole_word: bool = True, paths: Sequence[str] = ()
    ) -> dict[str, int]:
        edge = r"\b" if whole_word else ""
        pattern = "|".join(f"{edge}{re.escape(word)}{edge}" for word in words)
        counts = Repository.grep(self, words, ignore_case=ignore_case, whole_word=whole_word, paths=paths)
        found = {path: count for path, count in counts.items() if path not in self.buffers}
        for path, _, _ in self._lines(pattern, ignore_case, paths) if words else ():
            found[path] = found.get(path, 0) + 1
        return found

    def grep_lines(self, pattern: str, *, ignore_case: bool = False, paths: Sequence[str] = ()) -> list[tuple[str, int, str]]:
        on_disk = Repository.grep_lines(self, pattern, ignore_case=ignore_case, paths=paths)
        return [line for line in on_disk if line[0] not in self.buffers] + self._lines(pattern, ignore_case, paths)

    def _lines(self, pattern: str, ignore_case: bool, paths: Sequence[str]) -> list[tuple[str, int, str]]:
        wanted = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
        return [(path, number, line) for path, buffer in self.buffers.items() if not paths or path in paths
                for number, line in enumerate(buffer.text.split("\n"), 1) if wanted.search(line)]  # fmt: skip
