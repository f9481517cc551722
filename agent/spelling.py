"""Names as forgiving file systems see them, and characters that make a text look like another one.

Pure. macOS ignores case, Unicode form and invisible characters in names; Windows ignores case, final dots and
blanks, and reads a colon as a stream of the file before it. Comparing folded names is right for all of them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""The characters with the Unicode property Bidi_Control: they reorder what is shown (CVE-2021-42574)."""
_IGNORED = BIDI | frozenset("\u00ad\u034f\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\u206a\u206b\u206c\u206d\u206e\u206f\ufeff")


def folded(name: str) -> str:
    """One form for all names that some file system takes for this one."""
    seen = "".join(char for char in name if char not in _IGNORED)
    seen = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    # A name of nothing but dots and blanks is its own.
    return seen.partition(":")[0].rstrip(". ") or seen


def folded_path(path: str) -> str:
    """Each component folded; empty components and `.` left out."""
    return "/".join(folded(part) for part in path.split("/") if part not in ("", "."))


def composed(name: str) -> str:
    """One form for the names that differ in nothing but how their accents are written."""
    return unicodedata.normalize("NFC", name)


def bidi_in(text: str) -> Counter[str]:
    """How often each reordering character stands in a text."""
    return Counter(char for char in text if char in BIDI)


def shown(char: str) -> str:
    """A character that must not reach a terminal, as its code point and name."""
    return f"U+{ord(char):04X} {unicodedata.name(char, 'unnamed')}"
