"""Types and values said in words, as code: `an integer` is `int`, `off` is `False`. What isn't known stays as it was said."""

from __future__ import annotations

import re

_TYPES = {
    "integer": "int", "integers": "int", "ints": "int", "string": "str", "strings": "str", "strs": "str", "text": "str", "boolean": "bool",
    "booleans": "bool", "bools": "bool", "dictionary": "dict", "dictionaries": "dict", "dicts": "dict", "floats": "float", "byte string": "bytes",
    "floating point number": "float", "lists": "list", "tuples": "tuple",
}  # fmt: skip
_VALUES = {
    "nothing": "None", "none": "None", "null": "None", "true": "True", "on": "True", "yes": "True", "enabled": "True", "false": "False", "off": "False",
    "no": "False", "disabled": "False", "zero": "0", "one": "1", "empty list": "[]", "empty dict": "{}", "empty dictionary": "{}", "empty string": '""',
    "empty tuple": "()", "empty set": "set()",
}  # fmt: skip
_QUOTES = ("``", "`", "**", "“”", "‘’", "«»")
_OF = re.compile(r"(?:an? )?(list|tuple|set|sequence|iterable)s? of (.+)", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:an?|the)\s+(?=\w)", re.IGNORECASE)


def code_of(words: str) -> str:
    """The code that some words stand for; code stays as it is, without the quotes of prose around it."""
    said = words.strip()
    for quote in _QUOTES:
        opening, closing = (quote[0], quote[1]) if quote in ("“”", "‘’", "«»") else (quote, quote)
        if len(said) > 2 * len(opening) and said.startswith(opening) and said.endswith(closing):
            said = said[len(opening) : -len(closing)].strip()
    plain = _ARTICLE.sub("", said.lower())
    if plain in _TYPES or plain in _VALUES:
        return _TYPES.get(plain) or _VALUES[plain]
    found = _OF.fullmatch(said)
    if found:
        outer = {"sequence": "Sequence", "iterable": "Iterable"}.get(found[1].lower(), found[1].lower())
        inner = code_of(found[2])
        return f"tuple[{inner}, ...]" if outer == "tuple" else f"{outer}[{inner}]"
    return _ARTICLE.sub("", said)
