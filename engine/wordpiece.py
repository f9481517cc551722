"""Word pieces of a lexeme: greedy longest match over the sub-words of an identifier (Schuster and Nakajima 2012; BERT)."""

from __future__ import annotations

from collections.abc import Sequence

from engine.naming import subwords

MAX_PIECES = 6


class WordPiece:
    """Uncased word-piece vocabulary; the line number is the id."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._ids = {piece: i for i, piece in enumerate(vocabulary)}
        self._unknown = self._ids["[UNK]"]
        self._cache: dict[str, tuple[int, ...]] = {}

    def pieces(self, lexeme: str) -> tuple[int, ...]:
        """Ids of the first MAX_PIECES pieces of a lexeme, at least one."""
        found = self._cache.get(lexeme)
        if found is None:
            found = self._cache[lexeme] = self._split(lexeme)
        return found

    def _split(self, lexeme: str) -> tuple[int, ...]:
        ids: list[int] = []
        for word in subwords(lexeme) or (lexeme[:1].strip() or "[SEP]",):
            start = 0
            while start < len(word) and len(ids) < MAX_PIECES:
                end = next((e for e in range(len(word), start, -1) if self._key(word, start, e) in self._ids), 0)
                if not end:
                    break
                ids.append(self._ids[self._key(word, start, end)])
                start = end
        return tuple(ids) or (self._unknown,)

    @staticmethod
    def _key(word: str, start: int, end: int) -> str:
        return ("##" if start else "") + word[start:end]
