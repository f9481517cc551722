"""Asking a person about a proposal: all of it, hunk by hunk, or none.

Talks through two functions that it is given, so it knows neither the terminal nor colours.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from agent.hunks import Hunk, select, split
from agent.outcome import Proposal
from editops import ChangeSet

Ask = Callable[[str], str]
"""Shows a question and returns the typed answer."""
Show = Callable[[str], None]
"""Shows a unified diff, or a line of help."""

HUNK_HELP = (
    "y - take this hunk\nn - leave this hunk\na - take this and the later hunks of this file\n"
    "d - leave this and the later hunks of this file\nq - leave this and all that remain\n"
)


_WORDS = {"yes": "y", "no": "n", "none": "n", "nothing": "n", "all": "a", "hunk": "h", "hunks": "h", "hunk by hunk": "h", "later": "l", "quit": "q"}


def letter_of(answer: str) -> str:
    """The letter that an answer is, or whose word it is; empty for anything else, so that a sentence typed too early ("also rename ...") answers nothing."""
    said = answer.strip().lower()
    return said if len(said) == 1 else _WORDS.get(said, "")


class Scope(Enum):
    """What the person wants to publish of a proposal."""

    ALL = "a"
    BY_HUNK = "h"
    NONE = "n"


def review(proposal: Proposal, *, ask: Ask, show: Show) -> ChangeSet | None:
    """The change set that the person accepts; None for nothing. Ctrl-C and end of input mean nothing."""
    try:
        match _scope(ask):
            case Scope.ALL:
                return proposal.change
            case Scope.BY_HUNK:
                hunks = split(proposal.change, proposal.files)
                kept = choose(hunks, ask=ask, show=show)
                if len(kept) == len(hunks):
                    return proposal.change
                return select(proposal.change, proposal.files, kept) if kept else None
            case Scope.NONE:
                return None
    except (KeyboardInterrupt, EOFError):
        return None


def choose(hunks: tuple[Hunk, ...], *, ask: Ask, show: Show) -> tuple[Hunk, ...]:
    """The hunks a person takes, one question each, as in `git add --patch`."""
    kept: list[Hunk] = []
    decided: dict[str, bool] = {}
    for number, hunk in enumerate(hunks, 1):
        if hunk.path in decided:
            kept += [hunk] if decided[hunk.path] else []
            continue
        show(hunk.diff)
        answer = _answer(f"({number}/{len(hunks)}) Take this hunk [y,n,a,d,q,?]? ", "ynadq", HUNK_HELP, ask, show)
        if answer == "q":
            break
        if answer in "ad":
            decided[hunk.path] = answer == "a"
        if answer in "ya":
            kept.append(hunk)
    return tuple(kept)


def _scope(ask: Ask) -> Scope:
    while True:
        answer = letter_of(ask("Write this? [a]ll, [h]unk by hunk, [n]one: "))
        if answer in {scope.value for scope in Scope}:
            return Scope(answer)


def _answer(question: str, choices: str, explanation: str, ask: Ask, show: Show) -> str:
    while True:
        answer = letter_of(ask(question))
        if answer and answer in choices:
            return answer
        show(explanation)


def accepted(question: str, *, ask: Ask) -> bool:
    """No by default, since it is about a risk; only a clear yes counts."""
    try:
        return ask(question).strip().lower() in ("y", "yes")
    except (KeyboardInterrupt, EOFError):
        return False


def confirmed(question: str, *, ask: Ask) -> bool:
    """Yes by default, since the person asked for it; Ctrl-C and end of input mean no."""
    try:
        answer = ask(question).strip()
        return not answer or letter_of(answer) == "y"
    except (KeyboardInterrupt, EOFError):
        return False
