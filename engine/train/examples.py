"""Training examples: canvases with their clean values, made from rename tasks."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.canvas import Canvas
from engine.evidence import Entity, Kind, Role
from engine.family import Spot, block_end, family, is_definition, meant_inside
from engine.features import Zone, zone_of
from engine.naming import subwords
from engine.paths import like_paths, target_path
from engine.plan import Action
from engine.plan_reader import POSSIBLE
from engine.rename import resolved_by_path
from engine.sites import Candidate, Rename, alias_gap, from_family, from_occurrence, from_path
from engine.train.teachers import RenameTask
from engine.values import Value
from engine.windows import Window, windows

MAX_WINDOWS = 20
"""Of one task: half of them unlike ones first, half as they come."""
OTHER_ACTIONS = 0.3
"""Share of the tasks whose places are asked for another action's sake: what stands for the target is the same."""
UNKNOWN = Value.MASK
"""Label of a slot whose truth isn't known: left out of the loss."""


@dataclass(frozen=True, slots=True)
class Example:
    """A canvas and its clean values; MASK where the truth isn't known."""

    canvas: Canvas
    clean: tuple[Value, ...]
    weight: float = 1.0
    task: int = 0
    """Number of the rename that it belongs to, within its package."""
    package: str = ""


def site_examples(task: RenameTask, depth: int, rng: random.Random) -> Iterator[Example]:
    """Windows of a task: of its occurrences, longer names, paths and the gap for an alias."""
    exported = task.target.owner == "" and task.target.kind in (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT)
    keep_alias = exported and rng.random() < 0.15
    action = Action.RENAME
    if rng.random() < OTHER_ACTIONS:
        action = rng.choice([action for action in Action if task.target.kind in POSSIBLE[action]])
    is_rename = action is Action.RENAME
    keep_alias = keep_alias and is_rename
    rename = Rename(task.target, task.new if is_rename else "", task.homonyms, keep_alias, action)
    truth: dict[Candidate, Value] = {}
    for item in task.labelled:
        text = task.texts[item.occurrence.path]
        candidate = from_occurrence(item.occurrence, rename, text)
        truth[candidate] = _occurrence_truth(candidate, item.replace, text)
    if is_rename:
        truth.update(_family_truths(task, rename))
        truth.update(_path_truths(task, rename))
    if keep_alias:
        truth.update(_gap_truths(task, rename))
    made = windows(task.texts, rename, truth, depth, lambda candidate: True)
    made = [window for window in made if window.candidates and any(truth[c] is not UNKNOWN for c in window.candidates)]
    for window in _sample(made, truth, rng):
        clean = tuple(truth[candidate] for candidate in window.candidates)
        yield Example(window.canvas, clean, 1.0)


def _sample(made: list[Window], truth: Mapping[Candidate, Value], rng: random.Random) -> list[Window]:
    """At most MAX_WINDOWS of a task: the first half unlike ones (by role, evidence and truth), the rest at their natural rates."""
    rng.shuffle(made)
    seen: dict[tuple[int, int, int, int, int], int] = {}
    keyed = []
    for window in made:
        first = window.candidates[0]
        key = (first.role, first.cause, int(first.evidence), int(truth[first]), int(zone_of(first.path)))
        seen[key] = seen.get(key, 0) + 1
        keyed.append((seen[key] + rng.random(), window))
    unlike = [window for _, window in sorted(keyed, key=lambda pair: pair[0])]
    half = unlike[: MAX_WINDOWS // 2]
    return half + rng.sample(unlike[len(half) :], min(len(unlike) - len(half), MAX_WINDOWS - len(half)))


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
    """Tests that use what they are named after go along with it; any other longer name is a thing of its own."""
    out: dict[Candidate, Value] = {}
    occurrences = [item.occurrence for item in task.labelled]
    texts = {occurrence.path: task.texts[occurrence.path] for occurrence in occurrences}
    resolved = resolved_by_path(occurrences)
    for (name, is_history), spots in family(texts, task.target.name, task.new).items():
        if is_history:
            out[from_family(name, spots[0], rename, None)] = Value.KEEP
            continue
        spot = next((s for s in spots if is_definition(task.texts[s[0]], s[1])), None)
        if spot is None:
            out[from_family(name, spots[0], rename, None)] = Value.KEEP
        else:
            inside = meant_inside(task.texts[spot[0]], spot[1], resolved.get(spot[0], ()))
            out[from_family(name, spot, rename, inside)] = _family_truth(task, name, spot)
    return out


def _family_truth(task: RenameTask, name: str, spot: Spot) -> Value:
    """REPLACE for a test whose name is `test_` and the old name of several words, in its style, and whose block uses the target.

    One word is too little: `test_exclude` may be about anything of that name.
    """
    path, start, _ = spot
    words, own, target = subwords(task.target.name), subwords(name), task.target
    named_so = own[0] in ("test", "tests") and own[1 : 1 + len(words)] == words and len(words) > 1
    if zone_of(path) is not Zone.TEST or not named_so or not _same_style(name, target):
        return Value.KEEP
    end = block_end(task.texts[path], start)
    uses = {item.replace for item in task.labelled if item.occurrence.path == path and start < item.occurrence.start < end}
    return Value.REPLACE if True in uses else UNKNOWN if None in uses else Value.KEEP


def _same_style(name: str, target: Entity) -> bool:
    """Whether a test's name can be meant for a definition of this kind: `test_exclude` isn't for `EXCLUDE`, nor `test_table` for `Table`."""
    if target.kind in (Kind.MODULE, Kind.PACKAGE, Kind.PARAMETER):
        return False
    plain = target.kind in (Kind.FUNCTION, Kind.METHOD, Kind.ATTRIBUTE)
    return plain or len(subwords(target.name)) > 1 or (target.kind is Kind.CLASS and name.startswith("Test"))


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
    return {gap: Value.INSERT}
