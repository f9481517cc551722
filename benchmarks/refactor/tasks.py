"""The rename tasks: what a task file holds, how it is read, checked and applied to its release.

A tree is a mapping from path to bytes. Knows nothing of redraft or of how an answer is scored.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Tree = Mapping[str, bytes]

TASKS = Path(__file__).parent / "tasks"
KINDS = frozenset(
    {"function", "method", "class", "exception", "constant", "attribute", "parameter", "module", "package"}
)
SLICES = frozenset({"many_files", "homonyms", "indirect"})
WORDINGS = ("short", "plain", "detailed")
MANY_FILES = 6
# What tools leave beside the sources; never part of a tree.
UNTRACKED = frozenset({".git", ".redraft", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"})


@dataclass(frozen=True, slots=True)
class Edit:
    """One identifier that changes, as a byte span of the base file."""

    path: str
    start: int
    end: int
    before: str
    after: str
    # Reasonable engineers differ: either decision is right.
    optional: bool


@dataclass(frozen=True, slots=True)
class Task:
    """One rename, its three wordings and its reference."""

    id: str
    package: str
    version: str
    kind: str
    target: str
    new: str
    keep_alias: bool
    only: tuple[str, ...]
    except_: tuple[str, ...]
    slices: frozenset[str]
    wordings: Mapping[str, str]
    # Textual occurrences of the old name in the release, as an identifier or inside one.
    sites: int
    # Digest of each file that the reference changes or moves.
    files: Mapping[str, str]
    edits: tuple[Edit, ...]
    renames: tuple[tuple[str, str], ...]
    optional_renames: tuple[tuple[str, str], ...]

    @property
    def old(self) -> str:
        """The name that goes: last part of the target, or the stem of a module or folder."""
        path, _, qualified = self.target.partition("::")
        return qualified.rpartition(".")[2] if qualified else Path(path).stem

    @property
    def target_path(self) -> str:
        return self.target.partition("::")[0]

    @property
    def touched(self) -> frozenset[str]:
        """Base paths that any right answer has to change or move."""
        edited = {edit.path for edit in self.edits if not edit.optional}
        return frozenset(edited | {path for path in self.files if moved(path, self.renames) != path})


def load_task(path: Path) -> Task:
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Task(
        id=raw["id"],
        package=raw["package"],
        version=raw["version"],
        kind=raw["kind"],
        target=raw["target"],
        new=raw["new"],
        keep_alias=raw["keep_alias"],
        only=tuple(raw["only"]),
        except_=tuple(raw["except"]),
        slices=frozenset(raw["slices"]),
        wordings=raw["wordings"],
        sites=raw["sites"],
        files=raw["files"],
        edits=tuple(Edit(**edit) for edit in raw["edits"]),
        renames=tuple((source, target) for source, target in raw["renames"]),
        optional_renames=tuple((source, target) for source, target in raw["optional_renames"]),
    )


def load_tasks(pattern: str = "*", folder: Path = TASKS) -> list[Task]:
    """All tasks whose id fits the shell pattern, in order."""
    paths = sorted(folder.glob("*.json"))
    return [load_task(path) for path in paths if fnmatch.fnmatch(path.stem, pattern)]


def problems(task: Task) -> list[str]:
    """What is wrong with a task by itself, without its release."""
    found = []
    if task.kind not in KINDS:
        found.append(f"unknown kind {task.kind}")
    if not task.slices <= SLICES:
        found.append(f"unknown slices {sorted(task.slices - SLICES)}")
    if set(task.wordings) != set(WORDINGS) or not all(text.strip() for text in task.wordings.values()):
        found.append("a wording is missing")
    if not any(not edit.optional for edit in task.edits):
        found.append("no edit is required")
    if ("many_files" in task.slices) != (len(task.touched) > MANY_FILES):
        found.append(f"slice many_files with {len(task.touched)} files")
    if len(task.edits) > task.sites + len(task.files):
        found.append("more edits than sites")
    return found + _span_problems(task)


def _span_problems(task: Task) -> list[str]:
    found = []
    last: dict[str, int] = {}
    for edit in task.edits:
        if edit.start < last.get(edit.path, 0):
            found.append(f"{edit.path}:{edit.start} overlaps or is out of order")
        if edit.end - edit.start != len(edit.before.encode()) or edit.before == edit.after:
            found.append(f"{edit.path}:{edit.start} has a span that does not fit its text")
        if edit.path not in task.files:
            found.append(f"{edit.path} has no digest")
        if outside(edit.path, task):
            found.append(f"{edit.path} is outside the restriction")
        last[edit.path] = edit.end
    return found


def outside(path: str, task: Task) -> bool:
    """Whether the task's restriction keeps a path out."""
    kept_out = any(fnmatch.fnmatch(path, pattern) for pattern in task.except_)
    return kept_out or (bool(task.only) and not any(fnmatch.fnmatch(path, pattern) for pattern in task.only))


def base_problems(task: Task, base: Tree) -> list[str]:
    """What does not fit the release: digests, and the text under each span."""
    found = []
    for path, digest in task.files.items():
        if hashlib.sha256(base.get(path, b"")).hexdigest() != digest:
            found.append(f"{path} is not the file the task was written against")
    for edit in task.edits:
        if base.get(edit.path, b"")[edit.start : edit.end] != edit.before.encode():
            found.append(f"{edit.path}:{edit.start} does not hold {edit.before}")
    return found


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder except what tools leave there."""
    tree = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not UNTRACKED.intersection(relative.parts):
            tree[relative.as_posix()] = path.read_bytes()
    return tree


def splice(base: bytes, edits: Iterable[Edit]) -> bytes:
    """A file with some of its edits applied."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        base = base[: edit.start] + edit.after.encode() + base[edit.end :]
    return base


def moved(path: str, renames: Iterable[tuple[str, str]]) -> str:
    """Where a path goes; a rename names a file or a whole folder."""
    for source, target in renames:
        if path == source or path.startswith(source + "/"):
            return target + path[len(source) :]
    return path


def reference(task: Task, base: Tree, with_optional: bool) -> dict[str, bytes]:
    """The tree a right answer leaves, with all of the optional edits or none (an alias is not part of it)."""
    tree = {}
    for path, data in base.items():
        edits = [e for e in task.edits if e.path == path and (with_optional or not e.optional)]
        tree[moved(path, task.renames)] = splice(data, edits)
    return tree


def name_pattern(name: str) -> re.Pattern[bytes]:
    """The name as a whole identifier or as whole words of one: `load` in `test_load`, not in `download`."""
    before = "A-Z0-9" if name[0].isupper() else "A-Za-z0-9"
    after = "a-z0-9" if name[0].isupper() else "A-Za-z0-9"
    return re.compile(rf"(?<![{before}]){re.escape(name)}(?![{after}])".encode())


def occurrences(name: str, base: Tree) -> list[tuple[str, int, str]]:
    """Path, byte offset and text of each identifier that is the name or holds it as whole words."""
    token = re.compile(rb"[A-Za-z_0-9\x80-\xff]+")
    wanted = name_pattern(name)
    return [
        (path, match.start(), match.group().decode("utf-8", "replace"))
        for path, data in sorted(base.items())
        if name.encode() in data and b"\0" not in data
        for match in token.finditer(data)
        if wanted.search(match.group())
    ]
