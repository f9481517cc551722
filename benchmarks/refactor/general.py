"""The general tasks: moves, merges, parameters, several requests at once; how they are stored, checked and applied.

A reference is a before and an after tree, kept as byte-span edits of the base files, created and deleted files.
Knows nothing of redraft or of how an answer is scored.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.refactor.tasks import MANY_FILES, WORDINGS, Tree

GENERAL_TASKS = Path(__file__).parent / "general_tasks"
GENERAL_KINDS = frozenset(
    {
        "move",
        "merge",
        "split",
        "add_parameter",
        "remove_parameter",
        "reorder_parameters",
        "method_to_function",
        "function_to_method",
        "dataclass",
        "method_form",
        "replace",
        "delete",
        "joined",
    }
)
GENERAL_SLICES = frozenset({"many_files", "joined", "described", "vague"})
# Optional groups multiply: more of them in one file would make scoring slow.
MOST_READINGS = 64


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of a base file that changes; empty `before` is an insertion."""

    path: str
    start: int
    end: int
    before: str
    after: str
    # Spans of one file with the same mark are right together or not at all; an empty mark is required.
    optional: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another accepted state of one file: other spans on its base, another text, or no file at all."""

    path: str
    spans: tuple[Span, ...] | None
    text: str | None
    # Why engineers differ here.
    why: str


@dataclass(frozen=True, slots=True)
class GeneralTask:
    """One request, its three wordings and its reference."""

    id: str
    package: str
    version: str
    kind: str
    # What the request is about, as `path::Qualified.name` or a path.
    targets: tuple[str, ...]
    slices: frozenset[str]
    # The only right answer is to change nothing: the request leaves out what nobody can guess.
    abstain: bool
    wordings: Mapping[str, str]
    # Digest of each base file that the reference changes or deletes.
    files: Mapping[str, str]
    edits: tuple[Span, ...]
    creates: Mapping[str, str]
    deletes: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    # `path::Qualified.name` or a path, whose docstring may be extended freely.
    free_prose: frozenset[str]

    @property
    def touched(self) -> frozenset[str]:
        """Paths that any right answer has to change, create or delete."""
        edited = {span.path for span in self.edits if not span.optional}
        return frozenset(edited | set(self.creates) | set(self.deletes))

    @property
    def names(self) -> frozenset[str]:
        """The last part of each target: the words that the request is about."""
        found = set()
        for target in self.targets:
            path, _, qualified = target.partition("::")
            found.add(qualified.rpartition(".")[2] if qualified else Path(path).stem)
        return frozenset(found)


def load_general_task(path: Path) -> GeneralTask:
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return GeneralTask(
        id=raw["id"],
        package=raw["package"],
        version=raw["version"],
        kind=raw["kind"],
        targets=tuple(raw["targets"]),
        slices=frozenset(raw["slices"]),
        abstain=raw["abstain"],
        wordings=raw["wordings"],
        files=raw["files"],
        edits=tuple(Span(**span) for span in raw["edits"]),
        creates=raw["creates"],
        deletes=tuple(raw["deletes"]),
        alternatives=tuple(_alternative(entry) for entry in raw["alternatives"]),
        free_prose=frozenset(raw["free_prose"]),
    )


def _alternative(raw: Mapping[str, Any]) -> Alternative:
    spans = None if raw["edits"] is None else tuple(Span(**span) for span in raw["edits"])
    return Alternative(raw["path"], spans, raw["text"], raw["why"])


def load_general_tasks(pattern: str = "*", folder: Path = GENERAL_TASKS) -> list[GeneralTask]:
    """All general tasks whose id fits the shell pattern, in order."""
    paths = sorted(folder.glob("*.json"))
    return [load_general_task(path) for path in paths if fnmatch.fnmatch(path.stem, pattern)]


def splice_spans(base: bytes, spans: Iterable[Span]) -> bytes:
    """A file with some of its spans applied."""
    for span in sorted(spans, key=lambda span: (span.start, span.end), reverse=True):
        base = base[: span.start] + span.after.encode() + base[span.end :]
    return base


def readings(task: GeneralTask, path: str, base: Tree) -> list[bytes | None]:
    """Every accepted state of one file, the plain reference first; None is no file."""
    spans = [span for span in task.edits if span.path == path]
    found: list[bytes | None] = []
    if path in task.deletes:
        found.append(None)
    elif path in task.creates:
        found.append(task.creates[path].encode())
    else:
        found += _spliced_readings(base.get(path), spans)
    for other in task.alternatives:
        if other.path == path:
            if other.spans is not None:
                found += _spliced_readings(base.get(path), other.spans)
            else:
                found.append(None if other.text is None else other.text.encode())
    return found


def _spliced_readings(data: bytes | None, spans: Iterable[Span]) -> list[bytes | None]:
    if data is None:
        return [None]
    spans = tuple(spans)
    marks = sorted({span.optional for span in spans} - {""})
    found: list[bytes | None] = []
    for chosen in product((False, True), repeat=len(marks)):
        taken = {""} | {mark for mark, use in zip(marks, chosen, strict=True) if use}
        found.append(splice_spans(data, [span for span in spans if span.optional in taken]))
    return found


def general_reference(task: GeneralTask, base: Tree, with_optional: bool) -> dict[str, bytes]:
    """The tree that a right answer leaves, with all of the optional spans or none."""
    tree = {path: data for path, data in base.items() if path not in task.deletes}
    for path in {span.path for span in task.edits}:
        spans = [s for s in task.edits if s.path == path and (with_optional or not s.optional)]
        tree[path] = splice_spans(base[path], spans)
    return {**tree, **{path: text.encode() for path, text in task.creates.items()}}


def general_problems(task: GeneralTask) -> list[str]:
    """What is wrong with a task by itself, without its release."""
    found = []
    if task.kind not in GENERAL_KINDS:
        found.append(f"unknown kind {task.kind}")
    if not task.slices <= GENERAL_SLICES:
        found.append(f"unknown slices {sorted(task.slices - GENERAL_SLICES)}")
    if set(task.wordings) != set(WORDINGS) or not all(text.strip() for text in task.wordings.values()):
        found.append("a wording is missing")
    if task.abstain != (not task.touched):
        found.append("nothing is required, or something although nothing may change")
    if ("many_files" in task.slices) != (len(task.touched) > MANY_FILES):
        found.append(f"slice many_files with {len(task.touched)} files")
    if ("joined" in task.slices) != (task.kind == "joined"):
        found.append("slice and kind differ about joined")
    found += _reading_problems(task)
    found += _spans_problems(task, task.edits)
    for other in task.alternatives:
        found += _spans_problems(task, other.spans or ())
    return found


def _reading_problems(task: GeneralTask) -> list[str]:
    found = []
    groups = [task.edits, *(other.spans or () for other in task.alternatives)]
    for path in {span.path for span in task.edits}:
        marks = [len({s.optional for s in spans if s.path == path and s.optional}) for spans in groups]
        if sum(2**count for count in marks) > MOST_READINGS + len(groups):
            found.append(f"{path} has too many readings")
    for other in task.alternatives:
        if not other.why:
            found.append(f"{other.path} has an alternative without a reason")
    return found


def _spans_problems(task: GeneralTask, spans: Iterable[Span]) -> list[str]:
    found = []
    last: dict[str, int] = {}
    for span in spans:
        if span.start < last.get(span.path, 0):
            found.append(f"{span.path}:{span.start} overlaps or is out of order")
        if span.end - span.start != len(span.before.encode()) or span.before == span.after:
            found.append(f"{span.path}:{span.start} has a span that does not fit its text")
        if span.path not in task.files:
            found.append(f"{span.path} has no digest")
        last[span.path] = span.end
    return found


def general_base_problems(task: GeneralTask, base: Tree) -> list[str]:
    """What does not fit the release: digests, texts under spans, files that are or aren't there, targets."""
    found = []
    for path, digest in task.files.items():
        if hashlib.sha256(base.get(path, b"")).hexdigest() != digest:
            found.append(f"{path} is not the file the task was written against")
    for span in [*task.edits, *(span for other in task.alternatives for span in other.spans or ())]:
        if base.get(span.path, b"")[span.start : span.end] != span.before.encode():
            found.append(f"{span.path}:{span.start} does not hold its text")
    found += [f"{path} is there already" for path in task.creates if path in base]
    found += [f"{path} is not there" for path in task.deletes if path not in base]
    for target in task.targets:
        path = target.partition("::")[0]
        if path not in base and not any(other.startswith(path + "/") for other in base):
            found.append(f"{target} names nothing")
    return found
