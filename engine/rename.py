"""The sites of one definition: open its sites, denoise them, and reconsider what a diagnostic blames.

Pure over a `Project`: the caller says which files hold the name and supplies their texts.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.agreement import agreed
from engine.canvas import Canvas
from engine.corrupt import renoise
from engine.denoiser import Denoiser
from engine.edits import Decided
from engine.evidence import Entity, Kind, Occurrence, Project, Resolution, entities, homonyms, occurrences
from engine.family import Spot, apart, family, is_definition, meant_inside
from engine.features import FAMILY_ROLE, Blame, Channel, Zone, zone_of
from engine.paths import like_paths, target_path
from engine.plan import Action, Intent, Plan
from engine.sampler import Denoised, Sampler, SampleResult, StepEvent, Watch
from engine.scope import Within
from engine.sites import Candidate, Rename, alias_gap, from_family, from_occurrence, from_path
from engine.values import Value
from engine.windows import Window, windows

SITE_DEPTH = 3


@dataclass(frozen=True, slots=True)
class IntentSites:
    """The windows of one intent, and where each longer name stands besides the place that is shown."""

    rename: Rename
    windows: tuple[Window, ...]
    spots: Mapping[tuple[str, bool], tuple[Spot, ...]]
    allowed: Callable[[Candidate], bool]

    @property
    def canvases(self) -> list[Canvas]:
        """What the sampler denoises."""
        return [window.canvas for window in self.windows]


def open_sites(
    project: Project, intent: Intent, plan: Plan, texts: Mapping[str, str], paths: Collection[str], within: Callable[[str], bool]
) -> IntentSites:
    """All sites of an intent. texts: the files that hold the old name in any spelling; paths: every file of the repository."""
    target = intent.target
    holding = [path for path, text in texts.items() if target.name in text]
    is_rename = intent.action is Action.RENAME
    new = intent.new if is_rename else ""
    rename = Rename(target, new, tuple(homonyms(project, target, holding)), plan.keep_alias and is_rename, intent.action)
    in_plan = Within(plan)

    def allowed(candidate: Candidate) -> bool:
        return within(candidate.path) and in_plan(candidate)

    found = occurrences(project, target, holding)
    candidates: list[Candidate] = [from_occurrence(occurrence, rename, texts[occurrence.path]) for occurrence in found]
    longer = family(texts, target.name, new) if is_rename else {}
    spots = apart(longer, ((item.path, item.start) for item in found))
    resolved = resolved_by_path(found)
    candidates.extend(_shown(name, places, rename, texts, resolved, allowed) for (name, _), places in spots.items())
    own = target_path(target)
    is_file = target.kind in (Kind.MODULE, Kind.PACKAGE)
    for path in like_paths(paths, target.name) if is_rename else ():
        candidate = from_path(path, rename, is_file and path in (own, own + "i"))
        if candidate is not None:
            candidates.append(candidate)
    if rename.keep_alias:
        candidates.extend(_gap(rename, texts[target.path]))
    made = windows(texts, rename, candidates, SITE_DEPTH, allowed)
    return IntentSites(rename, tuple(window for window in made if window.candidates), spots, allowed)


def resolved_by_path(found: Iterable[Occurrence]) -> dict[str, list[tuple[int, Resolution]]]:
    """Offset and resolution of every occurrence, file by file."""
    out: dict[str, list[tuple[int, Resolution]]] = {}
    for occurrence in found:
        out.setdefault(occurrence.path, []).append((occurrence.start, occurrence.resolution))
    return out


def _shown(
    name: str,
    spots: Sequence[Spot],
    rename: Rename,
    texts: Mapping[str, str],
    resolved: Mapping[str, Sequence[tuple[int, Resolution]]],
    allowed: Callable[[Candidate], bool],
) -> Candidate:
    """The place at which a longer name is judged: its definition, or the first place that may change."""
    defined = [(path, start, end) for path, start, end in spots if is_definition(texts[path], start)]
    made = [from_family(name, s, rename, meant_inside(texts[s[0]], s[1], resolved.get(s[0], ()))) for s in defined]
    made += [from_family(name, spot, rename, None) for spot in spots if spot not in defined]
    return next((candidate for candidate in made if allowed(candidate)), made[0])


def _gap(rename: Rename, text: str) -> list[Candidate]:
    """The gap behind the definition of the target."""
    target = rename.target
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []
    for node in ast.walk(tree):
        is_own = isinstance(node, ast.stmt) and node.lineno <= target.line <= (node.end_lineno or 0)
        if not is_own or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)):
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name != target.name:
            continue
        at = _line_end(text, node.end_lineno or node.lineno)
        line = text[text.rfind("\n", 0, target.start) + 1 : target.start]
        indent = line[: len(line) - len(line.lstrip())]
        gap = "\n" if isinstance(node, (ast.Assign, ast.AnnAssign)) else "\n\n" if indent else "\n\n\n"
        ending = "\r\n" if text[at : at + 2] == "\r\n" else "\n"
        return [alias_gap(text, at, rename, gap.replace("\n", ending) + f"{indent}{target.name} = {rename.new}")]
    return []


def _line_end(text: str, line: int) -> int:
    """Offset of the end of a 1-based line, its line break left out."""
    at = -1
    for _ in range(line):
        at = text.find("\n", at + 1)
        if at < 0:
            return len(text)
    return at - 1 if text[at - 1 : at] == "\r" else at


def denoise_sites(
    sites: IntentSites,
    denoiser: Denoiser,
    sampler: Sampler,
    generator: np.random.Generator,
    emit: Callable[[StepEvent], None],
    watch: Watch | None = None,
) -> tuple[list[Decided], SampleResult]:
    """Decide every site of an intent."""
    result = sampler.sample(denoiser, sites.canvases, generator, emit, watch)
    return agreed(decisions(sites, result.canvases)), result


def decisions(sites: IntentSites, settled: Sequence[Denoised]) -> list[Decided]:
    """What became of every candidate; a longer name's decision holds at all of its places."""
    out: list[Decided] = []
    for window, canvas in zip(sites.windows, settled, strict=True):
        for i, candidate in enumerate(window.candidates):
            value, sure = canvas.canvas.slots[i].value, canvas.confidence(i)
            out.append(Decided(candidate, value, sure))
            if value is Value.REPLACE and candidate.role == FAMILY_ROLE:
                out.extend(Decided(spot, value, sure) for spot in _elsewhere(candidate, sites))
    return out


