"""Types and values in words, and the code that they stand for."""

from __future__ import annotations

import pytest

from engine.spoken import code_of


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("a boolean", "bool"), ("boolean flag", "bool"), ("Boolean", "bool"), ("true or false", "bool"),
        ("string", "str"), ("text", "str"), ("a string value", "str"), ("an integer", "int"), ("whole number", "int"), ("an int", "int"),
        ("a float", "float"), ("floating point number", "float"), ("bytes", "bytes"), ("a dictionary", "dict"),
        ("nothing", "None"), ("none", "None"), ("null", "None"), ("true", "True"), ("on", "True"), ("yes", "True"), ("off", "False"), ("disabled", "False"),
        ("empty list", "[]"), ("an empty list", "[]"), ("an empty dict", "{}"), ("the empty string", '""'), ("empty set", "set()"),
        ("zero", "0"), ("ten", "10"), ("minus one", "-1"), ("a hundred", "100"), ("seventy", "70"), ("eighty", "80"),
        ("list of strings", "list[str]"), ("a list of ints", "list[int]"), ("list of Path objects", "list[Path]"), ("list of dictionaries", "list[dict]"),
        ("tuple of integers", "tuple[int, ...]"), ("set of strings", "set[str]"), ("list of lists of strings", "list[list[str]]"),
        ("dictionary of strings to ints", "dict[str, int]"), ("mapping from strings to floats", "dict[str, float]"),
        ("optional string", "str | None"), ("an optional int", "int | None"), ("a string or None", "str | None"), ("int or float", "int | float"),
        ("a Path or None", "Path | None"), ("optional list of strings", "list[str] | None"), ("string or a list of strings", "str | list[str]"),
        ("`int`", "int"), ("``None``", "None"), ("'bool'", "bool"), ('"30"', "30"), ("“off”", "False"), ("**True**", "True"),
    ],
)  # fmt: skip
def test_words_become_the_code_they_stand_for(words: str, code: str) -> None:
    assert code_of(words) == code


@pytest.mark.parametrize(
    "code",
    ["int", "str | None", "list[str]", "Mapping[str, Any]", "30", "-1", "1.5", "None", '"utf-8"', "'r'", "self.timeout", "datetime.now()", "[]", "(1, 2)",
     "Optional[int]", "DEFAULT_TIMEOUT", "lambda x: x", "logging.INFO", "a number", "the user's choice", "half a minute", "list of things", "Path", ""],
)  # fmt: skip
def test_code_and_unknown_words_stay_as_they_stand(code: str) -> None:
    assert code_of(code) == code
