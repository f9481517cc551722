"""How a request and its holes are laid out as tokens: the prompt that is encoded once, a window per hole, and the canvases.

A window and its canvases have one length, so that a batch needs no padding. What is right of a hole stands at the same
place in all of them; what is left of it is cut, or padded, to fill up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.canvas import Bools, Ints
from engine.hub.holes import Hole


class Tokenizer(Protocol):
    """What is asked of a tokenizer; that of a `transformers` model has it."""

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]: ...

    def decode(self, token_ids: Sequence[int], *, skip_special_tokens: bool) -> str: ...


@dataclass(frozen=True, slots=True)
class Layout:
    """The form that a model was trained on, or that suits it."""

    opening: str = "<<<"
    closing: str = ">>>"
    prompt: int = 0
    """Tokens of the padded request; 0: as long as it comes."""
    canvas: int = 256
    """Tokens of a window, and of a canvas."""
    padding: int = 0
    """Token that fills up."""
    shorter: int = 3
    """Hole lengths that are tried: down to so many tokens fewer than there are,"""
    longer: int = 8
    """up to so many more."""

    @property
    def most(self) -> int:
        """Tokens of the longest hole."""
        return self.canvas // 2


@dataclass(frozen=True, slots=True)
class Canvases:
    """K canvases of L tokens for one hole, one for each of its lengths."""

    ids: Ints
    """[K, L] what they start from; the old text's tokens are the draft of the hole."""
    free: Bools
    """[K, L] the hole; all else is clamped."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Codec:
    """Text to tokens and back."""

    tokenizer: Tokenizer
    layout: Layout

    def encode(self, text: str) -> list[int]:
        """Tokens without the special ones that a tokenizer adds."""
        return self.tokenizer.encode(text, add_special_tokens=False)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of some tokens."""
        return self.tokenizer.decode(list(ids), skip_special_tokens=False)

    def request(self, text: str) -> list[int]:
        """The prompt that all holes share, its end kept where it is too long."""
        ids = self.encode(text)
        if not self.layout.prompt:
            return ids
        return [*[self.layout.padding] * (self.layout.prompt - len(ids)), *ids[-self.layout.prompt :]]

    def fits(self, hole: Hole) -> bool:
        """Whether the hole's old text leaves room for its surroundings."""
        return len(self.encode(hole.old)) <= self.layout.most - self.layout.longer

    def lengths(self, hole: Hole) -> list[int]:
        """Hole lengths to try, that of the old text first."""
        now = len(self.encode(hole.old))
        tried = range(max(1, now - self.layout.shorter), min(self.layout.most, now + self.layout.longer) + 1)
        return sorted(tried, key=lambda length: (abs(length - now), length))

    def window(self, hole: Hole) -> list[int]:
        """The hole's surroundings as they are, the old text between the marks."""
        return self._filled(hole, self.encode(hole.old))

    def canvas(self, hole: Hole, inside: Sequence[int]) -> tuple[list[int], slice]:
        """The surroundings with some tokens between the marks, and where those stand."""
        ids = self._filled(hole, inside)
        end = len(ids) - len(self._right(hole)) - len(self.encode(self.layout.closing))
        return ids, slice(end - len(inside), end)

    def chain(self, hole: Hole, inside: Sequence[int]) -> tuple[list[int], slice]:
        """The same for the causal mode, and where the tokens and the closing mark stand.

        It begins as the window does, whatever is inside: on a canvas the length of what is left of the hole tells how long the hole is, and
        likelihoods of different lengths would not be comparable.
        """
        window = self.window(hole)
        marks = [self.encode(mark) for mark in (self.layout.opening, self.layout.closing)]
        start = len(window) - len(self._right(hole)) - len(marks[1]) - len(self.encode(hole.old))
        end = start + len(inside) + len(marks[1])
        size = self.layout.canvas + self.layout.most // 2
        ids = [*window[:start], *inside, *marks[1], *self._right(hole)][:size]
        return [*ids, *[self.layout.padding] * (size - len(ids))], slice(start, end)

    def canvases(self, hole: Hole, lengths: Sequence[int]) -> Canvases:
        """A canvas for every length, drafted from the old text."""
        old = self.encode(hole.old)
        rows, free = [], np.zeros((len(lengths), self.layout.canvas), np.bool_)
        for i, length in enumerate(lengths):
            ids, inside = self.canvas(hole, drafted(old, length, self.layout.padding))
            rows.append(ids)
            free[i, inside] = True
        return Canvases(np.array(rows, np.int64), free)

    def _right(self, hole: Hole) -> list[int]:
        # Cut before encoding: a file may be long, and a token is seldom longer than eight characters.
        room = (self.layout.canvas - self.layout.most) // 2
        return self.encode(hole.right[: room * 8])[:room]

    def _filled(self, hole: Hole, inside: Sequence[int]) -> list[int]:
        tail = [*self.encode(self.layout.opening), *inside, *self.encode(self.layout.closing), *self._right(hole)]
        room = self.layout.canvas - len(tail)
        left = self.encode(hole.left[-room * 8 :])[-room:]
        return [*[self.layout.padding] * (room - len(left)), *left, *tail]


def drafted(old: Sequence[int], length: int, padding: int) -> list[int]:
    """`length` tokens from the old text: both of its ends, and in a longer hole padding between them."""
    head = min(len(old), length) // 2
    tail = min(len(old), length) - head
    return [*old[:head], *[padding] * (length - head - tail), *(old[len(old) - tail :] if tail else ())]
