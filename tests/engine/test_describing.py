"""Descriptions of sets: entity canvases, and the files that they are looked for in."""

from __future__ import annotations

import numpy as np
import pytest

from engine.describing import Describer
from engine.entity_canvas import PER_CANVAS, described, entity_canvases
from engine.evidence import Entity, Kind, Project
from engine.lexemes import lex
from engine.plan import Action, NotUnderstood, Plan, Why
from engine.plan_canvas import plan_canvas
from engine.plan_reader import Reader
from engine.retrieval import Context
from engine.sampler import Sampler
from engine.testing import ScriptedDenoiser
from engine.understanding import understand
from engine.values import OLD, TARGET, TO, Value

FILES = {
    "pkg/util.py": "import functools\n\nLIMIT = 3\n\n\ndef parse_a(): ...\n\n\n@functools.cache\ndef parse_b():\n    def inner(): ...\n\n\ndef load(): ...\n\n\nclass Base:\n    def parse_c(self): ...\n",
    "pkg/errors.py": "class Broken(Exception): ...\n\n\nclass Lost(Broken): ...\n",
    "pkg/__init__.py": "",
}
PROJECT = Project(FILES.keys(), FILES.get)


def test_candidates_are_the_definitions_of_a_file_with_their_decorators() -> None:
    found = {item.entity.qualname: item for item in described(PROJECT, ["pkg/util.py"])}
    assert set(found) == {"LIMIT", "parse_a", "parse_b", "load", "Base", "Base.parse_c"}
    assert found["parse_b"].facts.decorators == ("cache",) and found["Base.parse_c"].entity.owner == "Base"


def test_every_candidate_has_its_slot_and_canvases_stay_small() -> None:
    text = "\n\n".join(f"def f{i}(): ..." for i in range(2 * PER_CANVAS + 3))
    pool = described(Project(["a.py"], {"a.py": text}.get), ["a.py"])
    made = entity_canvases("move the helpers", lex("move the helpers"), {1, 2}, pool, "move", 6)
    assert [len(item.candidates) for item in made] == [PER_CANVAS, PER_CANVAS, 3]
    assert all(slot.domain == (Value.LEAVE, TARGET[0]) for item in made for slot in item.canvas.slots)
    names = [item.canvas.lexemes[slot.position] for item in made for slot in item.canvas.slots]
    assert names == [candidate.entity.name for item in made for candidate in item.candidates]


def read(instruction: str, taken: str, words: dict[str, Value], named: tuple[Entity, ...] = ()) -> Plan | NotUnderstood:
    """The plan when the denoiser takes every candidate whose name begins with `taken`, and all that are named."""
    context = Context(named, {}, frozenset({"util", "errors"}), frozenset({"pkg"}))
    made = plan_canvas(instruction, context, 6)
    targets = {made.canvas.slots[made.entity_slot(j)].position for j in range(len(named))}

    def script(lexemes: tuple[str, ...], at: int) -> Value:
        if lexemes[0] == "which":
            return TARGET[0] if lexemes[at].startswith(taken) else Value.LEAVE
        if at in targets:
            return TARGET[0]
        quiet = {0: Value.MOVE, 4: Value.NO_ALIAS, 5: Value.ANYWHERE}
        return quiet.get(at, words.get(lexemes[at], Value.OTHER if at > 5 else Value.NOTHING))

    return understand(
        instruction, context, ScriptedDenoiser(script), Sampler(), np.random.default_rng(0), lambda a, b: False, tuple(FILES), PROJECT,
        lambda names: [path for path, text in FILES.items() if any(name in text for name in names)],
    ).result  # fmt: skip


WORDS = {"parsing": OLD[0], "functions": OLD[0], "errors": TO[0]}


def test_described_set_is_what_the_denoiser_takes_of_the_file_that_is_named() -> None:
    found = read("move the parsing functions in util to errors", "parse_", WORDS)
    assert isinstance(found, Plan)
    assert [entity.qualname for entity in found.intents[0].targets] == ["parse_a", "parse_b"]
    assert found.intents[0].to == "pkg/errors.py"


LOAD = Entity(Kind.FUNCTION, "load", "pkg/util.py", start=100, end=104)


@pytest.mark.parametrize(("taken", "wanted"), [("load", ["load"]), ("parse_", ["load", "parse_a", "parse_b"])], ids=["the same", "others"])
def test_plain_words_beside_a_name_sum_it_up_or_mean_others_as_well(taken: str, wanted: list[str]) -> None:
    found = read("move load and the parsing functions in util to errors", taken, WORDS | {"load": OLD[0]}, (LOAD,))
    assert isinstance(found, Plan)
    assert [entity.qualname for entity in found.intents[0].targets] == wanted


def test_a_name_that_is_nowhere_is_not_left_out_beside_one_that_is() -> None:
    found = read("move load and parse_zip in util to errors", "parse_", {"load": OLD[0], "parse_zip": OLD[0], "errors": TO[0]}, (LOAD,))
    assert isinstance(found, NotUnderstood) and "parse_zip" in found.sentence


def test_plain_words_are_followed_though_a_candidate_of_another_name_bears_the_value() -> None:
    other = Entity(Kind.FUNCTION, "util", "pkg/other.py", start=0, end=4)
    found = read("move the parsing functions in util to errors", "parse_", WORDS, (other,))
    assert isinstance(found, Plan)
    assert [entity.qualname for entity in found.intents[0].targets] == ["parse_a", "parse_b"]


def test_the_suffix_of_a_file_is_no_name() -> None:
    module = Entity(Kind.MODULE, "util", "pkg/util.py")
    found = read("move util.py to errors", "nothing", {"util": OLD[0], "py": OLD[0], "errors": TO[0]}, (module,))
    assert isinstance(found, Plan) and found.intents[0].target == module


def test_description_that_nothing_fits_is_asked_about() -> None:
    found = read("move the parsing functions in util to errors", "nothing", WORDS)
    assert isinstance(found, NotUnderstood) and found.why is Why.NOTHING_MATCHES and "parsing functions" in found.sentence


def test_unknown_single_name_is_told_as_such() -> None:
    found = read("move frobnicator to errors", "nothing", {"frobnicator": OLD[0], "errors": TO[0]})
    assert isinstance(found, NotUnderstood) and "frobnicator" in found.sentence and "spelling" in found.sentence


@pytest.mark.parametrize(("text", "files"), [("the parsing functions in util to errors", ["pkg/util.py"]), ("everything in pkg", sorted(FILES)), ("things", [])])
def test_files_of_a_description_are_those_that_the_text_names(text: str, files: list[str]) -> None:
    context = Context((), {}, frozenset({"util", "errors"}), frozenset({"pkg"}))
    words = {"errors": TO[0]}

    def script(lexemes: tuple[str, ...], at: int) -> Value:
        return words.get(lexemes[at], Value.OTHER if at > 5 else Value.NO_ALIAS if at == 4 else Value.ANYWHERE if at == 5 else Value.NOTHING if at else Value.MOVE)

    made = plan_canvas(text, context, 6)
    settled = Sampler().sample(ScriptedDenoiser(script), [made.canvas], np.random.default_rng(0)).canvases[0]
    describer = Describer(PROJECT, tuple(FILES), context, lambda names: (), ScriptedDenoiser(script), Sampler(), np.random.default_rng(0), 6)
    assert sorted(describer._files(Reader(made, settled), [])) == files
    assert describer.which(Reader(made, settled), [], Action.MOVE) == [] or files
