"""The meaning channel: a lexeme's word pieces pooled with position weights into one vector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.canvas import Floats, Ints
from engine.checkpoint import Checkpoint
from engine.wordpiece import MAX_PIECES, WordPiece

POSITION_WEIGHTS = (0.85 ** np.arange(MAX_PIECES)).astype(np.float32)
"""A lexeme is nearly a bag of pieces; falling weights keep `load_user` apart from `user_load`."""


class TextTable:
    """Vectors of lexemes, computed once per distinct lexeme. Row 0 is the padding."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self._pieces = WordPiece(checkpoint.vocabulary)
        self._rows: dict[str, int] = {}
        self._vectors = np.zeros((1, checkpoint.config.width), np.float32)

    def rows(self, lexemes: Sequence[Sequence[str]], length: int) -> Ints:
        """[B, length] rows of `vectors` for each lexeme; 0 where a canvas is shorter."""
        self._add({text for line in lexemes for text in line})
        out = np.zeros((len(lexemes), length), np.int64)
        for b, line in enumerate(lexemes):
            out[b, : len(line)] = [self._rows[text] for text in line]
        return out

    @property
    def vectors(self) -> Floats:
        """[rows, width] of every lexeme seen so far."""
        return self._vectors

    def _add(self, texts: set[str]) -> None:
        new = sorted(texts - self._rows.keys())
        if not new:
            return
        start = len(self._vectors)
        self._rows.update({text: start + i for i, text in enumerate(new)})
        self._vectors = np.concatenate([self._vectors, self.embed(new)])

    def embed(self, lexemes: Sequence[str]) -> Floats:
        """[n, width] pooled vectors."""
        split = [self._pieces.pieces(text) for text in lexemes]
        owner = np.repeat(np.arange(len(split)), [len(ids) for ids in split])
        weight = np.concatenate([POSITION_WEIGHTS[: len(ids)] / POSITION_WEIGHTS[: len(ids)].sum() for ids in split])
        vectors = self._checkpoint.piece_rows(np.concatenate([np.array(ids) for ids in split])) * weight[:, None]
        out = np.zeros((len(split), vectors.shape[1]), np.float32)
        np.add.at(out, owner, vectors)
        return out
