"""A settled plan canvas by number of the request: its action, its words and its candidates."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from engine.evidence import Entity, Kind
from engine.expressions import completed
from engine.globs import pattern
from engine.naming import subwords
from engine.plan import Action, Order
from engine.plan_canvas import ACTION_SLOTS, PlanCanvas
from engine.qualifiers import narrow
from engine.retrieval import looks_like_code
from engine.sampler import Denoised
from engine.values import ACTIONS, AT, OLD, ORDERS, PARAM, TARGET, Value

LEAST_OF_PLACE = 0.8
"""Probability below which a place is not taken for one that the text wants or forbids; chosen on held-out packages (docs/measurements.md)."""
DOUBTED = 0.9
"""Probability below which words that lead nowhere are not taken for a request."""
_AS_GOOD = 0.5
"""Share of the best candidate's probability from which another one may be meant as well."""
_OWNER = re.compile(r"\b([A-Z]\w*[a-z]\w*)(?:\.|::|#)$")
_NEAR = 3
"""Characters between two runs of words that make up one field."""
Related = Callable[[Entity, Entity], bool]
"""Whether two definitions are one to a request: an override, a stub, an overload."""
_THOUGHT_OF = 0.05
"""Probability of all other actions together below which none of them is taken for what was meant."""
_LIKELY = 0.3
"""Probability from which a candidate that the words spell is taken for what they name."""
OF_ONE = frozenset({Action.RENAME, Action.REPLACE, Action.REORDER, Action.KEYWORD, Action.BUNDLE})
"""Actions that are done to one definition."""
_QUOTES = frozenset("`'\"")
_CALLABLE = frozenset({Kind.FUNCTION, Kind.METHOD, Kind.CLASS})
_TOP_LEVEL = frozenset({Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT, Kind.MODULE, Kind.PACKAGE})
_EVERY = frozenset(Kind)
POSSIBLE: dict[Action, frozenset[Kind]] = {
    Action.RENAME: _EVERY,
    Action.MOVE: _TOP_LEVEL,
    Action.DELETE: _EVERY,
    Action.REPLACE: frozenset({Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT, Kind.METHOD}),
    Action.ADD: _CALLABLE,
    Action.REORDER: _CALLABLE,
    Action.KEYWORD: _CALLABLE,
    Action.BUNDLE: _CALLABLE,
    Action.FUNCTION: frozenset({Kind.METHOD}),
    Action.METHOD: frozenset({Kind.FUNCTION}),
    Action.GROUP: frozenset({Kind.FUNCTION}),
    Action.STATIC: frozenset({Kind.METHOD}),
    Action.CLASSMETHOD: frozenset({Kind.METHOD}),
    Action.PROPERTY: frozenset({Kind.METHOD}),
}
"""Kinds of definitions that an action can be done to at all."""
ACTION_VALUE = dict(zip(Action, ACTIONS, strict=True))
_ACTION_OF = dict(zip(ACTIONS, Action, strict=True))
ORDER_VALUE = dict(zip(Order, ORDERS, strict=True))
_ORDER_OF = dict(zip(ORDERS, Order, strict=True))


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring words of the instruction that hold one value."""

    start: int
    end: int
    sure: float
    """Lowest probability among them."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate that a request means, and how surely."""

    entity: Entity
    sure: float


