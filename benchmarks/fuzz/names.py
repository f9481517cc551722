"""Names of files: what a path, a URI or a word of the user may mean, and what is off limits under which spelling."""

from __future__ import annotations

from agent.containment import steps
from agent.errors import OutsideRepository
from agent.offlimits import Named, kept, off_limits
from agent.spelling import bidi_in, composed, folded, folded_path, shown
from benchmarks.fuzz.material import hostile_paths
from benchmarks.fuzz.target import cut
from editops import PathError, check_path
from editops.foreign import Misfit
from editops.lsp_uris import path_of, uri_of

MAX_LENGTH = 1024
MARK = b"\n"
SEEDS = [path.encode("utf-8", "surrogateescape") + MARK + b"rename x in src/.vscode\n*.md" for path in hostile_paths()]
WORDS = [b".git", b"git~1", b"GIT~1", b".GIT", b".g\xe2\x80\x8cit", b".git::$INDEX_ALLOCATION", b"\xef\xbc\x8egit", b"..", b"./", b"//", b"%2e%2e", b"%2F",
         b"file:///r%20%C3%A9/p/", b"file://localhost/", b"file:", b"C:", b"C%3A", b"\\", b":", b". ", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xc5\xbf",
         b".github", b"agents.md", b"*.pth", b".vscode", b"\xed\xa0\x80", b"[", b"*"]  # fmt: skip
ROOTS = ("/r é/p", "/", "C:\\r", "/c:/r")


def check(data: bytes) -> None:
    texts = [part.decode("utf-8", "surrogateescape") for part in cut(data, MARK)]
    words = " ".join(texts[1:])
    named = Named.by(words, texts[1:2], texts[2:3])
    for text in texts[:1]:
        _name(text, named)
    for root in ROOTS:
        _uri(texts[0], root)
    kept(texts[0], data)


def _name(text: str, named: Named) -> None:
    assert folded(folded(text)) == folded(text), "folding twice is folding once"
    composed(text)
    for char in bidi_in(text):
        shown(char)
    for path in (text, folded_path(text)):
        ward = off_limits(path)
        assert (ward is None) == (off_limits(path.upper()) is None), "case does not open what is off limits"
        if ward is not None:
            named.allows(path, ward)
            assert Named.by(paths=[path]).allows(path, ward) or not folded_path(path), "naming the file is naming it"
            assert not Named().allows(path, ward)
    try:
        check_path(text)
    except PathError:
        return
    assert not text.startswith("/") and not {"", ".", ".."} & set(text.split("/"))
    try:
        found = steps(text)
    except OutsideRepository:
        return
    assert "/".join(found) == text
    assert not any(folded(part) in (".git", "git~1") or part == ".." for part in found)


def _uri(text: str, root: str) -> None:
    try:
        path = path_of(text, root)
    except Misfit as misfit:
        assert misfit.unfit.reason
        return
    check_path(path)
    assert path_of(uri_of(path, root), root) == path
