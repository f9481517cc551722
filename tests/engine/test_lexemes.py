"""Texts cut into lexemes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.lexemes import lex


def test_lexemes_are_names_numbers_line_starts_and_runs_of_punctuation() -> None:
    found = [lexeme.text for lexeme in lex('if x1 >= 0x1F:\n    """naïve.load_user"""')]
    assert found == ["if", "x1", ">", "=", "0x1F", ":", "\n    ", '"""', "naïve", ".", "load_user", '"""']


def test_only_names_are_words() -> None:
    assert [lexeme.text for lexeme in lex("_a b2 3 . \n  é") if lexeme.is_word] == ["_a", "b2", "é"]


@settings(max_examples=100)
@given(st.text(alphabet="ab_1.,'\"(\n\t \réß\u4e2d🙂", max_size=60))
def test_offsets_cut_the_lexeme_out_of_the_text_in_order(text: str) -> None:
    found = lex(text)
    assert all(text[lexeme.start : lexeme.end] == lexeme.text for lexeme in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert "".join("".join(lexeme.text for lexeme in found).split()) == "".join(text.split())


@settings(max_examples=60)
@given(st.text(alphabet="ab_1. \n(", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_a_part_of_a_text_keeps_the_offsets_of_the_whole(text: str, one: int, two: int) -> None:
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    assert [(x.text, x.start) for x in lex(text, start, end)] == [(x.text, x.start + start) for x in lex(text[start:end])]
