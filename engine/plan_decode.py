"""From a settled plan canvas to a plan, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from engine.destination import unimportable
from engine.evidence import Kind, qualified
from engine.plan import Action, Intent, NotUnderstood, Place, Plan, Why
from engine.plan_canvas import ALIAS_SLOT, KEYWORD_SLOT, PlanCanvas
from engine.plan_fields import fields_of
from engine.plan_reader import DOUBTED, OF_ONE, POSSIBLE, Chosen, Reader, Related, Run
from engine.retrieval import looks_like_code
from engine.sampler import Denoised
from engine.values import EFFECT, MAX_INTENTS, NEW, OLD, PARAM, TO, Value

CAN_ALIAS = (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT, Kind.METHOD)
"""Kinds whose old name can be kept as an alias."""
LEAST_CONFIDENCE = 0.3
"""Probability of the least certain slot of an intent below which the plan is not acted upon; set by hand, not calibrated."""
LEAST_OF_ALIAS = 0.9
"""Probability below which the wish to keep the old name is not taken for one; chosen on held-out packages (docs/measurements.md)."""
Locate = Callable[[str], Place | None]
"""The place of the repository that some words name."""
LEAST_OF_MEMBER = 0.6
"""Probability below which a member of a described set is asked about; set by hand, not calibrated."""
Which = Callable[[Reader, Collection[int], Action], list[Chosen]]
"""The definitions that a description means: indices of its words in the instruction, and what is asked of them."""
_ALIASED = (Action.RENAME, Action.MOVE)
_FIELDS = tuple(zip(NEW, TO, PARAM, strict=True))
"""What a request may say besides its target, by its number."""


def nobody(reader: Reader, words: Collection[int], action: Action) -> list[Chosen]:
    """Where descriptions can't be followed."""
    return []


def decode(
    made: PlanCanvas, settled: Denoised, related: Related, locate: Locate, paths: Collection[str], which: Which = nobody
) -> Plan | NotUnderstood:
    """Read the plan off the canvas; every refusal says in a sentence what is missing."""
    if not made.words:
        return NotUnderstood(Why.EMPTY, 'The instruction is empty: say what to change, such as "rename load_user to fetch_user".')
    reader = Reader(made, settled)
    complete = bool(reader.runs(OLD[0])) and bool(reader.runs(NEW[0]))
    if reader.value(0) is Value.UNSUPPORTED and not complete:
        return _unsupported(made)
    intents: list[Intent] = []
    for number in range(MAX_INTENTS):
        found = _intent(reader, number, related, paths, which, intents[-1] if intents else None)
        if isinstance(found, NotUnderstood):
            if intents and reader.is_vague(number, _FIELDS[number]):
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
    named = [intent for intent in intents if intent.action in _ALIASED]
    rigid = next((intent.target for intent in named if intent.target.kind not in CAN_ALIAS and intent.action is Action.RENAME), None)
    if keep_alias and rigid is not None:
        return NotUnderstood(Why.UNSUPPORTED, f"The old name of a {rigid.kind.value} can't be kept beside the new one: leave that out.")
    asked = intents if keep_alias else [_canonical(intent, paths) for intent in intents]
    return Plan(tuple(asked), only, exclude, keep_alias and bool(named), reader.unread())


def _canonical(intent: Intent, paths: Collection[str]) -> Intent:
    """A module that moves to another name beside its own is renamed."""
    folder, _, name = intent.to.rpartition("/")
    stays = intent.action is Action.MOVE and intent.target.kind is Kind.MODULE and folder == intent.target.path.rpartition("/")[0]
    if not stays or not name.endswith(".py") or intent.to in paths or intent.others or unimportable(intent.to, paths):
        return intent
    return replace(intent, action=Action.RENAME, new=name.removesuffix(".py"), to="")


def _unsupported(made: PlanCanvas) -> NotUnderstood:
    """Not a refactoring; names the words that look like code and are defined nowhere here."""
    defined = {entity.name for entity in made.entities}
    strange = list(dict.fromkeys(word.text for word in made.words if looks_like_code(word.text) and word.text not in defined and word.is_word))
    unplaced = f" Not found here: {', '.join(strange)}." if strange else ""
    sentence = (
        "This does not read as a refactoring that the embedded engine can do (rename, move, delete or replace definitions, change parameters, "
        "functions to methods and back): say what should become what."
    )
    return NotUnderstood(Why.UNSUPPORTED, sentence + unplaced)


def _intent(
    reader: Reader, number: int, related: Related, paths: Collection[str], which: Which, previous: Intent | None
) -> Intent | NotUnderstood | None:
    action, certain = reader.action(number)
    olds = reader.runs(OLD[number])
    asked = bool(olds or reader.runs(NEW[number]) or reader.runs(TO[number]))
    if action is None and not asked:
        return None
    if action is None:
        # Words that belong to a request say that there is one.
        action, certain = reader.likeliest_action(number), 1.0
    action, certain = reader.fitting_action(number, action, certain)
    if not olds and previous is None:
        new = reader.field(NEW[number])[0]
        sentence = f"It is not clear what should become {new}: say which definition." if new else "Say which function, class or module is meant."
        return NotUnderstood(Why.NO_TARGET, sentence)
    if not olds and not asked and certain < DOUBTED:
        return None
    targets = _same(previous, action) if not olds and previous else _targets(reader, number, action, related, which)
    if isinstance(targets, NotUnderstood):
        return targets
    is_sure = not reader.is_vague(number, _FIELDS[number]) or not reader.unknown_words(number, action)
    fields = fields_of(reader, number, targets[0].entity, action, paths, previous if previous and previous.action is action and is_sure else None)
    if isinstance(fields, NotUnderstood):
        return fields
    old_sure = max((run.sure for run in olds), default=1.0)
    confidence = min(certain, fields.sure, old_sure, *(target.sure for target in targets))
    target = targets[0].entity
    if confidence < LEAST_CONFIDENCE:
        wanted = f'"rename {target.name} to {fields.new}"' if action is Action.RENAME else "one request in one short sentence"
        return NotUnderstood(Why.UNSURE, f"It is not certain what should happen to {target.name}: say it more plainly, such as {wanted}.", (qualified(target),))
    return Intent(
        target,
        fields.new,
        confidence,
        action,
        tuple(chosen.entity for chosen in targets[1:]),
        fields.to,
        fields.code["type"],
        fields.code["default"],
        fields.values,
        reader.value(KEYWORD_SLOT) is Value.KEYWORD_ONLY and action is Action.ADD,
        fields.parameters,
        fields.order,
        reader.field(EFFECT[number])[0] if action is Action.ADD else "",
    )


