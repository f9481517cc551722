"""Signatures that a user has begun to change: the function is as they want it, its calls are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.finishing import Rest, finish
from agent.hook import look
from agent.outcome import Declined, EditRequest, Published
from tests.agent.repos import git, make_repository, put, tree
from tests.agent.scripted import Renamer
from tests.agent.test_hook import texts
from tests.agent.test_like import like, shown

STORE = '''def load(path, limit=3, *, mode="r"):
    """Load a path.

    :param path: where it is
    :param limit: how much of it
    """
    with open(path, mode) as file:
        return file.read()[:limit]


class Store:
    def get(self, key, default=None):
        return load(key) or default


class Other(Store):
    def get(self, key, default=None):
        return super().get(key, default)
'''
FILES: dict[str, str | bytes] = {
    "pkg/__init__.py": "",
    "pkg/store.py": STORE,
    "app/main.py": "from pkg.store import Other, Store, load\n\nprint(load('x', 5), load('y'), load('z', limit=1))\nprint(Store().get('k', 1), Other().get(key='k'))\n",
    "app/more.py": "from pkg import store\n\nprint(store.load(\n    'x',\n    7,  # much\n))\n",
    "app/homonym.py": "def load(x, y):\n    return x\n\n\nprint(load(1, 2))\n",
    "tests/test_store.py": "from pkg.store import load\n\n\ndef test_load():\n    assert load('setup.py', 2)\n",
}


def begin(root: Path, files: dict[str, str | bytes]) -> None:
    make_repository(root, FILES)
    put(root, files)
    git(root, "add", "-A")


def signed(old: str, new: str, *more: tuple[str, str]) -> dict[str, str | bytes]:
    """The file of the function with another signature, and some other words of it."""
    text = STORE
    for one, other in ((old, new), *more):
        assert one in text
        text = text.replace(one, other)
    return {"pkg/store.py": text}


def carry_on(root: Path, name: str = "load") -> Rest | None:
    beginning = look(root)
    if beginning is None:
        return None
    return finish(EditRequest("finish what was begun", root), beginning, write=True, emit=lambda event: None, denoiser=Renamer(name, name))


def rest_of(root: Path, files: dict[str, str | bytes]) -> dict[str, str]:
    """The files afterwards; what the user has staged has to be there as it was."""
    begin(root, files)
    index = git(root, "ls-files", "--stage")
    rest = carry_on(root)
    assert rest is not None and isinstance(rest.outcome, Published), rest
    assert git(root, "ls-files", "--stage") == index
    return texts(root)


def test_removed_parameter_goes_from_the_calls_that_are_left(tmp_path: Path) -> None:
    files = signed("path, limit=3, *, mode", "path, *, mode", ("[:limit]", ""), ("    :param limit: how much of it\n", ""))
    files["tests/test_store.py"] = str(FILES["tests/test_store.py"]).replace(", 2)", ")")
    found = rest_of(tmp_path, files)
    assert found["pkg/store.py"] == files["pkg/store.py"] and found["tests/test_store.py"] == files["tests/test_store.py"]
    assert "print(load('x'), load('y'), load('z'))\n" in found["app/main.py"]
    assert "7" not in found["app/more.py"] and "store.load(\n    'x'" in found["app/more.py"]
    assert found["app/homonym.py"] == FILES["app/homonym.py"]


def test_documentation_that_the_user_forgot_follows(tmp_path: Path) -> None:
    found = rest_of(tmp_path, signed("path, limit=3, *, mode", "path, *, mode", ("[:limit]", "  # all of it")))
    assert found["pkg/store.py"] == STORE.replace("path, limit=3, *, mode", "path, *, mode").replace("[:limit]", "  # all of it").replace("    :param limit: how much of it\n", "")


def test_parameter_without_default_gets_what_changed_calls_pass(tmp_path: Path) -> None:
    files = signed('path, limit=3, *, mode="r"', 'path, encoding, limit=3, *, mode="r"', ("open(path, mode)", "open(path, mode, encoding=encoding)"))
    files["tests/test_store.py"] = str(FILES["tests/test_store.py"]).replace("'setup.py', 2", "'setup.py', 'utf-8', 2")
    files["pkg/store.py"] = str(files["pkg/store.py"]).replace("load(key) or", "load(key, 'utf-8') or")
    found = rest_of(tmp_path, files)
    assert "print(load('x', 'utf-8', 5), load('y', encoding='utf-8'), load('z', limit=1, encoding='utf-8'))" in found["app/main.py"]
    assert "'utf-8',\n    7,  # much" in found["app/more.py"] and found["tests/test_store.py"] == files["tests/test_store.py"]
    assert "def load(path, encoding, limit=3, *, mode=\"r\"):" in found["pkg/store.py"] and "load(key, 'utf-8') or" in found["pkg/store.py"]


def test_parameter_without_default_of_which_nothing_is_shown_is_told_in_a_sentence(tmp_path: Path) -> None:
    begin(tmp_path, signed("path, limit=3", "path, encoding, limit=3"))
    before = tree(tmp_path)
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Declined) and "what these calls are to pass" in rest.outcome.reason
    assert tree(tmp_path) == before


def test_parameter_with_a_default_in_the_middle_moves_what_calls_pass_by_position(tmp_path: Path) -> None:
    files = signed("path, limit=3", "path, encoding=None, limit=3", ("open(path, mode)", "open(path, mode, encoding=encoding)"))
    files["tests/test_store.py"] = str(FILES["tests/test_store.py"]).replace("'setup.py', 2", "'setup.py', limit=2")
    found = rest_of(tmp_path, files)
    assert "print(load('x', limit=5), load('y'), load('z', limit=1))\n" in found["app/main.py"]
    assert "limit=7,  # much" in found["app/more.py"] and found["tests/test_store.py"] == files["tests/test_store.py"]
    assert "path, encoding=None, limit=3" in found["pkg/store.py"]


def test_parameter_exchanged_for_another_one_is_no_alarm(tmp_path: Path) -> None:
    begin(tmp_path, signed('path, limit=3, *, mode="r"', 'path, encoding, *, mode="r"', ("open(path, mode)", "open(path, mode, encoding=encoding)"), ("[:limit]", "")))
    assert look(tmp_path) is None


def test_parameter_with_a_default_at_the_end_is_no_alarm(tmp_path: Path) -> None:
    begin(tmp_path, signed('mode="r"):', 'mode="r", encoding=None):', ("open(path, mode)", "open(path, mode, encoding=encoding)")))
    assert look(tmp_path) is None


def test_reordered_parameters_reorder_the_calls_and_overrides_that_are_left(tmp_path: Path) -> None:
    base: dict[str, str | bytes] = {path: str(text).replace("key, default=None", "key, default").replace("key='k'", "default=2, key='k'") for path, text in FILES.items()}
    done = str(base["pkg/store.py"]).replace("self, key, default):\n        return load", "self, default, key):\n        return load")
    make_repository(tmp_path, {**base, "app/own.py": "from pkg.store import Store\n\nStore().get('a', 1)\nStore().get('b', 2)\n"})
    # One of two calls is done, and looks like any other.
    put(tmp_path, {"pkg/store.py": done, "app/own.py": "from pkg.store import Store\n\nStore().get('a', 1)\nStore().get(2, 'b')\n"})
    git(tmp_path, "add", "-A")
    rest = carry_on(tmp_path, "get")
    assert rest is not None and isinstance(rest.outcome, Published), rest
    found = texts(tmp_path)
    assert "Store().get(1, 'k'), Other().get(default=2, key='k')" in found["app/main.py"]
    assert found["app/own.py"] == "from pkg.store import Store\n\nStore().get(1, 'a')\nStore().get(2, 'b')\n"
    assert found["pkg/store.py"] == done.replace("self, key, default):\n        return super().get(key, default)", "self, default, key):\n        return super().get(default, key)")


def test_override_that_cannot_have_the_new_order_is_told(tmp_path: Path) -> None:
    begin(tmp_path, signed("def get(self, key, default=None):\n        return load", "def get(self, default=None, key=None):\n        return load"))
    before = tree(tmp_path)
    rest = carry_on(tmp_path, "get")
    assert rest is not None and isinstance(rest.outcome, Declined) and "Other.get" in rest.outcome.reason and tree(tmp_path) == before


def test_keyword_only_parameters_are_named_in_calls(tmp_path: Path) -> None:
    found = rest_of(tmp_path, signed("path, limit=3, *, mode", "path, *, limit=3, mode"))
    assert "print(load('x', limit=5), load('y'), load('z', limit=1))\n" in found["app/main.py"]
    assert "load('setup.py', limit=2)" in found["tests/test_store.py"]


def test_parameters_whose_names_were_traded_are_no_new_order(tmp_path: Path) -> None:
    begin(tmp_path, signed("def get(self, key, default=None):\n        return load(key) or default", "def get(self, default, key=None):\n        return load(default) or key"))
    rest = carry_on(tmp_path)
    assert rest is None or all(intent.action != "reorder parameters" for intent in rest.plan.intents)


def test_finished_signature_is_no_alarm(tmp_path: Path) -> None:
    files = signed("path, limit=3, *, mode", "path, *, mode", ("[:limit]", ""))
    for path in ("app/main.py", "app/more.py", "tests/test_store.py"):
        files[path] = str(FILES[path]).replace(", 5", "").replace(", limit=1", "").replace("    7,  # much\n", "").replace(", 2)", ")")
    begin(tmp_path, files)
    # A homonym is there to be looked at.
    assert look(tmp_path) is None or carry_on(tmp_path) is None


def test_body_that_still_needs_what_is_gone_is_told_in_a_sentence(tmp_path: Path) -> None:
    begin(tmp_path, signed("path, limit=3, *, mode", "path, *, mode"))
    before = tree(tmp_path)
    rest = carry_on(tmp_path)
    assert rest is not None and isinstance(rest.outcome, Declined) and "still uses limit" in rest.outcome.reason and tree(tmp_path) == before


def test_signature_that_would_come_out_otherwise_is_told_and_nothing_written(tmp_path: Path) -> None:
    # Behind `*args` there is no place for a parameter that is passed by position.
    base = {**FILES, "pkg/store.py": "def load(path, *rest):\n    return path, rest\n"}
    make_repository(tmp_path, base)
    put(tmp_path, {"pkg/store.py": "def load(path, limit, *rest):\n    return path, limit, rest\n", "tests/test_store.py": str(FILES["tests/test_store.py"]).replace(", 2)", ", 9, 2)")})
    git(tmp_path, "add", "-A")
    before = tree(tmp_path)
    rest = carry_on(tmp_path)
    assert rest is None or isinstance(rest.outcome, Declined)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("how", ["diff", "staged"])
def test_signature_is_followed_by_example(tmp_path: Path, how: str) -> None:
    make_repository(tmp_path, FILES)
    files = signed("path, limit=3, *, mode", "path, *, mode", ("[:limit]", ""), ("    :param limit: how much of it\n", ""))
    diff = shown(tmp_path, files)
    if how == "staged":
        put(tmp_path, files)
        git(tmp_path, "add", "-A")
    outcome = like(tmp_path, diff if how == "diff" else None, Renamer("load", "load"))
    assert isinstance(outcome, Published), outcome
    assert "print(load('x'), load('y'), load('z'))\n" in texts(tmp_path)["app/main.py"] and texts(tmp_path)["pkg/store.py"] == files["pkg/store.py"]
