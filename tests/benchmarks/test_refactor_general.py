"""The score of general tasks on a made-up package: a move with its importers, in several right and wrong ways."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from benchmarks.refactor.author import all_spans
from benchmarks.refactor.general import Alternative, GeneralTask, Span, general_problems, general_reference, readings
from benchmarks.refactor.score import Outcome
from benchmarks.refactor.score_general import score_general

BASE = {
    "pkg/__init__.py": b"from .store import load as load\n",
    "pkg/store.py": b'"""Keeps things."""\n\nimport os\nimport re\n\n\ndef clean(text):\n    """Tidy a text."""\n'
    b'    # Only once.\n    return re.sub("x", "y", text)\n\n\ndef load(path, *, mode=1):\n    return os.stat(path), mode\n',
    "pkg/app.py": b"from .store import clean, load\n\n\ndef run(text):\n    return load(clean(text), mode=2)\n",
    "tests/test_store.py": b"from pkg import store\n\n\ndef test_clean():\n    assert store.clean('x') == 'y'\n",
    "README.md": b"Use `clean` of `pkg.store`.\n",
}
AFTER = {
    **BASE,
    "pkg/store.py": b'"""Keeps things."""\n\nimport os\n\n\ndef load(path, *, mode=1):\n    return os.stat(path), mode\n',
    "pkg/text.py": b'import re\n\n\ndef clean(text):\n    """Tidy a text."""\n    # Only once.\n    return re.sub("x", "y", text)\n',
    "pkg/app.py": b"from .store import load\nfrom .text import clean\n\n\ndef run(text):\n    return load(clean(text), mode=2)\n",
    "tests/test_store.py": b"from pkg import text\n\n\ndef test_clean():\n    assert text.clean('x') == 'y'\n",
}


def made_up_task() -> GeneralTask:
    edits: list[Span] = []
    for path in ("pkg/app.py", "pkg/store.py", "tests/test_store.py"):
        optional = {}
        if path == "pkg/store.py":
            kept = AFTER[path].replace(b"import os\n", b"import os\n\nfrom .text import clean as clean\n")
            optional["re-export"] = kept
        edits += all_spans(path, BASE[path], AFTER[path], optional)
    return GeneralTask(
        id="100_clean",
        package="pkg",
        version="1",
        kind="move",
        targets=("pkg/store.py::clean",),
        slices=frozenset(),
        abstain=False,
        wordings={"short": "clean to text.py", "plain": "Move clean to text.", "detailed": "Move pkg.store.clean."},
        files={span.path: hashlib.sha256(BASE[span.path]).hexdigest() for span in edits},
        edits=tuple(edits),
        creates={"pkg/text.py": AFTER["pkg/text.py"].decode()},
        deletes=(),
        alternatives=(),
        free_prose=frozenset(),
    )


TASK = made_up_task()


def outcome(changed: dict[str, bytes], task: GeneralTask = TASK) -> Outcome:
    return score_general(task, BASE, {**AFTER, **changed}).outcome


def test_reference_is_exact_with_and_without_its_optional_parts() -> None:
    assert general_problems(TASK) == []
    assert general_reference(TASK, BASE, with_optional=False) == AFTER
    assert b"as clean" in general_reference(TASK, BASE, with_optional=True)["pkg/store.py"]
    for flag in (False, True):
        judged = score_general(TASK, BASE, general_reference(TASK, BASE, flag))
        assert (judged.outcome, judged.wrong, judged.missed, judged.unsound) == (Outcome.EXACT, (), (), False)
    assert len(readings(TASK, "pkg/store.py", BASE)) == 2


@pytest.mark.parametrize(
    "text",
    [
        b"from pkg.text import clean\nfrom pkg.store import load\n\n\ndef run(text):\n    return load(clean(text), mode=2)\n",
        b"from . import text as texts\nfrom .store import load\n\n\ndef run(text):\n    return load(texts.clean(text), mode=2)\n",
        b"from .store import load\n\n\ndef run(text):\n    from .text import clean\n\n    return load(clean(text), mode=2)\n",
    ],
)
def test_a_new_import_may_be_written_in_any_way(text: bytes) -> None:
    assert outcome({"pkg/app.py": text}) is Outcome.EXACT


def test_a_new_module_may_have_a_docstring_and_a_remark_to_tools() -> None:
    text = b'"""Texts."""\n\nfrom __future__ import annotations\n\n' + AFTER["pkg/text.py"]
    assert outcome({"pkg/text.py": text.replace(b"import re\n", b"import re  # noqa: F401\n")}) is Outcome.EXACT


def test_an_import_that_was_there_must_not_change_its_style() -> None:
    text = b"from . import store\nfrom .text import clean\n\n\ndef run(text):\n    return store.load(clean(text), mode=2)\n"
    judged = score_general(TASK, BASE, {**AFTER, "pkg/app.py": text})
    assert (judged.outcome, judged.wrong) == (Outcome.WRONG, ("pkg/app.py lost import pkg.store.load",))


def test_a_leftover_import_is_missed() -> None:
    text = AFTER["pkg/store.py"].replace(b"import os\n", b"import os\nimport re\n")
    judged = score_general(TASK, BASE, {**AFTER, "pkg/store.py": text})
    assert (judged.outcome, judged.missed) == (Outcome.MISSED, ("pkg/store.py import re",))


def test_a_lost_comment_is_missed_and_another_change_is_wrong() -> None:
    bare = AFTER["pkg/text.py"].replace(b"    # Only once.\n", b"")
    assert outcome({"pkg/text.py": bare}) is Outcome.MISSED
    judged = score_general(TASK, BASE, {**AFTER, "README.md": b"Use `clean` of `pkg.text`.\n"})
    assert (judged.outcome, len(judged.wrong)) == (Outcome.WRONG, 2)


def test_an_importer_that_was_forgotten_is_unsound() -> None:
    judged = score_general(TASK, BASE, {**AFTER, "pkg/app.py": BASE["pkg/app.py"]})
    assert (judged.outcome, judged.dangling) == (Outcome.UNSOUND, ("pkg/app.py pkg.store.clean",))
    judged = score_general(TASK, BASE, {**AFTER, "tests/test_store.py": BASE["tests/test_store.py"]})
    assert (judged.outcome, judged.dangling) == (Outcome.UNSOUND, ("tests/test_store.py pkg.store.clean",))


def test_a_lacking_import_and_a_new_circle_are_unsound() -> None:
    judged = score_general(TASK, BASE, {**AFTER, "pkg/text.py": AFTER["pkg/text.py"].replace(b"import re\n", b"")})
    assert (judged.outcome, judged.undefined) == (Outcome.UNSOUND, ("pkg/text.py re",))
    text = b"from .store import load as load\n" + AFTER["pkg/text.py"]
    kept = general_reference(TASK, BASE, with_optional=True)
    judged = score_general(TASK, BASE, {**kept, "pkg/text.py": text})
    assert (judged.outcome, judged.circles) == (Outcome.UNSOUND, ("pkg.store <-> pkg.text",))


def test_a_broken_file_is_unsound_and_nothing_changed_is_abstained() -> None:
    judged = score_general(TASK, BASE, {**AFTER, "pkg/text.py": b"def clean(:\n"})
    assert (judged.outcome, judged.unparsable) == (Outcome.UNSOUND, ("pkg/text.py",))
    assert score_general(TASK, BASE, BASE).outcome is Outcome.ABSTAINED


def test_files_that_lack_or_are_too_many() -> None:
    short = {path: data for path, data in AFTER.items() if path != "README.md"}
    assert score_general(TASK, BASE, short).wrong == ("README.md deleted",)
    assert outcome({"notes.txt": b"done"}) is Outcome.WRONG
    task = replace(TASK, deletes=("README.md",))
    assert score_general(task, BASE, AFTER).missed == ("README.md not deleted",)
    assert score_general(task, BASE, short).outcome is Outcome.EXACT


def test_an_alternative_is_as_good() -> None:
    text = AFTER["pkg/text.py"].decode().replace("def clean(text)", "def clean(text: str) -> str")
    assert outcome({"pkg/text.py": text.encode()}) is Outcome.WRONG
    task = replace(TASK, alternatives=(Alternative("pkg/text.py", None, text, "types wanted or not"),))
    assert outcome({"pkg/text.py": text.encode()}, task) is Outcome.EXACT


def test_prose_that_is_free_may_grow_but_not_shrink() -> None:
    task = replace(TASK, free_prose=frozenset({"pkg/text.py::clean"}))
    longer = AFTER["pkg/text.py"].replace(b"Tidy a text.", b"Tidy a text.\n\n    :param text: what to tidy\n    ")
    assert outcome({"pkg/text.py": longer}) is Outcome.WRONG
    assert outcome({"pkg/text.py": longer}, task) is Outcome.EXACT
    assert outcome({"pkg/text.py": AFTER["pkg/text.py"].replace(b"Tidy a text.", b"Tidy.")}, task) is Outcome.MISSED


def test_a_request_nobody_can_guess_wants_nothing_changed() -> None:
    task = replace(TASK, abstain=True, edits=(), creates={}, files={})
    assert general_problems(task) == []
    assert score_general(task, BASE, BASE).outcome is Outcome.EXACT
    assert score_general(task, BASE, AFTER).outcome is Outcome.WRONG
