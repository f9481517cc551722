"""A small text grammar: alternatives in brackets, names of rules in braces, verbs to inflect after an at sign.

`[please |]{rename}` picks one alternative and expands one rule. Marks travel inside the text between private-use
characters until `strip` turns them into offsets, so that rules compose as plain strings. Knows no instruction.
"""
from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

OPEN, LABEL, CLOSE = "\ue001", "\ue002", "\ue003"
GUARD, UNGUARD = "\ue004", "\ue005"
CONTROL = re.compile("[\ue001-\ue005]")

Node = str | tuple[str, str] | tuple[tuple["Node", ...], ...]
# Literal text, a reference ("ref", rule), or the alternatives.
Rules = Mapping[str, tuple[str, ...]]
Slots = Mapping[str, Callable[[], str]]

_TOKEN = re.compile(r"[\[\]|]|\{\w+\}|[^\[\]|{}]+")
_LITERAL = str.maketrans({"⟦": "[", "⟧": "]", "‖": "|", "⦃": "{", "⦄": "}", "⏎": "\n", "␣": " "})
_VERB = re.compile(r"@([a-z]+)")
_MARKED = re.compile(f"{OPEN}([A-Z_]+\\d*){LABEL}|{CLOSE}|{GUARD}|{UNGUARD}")

_IRREGULAR = {
    "give": ("giving", "gave", "given"), "make": ("making", "made", "made"), "get": ("getting", "got", "got"),
    "go": ("going", "went", "gone"), "do": ("doing", "did", "done"), "run": ("running", "ran", "run"),
    "let": ("letting", "let", "let"), "have": ("having", "had", "had"), "swap": ("swapping", "swapped", "swapped"),
    "put": ("putting", "put", "put"), "set": ("setting", "set", "set"), "take": ("taking", "took", "taken"),
    "drop": ("dropping", "dropped", "dropped"), "begin": ("beginning", "began", "begun"), "see": ("seeing", "saw", "seen"),
    "find": ("finding", "found", "found"), "pick": ("picking", "picked", "picked"), "ditch": ("ditching", "ditched", "ditched"),
    "apply": ("applying", "applied", "applied"), "carry": ("carrying", "carried", "carried"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    start: int
    end: int
    label: str


def lines(text: str) -> tuple[str, ...]:
    """One alternative per line of a literal block."""
    return tuple(line.strip() for line in text.strip().splitlines() if line.strip())


def marked(label: str, text: str) -> str:
    return f"{OPEN}{label}{LABEL}{text}{CLOSE}"


def guarded(text: str) -> str:
    """Text that noise and capitals must leave alone: code and paths that carry no mark."""
    return f"{GUARD}{text}{UNGUARD}"


def inflect(verb: str, form: str) -> str:
    """A verb as `base`, `ing`, `past`, `participle` or `third` (person)."""
    if form == "base":
        return verb
    if form == "third":
        return verb + ("es" if verb.endswith(("s", "sh", "ch", "o", "x")) else "s")
    if verb in _IRREGULAR:
        return _IRREGULAR[verb][("ing", "past", "participle").index(form)]
    return verb.removesuffix("e") + ("ing" if form == "ing" else "ed")


def inflected(text: str, form: str) -> str:
    return _VERB.sub(lambda match: inflect(match[1], form), text)


def _sequence(tokens: list[str]) -> tuple[Node, ...]:
    nodes: list[Node] = []
    while tokens and tokens[0] not in "|]":
        token = tokens.pop(0)
        if token == "[":
            choices = [_sequence(tokens)]
            while tokens.pop(0) == "|":
                choices.append(_sequence(tokens))
            nodes.append(tuple(choices))
        elif token.startswith("{"):
            nodes.append(("ref", token[1:-1]))
        else:
            nodes.append(token.translate(_LITERAL))
    return tuple(nodes)


@cache
def _parsed(template: str) -> tuple[Node, ...]:
    tokens = _TOKEN.findall(template)
    nodes = _sequence(tokens)
    if tokens:
        raise ValueError(f"unbalanced template: {template!r}")
    return nodes


def expand(template: str, rules: Rules, slots: Slots, rng: random.Random) -> str:
    """The template with every choice made; slots win over rules of the same name."""
    return _expanded(_parsed(template), rules, slots, rng)


def _expanded(nodes: tuple[Node, ...], rules: Rules, slots: Slots, rng: random.Random) -> str:
    parts = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node[0], str):
            name = str(node[1])
            slot = slots.get(name)
            parts.append(slot() if slot else expand(rng.choice(rules[name]), rules, slots, rng))
        else:
            choice = node[rng.randrange(len(node))]
            parts.append(_expanded(choice, rules, slots, rng) if isinstance(choice, tuple) else choice)
    return "".join(parts)


def strip(text: str) -> tuple[str, tuple[Mark, ...]]:
    """Plain text and its marks, in order of their start."""
    plain: list[str] = []
    marks: list[Mark] = []
    at, length, label, start = 0, 0, "", 0
    for match in _MARKED.finditer(text):
        piece = text[at:match.start()]
        plain.append(piece)
        length += len(piece)
        at = match.end()
        if match[1]:
            label, start = match[1], length
        elif match[0] == CLOSE:
            marks.append(Mark(start, length, label))
    plain.append(text[at:])
    return "".join(plain), tuple(marks)
