"""Patches read back: what git and diff print, and what is refused."""

import subprocess

import pytest

from editops import Applied, ChangeSet, Malformed, Patch, RenameFile, Unfit, apply, difference, patch, read_patch, resolve_patch, reverse_patch, unified_diff
from editops import patch_resolve

LONG = b"".join(b"line %d\n" % number for number in range(40))
FILES = {"a": LONG, "b c": b"x\n", "d/é": b"one\ntwo", "run": b"#!\n", "crlf": b"x\r\ny\r\n", "empty": b""}


def git(root, *args) -> bytes:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false", *args]
    return subprocess.run(command, cwd=root, check=True, capture_output=True).stdout


def tree(root) -> dict[str, bytes]:
    paths = (path for path in root.rglob("*") if path.is_file())
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    return {path: data for path, data in found.items() if not path.startswith(".git/")}


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init", "-q")
    for path, data in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "start")
    return tmp_path


def change_everything(root) -> None:
    (root / "a").write_bytes(LONG.replace(b"line 3\n", b"").replace(b"line 30\n", b"30\n31\n"))
    (root / "a").rename(root / "moved to")
    (root / "b c").unlink()
    (root / "d/é").write_bytes(b"one\nzwei\n")
    (root / "crlf").write_bytes(b"x\r\nz\r\n")
    for path in ("crlf", "moved to", "empty"):
        (root / path).chmod(0o755)
    (root / "new").write_bytes(b"new")
    (root / "new").chmod(0o755)
    (root / "hollow").write_bytes(b"")
    (root / "run").unlink()
    git(root, "add", "-A")


def resolved(data: bytes, files=FILES) -> ChangeSet | Unfit:
    read = read_patch(data)
    assert isinstance(read, Patch), read
    return resolve_patch(read, files)


def after(data: bytes, files=FILES) -> dict[str, bytes]:
    change = resolved(data, files)
    assert isinstance(change, ChangeSet), change
    outcome = apply(files, change)
    assert isinstance(outcome, Applied)
    return outcome.tree(files)


@pytest.mark.parametrize(
    "options",
    [[], ["-M"], ["-C", "--find-copies-harder"], ["--no-prefix"], ["-U0"], ["-U9", "--full-index"], ["--no-renames"],
     ["-c", "core.quotepath=false"], ["-c", "diff.mnemonicPrefix=true"]],
    ids=" ".join,
)  # fmt: skip
def test_patch_of_git_gives_the_tree_it_was_made_from(repository, options):
    change_everything(repository)
    config, flags = (options, []) if options[:1] == ["-c"] else ([], options)
    printed = git(repository, *config, "diff", "--cached", *flags)
    assert after(printed) == tree(repository)
    change = resolved(printed)
    assert change.created["new"].executable and not change.created["hollow"].executable
    outcome = apply(FILES, change)
    assert isinstance(outcome, Applied) and outcome.executables(()) == {"new", "crlf", "moved to", "empty"}


def test_reverse_patch_takes_back(repository):
    change_everything(repository)
    printed, files = git(repository, "diff", "--cached", "-R"), tree(repository)
    assert after(printed, files) == FILES
    outcome = apply(files, resolved(printed, files))
    assert isinstance(outcome, Applied) and outcome.executables({"new", "crlf", "moved to", "empty"}) == frozenset()


def test_copy_is_executable_where_its_lines_say_so():
    for lines in (b"old mode 100644\nnew mode 100755\n", b"index 1..2 100755\n"):
        change = resolved(b"diff --git a/a b/c\nsimilarity index 99%\ncopy from a\ncopy to c\n" + lines)
        assert isinstance(change, ChangeSet) and change.created["c"].executable and not change.modes


def test_mode_that_does_not_change_changes_nothing():
    moved = b"diff --git a/a b/z\nold mode 100664\nnew mode 100644\nrename from a\nrename to z\n"
    assert resolved(moved) == ChangeSet.of([RenameFile("a", "z")], FILES)


def test_mails_of_several_commits_build_on_one_another(repository):
    for content in (b"1\n", b"2\n", b"3\n"):
        (repository / "a").write_bytes(LONG + content)
        git(repository, "commit", "-qam", "more\n\n--- not a name\n+ not a line")
    git(repository, "mv", "a", "z")
    git(repository, "commit", "-qam", "away")
    assert after(git(repository, "format-patch", "--stdout", "HEAD~4")) == tree(repository)


