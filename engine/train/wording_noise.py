"""The surface of typed text: capitals, punctuation, quotes and slips of the fingers, outside of names and code."""
from __future__ import annotations

import random
import re
from collections.abc import Callable

from engine.train.wording_grammar import CLOSE, GUARD, OPEN, UNGUARD

# Names with their marks, and guarded code: odd parts of the split are left alone.
_FIXED = re.compile(f"({OPEN}[^{CLOSE}]*{CLOSE}|{GUARD}[^{UNGUARD}]*{UNGUARD})")
_WORD = re.compile(r"[A-Za-z]{4,}")
_NEXT = re.compile(r"([.!?] |\n(?:- |\* )?)([a-z])")
_NEIGHBOURS = {"a": "s", "e": "r", "i": "o", "n": "m", "t": "r", "o": "p", "s": "d", "r": "t", "l": "k", "m": "n", "c": "v"}
_SHORT = (("please", "pls"), ("you", "u"), ("because", "bc"), ("function", "fn"), ("should", "shud"), ("with", "w/"), ("and", "&"), ("the ", ""),
          ("to be", "2 be"), ("it's", "its"), ("don't", "dont"), ("rename", "renmae"), ("are", "r"), ("a ", ""), ("should be", "shoud be"))
_SWAPS = ((" is ", " be "), ("don't", "do not"), (" the ", " "), (" a ", " "), ("should be called", "should calling"), ("rename", "re-name"),
          ("Could you", "Can you to"), ("I want", "I am wanting"), (" to ", " into "), ("please", "kindly"), (" the ", " a "), ("renaming", "rename"))


def _typo(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    match rng.randrange(4):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2:]
        case 1:
            return word[:at] + word[at + 1:]
        case 2:
            return word[:at] + word[at] + word[at:]
    return word[:at] + _NEIGHBOURS.get(word[at], word[at + 1]) + word[at + 1:]


def _outside(text: str, edit: Callable[[str], str]) -> str:
    """The text with an edit made in the parts that are neither names nor code."""
    parts = _FIXED.split(text)
    return "".join(part if index % 2 else edit(part) for index, part in enumerate(parts))


def capitals(text: str) -> str:
    """Capitals at the start of the text and of sentences, unless a name stands there."""
    head, *rest = _FIXED.split(text)
    parts = [_NEXT.sub(lambda found: found[1] + found[2].upper(), part) for part in (head, *rest)]
    return "".join([parts[0][:1].upper() + parts[0][1:], *parts[1:]])


def _lower(text: str) -> str:
    return text.lower()


def surface(text: str, rng: random.Random) -> str:
    """One person's hand: proper, or chatty and lower case, with slips at a low rate."""
    if rng.random() < 0.06:
        text = _misused(text, rng)
    habit = rng.random()
    if habit < 0.55:
        text = capitals(text)
    elif habit < 0.8:
        text = _outside(text, _lower)
        if rng.random() < 0.3:
            text = _outside(text, lambda part: part.replace("'", ""))
    if habit < 0.8 and rng.random() < 0.05:
        text = _outside(text, lambda part: part.replace(", ", " ").replace(". ", " "))
    if rng.random() < 0.12:
        rate = rng.choice((0.05, 0.1, 0.2))
        text = _outside(text, lambda part: _WORD.sub(lambda word: _typo(word[0], rng) if rng.random() < rate else word[0], part))
    if rng.random() < 0.05:
        short, long = rng.choice([(new, old) for old, new in _SHORT])
        text = _outside(text, lambda part: part.replace(f" {long}", f" {short}") if short else part)
    if rng.random() < 0.01:
        text = _outside(text, str.upper)
    return text


def _misused(text: str, rng: random.Random) -> str:
    """English as a second language."""
    swaps = rng.sample(_SWAPS, 3)

    def swapped(part: str) -> str:
        for before, after in swaps:
            part = part.replace(before, after, 1)
        return part

    return _outside(text, swapped)
