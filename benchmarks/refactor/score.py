"""Scoring one answer: the tree that a tool left against the reference of its task.

Relies on trees alone; optional edits are right either way. Knows nothing of processes or of any tool's output.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from benchmarks.refactor.compare import Change, changes, lexemes, parses, same, undefined_names
from benchmarks.refactor.tasks import Edit, Task, Tree, moved, occurrences, splice


class Outcome(Enum):
    """What became of a task; wrong goes before missed when both happened."""

    EXACT = "exact"
    WRONG = "wrong"
    MISSED = "missed"
    ABSTAINED = "abstained"
    # Of general tasks only: the tree that is left doesn't hang together.
    UNSOUND = "unsound"


@dataclass(frozen=True, slots=True)
class Score:
    """The judgement of one answer."""

    outcome: Outcome
    # Places, as `path:offset what`.
    wrong: tuple[str, ...]
    missed: tuple[str, ...]
    unparsable: tuple[str, ...]
    undefined: tuple[str, ...]
    # Lexemes that had to stay, in files where the old name occurs at all.
    kept_lexemes: int
    # Of general tasks: imports of project modules or names that are not there, modules that newly import each other.
    dangling: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()

    @property
    def unsound(self) -> bool:
        return bool(self.unparsable or self.undefined or self.dangling or self.circles)


def score(task: Task, base: Tree, produced: Tree) -> Score:
    """Compare a produced tree with the reference, file by file, in base paths."""
    kept = kept_lexemes(task, base)
    if produced == base:
        return Score(Outcome.ABSTAINED, (), (), (), (), kept)
    answer, wrong, missed = _in_base_paths(task, base, produced)
    unparsable: list[str] = []
    undefined: list[str] = []
    for path, data in base.items():
        now = answer.get(path, data)
        edits = [edit for edit in task.edits if edit.path == path]
        if now == data and not edits:
            continue
        alias_lacks, now = _without_alias(task, path, now)
        missed += alias_lacks
        file_wrong, file_missed = _judge(path, data, now, edits)
        wrong += file_wrong
        missed += file_missed
        if path.endswith(".py") and parses(data) and not parses(now):
            unparsable.append(path)
        # A name that was undefined before may have been renamed rightly.
        known = undefined_names(path, data) | undefined_names(path, splice(data, edits))
        undefined += [f"{path} {name}" for name in sorted(undefined_names(path, now) - known)]
    outcome = Outcome.WRONG if wrong else Outcome.MISSED if missed else Outcome.EXACT
    return Score(outcome, tuple(wrong), tuple(missed), tuple(unparsable), tuple(undefined), kept)


def kept_lexemes(task: Task, base: Tree) -> int:
    """Lexemes of the files in which the old name occurs, less those that the reference changes."""
    hit = {path for path, _, _ in occurrences(task.old, base)}
    return sum(len(lexemes(base[path])) for path in hit) - len(task.edits)


def _in_base_paths(task: Task, base: Tree, produced: Tree) -> tuple[dict[str, bytes], list[str], list[str]]:
    """The answer under base paths, with wrong and missed file operations."""
    answer: dict[str, bytes] = {}
    wrong: list[str] = []
    missed: list[str] = []
    claimed: set[str] = set()
    for path in base:
        required, allowed = moved(path, task.renames), moved(path, task.optional_renames)
        place = next((p for p in (required, allowed) if p != path and p in produced and p not in base), path)
        if place not in produced:
            wrong.append(f"{path} deleted")
            continue
        if required != path and place == path:
            missed.append(f"{path} not moved to {required}")
        answer[path] = produced[place]
        claimed.add(place)
    wrong += [f"{path} created" for path in sorted(produced.keys() - claimed)]
    return answer, wrong, missed


def _judge(path: str, base: bytes, now: bytes, edits: Iterable[Edit]) -> tuple[list[str], list[str]]:
    """Wrong and missed sites of one file."""
    made = {(change.start, change.end): change for change in changes(base, now)}
    done: list[Edit] = []
    missed: list[str] = []
    for edit in edits:
        change = made.get((edit.start, edit.end))
        if change is not None and change.after == edit.after.encode():
            done.append(edit)
            del made[edit.start, edit.end]
        elif not edit.optional:
            missed.append(f"{path}:{edit.start} {edit.before}")
    expected = splice(base, [edit for edit in edits if not edit.optional or edit in done])
    if same(path, expected, now):
        return [], []
    wrong = [f"{path}:{change.start} {_shown(base, change)}" for change in made.values()]
    if not wrong and not missed:
        wrong.append(f"{path}:0 layout that matters")
    return wrong, missed


def _shown(base: bytes, change: Change) -> str:
    before = base[change.start : change.end].decode("utf-8", "replace")
    return f"{before!r} -> {change.after.decode('utf-8', 'replace')!r}"


def _without_alias(task: Task, path: str, data: bytes) -> tuple[list[str], bytes]:
    """Take the asked-for alias out of its file, so that its place doesn't matter; say if it lacks."""
    if not task.keep_alias or path != task.target_path or not parses(data):
        return [], data
    for node in ast.walk(ast.parse(data)):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and _is_alias(node, task):
            lines = data.splitlines(keepends=True)
            assert node.end_lineno is not None
            start = node.lineno - 1
            while start and lines[start - 1].lstrip().startswith(b"#"):
                start -= 1
            return [], b"".join(lines[:start] + lines[node.end_lineno :])
    return [f"{path}: no alias {task.old}"], data


def _is_alias(node: ast.Assign | ast.AnnAssign, task: Task) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    named = [target.id for target in targets if isinstance(target, ast.Name)]
    return named == [task.old] and isinstance(node.value, ast.Name) and node.value.id == task.new
