"""Facts that descriptions speak of, and the rows that tell the denoiser of them."""

from __future__ import annotations

import ast

from engine.entity_canvas import described, entity_canvases, users
from engine.entity_facts import facts_by_line
from engine.evidence import Project
from engine.features import Channel, Relation
from engine.lexemes import lex

TEXT = '''\
import warnings

LIMIT = 3  # attempts
DOUBLE = 2 * LIMIT


async def fetch(url, *, retries=LIMIT): ...


def pages(url):
    while True:
        yield fetch(url)


def old_pages(*urls):
    """Deprecated: use pages."""
    if not urls:
        raise ValueError("none")
    return pages(urls[0])


class Crawler:
    def run(self, url):
        return self.step(pages(url))

    def step(self, found): ...
'''
PROJECT = Project(["crawl.py"], {"crawl.py": TEXT}.get)
POOL = described(PROJECT, ["crawl.py"])
BY_NAME = {item.entity.name: item for item in POOL}


def test_facts_are_read_off_the_syntax() -> None:
    facts = facts_by_line(ast.parse(TEXT), TEXT)
    assert facts[4].uses == {"LIMIT"}
    assert facts[7].sorts == ("async",) and facts[7].takes == {"url", "retries"}
    assert BY_NAME["pages"].facts.sorts == ("generator",) and "fetch" in BY_NAME["pages"].facts.uses
    assert BY_NAME["old_pages"].facts.sorts == ("deprecated",) and BY_NAME["old_pages"].facts.raises == {"ValueError"}


def test_sorts_of_assignments_and_words_of_comments_are_read() -> None:
    text = "import re\n\n# Legacy spelling\n# of words\nOLD = re\nWORD = re.compile('#w')\nSIZES = {1: 2}  # in pixels\nNAMES = ('a',)\nTITLE = 'x'\nOFF = False\n"
    facts = facts_by_line(ast.parse(text), text)
    assert {line: found.sorts for line, found in facts.items()} == {5: ("alias",), 6: ("regex",), 7: ("mapping",), 8: ("sequence",), 9: ("string",), 10: ()}
    assert facts[5].says == {"legacy", "spelling", "words"} and facts[7].says == {"pixels"} and not facts[8].says


def test_a_docstring_speaks_with_its_first_paragraph() -> None:
    text = 'class Pool:\n    """Keeps idle connections.\n\n    Never more than ten.\n    """\n'
    assert facts_by_line(ast.parse(text), text)[1].says == {"keeps", "idle", "connections"}


def test_users_of_a_name_leave_out_what_a_class_does_with_its_own_members() -> None:
    using = users(POOL)
    assert using["pages"] == {"old_pages", "Crawler", "run"}
    assert using["step"] == {"run"}
    assert using["LIMIT"] == {"DOUBLE"}


def ties(instruction: str) -> dict[str, set[tuple[str, Relation]]]:
    """For every candidate what its canvas says of it besides its name, in relations that only descriptions have."""
    words = lex(instruction)
    (made,) = entity_canvases(instruction, words, range(len(words)), POOL, "move", 6)
    starts = [slot.position for slot in made.canvas.slots] + [len(made.canvas.lexemes)]
    found: dict[str, set[tuple[str, Relation]]] = {}
    for i, candidate in enumerate(made.candidates):
        rows = range(starts[i], starts[i + 1])
        relations = [(made.canvas.lexemes[row], Relation(int(made.canvas.features[row][Channel.RELATION]))) for row in rows]
        found[candidate.entity.name] = {tie for tie in relations if tie[1] >= Relation.SORT}
    return found


def test_a_canvas_ties_candidates_to_the_names_of_the_description() -> None:
    calling = ties("functions that call pages")
    assert calling["old_pages"] == {("deprecated", Relation.SORT), ("pages", Relation.USES), ("pages", Relation.SAYS)}
    assert ("pages", Relation.USES) in calling["Crawler"] and calling["LIMIT"] == {("number", Relation.SORT)}
    assert calling["fetch"] == {("async", Relation.SORT), ("pages", Relation.USED_BY)}
    assert ("url", Relation.TAKES) in ties("helpers with a url argument")["pages"]
    assert ("ValueError", Relation.RAISES) in ties("whatever raises ValueError")["old_pages"]


def test_a_canvas_repeats_what_only_some_candidates_say() -> None:
    assert ("attempts", Relation.SAYS) in ties("the constants about attempts")["LIMIT"]
    assert not any(("attempts", Relation.SAYS) in ties("the constants about attempts")[name] for name in ("DOUBLE", "pages"))


def test_a_canvas_says_nothing_of_names_that_the_description_lacks() -> None:
    assert all(not {tie for tie in found if tie[1] > Relation.SORT} for found in ties("all the functions").values())


def test_exceptions_are_told_by_what_they_inherit_from_in_their_file() -> None:
    text = "from socket import error\nclass Refused(error): ...\nclass Timeout(Broken): ...\nclass Broken(OSError, Exception): ...\nclass Slow(Timeout): ...\nclass Plain: ...\n"
    facts = facts_by_line(ast.parse(text), text)
    assert [line for line, found in facts.items() if "exception" in found.sorts] == [2, 3, 4, 5]


def test_a_class_with_an_abstract_method_is_abstract_and_so_is_the_method() -> None:
    text = "class Base:\n    @abc.abstractmethod\n    def run(self): ...\nclass Job(Base):\n    def run(self): ...\n"
    facts = facts_by_line(ast.parse(text), text)
    assert {line: found.sorts for line, found in facts.items()} == {1: ("abstract",), 4: (), 3: ("abstract",), 5: ()}


def test_a_file_whose_name_begins_with_a_dot_has_a_canvas() -> None:
    project = Project([".conf.py"], {".conf.py": "def load(): ...\n"}.get)
    made = entity_canvases("all of it", lex("all of it"), {0}, described(project, [".conf.py"]), "move", 6)
    assert made[0].canvas.lexemes[-1] == ".conf.py"
