"""Where things are: definitions that an instruction may speak of, and the files that hold a name.

`git grep` finds the files, syntax trees say what stands there; only files with a hit are read and parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.errors import UnreadableFile
from agent.worktree import Repository
from editops import ChangeSet, Conflicted
from engine import Context, Entity, Kind, Project, Resolution, entities, lex, looks_like_code, occurrences, rank, spellings, variants

_START = "(\ufeff)?[ \t]*"
"""Before a definition: a byte-order mark, indentation."""
MAX_PARSED = 160
"""Files parsed for one instruction; those of the rarest names come first."""
MAX_BYTES = 4 << 20
"""A larger file is data, whatever its ending."""
MAX_LINE = 20_000
"""Bytes of one line: beyond that a file is the output of a tool."""
_PLAIN = frozenset(
    ["a", "about", "all", "an", "and", "any", "are", "as", "at", "be", "but", "by", "call", "called", "can", "change", "could", "do", "everywhere", "for", "from", "have", "i", "in", "into", "is", "it", "its", "just", "like", "make", "method", "class", "function", "module", "file", "need", "needs", "new", "not", "now", "of", "old", "on", "one", "only", "or", "our", "please", "rename", "renamed", "should", "so", "than", "that", "the", "them", "then", "there", "they", "this", "to", "up", "use", "used", "we", "which", "will", "with", "would", "you", "your"]
)
"""Plain English: looked up as definitions, but not as parameters or variables, which would be found in every other file."""


@dataclass(slots=True)
class Tree:
    """The user's files as text, read once; what cannot be read is remembered with its reason."""

    repository: Repository
    paths: tuple[str, ...]
    project: Project = field(init=False)
    skipped: dict[str, str] = field(default_factory=dict)
    done: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Places that are decided already, as character offsets by path; -1 is the path itself."""
    kept: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Places that are to stay as they are."""
    begun: bool = False
    """Whether the user has done a part of what is asked for."""
    _bytes: dict[str, bytes | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.project = Project(self.paths, self.text)

    def renewed(self, repository: Repository, paths: tuple[str, ...]) -> Tree:
        """The files as they are now; what was read, parsed and inferred is kept where it still holds.

        Bytes are compared, since times of files say little; what any other file was inferred from may have changed too.
        """
        fresh = Tree(repository, paths)
        if paths == self.paths and all(fresh.data(path) == data for path, data in self._bytes.items()):
            self.skipped.clear()
            return self
        fresh.project.adopt(self.project)
        fresh.skipped.clear()
        return fresh

    def data(self, path: str) -> bytes | None:
        """The bytes of a file; None when there is none or it can't be read."""
        if path not in self._bytes:
            try:
                self._bytes[path] = self.repository.read_if_there(path)
            except UnreadableFile as error:
                self.skipped[path] = str(error)
                self._bytes[path] = None
        return self._bytes[path]

    def text(self, path: str) -> str | None:
        """A file without its byte-order mark; None when it isn't UTF-8, or not written by hand."""
        data = self.data(path)
        if data is None:
            return None
        if len(data) > MAX_BYTES:
            self.skipped[path] = f"larger than {MAX_BYTES >> 20} MB"
            return None
        if len(data) > MAX_LINE and max(map(len, data.split(b"\n"))) > MAX_LINE:
            self.skipped[path] = f"a line of more than {MAX_LINE} bytes"
            return None
        try:
            return data.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            self.skipped[path] = "not UTF-8"
            return None

    def holding(self, names: Sequence[str]) -> dict[str, str]:
        """Texts of the files that hold any of the names, also inside longer ones."""
        found = {}
        for path in sorted(self.repository.grep(names, whole_word=False)):
            text = self.text(path)
            if text is None:
                continue
            module = self.project.module(path) if path.endswith((".py", ".pyi")) else None
            if module is not None and module.tree is None:
                self.skipped[path] = "does not parse"
                continue
            found[path] = text
        return found

    def landed(self, change: ChangeSet, files: Mapping[str, bytes]) -> tuple[ChangeSet, Mapping[str, bytes]] | Conflicted | str:
        """A change set over these files as one over the files on disk, and those files; or a sentence that says why that can't be."""
        return change, files

    def related(self, one: Entity, other: Entity) -> bool:
        """Whether a rename of one takes the other along: overrides, overloads, stubs."""
        if one.path == other.path and one.owner == other.owner and one.kind is other.kind:
            return True
        return any(
            found.start == other.start and found.resolution is Resolution.YES
            for found in occurrences(self.project, one, [other.path])
        )


def context_of(tree: Tree, instruction: str) -> Context:
    """What the repository defines under the names that the instruction's words may spell."""
    lexemes = lex(instruction)
    names = spellings(lexemes)
    found: list[Entity] = []
    for path in _files_defining(tree, names):
        found.extend(entities(tree.project, path, frozenset(names)))
    found.extend(_modules(tree.paths, frozenset(names)))
    unique = list({(e.kind, e.name, e.owner, e.path): e for e in found}.values())
    counts: dict[str, int] = {}
    for entity in unique:
        counts[entity.name] = counts.get(entity.name, 0) + 1
    words = {lexeme.text for lexeme in lexemes}
    files = frozenset(words & {path.rsplit("/", 1)[-1].split(".", 1)[0] for path in tree.paths})
    folders = frozenset(words & {part for path in tree.paths for part in path.split("/")[:-1]})
    return Context(rank(unique, instruction, lexemes), counts, files, folders)


def definitions(tree: Tree, name: str) -> list[Entity]:
    """Everything that the repository defines under a name."""
    names = frozenset({name})
    found = [entity for path in _files_defining(tree, names) for entity in entities(tree.project, path, names)]
    return list(dict.fromkeys((*found, *_modules(tree.paths, names))))


def _files_defining(tree: Tree, names: Iterable[str]) -> list[str]:
    """Python files that seem to define one of the names, the rarest names first, MAX_PARSED at most."""
    words = [name for name in names if name.isascii() and name.isidentifier()]
    bound = [name for name in words if name.lower() not in _PLAIN]
    any_, some = "|".join(words), "|".join(bound)
    if not words:
        return []
    patterns = [rf"^{_START}(async[ 	]+)?(def|class)[ 	]+({any_})([^A-Za-z0-9_]|$)"]
    if bound:
        patterns += [
            rf"^{_START}((self|cls)[.])?({some})[ 	]*(:|=[^=])",
            rf"^[ 	]*(async[ 	]+)?def .*[(, *]({some})[ 	]*[:=,)]",
            rf"^[ 	]+[*]*({some})([ 	]*[:=][^=].*)?,([ 	]*#.*)?$",
        ]
    spelled = re.compile(rf"(?<![A-Za-z0-9_])(?:{any_})(?![A-Za-z0-9_])")
    files: dict[str, set[str]] = {}
    for path, _, line in tree.repository.grep_lines("|".join(f"({pattern})" for pattern in patterns)):
        if path.endswith((".py", ".pyi")):
            for name in spelled.findall(line):
                files.setdefault(name, set()).add(path)
    chosen: dict[str, None] = {}
    for name in sorted(files, key=lambda name: (not looks_like_code(name), len(files[name]), name)):
        for path in sorted(files[name], key=lambda path: (path.count("/"), path)):
            chosen[path] = None
    return list(chosen)[:MAX_PARSED]


def _modules(paths: Iterable[str], names: frozenset[str]) -> list[Entity]:
    """Modules and packages of these names, from the paths alone."""
    found = []
    for path in paths:
        folder, _, last = path.rpartition("/")
        stem = last.removesuffix(".py")
        if stem == last:
            continue
        if stem == "__init__":
            package = folder.rpartition("/")[2]
            if package in names:
                found.append(Entity(Kind.PACKAGE, package, path))
        elif stem in names:
            found.append(Entity(Kind.MODULE, stem, path))
    return found


def texts_of(tree: Tree, target: Entity) -> dict[str, str]:
    """Files in which the target's name stands in any spelling, its own among them."""
    texts = tree.holding(variants(target.name) or (target.name,))
    if target.path not in texts:
        text = tree.text(target.path)
        if text is not None:
            texts[target.path] = text
    return texts
