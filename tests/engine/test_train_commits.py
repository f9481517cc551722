"""Labels of real commits, over a real repository that is made in a temporary folder."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from engine.begun import recognise
from engine.plan import Action
from engine.train.commit_facts import Fact, facts_of
from engine.train.commit_history import History
from engine.train.commit_pairs import pairs_of
from engine.train.commit_wording import negative, said
from engine.train.commits import examples_of, prepare_commits, read_repositories
from engine.train.shards import read_shard
from engine.values import NEW, OLD, TARGET, TO, Value

CLIENT = '''
"""Talk to a server."""
from pkg.helpers import build_url

LIMIT_OF_TRIES = 3


class Client:
    def send(self, path, verbose):
        """Send it; see `load_user`."""
        return build_url(path)

    def close_all(self):
        return 0


def load_user(number):
    client = Client()
    print("loading", number, client)
    return client.send(f"users/{number}", False)


def old_helper():
    return load_user(1), load_user(2)
'''
HELPERS = '''
def build_url(path):
    prefix = "https://example.org/"
    return prefix + path


def quote_path(path):
    return path.replace("/", "%2F").replace(" ", "%20")
'''
USES = '''
from pkg.client import load_user


def main():
    # load_user is slow
    user = load_user(7)
    return user
'''
Texts = dict[str, str]


def _git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *settings, "-C", str(folder), *arguments], check=True, capture_output=True)


def _commit(folder: Path, texts: Mapping[str, str], subject: str) -> None:
    for old in folder.rglob("*.py"):
        old.unlink()
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", subject)


def _replaced(texts: Texts, path: str, *pairs: tuple[str, str]) -> Texts:
    text = texts[path]
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    return {**texts, path: text}


def _renamed(texts: Texts) -> Texts:
    client = _replaced(texts, "pkg/client.py", ("load_user", "fetch_user"))
    return _replaced(client, "pkg/uses.py", ("import load_user", "import fetch_user"), ("= load_user", "= fetch_user"))


def _moved(texts: Texts) -> Texts:
    head, tail = texts["pkg/helpers.py"].split("\n\n\ndef quote_path", 1)
    return {**texts, "pkg/helpers.py": head + "\n", "pkg/text/quoting.py": "def quote_path" + tail}


def _without_helper(texts: Texts) -> Texts:
    return {**texts, "pkg/client.py": texts["pkg/client.py"].split("\n\n\ndef old_helper")[0] + "\n"}


STEPS: tuple[tuple[str, Callable[[Texts], Texts]], ...] = (
    ("refactor: rename load_user to fetch_user (#12)", _renamed),
    ("Move quote_path into pkg.text.quoting", _moved),
    ("Remove unused old_helper()", _without_helper),
    ("Add timeout=None argument to Client.send", lambda texts: _replaced(texts, "pkg/client.py", ("path, verbose)", "path, verbose, timeout=None)"))),
    ("Drop the verbose parameter of Client.send", lambda texts: _replaced(texts, "pkg/client.py", ("path, verbose, ", "path, "), (", False)", ")"))),
    ("Make close_all a static method", lambda texts: _replaced(texts, "pkg/client.py", ("    def close_all(self)", "    @staticmethod\n    def close_all()"))),
    ("Fix crash in build_url when the path is empty", lambda texts: _replaced(texts, "pkg/helpers.py", ("prefix + path", 'prefix + (path or "")'))),
    ("Tidy up a little", lambda texts: _replaced(texts, "pkg/helpers.py", ("build_url(path):", "build_url(path):  # joined"))),
)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    folder = tmp_path_factory.mktemp("real")
    _git(folder, "init", "-q", ".")
    texts = {"pkg/__init__.py": "", "pkg/client.py": CLIENT, "pkg/helpers.py": HELPERS, "pkg/uses.py": USES}
    _commit(folder, texts, "First version")
    for subject, step in STEPS:
        texts = step(texts)
        _commit(folder, texts, subject)
    found = History(folder / ".git")
    yield found
    found.close()


def _labels(history: History, subject: str) -> list[tuple[str, dict[str, list[str]]]]:
    """Each request of a subject: its action, and its words by field."""
    commit = next(c for c in history.changed(history.subjects()) if c.subject == subject)
    versions = history.versions(commit)
    assert versions is not None
    found = said(subject, facts_of(versions, recognise(versions)))
    out: list[tuple[str, dict[str, list[str]]]] = []
    for request in found.requests if found else ():
        words: dict[str, list[str]] = {}
        for start, end, name in request.marks:
            words.setdefault(name, []).append(subject[start:end])
        out.append((request.action.value, words))
    return out


@pytest.mark.parametrize(
    ("number", "action", "words"),
    [
        (0, "rename", {"OLD": ["load_user"], "NEW": ["fetch_user"]}),
        (1, "move", {"OLD": ["quote_path"], "TO": ["pkg.text.quoting"]}),
        (2, "delete", {"OLD": ["old_helper"]}),
        (3, "add parameter", {"OLD": ["send"], "NEW": ["timeout"], "DEFAULT": ["None"]}),
        (4, "delete", {"OLD": ["verbose"]}),
        (5, "static method", {"OLD": ["close_all"]}),
    ],
)
def test_subject_is_labelled_with_the_names_of_its_diff(history: History, number: int, action: str, words: dict[str, list[str]]) -> None:
    assert _labels(history, STEPS[number][0]) == [(action, words)]


@pytest.mark.parametrize("number", [6, 7])
def test_subject_of_other_work_has_no_request(history: History, number: int) -> None:
    assert _labels(history, STEPS[number][0]) == []


def test_only_a_subject_that_names_a_definition_is_a_negative(history: History) -> None:
    named, vague = STEPS[6][0], STEPS[7][0]
    assert negative(named, [], {"build_url"}) is not None
    assert negative(named, [], {"other"}) is None
    assert negative(vague, [], {"build_url"}) is None
    assert negative("Rename things near build_url", [], {"build_url"}) is None


@pytest.mark.parametrize(
    "subject",
    [
        "Remove unused old_helper() and other_helper()",  # the second is no fact
        "Replace old_helper() by something better, remove it",
        "Remove new_helper and old_helper",
        "Remove noise, old_helper -> better_helper",
        "Remove old_helper.cache",
        "Remove calls from old_helper()",
        "Remove the --old_helper option",
        "Remove unused helpers",
    ],
)
def test_words_that_say_more_or_something_else_are_not_labelled(subject: str) -> None:
    fact = Fact(Action.DELETE, "old_helper", "pkg/client.py::old_helper")
    assert said("Remove unused old_helper()", [fact]) is not None
    assert said(subject, [fact]) is None


def test_two_renames_of_one_subject_are_two_requests() -> None:
    facts = [Fact(Action.RENAME, old, f"pkg/client.py::{old}", new) for old, new in (("get_all", "load_all"), ("put_all", "save_all"))]
    found = said("Rename get_all to load_all and put_all to save_all", facts)
    assert found is not None and [request.facts for request in found.requests] == [[facts[0]], [facts[1]]]
    assert [mark.label for mark in found.marks()] == ["OLD_1", "NEW_1", "OLD_2", "NEW_2"]
    assert said("Rename get_all to load_all and put_all to save_all", facts[:1]) is None


def test_definitions_that_went_to_several_places_are_one_request_where_none_is_said() -> None:
    facts = [Fact(Action.MOVE, name, f"pkg/client.py::{name}", to=f"pkg/{name.lower()}.py") for name in ("OnePool", "OneContext")]
    found = said("Move OnePool and OneContext", facts)
    assert found is not None and [len(request.facts) for request in found.requests] == [2]


def test_plain_words_are_names_only_beside_what_says_so() -> None:
    fact = Fact(Action.DELETE, "verbose", "pkg/client.py::Client.send(verbose)", owner="send")
    assert said("Remove the verbose argument", [fact]) is not None
    assert said("Remove verbose logging", [fact]) is None


def test_places_of_a_rename_bear_what_became_of_them(history: History) -> None:
    commit = next(c for c in history.changed(history.subjects()) if c.subject == STEPS[0][0])
    versions = history.versions(commit)
    assert versions is not None
    (pair,) = pairs_of(history.tree(commit), versions, recognise(versions))
    fates = {(place.path, pair.texts[place.path].count("\n", 0, place.start)): value for place, value in pair.truth.items()}
    assert (pair.target.name, pair.new) == ("load_user", "fetch_user")
    uses = {line: value for (path, line), value in fates.items() if path == "pkg/uses.py"}
    # The import and the call went along; nobody can tell whether the comment was overlooked.
    assert uses == {1: Value.REPLACE, 5: Value.MASK, 6: Value.REPLACE}
    assert {value for (path, _), value in fates.items() if path == "pkg/client.py"} == {Value.REPLACE}


def test_another_thing_of_the_name_that_was_renamed_too_says_nothing_of_the_request(tmp_path: Path) -> None:
    own = "def shown():\n    load_user = 1\n    return load_user\n"
    texts = {"pkg/__init__.py": "", "pkg/client.py": CLIENT, "pkg/helpers.py": HELPERS, "pkg/uses.py": USES, "pkg/shown.py": own}
    _git(tmp_path, "init", "-q")
    _commit(tmp_path, texts, "begin")
    _commit(tmp_path, {**_renamed(texts), "pkg/shown.py": own.replace("load_user", "fetch_user")}, "rename load_user to fetch_user")
    history = History(tmp_path)
    (commit,) = history.changed(history.subjects())
    versions = history.versions(commit)
    assert versions is not None
    pairs = {pair.target.path: pair for pair in pairs_of(history.tree(commit), versions, recognise(versions))}
    history.close()
    fates = [value for place, value in pairs["pkg/client.py"].truth.items() if place.path == "pkg/shown.py"]
    assert fates == [Value.MASK, Value.MASK]


def test_canvases_hold_the_labels_of_each_kind(history: History) -> None:
    made = examples_of(history, "owner/real", 1)
    assert made.counts["subjects"] == 6 and made.counts["pairs"] == 1 and made.counts["windows"] > 1
    by_label = {label.split("\t")[0]: example for example, label in zip(made.examples, made.labels, strict=True)}
    rename, move = set(by_label["rename"].clean), set(by_label["move"].clean)
    assert {Value.RENAME, OLD[0], NEW[0], TARGET[0]} <= rename
    assert {Value.MOVE, OLD[0], TO[0], TARGET[0]} <= move and not {NEW[0]} & move
    assert Value.REPLACE in by_label["site"].clean
    assert Value.UNSUPPORTED in by_label["unsupported"].clean if "unsupported" in by_label else made.counts["unsupported"] == 0


def test_shards_and_counts_are_written(history: History, tmp_path: Path) -> None:
    clones = tmp_path / "clones"
    clones.mkdir()
    (clones / "owner+real").symlink_to(history.folder)
    manifest = tmp_path / "commits.jsonl"
    manifest.write_text(json.dumps({"name": "owner/real", "licence": "MIT", "split": "held-out"}) + "\n", encoding="utf-8")
    prepare_commits(manifest, clones, tmp_path / "shards", seed=1, workers=1)
    (entry,) = read_repositories(manifest)
    examples = read_shard(tmp_path / "shards" / "held-out-commits-owner-real-1.npz")
    assert entry.head == history.head() and entry.subjects == 6
    assert entry.pairs == 1 and len(examples) == entry.subjects + entry.unsupported + entry.windows


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"name": "django/django", "licence": "BSD-3-Clause", "split": "train"}, "kept for judging"),
        ({"name": "pallets/click", "licence": "BSD-3-Clause", "split": "train"}, "kept for judging"),
        ({"name": "some/thing", "licence": "GPL-3.0", "split": "train"}, "no permissive licence"),
    ],
)
def test_manifest_refuses_what_may_not_be_trained_on(entry: dict[str, str], sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "commits.jsonl"
    path.write_text(json.dumps(entry) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=sentence):
        read_repositories(path)