def _elsewhere(shown: Candidate, sites: IntentSites) -> Iterable[Candidate]:
    for path, start, end in sites.spots[_family_key(shown)]:
        candidate = replace(shown, path=path, start=start, end=end)
        if (path, start) != (shown.path, shown.start) and sites.allowed(candidate):
            yield candidate


def reconsider(
    sites: IntentSites,
    decided: Sequence[Decided],
    blamed: Collection[int],
    denoiser: Denoiser,
    sampler: Sampler,
    generator: np.random.Generator,
    watch: Watch | None = None,
) -> tuple[list[Decided], SampleResult]:
    """Re-noise the blamed decisions (indices), told what they held; every other slot of the intent stays clamped."""
    held = {_key(item.candidate): item for item in decided}
    guilty = {_key(decided[index].candidate) for index in blamed}
    # A longer name has one slot for all of its places.
    longer = {_family_key(decided[index].candidate) for index in blamed if decided[index].candidate.role == FAMILY_ROLE}
    shown = (candidate for window in sites.windows for candidate in window.candidates if candidate.role == FAMILY_ROLE)
    guilty |= {_key(candidate) for candidate in shown if _family_key(candidate) in longer}
    noisy: list[Canvas] = []
    for window in sites.windows:
        found = [held[_key(candidate)] for candidate in window.candidates]
        bad = [_key(item.candidate) in guilty and slot.is_free for item, slot in zip(found, window.canvas.slots, strict=True)]
        canvas = window.canvas.with_values([item.value for item in found], [False] * len(found))
        noisy.append(_told(renoise(canvas, bad), found, bad))
    result = sampler.sample(denoiser, noisy, generator, watch=watch)
    again = decisions(sites, result.canvases)
    return [item if _key(item.candidate) in guilty else held.get(_key(item.candidate), item) for item in again], result


def _family_key(candidate: Candidate) -> tuple[str, bool]:
    return candidate.before, zone_of(candidate.path) is Zone.HISTORY


def _key(candidate: Candidate) -> tuple[str, int, str]:
    return candidate.path, candidate.start, candidate.before


def _told(canvas: Canvas, found: Sequence[Decided], guilty: Sequence[bool]) -> Canvas:
    """The canvas with the diagnostic channel set at the blamed slots."""
    features = canvas.features.copy()
    for slot, item, bad in zip(canvas.slots, found, guilty, strict=True):
        if bad:
            features[slot.position, Channel.DIAGNOSTIC] = Blame.WHILE_REPLACED if item.is_change else Blame.WHILE_KEPT
    return replace(canvas, features=features)


def clash(project: Project, intent: Intent) -> Entity | None:
    """A definition that already has the new name in the scope of the target."""
    target = intent.target
    if target.kind in (Kind.MODULE, Kind.PACKAGE):
        base = target_path(target).rstrip("/").removesuffix(".py").rpartition("/")
        free = base[0] + base[1] + intent.new
        taken = next((path for path in (f"{free}.py", f"{free}/__init__.py") if path in project.paths), None)
        return None if taken is None else Entity(Kind.MODULE, intent.new, taken, line=1)
    for entity in entities(project, target.path, {intent.new}):
        if entity.owner == target.owner and entity.kind not in (Kind.MODULE, Kind.PACKAGE):
            return entity
    return None

