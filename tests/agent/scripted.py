"""A denoiser that needs no weights: it finds the names of one rename on the plan canvas and follows the evidence on the site canvases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.canvas import Batch, Floats
from engine.features import FAMILY_ROLE, Blame, Channel, Evidence, Region
from engine.plan_canvas import ACTION_SLOTS, KEYWORD_SLOT
from engine.values import NEW, OLD, SIZE, TARGET, Value


def never(lexemes: tuple[str, ...], at: int) -> bool:
    """No slot is decided wrongly."""
    return False


@dataclass(slots=True)
class Renamer:
    """Renames `old` to `new` wherever name resolution says yes, and in the names of tests."""

    old: str
    new: str
    words: Mapping[str, Value] = field(default_factory=dict)
    """Values of other words of the instruction, such as those of a scope."""
    home: str = ""
    """When several definitions have the old name: a word (class, folder, file) beside the one that is meant."""
    alias: bool = False
    is_rename: bool = True
    errs: Callable[[tuple[str, ...], int], bool] = never
    """Site slots that are decided wrongly until a diagnostic blames them."""
    blamed: list[str] = field(default_factory=list)
    """Lexemes of the slots that came back with a diagnostic."""
    free: list[int] = field(default_factory=list)
    """Masked slots of each call."""

    def logits(self, batch: Batch) -> Floats:
        """[N, V]"""
        out = np.zeros((len(batch.rows), SIZE), np.float32)
        for i, (row, at) in enumerate(zip(batch.rows, batch.positions, strict=True)):
            out[i, self._value(batch, i, batch.lexemes[row], int(at))] = 12.0
        self.free.append(int(np.sum(batch.values == Value.MASK)))
        return out

    def _value(self, batch: Batch, i: int, lexemes: tuple[str, ...], at: int) -> Value:
        channels = batch.features[batch.rows[i], at]
        match int(channels[Channel.REGION]):
            case Region.GLOBAL if at == 0:
                return Value.RENAME if self.is_rename else Value.UNSUPPORTED
            case Region.GLOBAL if at in ACTION_SLOTS:
                return Value.RENAME if OLD[at] in self.words.values() else Value.NOTHING
            case Region.GLOBAL if at == KEYWORD_SLOT:
                return Value.ANYWHERE
            case Region.GLOBAL:
                return Value.ALIAS if self.alias else Value.NO_ALIAS
            case Region.INSTRUCTION:
                return {self.old: OLD[0], self.new: NEW[0], **self.words}.get(lexemes[at], Value.OTHER)
            case Region.ENTITY:
                here = lexemes[at] == self.old and (not self.home or self.home in lexemes[at : at + 5])
                return TARGET[0] if here else Value.LEAVE
        return self._site(batch.domains[i], lexemes, at, channels)

    def _site(self, domain: np.ndarray, lexemes: tuple[str, ...], at: int, channels: np.ndarray) -> Value:
        if domain[Value.INSERT]:
            return Value.INSERT
        is_longer = channels[Channel.ROLE] == FAMILY_ROLE
        means_it = lexemes[at].startswith("test_") or (channels[Channel.EVIDENCE] == Evidence.YES and not is_longer)
        if channels[Channel.DIAGNOSTIC] != Blame.NONE:
            self.blamed.append(lexemes[at])
        elif self.errs(lexemes, at):
            means_it = not means_it
        if not means_it:
            return Value.KEEP
        return Value.BOTH if domain[Value.BOTH] else Value.REPLACE
