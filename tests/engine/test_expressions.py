"""Parts of expressions stand for all of them."""

from __future__ import annotations

import pytest

from engine.expressions import completed, default_of, widened
from engine.lexemes import lex

WIDENED = {
    ("keep: tuple[str, ...] = ()", "str, ..."): "tuple[str, ...]",
    ("a dict[str, list[int]] please", "int"): "dict[str, list[int]]",
    ("call it (or not)", "or not"): "or not",
    ("pass f(x, y) there", "f(x"): "f(x, y)",
    ("pass level + 1", "level + 1"): "level + 1",
}


@pytest.mark.parametrize(("text", "part"), WIDENED)
def test_part_of_a_bracketed_expression_is_all_of_it(text: str, part: str) -> None:
    start = text.index(part)
    low, high = widened(text, start, start + len(part))
    assert text[low:high] == WIDENED[text, part]


COMPLETED = {
    ("with depth + 1 handed down", "+ 1"): "depth + 1",
    ("level + 1 in the recursion", "+"): "level + 1",
    ("pass None", "None"): "None",
    ("a list of strings", "list of strings"): "list of strings",
    ("x = = =", "= ="): "= =",
}


@pytest.mark.parametrize(("text", "part"), COMPLETED)
def test_what_does_not_parse_is_widened_until_it_does(text: str, part: str) -> None:
    start = text.index(part)
    words = [(word.start, word.end, 0.1) for word in lex(text)]
    low, high = completed(text, start, start + len(part), words)
    assert text[low:high] == COMPLETED[text, part]


def test_empty_is_the_empty_value_of_the_type() -> None:
    assert [default_of("empty", kind) for kind in ("list[str]", "tuple", "Dict", "int")] == ["[]", "()", "{}", "empty"]
    assert default_of("`None`", "int") == "None"
