"""Answers typed one after the other decide what is published."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.outcome import Proposal, Report
from agent.prompt import confirmed, letter_of, review
from editops import ChangeSet, Span, TextEdit, unified_diff

TEXT = b"".join(b"line %d\n" % number for number in range(40))
FILES = {"a.py": TEXT, "b.py": TEXT}


def proposal() -> Proposal:
    edits = [
        TextEdit.on(path, TEXT, Span(start, start + 4), b"word")
        for path in FILES
        for start in (TEXT.index(b"line 2\n"), TEXT.index(b"line 30\n"))
    ]
    change = ChangeSet.of(edits, FILES)
    return Proposal(change, FILES, unified_diff(change, FILES), Report("rename line to word"))


def typed(*answers: str) -> Callable[[str], str]:
    rest = iter(answers)

    def ask(question: str) -> str:
        for answer in rest:
            return answer
        raise EOFError(question)

    return ask


def taken(*answers: str) -> list[tuple[str, int]]:
    change = review(proposal(), ask=typed(*answers), show=lambda text: None)
    return [(op.path, op.span.start) for op in change.ops if isinstance(op, TextEdit)] if change else []


FIRST, SECOND = TEXT.index(b"line 2\n"), TEXT.index(b"line 30\n")
ALL = [("a.py", FIRST), ("a.py", SECOND), ("b.py", FIRST), ("b.py", SECOND)]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["a"], ALL),
        (["n"], []),
        (["what", "", "all"], ALL),
        (["h", "y", "n", "n", "y"], [ALL[0], ALL[3]]),
        (["h", "a", "d"], ALL[:2]),
        (["h", "d", "a"], ALL[2:]),
        (["h", "y", "q"], ALL[:1]),
        (["h", "?", "y", "n", "d"], ALL[:1]),
        (["h", "y", "y", "y", "y"], ALL),
        (["h", "q"], []),
        (["h", "y"], []),
        ([], []),
    ],
)
def test_review_takes_what_was_answered(answers: list[str], expected: list[tuple[str, int]]) -> None:
    assert taken(*answers) == expected


def test_review_takes_nothing_on_interrupt() -> None:
    def ask(question: str) -> str:
        raise KeyboardInterrupt(question)

    assert review(proposal(), ask=ask, show=lambda text: None) is None


def test_review_shows_each_hunk_before_asking() -> None:
    shown: list[str] = []
    review(proposal(), ask=typed("h", "y", "q"), show=shown.append)
    assert len(shown) == 2 and all(text.startswith(("diff", "---")) for text in shown)


@pytest.mark.parametrize(("answer", "expected"), [("", True), ("y", True), ("no", False)])
def test_confirmed_is_yes_by_default(answer: str, expected: bool) -> None:
    assert confirmed("Undo? ", ask=typed(answer)) is expected


def test_confirmed_is_no_at_end_of_input() -> None:
    assert not confirmed("Undo? ", ask=typed())


@pytest.mark.parametrize(
    ("answer", "letter"),
    [("a", "a"), (" A ", "a"), ("all", "a"), ("No", "n"), ("hunk by hunk", "h"), ("?", "?"), ("", ""), ("also rename load", ""), ("yesterday", ""), ("akeep", "")],
)
def test_only_a_letter_or_its_word_is_an_answer(answer: str, letter: str) -> None:
    assert letter_of(answer) == letter