@dataclass(frozen=True, slots=True)
class Reader:
    """The parts of a settled canvas."""

    made: PlanCanvas
    settled: Denoised

    def value(self, slot: int) -> Value:
        return self.settled.canvas.slots[slot].value

    def action(self, number: int) -> tuple[Action | None, float]:
        """What request `number` asks for, and its probability; None: nothing, or what this engine can't do."""
        slot = ACTION_SLOTS[number]
        return _ACTION_OF.get(self.value(slot)), self.settled.confidence(slot)

    def fitting_action(self, number: int, action: Action, certain: float) -> tuple[Action, float]:
        """The action; where it can't be done to anything that the words name, the likeliest that can, among those."""
        runs = self.runs(OLD[number])
        kinds = {entity.kind for entity in self.made.entities if any(spells(self.text(run), entity.name) for run in runs)}
        if not kinds or kinds & POSSIBLE[action]:
            return action, certain
        row = self.settled.probabilities[ACTION_SLOTS[number]]
        rated = {item: float(row[value]) for value, item in _ACTION_OF.items() if kinds & POSSIBLE[item]}
        total = sum(rated.values())
        if total < _THOUGHT_OF:
            return action, certain
        best = max(rated, key=lambda item: rated[item])
        return best, rated[best] / total

    def order(self) -> Order:
        """How an order of parameters is said."""
        return _ORDER_OF[self.value(self.made.order_slot)]

    def likeliest_action(self, number: int) -> Action:
        """The likeliest of all actions, whatever the slot holds."""
        row = self.settled.probabilities[ACTION_SLOTS[number]]
        return _ACTION_OF[max(ACTIONS, key=lambda value: float(row[value]))]

    def text(self, run: Run) -> str:
        return self.made.instruction[run.start : run.end]

    def runs(self, value: Value) -> list[Run]:
        """All runs of a value, in order."""
        found: list[Run] = []
        for i, word in enumerate(self.made.words):
            slot = self.made.word_slot(i)
            if self.value(slot) is not value:
                continue
            sure = self.settled.confidence(slot)
            last = found[-1] if found else None
            if last and last.end + 1 >= word.start and not self.made.instruction[last.end : word.start].strip():
                found[-1] = Run(last.start, word.end, min(last.sure, sure))
            else:
                found.append(Run(word.start, word.end, sure))
        return found

    def field(self, value: Value) -> tuple[str, float]:
        """The words of a field that is said once: the surest run, with those that stand next to it."""
        runs = self.runs(value)
        if not runs:
            return "", 1.0
        best = max(range(len(runs)), key=lambda i: runs[i].sure)
        first = last = best
        while first > 0 and runs[first].start - runs[first - 1].end <= _NEAR:
            first -= 1
        while last + 1 < len(runs) and runs[last + 1].start - runs[last].end <= _NEAR:
            last += 1
        return self.made.instruction[runs[first].start : runs[last].end].strip(), runs[best].sure

    def code_field(self, value: Value) -> tuple[str, float]:
        """The same for code: what is less than an expression is widened to one."""
        runs = self.runs(value)
        if not runs:
            return "", 1.0
        said, sure = self.field(value)
        best = max(runs, key=lambda run: run.sure)
        start = self.made.instruction.find(said, max(0, best.start - len(said)))
        around = []
        for i, word in enumerate(self.made.words):
            around.append((word.start, word.end, float(self.settled.probabilities[self.made.word_slot(i), value])))
        low, high = completed(self.made.instruction, start, start + len(said), around)
        return self.made.instruction[low:high].strip(), sure

    def path_field(self, value: Value) -> tuple[str, float]:
        """The same for a path or dotted name: part of one stands for all of it."""
        return next(iter(self.path_fields(value)), ("", 1.0))

    def path_fields(self, value: Value) -> list[tuple[str, float]]:
        """All paths that hold a value, the surest first."""
        runs = [run for run in self.runs(value) if any(c.isalnum() for c in self.text(run))]
        text = self.made.instruction
        return [(text[slice(*self._whole(run, "_/.-"))].rstrip(".-:"), run.sure) for run in sorted(runs, key=lambda run: -run.sure)]

    def paths(self, value: Value) -> list[tuple[str, bool]]:
        """Places that hold a value, and whether the denoiser doubts them."""
        found = []
        for run in self.runs(value):
            if run.sure >= LEAST_OF_PLACE and any(c.isalnum() for c in self.text(run)):
                found.append((self.made.instruction[slice(*self._whole(run, "_/.-"))].rstrip(".-"), run.sure < DOUBTED))
        return list(dict.fromkeys(found))

    def _whole(self, run: Run, joints: str) -> tuple[int, int]:
        text, start, end = self.made.instruction, run.start, run.end
        while start > 0 and (text[start - 1].isalnum() or text[start - 1] in joints):
            start -= 1
        while end < len(text) and (text[end].isalnum() or text[end] in joints):
            end += 1
        return start, end

    def is_vague(self, number: int, names: Collection[Value]) -> bool:
        """Whether a request is only half there: none of its other fields, and words for its target that the denoiser itself doubts."""
        return not any(self.runs(value) for value in names) and all(run.sure < DOUBTED for run in self.runs(OLD[number]))

    def unread(self) -> tuple[str, ...]:
        """Names written as code, or quoted, that are no part of any request or place: what a person may miss in the plan."""
        text, spoken = self.made.instruction, set[str]()
        loose: dict[str, None] = {}
        for i, word in enumerate(self.made.words):
            quoted = text[max(0, word.start - 1) : word.start] in _QUOTES and text[word.end : word.end + 1] in _QUOTES
            if self.value(self.made.word_slot(i)) is not Value.OTHER:
                spoken.add(word.text)
            elif word.is_word and (looks_like_code(word.text) or (quoted and bool(text[word.end : word.end + 1]))):
                loose[word.text] = None
        chosen = {part for j, e in enumerate(self.made.entities) if self.value(self.made.entity_slot(j)) is not Value.LEAVE for part in _around(e)}
        return tuple(name for name in loose if name not in spoken | chosen)

    def target_groups(self, number: int, action: Action) -> list[tuple[Run, list[Chosen]]]:
        """What each run of old words means, the surest candidate first; of a rename, which has one target, the likeliest run alone."""
        runs = self.runs(OLD[number])
        rated = self._rated(TARGET[number], action)
        if action is Action.RENAME:
            return self._one_name(runs, rated, number)
        groups: dict[str, tuple[Run, list[Chosen]]] = {}
        for run in runs:
            words = self.text(run)
            fitting = [item for item in rated if spells(words, item[0].name)]
            if fitting and words not in groups:
                groups[words] = (run, self._possible(self._held(fitting), [run]))
        if not groups and runs and not self._names_alone(runs):
            held = [item for item in rated if item[2]]
            return [(runs[0], self._possible(held, runs))] if held else []
        return list(groups.values())

    def is_description(self, number: int, action: Action) -> bool:
        """Whether the old words describe what is meant instead of naming it: none is the name of a candidate, nor does a candidate bear the value
        for words that the denoiser itself doubts."""
        runs = self.runs(OLD[number])
        if action in OF_ONE or not runs:
            return False
        if any(pattern(self.made.instruction, run.start, run.end) for run in runs):
            return True
        if self._names_alone(runs):
            return False
        rated = self._rated(TARGET[number], action)
        spelled = any(spells(self.text(run), entity.name) for run in runs for entity, p, held in rated if held or p >= _LIKELY)
        return not spelled and (bool(self.strange(number, action)) or not any(held for _, _, held in rated))

    def marked(self, number: int) -> list[int]:
        """Indices of the instruction's words that hold the old words of a request."""
        return [i for i in range(len(self.made.words)) if self.value(self.made.word_slot(i)) is OLD[number]]

    def described_as(self, number: int) -> str:
        """The description, as it was said."""
        return " ".join(self.text(run) for run in self.runs(OLD[number]))

    def parameters(self, number: int, order: Order) -> tuple[str, ...]:
        """Names of parameters; where an order is said by what moves, those that only repeat the signature of the target are not meant."""
        runs, text = self.runs(PARAM[number]), self.made.instruction
        shown = [(run.end, text.find(")", run.end)) for run in self.runs(OLD[number]) if text[run.end : run.end + 1] == "("]
        outside = [run for run in runs if not any(start < run.start < end for start, end in shown)]
        said = outside if outside and order is not Order.WHOLE else runs
        names = (name for run in said for name in self._names([word.strip("`'\"") for word in self.text(run).split()]))
        return tuple(dict.fromkeys(name for name in names if not keyword.iskeyword(name)))

    def _names(self, words: Sequence[str]) -> list[str]:
        """Parameters in a row; several words that spell one ("max length") are that one."""
        known = sorted({entity.name for entity in self.made.entities if entity.kind is Kind.PARAMETER})
        found: list[str] = []
        at = 0
        while at < len(words):
            ends = ((end, name) for end in range(len(words), at + 1, -1) for name in known if spells(" ".join(words[at:end]), name))
            at, name = next(ends, (at + 1, words[at]))
            found.append(name)
        return found

    def with_parameters(self, number: int, alike: Sequence[Chosen]) -> list[Chosen]:
        """Those of equally named functions that have the parameters which the request names; all where that rules out every one."""
        names = self.parameters(number, Order.WHOLE)
        known = {(e.path, e.owner, e.name) for e in self.made.entities if e.kind is Kind.PARAMETER}
        fits = [item for item in alike if all((item.entity.path, item.entity.qualname, name) in known for name in names)]
        return fits or list(alike)

    def foreign_owner(self, number: int, target: Entity) -> str:
        """The class that the text puts in front of a target's name where no such class is here; empty where it says nothing of that kind."""
        classes = {entity.name for entity in self.made.entities if entity.kind is Kind.CLASS}
        for run in self.runs(OLD[number]):
            head = _OWNER.search(self.made.instruction[: run.start])
            if head and self.text(run) == target.name and head[1] not in classes | {*target.owner.split(".")}:
                return head[1]
        return ""

    def unknown_words(self, number: int, action: Action) -> list[Run]:
        """Runs of old words that no candidate's name spells; the suffix of a file is no name."""
        names = {entity.name for entity, _, _ in self._rated(TARGET[number], action)}
        return [run for run in self.runs(OLD[number]) if not self._is_suffix(run) and not any(spells(self.text(run), name) for name in names)]

    def strange(self, number: int, action: Action) -> list[Run]:
        """Runs of old words that no candidate's name spells, and that are surely meant for a name or a description."""
        return [run for run in self.unknown_words(number, action) if run.sure >= DOUBTED or looks_like_code(self.text(run))]

    def _is_suffix(self, run: Run) -> bool:
        return self.text(run) in ("py", "pyi") and self.made.instruction[: run.start].endswith(".")

    def words_of(self, runs: Collection[Run]) -> list[int]:
        """Indices of the instruction's words that lie in some runs."""
        return [i for i, word in enumerate(self.made.words) if any(run.start <= word.start and word.end <= run.end for run in runs)]

    def at(self, number: int, words: str, kinds: Collection[Kind], target: Entity) -> list[Chosen]:
        """Candidates that the words of a destination spell, the surest first; nothing goes into, or is replaced by, itself."""
        name = words.rpartition(".")[2].rpartition(":")[2].rpartition("/")[2]
        fitting = [item for item in self._rated(AT[number], None) if spells(name, item[0].name) and item[0].kind in kinds and item[0] != target]
        at = self.made.instruction.find(words)
        return self._possible(self._held(fitting), [Run(max(at, 0), max(at, 0) + len(words), 1.0)])

    def _rated(self, value: Value, action: Action | None) -> list[tuple[Entity, float, bool]]:
        """Candidates that an action can be done to, their probability of a value, and whether they hold it."""
        kinds = _EVERY if action is None else POSSIBLE[action]
        out = []
        for j, entity in enumerate(self.made.entities):
            slot = self.made.entity_slot(j)
            if entity.kind in kinds:
                out.append((entity, float(self.settled.probabilities[slot, value]), self.value(slot) is value))
        return out

    def _one_name(self, runs: Sequence[Run], rated: Sequence[tuple[Entity, float, bool]], number: int) -> list[tuple[Run, list[Chosen]]]:
        said = {entity: max((run.sure for run in runs if spells(self.text(run), entity.name)), default=0.0) for entity, _, _ in rated}
        fitting = [item for item in rated if said[item[0]] > 0.0]
        if fitting:
            name = max(fitting, key=lambda item: item[1] * said[item[0]])[0].name
            fitting = [item for item in fitting if item[0].name == name]
        chosen = self._held(fitting) or ([] if self._names_alone(runs) else [item for item in rated if item[2]])
        return [(runs[0], self._possible(chosen, runs))] if chosen and runs else []

    def _names_alone(self, runs: Sequence[Run]) -> bool:
        """Whether all old words are names as code has them: then what none of them spells can't be meant, however sure the denoiser is."""
        return bool(runs) and all(looks_like_code(word) for run in runs for word in self.text(run).split())

    def _held(self, fitting: Sequence[tuple[Entity, float, bool]]) -> list[tuple[Entity, float, bool]]:
        """Those that hold the value; where none does, those about as probable as the best."""
        held = [item for item in fitting if item[2]]
        best = max((p for _, p, _ in fitting), default=0.0)
        return held or [item for item in fitting if item[1] >= _AS_GOOD * best]

    def _possible(self, chosen: Sequence[tuple[Entity, float, bool]], runs: Sequence[Run]) -> list[Chosen]:
        possible = narrow(self.made.instruction, [(run.start, run.end) for run in runs], [entity for entity, _, _ in chosen])
        return sorted((Chosen(entity, p) for entity, p, _ in chosen if entity in possible), key=lambda item: -item.sure)


def _around(entity: Entity) -> tuple[str, ...]:
    """The words that say where a definition stands."""
    return (entity.name, *entity.owner.split("."), *(part.partition(".")[0] for part in entity.path.split("/")))


def spells(words: str, name: str) -> bool:
    """Whether words are a name, as it stands or in plain words."""
    return words == name or (" " in words and subwords(words.replace(" ", "_")) == subwords(name))
