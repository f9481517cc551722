"""Types and values said in words."""

from __future__ import annotations

import pytest

from engine.spoken import code_of

CASES = {
    "an integer": "int", "string": "str", "Boolean": "bool", "list of strings": "list[str]", "a tuple of ints": "tuple[int, ...]",
    "iterable of Path": "Iterable[Path]", "nothing": "None", "off": "False", "True": "True", "an empty list": "[]", "`dict[str, int]`": "dict[str, int]",
    "'r'": "'r'", "depth + 1": "depth + 1", "an Encoder": "Encoder", "Optional[int]": "Optional[int]", "3": "3", "": "", "``None``": "None", "a": "a",
}  # fmt: skip


@pytest.mark.parametrize("words", CASES)
def test_words_become_code_and_code_stays(words: str) -> None:
    assert code_of(words) == CASES[words]


@pytest.mark.parametrize("code", [code for code in CASES.values() if code])
def test_code_is_its_own_code(code: str) -> None:
    assert code_of(code) == code
