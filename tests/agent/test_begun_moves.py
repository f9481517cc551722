"""Moves that a user has begun: the definition stands in its new place, who imports it does not know yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.finishing import Rest, finish
from agent.hook import look
from agent.outcome import Declined, EditRequest, Published
from agent.publish import undo
from agent.worktree import Repository
from tests.agent.repos import git, make_repository, put, tree
from tests.agent.scripted import Renamer
from tests.agent.test_hook import texts
from tests.agent.test_like import like, shown

STORE = '''"""Files."""

import json
import os

LIMIT = 3


# Reads one file.
def load(path):
    with open(os.path.join(path)) as file:
        return file.read()[:LIMIT]


def load_json(path):
    return json.loads(load(path))
'''
MOVED = "# Reads one file.\ndef load(path):\n    with open(os.path.join(path)) as file:\n        return file.read()[:LIMIT]\n"
INOUT = '"""In and out."""\n\n\ndef save(path, text):\n    with open(path, "w") as file:\n        file.write(text)\n'
FILES: dict[str, str | bytes] = {
    "pkg/__init__.py": "from .store import load, load_json\n\n__all__ = ['load', 'load_json']\n",
    "pkg/store.py": STORE,
    "pkg/inout.py": INOUT,
    "app/main.py": "from unittest import mock\n\nfrom pkg import store\nfrom pkg.store import load\n\nprint(load('x'), store.load('y'))\nmock.patch('pkg.store.load')\n",
    "app/other.py": "import pkg.store\n\npkg.store.load('z')\n",
    "app/done.py": "from pkg.store import load\n\nprint(load('d'))\n",
    "app/homonym.py": "def load(x):\n    return x\n\n\nprint(load(1))\n",
}
LEFT = STORE.replace(MOVED + "\n\n", "").replace("import os\n", "")
ARRIVED = INOUT.replace('"""In and out."""\n', '"""In and out."""\n\nimport os\n\nfrom .store import LIMIT\n') + "\n\n" + MOVED
DONE = "from pkg.inout import load\n\nprint(load('d'))\n"
BEGUN: dict[str, str | bytes] = {"pkg/store.py": LEFT, "pkg/inout.py": ARRIVED, "app/done.py": DONE}


def begin(root: Path, files: dict[str, str | bytes], base: dict[str, str | bytes] | None = None) -> Repository:
    repository = make_repository(root, base or FILES)
    put(root, files)
    git(root, "add", "-A")
    return repository


def carry_on(root: Path, *, write: bool = True) -> Rest | None:
    beginning = look(root)
    assert beginning is not None
    return finish(EditRequest("finish what was begun", root), beginning, write=write, emit=lambda event: None, denoiser=Renamer("load", "load"))


def test_importers_of_a_moved_function_follow_and_the_user_s_own_part_stays(tmp_path: Path) -> None:
    # `store.load_json` needs `load`, so the new home may not need the old one as it loads.
    moved = MOVED.replace("[:LIMIT]", "")
    begun = {**BEGUN, "pkg/inout.py": INOUT.replace("\n\n\ndef save", "\n\nimport os\n\n\ndef save") + "\n\n" + moved}
    repository = begin(tmp_path, begun)
    index = git(tmp_path, "ls-files", "--stage")
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Published), rest
    found = texts(tmp_path)
    assert found["pkg/inout.py"] == begun["pkg/inout.py"] and found["app/done.py"] == DONE and found["app/homonym.py"] == FILES["app/homonym.py"]
    assert found["pkg/__init__.py"].startswith("from .inout import load\nfrom .store import load_json\n")
    assert found["app/main.py"] == (
        "from unittest import mock\n\nfrom pkg import inout\nfrom pkg.inout import load\n\nprint(load('x'), inout.load('y'))\nmock.patch('pkg.inout.load')\n"
    )
    assert found["app/other.py"] == "import pkg.inout\n\npkg.inout.load('z')\n"
    assert found["pkg/store.py"] == LEFT.replace("import json\n", "import json\n\nfrom .inout import load\n")
    assert git(tmp_path, "ls-files", "--stage") == index
    undo(repository, entry=rest.outcome.entry)
    assert texts(tmp_path) == {path: str(text) for path, text in (FILES | begun).items()}


def test_what_the_moved_code_needs_is_imported_where_the_user_has_not(tmp_path: Path) -> None:
    base = {**FILES, "pkg/store.py": STORE.replace("[:LIMIT]", "").replace("LIMIT = 3\n\n\n", "\n")}
    moved = MOVED.replace("[:LIMIT]", "")
    left = str(base["pkg/store.py"]).replace(moved + "\n\n", "").replace("import os\n", "")
    begin(tmp_path, {"pkg/store.py": left, "pkg/inout.py": INOUT + "\n\n" + moved}, base)
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Published), rest
    found = texts(tmp_path)
    assert found["pkg/inout.py"] == INOUT.replace('"""\n\n', '"""\n\nimport os\n\n', 1) + "\n\n" + moved
    assert found["pkg/store.py"] == left.replace("import json\n", "import json\n\nfrom .inout import load\n")


def test_what_a_helper_needs_goes_along_with_the_definition_that_it_belongs_to(tmp_path: Path) -> None:
    helper, load = "def _tidy(text):\n    return re.sub(' +', ' ', text)\n", "def load(path):\n    return _tidy(open(path).read())\n"
    base = {"pkg/__init__.py": "", "pkg/store.py": f"import re\n\n\n{helper}\n\n{load}", "pkg/inout.py": "X = 1\n", "app/main.py": "from pkg.store import load\n\nprint(load('x'))\n"}
    make_repository(tmp_path, base)
    put(tmp_path, {"pkg/store.py": "", "pkg/inout.py": f"X = 1\n\n\n{helper}\n\n{load}"})
    git(tmp_path, "add", "-A")
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Published), rest
    found = texts(tmp_path)
    assert found["app/main.py"].startswith("from pkg.inout import load\n") and found["pkg/inout.py"].startswith("import re\n")


def test_moved_into_a_new_module_in_its_own_order(tmp_path: Path) -> None:
    base = {**FILES, "pkg/store.py": STORE.replace("[:LIMIT]", "")}
    moved = MOVED.replace("[:LIMIT]", "").replace("# Reads one file.", "# Reads one file, as it is.")
    left = LEFT
    own = "import os\n\n\ndef first():\n    return 1\n\n\n" + moved + "\n\ndef last():\n    return load('x')\n"
    begin(tmp_path, {"pkg/store.py": left, "pkg/reading.py": own}, base)
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Published), rest
    found = texts(tmp_path)
    assert found["pkg/reading.py"] == own
    assert "from .reading import load\n" in found["pkg/__init__.py"] and "from pkg.reading import load" in found["app/done.py"]


def test_several_definitions_go_together_and_a_helper_stays_where_it_was_left(tmp_path: Path) -> None:
    base: dict[str, str | bytes] = {
        "a.py": "def _help(x):\n    return x + 1\n\n\ndef one(x):\n    return _help(x)\n\n\nclass Two:\n    value = 2\n\n    def get(self):\n        return self.value * 2 + one(1)\n",
        "b.py": "# Nothing yet.\n",
        "use.py": "from a import Two, one\n\nprint(one(1), Two)\n",
    }
    text = str(base["a.py"])
    left, moved = text[: text.index("def one")].rstrip("\n") + "\n", text[text.index("def one") :]
    begin(tmp_path, {"a.py": left, "b.py": "# Nothing yet.\nfrom a import _help\n\n\n" + moved}, base)
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Published), rest
    found = texts(tmp_path)
    assert found["use.py"] == "from b import Two, one\n\nprint(one(1), Two)\n"
    assert found["a.py"] == left and found["b.py"] == "# Nothing yet.\nfrom a import _help\n\n\n" + moved


def test_other_hunks_of_the_user_are_kept_byte_for_byte(tmp_path: Path) -> None:
    base = {**FILES, "pkg/store.py": STORE.replace("[:LIMIT]", "")}
    left = LEFT.replace("return json.loads(load(path))", "text = load(path)   # mine\n    return json.loads( text )")
    arrived = INOUT.replace("file.write(text)", "file.write( text )  # mine") + "\n\n" + MOVED.replace("[:LIMIT]", "")
    main = str(FILES["app/main.py"]).replace("print(load('x')", "print( 'mine', load('x')")
    begin(tmp_path, {"pkg/store.py": left, "pkg/inout.py": arrived, "app/main.py": main, "notes.txt": "mine\n"}, base)
    put(tmp_path, {"app/other.py": str(FILES["app/other.py"]) + "x = 1\n"})
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Published), rest
    found = texts(tmp_path)
    assert "text = load(path)   # mine\n    return json.loads( text )" in found["pkg/store.py"]
    assert found["pkg/inout.py"] == arrived.replace('"""\n\n', '"""\n\nimport os\n\n', 1)
    assert "print( 'mine', load('x'), inout.load('y'))" in found["app/main.py"]
    assert found["app/other.py"] == "import pkg.inout\n\npkg.inout.load('z')\nx = 1\n"


def test_home_that_the_user_has_deleted_stays_deleted(tmp_path: Path) -> None:
    base: dict[str, str | bytes] = {"a.py": "def load(path):\n    return open(path).read()\n", "b.py": "X = 1\n" * 9, "use.py": "from a import load\n\nload('x')\n"}
    make_repository(tmp_path, base)
    git(tmp_path, "rm", "-q", "a.py")
    put(tmp_path, {"b.py": str(base["b.py"]) + "\n\n" + str(base["a.py"])})
    git(tmp_path, "add", "-A")
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Published), rest
    assert texts(tmp_path) == {"b.py": str(base["b.py"]) + "\n\n" + str(base["a.py"]), "use.py": "from b import load\n\nload('x')\n"}


@pytest.mark.parametrize(
    "more",
    [
        {"pkg/store.py": LEFT.replace("import json\n", "import json\n\nfrom .inout import load\n")},
        {"pkg/store.py": LEFT + "\n\nfrom .inout import *\n"},
        {"pkg/store.py": LEFT + "\n\ndef __getattr__(name):\n    raise AttributeError(name)\n"},
        {"pkg/inout.py": INOUT},
    ],
)
def test_what_can_still_be_had_from_the_old_place_is_no_alarm(tmp_path: Path, more: dict[str, str | bytes]) -> None:
    begin(tmp_path, BEGUN | more)
    beginning = look(tmp_path)
    rest = None if beginning is None else carry_on(tmp_path, write=False)
    assert rest is None or isinstance(rest.outcome, Declined) and not rest.diff


def test_finished_move_is_no_alarm(tmp_path: Path) -> None:
    base: dict[str, str | bytes] = {"a.py": "X = 1\n\n\ndef load(path):\n    return open(path).read()\n", "b.py": "Y = 1\n", "use.py": "from a import load\n\nload('x')\n"}
    begin(tmp_path, {"a.py": "X = 1\n", "b.py": "Y = 1\n\n\ndef load(path):\n    return open(path).read()\n", "use.py": "from b import load\n\nload('x')\n"}, base)
    assert look(tmp_path) is None


def test_old_home_that_is_needed_itself_imports_late(tmp_path: Path) -> None:
    begin(tmp_path, BEGUN)
    rest = carry_on(tmp_path)
    # The moved function needs LIMIT of its old home, which needs the function.
    assert rest is not None and isinstance(rest.outcome, Published), rest
    assert texts(tmp_path)["pkg/store.py"] == LEFT.replace("(path):\n", "(path):\n    from .inout import load\n\n")
    assert texts(tmp_path)["pkg/inout.py"] == ARRIVED


def test_rest_that_cannot_be_is_told_in_a_sentence_and_nothing_written(tmp_path: Path) -> None:
    arrived = INOUT.replace("\n\n\n", "\n\nos = None\n\n\n", 1) + "\n\n" + MOVED.replace("[:LIMIT]", "")
    begin(tmp_path, {"pkg/store.py": LEFT.replace("import json\n", "import json\nimport os\n"), "pkg/inout.py": arrived})
    before = tree(tmp_path)
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Declined) and tree(tmp_path) == before, rest
    assert "os means something else in pkg/inout.py" in rest.outcome.reason


def test_module_that_went_to_another_folder_is_followed(tmp_path: Path) -> None:
    base = {**FILES, "pkg/inner/__init__.py": "", "pkg/more.py": "from . import store\nfrom .store import load\n\nload(store.LIMIT)\n"}
    make_repository(tmp_path, base)
    git(tmp_path, "mv", "pkg/store.py", "pkg/inner/store.py")
    put(tmp_path, {"app/done.py": "from pkg.inner.store import load\n\nprint(load('d'))\n"})
    git(tmp_path, "add", "-A")
    beginning = look(tmp_path)
    assert beginning is not None
    rest = finish(EditRequest("x", tmp_path), beginning, write=True, emit=lambda event: None, denoiser=Renamer("store", "store"))
    assert rest is not None and isinstance(rest.outcome, Published), rest
    found = texts(tmp_path)
    assert found["pkg/inner/store.py"] == STORE and "pkg/store.py" not in found
    assert found["pkg/__init__.py"].startswith("from .inner.store import load, load_json\n")
    assert found["pkg/more.py"] == "from .inner import store\nfrom .inner.store import load\n\nload(store.LIMIT)\n"
    assert found["app/done.py"] == "from pkg.inner.store import load\n\nprint(load('d'))\n"
    assert found["app/other.py"] == "import pkg.inner.store\n\npkg.inner.store.load('z')\n"


def test_crlf_files_stay_crlf(tmp_path: Path) -> None:
    base: dict[str, str | bytes] = {
        "a.py": b"\xef\xbb\xbfX = 1\r\n\r\n\r\ndef load(path):\r\n    return path\r\n",
        "b.py": b"Y = 1\r\n",
        "use.py": b"import a\r\nfrom a import load\r\n\r\nload(a.X)\r\n",
    }
    begin(tmp_path, {"a.py": b"\xef\xbb\xbfX = 1\r\n", "b.py": b"Y = 1\r\n\r\n\r\ndef load(path):\r\n    return path\r\n"}, base)
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Published), rest
    assert (tmp_path / "use.py").read_bytes() == b"import a\r\nfrom b import load\r\n\r\nload(a.X)\r\n"
    assert (tmp_path / "a.py").read_bytes() == b"\xef\xbb\xbfX = 1\r\n"
    assert (tmp_path / "b.py").read_bytes() == b"Y = 1\r\n\r\n\r\ndef load(path):\r\n    return path\r\n"


def test_deleted_function_takes_its_unused_imports_along(tmp_path: Path) -> None:
    base: dict[str, str | bytes] = {
        "app.py": "from pkg.a import keep, load\n\nkeep()\n",
        "pkg/__init__.py": "",
        "pkg/a.py": "def load(path):\n    return open(path).read()\n\n\ndef keep():\n    return 1\n",
    }
    begin(tmp_path, {"pkg/a.py": "def keep():\n    return 1\n"}, base)
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Published), rest
    assert texts(tmp_path) == {"app.py": "from pkg.a import keep\n\nkeep()\n", "pkg/__init__.py": "", "pkg/a.py": "def keep():\n    return 1\n"}


def test_deleted_function_that_is_still_used_is_no_alarm(tmp_path: Path) -> None:
    base: dict[str, str | bytes] = {"a.py": "def load(path):\n    return open(path).read()\n\n\nX = 1\n", "b.py": "from a import load\n\nload('x')\n"}
    begin(tmp_path, {"a.py": "X = 1\n"}, base)
    assert look(tmp_path) is not None and carry_on(tmp_path) is None


def test_new_name_is_followed_though_a_move_of_the_same_commit_cannot_be(tmp_path: Path) -> None:
    arrived = INOUT.replace("\n\n\n", "\n\nos = None\n\n\n", 1) + "\n\n" + MOVED.replace("[:LIMIT]", "")
    base = {**FILES, "pkg/far.py": "def fetch(path, much):\n    return [path] * much\n", "app/far.py": "from pkg.far import fetch\n\nfetch(1, 2)\n"}
    begun = {"pkg/store.py": LEFT.replace("import json\n", "import json\nimport os\n"), "pkg/inout.py": arrived, "pkg/far.py": str(base["pkg/far.py"]).replace("fetch", "carry")}
    begin(tmp_path, begun, base)
    beginning = look(tmp_path)
    assert beginning is not None
    rest = finish(EditRequest("x", tmp_path), beginning, write=True, emit=lambda event: None, denoiser=Renamer("fetch", "carry"))
    assert rest is not None and isinstance(rest.outcome, Published), rest
    found = texts(tmp_path)
    assert found["app/far.py"] == "from pkg.far import carry\n\ncarry(1, 2)\n" and found["app/main.py"] == FILES["app/main.py"]


def test_move_that_is_finished_stays_beside_one_that_is_not(tmp_path: Path) -> None:
    base: dict[str, str | bytes] = {
        "a.py": "X = 1\n\n\ndef load(path):\n    return open(path).read()\n\n\ndef save(path, text):\n    open(path, 'w').write(text)\n",
        "b.py": "Y = 1\n",
        "use.py": "from a import load, save\n\nload('x')\nsave('y', '')\n",
        "more.py": "from a import X, load\n\nload(X)\n",
    }
    text = str(base["a.py"])
    moved = text[text.index("def load") :]
    # One importer is done whole, another for one of the two.
    begin(tmp_path, {"a.py": "X = 1\n", "b.py": "Y = 1\n\n\n" + moved, "use.py": "from b import load, save\n\nload('x')\nsave('y', '')\n"}, base)
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Published), rest
    assert [intent.target for intent in rest.plan.intents] == ["a.py::load"]
    assert texts(tmp_path) == {
        "a.py": "X = 1\n", "b.py": "Y = 1\n\n\n" + moved, "use.py": "from b import load, save\n\nload('x')\nsave('y', '')\n",
        "more.py": "from a import X\nfrom b import load\n\nload(X)\n",
    }  # fmt: skip


def test_replaced_function_is_replaced_where_it_is_left(tmp_path: Path) -> None:
    base: dict[str, str | bytes] = {
        "a.py": "def load(path):\n    return open(path).read()\n\n\nX = 1\n",
        "c.py": "def read_all(path, mode='r', size=-1):\n    with open(path, mode) as file:\n        return file.read(size)\n",
        "b.py": "from a import load\n\nload('x')\n",
        "d.py": "import a\n\na.load('y')\n",
    }
    begin(tmp_path, {"a.py": "X = 1\n", "b.py": "from c import read_all\n\nread_all('x')\n"}, base)
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Published), rest
    found = texts(tmp_path)
    assert found["a.py"] == "X = 1\n" and found["b.py"] == "from c import read_all\n\nread_all('x')\n"
    assert "read_all('y')" in found["d.py"] and "a.load" not in found["d.py"]


def test_move_is_followed_by_example(tmp_path: Path) -> None:
    base = {**FILES, "pkg/store.py": STORE.replace("[:LIMIT]", "")}
    make_repository(tmp_path, base)
    diff = shown(tmp_path, {"pkg/store.py": LEFT, "pkg/inout.py": INOUT + "\n\n" + MOVED.replace("[:LIMIT]", "")})
    outcome = like(tmp_path, diff, Renamer("load", "load"))
    assert isinstance(outcome, Published), outcome
    found = texts(tmp_path)
    assert found["app/done.py"] == DONE and found["pkg/inout.py"].endswith(MOVED.replace("[:LIMIT]", ""))


def test_fixture_that_went_to_conftest_is_no_alarm(tmp_path: Path) -> None:
    fixture = "@pytest.fixture\ndef store(tmp_path):\n    return {'path': tmp_path, 'size': 1}\n"
    use = "def test_a(store):\n    assert store['size']\n"
    base: dict[str, str | bytes] = {"tests/conftest.py": "import pytest\n", "tests/test_a.py": f"import pytest\n\n\n{fixture}\n\n{use}"}
    begin(tmp_path, {"tests/conftest.py": f"import pytest\n\n\n{fixture}", "tests/test_a.py": use}, base)
    beginning = look(tmp_path)
    rest = None if beginning is None else finish(EditRequest("x", tmp_path), beginning, write=True, emit=lambda event: None, denoiser=Renamer("store", "store"))
    assert rest is None
