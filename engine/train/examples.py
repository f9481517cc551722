"""Training examples: canvases with their clean values, made from rename tasks."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.canvas import Canvas
from engine.evidence import Kind, Role
from engine.family import family, is_definition
from engine.features import Zone, zone_of
from engine.naming import subwords
from engine.paths import like_paths, target_path
from engine.sites import Candidate, Rename, Window, alias_gap, from_family, from_occurrence, from_path, windows
from engine.train.teachers import RenameTask
from engine.values import Value

MAX_WINDOWS = 20
UNKNOWN = Value.MASK
"""Label of a slot whose truth isn't known: left out of the loss."""


@dataclass(frozen=True, slots=True)
class Example:
    """A canvas and its clean values; MASK where the truth isn't known."""

    canvas: Canvas
    clean: tuple[Value, ...]
    weight: float = 1.0


def site_examples(task: RenameTask, depth: int, rng: random.Random) -> Iterator[Example]:
    """Windows of a task: of its occurrences, longer names, paths and the gap for an alias."""
    exported = task.target.owner == "" and task.target.kind in (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT)
    keep_alias = exported and rng.random() < 0.15
    rename = Rename(task.target, task.new, task.homonyms, keep_alias)
    truth: dict[Candidate, Value] = {}
    for item in task.labelled:
        text = task.texts[item.occurrence.path]
        candidate = from_occurrence(item.occurrence, rename, text)
        truth[candidate] = _occurrence_truth(candidate, item.replace, text)
    truth.update(_family_truths(task, rename))
    truth.update(_path_truths(task, rename))
    if exported:
        truth.update(_gap_truths(task, rename))
    made = windows(task.texts, rename, truth, depth, lambda candidate: True)
    made = [window for window in made if window.candidates and any(truth[c] is not UNKNOWN for c in window.candidates)]
    for window in _sample(made, truth, rng):
        clean = tuple(truth[candidate] for candidate in window.candidates)
        yield Example(window.canvas, clean, 1.0)


def _sample(made: list[Window], truth: Mapping[Candidate, Value], rng: random.Random) -> list[Window]:
    """At most MAX_WINDOWS of a task, unlike ones first: by role, evidence and truth."""
    rng.shuffle(made)
    seen: dict[tuple[int, int, int, int], int] = {}
    keyed = []
    for window in made:
        first = window.candidates[0]
        key = (first.role, int(first.evidence), int(truth[first]), int(zone_of(first.path)))
        seen[key] = seen.get(key, 0) + 1
        keyed.append((seen[key] + rng.random(), window))
    return [window for _, window in sorted(keyed, key=lambda pair: pair[0])[:MAX_WINDOWS]]


def _occurrence_truth(candidate: Candidate, replace: bool | None, text: str) -> Value:
    if replace is None:
        return UNKNOWN
    if not replace:
        return Value.KEEP
    if candidate.both:
        in_all = "__all__" in text[max(0, candidate.start - 4000) : candidate.start].rsplit("\n\n", 1)[-1]
        if candidate.label == Role.IMPORT_NAME.value or in_all:
            return Value.BOTH
    return Value.REPLACE


def _family_truths(task: RenameTask, rename: Rename) -> dict[Candidate, Value]:
    """Tests go along with what they test; any other longer name is a thing of its own."""
    old, out = task.target.name, {}
    texts = {item.occurrence.path: task.texts[item.occurrence.path] for item in task.labelled}
    words = subwords(old)
    for name, spots in family(texts, old, task.new).items():
        own = subwords(name)
        spot = next((s for s in spots if is_definition(task.texts[s[0]], s[1])), spots[0])
        in_test = own[0] in ("test", "tests") and zone_of(spot[0]) is Zone.TEST and own[1 : 1 + len(words)] == words
        exact = own[1:] == words
        same_style = name.startswith("Test") or task.target.kind is not Kind.CLASS or len(words) > 1
        out[from_family(name, spot, rename)] = Value.REPLACE if in_test and same_style and (exact or len(words) > 1) else Value.KEEP
    return out


def _path_truths(task: RenameTask, rename: Rename) -> dict[Candidate, Value]:
    """The target's own file or folder, its stub and its test file are renamed; other paths that hold the name stay."""
    out: dict[Candidate, Value] = {}
    own = target_path(task.target)
    is_file = task.target.kind in (Kind.MODULE, Kind.PACKAGE)
    for path in like_paths(task.texts, task.target.name):
        is_own = is_file and path in (own, own + "i")
        candidate = from_path(path, rename, is_own)
        if candidate is not None:
            tests_it = is_file and zone_of(path) is Zone.TEST and candidate.before == f"test_{task.target.name}"
            out[candidate] = Value.REPLACE if is_own or tests_it else Value.KEEP
    return out


def _gap_truths(task: RenameTask, rename: Rename) -> dict[Candidate, Value]:
    text = task.texts[task.target.path]
    at = text.find("\n", task.target.end)
    if at < 0:
        return {}
    gap = alias_gap(text, at, rename, f"{task.target.name} = {task.new}")
    return {gap: Value.INSERT if rename.keep_alias else Value.EMPTY}
