"""When a name in prose or in a string means the code."""

from __future__ import annotations

import pytest

from engine.evidence import Occurrence, occurrences
from engine.train.truth import in_changelog, prose_is_reference, string_is_reference
from tests.engine.tiny import entity, project


def _last(text: str, target: str) -> tuple[str, Occurrence, bool | None]:
    """The last occurrence of a target in a document beside its module, and whether prose means it."""
    code = "def load(): ...\n\n\ndef load_user(key): ...\n\n\nclass Reader: ...\n\n\nclass DiskReader: ...\n"
    texts = {"disk.py": code, "doc.md": text}
    made = project(texts)
    wanted = entity(made, target)
    found = occurrences(made, wanted, ["doc.md"])[-1]
    return text, found, prose_is_reference(text, found, wanted)


@pytest.mark.parametrize(
    ("text", "target", "means_it"),
    [
        ("It can load_user from disk.", "disk.py::load_user", True),
        ("You can load it.", "disk.py::load", False),
        ("Call `load` first.", "disk.py::load", True),
        ("Call load() first.", "disk.py::load", True),
        ("See :func:`~disk.load`.", "disk.py::load", True),
        ("A Reader is a person.", "disk.py::Reader", False),
        ("A DiskReader is a class.", "disk.py::DiskReader", True),
        ("see https://x.org/load_user/", "disk.py::load_user", False),
        ("in disk.py there is", "disk.py", True),
        ("on disk. there is", "disk.py", False),
        ("a disk-based store", "disk.py", False),
    ],
)
def test_prose_means_the_code_when_written_as_code(text: str, target: str, means_it: bool) -> None:
    assert bool(_last(text, target)[2]) is means_it


@pytest.mark.parametrize(
    ("line", "target", "means_it"),
    [
        ("getattr(disk, 'load')", "disk.py::load", True),
        ("monkeypatch.setattr(disk, 'load', None)", "disk.py::load", True),
        ("__all__ = ['other', 'load']", "disk.py::load", True),
        ("print('load_user')", "disk.py::load_user", True),
    ],
)
def test_string_means_the_code_in_reflection_exports_and_long_names(line: str, target: str, means_it: bool) -> None:
    text, found, _ = _last(line, target)
    made = project({"disk.py": "def load(): ...\n\n\ndef load_user(): ...\n"})
    assert string_is_reference(text, found, entity(made, target)) is means_it


@pytest.mark.parametrize(
    ("text", "means_it"),
    [
        ("load_user(7, key=1)", True),
        ("x = load_user(f(7), key = 1)", True),
        ("Call load_user with key=1.", None),
        ("Call load_user with a key.", False),
        ("other(key=1)", False),
        ("load_user(7); other(key=1)", None),
    ],
)
def test_keyword_in_documentation_belongs_to_the_call_on_its_line(text: str, means_it: bool | None) -> None:
    assert _last(text, "disk.py::load_user(key)")[2] is means_it


@pytest.mark.parametrize(
    ("path", "yes"), [("CHANGELOG.md", True), ("docs/history.rst", True), ("NEWS", True), ("pkg/news.py", False), ("docs/guide.md", False)]
)
def test_history_is_told_by_its_path(path: str, yes: bool) -> None:
    assert in_changelog(path) is yes
