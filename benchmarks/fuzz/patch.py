"""Unified diffs and git patches: read, fitted to a small tree, printed and read again."""

from __future__ import annotations

from benchmarks.fuzz.material import drawn
from benchmarks.fuzz.target import cut
from benchmarks.laws import NAMES, tree_after
from editops import ChangeSet, Malformed, Patch, Unfit, invert, read_patch, recognise, resolve_patch, unified_diff

MAX_LENGTH = 4096
MARK = b"\0\0"


def _seed(change: ChangeSet, files: dict[str, bytes]) -> bytes:
    diff = unified_diff(change, files).encode("utf-8", "surrogateescape")
    return MARK.join([diff, *(files.get(name, b"") for name in NAMES)])


MODES = b"""diff --git a/a.py b/a.py
old mode 100644
new mode 100755
index 1..2
--- a/a.py
+++ b/a.py
@@ -1 +1 @@
-a
+b
\\ No newline at end of file
diff --git a/b b/b
old mode 100755
new mode 100644
"""
MAIL = b"""From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
Subject: [PATCH] x

---
 a.py | 2 +-

diff --git a/a.py "b/\\303\\251"
similarity index 50%
copy from a.py
copy to "\\303\\251"
--- a/a.py
+++ "b/\\303\\251"
@@ -1,2 +1,2 @@ def x
 a
-b
+c
--
2.39
"""
SEEDS = [_seed(change, files) for change, files in drawn(60)] + [MODES + MARK + b"a\n" + MARK + b"", MAIL + MARK + b"a\nb\n"]
WORDS = [b"diff --git ", b"--- ", b"+++ ", b"@@ -1,2 +1,3 @@\n", b"a/a.py", b"b/a.py", b"/dev/null", b"new file mode 100644\n", b"deleted file mode 100755\n",
         b"old mode 100644\n", b"new mode 100755\n", b"rename from ", b"rename to ", b"copy from ", b"copy to ", b"similarity index 90%\n", b"index 1..2 100644\n",
         b"GIT binary patch\n", b"\\ No newline at end of file\n", b'"b/\\303\\251"', b"diff --cc ", b"@@@ ", b"120000", b"160000", b"Index: ",
         b"From 0123456789012345678901234567890123456789 ", MARK]  # fmt: skip


def check(data: bytes) -> None:
    text, *contents = cut(data)
    recognise(text)
    patch = read_patch(text)
    assert isinstance(patch, Patch | Malformed)
    if isinstance(patch, Malformed):
        assert 1 <= patch.line <= text.count(b"\n") + 1 and patch.reason
        return
    files = dict(zip(NAMES, contents, strict=False))
    found = resolve_patch(patch, files)
    assert isinstance(found, ChangeSet | Unfit)
    if isinstance(found, ChangeSet):
        check_change(found, files)


def check_change(change: ChangeSet, files: dict[str, bytes]) -> None:
    """It applies, goes back, and is the same after it was printed and read."""
    after = tree_after(change, files)
    assert tree_after(invert(change, files), after) == files
    printed = unified_diff(change, files).encode("utf-8", "surrogateescape")
    if printed:
        again = read_patch(printed)
        assert isinstance(again, Patch), again
        refitted = resolve_patch(again, files)
        assert isinstance(refitted, ChangeSet), refitted
        assert tree_after(refitted, files) == after
