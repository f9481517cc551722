"""The journal's lines and records, as a failing disk or somebody else may leave them: read, recovered from, taken back."""

from __future__ import annotations

import json
import shutil
import tempfile
import zlib
from pathlib import Path

from agent.errors import UserError
from agent.history import State
from agent.journal import Journal, entries, recover
from agent.publish import redo, undo
from agent.takeback import UndoConflict
from agent.worktree import Repository

MAX_LENGTH = 4096
MARK = b"\0\0"
_PLACE = Path(tempfile.mkdtemp(prefix="redraft-fuzz-")).resolve()
_ROOT = _PLACE / "repo"
OUTSIDE = {"outside/secret": "not yours\n"}
FILES = {"a.py": "b\n", "src/b.py": "x\n", ".git/config": "[core]\n"}

_ENTRY = {"id": "0a", "time": 1.5, "instruction": "rename a to b", "files": ["a.py"], "undoes": None, "state": "published"}
_INVERSE = (
    '{"redraft":1,"base":{"a.py":"0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f"},"safety":"ask"}\n'
    '{"op":"text","path":"a.py","span":[0,1],"before":"b","after":"a"}\n'
)
_RECORD = {"entry": _ENTRY, "inverse": _INVERSE, "files": [["a.py", "YQo=", "Ygo=", 0o644, 0o644]], "made": [], "dropped": []}
_CREATED = {**_RECORD, "files": [["n/c.py", None, "Ygo=", None, 0o644]], "made": [["n", None]]}
_DELETED = {**_RECORD, "files": [["old/d.py", "Ygo=", None, 0o644, None]], "dropped": [["old", 0o755]]}


def _seed(record: object, *lines: object) -> bytes:
    return MARK.join([b"\n" + b"\n\n".join(json.dumps(line).encode() for line in lines) + b"\n", json.dumps(record).encode()])


SEEDS = [_seed(_RECORD, _ENTRY), _seed(_RECORD), _seed(_CREATED), _seed(_DELETED), _seed(_CREATED, _ENTRY),
         _seed(_RECORD, _ENTRY, {**_ENTRY, "id": "0b", "undoes": "0a"}), _seed(_RECORD, {**_ENTRY, "state": "rolled-back"})]  # fmt: skip
WORDS = [b'"id":"0a"', b'"state":"published"', b'"state":"rolled-back"', b'"undoes":"0a"', b'"files":[', b'"../outside/secret"', b'"link/secret"',
         b'".git/config"', b"null", b"[]", b"{}", b"1e999", b"-1", b'"YQo="', b'"Ygo="', b'"made":[["n",493]]', b'"dropped":[["src",493]]', MARK,
         b'"entry":', b'"inverse":', b"\\ud800", b"\\u0000", b"\n"]  # fmt: skip


def check(data: bytes) -> None:
    lines, _, record = data.partition(MARK)
    _rebuild()
    repository = Repository(_ROOT, _ROOT / ".git", _ROOT / ".git")
    folder = _ROOT / ".git" / "redraft"
    (folder / "journal.jsonl").write_bytes(lines)
    packed = zlib.compress(record, 1) if record else lines
    for place in ("pending", "images"):
        (folder / place / "0a.z").write_bytes(packed)
    for step in (_recovered, _listed, _undone, _redone):
        try:
            step(repository)
        except UserError as error:
            assert str(error)
    assert (_PLACE / "outside" / "secret").read_text() == OUTSIDE["outside/secret"], "written outside"
    assert (_ROOT / ".git" / "config").read_text() == FILES[".git/config"], "written into the git folder"


def _rebuild() -> None:
    if _ROOT.exists():
        shutil.rmtree(_ROOT)
    for path, text in OUTSIDE.items():
        (_PLACE / path).parent.mkdir(exist_ok=True)
        (_PLACE / path).write_text(text)
    for path, text in FILES.items():
        (_ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (_ROOT / path).write_text(text)
    (_ROOT / "link").symlink_to(_PLACE / "outside")
    for name in ("pending", "images"):
        (_ROOT / ".git" / "redraft" / name).mkdir(parents=True)


def _recovered(repository: Repository) -> None:
    found = recover(repository)
    assert found is None or found.sentence


def _listed(repository: Repository) -> None:
    journal = Journal(repository.git_dir / "redraft", repository.root)
    for entry in entries(repository):
        assert isinstance(entry.state, State) and entry.time == entry.time
        journal.record(entry)


def _undone(repository: Repository) -> None:
    assert isinstance(undo(repository), object)


def _redone(repository: Repository) -> None:
    done = redo(repository)
    assert not isinstance(done, UndoConflict) or done.paths