def _same(previous: Intent, action: Action) -> list[Chosen] | NotUnderstood:
    """A request that names no target of its own speaks of what the one before it did."""
    possible = [entity for entity in previous.targets if entity.kind in POSSIBLE[action]]
    if not possible:
        sentence = f"A {previous.target.kind.value} can't become a {action.value}: say which definition is meant."
        return NotUnderstood(Why.NO_TARGET, sentence, (qualified(previous.target),))
    return [Chosen(entity, 1.0) for entity in possible]


def _targets(reader: Reader, number: int, action: Action, related: Related, which: Which) -> list[Chosen] | NotUnderstood:
    if reader.is_description(number, action):
        return _described(reader, number, action, which)
    groups = reader.target_groups(number, action)
    strange = reader.strange(number, action)
    strange_names = [word for run in strange for word in reader.text(run).split() if action in OF_ONE or looks_like_code(word)]
    if not groups or (strange_names and action is not Action.RENAME):
        words = reader.text((strange or reader.runs(OLD[number]))[0])
        return NotUnderstood(Why.NOTHING_MATCHES, f"Nothing called {words} is defined in this repository{_for(action)}: check the spelling.")
    found: list[Chosen] = []
    unclear: NotUnderstood | None = None
    for run, every in groups:
        alike = reader.with_parameters(number, every) if len(every) > 1 else every
        target = alike[0].entity
        others = [item.entity for item in alike[1:] if item.entity.name != target.name or not related(target, item.entity)]
        if others:
            candidates = tuple(qualified(entity) for entity in (target, *others))
            sentence = f"{target.name} could be any of {len(candidates)} definitions: name its class, function or file."
            unclear = NotUnderstood(Why.AMBIGUOUS, sentence, candidates)
            if run.sure < DOUBTED and not looks_like_code(reader.text(run)):
                # A word in passing ("from the tests alone") that the denoiser itself doubts.
                continue
            return unclear
        foreign = reader.foreign_owner(number, target)
        if foreign:
            sentence = f"There is no class {foreign} in this repository that {target.name} could belong to: check the spelling."
            return NotUnderstood(Why.NOTHING_MATCHES, sentence, (qualified(target),))
        if all(item.entity != target for item in found):
            found.append(alike[0])
    if found and strange and action is not Action.RENAME:
        return _with_described(reader, strange, action, which, found)
    return found or unclear or []


def _with_described(reader: Reader, runs: Sequence[Run], action: Action, which: Which, named: list[Chosen]) -> list[Chosen] | NotUnderstood:
    """Named definitions and plain words beside them: those sum the names up ("both wrappers, A and B"), or mean others as well."""
    known = {(item.entity.path, item.entity.qualname) for item in named}
    others = [item for item in which(reader, reader.words_of(runs), action) if (item.entity.path, item.entity.qualname) not in known]
    return _unless_doubted(others, " ".join(reader.text(run) for run in runs)) or [*named, *others]


def _described(reader: Reader, number: int, action: Action, which: Which) -> list[Chosen] | NotUnderstood:
    """The set that a description means."""
    found = which(reader, reader.marked(number), action)
    words = reader.described_as(number)
    if not found and " " not in words:
        return NotUnderstood(Why.NOTHING_MATCHES, f"Nothing called {words} is defined in this repository{_for(action)}: check the spelling.")
    if not found:
        return NotUnderstood(Why.NOTHING_MATCHES, f"It is not clear which definitions are meant by “{words}”: name them, or their file.")
    return _unless_doubted(found, words) or found


def _unless_doubted(found: Sequence[Chosen], words: str) -> NotUnderstood | None:
    doubtful = [qualified(item.entity) for item in found if item.sure < LEAST_OF_MEMBER]
    if not doubtful:
        return None
    sentence = f"It is not certain that {'these are' if len(doubtful) > 1 else 'this is'} meant by “{words}”: name what is meant."
    return NotUnderstood(Why.UNSURE, sentence, tuple(doubtful))


def _for(action: Action) -> str:
    kinds = POSSIBLE[action]
    return "" if len(kinds) > 5 else " as a " + " or ".join(sorted(kind.value for kind in kinds))


def _places(reader: Reader, value: Value, locate: Locate) -> tuple[Place, ...] | NotUnderstood:
    places: list[Place] = []
    for text, doubted in reader.paths(value):
        place = locate(text)
        if place is None and doubted:
            continue
        if place is None:
            return NotUnderstood(Why.UNKNOWN_PLACE, f"There is no file or folder {text} in this repository: check the path.")
        places.append(place)
    return tuple(dict.fromkeys(places))
