"""Patterns among the words of an instruction."""

from __future__ import annotations

import pytest

from engine.globs import fits, pattern


@pytest.mark.parametrize(
    ("text", "word", "wanted"),
    [
        ("move render_* away", "render_", "render_*"),
        ("move *_in_list away", "_in_list", "*_in_list"),
        ("the *_mid_* ones", "_mid_", "*_mid_*"),
        ("rename *load* now", "load", ""),
        ("rename **load** now", "load", ""),
        ("rename *load()*, please", "load", ""),
        ("move *Error classes", "Error", "*Error"),
        ("takes **kwargs here", "kwargs", ""),
        ("takes *args here", "args", ""),
        ("rename load now", "load", ""),
    ],
)
def test_an_asterisk_makes_a_pattern_unless_it_only_emphasises(text: str, word: str, wanted: str) -> None:
    at = text.index(word)
    assert pattern(text, at, at + len(word)) == wanted


def test_names_fit_patterns() -> None:
    assert fits("render_list", {"render_*"}) and not fits("parse_list", {"render_*"})
