"""From decisions to operations, exact to the byte."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editops import Applied, ChangeSet, Op, RenameFile, TextEdit, apply
from engine.edits import Decided, operations
from engine.features import Evidence
from engine.lexemes import lex
from engine.sites import Candidate
from engine.values import Value

BOM = b"\xef\xbb\xbf"


def decided(path: str, start: int, end: int, before: str, after: str, value: Value = Value.REPLACE, both: str = "") -> Decided:
    domain = (Value.KEEP, Value.REPLACE, Value.BOTH) if both else (Value.KEEP, Value.REPLACE)
    return Decided(Candidate(path, start, end, before, after, "name", 1, Evidence.YES, "", "", domain, both), value, 1.0)


def applied(ops: Iterable[Op], files: dict[str, bytes]) -> dict[str, bytes]:
    done = apply(files, ChangeSet.of(ops, files))
    assert isinstance(done, Applied)
    return done.tree(files)


@settings(max_examples=80)
@given(st.text(alphabet="load (.é中🙂\r\n\t_'", max_size=60), st.booleans())
def test_offsets_become_bytes_in_any_text(text: str, bom: bool) -> None:
    data = (BOM if bom else b"") + text.encode()
    items = [decided("a.py", x.start, x.end, x.text, "fetch") for x in lex(text) if x.text == "load"]
    after = "".join("fetch" if x == "load" else x for x in _split(text))
    files = applied(operations(items, {"a.py": text}, {"a.py": data}, ["a.py"]), {"a.py": data})
    assert files["a.py"] == (BOM if bom else b"") + after.encode()


def _split(text: str) -> list[str]:
    """The text as lexemes and what lies between them."""
    out, last = [], 0
    for lexeme in lex(text):
        out += [text[last : lexeme.start], lexeme.text]
        last = lexeme.end
    return [*out, text[last:]]


def test_kept_places_make_no_operation() -> None:
    assert operations([decided("a.py", 0, 4, "load", "fetch", Value.KEEP)], {"a.py": "load"}, {"a.py": b"load"}, ["a.py"]) == []


def test_both_names_are_written_where_the_name_stood() -> None:
    text = "from .a import load\n"
    item = decided("p/__init__.py", 15, 19, "load", "fetch", Value.BOTH, "fetch, load")
    (edit,) = operations([item], {item.candidate.path: text}, {item.candidate.path: text.encode()}, [])
    assert isinstance(edit, TextEdit) and (edit.before, edit.after) == (b"load", b"fetch, load")


def test_alias_is_inserted_at_its_gap() -> None:
    text = "def fetch(): ...\nx = 1\n"
    gap = Candidate("a.py", 16, 16, "", "\n\n\nload = fetch", "alias", 1, Evidence.NONE, "", "", (Value.EMPTY, Value.INSERT))
    ops = operations([Decided(gap, Value.INSERT, 1.0)], {"a.py": text}, {"a.py": text.encode()}, ["a.py"])
    assert applied(ops, {"a.py": text.encode()})["a.py"] == b"def fetch(): ...\n\n\nload = fetch\nx = 1\n"
    assert operations([Decided(gap, Value.EMPTY, 1.0)], {"a.py": text}, {"a.py": text.encode()}, ["a.py"]) == []


PATHS = ["pkg/__init__.py", "pkg/load/__init__.py", "pkg/load/a.py", "pkg/load/data/x.bin", "pkg/load.pyi", "load/other.py"]


@pytest.mark.parametrize(
    ("moves", "renames"),
    [
        (["pkg/load/"], {"pkg/load/__init__.py": "pkg/fetch/__init__.py", "pkg/load/a.py": "pkg/fetch/a.py",
                         "pkg/load/data/x.bin": "pkg/fetch/data/x.bin"}),
        (["pkg/load.pyi"], {"pkg/load.pyi": "pkg/fetch.pyi"}),
        (["load/"], {"load/other.py": "fetch/other.py"}),
    ],
)  # fmt: skip
def test_renamed_folder_takes_all_of_its_files_along(moves: list[str], renames: dict[str, str]) -> None:
    found = operations([decided(path, -1, -1, "load", "fetch") for path in moves], {}, {}, PATHS)
    assert {op.src: op.dst for op in found if isinstance(op, RenameFile)} == renames and len(found) == len(renames)


def test_file_inside_a_renamed_folder_is_renamed_once() -> None:
    items = [decided("load/", -1, -1, "load", "fetch"), decided("load/test_load.py", -1, -1, "test_load", "test_fetch")]
    assert operations(items, {}, {}, ["load/test_load.py"]) == [RenameFile("load/test_load.py", "fetch/test_fetch.py")]


def test_renamed_and_edited_file_is_both() -> None:
    text = "load = 1\n"
    items = [decided("load.py", 0, 4, "load", "fetch"), decided("load.py", -1, -1, "load", "fetch")]
    ops = operations(items, {"load.py": text}, {"load.py": text.encode()}, ["load.py"])
    assert applied(ops, {"load.py": text.encode()}) == {"fetch.py": b"fetch = 1\n"}
