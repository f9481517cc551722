"""Word pieces of lexemes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.wordpiece import MAX_PIECES, WordPiece
from tests.engine.tiny import VOCABULARY


def _pieces(text: str) -> list[str]:
    return [VOCABULARY[i] for i in WordPiece(VOCABULARY).pieces(text)]


def test_each_subword_is_split_by_the_longest_match() -> None:
    assert _pieces("LoadUser") == ["load", "user"]
    assert _pieces("loader") == ["load", "##er"]
    assert _pieces("xy") == ["x", "##y"]


def test_punctuation_and_line_starts_have_a_piece() -> None:
    assert _pieces("((") == ["("]
    assert _pieces("\n    ") == ["[SEP]"]


def test_unknown_text_is_the_unknown_piece() -> None:
    assert _pieces("中") == ["[UNK]"]


@settings(max_examples=80)
@given(st.text(alphabet="abcXYZ_019.é🙂\n ", min_size=1, max_size=30))
def test_every_lexeme_has_one_to_six_pieces_of_the_vocabulary(text: str) -> None:
    found = WordPiece(VOCABULARY).pieces(text)
    assert 1 <= len(found) <= MAX_PIECES and all(0 <= piece < len(VOCABULARY) for piece in found)