def test_plain_diff_with_dates_is_read(repository, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    for name, data in {"a": LONG.replace(b"5", b"V"), "fresh": b"n\n"}.items():
        (other / name).write_bytes(data)
    for name in ("a", "fresh"):
        done = subprocess.run(["diff", "-uN", name, str(other / name)], cwd=repository, capture_output=True, check=False)
        data = done.stdout.replace(str(other).encode() + b"/", b"")
        assert after(data)[name] == (other / name).read_bytes()


def hunk(old: bytes, new: bytes, start: int = 1) -> bytes:
    return b"--- a/a\n+++ b/a\n@@ -%d +%d @@\n-%s\n+%s\n" % (start, start, old, new)


def test_hunk_is_found_where_its_lines_stand_now():
    assert after(hunk(b"line 7", b"seven"))["a"] == LONG.replace(b"line 7\n", b"seven\n")


@pytest.mark.parametrize(
    ("data", "files", "words"),
    [
        (hunk(b"line 99", b"x"), FILES, "are not in it"),
        (hunk(b"same", b"x", 9), {"a": b"same\nother\nsame\n"}, "several places"),
        (hunk(b"line 7", b"x"), {}, "no such file"),
        (b"--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n", FILES, "already exists"),
        (b"--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-line 0\n", FILES, "not all that it holds"),
        (b"--- a/a\n+++ b/run\n@@ -1 +1 @@\n-#!\n+x\n", FILES, "may mean"),
    ],
)
def test_patch_that_does_not_fit_says_why(data, files, words):
    found = resolved(data, files)
    assert isinstance(found, Unfit) and words in found.reason and found.path in ("a", "run")


HEADER = b"diff --git a/a b/a\n"
MALFORMED = {
    "nothing": (b"", 1, "no patch"),
    "prose": (b"hello\n", 1, "no patch"),
    "binary": (HEADER + b"index 1..2 100644\nGIT binary patch\nliteral 1\n", 2, "binary"),
    "binary without data": (HEADER + b"index 1..2\nBinary files a/a and b/a differ\n", 2, "binary"),
    "half a mode": (HEADER + b"old mode 100644\n", 1, "mode is incomplete"),
    "mode without a former": (HEADER + b"new mode 100755\n", 1, "mode is incomplete"),
    "mode of a new file": (HEADER + b"old mode 100644\nnew mode 100755\nnew file mode 100644\n", 1, "mode is incomplete"),
    "mode twice": (HEADER + b"old mode 100644\nold mode 100755\n", 2, "old mode stands there twice"),
    "same mode": (HEADER + b"old mode 100644\nnew mode 100664\n", 3, "changes nothing"),
    "mode of a link": (HEADER + b"old mode 100644\nnew mode 120000\n", 2, "link"),
    "link": (HEADER + b"new file mode 120000\n", 1, "link"),
    "submodule": (HEADER + b"index 1..2 160000\n", 1, "submodule"),
    "combined": (b"diff --cc a\n@@@ -1 -1 +1 @@@\n", 1, "merge"),
    "short hunk": (b"--- a/a\n+++ b/a\n@@ -1,3 +1 @@\n-x\n+y\n", 5, "fewer lines"),
    "long hunk": (b"--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n+z\n", 6, "more lines"),
    "huge counts": (b"--- a/a\n+++ b/a\n@@ -1,999999999 +1 @@\n-x\n+y\n", 5, "fewer lines"),
    "counts beyond": (b"--- a/a\n+++ b/a\n@@ -1,9999999999 +1 @@\n-x\n+y\n", 3, "where it belongs"),
    "stray hunk": (b"@@ -1 +1 @@\n-x\n+y\n", 1, "no file"),
    "two names": (HEADER + b"--- a/a\n+++ b/c\n@@ -1 +1 @@\n-x\n+y\n", 1, "two files"),
    "lying rename": (HEADER + b"rename from a\nrename to b\n--- a/x\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n", 1, "different files"),
    "half a rename": (HEADER + b"rename from a\n", 1, "incomplete"),
    "outside": (b"--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-x\n+y\n", 2, "'..'"),
    "git folder": (b"--- a/.git/config\n+++ b/.git/config\n@@ -1 +1 @@\n-x\n+y\n", 2, "git's own"),
    "open quote": (b'--- "a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n', 1, "does not end"),
    "odd escape": (b'--- "a/\\q"\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n', 1, "escape"),
    "not UTF-8": (b"--- a/\xff\n+++ b/\xff\n@@ -1 +1 @@\n-x\n+y\n", 1, "UTF-8"),
    "feedless twice": (b"--- a/a\n+++ b/a\n@@ -1,2 +1 @@\n-x\n\\ No newline\n-z\n+y\n", 6, "without a line feed"),
}  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_patch_is_a_value_with_its_line(case):
    data, line, words = MALFORMED[case]
    found = read_patch(data)
    assert isinstance(found, Malformed) and words in found.reason
    assert found.line == line


def test_patch_has_limits(monkeypatch):
    monkeypatch.setattr(patch, "MAX_FILES", 1)
    assert isinstance(read_patch(hunk(b"x", b"y") * 2), Malformed)
    monkeypatch.setattr(patch, "MAX_PATCH", 10)
    assert isinstance(read_patch(hunk(b"x", b"y")), Malformed)
    monkeypatch.setattr(patch_resolve, "MAX_SEARCHED", 10)
    assert isinstance(resolve_patch(Patch(()), {}), ChangeSet)


def test_many_hunks_out_of_place_are_searched_within_bounds(monkeypatch):
    monkeypatch.setattr(patch_resolve, "MAX_SEARCHED", 10)
    found = resolved(hunk(b"line 7", b"seven"))
    assert isinstance(found, Unfit) and "no place" in found.reason


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": b"1\n2\n3\n4\n5\n6\n7\n8\n9\n"}, {"a": b"1\nx\n3\n4\n5\n6\n7\n8\nnew\n9\n"}),
        ({"a": b"1\n2"}, {"a": b"1\n2\n3\n"}),
        ({"a": b"1\n"}, {}),
        ({"a": b"same\n" * 5}, {"b/c": b"same\n" * 4 + b"other\n"}),
        ({}, {"new": b"x\ny\n"}),
    ],
)
def test_reversed_patch_takes_the_patch_back(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    patch = read_patch(unified_diff(difference(before, after), before).encode())
    assert isinstance(patch, Patch)
    back = reverse_patch(patch)
    assert back is not None
    change = resolve_patch(back, after)
    assert isinstance(change, ChangeSet)
    applied = apply(after, change)
    assert isinstance(applied, Applied) and applied.tree(after) == before
    again = reverse_patch(back)
    assert again is not None and resolve_patch(again, before) == resolve_patch(patch, before)


def test_patch_that_copies_has_no_way_back() -> None:
    patch = read_patch(b"diff --git a/a b/b\nsimilarity index 100%\ncopy from a\ncopy to b\n")
    assert isinstance(patch, Patch) and reverse_patch(patch) is None
