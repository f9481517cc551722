"""Where the words of a destination lead."""

from __future__ import annotations

import pytest

from engine.destination import destination

PATHS = ("src/app/__init__.py", "src/app/util.py", "src/app/io/__init__.py", "src/app/io/util.py", "src/app/io/read.py", "tests/test_util.py", "setup.py")
SOURCE = "src/app/io/read.py"
CASES = {
    "src/app/util.py": "src/app/util.py",
    "`app/util.py`": "src/app/util.py",
    "util": "src/app/io/util.py",
    "util.py": "src/app/io/util.py",
    "app.util": "src/app/util.py",
    "the util module": "src/app/io/util.py",
    "a new module called cache": "src/app/io/cache.py",
    "cache.py": "src/app/io/cache.py",
    "app/cache.py": "src/app/cache.py",
    "app.net.cache": "src/app/net/cache.py",
    "lib/cache.py": "lib/cache.py",
    "app.io": "src/app/io/__init__.py",
    "app/io/": "src/app/io/",
    "app/net/": "app/net/",
    "somewhere else": "",
    "the": "src/app/io/the.py",
    "../../etc/passwd": "",
    "a b c": "",
}


@pytest.mark.parametrize("words", CASES)
def test_words_lead_to_a_path(words: str) -> None:
    assert destination(words, SOURCE, PATHS) == CASES[words]
