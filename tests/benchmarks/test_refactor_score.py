"""The score of a rename: a right, a wrong, a missed and a declined answer on a made-up task."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from benchmarks.refactor.score import Outcome, score
from benchmarks.refactor.tasks import Edit, Task, moved, occurrences, problems, reference

BASE = {
    "pkg/store.py": b'"""Holds load."""\n\n\ndef load(path):\n    return path\n',
    "pkg/app.py": b"from pkg.store import load\n\n\ndef run(load_all):\n    return load(load_all)  # load it\n",
    "tests/test_store.py": b"from pkg import store\n\n\ndef test_load():\n    assert store.load(1) == 1\n",
    "CHANGES.rst": b"Changes\n=======\n\n- ``load`` is new.\n",
}


def edits(kept: frozenset[tuple[str, int]], optional: frozenset[tuple[str, int]]) -> tuple[Edit, ...]:
    found = []
    for path, start, text in occurrences("load", BASE):
        if (path, start) not in kept and text in ("load", "test_load"):
            after = text.replace("load", "fetch")
            found.append(Edit(path, start, start + len(text), text, after, (path, start) in optional))
    return tuple(found)


def made_up_task() -> Task:
    comment = BASE["pkg/app.py"].index(b"# load") + 2
    changelog = BASE["CHANGES.rst"].index(b"load")
    test_name = BASE["tests/test_store.py"].index(b"test_load")
    kept = frozenset({("CHANGES.rst", changelog), ("pkg/app.py", comment)})
    return Task(
        id="000_load",
        package="pkg",
        version="1",
        kind="function",
        target="pkg/store.py::load",
        new="fetch",
        keep_alias=False,
        only=(),
        except_=(),
        slices=frozenset(),
        wordings={"short": "load to fetch", "plain": "Rename load to fetch.", "detailed": "Rename pkg.store.load."},
        sites=len(occurrences("load", BASE)),
        files={path: hashlib.sha256(data).hexdigest() for path, data in BASE.items() if path != "CHANGES.rst"},
        edits=edits(kept, frozenset({("tests/test_store.py", test_name)})),
        renames=(),
        optional_renames=(),
    )


TASK = made_up_task()
RIGHT = reference(TASK, BASE, with_optional=True)


def test_score_accepts_the_reference_with_and_without_optional_edits() -> None:
    assert problems(TASK) == []
    for with_optional in (True, False):
        judged = score(TASK, BASE, reference(TASK, BASE, with_optional))
        assert (judged.outcome, judged.wrong, judged.missed) == (Outcome.EXACT, (), ())


def test_score_ignores_the_layout_of_code() -> None:
    wrapped = RIGHT["pkg/app.py"].replace(b"import fetch\n", b"import (\n    fetch,\n)\n")
    assert score(TASK, BASE, {**RIGHT, "pkg/app.py": wrapped}).outcome is Outcome.EXACT


def test_score_finds_a_wrong_edit_in_a_comment() -> None:
    wrong = RIGHT["pkg/app.py"].replace(b"# load it", b"# fetch it")
    judged = score(TASK, BASE, {**RIGHT, "pkg/app.py": wrong})
    assert judged.outcome is Outcome.WRONG
    assert len(judged.wrong) == 1 and judged.missed == ()


def test_score_finds_a_rewritten_changelog() -> None:
    judged = score(TASK, BASE, {**RIGHT, "CHANGES.rst": BASE["CHANGES.rst"].replace(b"load", b"fetch")})
    assert (judged.outcome, len(judged.wrong)) == (Outcome.WRONG, 1)


def test_score_finds_a_missed_call_and_its_undefined_name() -> None:
    missed = RIGHT["pkg/app.py"].replace(b"return fetch(", b"return load(")
    judged = score(TASK, BASE, {**RIGHT, "pkg/app.py": missed})
    assert (judged.outcome, len(judged.missed), judged.wrong) == (Outcome.MISSED, 1, ())
    assert judged.undefined == ("pkg/app.py load",)


def test_score_finds_a_missed_docstring_and_a_broken_file() -> None:
    missed = RIGHT["pkg/store.py"].replace(b"Holds fetch", b"Holds load")
    assert score(TASK, BASE, {**RIGHT, "pkg/store.py": missed}).outcome is Outcome.MISSED
    broken = RIGHT["pkg/store.py"].replace(b"(path):", b"(path:")
    assert score(TASK, BASE, {**RIGHT, "pkg/store.py": broken}).unparsable == ("pkg/store.py",)


def test_score_counts_an_untouched_tree_as_abstained() -> None:
    assert score(TASK, BASE, BASE).outcome is Outcome.ABSTAINED


def test_score_wants_the_alias_that_was_asked_for() -> None:
    task = replace(TASK, keep_alias=True)
    kept = RIGHT["pkg/store.py"] + b"\n\n# Kept for callers outside.\nload = fetch\n"
    assert score(task, BASE, {**RIGHT, "pkg/store.py": kept}).outcome is Outcome.EXACT
    assert score(task, BASE, RIGHT).missed == ("pkg/store.py: no alias load",)
    assert score(TASK, BASE, {**RIGHT, "pkg/store.py": kept}).outcome is Outcome.WRONG


def test_score_wants_a_module_moved_and_nothing_left_behind() -> None:
    task = replace(TASK, renames=(("pkg/store.py", "pkg/vault.py"),))
    right = {moved(path, task.renames): data for path, data in RIGHT.items()}
    assert score(task, BASE, right).outcome is Outcome.EXACT
    assert score(task, BASE, RIGHT).missed == ("pkg/store.py not moved to pkg/vault.py",)
    assert score(task, BASE, {**right, "pkg/store.py": b""}).wrong == ("pkg/store.py created",)
