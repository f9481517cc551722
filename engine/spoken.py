"""Types and values that an instruction says in words, as the code they stand for: "list of strings" is `list[str]`, "off" is `False`.

Conservative: what it does not know is returned as it stands. Knows no project and no imports.
"""

from __future__ import annotations

import re

_TYPES = {
    "bool": ("boolean", "bool", "boolean flag", "boolean switch", "true or false", "true/false", "yes/no", "yes or no"),
    "str": ("string", "text", "str", "piece of text"),
    "int": ("integer", "int", "whole number"),
    "float": ("float", "floating point number", "floating-point number"),
    "complex": ("complex number",),
    "bytes": ("byte string", "bytes"),
    "list": ("list",),
    "dict": ("dictionary", "dict"),
    "tuple": ("tuple",),
    "set": ("set",),
    "object": ("object",),
}
_VALUES = {
    "None": ("none", "nothing", "null"),
    "True": ("true", "on", "yes", "enabled"),
    "False": ("false", "off", "no", "disabled"),
    "[]": ("empty list",),
    "{}": ("empty dict", "empty dictionary"),
    "()": ("empty tuple",),
    "set()": ("empty set",),
    '""': ("empty string",),
    "-1": ("minus one",),
}
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000}
_CODE = (
    {words: code for code, said in (*_TYPES.items(), *_VALUES.items()) for words in said}
    | {word: str(number) for number, word in enumerate(_NUMBERS)}
    | {word: str(number) for word, number in _TENS.items()}
)
_TICKS = re.compile(r"^(`{1,2}|\*{1,2})(.+)\1$")
_QUOTED = re.compile(r"""^(?:'(.+)'|"(.+)"|‘(.+)’|“(.+)”|«(.+)»)$""")
_ARTICLE = re.compile(r"^(?:an?|the|some)\s+", re.IGNORECASE)
_OF_TYPE = re.compile(r"\s+(?:flag|value|values|type|argument|parameter|object|objects|instance|instances)$", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][\w.]*(?:\[[^\s].*\])?$")
_LITERAL = re.compile(r"(?:None|True|False|[-+]?\d[\d_]*(?:\.\d+)?)$")
_HOMOGENEOUS = re.compile(r"(list|set|tuple)s? of (.+)", re.IGNORECASE)
_MAPPING = re.compile(r"(?:dict|dictionary|mapping) (?:of|from) (.+) to (.+)", re.IGNORECASE)
_MAYBE = re.compile(r"(?:optional (.+)|(.+) or (?:none|nothing|null))", re.IGNORECASE)
_EITHER = re.compile(r"(.+?) or (?:an? )?(.+)", re.IGNORECASE)


def code_of(words: str) -> str:
    """The code that words of an instruction stand for; the words themselves where they are code already, or unknown."""
    text = words.strip().rstrip(",;:").strip()
    if ticks := _TICKS.match(text):
        text = ticks[2].strip()
    if quoted := _QUOTED.match(text):
        inner = next(part for part in quoted.groups() if part is not None).strip()
        if not _LITERAL.match(inner) and inner.lower() not in _CODE:
            return text
        text = inner
    if " " not in text and (_LITERAL.match(text) or text in _TYPES):
        return text
    bare = _ARTICLE.sub("", text)
    return _known(bare) or _compound(bare) or text


def _known(text: str) -> str | None:
    """The code of words that are listed, with or without the noun that follows a type."""
    lowered = " ".join(text.lower().split())
    return _CODE.get(lowered) or _CODE.get(_OF_TYPE.sub("", lowered))


def _compound(text: str) -> str | None:
    """The code of a type made of others."""
    if found := _MAYBE.fullmatch(text):
        inner = _type(found[1] or found[2])
        return f"{inner} | None" if inner else None
    if found := _MAPPING.fullmatch(text):
        key, value = _element(found[1]), _element(found[2])
        return f"dict[{key}, {value}]" if key and value else None
    if found := _HOMOGENEOUS.fullmatch(text):
        inner = _element(found[2])
        outer = found[1].lower()
        return inner and f"{outer}[{inner}, ...]" if outer == "tuple" else inner and f"{outer}[{inner}]"
    if found := _EITHER.fullmatch(text):
        first, second = _type(found[1]), _type(found[2])
        return f"{first} | {second}" if first and second else None
    return None


def _type(text: str) -> str | None:
    """A type, said in words or as a name in code."""
    text = _ARTICLE.sub("", text.strip().strip("`"))
    known = _known(text)
    if known in _TYPES:
        return known
    return _compound(text) or (text if text[:1].isupper() and _NAME.match(text) else None)


def _element(text: str) -> str | None:
    """The type of the elements of a container, named in the plural."""
    text = _OF_TYPE.sub("", text.strip().strip("`")) if not text.lower().endswith("byte strings") else text.strip()
    for singular in (text, text.removesuffix("s"), text[:-3] + "y" if text.endswith("ies") else text):
        found = _type(singular) if not singular[:1].isupper() else None
        if found:
            return found
    return text if text[:1].isupper() and _NAME.match(text) else None
