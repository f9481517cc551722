"""Instructions: hostile words before a denoiser that believes anything; a plan comes out of it, or a sentence."""

from __future__ import annotations

import zlib

import numpy as np

from benchmarks.fuzz.material import hostile
from engine import Action, Context, NotUnderstood, Plan, Project, Sampler, entities, lex, rank, spellings, understand
from engine.canvas import Batch, Floats
from engine.evidence import Entity
from engine.naming import is_identifier
from engine.values import SIZE
from tests.engine.package import PACKAGE

MAX_LENGTH = 2048
_SAID = [str(spec["run"]["say"]) for spec in hostile() if "say" in spec.get("run", {})]
_PLAIN = ["rename open_store to open_folder", "call the class RecordStore Shelf, but keep the old name", "read_record -> fetch in warehouse/store.py, not in tests",
          "the row_total argument of format_total should be called total; rename parse_line to split_line"]  # fmt: skip
SEEDS = [bytes([number % 251]) + text.encode() for number, text in enumerate([*_SAID, *_PLAIN] * 3)]
WORDS = [b"rename ", b" to ", b"RecordStore", b"open_store", b"parse_line", b"warehouse/", b"warehouse.store", b"tests", b"`", b"'", b"\\", b"../", b"*", b"(?:", b"[",
         b" as an alias", b"except in ", b"only in ", b"\n", b"\x00", b"\xe2\x80\xae", b"\xc3\x9f", b"class", b"\xef\xac\x81"]  # fmt: skip
_PROJECT = Project(tuple(PACKAGE.texts), PACKAGE.texts.get)
_ENTITIES = tuple(entity for path in PACKAGE.texts for entity in entities(_PROJECT, path))


class Gullible:
    """Sure of something else at every word; the first byte of the input says of what."""

    def __init__(self, mood: int) -> None:
        self._mood = mood

    def logits(self, batch: Batch) -> Floats:
        """[N, V]"""
        out = np.zeros((len(batch.rows), SIZE), np.float32)
        for i, (row, at) in enumerate(zip(batch.rows, batch.positions, strict=True)):
            legal = np.flatnonzero(batch.domains[i])
            draw = zlib.crc32(f"{self._mood} {batch.lexemes[row][at]} {at}".encode("utf-8", "surrogateescape"))
            out[i, legal[draw % len(legal)]] = 1.0 + draw % 9
        return out


def check(data: bytes) -> None:
    mood, instruction = data[0] if data else 0, data[1:].decode("utf-8", "surrogateescape")
    lexemes = lex(instruction)
    names = set(spellings(lexemes))
    candidates = [entity for entity in _ENTITIES if entity.name in names] or list(_ENTITIES[:8])
    context = Context(rank(candidates, instruction, lexemes), {entity.name: 1 for entity in candidates}, frozenset({"store"}), frozenset({"tests"}))
    found = understand(instruction, context, Gullible(mood), Sampler(), np.random.default_rng(mood), _related, _PROJECT.paths, _PROJECT)
    assert isinstance(found.result, Plan | NotUnderstood)
    if isinstance(found.result, NotUnderstood):
        assert found.result.sentence
        return
    for intent in found.result.intents:
        assert set(intent.targets) <= set(_ENTITIES)
        assert is_identifier(intent.new) or not intent.new and intent.action is not Action.RENAME
        assert intent.action is not Action.RENAME or intent.new != intent.target.name
    for place in (*found.result.only, *found.result.exclude):
        assert place.concept is not None or place.path in _PROJECT.paths or any(path.startswith(place.path) for path in _PROJECT.paths)


def _related(one: Entity, other: Entity) -> bool:
    return one.name == other.name
