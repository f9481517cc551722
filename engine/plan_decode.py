"""From a settled plan canvas to a plan, or to the reason why there is none."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.evidence import Entity, Kind, qualified
from engine.naming import is_identifier, join, style_of, subwords
from engine.plan import Intent, NotUnderstood, Place, Plan, Why
from engine.plan_canvas import ALIAS_SLOT, KIND_SLOT, PlanCanvas
from engine.qualifiers import narrow
from engine.retrieval import looks_like_code
from engine.sampler import Denoised
from engine.values import MAX_INTENTS, NEW, OLD, TARGET, Value

CAN_ALIAS = (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT, Kind.METHOD)
"""Kinds whose old name can be kept as an alias."""
LEAST_CONFIDENCE = 0.3
"""Probability of the least certain slot of an intent below which the plan is not acted upon; set by hand, not calibrated."""
LEAST_OF_PLACE = 0.8
"""Probability below which a place is not taken for one that the text wants or forbids; chosen on held-out packages (docs/measurements.md)."""
LEAST_OF_ALIAS = 0.9
"""The same for the wish to keep the old name."""
_DOUBTED = 0.9
"""Probability below which words that lead nowhere are not taken for a request."""
_AS_GOOD = 0.5
"""Share of the best candidate's probability from which another one may be meant as well."""
Related = Callable[[Entity, Entity], bool]
"""Whether two definitions are one to a rename: an override, a stub, an overload."""
Locate = Callable[[str], Place | None]
"""The place of the repository that some words name."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """The parts of a settled canvas by number of the intent."""

    made: PlanCanvas
    settled: Denoised

    def value(self, slot: int) -> Value:
        return self.settled.canvas.slots[slot].value

    def runs(self, value: Value) -> list[tuple[str, float]]:
        """Texts of the neighbouring words that hold a value, with their lowest probability."""
        return [(self.made.instruction[start:end], sure) for start, end, sure in self.spans(value)]

    def paths(self, value: Value) -> list[tuple[str, bool]]:
        """Places that hold a value, and whether the denoiser doubts them; part of a path stands for all of it."""
        text, found = self.made.instruction, []
        for start, end, sure in self.spans(value):
            if not any(c.isalnum() for c in text[start:end]):
                continue
            if sure < LEAST_OF_PLACE:
                continue
            doubted = sure < _DOUBTED
            while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_/.-"):
                start -= 1
            while end < len(text) and (text[end].isalnum() or text[end] in "_/.-"):
                end += 1
            found.append((text[start:end].rstrip(".-"), doubted))
        return list(dict.fromkeys(found))

    def spans(self, value: Value) -> list[tuple[int, int, float]]:
        """Start, end and lowest probability of the neighbouring words that hold a value."""
        found: list[tuple[int, int, float]] = []
        for i, word in enumerate(self.made.words):
            slot = self.made.word_slot(i)
            if self.value(slot) is not value:
                continue
            sure = self.settled.confidence(slot)
            joined = found and self.made.instruction[found[-1][1] : word.start].strip() == "" and found[-1][1] + 1 >= word.start
            if joined:
                found[-1] = (found[-1][0], word.end, min(found[-1][2], sure))
            else:
                found.append((word.start, word.end, sure))
        return found

    def is_vague(self, number: int) -> bool:
        """Whether an intent is only half there: no new name, and words for the old one that the denoiser itself doubts."""
        return not self.spans(NEW[number]) and all(sure < _DOUBTED for _, _, sure in self.spans(OLD[number]))

    def targets(self, number: int, olds: Sequence[tuple[str, float]]) -> list[tuple[Entity, float]]:
        """The candidates of an intent, the surest first. olds: its old words and their probabilities.

        What an intent renames bears one name, which its old words spell: a candidate of another name is impossible. Where different
        words are marked, the name of the likeliest pair of words and candidate is meant. Among the possible
        ones those that hold the intent's value are meant; where none does, those about as probable as the best.
        """
        rated = []
        for j, entity in enumerate(self.made.entities):
            slot = self.made.entity_slot(j)
            p = float(self.settled.probabilities[slot, TARGET[number]])
            rated.append((entity, p, self.value(slot) is TARGET[number]))
        said = {entity: max((sure for old, sure in olds if _spells(old, entity.name)), default=0.0) for entity, _, _ in rated}
        fitting = [item for item in rated if said[item[0]] > 0.0]
        if fitting:
            name = max(fitting, key=lambda item: item[1] * said[item[0]])[0].name
            fitting = [item for item in fitting if item[0].name == name]
        chosen = [item for item in fitting if item[2]]
        if not chosen and fitting:
            best = max(p for _, p, _ in fitting)
            chosen = [item for item in fitting if item[1] >= _AS_GOOD * best]
        chosen = chosen or [item for item in rated if item[2]]
        possible = narrow(self.made.instruction, [(start, end) for start, end, _ in self.spans(OLD[number])], [e for e, _, _ in chosen])
        return sorted(((entity, p) for entity, p, _ in chosen if entity in possible), key=lambda pair: -pair[1])


def _spells(words: str, name: str) -> bool:
    return words == name or (" " in words and subwords(words.replace(" ", "_")) == subwords(name))


def decode(made: PlanCanvas, settled: Denoised, related: Related, locate: Locate) -> Plan | NotUnderstood:
    """Read the plan off the canvas; every refusal says in a sentence what is missing."""
    if not made.words:
        return NotUnderstood(Why.EMPTY, 'The instruction is empty: say what to rename, such as "rename load_user to fetch_user".')
    reader = _Reader(made, settled)
    complete = bool(reader.spans(OLD[0])) and bool(reader.spans(NEW[0]))
    if reader.value(KIND_SLOT) is Value.UNSUPPORTED and not complete:
        return _unsupported(made)
    intents: list[Intent] = []
    for number in range(MAX_INTENTS):
        found = _intent(reader, number, related)
        if isinstance(found, NotUnderstood):
            if intents and reader.is_vague(number):
                continue
            return found
        if found is not None:
            intents.append(found)
    if not intents:
        return NotUnderstood(Why.NO_TARGET, "No definition of this repository is named in the instruction: say which function, class or module.")
    only, exclude = _places(reader, Value.ONLY, locate), _places(reader, Value.EXCEPT, locate)
    if isinstance(only, NotUnderstood):
        return only
    if isinstance(exclude, NotUnderstood):
        return exclude
    keep_alias = reader.value(ALIAS_SLOT) is Value.ALIAS and settled.confidence(ALIAS_SLOT) >= LEAST_OF_ALIAS
    rigid = next((intent.target for intent in intents if intent.target.kind not in CAN_ALIAS), None)
    if keep_alias and rigid is not None:
        return NotUnderstood(Why.UNSUPPORTED, f"The old name of a {rigid.kind.value} can't be kept beside the new one: leave that out.")
    return Plan(tuple(intents), only, exclude, keep_alias)


def _unsupported(made: PlanCanvas) -> NotUnderstood:
    """Not a rename; names the words that look like code and are defined nowhere here."""
    defined = {entity.name for entity in made.entities}
    strange = list(dict.fromkeys(word.text for word in made.words if looks_like_code(word.text) and word.text not in defined and word.is_word))
    unplaced = f" Not found here: {', '.join(strange)}." if strange else ""
    sentence = "This does not read as a rename, which is all the embedded engine can do: say what to rename to what."
    return NotUnderstood(Why.UNSUPPORTED, sentence + unplaced)


def _intent(reader: _Reader, number: int, related: Related) -> Intent | NotUnderstood | None:
    news, olds = reader.runs(NEW[number]), reader.runs(OLD[number])
    if not olds:
        # No words name a target: whatever candidate holds the value, nobody asked for it.
        return NotUnderstood(Why.NO_TARGET, f"It is not clear what should become {news[0][0]}: say which definition.") if news else None
    targets = reader.targets(number, olds)
    if not targets:
        return NotUnderstood(Why.NOTHING_MATCHES, f"Nothing called {olds[0][0]} is defined in this repository: check the spelling.")
    target, sure = targets[0]
    others = [entity for entity, _ in targets[1:] if entity.name != target.name or not related(target, entity)]
    if others:
        candidates = tuple(qualified(entity) for entity in (target, *others))
        sentence = f"{target.name} could be any of {len(candidates)} definitions: name its class, function or file."
        return NotUnderstood(Why.AMBIGUOUS, sentence, candidates)
    if not news:
        return NotUnderstood(Why.NO_NEW_NAME, f"What should {target.name} be called? The instruction gives no new name.", (qualified(target),))
    text, certain = max(news, key=lambda run: run[1])
    new = new_name(text, target)
    if not is_identifier(new) or keyword.iskeyword(new) or not new.isascii() and not new.isidentifier():
        return NotUnderstood(Why.BAD_NAME, f"{new} cannot be a name in Python: choose another one.")
    if new == target.name:
        return NotUnderstood(Why.BAD_NAME, f"{target.name} is already called that.")
    confidence = min(sure, certain, max(certainty for _, certainty in olds))
    if confidence < LEAST_CONFIDENCE:
        sentence = f"It is not certain that {target.name} should become {new}: say it more plainly, such as \"rename {target.name} to {new}\"."
        return NotUnderstood(Why.UNSURE, sentence, (qualified(target),))
    return Intent(target, new, confidence)


def new_name(text: str, target: Entity) -> str:
    """A name as it was said: one word as it stands, several joined in the style of the old name."""
    words = text.replace("-", " ").split()
    if len(words) == 1:
        return words[0]
    style = style_of(target.name)
    return join([word if target.kind is Kind.CLASS else word.lower() for word in words], style)


def _places(reader: _Reader, value: Value, locate: Locate) -> tuple[Place, ...] | NotUnderstood:
    places: list[Place] = []
    for text, doubted in reader.paths(value):
        place = locate(text)
        if place is None and doubted:
            continue
        if place is None:
            return NotUnderstood(Why.UNKNOWN_PLACE, f"There is no file or folder {text} in this repository: check the path.")
        places.append(place)
    return tuple(dict.fromkeys(places))

