"""Which definitions a description means: the files that the text names are looked through, and entity canvases denoised over them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.denoiser import Denoiser
from engine.entity_canvas import Described, described, entity_canvases
from engine.evidence import Project
from engine.features import Zone, zone_of
from engine.plan import Action
from engine.plan_reader import POSSIBLE, Chosen, Reader
from engine.retrieval import Context, looks_like_code
from engine.sampler import Sampler
from engine.scope import locate
from engine.values import EXCEPT_OR_NEW, TARGET

Holding = Callable[[Sequence[str]], Collection[str]]
"""Paths of the files that hold any of some words."""
_TOKEN = re.compile(r"[\w./-]*\w/?")
_MOST_FILES = 60


@dataclass(slots=True)
class Describer:
    """Follows descriptions over one repository; adds up what it cost."""

    project: Project
    paths: Collection[str]
    context: Context
    holding: Holding
    denoiser: Denoiser
    sampler: Sampler
    generator: np.random.Generator
    depth: int
    forward_passes: int = 0
    lexeme_passes: int = 0
    known: dict[str, list[Described]] = field(default_factory=dict)

    def which(self, reader: Reader, marked: Collection[int], action: Action) -> list[Chosen]:
        """The definitions that the marked words mean, in the order of their files."""
        files = self._files(reader, marked)
        pool = [item for item in described(self.project, files) if item.entity.kind in POSSIBLE[action]]
        made = entity_canvases(reader.made.instruction, reader.made.words, self._without_place(reader, marked), pool, action.value.split()[0], self.depth)
        if not made:
            return []
        sampled = self.sampler.sample(self.denoiser, [item.canvas for item in made], self.generator)
        self.forward_passes += sampled.forward_passes
        self.lexeme_passes += sampled.lexeme_passes
        return [
            Chosen(candidate.entity, settled.confidence(i))
            for item, settled in zip(made, sampled.canvases, strict=True)
            for i, candidate in enumerate(item.candidates)
            if settled.canvas.slots[i].value is TARGET[0]
        ]

    def _without_place(self, reader: Reader, marked: Collection[int]) -> frozenset[int]:
        """The words of a description without the file or folder that it ends with: all candidates are there."""
        places = self.context.files | self.context.folders
        return frozenset(i for i in marked if reader.made.words[i].text not in places) or frozenset(marked)

    def _files(self, reader: Reader, marked: Collection[int]) -> list[str]:
        """Files that the text names outside of destinations and exceptions; without any, those that hold the description's own names."""
        words = reader.made.words
        taken = [(words[i].start, words[i].end) for i in range(len(words)) if i in marked or reader.value(reader.made.word_slot(i)) in EXCEPT_OR_NEW]
        named: dict[str, None] = {}
        for token in _TOKEN.finditer(reader.made.instruction):
            if any(start < token.end() and token.start() < end for start, end in taken):
                continue
            text = token.group()
            if "/" in text or "." in text or text in self.context.files or text in self.context.folders:
                place = locate(text, self.paths)
                named.update(dict.fromkeys(self._below(place.path) if place and place.path else ()))
        if named:
            return list(named)[:_MOST_FILES]
        own = [words[i].text for i in marked if looks_like_code(words[i].text) or any(e.name == words[i].text for e in self.context.entities)]
        owners = [e.path for e in self.context.entities if not own and e.name in {word.text for word in words}]
        found = sorted(self.holding(own)) if own else owners
        return [path for path in dict.fromkeys(found) if path.endswith(".py") and zone_of(path) is Zone.SOURCE][:_MOST_FILES]

    def _below(self, path: str) -> list[str]:
        if not path.endswith("/"):
            return [path] if path.endswith(".py") else []
        return sorted(item for item in self.paths if item.startswith(path) and item.endswith(".py"))
