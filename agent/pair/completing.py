"""Completion at the prompt: slash commands at the start, names and paths of the repository anywhere else."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from agent.errors import UserError
from agent.worktree import Repository

SHOWN = 60
LEAST = 2
"""Characters before names are proposed."""
_DEFINED = r"^[ \t]*(async[ \t]+)?(def|class)[ \t]+[A-Za-z_][A-Za-z0-9_]*|^[A-Z][A-Z0-9_]+[ \t]*(:|=[^=])"
_NAME = re.compile(r"(?:(?P<word>def|class)[ \t]+)?(?P<name>[^\W\d]\w*)")
_TYPED = re.compile(r"[\w./-]+$")


@dataclass(frozen=True, slots=True)
class Names:
    """What a repository has to complete to."""

    symbols: Mapping[str, str]
    """Name -> what it is: def, class, constant."""
    paths: tuple[str, ...]


def names_of(repository: Repository) -> Names:
    """Definitions that a search by pattern finds, and the files and folders."""
    symbols: dict[str, str] = {}
    for path, _, line in repository.grep_lines(_DEFINED):
        found = _NAME.search(line.strip().removeprefix("async").strip()) if path.endswith((".py", ".pyi")) else None
        if found:
            symbols.setdefault(found["name"], found["word"] or "constant")
    files = repository.files()
    folders = {path[: i + 1] for path in files for i, char in enumerate(path) if char == "/"}
    return Names(symbols, (*sorted(folders), *files))


class Lookup:
    """The names, read in the background, since a large repository takes its time."""

    def __init__(self) -> None:
        self.names = Names({}, ())
        self._thread: threading.Thread | None = None

    def refresh(self, root: Path) -> None:
        """Read them again, unless that is under way."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._read, args=(root,), daemon=True)
            self._thread.start()

    def wait(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def _read(self, root: Path) -> None:
        try:
            self.names = names_of(Repository.open(root))
        except UserError:
            return  # The next request says what is wrong with the repository.


class PairCompleter(Completer):
    """orders: the slash commands with their one-line help."""

    def __init__(self, orders: Mapping[str, str], names: Callable[[], Names]) -> None:
        self._orders, self._names = orders, names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        before = document.text_before_cursor
        if before.startswith("/") and " " not in before:
            for name, text in self._orders.items():
                if name.startswith(before):
                    yield Completion(name, -len(before), display_meta=text)
            return
        typed = _TYPED.search(before)
        word = typed.group() if typed else ""
        if len(word) < LEAST and not complete_event.completion_requested:
            return
        known = self._names()
        if "/" not in word:
            # After a dot the name of a member; what stands before the dot is kept.
            member = word.rpartition(".")[2]
            yield from (Completion(name, -len(member), display_meta=known.symbols[name]) for name in _best(member, known.symbols))
        yield from (Completion(path, -len(word), display_meta="folder" if path.endswith("/") else "file") for path in _best(word, known.paths))


def _best(word: str, among: Iterable[str]) -> Sequence[str]:
    """What begins with the word, then what holds it; the word itself needs no completion."""
    lowered = word.lower()
    found = [name for name in among if lowered in name.lower() and name != word]
    return sorted(found, key=lambda name: (not name.startswith(word), not name.lower().startswith(lowered), len(name), name))[:SHOWN]
