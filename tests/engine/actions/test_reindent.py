"""Code at another depth."""

from __future__ import annotations

import pytest

from engine.actions.reindent import reindented
from engine.evidence.positions import lines_of


@pytest.mark.parametrize("mark", ["\f", "\u2028", "\x85", "\x1c"])
def test_what_the_parser_takes_for_no_line_end_moves_nothing(mark: str) -> None:
    piece = f'    def f(self):  # {mark}\n        s = """a{mark}\n    b\n"""\n        return s\n'
    assert reindented(piece, "    ", "") == f'def f(self):  # {mark}\n    s = """a{mark}\n    b\n"""\n    return s\n'


@pytest.mark.parametrize("text, lines", [("", []), ("a", ["a"]), ("a\r\nb\rc\n", ["a\r\n", "b\r", "c\n"]), ("\n\n", ["\n", "\n"])])
def test_lines_are_those_of_the_parser(text: str, lines: list[str]) -> None:
    assert lines_of(text) == lines
