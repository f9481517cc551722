"""Renames of real commits as pairs: what became of every place where the old name stood, read off by laying the versions side by side."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from editops import text_edits
from engine.begun import Begun, Renamed, Versions, target_of
from engine.evidence import Cause, Entity, Occurrence, Resolution, Role, find, homonyms, occurrences
from engine.family import family, is_definition, meant_inside
from engine.features import Zone, zone_of
from engine.lexemes import lex
from engine.naming import replaced_inside
from engine.rename import resolved_by_path
from engine.sites import Candidate, Rename, from_family, from_occurrence
from engine.train.commit_history import Tree
from engine.train.examples import UNKNOWN, Example
from engine.values import Value
from engine.windows import Window, windows

MOST_FILES = 30
"""Files that hold the old name; a name that more have is no name for a pair."""
MOST_WINDOWS = 8
MOST_RENAMES = 3
"""Of one commit."""
LEAST_CHANGED = 2
"""Places that have to bear the new name."""
_MOST_LEXEMES = 4_000
_ELSEWHERE = frozenset({Cause.LOCAL, Cause.OTHER, Cause.OTHER_CLASS, Cause.OTHER_DEFINITION, Cause.KEYWORD, Cause.DOTTED_OTHER, Cause.BUILTIN})
"""Causes that name what a place leads to instead; of the others, such as an import from outside, a commit may know better than the resolver."""
_TEXTUAL = frozenset({Role.DOCSTRING, Role.COMMENT, Role.PROSE, Role.CONFIG, Role.OTHER, Role.STRING_PART, Role.STRING})


@dataclass(frozen=True, slots=True)
class Pair:
    """A rename that a person made, and what became of each place."""

    target: Entity
    new: str
    homonyms: tuple[Entity, ...]
    truth: Mapping[Occurrence, Value]
    texts: Mapping[str, str]
    """Before."""
    after: Mapping[str, str]
    """Of the changed files, by their paths before."""

    def shown(self, example: Example) -> str:
        """One line for a person who checks it: the rename, and the window with the fate of its slots."""
        fates = {slot.position: value.name for slot, value in zip(example.canvas.slots, example.clean, strict=True)}
        words = [f"⟦{text}:{fates[at]}⟧" if at in fates else text.strip() for at, text in enumerate(example.canvas.lexemes)]
        return f"{self.target.name} -> {self.new} | {' '.join(words)}"


def pairs_of(tree: Tree, versions: Sequence[Versions], begun: Sequence[Begun]) -> Iterator[Pair]:
    """The renames of a commit whose places can be told."""
    made = 0
    renames = [change for change in begun if isinstance(change, Renamed)]
    names = [change.old for change in renames]
    for change in renames:
        if len(change.old) < 3 or change.old.startswith("__") or change.old in ("self", "cls") or names.count(change.old) > 1 or made == MOST_RENAMES:
            continue
        target = find(tree, target_of(change))
        holding = tree.holding(change.old) if target is not None else []
        if target is None or len(holding) > MOST_FILES:
            continue
        pair = _pair(tree, target, change.new, holding, versions)
        if sum(value is Value.REPLACE for value in pair.truth.values()) >= LEAST_CHANGED:
            made += 1
            yield pair


def _pair(tree: Tree, target: Entity, new: str, holding: Sequence[str], versions: Sequence[Versions]) -> Pair:
    changed = {pair.path: pair for pair in versions if pair.path is not None and pair.before is not None}
    became = {path: _became(pair.before or "", pair.after or "", target.name, new) for path, pair in changed.items()}
    truth = {}
    for occurrence in occurrences(tree, target, sorted(holding)):
        truth[occurrence] = _truth(occurrence, became.get(occurrence.path))
    texts = {path: tree.text(path) or "" for path in holding}
    after = {path: pair.after or "" for path, pair in changed.items()}
    return Pair(target, new, tuple(homonyms(tree, target, sorted(holding))), truth, texts, after)


def _truth(occurrence: Occurrence, became: Mapping[int, bool] | None) -> Value:
    """REPLACE where the new name stands now. What still has the old name was kept on purpose only where the program says so.

    People overlook comments and documentation; in code that still ran, what kept its name did so because it is another thing.
    Where the name leads to another thing that got the new name too, the commit renamed both: nothing that a request for the one says.
    """
    is_text = occurrence.role in _TEXTUAL
    if became is not None:
        done = became.get(occurrence.start)
        if done is None:
            return UNKNOWN
        if done:
            return UNKNOWN if occurrence.resolution is Resolution.NO and occurrence.cause in _ELSEWHERE else Value.REPLACE
    if is_text and zone_of(occurrence.path) is not Zone.HISTORY:
        return UNKNOWN
    return UNKNOWN if occurrence.resolution is Resolution.YES else Value.KEEP


def _became(before: str, after: str, old: str, new: str) -> dict[int, bool]:
    """Offset of each place of the old name whose fate can be told -> whether the new name stands there now."""
    found: dict[int, bool] = {}
    last = grown = 0
    one, other = before.encode(), after.encode()
    for edit in text_edits("text", one, other):
        start, end = len(one[: edit.span.start].decode()), len(one[: edit.span.end].decode())
        found.update({item.start: False for item in lex(before, last, start) if item.text == old})
        last = end
        low = len(other[: edit.span.start + grown].decode())
        grown += len(edit.after) - edit.span.length
        found.update(_aligned(before, (start, end), after, (low, low + len(edit.after.decode())), (old, new)))
    found.update({item.start: False for item in lex(before, last) if item.text == old})
    return found


def _aligned(before: str, here: tuple[int, int], after: str, there: tuple[int, int], names: tuple[str, str]) -> Iterator[tuple[int, bool]]:
    """The places of one edit that stand opposite to the old or the new name in otherwise equal surroundings."""
    old, new = names
    one, other = lex(before, *here), lex(after, *there)
    if len(one) + len(other) > _MOST_LEXEMES:
        return
    plain = [old if item.text == new else replaced_inside(item.text, new, old) or item.text for item in other]
    for i, j, size in SequenceMatcher(None, [item.text for item in one], plain, autojunk=False).get_matching_blocks():
        for left, right in zip(one[i : i + size], other[j : j + size], strict=True):
            if left.text == old:
                yield left.start, right.text == new


def pair_examples(pair: Pair, depth: int, rng: random.Random) -> list[Example]:
    """At most MOST_WINDOWS site canvases of a pair, those with both fates first."""
    rename = Rename(pair.target, pair.new, pair.homonyms)
    truth: dict[Candidate, Value] = {}
    for occurrence, value in pair.truth.items():
        truth[from_occurrence(occurrence, rename, pair.texts[occurrence.path])] = value
    truth.update(_longer(pair, rename))
    made = [window for window in windows(pair.texts, rename, truth, depth, lambda candidate: True) if any(truth[c] is not UNKNOWN for c in window.candidates)]
    rng.shuffle(made)
    made.sort(key=lambda window: -len({truth[c] for c in window.candidates} - {UNKNOWN}))
    both: list[Window] = []
    kept: list[Window] = []
    for window in made:
        (both if any(truth[c] is Value.REPLACE for c in window.candidates) else kept).append(window)
    room = max(MOST_WINDOWS // 2, MOST_WINDOWS - len(kept))
    chosen = (both[:room] + kept)[:MOST_WINDOWS]
    return [Example(window.canvas, tuple(truth[candidate] for candidate in window.candidates), 1.0) for window in chosen]


def _longer(pair: Pair, rename: Rename) -> dict[Candidate, Value]:
    """Longer names that contain the old one: gone along where the changed files have the new one in its stead, kept where they still stand there."""
    texts = {path: pair.texts[path] for path in pair.after if path in pair.texts}
    resolved = resolved_by_path(list(pair.truth))
    now = {word.text for text in pair.after.values() for word in lex(text)}
    out: dict[Candidate, Value] = {}
    for (name, is_history), spots in family(texts, pair.target.name, pair.new).items():
        spot = next((s for s in spots if is_definition(pair.texts[s[0]], s[1])), None)
        inside = None if spot is None else meant_inside(pair.texts[spot[0]], spot[1], resolved.get(spot[0], ()))
        candidate = from_family(name, spot or spots[0], rename, inside)
        value = Value.REPLACE if name not in now and candidate.after in now else Value.KEEP if name in now else UNKNOWN
        out[candidate] = UNKNOWN if is_history else value
    return out
