"""What an instruction's own qualifiers leave possible among equally named definitions."""

from __future__ import annotations

import pytest

from engine.evidence import Entity, Kind
from engine.qualifiers import narrow

TABLE = Entity(Kind.METHOD, "search", "db/table.py", "Table")
QUERY = Entity(Kind.METHOD, "search", "db/queries.py", "Query")
PURE = Entity(Kind.FUNCTION, "get_host", "src/web/pure/utils.py")
WSGI = Entity(Kind.FUNCTION, "get_host", "src/web/wsgi.py")
TOC = Entity(Kind.MODULE, "toc", "src/md/toc.py")
DIRECTIVE = Entity(Kind.MODULE, "toc", "src/md/directives/toc.py")


@pytest.mark.parametrize(
    ("text", "candidates", "meant"),
    [
        ("Table.search becomes find", (TABLE, QUERY), [TABLE]),
        ("rename search on Query to find", (TABLE, QUERY), [QUERY]),
        ("rename the method search of the class Table to find; Query.search stays", (TABLE, QUERY), [TABLE]),
        ("rename get_host in pure/utils.py to resolve_host", (PURE, WSGI), [PURE]),
        ("get_host of web.wsgi should be called host_of", (PURE, WSGI), [WSGI]),
        ("rename the module md.toc to md.contents", (TOC, DIRECTIVE), [TOC]),
        ("Rename src/md/directives/toc.py to src/md/directives/table.py", (TOC, DIRECTIVE), [DIRECTIVE]),
        ("rename search to find", (TABLE, QUERY), [TABLE, QUERY]),
    ],
)
def test_narrow_keeps_what_the_text_can_mean(text: str, candidates: tuple[Entity, ...], meant: list[Entity]) -> None:
    name = candidates[0].name
    start = text.index(name)
    assert narrow(text, [(start, start + len(name))], candidates) == meant
