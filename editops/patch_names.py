"""Names in a patch: git's quoting read back, and the prefixes that say which side a name is of."""

import re

from .errors import PathError
from .paths import check_path

NOTHING = "/dev/null"
PREFIXES = frozenset({"a/", "b/", "i/", "w/", "c/", "o/"})
"""What git puts before a name: old and new, index, work tree, commit, object."""
_ESCAPE = re.compile(rb'\\([0-3][0-7][0-7]|[abtnvfr"\\])')
_BYTES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')


class BadName(Exception):
    """Carries the reason to the line that holds the name."""


def label(raw: bytes) -> str:
    """The name behind `--- `, `+++ ` or `rename from `: quoted, or up to a tab."""
    raw = raw.removesuffix(b"\n")
    if raw.startswith(b'"'):
        name, rest = quoted(raw)
        if rest.strip() and not rest.startswith(b"\t"):
            raise BadName("there is text behind the quoted name")
        return name
    return decoded(raw.partition(b"\t")[0])


def quoted(raw: bytes) -> tuple[str, bytes]:
    """The quoted name that `raw` begins with, and what follows it."""
    found = _QUOTED.match(raw)
    if found is None:
        raise BadName("a quoted name does not end")
    inside = found[1]
    if b"\\" in _ESCAPE.sub(b"", inside):
        raise BadName("a quoted name holds an unknown escape")
    return decoded(_ESCAPE.sub(_unescaped, inside)), raw[found.end() :]


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([_BYTES[code] if code in _BYTES else int(code, 8)])


def decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise BadName("a name is not UTF-8") from None


def header_labels(raw: bytes) -> tuple[str, str] | None:
    """The two names of a `diff --git` line; None where blanks leave open where one ends."""
    raw = raw.removesuffix(b"\n")
    if raw.startswith(b'"'):
        old, rest = quoted(raw)
        return (old, label(rest[1:])) if rest.startswith(b" ") else None
    if raw.endswith(b'"'):
        old_raw, blank, rest = raw.partition(b' "')
        return (decoded(old_raw), label(b'"' + rest)) if blank else None
    # Both name the same file but for the prefix, or other lines of the header name them.
    middle = len(raw) // 2
    if len(raw) % 2 and raw[middle : middle + 1] == b" ":
        old, new = decoded(raw[:middle]), decoded(raw[middle + 1 :])
        if old == new or old.partition("/")[2] == new.partition("/")[2]:
            return old, new
    return None


def bare(old: str, new: str, header: tuple[str, str] | None) -> tuple[str | None, str | None]:
    """The paths that two labels mean; None for the side that has no file.

    header: the names of the `diff --git` line; equal ones have no prefix.
    """
    ends = {name[:2] for name in (old, new) if name != NOTHING}
    alike = len(ends) == 1 and NOTHING not in (old, new)
    unprefixed = alike or not ends <= PREFIXES or (header is not None and header[0] == header[1])
    cut = 0 if unprefixed else 2
    before, after = (None if name == NOTHING else checked(name[cut:]) for name in (old, new))
    return before, after


def checked(name: str) -> str:
    """The name, if a file of a repository can have it."""
    try:
        check_path(name)
    except PathError as error:
        raise BadName(str(error)) from error
    return name
