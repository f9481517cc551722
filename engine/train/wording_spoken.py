"""How people say a type or a value that is known as code: as code, or in words that `engine.spoken` turns back into it."""
from __future__ import annotations

import random
import re

_TYPES = {
    "bool": ("boolean", "boolean", "bool", "boolean flag", "flag"), "str": ("string", "string", "text"), "int": ("integer", "integer", "whole number"),
    "float": ("floating point number", "float"), "bytes": ("byte string",), "dict": ("dictionary", "dictionary"), "list": ("list",), "tuple": ("tuple",), "set": ("set",),
}
_PLURAL = {"str": ("strings", "strings", "strs"), "int": ("ints", "integers"), "float": ("floats",), "bytes": ("byte strings",), "dict": ("dicts", "dictionaries")}
_VALUES = {
    "None": ("none", "nothing"), "True": ("true", "on", "yes"), "False": ("false", "off", "no"), "[]": ("an empty list", "empty list"), "{}": ("an empty dict",),
    "()": ("an empty tuple",), '""': ("an empty string", "the empty string"), "set()": ("an empty set",), "0": ("zero",), "1": ("one",), "2": ("two",),
    "3": ("three",), "5": ("five",), "10": ("ten",), "-1": ("minus one",), "100": ("a hundred",),
}
_ADVERB = {"None": ("None",), "True": ("on", "on", "enabled", "true"), "False": ("off", "off", "off", "disabled", "false")}
_GENERIC = re.compile(r"(list|set)\[(\w+)\]$")
_TUPLE = re.compile(r"tuple\[(\w+), \.\.\.\]$")
_DICT = re.compile(r"dict\[(\w+), (\w+)\]$")
_OPTIONAL = re.compile(r"(?:(.+) \| None|Optional\[(.+)\])$")


def type_in_words(code: str, rng: random.Random) -> str | None:
    """A noun phrase without an article, where there is one."""
    if code in _TYPES:
        return rng.choice(_TYPES[code])
    if found := _GENERIC.match(code):
        elements = _elements(found[2], rng)
        return elements and f"{found[1]} of {elements}"
    if found := _TUPLE.match(code):
        elements = _elements(found[1], rng)
        return elements and f"tuple of {elements}"
    if found := _DICT.match(code):
        keys, values = _elements(found[1], rng), _elements(found[2], rng)
        return keys and values and f"dictionary from {keys} to {values}"
    found = _OPTIONAL.match(code)
    if found and found[1]:
        inner = type_in_words(found[1], rng)
        return inner and rng.choice((f"optional {inner}", f"{inner} or None"))
    return None


def _elements(code: str, rng: random.Random) -> str | None:
    if code in _PLURAL:
        return rng.choice(_PLURAL[code])
    return f"{code} objects" if code[:1].isupper() else None


def value_in_words(code: str, rng: random.Random) -> str | None:
    """What stands after "defaults to", where it can be said in words."""
    return rng.choice(_VALUES[code]) if code in _VALUES else None


def value_as_adverb(code: str, rng: random.Random) -> str:
    """What stands before "by default"."""
    return rng.choice(_ADVERB[code]) if code in _ADVERB else code
